"""Sources that disagree: two passages with different values for the same thing.

Only numbers with the same measure are compared, and only between sentences that say nearly the same words
about the same names; what one side says and the other does not must be little, or the two speak of
different things ("below 45 °C" and "above 50 °C"). Sentences are met through their rarest words, never pair by pair.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from core.judging import quantities, words
from core.judging.features import Read, prepare, read_claim
from core.judging.quantities import Quantity
from core.models import Conflict, Passage

_SHARED = 0.72
"""Words both sentences have, of all words of the shorter one, weighted by rarity."""
_ALIKE = 0.5
"""The same of the words of both together."""
_EXTRA_NAMED, _EXTRA = 0.15, 0.05
"""Where both sides add words of their own, the smaller addition may be at most this much of its sentence: more
when both name the same, for then a stray adjective or adverb is likelier than another subject."""
_CARRIERS = words.listed(
    """measur found find report record show shown reach reveal give gave pay paid provid offer amount cost stand stood
    total exact current now present"""
)
"""Stems that carry a value without saying of what; they make no difference between two sentences."""
_VERSION = re.compile(r"\b(?:version|release)s?\s*$", re.IGNORECASE)
"""Before a number that names a release: another release is another subject, not another value."""
_OF_THE_PAGE = re.compile(
    r"\b(?:page|document|file|site) (?:was |is )?last (?:modified|updated|edited|changed)\b"
    r"|^last (?:modified|updated)\b|©",
    re.IGNORECASE,
)
"""A page's own date says nothing of its subject."""
_FEWEST_SHARED_STEMS = 3
_OUTDATED_YEARS = 2
_TIME_MEASURES = frozenset({"year", "day of year", "clock"})
_COMMON_BUCKET = 40
"""A word shared by more sentences than this brings none of them together; the rarer ones do."""
_SUPERSEDES = words.listed(
    """replace replaces replaced supersede supersedes superseded raised lowered formerly revised corrected corrects
    correction"""
)


@dataclass(frozen=True)
class _Statement:
    """A sentence with values to compare."""

    passage: Passage
    read: Read
    stems: frozenset[str]
    """Its content words without numbers."""
    values: tuple[Quantity, ...]
    years: frozenset[float]
    """Those it speaks of, without the "by 2030" of a plan."""
    names: frozenset[str]

    @property
    def quote(self) -> str:
        return self.passage.text[self.read.start : self.read.end]


def find(passages: Sequence[Passage]) -> list[Conflict]:
    """Values that disagree between passages of different sources.

    Returns:
        At most one conflict for each pair of passages and subject, in the order of `passages`; `first` is the earlier
        one there. Of an `outdated` pair `first` is the older. Passages of one source are never compared.
    """
    statements = [
        statement
        for passage in dict.fromkeys(passages)
        for sentence in prepare(passage).sentences
        if (statement := _statement(sentence, passage))
    ]
    found: dict[tuple[int, int, str], Conflict] = {}
    for first, second in _candidates(statements):
        if first.passage.source_id == second.passage.source_id:
            continue
        values = _disagreement(first, second)
        if values:
            conflict = _conflict(first, second)
            found.setdefault((conflict.first, conflict.second, conflict.subject), conflict)
    return list(found.values())


def disagree(first: str, second: str) -> tuple[str, str] | None:
    """The two values, as written, when two sentences give different ones for the same thing.

    >>> disagree("The Aldermoor trial measured a factor of 2.9.", "The Aldermoor trial measured a factor of 3.6.")
    ('2.9', '3.6')
    """
    nowhere = Passage(id=0, source_id=0, snapshot_id=0, start=0, end=0, text="")
    one, other = _statement(read_claim(first), nowhere), _statement(read_claim(second), nowhere)
    values = _disagreement(one, other) if one and other else None
    return (values[0].text.strip(), values[1].text.strip()) if values else None


def _statement(read: Read, passage: Passage) -> _Statement | None:
    values = tuple(
        value
        for value in read.quantities
        if value.measure not in _TIME_MEASURES and not value.spelled and not _VERSION.search(read.text[: value.start])
    )
    stems = frozenset(stem for stem in read.stems if not stem[0].isdigit())
    if not values or len(stems) < _FEWEST_SHARED_STEMS or _OF_THE_PAGE.search(read.text):
        return None
    years = frozenset(
        value.low
        for value in read.quantities
        if value.measure == "year" and not read.text[: value.start].rstrip().lower().endswith((" by", " until"))
    )
    return _Statement(passage, read, stems, values, years, frozenset(read.names))


def _candidates(statements: Sequence[_Statement]) -> Iterator[tuple[_Statement, _Statement]]:
    """Pairs that share a measure and two rarer words, each once, in order."""
    by_term: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, statement in enumerate(statements):
        for measure in {value.measure for value in statement.values}:
            for stem in statement.stems:
                by_term[measure, stem].append(number)
    shared: Counter[tuple[int, int]] = Counter()
    for numbers in by_term.values():
        if 1 < len(numbers) <= _COMMON_BUCKET:
            shared.update(combinations(numbers, 2))
    for (first, second), count in sorted(shared.items()):
        if count >= 2:
            yield statements[first], statements[second]


def _disagreement(first: _Statement, second: _Statement) -> tuple[Quantity, Quantity] | None:
    if not _same_subject(first, second):
        return None
    for value in first.values:
        rivals = [other for other in second.values if quantities.same_measure(value, other)]
        if not rivals or any(quantities.agree(value, other) or quantities.agree(other, value) for other in rivals):
            continue
        mine = [one for one in first.values if quantities.same_measure(one, rivals[0])]
        if any(quantities.agree(one, other) for one in mine for other in rivals):
            return None  # a value they have in common: the rest belongs to something else
        for other in rivals:
            if quantities.conflict(value, other):
                return value, other
    return None


def _same_subject(first: _Statement, second: _Statement) -> bool:
    if first.read.negated != second.read.negated:
        return False
    if first.years and second.years and first.years.isdisjoint(second.years):
        return False
    if first.names and second.names and not first.names <= second.names and not second.names <= first.names:
        return False
    if bool(first.names) != bool(second.names) and not _context_names(first, second):
        return False
    shared = first.stems & second.stems
    if len(shared) < _FEWEST_SHARED_STEMS:
        return False
    total = [words.weight(one.stems) for one in (first, second)]
    common = words.weight(shared)
    if common / min(total) < _SHARED or common / words.weight(first.stems | second.stems) < _ALIKE:
        return False
    only = (first.stems - shared - _CARRIERS, second.stems - shared - _CARRIERS)
    extra = [words.weight(own) / whole for own, whole in zip(only, total, strict=True)]
    if min(extra) > (_EXTRA_NAMED if first.names & second.names else _EXTRA) or _other_kind(first, second):
        return False
    against = words.opposites()
    return not any(against.get(stem, frozenset()) & only[1] for stem in only[0])


def _other_kind(first: _Statement, second: _Statement) -> bool:
    """Does each have a compound that the other has with another part, as "air-source" and "ground-source"?"""
    mine, other = (set(re.findall(r"\b([^\W\d]+)-([^\W\d]+)\b", one.read.text.lower())) for one in (first, second))
    return any(a[1] == b[1] or a[0] == b[0] for a in mine - other for b in other - mine)


def _context_names(first: _Statement, second: _Statement) -> bool:
    """Where only one names its subject: does the other's heading or title, or its passage, name it too?"""
    named, other = (first, second) if first.names else (second, first)
    held = prepare(other.passage)
    return all(
        stem in held.context or stem in held.stem_set
        for name in named.names
        for stem in words.content(words.tokens(name))
    )


def _conflict(first: _Statement, second: _Statement) -> Conflict:
    kind = "outdated" if _one_is_outdated(first, second) else "contradiction"
    if kind == "outdated" and (first.passage.published or "") > (second.passage.published or ""):
        first, second = second, first
    return Conflict(
        subject=_subject(first, second), first=first.passage.id, first_quote=first.quote,
        second=second.passage.id, second_quote=second.quote, kind=kind,
    )  # fmt: skip


def _subject(first: _Statement, second: _Statement) -> str:
    """What both speak of: the words they share, as the first one writes them."""
    shared = first.stems & second.stems
    spoken = [token for token in first.read.tokens if any(stem in shared for stem in words.content([token]))]
    return " ".join(token.capitalize() if token in first.names else token for token in dict.fromkeys(spoken))


def _one_is_outdated(first: _Statement, second: _Statement) -> bool:
    """Do the texts say that one value replaced the other, or are they years apart on a present amount?"""
    for one, other in ((first, second), (second, first)):
        for sentence in prepare(one.passage).sentences:
            says = not _SUPERSEDES.isdisjoint(sentence.tokens)
            if says and any(quantities.agree(value, said) for value in other.values for said in sentence.quantities):
                return True
    years_apart = _years_between(first.passage.published, second.passage.published)
    return years_apart >= _OUTDATED_YEARS and _is_present(first.read) and _is_present(second.read)


def _is_present(read: Read) -> bool:
    """Told as holding now, not as having happened or been measured."""
    return not any(token in _PAST or (token.endswith("ed") and len(token) > 4) for token in read.tokens)


_PAST = words.listed("was were had did found rose fell grew became took gave paid made kept went came slept got")


def _years_between(first: str | None, second: str | None) -> float:
    try:
        days = date.fromisoformat((first or "")[:10]) - date.fromisoformat((second or "")[:10])
    except ValueError:  # a date that is missing or not a full one proves nothing
        return 0.0
    return abs(days.days) / 365.25
