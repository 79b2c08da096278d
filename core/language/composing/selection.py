"""Which units a section takes: the most relevant that do not say the same twice.

Method: maximal marginal relevance (Carbonell & Goldstein, SIGIR 1998), greedy, with a
small reward for going on where a chosen unit left off (two sentences that followed each
other in a source read better than two that did not) and a small price for leaning on one
source alone. It stops at the word count or when the rest no longer answers: a thin section
stays short.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from core.language.composing.candidates import Unit
from core.language.composing.extracts import Extract
from core.language.composing.facts import disagree, same_fact, stated_in
from core.language.composing.openings import Leaning
from core.language.composing.terms import likeness

NOVELTY = 0.3
"""1 - lambda of MMR; 0.7 was the measured setting for lambda."""
FLOOR = 0.5
"""Share of the best unit's score below which nothing is taken."""
GOES_ON, SAME_SOURCE = 0.08, 0.025
MOST_PAIRS = 2


@dataclass(frozen=True, eq=False)
class Choice:
    """A unit that was taken."""

    unit: Unit
    score: float
    also: tuple[int, ...] = ()
    """Evidence numbers of further passages that state the core sentence's fact in full."""
    against: Unit | None = None
    """A unit of another source that gives another value; to stand right after it."""


def choose(scored: Sequence[tuple[Unit, float]], words: int, weights: dict[str, float]) -> list[Choice]:
    """The units to write from, best first.

    Args:
        scored: units with their relevance.
        words: about how many words to take; overrun by half a unit at most.
        weights: idf over the evidence's sentences.
    """
    order = sorted(scored, key=lambda pair: (-pair[1], pair[0].core.number, pair[0].core.place))
    if not order:
        return []
    floor = FLOOR * order[0][1]
    left = [(unit, score) for unit, score in order if score >= floor]
    taken: list[tuple[Unit, float]] = []
    against: dict[int, Unit] = {}
    total = 0
    while left and total < words:
        left = [pair for pair in left if not _repeats(pair[0], taken, against)]
        best = max(left, key=lambda pair: _marginal(pair, taken, weights), default=None)
        if best is None:
            break
        left.remove(best)
        unit = _grown(best[0], taken)
        cost = unit.words
        if total and total + cost > words + 0.5 * cost + 4:
            continue
        taken.append((unit, best[1]))
        total += cost
        rival = _rival(unit, order) if len(against) < MOST_PAIRS else None
        if rival:
            against[id(unit)] = rival
            total += rival.words
    return [Choice(unit, score, _others(unit, order), against.get(id(unit))) for unit, score in taken]


def _marginal(pair: tuple[Unit, float], taken: Sequence[tuple[Unit, float]], weights: dict[str, float]) -> float:
    unit, score = pair
    alike = max((likeness(unit.core.terms, other.core.terms, weights) for other, _ in taken), default=0.0)
    used = sum(other.core.source == unit.core.source for other, _ in taken)
    goes_on = any(_follows(unit, other) for other, _ in taken)
    lonely = unit.leaning is Leaning.LIGHT and not goes_on
    return (1 - NOVELTY) * score - NOVELTY * alike + GOES_ON * goes_on - SAME_SOURCE * used - 0.05 * lonely


def _follows(unit: Unit, other: Unit) -> bool:
    """Whether the two stand next to each other in one block of one passage."""
    first, second = (unit, other) if unit.core.place > other.core.place else (other, unit)
    return (
        first.core.item is second.core.item
        and first.core.block == second.core.block
        and first.extracts[0].place - second.core.place <= 1
    )


def _grown(unit: Unit, taken: Sequence[tuple[Unit, float]]) -> Unit:
    """The unit without sentences that a taken unit already has."""
    had = {id(extract) for other, _ in taken for extract in other.extracts}
    kept = tuple(extract for extract in unit.extracts if id(extract) not in had)
    return unit if len(kept) == len(unit.extracts) else Unit(kept, Leaning.FULL)


def _repeats(unit: Unit, taken: Sequence[tuple[Unit, float]], against: dict[int, Unit]) -> bool:
    had = [extract for other, _ in taken for extract in other.extracts]
    had += [extract for other in against.values() for extract in other.extracts]
    if any(unit.core is extract for extract in had):
        return True
    fresh = [extract for extract in unit.extracts if not any(extract is one for one in had)]
    return any(same_fact(extract, one) for extract in fresh for one in had)


def _rival(unit: Unit, order: Sequence[tuple[Unit, float]]) -> Unit | None:
    """The best unit of another source that gives another value for the same thing."""
    return next((other for other, _ in order if len(other.extracts) == 1 and disagree(unit.core, other.core)), None)


def _others(unit: Unit, order: Sequence[tuple[Unit, float]]) -> tuple[int, ...]:
    """Passages of other sources that state the core's fact in full, best first, two at most."""
    core = unit.core
    found: list[int] = []
    sources = {core.source}
    for other, _ in order:
        extract: Extract = other.core
        if extract.source in sources or not same_fact(core, extract):
            continue
        if stated_in(core, extract.item.passage.text):
            found.append(extract.number)
            sources.add(extract.source)
    return tuple(found[:2])
