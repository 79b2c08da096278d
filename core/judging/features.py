"""What can be measured between a sentence and the passages it cites.

Everything here counts words, names and numbers; nothing is learned. The best sentence is the one
that covers most of the claim's words weighted by rarity, the window is it with its neighbours. The
families of measures (coverage, order, numbers, names, polarity, missing words) are those that did
best among lexical methods on the fitting data; benchmarks/judge.md has the table.
"""

import functools
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from core.judging import numerals, quantities, quotes, sentences, words
from core.judging.languages import language, with_points
from core.judging.quantities import Quantity
from core.models import Passage

NAMES = (
    "cover_passages", "cover_window", "cover_sentence", "cover_window_plain", "gap_to_second",
    "pairs_window", "pairs_passages", "order_sentence", "order_window", "longest_run",
    "rarest_missing", "missing_weight", "missing_words", "missing_stems_near",
    "numbers", "numbers_missing", "numbers_missing_window", "numbers_conflict", "number_share_missing",
    "names", "names_missing", "names_missing_window", "name_share_missing",
    "negated", "polarity_differs", "opposites", "universal_added", "hedge_lost", "hedged",
    "length", "source_length", "sentences_needed", "pronoun_first",
)  # fmt: skip
"""The measures in the order of `Comparison.features`."""

_MOST_SENTENCES = 400
_PRONOUN_FIRST = re.compile(r"(?:he|she|it|they|this|these|those|his|her|their|its)\b", re.IGNORECASE)
_LIST_SIGN = re.compile(
    r"^\s*(?:[-*•]|\d{1,2}[.)])\s+|\(?\b(?:passage|source)s? \d+(?:(?:,| and|, and) \d+)*\)?|\[\d+\]", re.IGNORECASE
)
_TEXTS = words.listed("summary summaries summarized summarised overview")
_LIFE = re.compile(r"\s*(?:born|b\.|died|d\.|c\.\s*\d|\d{4}\s*[–-]\s*\d{4}\)|\d{1,2} [A-Z]\w+ \d{4}\s*[–-])")
_LIFE_WORDS = words.listed("born birth birthday die died dies death dead killed lived life age aged old")


@dataclass(frozen=True, slots=True)
class Read:
    """A sentence taken apart."""

    text: str
    start: int
    """Offset in its passage's text."""
    end: int
    tokens: tuple[str, ...]
    stems: tuple[str, ...]
    stem_set: frozenset[str]
    quantities: tuple[Quantity, ...]
    subject: frozenset[str]
    """Stems of what is left without its quantities: what the values are of."""
    names: tuple[str, ...]
    negated: bool
    hedged: bool


@dataclass(frozen=True, slots=True)
class Prepared:
    """A passage taken apart once, for any number of claims."""

    passage: Passage
    language: str
    """As `languages.language` has it."""
    sentences: tuple[Read, ...]
    stem_set: frozenset[str]
    beginnings: frozenset[str]
    """First five letters of its longer stems: forms of a word the stemmer keeps apart."""
    pairs: frozenset[tuple[str, str]]
    context: frozenset[str]
    """Stems of the heading and the title: they say what the passage speaks of."""
    context_quantities: tuple[Quantity, ...]
    bare: Mapping[str, tuple[int, ...]]
    """Sentence as `quotes.bare` gives it -> where it stands among `sentences`."""


@dataclass(slots=True)
class Comparison:
    """A claim beside its passages: the measures, and what they rest on."""

    features: list[float]
    source: int
    """Which of the passages holds the window."""
    first: int
    best: int
    last: int
    """Sentences of that passage: the window is `first` to `last`, both included; `best` covers most."""
    same_subject: float
    """Share, by rarity, of the claim's words other than its values that the best sentence has."""
    cover_window: float
    missing: list[str] = field(default_factory=list)
    """Words of the claim in none of the passages, rarest first."""
    missing_names: list[str] = field(default_factory=list)
    missing_quantities: list[Quantity] = field(default_factory=list)
    conflicts: list[tuple[Quantity, Quantity]] = field(default_factory=list)
    """`(claim's, passage's)` values of the same measure that cannot both be true."""
    opposites: list[tuple[str, str]] = field(default_factory=list)
    polarity_differs: bool = False


def read(text: str, start: int = 0, end: int | None = None, spoken: str = "") -> Read:
    """Take a sentence apart; its figures are written as the language `spoken` writes them."""
    text = with_points(text.replace("’", "'"), spoken)
    tokens = tuple(words.tokens(text))
    stems = tuple(words.content(tokens))
    found = tuple(numerals.find(text))
    return Read(
        text=text,
        start=start,
        end=len(text) if end is None else end,
        tokens=tokens,
        stems=stems,
        stem_set=frozenset(stems),
        quantities=found,
        subject=_subject(text, found) if found else frozenset(stems),
        names=tuple(dict.fromkeys(words.names(text))),
        negated=words.is_negated(tokens),
        hedged=not words.HEDGES.isdisjoint(tokens),
    )


def _subject(text: str, found: Sequence[Quantity]) -> frozenset[str]:
    for quantity in found:
        text = text[: quantity.start] + " " * (quantity.end - quantity.start) + text[quantity.end :]
    return frozenset(words.content(words.tokens(text)))


@functools.lru_cache(maxsize=4096)
def prepare(passage: Passage) -> Prepared:
    """Take a passage apart. Kept: asking again for the same passage costs nothing."""
    spans = sentences.split(passage.text)[:_MOST_SENTENCES]
    spoken = language(passage.text)
    parts = tuple(read(passage.text[span.start : span.end], span.start, span.end, spoken) for span in spans)
    bare: dict[str, tuple[int, ...]] = {}
    for number, part in enumerate(parts):
        key = quotes.bare(passage.text[part.start : part.end])
        bare[key] = (*bare.get(key, ()), number)
    stems = [stem for part in parts for stem in part.stems]
    around = f"{passage.heading}\n{passage.title}"
    return Prepared(
        passage=passage,
        language=spoken,
        sentences=parts or (read("", 0, 0),),
        stem_set=frozenset(stems),
        beginnings=frozenset(stem[:5] for stem in stems if len(stem) >= 5),
        pairs=_pairs(stems),
        context=frozenset(words.content(words.tokens(around))),
        context_quantities=tuple(numerals.find(around)),
        bare=bare,
    )


@functools.lru_cache(maxsize=4096)
def read_claim(text: str) -> Read:
    """Take a claim apart, `without_signs`."""
    return read(without_signs(text), spoken=language(text))


def without_signs(text: str) -> str:
    """The text without list signs and citation markers."""
    return _LIST_SIGN.sub(" ", text).strip()


def compare(claim: Read, sources: Sequence[Prepared]) -> Comparison:
    """Measure a claim against passages (at least one)."""
    stems = claim.stems or ("",)
    weighed = [(stem, words.rarity(stem)) for stem in stems]
    total = sum([weight for _, weight in weighed]) or 1.0
    rare = dict(weighed)

    def cover(have: frozenset[str] | set[str]) -> float:
        return sum([weight for stem, weight in weighed if stem in have]) / total

    ranked = sorted(
        ((cover(part.stem_set), -s, -i) for s, source in enumerate(sources) for i, part in enumerate(source.sentences)),
        reverse=True,
    )
    best = [sources[-s].sentences[-i] for _, s, i in ranked[:5]]
    cover_best, sentence = ranked[0][0], best[0]
    cover_window, s, i = max((cover(_around(sources[-s], -i)), s, i) for _, s, i in ranked[:6])
    source, at = sources[-s], -i
    first, last = max(0, at - 1), min(len(source.sentences) - 1, at + 1)
    nearest = max(range(first, last + 1), key=lambda i: (cover(source.sentences[i].stem_set), -abs(i - at)))
    window = source.sentences[first : last + 1]
    window_stems = [stem for part in window for stem in part.stems]
    window_set = frozenset(window_stems)
    everything = sources[0].stem_set.union(*(one.stem_set for one in sources[1:]))
    context = frozenset().union(*(one.context for one in sources))

    comparison = Comparison(
        features=[], source=-s, first=first, best=nearest, last=last,
        same_subject=share(claim.subject, source.sentences[nearest].stem_set), cover_window=cover_window,
    )  # fmt: skip
    missing = [stem for stem in dict.fromkeys(claim.stems) if stem not in everything]
    near = sum(1 for stem in missing if not any(stem[:5] in one.beginnings for one in sources))
    comparison.missing = _spelled(claim, sorted(missing, key=lambda stem: -rare[stem]))

    pairs = _pairs(claim.stems, gap=1)
    window_pairs = _pairs(window_stems)
    order_sentence, order_window, run = _order(
        claim.tokens, sentence.tokens, [t for part in window for t in part.tokens]
    )
    numbers = _numbers(claim, sources, window, comparison)
    named = _named(claim, everything | context, window_set, comparison)
    polarity = _polarity(claim, sentence, window, window_set, cover_best, comparison)
    comparison.features = [
        cover(everything | context), cover_window, cover_best,
        sum(stem in window_set for stem in stems) / len(stems),
        cover_best - (ranked[1][0] if len(ranked) > 1 else 0.0),
        len(pairs & window_pairs) / max(1, len(pairs)),
        sum(any(pair in one.pairs for one in sources) for pair in pairs) / max(1, len(pairs)),
        order_sentence, order_window, run,
        max((rare[stem] for stem in missing), default=0.0), math.log1p(sum(rare[stem] for stem in missing)),
        math.log1p(len(missing)), math.log1p(near),
        *numbers, *named, *polarity,
        math.log1p(len(claim.tokens)), math.log1p(sum(len(one.sentences) for one in sources)),
        _needed(claim.stem_set, [part.stem_set for part in best]),
        float(bool(_PRONOUN_FIRST.match(claim.text))),
    ]  # fmt: skip
    return comparison


def _around(source: Prepared, at: int) -> frozenset[str]:
    """Stems of a sentence and its neighbours."""
    return frozenset().union(*(part.stem_set for part in source.sentences[max(0, at - 1) : at + 2]))


def share(stems: frozenset[str], have: frozenset[str]) -> float:
    """How much of the stems, by rarity, is there."""
    total = words.weight(stems)
    return words.weight(stems & have) / total if total else 0.0


def _pairs(stems: Sequence[str], *, gap: int = 2) -> frozenset[tuple[str, str]]:
    """Neighbouring stems; with a gap of 2 also those with one between them."""
    return frozenset(pair for step in range(1, gap + 1) for pair in zip(stems, stems[step:], strict=False))


def _spelled(claim: Read, stems: Iterable[str]) -> list[str]:
    """The claim's own words for its stems."""
    spelled: dict[str, str] = {}
    for token in claim.tokens:
        for stem in words.content([token]):
            spelled.setdefault(stem, token)
    return [spelled.get(stem, stem) for stem in stems]


def _order(claim: Sequence[str], sentence: Sequence[str], window: Sequence[str]) -> tuple[float, float, float]:
    """Share of the claim's words found in the same order: in the sentence, the window, and in one run."""
    from rapidfuzz.distance import LCSseq  # 0.05 s: not at import

    length = max(1, len(claim))
    joined = f" {' '.join(window)} "
    run = start = 0
    while start + run < len(claim):
        while start + run < len(claim) and f" {' '.join(claim[start : start + run + 1])} " in joined:
            run += 1
        start += 1
    return LCSseq.similarity(claim, sentence) / length, LCSseq.similarity(claim, window) / length, run / length


def _numbers(claim: Read, sources: Sequence[Prepared], window: Sequence[Read], comparison: Comparison) -> list[float]:
    everywhere = [quantity for source in sources for part in source.sentences for quantity in part.quantities]
    everywhere += [quantity for source in sources for quantity in source.context_quantities]
    here = [quantity for part in window for quantity in part.quantities]
    matched = [held for held in here if any(quantities.agree(wanted, held) for wanted in claim.quantities)]
    missing_window = 0
    for wanted in claim.quantities:
        if any(quantities.agree(wanted, held) for held in here) or _is_of_the_text(wanted, claim):
            continue
        if any(quantities.reckoned(wanted, part.quantities) for part in window):
            continue
        missing_window += 1
        if any(quantities.agree(wanted, held) for held in everywhere):
            continue
        comparison.missing_quantities.append(wanted)
        part = sources[comparison.source].sentences[comparison.best]
        against = [
            held
            for held in part.quantities
            if held not in matched and quantities.conflict(wanted, held) and not is_aside(held, part, claim)
        ]
        if against and not any(_is_coarser(held, wanted) for held in part.quantities):
            comparison.conflicts.append((wanted, against[0]))
    missing = len([quantity for quantity in comparison.missing_quantities if not (quantity.spelled or quantity.named)])
    missing += 0.5 * (len(comparison.missing_quantities) - missing)
    count = len(claim.quantities)
    return [
        math.log1p(count), float(missing), float(missing_window), float(len(comparison.conflicts)),
        missing / max(1, count),
    ]  # fmt: skip


def _is_of_the_text(wanted: Quantity, claim: Read) -> bool:
    """Is it how long the text itself is, which no source can say: "Here is a summary in 78 words"?"""
    return wanted.nouns[:1] == ("word",) and not _TEXTS.isdisjoint(claim.tokens)


def _is_coarser(held: Quantity, wanted: Quantity) -> bool:
    """Is it the month of the claim's day, so that the day may be right?"""
    return held.measure == wanted.measure == "day of year" and held.low <= wanted.low and wanted.high <= held.high


def is_aside(held: Quantity, part: Read, claim: Read) -> bool:
    """Is it a year of birth or death in brackets behind a name, and the claim speaks of neither?"""
    opened = part.text.rfind("(", 0, held.start)
    aside = opened >= 0 and ")" not in part.text[opened : held.start] and _LIFE.match(part.text, opened + 1)
    return bool(aside) and _LIFE_WORDS.isdisjoint(claim.tokens)


def _named(claim: Read, everything: frozenset[str], window: frozenset[str], comparison: Comparison) -> list[float]:
    missing_window = 0
    for name in claim.names:
        stems = words.content(words.tokens(name))
        if not all(stem in window for stem in stems):
            missing_window += 1
        if not all(stem in everything for stem in stems):
            comparison.missing_names.append(name)
    missing, count = len(comparison.missing_names), len(claim.names)
    return [math.log1p(count), float(missing), float(missing_window), missing / max(1, count)]


def _polarity(
    claim: Read,
    sentence: Read,
    window: Sequence[Read],
    window_set: frozenset[str],
    cover: float,
    comparison: Comparison,
) -> list[float]:
    compared = [sentence] if cover > 0.35 else window
    comparison.polarity_differs = claim.negated != any(part.negated for part in compared)
    against = words.opposites()
    comparison.opposites = [
        (stem, other)
        for stem in claim.stem_set
        if stem in against and stem not in window_set
        for other in against[stem] & window_set - claim.stem_set
    ]
    tokens = {token for part in window for token in part.tokens}
    universal = [token for token in claim.tokens if token in words.UNIVERSALS and token not in tokens]
    hedge_lost = not claim.hedged and sentence.hedged
    return [
        float(claim.negated), float(comparison.polarity_differs), float(len(comparison.opposites)),
        float(len(universal)), float(hedge_lost), float(claim.hedged),
    ]  # fmt: skip


def _needed(wanted: frozenset[str], parts: Sequence[frozenset[str]]) -> float:
    """How many sentences it takes, best first, to cover what can be covered."""
    left, needed = set(wanted), 0
    for part in parts:
        if left & part:
            left -= part
            needed += 1
    return float(needed)
