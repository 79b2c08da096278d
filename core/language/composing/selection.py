"""Which units a section takes: the most relevant that do not say the same twice.

Method: maximal marginal relevance (Carbonell & Goldstein, SIGIR 1998), greedy, over runs of
one to three sentences. Going on where a chosen unit left off is rewarded and leaning on one
source alone has a price. It stops at the word count or when the rest no longer answers: a
thin section stays short.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.language.composing.candidates import Unit
from core.language.composing.extracts import Extract
from core.language.composing.facts import disagree, same_fact, stated_in
from core.language.composing.openings import Leaning
from core.language.composing.terms import likeness

NOVELTY = 0.3
"""1 - lambda of MMR; 0.7 was the measured setting for lambda."""
FLOOR = 0.6
"""Share of the best sentence's score below which nothing is taken."""
BEST, MEAN, LONGER = 0.6, 0.4, 0.045
"""A unit's score: of its best sentence, of all on average, and for each sentence after the first."""
GOES_ON, SAME_SOURCE, LEANS = 0.06, 0.03, 0.06
MOST_PAIRS = 2
"""Disagreements shown in one section."""


@dataclass(frozen=True, eq=False)
class Choice:
    """A unit that was taken."""

    unit: Unit
    score: float
    also: Mapping[int, tuple[int, ...]]
    """Extract id -> evidence numbers of further passages that state its fact in full."""
    against: Extract | None = None
    """A sentence of another source that gives another value; to stand right after the unit, which is one sentence."""


def choose(
    candidates: Sequence[Unit],
    scores: Mapping[int, float],
    words: int,
    weights: dict[str, float],
    opening: Unit | None = None,
    rivals: Sequence[Extract] = (),
) -> list[Choice]:
    """The units to write from, best first.

    Args:
        candidates: may overlap.
        scores: extract id -> relevance.
        words: about how many words to take; overrun by half a sentence at most.
        weights: idf over the evidence's sentences.
        opening: one of the candidates that is taken in any case.
        rivals: sentences that may be shown against a candidate that they disagree with, its own or not;
            of such pairs the best is taken in any case, for a figure must not stand where another source has another.
    """
    if not candidates:
        return []
    return _Selection(candidates, scores, weights, rivals).run(words, opening)


class _Selection:
    """The state of one greedy choice."""

    def __init__(
        self,
        candidates: Sequence[Unit],
        scores: Mapping[int, float],
        weights: dict[str, float],
        rivals: Sequence[Extract],
    ) -> None:
        self.weights = weights
        self.scores = scores
        self.own = [unit for unit in candidates if len(unit.extracts) == 1]
        self.singles = {id(unit.first): unit.first for unit in self.own} | {id(e): e for e in rivals}
        self.everyone = {id(extract): extract for unit in candidates for extract in unit.extracts} | self.singles
        self.floor = FLOOR * max(scores[id(unit.extracts[-1])] for unit in candidates)
        self.left = [(unit, self._score(unit)) for unit in candidates]
        self.left = [pair for pair in self.left if pair[1] >= self.floor]
        self.alike = dict.fromkeys(self.everyone, 0.0)
        self.spent: set[int] = set()
        """Extracts that were taken."""
        self.stale: set[int] = set()
        """Extracts whose fact was taken in other words."""
        self.closed: set[int] = set()
        """Extracts nothing may be joined to: one side of a disagreement."""
        self.taken: list[tuple[Unit, float, Extract | None]] = []

    def run(self, words: int, opening: Unit | None) -> list[Choice]:
        disputed = [unit for unit in self.own if unit.first.numbers and self._rival(unit) is not None]
        first = max(disputed, key=lambda u: (self.scores[id(u.first)], -u.first.number, -u.first.place), default=None)
        total = self._take(opening, self._score(opening)) if opening else 0
        if first and (grown := self._grown(first)):
            total += self._take(grown, self._score(grown))
        while total < words:
            fitting = []
            for unit, score in self.left:
                grown = self._grown(unit)
                if grown and (not total or total + grown.words <= words + 12):
                    fitting.append((grown, self._marginal(grown, score), score))
            best = max(fitting, key=lambda row: (row[1], -row[0].first.number, -row[0].first.place), default=None)
            if best is None:
                break
            total += self._take(best[0], best[2])
        return [Choice(unit, score, self._also(unit), rival) for unit, score, rival in self.taken]

    def _score(self, unit: Unit) -> float:
        values = [self.scores[id(extract)] for extract in unit.extracts]
        score = BEST * max(values) + MEAN * sum(values) / len(values) + LONGER * (len(values) - 1)
        return score - (LEANS if unit.leaning is Leaning.LIGHT else 0.0)

    def _grown(self, unit: Unit) -> Unit | None:
        """What the unit adds to what was taken; None when it repeats a fact or would be torn apart."""
        fresh = tuple(extract for extract in unit.extracts if id(extract) not in self.spent)
        if not fresh or any(id(extract) in self.stale for extract in fresh):
            return None
        if len(fresh) < len(unit.extracts):
            # Only the end of a unit may be new: it then follows the sentence that stands already.
            if fresh != unit.extracts[-len(fresh) :] or any(id(e) in self.closed for e in unit.extracts):
                return None
            return Unit(fresh, Leaning.NONE)
        return unit

    def _marginal(self, unit: Unit, score: float) -> float:
        alike = max(self.alike[id(extract)] for extract in unit.extracts)
        used = sum(other.first.source == unit.first.source for other, _, _ in self.taken)
        before = unit.first.before
        goes_on = before is not None and id(before) in self.spent
        return (1 - NOVELTY) * score - NOVELTY * alike + GOES_ON * goes_on - SAME_SOURCE * max(0, used - goes_on)

    def _take(self, unit: Unit, score: float) -> int:
        """Take a unit, and the sentence that disagrees with it where there is one; their words."""
        rival = self._rival(unit)
        self.taken.append((unit, score, rival))
        new = [*unit.extracts, *([rival] if rival else [])]
        if rival:
            self.closed.update(id(extract) for extract in new)
        for extract in new:
            self.spent.add(id(extract))
            for key, other in self.everyone.items():
                if key not in self.spent:
                    self.alike[key] = max(self.alike[key], likeness(extract.terms, other.terms, self.weights))
                    if same_fact(extract, other):
                        self.stale.add(key)
        return sum(extract.words for extract in new)

    def _rival(self, unit: Unit) -> Extract | None:
        """A sentence of another source that gives another value for the same thing."""
        if len(unit.extracts) > 1 or sum(rival is not None for _, _, rival in self.taken) >= MOST_PAIRS:
            return None
        one = unit.first
        found = [e for key, e in self.singles.items() if key not in self.spent | self.stale and disagree(one, e)]
        return max(found, key=lambda e: (self.scores[id(e)], -e.number), default=None)

    def _also(self, unit: Unit) -> dict[int, tuple[int, ...]]:
        """Passages of other sources that state a sentence's fact in full, two at most for each."""
        found: dict[int, tuple[int, ...]] = {}
        for extract in unit.extracts:
            numbers: dict[int, int] = {}
            for other in self.everyone.values():
                new = other.source != extract.source and other.source not in numbers
                if new and same_fact(extract, other) and stated_in(extract, other.item.passage.text):
                    numbers[other.source] = other.number
            found[id(extract)] = tuple(numbers.values())[:2]
        return found
