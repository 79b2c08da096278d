"""Self-correction: why each failed claim failed, and the repair that fits the cause.

Not retrieved: search again. Retrieved, not used: cite it. Misread: write again from the
quote. Sources conflict: give both. Nothing exists: cut. A round that lowers the score is
thrown away, so the draft at hand is always the best so far.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from core.agents import judge
from core.agents.evidence import passages_for
from core.agents.fence import fenced, one_line
from core.agents.researcher import read_for
from core.agents.state import RunState, Update
from core.agents.synthesizer import SYSTEM, sentences_from
from core.errors import BudgetSpent, LanguageError
from core.events import Kind
from core.judging.alignment import align
from core.judging.diagnosis import diagnose, speaks_of
from core.language.router import EXTRACTIVE
from core.language.tasks import RewriteInput, Task
from core.models import (
    DISPUTE,
    Cause,
    Citation,
    Diagnosis,
    Draft,
    Evidence,
    Label,
    Passage,
    Plan,
    Question,
    Sentence,
    SentenceKind,
    Step,
)
from core.runtime import Context
from core.store.drafts import carry_verdicts

FAILED = {Label.UNSUPPORTED, Label.CONTRADICTED, Label.PARTLY}
SHOWN = 3
"""Passages put before the model that rewrites a claim."""
NEARBY = 6
"""Passages looked at when asking whether anything held supports a claim."""


@dataclass(frozen=True)
class _Round:
    """What one correction round works on."""

    context: Context
    draft: Draft
    plan: Plan
    evidence: Mapping[int, Evidence]
    number: int
    """Rounds done before this one."""
    last: bool


@dataclass(frozen=True)
class _Repair:
    sentences: tuple[Sentence, ...]
    how: str
    """`rewritten`, `attributed`, `cut`, `kept`."""


def revise(state: RunState, context: Context) -> Update:
    """One correction round on the draft at hand; emits `diagnosed` and `revised`."""
    draft = context.store.drafts.get(state.draft_id)
    plan = context.store.plans.get(state.plan_id)
    round_ = _Round(
        context=context, draft=draft, plan=plan, number=state.round,
        last=state.round + 1 >= context.brief.max_revisions,
        evidence={e.question_id: e for e in context.store.evidence.of_run(context.run_id)},
    )  # fmt: skip
    failed = [
        (section.question_id, sentence)
        for section in draft.sections
        for sentence in section.sentences
        if _failed(sentence)
    ]
    diagnoses = context.map(lambda pair: _diagnose(*pair, round_), failed)
    context.store.drafts.put_diagnoses(draft.id, diagnoses)
    context.emit(
        Kind.DIAGNOSED, Step.REVISE, draft_id=draft.id,
        causes=[[d.sentence_id, d.cause, d.failure, d.reason] for d in diagnoses],
    )  # fmt: skip
    for diagnosis in diagnoses:  # numbered in order, not by who comes first: equal prompts are paid for once
        for passage_id in diagnosis.passages[:SHOWN]:
            context.store.evidence.number(context.run_id, passage_id)
    pairs = zip(failed, diagnoses, strict=True)
    repairs = context.map(lambda pair: _repair(*pair[0], pair[1], round_), pairs)
    by_sentence = {sentence.id: repair for (_, sentence), repair in zip(failed, repairs, strict=True)}
    best, better = _keep_if_better(round_, by_sentence)
    return {"draft_id": best, "round": state.round + 1, "stalled": not better, **verdict_of(best, context)}


def settle(state: RunState, context: Context) -> Update:
    """On autopilot nobody is there to decide on the few claims left over: they are cut, and it is said."""
    draft = context.store.drafts.get(state.draft_id)
    cut = [s for s in draft.sentences if _failed(s)]
    note = f"{len(cut)} sentence{'s' if len(cut) != 1 else ''} cut: no passage supports what was written."
    sections = [
        replace(section, sentences=tuple(s for s in section.sentences if not _failed(s))) for section in draft.sections
    ]
    said = Sentence(text=note, kind=SentenceKind.NOTE)
    sections[-1] = replace(sections[-1], sentences=(*sections[-1].sentences, said))
    settled = replace(draft, sections=tuple(sections), origin="revision", base_id=draft.id, note=note)
    settled = judge.judge_draft(context, context.store.drafts.add(carry_verdicts(settled, draft)))
    context.emit(
        Kind.REVISED, Step.REVISE, draft_id=settled.id, round=state.round, kept=True, rewritten=0, attributed=0,
        cut=len(cut), why=note,
    )  # fmt: skip
    context.store.runs.set(context.run_id, attempt=context.attempt, draft_id=settled.id)
    return {"draft_id": settled.id, **verdict_of(settled.id, context)}


def verdict_of(draft_id: int, context: Context) -> Update:
    """Whether the draft passed the gate, and whether every claim in it is supported."""
    scores = context.store.drafts.scores(draft_id)
    assert scores is not None, "only scored drafts are asked about"
    return {"passed": scores[1].passed, "flawless": scores[0].claims == scores[0].supported}


def _failed(sentence: Sentence) -> bool:
    return sentence.kind is SentenceKind.CLAIM and sentence.verdict is not None and sentence.verdict.label in FAILED


def _diagnose(question_id: int | None, sentence: Sentence, round_: _Round) -> Diagnosis:
    assert sentence.verdict is not None, "only judged sentences are diagnosed"
    shown = [
        item.passage
        for key, evidence in round_.evidence.items()
        if question_id in (None, key)
        for item in evidence.used
    ]
    return diagnose(
        sentence, sentence.verdict, evidence=shown, held=lambda text: _held(text, round_.context),
        conflicts=round_.context.store.evidence.conflicts(round_.context.run_id), searched=round_.number > 0,
    )  # fmt: skip


def _held(text: str, context: Context) -> list[Passage]:
    """The passages of everything read in this run that come nearest to a claim."""
    return [one.passage for one in passages_for(text, [], context, limit=NEARBY)]


def _repair(question_id: int | None, sentence: Sentence, diagnosis: Diagnosis, round_: _Round) -> _Repair:
    context = round_.context
    context.check()
    found = context.store.passages.passages(diagnosis.passages)
    passages = [found[passage_id] for passage_id in diagnosis.passages if passage_id in found]
    if diagnosis.cause is Cause.NOT_RETRIEVED:
        question = _question(question_id, round_.plan)
        if question is not None:
            read_for(question, [sentence.text], context)
        passages = _held(sentence.text, context)
        if not speaks_of(sentence.text, passages):
            return _give_up(sentence, round_)
    if diagnosis.cause is Cause.NOTHING_EXISTS or not passages:
        return _give_up(sentence, round_)
    if diagnosis.cause is Cause.CONFLICT:  # one side bears its own value out: what is missing is the other
        return _both_sides(sentence, diagnosis, passages, round_)
    cited = _attributed(sentence, passages, context)
    return cited or _rewritten(sentence, diagnosis, passages[:SHOWN], round_)


def _both_sides(sentence: Sentence, diagnosis: Diagnosis, passages: list[Passage], round_: _Round) -> _Repair:
    """Both values, each with its source: as a model tells it if it cites both, else in the sources' own words."""
    if round_.context.model_for("writer") != EXTRACTIVE:
        told = _rewritten(sentence, diagnosis, passages, round_)
        cited = {citation.passage_id for one in told.sentences for citation in one.citations}
        if cited >= set(diagnosis.passages):
            return told
    evidence, run_id = round_.context.store.evidence, round_.context.run_id
    known = [c for c in evidence.conflicts(run_id) if {c.first, c.second} == set(diagnosis.passages)]
    if not known:
        return _give_up(sentence, round_)
    sides = ((known[0].first, known[0].first_quote), (known[0].second, known[0].second_quote))
    quotes = tuple(
        replace(
            sentence, id=0, text=quote, verdict=None,
            citations=(Citation(number=evidence.number(run_id, passage_id), passage_id=passage_id),),
        )
        for passage_id, quote in sides
    )  # fmt: skip
    opening = replace(sentence, id=0, text=DISPUTE, kind=SentenceKind.TRANSITION, citations=(), verdict=None)
    elsewhere = {one.text for one in round_.draft.sentences if one.id != sentence.id}
    if elsewhere >= {quote for _, quote in sides}:
        return _Repair((), "cut")
    return _Repair((opening, *quotes), "attributed")


def _attributed(sentence: Sentence, passages: list[Passage], context: Context) -> _Repair | None:
    """The same sentence with a citation that carries it, where there is one."""
    for passage in passages:
        verdict = align(sentence.text, [passage])
        if verdict.label is Label.SUPPORTED:
            number = context.store.evidence.number(context.run_id, passage.id)
            citations = (Citation(number=number, passage_id=passage.id),)
            return _Repair((replace(sentence, citations=citations, verdict=None),), "attributed")
    return None


def _rewritten(sentence: Sentence, diagnosis: Diagnosis, passages: list[Passage], round_: _Round) -> _Repair:
    context = round_.context
    numbered = tuple((context.store.evidence.number(context.run_id, p.id), p.text) for p in passages)
    before, after = _neighbours(sentence, round_.draft)
    task_input = RewriteInput(
        sentence=sentence.text, reason=diagnosis.reason, before=before, after=after, passages=numbered,
        conflict=diagnosis.cause is Cause.CONFLICT,
    )  # fmt: skip
    try:
        text = context.ask(
            Task(
                name="rewrite", role="writer", system=SYSTEM, user=_prompt(task_input), input=task_input, answer=str,
                max_tokens=250,
            )
        )  # fmt: skip
    except (LanguageError, BudgetSpent) as error:
        context.emit(Kind.SKIPPED, Step.REVISE, question_id=0, url="", title=sentence.text[:80], reason=error.message)
        return _Repair((sentence,), "kept")
    if text.strip().strip(".").upper() == "CUT":
        return _Repair((), "cut")
    fresh = sentences_from(text, context.store.evidence.numbers(context.run_id))
    if [_said(one) for one in fresh] == [_said(sentence)]:  # it insists, and to ask in each round again helps nobody
        return _Repair((sentence,), "kept")
    told = {s.text for s in round_.draft.sentences if s.id != sentence.id}
    fresh = [replace(s, paragraph=sentence.paragraph) for s in fresh if s.text not in told]
    return _Repair(tuple(fresh), "rewritten" if fresh else "cut")


def _said(sentence: Sentence) -> tuple[str, set[int]]:
    return sentence.text, {citation.passage_id for citation in sentence.citations}


def _give_up(sentence: Sentence, round_: _Round) -> _Repair:
    """Nothing supports it: cut, unless a person is there to decide and rounds remain to find something."""
    if round_.last and not round_.context.brief.autopilot:
        return _Repair((sentence,), "kept")
    return _Repair((), "cut")


def _keep_if_better(round_: _Round, repairs: Mapping[int, _Repair]) -> tuple[int, bool]:
    """Judge the repaired draft; keep it only if it is no worse. Returns the best draft's id and whether it is new."""
    if all(repair.how == "kept" for repair in repairs.values()):
        return round_.draft.id, False
    context, draft = round_.context, round_.draft
    sections = tuple(
        replace(
            section,
            sentences=tuple(
                new for old in section.sentences for new in (repairs[old.id].sentences if old.id in repairs else (old,))
            ),
        )
        for section in draft.sections
    )
    repaired = carry_verdicts(
        replace(draft, sections=sections, origin="revision", base_id=draft.id, note=_summary(repairs)), draft
    )
    repaired = judge.judge_draft(context, context.store.drafts.add(repaired))
    before, after = context.store.drafts.scores(draft.id), context.store.drafts.scores(repaired.id)
    assert before is not None, "a revised draft was scored"
    assert after is not None, "judge_draft scores"
    better = (
        after[0].faithfulness >= before[0].faithfulness
        and after[0].contradicted <= before[0].contradicted
        and after[0].claims > 0
    )
    counts = {how: sum(repair.how == how for repair in repairs.values()) for how in ("rewritten", "attributed", "cut")}
    context.emit(
        Kind.REVISED, Step.REVISE, draft_id=repaired.id, round=repaired.version - 1, kept=better, **counts,
        why=f"faithfulness {before[0].faithfulness:.2f} -> {after[0].faithfulness:.2f}",
    )  # fmt: skip
    best = repaired.id if better else draft.id
    context.store.runs.set(context.run_id, attempt=context.attempt, draft_id=best)
    return best, better


def _summary(repairs: Mapping[int, _Repair]) -> str:
    hows = [repair.how for repair in repairs.values()]
    return ", ".join(f"{hows.count(how)} {how}" for how in ("rewritten", "attributed", "cut") if how in hows)


def _question(question_id: int | None, plan: Plan) -> Question | None:
    return next((q for q in plan.questions if q.id == question_id), None)


def _neighbours(sentence: Sentence, draft: Draft) -> tuple[str, str]:
    texts = [(s.id, s.text) for s in draft.sentences]
    place = next(i for i, (sentence_id, _) in enumerate(texts) if sentence_id == sentence.id)
    return (texts[place - 1][1] if place else "", texts[place + 1][1] if place + 1 < len(texts) else "")


def _prompt(task: RewriteInput) -> str:
    return PROMPT.format(
        passages=fenced(f"[{number}] {one_line(text)}" for number, text in task.passages), sentence=task.sentence,
        reason=task.reason, before=task.before or "(none)", after=task.after or "(none)",
        how=ATTRIBUTE if task.conflict else "",
    )  # fmt: skip


PROMPT = """\
{passages}

A sentence of the article is not supported: {sentence}
What is wrong: {reason}
The sentence before it: {before}
The sentence after it: {after}
Write one sentence that says what the passages say on the same point, with their figures, hedges and dates, ending
with the markers of the passages it rests on. {how}If they say nothing on the point, answer with the single word CUT."""

ATTRIBUTE = "The passages disagree: give each value and say whose it is. "
