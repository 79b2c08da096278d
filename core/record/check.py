"""Is this record what it says? Checked from the file alone: no database, no model, no network.

What counts is recomputed: hashes, offsets, quotes, verdicts (by the deterministic judge of
the Galley at hand), the counts of the scorecard and the gate. A record may be whole and
rightly signed and still not hold: then the article says what its sources do not.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from core.judging import gate
from core.judging.quotes import locate
from core.judging.scorecard import by_section
from core.models import Article, Label, Passage, SentenceKind, Span
from core.publishing.record import content_hash
from core.record.contents import HeldSnapshot, HeldSource, Record, from_json
from core.record.keys import same_fingerprint
from core.record.package import MOST_BYTES, RECORD, RecordError, unpack
from core.record.versions import galley_version, judge_version
from core.verification.snapshots import Check, check_draft, reason_given


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A record that is whole and rightly signed, and what of it holds."""

    run: str
    title: str
    fingerprint: str
    signed_at: str
    sentences: tuple[Check, ...]
    """Every claim, in the order of the text."""
    problems: tuple[str, ...]
    """What does not hold beside single sentences."""
    notes: tuple[str, ...]
    """What is good to know and no fault."""

    @property
    def holds(self) -> bool:
        return not self.problems and all(check.holds for check in self.sentences)


def check_file(path: Path, *, key: str | None = None) -> Checked:
    """Check a record.

    Args:
        key: the fingerprint that must have signed it; None takes any.

    Raises:
        RecordError: it cannot be read, is no record, was changed, or another key signed it.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise RecordError(f"{path.name} has more than {MOST_BYTES // 1_000_000} MB; no record has.")
        body = path.read_bytes()
    except OSError as error:
        raise RecordError(f"{str(path)!r} cannot be read ({error.strerror}).", remedy="Check the path.") from error
    return check(body, key=key)


def check(body: bytes, *, key: str | None = None) -> Checked:
    """As `check_file`, of a record's bytes."""
    files, signature = unpack(body)
    if key is not None and not same_fingerprint(key, signature.fingerprint):
        raise RecordError(
            f"It was signed by {signature.fingerprint}, not by {key}.",
            remedy="Somebody else made or re-made this record; ask for it again where you got it from.",
        )
    try:
        record = from_json(files[RECORD])
    except ValueError as error:
        raise RecordError(f"{RECORD} does not hold what a record holds ({error}).") from error
    texts = _Texts(files, record)
    passages = texts.passages()
    reason = reason_given(record.decisions)
    return Checked(
        run=record.run.id, title=record.draft.title, fingerprint=signature.fingerprint,
        signed_at=signature.signed_at,
        sentences=tuple(check_draft(record.draft, passages, let_stand=reason)),
        problems=(*texts.problems, *_quotes(record, texts), *_article(record, texts), *_scores(record, reason)),
        notes=tuple(_notes(record)),
    )  # fmt: skip


class _Texts:
    """The texts of a record, with every hash and every offset tried."""

    def __init__(self, files: Mapping[str, bytes], record: Record) -> None:
        self.problems: list[str] = []
        self.record = record
        self.sources: dict[int, HeldSource] = {source.id: source for source in record.sources}
        self.snapshots: dict[int, HeldSnapshot] = {one.id: one for one in record.snapshots}
        self.texts: dict[int, str] = {}
        for snapshot in record.snapshots:
            body = files.get(f"texts/{snapshot.text_hash}.txt")
            if body is not None and sha256(body).hexdigest() == snapshot.text_hash:
                self.texts[snapshot.id] = body.decode("utf-8", "replace")
            elif snapshot.cited:
                said = "is not in the record" if body is None else "is not the one that was read: its hash differs"
                self.problems.append(f"The text of snapshot {snapshot.text_hash[:12]} {said}.")

    def at(self, snapshot_id: int, span: Span) -> str | None:
        """The words at these offsets; None when the snapshot is not held or has no such place."""
        text = self.texts.get(snapshot_id)
        if text is None or not 0 <= span.start <= span.end <= len(text):
            return None
        return text[span.start : span.end]

    def passages(self) -> dict[int, Passage]:
        """The passages that stand where they are said to stand; the others are problems."""
        cited = {c.passage_id for s in self.record.draft.sentences for c in s.citations}
        found = {}
        for held in self.record.passages:
            if held.id not in cited:
                continue
            words = self.at(held.snapshot_id, Span(start=held.start, end=held.end))
            source = self.sources.get(held.source_id)
            if words is None or words != held.text or source is None:
                self.problems.append(f"Passage {held.id} does not stand where its offsets say: “{held.text[:80]}”.")
                continue
            found[held.id] = Passage(
                id=held.id, source_id=held.source_id, snapshot_id=held.snapshot_id, start=held.start, end=held.end,
                text=words, heading=held.heading, page=held.page, title=source.title, url=source.url,
                site=source.site, author=source.author, published=source.published,
            )  # fmt: skip
        return found


def _quotes(record: Record, texts: _Texts) -> list[str]:
    """Each verdict's quote is what its offsets give, inside a passage that its sentence cites."""
    quotes = {(q.sentence_id, q.passage_id): q.text for q in record.quotes}
    held = {p.id: p for p in record.passages}
    problems = []
    for sentence in record.draft.sentences:
        verdict = sentence.verdict
        if verdict is None or verdict.quote is None or verdict.passage_id is None:
            continue
        passage = held.get(verdict.passage_id)
        inside = passage and passage.start <= verdict.quote.start <= verdict.quote.end <= passage.end
        words = texts.at(passage.snapshot_id, verdict.quote) if passage else None
        cites = any(c.passage_id == verdict.passage_id for c in sentence.citations)
        if not (inside and cites) or words is None or words != quotes.get((sentence.id, verdict.passage_id)):
            problems.append(f"The quote on record is not at its offsets: “{sentence.text[:80]}”.")
    return problems


def _article(record: Record, texts: _Texts) -> list[str]:
    """The article says what the draft says, and its footnotes are words of the texts they name."""
    if record.article is None:
        return []
    problems = []
    written = [s.text for s in record.draft.sentences if s.kind is not SentenceKind.NOTE]
    printed = [s.text for section in record.article.sections for p in section.paragraphs for s in p]
    if written != printed:
        problems.append("The article's sentences are not those of the draft that was judged.")
    by_source: dict[int, list[str]] = {}
    for snapshot_id, text in texts.texts.items():
        by_source.setdefault(texts.snapshots[snapshot_id].source_id, []).append(text)
    source_of = {one.text_hash: one.source_id for one in record.snapshots if one.cited}
    named = {one.number: by_source.get(source_of.get(one.text_hash, -1), []) for one in record.article.references}
    for quote in record.article.quotes:
        words = quote.text.removesuffix("…")
        if not any(locate(words, text) for text in named.get(quote.reference, ())):
            problems.append(f"Footnote {quote.number} is not in the text it names: “{quote.text[:80]}”.")
    problems += _unexplained(record.article)
    return problems


def _unexplained(article: Article) -> list[str]:
    """Claims that went out without support and without a person's reason."""
    return [
        f"Published without support, and nobody said why: “{s.text[:80]}”."
        for section in article.sections
        for paragraph in section.paragraphs
        for s in paragraph
        if s.kind is SentenceKind.CLAIM and s.label is not Label.SUPPORTED and not (s.overridden and s.reason.strip())
    ]


def _scores(record: Record, reason: str) -> list[str]:
    """The scorecard's counts are those of the verdicts, and the gate's answer follows from them."""
    card = record.scorecard
    claims = [
        s
        for s in record.draft.sentences
        if s.kind is SentenceKind.CLAIM and not (s.verdict and s.verdict.label is Label.NOT_CHECKABLE)
    ]
    labels = Counter(s.verdict.label if s.verdict else None for s in claims)
    counted = (len(claims), labels[Label.SUPPORTED], labels[Label.PARTLY], labels[Label.UNSUPPORTED],
               labels[Label.CONTRADICTED], labels[None])  # fmt: skip
    said = (card.claims, card.supported, card.partly, card.unsupported, card.contradicted, card.unjudged)
    faithful = (counted[1] + 0.5 * counted[2]) / len(claims) if claims else 0.0
    problems = []
    if counted != said or abs(faithful - card.faithfulness) > 1e-6:
        problems.append(
            f"The scorecard says {card.supported} of {card.claims} claims supported and a faithfulness of "
            f"{card.faithfulness:.2f}; the verdicts give {counted[1]} of {counted[0]} and {faithful:.2f}."
        )
    answer = gate.decide(
        replace(card, sections=by_section(record.draft)), threshold=record.threshold,
        section_threshold=record.gate.section_threshold or 0.0,
    )  # fmt: skip
    if record.gate.passed and not answer.passed:
        problems.append(f"The gate is said to have passed, but: {' '.join(answer.reasons)}")
    if _was_published(record) and not record.gate.passed and not reason:
        problems.append("It was published below the gate, and nobody said why.")
    return problems


def _asked(record: Record) -> str:
    least = record.gate.section_threshold
    if least is None:
        of_sections = "; what it asked of each section is not on record"
    elif least:
        of_sections = f", and of {least:.2f} in each section with {gate.FEWEST_IN_SECTION} claims or more"
    else:
        of_sections = ", and for nothing of each section"
    return f"The gate asked for a faithfulness of {record.threshold:.2f}{of_sections}."


def _was_published(record: Record) -> bool:
    return any(publication.published_at for publication in record.publications)


def _notes(record: Record) -> list[str]:
    notes = [_asked(record)]
    if judge_version() != record.versions.judge:
        notes.append("The judge here has other weights than the one that judged it; verdicts may differ a little.")
    if galley_version() != record.versions.galley:
        notes.append(f"It was made by Galley {record.versions.galley}; this is {galley_version()}.")
    if record.article is None:
        notes.append("It is a draft: as it stands it may not be published.")
    elif not _was_published(record):
        notes.append("It was never published.")
    sent = content_hash(record.article) if record.article else ""
    for one in record.publications:
        if one.public and one.content_hash:
            same = "the article of this record" if one.content_hash == sent else "another version of it"
            notes.append(f"What was sent to {one.target}, {one.url or 'no address'}, is {same}.")
    return notes
