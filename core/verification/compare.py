"""A published claim beside what its sources say today: current, changed, gone or contradicted.

First the words: does the quote the claim rests on still stand, sentence for sentence? If not,
which sentence of the new text took its place, and does it say otherwise (the deterministic
judge's rules for numbers and denials)? If not, does anything in the new text support the claim?
What has taken a passage's place speaks before what else the page says: a figure corrected in
the text and left in a caption is a corrected figure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from rapidfuzz import fuzz

from core.judging import sentences, words
from core.judging.alignment import align
from core.judging.features import Prepared, prepare
from core.judging.quotes import bare, normalise
from core.models import Finding, Label, Passage, Sentence, Source, Span, Standing, Verdict
from core.retrieval.chunk import chunk

LOOKED_AT = 6
"""Passages of the new text tried for support, those with most of the claim's words first."""
SUCCESSOR = 0.45
"""Likeness from which a sentence is taken for the edited form of another (weighted words in common, of all)."""
SAME_MEANING = 0.8
"""Likeness of an edited quote from which what a model once accepted is taken to be said still."""
SCORE_LOST = 0.1
"""What the deterministic judge's score may lose in that case."""
TOUCHED = (Standing.CHANGED, Standing.GONE)


@dataclass(frozen=True)
class Now:
    """What a cited snapshot's source says today."""

    source: Source
    state: Standing
    """Of the text as a whole: `changed` means that it differs."""
    message: str
    passages: tuple[Passage, ...] = ()
    """Of a changed text, in order; their ids count from -1 downwards, since they are not kept yet."""


@dataclass(frozen=True)
class Compared:
    """A finding, and where the claim's citations would point in the new texts."""

    finding: Finding
    moved: Mapping[int, Passage] = field(default_factory=dict)
    """Cited passage id -> the new passage that carries it now; a passage that found none is left out."""
    bearing: tuple[Passage, ...] = ()
    """New passages to write the sentence from again, the most telling first."""


def passages_of(text: str, source: Source) -> tuple[Passage, ...]:
    """A new text cut as snapshots are cut, not kept anywhere yet."""
    spans = [(section, span) for section in chunk(text) for span in section.passages]
    return tuple(
        Passage(
            id=-1 - number, source_id=source.id, snapshot_id=0, start=span.start, end=span.end,
            text=text[span.start : span.end], heading=section.heading, section_start=section.start,
            section_end=section.end, title=source.title, url=source.url, site=source.site, author=source.author,
            published=source.published,
        )
        for number, (section, span) in enumerate(spans)
    )  # fmt: skip


def compare(sentence: Sentence, cited: Sequence[Passage], now: Mapping[int, Now], *, before: str = "") -> Compared:
    """One claim against today's texts.

    Args:
        cited: the passages it cites, in order.
        now: by snapshot id, for every snapshot of `cited`.
        before: the sentence before it.

    Returns:
        `current` when every cited source that could be read has its words as they were; `unreachable` or
        `snapshot only` when the source it rests on could not be read and nothing else was found against it.
    """
    touched = [p for p in cited if now[p.snapshot_id].state in TOUCHED]
    if not touched:
        return Compared(_untouched(sentence, cited, now))
    claim = _Claim(sentence, tuple(cited), now, before)
    places = {p.id: _place(claim, p) for p in touched}
    moved = {key: place.passage for key, place in places.items() if place.passage is not None}
    verbatim = all(place.verbatim for place in places.values())
    judged = _judged_now(claim, moved)
    contradicted = next((f for p in touched if (f := _contradicted(claim, p, places[p.id]))), None)
    if contradicted:
        return Compared(contradicted, moved, _bearing(places))
    main = next((p for p in touched if p.id == _resting_on(sentence)), touched[0])
    if judged.label is Label.CONTRADICTED and claim.then.label is not Label.CONTRADICTED:
        finding = claim.finding(Standing.CONTRADICTED, main, judged.reason, after=_said(claim, judged, moved))
        return Compared(finding, moved, _bearing(places))
    if verbatim:
        return Compared(claim.finding(Standing.CURRENT, main, "Its words stand there as they did."), moved)
    if judged.label is Label.SUPPORTED:
        return Compared(_still_supported(claim, main, places[main.id], moved), moved)
    elsewhere = _elsewhere(claim)
    if elsewhere:
        passage, words_ = elsewhere
        finding = claim.finding(Standing.CHANGED, main, "Another place of the page says it now.", after=words_)
        return Compared(finding, {**moved, main.id: passage})
    if _same_meaning(claim, main, places[main.id], judged):
        reason = "The passage was reworded a little; a model or a person accepted it before, so please look at it."
        return Compared(claim.finding(Standing.CHANGED, main, reason, after=places[main.id].words), moved)
    return Compared(_gone(claim, main, places[main.id]), moved, _bearing(places))


@dataclass(frozen=True)
class _Claim:
    sentence: Sentence
    cited: tuple[Passage, ...]
    now: Mapping[int, Now]
    before: str

    def quote(self, passage: Passage) -> str:
        """The words of a cited passage that the claim rests on."""
        verdict = self.sentence.verdict
        if verdict is None or verdict.quote is None or verdict.passage_id != passage.id:
            verdict = align(self.sentence.text, [passage], before=self.before)
        return _words(passage, verdict.quote) or passage.text

    def finding(self, state: Standing, passage: Passage, reason: str, *, after: str = "") -> Finding:
        source = self.now[passage.snapshot_id].source
        return Finding(
            sentence_id=self.sentence.id, sentence=self.sentence.text, state=state, reason=reason,
            before=self.quote(passage), after=after, url=source.url, title=source.title,
        )  # fmt: skip

    @cached_property
    def then(self) -> Verdict:
        """What alignment said of it by the snapshots; a model may have known better."""
        return align(self.sentence.text, self.cited, before=self.before)

    def fresh(self) -> tuple[Passage, ...]:
        """The passages of all changed texts that it cites."""
        texts = {p.snapshot_id: self.now[p.snapshot_id] for p in self.cited}
        return tuple(passage for one in texts.values() for passage in one.passages)


def _resting_on(sentence: Sentence) -> int | None:
    return sentence.verdict.passage_id if sentence.verdict else None


def _words(passage: Passage, quote: Span | None) -> str:
    return passage.text[quote.start - passage.start : quote.end - passage.start] if quote else ""


def _untouched(sentence: Sentence, cited: Sequence[Passage], now: Mapping[int, Now]) -> Finding:
    """Nothing that could be read has changed: as sure as the source it rests on."""
    main = next((p for p in cited if p.id == _resting_on(sentence)), cited[0] if cited else None)
    if main is None:
        return Finding(
            sentence_id=sentence.id, sentence=sentence.text, state=Standing.CURRENT, reason="It cites nothing."
        )
    seen = now[main.snapshot_id]
    return Finding(
        sentence_id=sentence.id, sentence=sentence.text, state=seen.state, reason=seen.message, url=seen.source.url,
        title=seen.source.title,
    )  # fmt: skip


# --- where the words went ---------------------------------------------------------------


@dataclass(frozen=True)
class _Place:
    """Where the words a claim rested on stand in the new text."""

    passage: Passage | None = None
    words: str = ""
    verbatim: bool = False
    likeness: float = 0.0


def _place(claim: _Claim, cited: Passage) -> _Place:
    fresh = claim.now[cited.snapshot_id].passages
    quote = claim.quote(cited)
    wanted = [bare(quote[span.start : span.end]) for span in sentences.split(quote)] or [bare(quote)]
    for passage in sorted(fresh, key=lambda p: p.heading != cited.heading):
        prepared = prepare(passage)
        for first in prepared.bare.get(wanted[0], ()):
            if all(first + i in prepared.bare.get(text, ()) for i, text in enumerate(wanted)):
                return _Place(passage, _run(prepared, first, first + len(wanted) - 1), True, 1.0)
    return _successor(quote, cited, fresh)


def _run(prepared: Prepared, first: int, last: int) -> str:
    return prepared.passage.text[prepared.sentences[first].start : prepared.sentences[last].end]


def _successor(quote: str, cited: Passage, fresh: Sequence[Passage]) -> _Place:
    """The run of sentences most like the quote, in as many sentences as it has."""
    length = max(1, len(sentences.split(quote)))
    best = _Place()
    for passage in fresh:
        prepared = prepare(passage)
        for first in range(len(prepared.sentences)):
            last = min(first + length, len(prepared.sentences)) - 1
            text = _run(prepared, first, last)
            likeness = _likeness(quote, text) + (0.02 if passage.heading == cited.heading else 0.0)
            if likeness > best.likeness:
                best = _Place(passage, text, False, likeness)
    return best if best.likeness >= SUCCESSOR else _Place()


def _likeness(one: str, other: str) -> float:
    """Shared wording of two sentences in [0, 1]: words by rarity, and their order."""
    mine, theirs = (set(words.content(words.tokens(text))) for text in (one, other))
    union = sum(map(words.rarity, mine | theirs))
    shared = sum(map(words.rarity, mine & theirs)) / union if union else 0.0
    if shared < SUCCESSOR / 2:
        return shared
    return 0.5 * shared + 0.5 * fuzz.ratio(normalise(one).lower(), normalise(other).lower()) / 100


# --- what they say now ---------------------------------------------------------------


def _judged_now(claim: _Claim, moved: Mapping[int, Passage]) -> Verdict:
    """The claim by its citations as they stand today: moved ones moved, lost ones left out."""
    passages = []
    for cited in claim.cited:
        if claim.now[cited.snapshot_id].state not in TOUCHED:
            passages.append(cited)
        elif cited.id in moved:
            passages.append(moved[cited.id])
    return align(claim.sentence.text, passages, before=claim.before)


def _contradicted(claim: _Claim, cited: Passage, place: _Place) -> Finding | None:
    """Does what stands in place of the quote say otherwise?"""
    if place.passage is None or place.verbatim:
        return None
    alone = _narrow(place.passage, place.words)
    verdict = align(claim.sentence.text, [alone], before=claim.before)
    if verdict.label is not Label.CONTRADICTED or claim.then.label is Label.CONTRADICTED:
        return None
    return claim.finding(Standing.CONTRADICTED, cited, verdict.reason, after=place.words)


def _said(claim: _Claim, judged: Verdict, moved: Mapping[int, Passage]) -> str:
    passage = next((p for p in (*moved.values(), *claim.cited) if p.id == judged.passage_id), None)
    return _words(passage, judged.quote) if passage else ""


def _narrow(passage: Passage, text: str) -> Passage:
    at = passage.text.find(text)
    return replace(passage, start=passage.start + at, end=passage.start + at + len(text), text=text)


def _still_supported(claim: _Claim, main: Passage, place: _Place, moved: Mapping[int, Passage]) -> Finding:
    seen = claim.now[main.snapshot_id]
    if seen.state is Standing.GONE:
        return claim.finding(Standing.CHANGED, main, f"{seen.message} What else it cites still supports it.")
    if main.id not in moved:
        return claim.finding(
            Standing.CHANGED, main, "The passage is no longer there; what else it cites still supports it."
        )
    return claim.finding(
        Standing.CHANGED, main, "The passage was changed; it still supports the sentence.", after=place.words
    )


def _elsewhere(claim: _Claim) -> tuple[Passage, str] | None:
    for passage in _nearest(claim):
        verdict = align(claim.sentence.text, [passage], before=claim.before)
        if verdict.label is Label.SUPPORTED:
            return passage, _words(passage, verdict.quote)
    return None


def _nearest(claim: _Claim) -> list[Passage]:
    """New passages with most of the claim's words by rarity."""
    wanted = set(words.content(words.tokens(claim.sentence.text)))

    def shared(passage: Passage) -> float:
        return sum(map(words.rarity, wanted & prepare(passage).stem_set))

    return sorted(claim.fresh(), key=shared, reverse=True)[:LOOKED_AT]


def _same_meaning(claim: _Claim, main: Passage, place: _Place, judged: Verdict) -> bool:
    """A claim that alignment never could confirm: is it confirmed no less than before?"""
    verdict = claim.sentence.verdict
    if verdict is None or verdict.label is not Label.SUPPORTED or verdict.judge == "alignment":
        return False
    alike = place.likeness >= SAME_MEANING and claim.now[main.snapshot_id].state is Standing.CHANGED
    return alike and judged.score >= claim.then.score - SCORE_LOST


def _gone(claim: _Claim, main: Passage, place: _Place) -> Finding:
    seen = claim.now[main.snapshot_id]
    if seen.state is Standing.GONE:
        return claim.finding(Standing.GONE, main, seen.message)
    if place.passage is None:
        reason = "The passage is no longer on the page, and nothing there supports the sentence."
        return claim.finding(Standing.GONE, main, reason)
    verdict = align(claim.sentence.text, [place.passage], before=claim.before)
    return claim.finding(
        Standing.GONE, main, f"The passage was changed and no longer supports it: {verdict.reason}", after=place.words
    )


def _bearing(places: Mapping[int, _Place]) -> tuple[Passage, ...]:
    """What to write the sentence from again: only what took the place of its words."""
    return tuple(place.passage for place in places.values() if place.passage is not None)
