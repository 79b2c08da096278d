"""Nearest vectors in a whole library: exactly while they fit in memory, by their main directions beyond.

Up to `EXACT` vectors are held as they are, 1 kB each, and multiplied with the question's. Of a larger library the
coordinates along its `DIRECTIONS` main directions are held; they choose `CHOSEN` candidates, whose own vectors, read
from the store, give the order. Nothing has to be built or kept in step beside the rows, which a graph index asks
for, and a graph found less: benchmarks/scale.md. Vectors are taken in as they are added, a portion at a search.
Method: principal components as a filter before the exact product (Hotelling 1933).
"""

import threading
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np

    Ids = np.ndarray[Any, np.dtype[np.int64]]
    Matrix = np.ndarray[Any, np.dtype[np.float32]]

EXACT = 200_000
"""Vectors held whole, 200 MB of them at most; their product with a question takes 7 ms."""
DIRECTIONS = 96
"""Held of each vector in a larger library: 384 bytes. Fewer find less, see benchmarks/scale.md."""
CHOSEN = 1_000
"""Candidates scored exactly, 7 microseconds each."""
PORTION = 20_000
"""Vectors taken in at a search that finds new ones: 100 ms at most."""


class Rows(Protocol):
    """What is asked of the store."""

    def vectors_after(self, model: str, after: int, limit: int) -> "tuple[int, Ids, Matrix]":
        """The next vectors in the order they were kept, and the mark to go on from."""

    def vectors_of(self, model: str, ids: Collection[int]) -> "tuple[Ids, Matrix]":
        """Vectors of these passages; of excluded sources, or unknown, left out."""


def nearest(query: "Matrix", ids: "Ids", matrix: "Matrix", limit: int) -> list[tuple[int, float]]:
    """The passages whose vectors are closest to one query vector: `(passage id, cosine)`, best first.

    Exact; ties by id. Vectors have length 1, so that the product is the cosine.
    """
    import numpy as np

    if not len(ids):
        return []
    cosines = matrix @ query
    some = np.argpartition(-cosines, limit)[:limit] if limit < len(ids) else np.arange(len(ids))
    order = some[np.lexsort((ids[some], -cosines[some]))]
    return [(int(ids[n]), float(cosines[n])) for n in order]


class Neighbours:
    """All vectors of one model, as a process holds them. Safe to share between threads."""

    def __init__(self, rows: Rows, model: str, *, exact: int = EXACT) -> None:
        self._rows = rows
        self._model = model
        self._most = exact
        self._lock = threading.Lock()
        self._mark = 0
        self._count = 0
        self._ids: Any = None
        self._held: Any = None
        """Of shape (room, dim), or (room, DIRECTIONS) once there are directions."""
        self._sum: Any = 0.0
        self._directions: Any = None
        """Of shape (dim, DIRECTIONS); None while vectors are held whole."""

    def search(self, query: "Matrix", limit: int) -> list[tuple[int, float]]:
        """`(passage id, cosine)`, best first, of everything not excluded; empty until there are vectors.

        Args:
            query: of length 1; what all vectors share is taken from it first (see `distinct`).
        """
        import numpy as np

        self.take_in()
        with self._lock:
            count, ids, held, directions = self._count, self._ids, self._held, self._directions
            common = self._sum / max(count, 1)
        if not count:
            return []
        query = distinct(query, common)
        wanted = 2 * limit if directions is None else max(CHOSEN, 4 * limit)  # excluded sources are left out below
        scores = held[:count] @ (query if directions is None else query @ directions)
        best = np.argpartition(-scores, wanted)[:wanted] if wanted < count else np.arange(count)
        chosen = np.unique(ids[best])
        return nearest(query, *self._rows.vectors_of(self._model, chosen.tolist()), limit)

    def take_in(self, *, all_of_them: bool = False) -> int:
        """Take in vectors added since; returns how many are held. A search does a portion of it."""
        while True:
            with self._lock:
                mark, ids, matrix = self._rows.vectors_after(self._model, self._mark, PORTION)
                done = mark == self._mark
                self._mark = mark
                if len(ids):
                    self._add(ids, matrix)
                if done or not all_of_them:
                    return self._count

    def _add(self, ids: "Ids", matrix: "Matrix") -> None:
        start, end = self._count, self._count + len(ids)
        self._sum = self._sum + matrix.sum(axis=0)
        if self._directions is None and end > self._most:
            before = matrix if self._held is None else self._held[:start]
            self._directions = _main_directions(before, self._sum / end)
            self._held = before[:start] @ self._directions
        if self._directions is not None:
            matrix = matrix @ self._directions
        self._ids = _with_room(self._ids, start, end, ids)
        self._held = _with_room(self._held, start, end, matrix)
        self._count = end


def distinct(query: "Matrix", common: "Matrix") -> "Matrix":
    """A question's vector without what all passages share: in a library on heat pumps, `heat pump` tells nothing.

    Method: removal of the common direction (Mu & Viswanath, ICLR 2018), from the question alone.
    """
    import numpy as np

    direction = common / max(float(np.linalg.norm(common)), 1e-9)
    rest = query - float(query @ direction) * direction
    return (rest / max(float(np.linalg.norm(rest)), 1e-9)).astype(np.float32)


def _with_room(held: Any, start: int, end: int, new: Any) -> Any:
    """The array with the new rows in place; grown by half when it is full, so that adding stays cheap."""
    import numpy as np

    if held is None or end > len(held):
        grown = np.zeros((max(end, start * 3 // 2), *new.shape[1:]), new.dtype)
        if held is not None:
            grown[:start] = held[:start]
        held = grown
    held[start:end] = new
    return held


def _main_directions(matrix: "Matrix", mean: "Matrix") -> "Matrix":
    """Those along which vectors differ most, of a sample of them; of shape (dim, DIRECTIONS)."""
    import numpy as np

    sample = matrix[:: max(1, len(matrix) // PORTION)] - mean
    _, directions = np.linalg.eigh(sample.T @ sample)
    return np.ascontiguousarray(directions[:, ::-1][:, :DIRECTIONS], np.float32)
