"""Whether Galley knows when it does not have the evidence.

Asked are questions whose answer is there; the same after every passage that touches the answer was taken out of the
index; and near misses, which the pages come close to and do not answer. "Not enough" is right for the last two.
What was taken out may be said elsewhere in other words, so that a recall of 1 is not to be had.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.retrieval.sets import Asked, Page
from benchmarks.retrieval.shelves import Shelf, touching
from benchmarks.retrieval.systems import enough
from core.models import Passage


class Without:
    """An index from which some passages are missing; everything else is the index's own."""

    def __init__(self, index: Any, missing: Collection[int]) -> None:
        self._index = index
        self._missing = frozenset(missing)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._index, name)

    def lexical(self, match: str, limit: int, *args: Any, **kwargs: Any) -> list[tuple[int, float]]:
        found = self._index.lexical(match, limit + len(self._missing), *args, **kwargs)
        return [one for one in found if one[0] not in self._missing][:limit]

    def vectors(self, *args: Any, **kwargs: Any) -> tuple[Any, Any]:
        ids, matrix = self._index.vectors(*args, **kwargs)
        kept = ~np.isin(ids, list(self._missing))
        return ids[kept], matrix[kept]

    def passages(self, ids: Iterable[int]) -> dict[int, Passage]:
        return self._index.passages([id_ for id_ in ids if id_ not in self._missing])


@dataclass(frozen=True, kw_only=True)
class Abstaining:
    """How often "enough" was said of questions that are answered, of those with the answer removed, of near misses."""

    answered: list[bool]
    removed: list[bool]
    near: list[bool]

    def rates(self) -> tuple[float, float, float, float, float]:
        """Precision and recall of "not enough"; then its share among answered, removed and near."""
        right = [not said for said in (*self.removed, *self.near)]
        wrong = sum(not said for said in self.answered)
        precision = sum(right) / max(sum(right) + wrong, 1)
        recall = sum(right) / max(len(right), 1)
        return precision, recall, _no(self.answered), _no(self.removed), _no(self.near)


def _no(said: Sequence[bool]) -> float:
    return sum(not each for each in said) / len(said) if said else float("nan")


def abstaining(shelf: Shelf, asked: Sequence[Asked], near: Sequence[Asked], pages: Mapping[str, Page]) -> Abstaining:
    """Each question asked with and without its answer; near misses as they are."""
    answered, removed = [], []
    for question in asked:
        answered.append(enough(question.text, shelf, shelf.index))
        removed.append(enough(question.text, shelf, Without(shelf.index, touching(shelf, question, pages))))
    return Abstaining(
        answered=answered, removed=removed, near=[enough(question.text, shelf, shelf.index) for question in near]
    )
