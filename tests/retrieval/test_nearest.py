"""Searching all vectors: exact while they fit, nearly so beyond, and new ones are found at once."""

import numpy as np
import pytest

from core.retrieval.nearest import Neighbours, distinct, nearest


class Kept:
    """Rows as a store keeps them: in the order they were made, a remade one again."""

    def __init__(self, dim: int = 128) -> None:
        self._random = np.random.default_rng(5)
        self._mixing = self._random.normal(size=(24, dim))
        self.rows: list[tuple[int, np.ndarray]] = []

    def add(self, ids: range) -> None:
        made = self._random.normal(size=(len(ids), 24)) @ self._mixing + 3.0
        made = (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)
        self.rows += zip(ids, made, strict=True)

    def vectors_after(self, _model: str, after: int, limit: int):  # noqa: ANN201
        some = self.rows[after : after + limit]
        matrix = np.stack([vector for _, vector in some]) if some else np.zeros((0, 128), np.float32)
        return after + len(some), np.array([id_ for id_, _ in some], np.int64), matrix

    def vectors_of(self, _model: str, ids):  # noqa: ANN001, ANN201
        held = {id_: vector for id_, vector in self.rows if id_ in set(ids) and id_ % 10}
        return np.array(list(held), np.int64), np.stack(list(held.values()))


@pytest.mark.parametrize(("exact", "least"), [(10_000, 1.0), (1_000, 0.95)])
def test_the_nearest_of_all_are_found_and_excluded_ones_are_not(exact: int, least: float):
    rows = Kept()
    rows.add(range(1, 6_001))
    all_of_them = Neighbours(rows, "m", exact=exact)
    assert all_of_them.take_in(all_of_them=True) == 6_000
    ids, matrix = rows.vectors_of("m", range(6_001))
    shares = []
    for query in matrix[::600]:
        asked = distinct(query, np.stack([vector for _, vector in rows.rows]).mean(axis=0))
        wanted = nearest(asked, ids, matrix, 20)
        found = all_of_them.search(query, 20)
        shares.append(len({id_ for id_, _ in wanted} & {id_ for id_, _ in found}) / 20)
        scores = [score for _, score in found]
        assert scores == sorted(scores, reverse=True)
        assert all(id_ % 10 for id_, _ in found), "those of excluded sources"
    assert sum(shares) / len(shares) >= least


def test_what_is_added_is_found_by_the_next_search():
    rows = Kept()
    neighbours = Neighbours(rows, "m", exact=50)
    assert neighbours.search(np.ones(128, np.float32) / 12, 3) == []
    for first in (1, 31, 61, 91):
        rows.add(range(first, first + 30))
        newest = rows.rows[-2]
        assert neighbours.search(newest[1], 3)[0][0] == newest[0]
