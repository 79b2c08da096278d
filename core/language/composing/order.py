"""In which order chosen sentences stand, and where a paragraph ends.

First what a thing is, then how it works, what was measured, how it compares, where it ends,
what to do: a sentence's role is read from closed cue lists. Within that, sentences that
share content words stand together (as in the ordering by cohesion of Barzilay & Lapata,
2008, on words instead of a parsed entity grid) and the sentences of one source keep their
source's order. The path is found greedily and mended by moving single strands.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from core.language.composing.acronyms import expanded, used
from core.language.composing.extracts import Extract
from core.language.composing.selection import Choice
from core.language.composing.terms import likeness

MOST_SENTENCES, MOST_WORDS = 4, 95
"""Of a paragraph."""


class Role(IntEnum):
    """What a sentence does in an explanation, in reading order."""

    DEFINITION = 0
    MECHANISM = 1
    FINDING = 2
    COMPARISON = 3
    LIMIT = 4
    ADVICE = 5


_ADVICE = re.compile(
    r"\b(?:should|ought to|recommend\w*|advis\w*|best (?:time|way|order|choice)|sensible|needs? "
    r"to be|must be)\b",
    re.IGNORECASE,
)
_LIMIT = re.compile(
    r"\b(?:however|cannot|may not|does not|do not|did not|not yet|no evidence|uncertain\w*|"
    r"unclear|scarce|thin|limited|"
    r"limits?|only one|covers one|single|volunteer\w*|warn\w*|risks?|problems?|complain\w*|fail\w*|unless|"
    r"depends?|provided that|too (?:cold|large|small|high|low|long|late|early)|disappoint\w*|"
    r"mistakes?|caution)\b",
    re.IGNORECASE,
)
_COMPARISON = re.compile(
    r"\b(?:than|compared (?:with|to)|whereas|unlike|versus|in contrast to|twice|half as|instead "
    r"of)\b",
    re.IGNORECASE,
)
_FINDING = re.compile(
    r"\b(?:median|average|per cent|percent|found|measured|survey|trial|study|studies|reported|"
    r"reached|monitored|sample|showed)\b|%|[£$€]\s?\d",
    re.IGNORECASE,
)
_DEFINITION = re.compile(
    r"^(?:an? |the )?[\w' -]{3,70}? (?:is|are) (?:an? |the |any |one of )|\b(?:called|known as|"
    r"defined as|refers? to|means that|consists? of|contains?)\b",
    re.IGNORECASE,
)


def role(text: str) -> Role:
    """What a sentence does; the most telling cue wins."""
    if _ADVICE.search(text):
        return Role.ADVICE
    if _LIMIT.search(text):
        return Role.LIMIT
    if _DEFINITION.search(text) and not re.search(r"\d", text):
        return Role.DEFINITION
    if _COMPARISON.search(text):
        return Role.COMPARISON
    if _FINDING.search(text):
        return Role.FINDING
    return Role.MECHANISM


@dataclass(frozen=True, eq=False)
class Line:
    """One sentence of the section as it will stand."""

    extract: Extract
    markers: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Strand:
    """Lines that must stay together, in order."""

    lines: tuple[Line, ...]
    score: float
    disputed: bool = False

    @property
    def first(self) -> Extract:
        return self.lines[0].extract

    @property
    def last(self) -> Extract:
        return self.lines[-1].extract

    @cached_property
    def role(self) -> Role:
        return role(self.first.text)

    @property
    def words(self) -> int:
        return sum(line.extract.words for line in self.lines)

    @cached_property
    def acronyms(self) -> frozenset[str]:
        return frozenset().union(*(used(line.extract.text) for line in self.lines))

    @cached_property
    def explains(self) -> frozenset[str]:
        return frozenset().union(*(expanded(line.extract.text) for line in self.lines))


def arrange(choices: Sequence[Choice], weights: dict[str, float], opening: Extract | None = None) -> list[list[Strand]]:
    """Paragraphs of strands, in reading order.

    Args:
        opening: the sentence to begin with, or whose strand to begin with, if it was chosen.
    """
    strands = _strands(choices)
    first = next((s for s in strands if any(line.extract is opening for line in s.lines)), None)
    return _paragraphs(_path(strands, weights, first), weights)


def _strands(choices: Sequence[Choice]) -> list[Strand]:
    """Choices that follow each other in a block become one strand; a disputed one stays alone."""
    disputed = []
    lines: dict[int, tuple[Line, float]] = {}
    for choice in choices:
        own = [Line(e, (e.number, *choice.also.get(id(e), ()))) for e in choice.unit.extracts]
        if choice.against is not None:
            rival = Line(choice.against, (choice.against.number,))
            disputed.append(Strand(_newest_first(own[0], rival), choice.score, True))
        else:
            lines.update({id(line.extract): (line, choice.score) for line in own})
    rows = sorted(lines.values(), key=lambda pair: (pair[0].extract.number, pair[0].extract.place))
    groups: list[list[tuple[Line, float]]] = []
    for line, score in rows:
        if groups and _goes_on(groups[-1][-1][0].extract, line.extract):
            groups[-1].append((line, score))
        else:
            groups.append([(line, score)])
    joined = [Strand(tuple(line for line, _ in group), max(score for _, score in group)) for group in groups]
    return joined + disputed


def _newest_first(one: Line, other: Line) -> tuple[Line, Line]:
    """Of two that disagree the later published one first, where both dates are known."""
    here, there = one.extract.item.passage.published, other.extract.item.passage.published
    return (other, one) if here and there and there > here else (one, other)


def _goes_on(one: Extract, other: Extract) -> bool:
    return (
        one.item is other.item and 0 < other.place - one.place <= 2 and one.block == other.block or other.before is one
    )


def _path(strands: list[Strand], weights: dict[str, float], first: Strand | None) -> list[Strand]:
    """Order strands: roles first, neighbours alike; greedy, then single moves while they help."""
    if len(strands) < 2:
        return strands
    start = first or min(strands, key=lambda s: (_opening_cost(s), -s.score, s.first.number, s.first.place))
    path = [start]
    left = [strand for strand in strands if strand is not start]
    while left:
        nearest = min(left, key=lambda s: (_step(path[-1], s, weights), s.first.number, s.first.place))
        left.remove(nearest)
        path.append(nearest)
    return _mended(path, weights, 1 if first else 0)


def _mended(path: list[Strand], weights: dict[str, float], fixed: int) -> list[Strand]:
    """The path after single moves; the first `fixed` strands stay."""
    best = _length(path, weights)
    improved = True
    rounds = 0
    while improved and rounds < 6:
        improved = False
        rounds += 1
        for i in range(fixed, len(path)):
            for j in range(fixed, len(path)):
                if i == j:
                    continue
                other = path[:i] + path[i + 1 :]
                other.insert(j, path[i])
                length = _length(other, weights)
                if length < best - 1e-9:
                    path, best, improved = other, length, True
    return path


def _length(path: Sequence[Strand], weights: dict[str, float]) -> float:
    steps = 0.8 * _early_acronyms(path) + sum(
        _step(one, other, weights) for one, other in zip(path, path[1:], strict=False)
    )
    return steps + 1.5 * _opening_cost(path[0])


def _early_acronyms(path: Sequence[Strand]) -> int:
    """How many strands use an acronym that a later one spells out."""
    early = 0
    for number, strand in enumerate(path):
        unknown = strand.acronyms - strand.explains
        later = frozenset().union(*(other.explains for other in path[number + 1 :]))
        before = frozenset().union(*(other.explains for other in path[:number]))
        early += bool(unknown & later - before)
    return early


def _step(one: Strand, other: Strand, weights: dict[str, float]) -> float:
    """The cost of going from one strand to the next."""
    alike = likeness(one.last.terms, other.first.terms, weights)
    back = max(0, one.role - other.role)
    source = 0.0 if one.last.item is other.first.item else 0.12 if one.last.source == other.first.source else 0.2
    backwards = one.last.source == other.first.source and one.last.item.passage.start + one.last.place > (
        other.first.item.passage.start + other.first.place
    )
    return (1 - alike) + 0.22 * back + 0.04 * max(0, other.role - one.role) + source + 0.3 * backwards


def _opening_cost(strand: Strand) -> float:
    first = strand.first
    cost = {Role.DEFINITION: 0.0, Role.MECHANISM: 0.1, Role.FINDING: 0.15, Role.COMPARISON: 0.25}.get(strand.role, 0.45)
    cost += 0.3 if first.listed else 0.0
    cost += 0.5 if strand.disputed else 0.0
    cost += 0.15 if first.before is not None else 0.0
    return cost + 1.0 * (1 - strand.score)


def _paragraphs(path: Sequence[Strand], weights: dict[str, float]) -> list[list[Strand]]:
    paragraphs: list[list[Strand]] = []
    for strand in path:
        if paragraphs and _fits(paragraphs[-1], strand, weights):
            paragraphs[-1].append(strand)
        else:
            paragraphs.append([strand])
    return _without_orphans(paragraphs)


def _fits(paragraph: Sequence[Strand], strand: Strand, weights: dict[str, float]) -> bool:
    count = sum(len(s.lines) for s in paragraph)
    words = sum(s.words for s in paragraph)
    if count + len(strand.lines) > MOST_SENTENCES or words + strand.words > MOST_WORDS:
        return False
    alike = likeness(paragraph[-1].last.terms, strand.first.terms, weights)
    return count < 2 or alike > 0.12 or paragraph[-1].last.item is strand.first.item


def _without_orphans(paragraphs: list[list[Strand]]) -> list[list[Strand]]:
    """A paragraph of one sentence joins the one before it when that stays readable."""
    merged: list[list[Strand]] = []
    for paragraph in paragraphs:
        alone = sum(len(s.lines) for s in paragraph) == 1
        if alone and merged and sum(len(s.lines) for s in merged[-1]) <= MOST_SENTENCES:
            merged[-1] = [*merged[-1], *paragraph]
        else:
            merged.append(paragraph)
    return merged
