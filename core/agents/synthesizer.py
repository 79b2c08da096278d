"""The synthesizer: evidence -> sections, each sentence with its citations; then the introduction.

Sections are written side by side; a model writes the introduction beside them, from the best
passages, for its wait is the longest. Without a model it comes last, from the sections.
A marker that was not offered is dropped, so a citation always leads to a passage.
"""

from collections.abc import Mapping
from dataclasses import replace

from core.agents import judge
from core.agents.fence import evidence_block, fenced, one_line, passage_line
from core.agents.repeats import first_tellings
from core.agents.state import RunState, Update
from core.events import Kind
from core.judging.sentences import classify, parse_prose
from core.language.tasks import FrameInput, Task, WriteInput
from core.models import (
    Citation,
    Draft,
    DraftSection,
    Plan,
    Question,
    Sentence,
    SentenceKind,
    Step,
)
from core.runtime import Context

INTRODUCTION_SHARE = 0.08
INTRODUCTION_PASSAGES = 3
"""Passages of each question that an introduction written beside the sections is made from."""

LIMITATIONS = "What the sources do not settle"


def outline(state: RunState, context: Context) -> Update:
    """Open the first draft: headings only, filled as sections are written."""
    plan = context.store.plans.get(state.plan_id)
    base = context.store.drafts.get(state.draft_id) if state.draft_id else None
    sections = [DraftSection(heading="", question_id=None, sentences=())]
    sections += [DraftSection(heading=q.section, question_id=q.id, sentences=()) for q in _answerable(plan, context)]
    sections.append(DraftSection(heading=LIMITATIONS, question_id=None, sentences=()))
    draft = context.store.drafts.add(
        Draft(
            run_id=context.run_id, title=plan.title, sections=tuple(sections), base_id=base.id if base else None,
            note=state.notes,
        )
    )  # fmt: skip
    return {"draft_id": draft.id, "round": 0, "stalled": False}


def _answerable(plan: Plan, context: Context) -> list[Question]:
    held = {e.question_id for e in context.store.evidence.of_run(context.run_id) if e.used}
    return [q for q in plan.questions if q.use and q.id in held]


def write(state: RunState, context: Context) -> Update:
    """Write and judge one section."""
    if state.position == 0:
        introduce(state, context, finished=False)
        return {}
    plan = context.store.plans.get(state.plan_id)
    draft = context.store.drafts.get(state.draft_id)
    section = draft.sections[state.position]
    question = next(q for q in plan.questions if q.id == section.question_id)
    evidence = context.store.evidence.of_question(context.run_id, question.id)
    assert evidence is not None, "the outline holds questions with evidence only"
    headings = tuple(s.heading for s in draft.sections[1:-1])
    task_input = WriteInput(
        topic=context.brief.topic, title=draft.title, section=section.heading, question=question.text,
        evidence=evidence, audience=context.brief.audience, tone=context.brief.tone, outline=headings,
        words=max(60, round(context.brief.words * (1 - INTRODUCTION_SHARE) / len(headings))),
        position=state.position, notes=context.steering(state.notes),
        questions=tuple(q.text for s in draft.sections[1:-1] for q in plan.questions if q.id == s.question_id),
    )  # fmt: skip
    prose = context.prose(state.position, section.heading)
    text = context.ask(
        Task(
            name="write", role="writer", system=SYSTEM, user=_prompt(task_input), input=task_input, answer=str,
            max_tokens=round(task_input.words * 2.5) + 300, temperature=0.3,
        ),
        prose=prose,
    )  # fmt: skip
    sentences = sentences_from(text, context.store.evidence.numbers(context.run_id))
    kept = context.store.drafts.put_section(draft.id, state.position, sentences)
    context.emit(
        Kind.WRITTEN, Step.WRITE, section=state.position, heading=section.heading, sentences=len(kept),
        words=sum(len(s.text.split()) for s in kept),
        text=[[s.id, s.paragraph, s.text, [c.number for c in s.citations], s.kind] for s in kept],
    )  # fmt: skip
    judge.judge_section(context, draft.id, state.position)
    return {}


def sentences_from(text: str, numbers: Mapping[int, int]) -> list[Sentence]:
    """Parse working prose into sentences.

    Args:
        numbers: citation number -> passage id, everything that may be cited; other markers are dropped.
    """
    return [
        Sentence(
            text=sentence,
            kind=SentenceKind.CLAIM if markers else classify(sentence),
            paragraph=paragraph,
            citations=tuple(Citation(number=n, passage_id=numbers[n]) for n in markers if n in numbers),
        )
        for paragraph, lines in enumerate(parse_prose(text))
        for sentence, markers in lines
    ]


def introduce(state: RunState, context: Context, *, finished: bool) -> None:
    """Write and judge the introduction.

    Args:
        finished: the sections stand, and are summed up; else they are being written, and their evidence is.
    """
    draft = context.store.drafts.get(state.draft_id)
    if not finished:
        draft = replace(draft, sections=tuple(replace(s, sentences=()) for s in draft.sections))
    task_input = FrameInput(
        topic=context.brief.topic, title=draft.title, audience=context.brief.audience, tone=context.brief.tone,
        draft=draft, evidence=tuple(context.store.evidence.of_run(context.run_id)),
        words=max(50, round(context.brief.words * INTRODUCTION_SHARE)),
    )  # fmt: skip
    text = context.ask(
        Task(
            name="introduction", role="writer", system=SYSTEM, user=_frame_prompt(task_input), input=task_input,
            answer=str, max_tokens=400, temperature=0.3,
        ),
        prose=context.prose(0, ""),
    )  # fmt: skip
    sentences = sentences_from(text, context.store.evidence.numbers(context.run_id))
    context.store.drafts.put_section(draft.id, 0, sentences)
    judge.judge_section(context, draft.id, 0)


def frame(state: RunState, context: Context) -> Update:
    """Complete the draft: repeated facts go, introduction and limitations stand; then it is scored.

    A first draft that says nothing is no article: what was found does not speak of the topic after all.
    """
    drafts = context.store.drafts
    draft = _without_repeats(drafts.get(state.draft_id), context)
    if not draft.sections[0].sentences:
        introduce(state, context, finished=True)
        draft = drafts.get(draft.id)
    says_something = any(sentence.kind is SentenceKind.CLAIM for sentence in draft.sentences)
    if not says_something and context.store.runs.get(context.run_id).draft_id is None:
        return {"evidence": False}
    limits = limitations(context, draft)
    last = len(draft.sections) - 1
    drafts.put_section(draft.id, last, [Sentence(text=line, kind=SentenceKind.NOTE) for line in limits])
    drafts.drop_empty_sections(draft.id)
    draft = drafts.get(draft.id)
    context.emit(
        Kind.DRAFTED, Step.WRITE, draft_id=draft.id, version=draft.version, origin=draft.origin,
        sentences=len(draft.sentences), words=sum(len(s.text.split()) for s in draft.sentences),
    )  # fmt: skip
    context.store.runs.set(context.run_id, attempt=context.attempt, draft_id=draft.id)
    card, answer = judge.score_draft(context, draft.id)
    return {"passed": answer.passed, "flawless": card.claims == card.supported}


def _without_repeats(draft: Draft, context: Context) -> Draft:
    fresh = first_tellings([section.sentences for section in draft.sections])
    for position, (section, kept) in enumerate(zip(draft.sections, fresh, strict=True)):
        if len(kept) < len(section.sentences):
            context.store.drafts.put_section(draft.id, position, kept)
    return context.store.drafts.get(draft.id)


def limitations(context: Context, draft: Draft) -> list[str]:
    """What the reader should know was not found or not agreed on; Galley's own words, marked as such."""
    plan = context.store.plans.newest(context.run_id)
    assert plan is not None, "a draft has a plan"
    evidence = context.store.evidence.of_run(context.run_id)
    written = {s.question_id for s in draft.sections if s.sentences}
    thin = {e.question_id for e in evidence if e.used and not e.sufficient}
    lines = []
    for question in plan.questions:
        if question.use and question.id not in written:
            lines.append(f"No evidence was found on this question: {question.text}")
        elif question.id in thin:
            lines.append(f"The evidence is thin on this question: {question.text}")
    shown = {item.passage.id for e in evidence for item in e.used}
    for conflict in context.store.evidence.conflicts(context.run_id):
        if not {conflict.first, conflict.second} & shown:
            continue
        word = "An older source is out of date" if conflict.kind == "outdated" else "Sources disagree"
        lines.append(f"{word}: “{conflict.first_quote}” against “{conflict.second_quote}”")
    cited = {citation.passage_id for sentence in draft.sentences for citation in sentence.citations}
    sources = {item.passage.source_id for e in evidence for item in e.used if item.passage.id in cited}
    lines.append(
        f"This article rests on {len(sources)} source{'s' if len(sources) != 1 else ''}; "
        "what they leave out, it leaves out too."
    )
    return lines


def _prompt(task: WriteInput) -> str:
    return PROMPT.format(
        evidence=evidence_block(task.evidence.used), title=task.title, topic=task.topic, section=task.section,
        question=task.question, words=task.words, audience=task.audience, tone=task.tone,
        others="; ".join(h for h in task.outline if h != task.section) or "none",
        notes=f"\nThe person who ordered the article asks: {task.notes}" if task.notes else "",
    )  # fmt: skip


def _frame_prompt(task: FrameInput) -> str:
    findings = [
        f"[{s.citations[0].number}] {one_line(s.text)}"
        for section in task.draft.sections
        for s in section.sentences
        if s.citations and s.kind is SentenceKind.CLAIM
    ]
    best = (item for evidence in task.evidence for item in evidence.used[:INTRODUCTION_PASSAGES])
    return FRAME_PROMPT.format(
        findings=fenced(findings or [passage_line(item.number, item.passage) for item in best]), topic=task.topic,
        title=task.title, words=task.words, audience=task.audience, tone=task.tone,
    )  # fmt: skip


SYSTEM = (
    "You write articles in which every sentence rests on a passage. You say nothing the passages do not say. "
    "You write plain prose, one sentence a line, and end each sentence with the numbers of its passages, like [3]."
)

PROMPT = """\
{evidence}

Topic: {topic}
Write the section "{section}" of the article "{title}". It answers: {question}
Reader: {audience}. Tone: {tone}. About {words} words. Other sections cover: {others}; leave that to them.
Rules:
- One sentence a line; a blank line between paragraphs; no headings, no lists.
- Every sentence ends with the marker of each passage it rests on, such as [3] or [3][8]. Use no other numbers.
- Keep every figure, unit, date, name and hedge exactly as the passage has it. Name who measured it when it matters.
- Where passages disagree, give both values in one or two sentences and say whose they are.
- Leave out what the passages do not say. Say each fact once.{notes}"""

FRAME_PROMPT = """\
{findings}

The lines above are the findings of the article "{title}".
Topic: {topic}
Write its introduction in 2 to 4 sentences, about {words} words: answer the topic directly, then say what it depends
on. Reader: {audience}. Tone: {tone}. One sentence a line; end each with the markers of the findings it sums up.
Add nothing that is not in the findings."""
