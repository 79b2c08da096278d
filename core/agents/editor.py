"""The editor: technical accuracy, tone and house style, as notes to accept or reject.

What can be checked to the letter is checked by rule, whoever edits; the rest is a model's, where there is one.
Notes change nothing by themselves. A person accepts them one by one; on autopilot those
are accepted whose sentence the judge still finds supported.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.agents import judge
from core.agents.fence import fenced, one_line
from core.agents.house_style import HouseStyle, checks, house_style
from core.agents.state import RunState, Update
from core.errors import BudgetSpent, LanguageError
from core.events import Kind
from core.language.composing.editing import remarks
from core.language.router import EXTRACTIVE
from core.language.tasks import EditAnswer, EditInput, Task
from core.models import Draft, DraftSection, Label, Note, Sentence, SentenceKind, Step
from core.runtime import Context
from core.store.drafts import carry_verdicts


def edit(state: RunState, context: Context) -> Update:
    """Make notes on every section; on autopilot, apply those that hold. Emits `noted`."""
    draft = context.store.drafts.get(state.draft_id)
    style = house_style(context.settings.data, context.settings.house_style)
    parts = [_part(section, style, context) for section in draft.sections if any(map(_editable, section.sentences))]
    asked = context.map(lambda part: _asked(part, context), parts) if context.model_for("editor") != EXTRACTIVE else []
    notes = _once(_by_rule(parts, style), [note for made in asked for note in made], draft)
    context.store.drafts.put_notes(draft.id, notes)
    accepted = []
    if context.brief.autopilot:
        accepted = [note for note in context.store.drafts.notes(draft.id) if _changes(note, draft)]
        draft = apply(context, draft, accepted, keep_only_supported=True)
    context.emit(Kind.NOTED, Step.EDIT, draft_id=draft.id, notes=len(notes), accepted=len(accepted))
    return {"draft_id": draft.id}


def apply(context: Context, draft: Draft, notes: list[Note], *, keep_only_supported: bool = False) -> Draft:
    """A new version with these notes applied and judged; the same draft when they change nothing.

    Args:
        keep_only_supported: take a note back where the judge does not find its sentence supported.
    """
    texts = {note.sentence_id: note.text for note in notes if _changes(note, draft)}
    if not texts:
        return draft
    edited = judge.judge_draft(context, context.store.drafts.add(_with(draft, texts)))
    if keep_only_supported:
        held = {s.text for s in edited.sentences if s.verdict and s.verdict.label is Label.SUPPORTED}
        fine = {sentence_id: text for sentence_id, text in texts.items() if text in held}
        if len(fine) < len(texts):
            edited = judge.judge_draft(context, context.store.drafts.add(_with(draft, fine))) if fine else draft
    remain = [n for n in context.store.drafts.notes(draft.id) if n.sentence_id not in texts]
    if edited.id != draft.id:
        context.store.drafts.put_notes(edited.id, _moved(remain, draft, edited))
        context.store.runs.set(context.run_id, attempt=context.attempt, draft_id=edited.id)
        context.emit(
            Kind.DRAFTED, Step.EDIT, draft_id=edited.id, version=edited.version, origin=edited.origin,
            sentences=len(edited.sentences), words=sum(len(s.text.split()) for s in edited.sentences),
        )  # fmt: skip
    return edited


def _with(draft: Draft, texts: dict[int, str]) -> Draft:
    sections = tuple(
        replace(s, sentences=tuple(replace(x, text=texts.get(x.id, x.text)) for x in s.sentences))
        for s in draft.sections
    )
    note = f"{len(texts)} of the editor's notes"
    return carry_verdicts(replace(draft, sections=sections, origin="editor", base_id=draft.id, note=note), draft)


def _moved(notes: list[Note], old: Draft, new: Draft) -> list[Note]:
    """Notes on unchanged sentences, on the new version's sentences."""
    texts = {s.id: s.text for s in old.sentences}
    places = {s.text: s.id for s in new.sentences}
    return [replace(n, sentence_id=places[texts[n.sentence_id]]) for n in notes if texts.get(n.sentence_id) in places]


def _editable(sentence: Sentence) -> bool:
    return sentence.kind is SentenceKind.CLAIM


def _changes(note: Note, draft: Draft) -> bool:
    return any(s.id == note.sentence_id and s.text != note.text for s in draft.sentences)


@dataclass(frozen=True)
class _Part:
    """What is edited of a section, and the same as a task's input."""

    section: DraftSection
    sentences: list[Sentence]
    given: EditInput


def _part(section: DraftSection, style: HouseStyle, context: Context) -> _Part:
    sentences = [s for s in section.sentences if _editable(s)]
    passages = context.store.passages.passages(c.passage_id for s in sentences for c in s.citations)
    given = EditInput(
        section=section.heading or "Introduction", sentences=tuple(s.text for s in sentences),
        passages=tuple(" ".join(passages[c.passage_id].text for c in s.citations) for s in sentences),
        style=style.text, audience=context.brief.audience, tone=context.brief.tone,
    )  # fmt: skip
    return _Part(section, sentences, given)


def _by_rule(parts: Sequence[_Part], style: HouseStyle) -> list[Note]:
    """House style over the whole article, then hype, hedges and slips of the pen by section."""
    cited = {s.id: text for part in parts for s, text in zip(part.sentences, part.given.passages, strict=True)}
    notes = checks([s for part in parts for s in part.sentences], cited, style)
    for part in parts:
        notes += _notes(remarks(part.given), part.sentences)
    return notes


def _asked(part: _Part, context: Context) -> list[Note]:
    """A model's notes on a section; none, and a word about it, when it gives no answer."""
    try:
        answer = context.ask(
            Task(
                name="edit", role="editor", system=SYSTEM, user=_prompt(part.given), input=part.given,
                answer=EditAnswer, max_tokens=600,
            )
        )  # fmt: skip
    except (LanguageError, BudgetSpent) as error:
        context.emit(
            Kind.SKIPPED, Step.EDIT, question_id=part.section.question_id or 0, url="", title=part.section.heading,
            reason=error.message,
        )  # fmt: skip
        return []
    return _notes(answer, part.sentences)


def _notes(answer: EditAnswer, sentences: Sequence[Sentence]) -> list[Note]:
    return [
        Note(sentence_id=sentences[n.sentence].id, kind=n.kind, text=n.text.strip(), why=n.why)
        for n in answer.notes
        if 0 <= n.sentence < len(sentences) and n.text.strip()
    ]


def _once(by_rule: Sequence[Note], asked: Sequence[Note], draft: Draft) -> list[Note]:
    """One note of a kind for a sentence: a rule's own wording before a model's, and that before a mere remark."""
    sure = [note for note in by_rule if _changes(note, draft)]
    kept: dict[tuple[int, str], Note] = {}
    for note in (*sure, *asked, *by_rule):
        kept.setdefault((note.sentence_id, note.kind), note)
    return list(kept.values())


def _prompt(task: EditInput) -> str:
    passages = fenced(f"({i}) {one_line(text)}" for i, text in enumerate(task.passages))
    sentences = "\n".join(f"{i}: {one_line(text)}" for i, text in enumerate(task.sentences))
    return PROMPT.format(
        passages=passages, sentences=sentences, section=task.section, style=task.style, audience=task.audience,
        tone=task.tone,
    )  # fmt: skip


SYSTEM = (
    "You edit for accuracy first, then for tone and style. You never add a fact. You change only what is wrong "
    "or against the style, and leave good sentences alone. You answer in JSON only."
)

PROMPT = """\
{passages}

Section "{section}", its sentences by number; passage (n) above belongs to sentence n:
{sentences}

House style: {style} Reader: {audience}. Tone: {tone}.
Give a note only where a sentence misstates its passage, loses a hedge, uses an unexplained acronym or jargon, is
longer than 35 words, or breaks the style. Each note gives the whole sentence as it should read, without markers,
saying nothing its passage does not say. No note is a good answer."""
