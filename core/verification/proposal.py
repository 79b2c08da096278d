"""The proposed update: a published article as it could read after its sources changed.

Sentences that still hold are cited from the new snapshot. Where the source says otherwise
now, the sentence is written again: by the writer's model, or, where there is none, in the
words that took the old ones' place. What cannot be mended is cited from the new text as it
stands, so that the judge marks it for the person who decides. The draft is kept as a version of
the run and becomes its present one only when a person accepts it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from core.agents.fence import fenced, one_line
from core.agents.judge import scored
from core.agents.reviser import PROMPT
from core.agents.synthesizer import SYSTEM, sentences_from
from core.errors import BudgetSpent, ConflictError, LanguageError, SettingsError
from core.judging import sentences
from core.judging.alignment import align
from core.language.tasks import RewriteInput, Task
from core.models import Citation, Draft, Label, Passage, Run, Sentence, SentenceKind, Standing
from core.settings import Settings
from core.verification.compare import Compared
from core.verification.live import Seen
from core.wiring import Process, context_for, settings_now

MOVES = (Standing.CURRENT, Standing.CHANGED)
"""What still holds: only its citations move."""


@dataclass
class _Update:
    """One proposal in the making."""

    process: Process
    settings: Settings
    """As they are now."""
    run: Run
    base: Draft
    compared: Mapping[str, Compared]
    """By the sentence's text."""
    kept: dict[tuple[int, int, int], Passage]
    """`(source id, start, end)` -> the new passage as it is kept now."""
    proposed: dict[str, str] = field(default_factory=dict)
    """Old sentence -> new one."""

    def held(self, passage: Passage) -> Passage | None:
        return self.kept.get((passage.source_id, passage.start, passage.end))

    def citation(self, passage: Passage) -> Citation:
        number = self.process.store.evidence.number(self.run.id, passage.id)
        return Citation(number=number, passage_id=passage.id)


def propose(
    process: Process, run: Run, compared: Sequence[Compared], seen: Mapping[int, Seen]
) -> tuple[int | None, dict[str, str]]:
    """Draft the update of the run's present draft; the changed sources' new texts are kept.

    Returns:
        The proposed draft's id, None when nothing but a person can help; and the new sentences by the old ones.
    """
    store = process.store
    assert run.draft_id is not None, "only articles are updated"
    base = store.drafts.get(run.draft_id)
    update = _Update(
        process=process, settings=settings_now(process), run=run, base=base,
        compared={one.finding.sentence: one for one in compared}, kept=_keep(process, compared, seen),
    )  # fmt: skip
    sections = tuple(
        replace(section, sentences=tuple(new for s in section.sentences for new in _updated(s, update)))
        for section in base.sections
    )
    if sections == base.sections:
        return None, update.proposed
    count = sum(one.finding.state not in (Standing.CURRENT, Standing.UNREACHABLE) for one in compared)
    note = f"Brought up to date after its sources changed: {count} sentence{'s' if count != 1 else ''}."
    draft = store.drafts.add(replace(base, sections=sections, origin="update", base_id=base.id, note=note))
    scored(draft, update.process.store, update.run.brief, update.settings)
    return draft.id, update.proposed


def _keep(
    process: Process, compared: Sequence[Compared], seen: Mapping[int, Seen]
) -> dict[tuple[int, int, int], Passage]:
    """Keep the new texts that a cited passage was touched in, and find their passages."""
    touched = {one.finding.url for one in compared if one.finding.state is not Standing.CURRENT}
    kept = {}
    for one in seen.values():
        if one.document is None or one.look.url not in touched:
            continue
        source = process.holdings.keep(one.document, collection=one.now.source.collection)
        for passage in process.store.passages.of_snapshot(source.snapshot_id):
            kept[source.id, passage.start, passage.end] = passage
    return kept


def _updated(sentence: Sentence, update: _Update) -> tuple[Sentence, ...]:
    one = update.compared.get(sentence.text)
    if one is None or sentence.kind is not SentenceKind.CLAIM:
        return (sentence,)
    if one.finding.state in MOVES:
        moved = _moved(sentence, one, update)
        if moved is not None and one.finding.state is Standing.CHANGED:
            update.proposed[sentence.text] = sentence.text
        return (moved or sentence,)
    bearing = [held for passage in one.bearing if (held := update.held(passage))]
    if one.finding.state not in (Standing.GONE, Standing.CONTRADICTED) or not bearing:
        return (sentence,)
    rewritten = _rewritten(sentence, one, bearing, update)
    if rewritten:
        update.proposed[sentence.text] = " ".join(s.text for s in rewritten)
        return rewritten
    citations = tuple(update.citation(passage) for passage in bearing)
    return (replace(sentence, citations=citations, verdict=align(sentence.text, bearing)),)


def _moved(sentence: Sentence, one: Compared, update: _Update) -> Sentence | None:
    """The sentence with its citations where the words stand now; None when it holds no better so."""
    passages = update.process.store.passages.passages(c.passage_id for c in sentence.citations)
    cited = []
    for citation in sentence.citations:
        new = one.moved.get(citation.passage_id)
        held = update.held(new) if new else None
        cited.append(held or passages[citation.passage_id])
    if [p.id for p in cited] == [c.passage_id for c in sentence.citations]:
        return None
    distinct = list({p.id: p for p in cited}.values())
    verdict = align(sentence.text, distinct)
    if verdict.label is not Label.SUPPORTED:
        return None
    return replace(sentence, citations=tuple(map(update.citation, distinct)), verdict=verdict)


def _rewritten(
    sentence: Sentence, one: Compared, bearing: Sequence[Passage], update: _Update
) -> tuple[Sentence, ...]:  # fmt: skip
    """What could stand in its place, supported by the new text; empty when there is nothing."""
    told = {s.text for s in update.base.sentences} | set(update.proposed.values())
    by_model = (update.run.brief.models.get("writer") or update.settings.model_for("writer")) != "extractive"
    fresh = _by_model(sentence, one, bearing, update) if by_model else _verbatim(one, bearing[0], update)
    kept = []
    held = {p.id: p for p in bearing}
    for new in fresh:
        cited = [held[c.passage_id] for c in new.citations if c.passage_id in held]
        verdict = align(new.text, cited)
        if new.text in told or verdict.label is not Label.SUPPORTED:
            return ()
        kept.append(replace(new, paragraph=sentence.paragraph, verdict=verdict))
    return tuple(kept)


def _verbatim(one: Compared, passage: Passage, update: _Update) -> list[Sentence]:
    """The words that took the old ones' place, if they are a sentence or two."""
    text = " ".join(one.finding.after.split())
    spans = sentences.split(text)
    if not 1 <= len(spans) <= 2 or not text.endswith((".", "!", "?", "”", '"')):
        return []
    return [
        Sentence(text=text[span.start : span.end], citations=(update.citation(passage),)) for span in spans
    ]  # fmt: skip


def _by_model(sentence: Sentence, one: Compared, bearing: Sequence[Passage], update: _Update) -> list[Sentence]:
    numbered = tuple((update.citation(p).number, p.text) for p in bearing)
    before, after = _neighbours(sentence, update.base)
    given = RewriteInput(
        sentence=sentence.text, reason=one.finding.reason, before=before, after=after, passages=numbered
    )
    prompt = PROMPT.format(
        passages=fenced(f"[{number}] {one_line(text)}" for number, text in numbered), sentence=given.sentence,
        reason=given.reason, before=before or "(none)", after=after or "(none)", how="",
    )  # fmt: skip
    task = Task(name="rewrite", role="writer", system=SYSTEM, user=prompt, input=given, answer=str, max_tokens=250)
    try:
        text = context_for(update.run, update.process).ask(task)
    except (LanguageError, BudgetSpent, SettingsError, ConflictError):
        return []  # no rewriting then: the sentence is marked for the person who decides
    if text.strip().strip(".").upper() == "CUT":
        return []
    return sentences_from(text, update.process.store.evidence.numbers(update.run.id))


def _neighbours(sentence: Sentence, draft: Draft) -> tuple[str, str]:
    texts = [s.text for s in draft.sentences]
    place = texts.index(sentence.text)
    return (texts[place - 1] if place else "", texts[place + 1] if place + 1 < len(texts) else "")
