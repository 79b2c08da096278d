"""Nearest vectors in a whole library: exactly while they fit in memory, by sketches beyond.

Up to `EXACT` vectors are held as they are, 1 kB each, and multiplied with the question's. A larger library is held
as one bit a dimension, above or below the mean: 40 bytes a passage. Bits that differ from the question's, those of
its large numbers twice, choose `CHOSEN` candidates by XOR and popcount; the candidates' own vectors, read from
the store, give the order. Nothing has to be built or kept in step beside the rows, which a graph index would ask
for; benchmarks/scale.md has both. Vectors are taken in as they are added, a portion at a search.
Method: sign sketches (Charikar, STOC 2002), scored again exactly.
"""

import threading
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np

    Ids = np.ndarray[Any, np.dtype[np.int64]]
    Matrix = np.ndarray[Any, np.dtype[np.float32]]
    Bits = np.ndarray[Any, np.dtype[np.uint64]]

EXACT = 100_000
"""Vectors held whole, 100 MB of them; their product with a question takes 10 ms."""
CHOSEN = 2_000
"""Candidates scored exactly."""
PORTION = 20_000
"""Vectors taken in at a search that finds new ones: 50 ms at most."""


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
        self._ids: Ids | None = None
        self._matrix: Matrix | None = None
        self._bits: Bits | None = None
        self._mean: Matrix | None = None
        self._sum: Any = 0.0

    def search(self, query: "Matrix", limit: int) -> list[tuple[int, float]]:
        """`(passage id, cosine)`, best first, of everything not excluded; empty until there are vectors.

        Args:
            query: of length 1; what all vectors share is taken from it first (see `distinct`).
        """
        import numpy as np

        self.take_in()
        with self._lock:
            count, ids, matrix, bits = self._count, self._ids, self._matrix, self._bits
            common = self._sum / max(count, 1)
        if not count or ids is None:
            return []
        query = distinct(query, common)
        if matrix is not None:  # some more than asked for: excluded sources are left out only below
            found = nearest(query, ids[:count], matrix[:count], min(limit * 2, limit + 200))
            chosen = np.array([id_ for id_, _ in found], np.int64)
        else:
            assert bits is not None, "made when the vectors became too many"
            chosen = ids[:count][_candidates(query, bits[:, :count], max(CHOSEN, limit * 4))]
        return nearest(query, *self._rows.vectors_of(self._model, np.unique(chosen).tolist()), limit)

    def take_in(self, *, all_of_them: bool = False) -> int:
        """Take in vectors added since; returns how many are held. A search does a portion of it."""
        with self._lock:
            while True:
                mark, ids, matrix = self._rows.vectors_after(self._model, self._mark, PORTION)
                if mark == self._mark:
                    break
                self._mark = mark
                self._add(ids, matrix)
                if not all_of_them:
                    break
            return self._count

    def _add(self, ids: "Ids", matrix: "Matrix") -> None:
        start, end = self._count, self._count + len(ids)
        self._ids = _with_room(self._ids, start, end)
        self._ids[start:end] = ids
        self._sum = self._sum + matrix.sum(axis=0)
        if self._bits is None and end <= self._most:
            self._matrix = _with_room(self._matrix, start, end, matrix.shape[1:], matrix.dtype)
            self._matrix[start:end] = matrix
        else:
            if self._bits is None or self._mean is None:
                self._mean = self._sum / end
                held = self._matrix[:start] if self._matrix is not None else matrix[:0]
                self._bits, self._matrix = _sketches(held, self._mean), None
            made = _sketches(matrix, self._mean)
            self._bits = _with_room(self._bits.T, start, end, made.shape[:1], made.dtype).T
            self._bits[:, start:end] = made
        self._count = end


def distinct(query: "Matrix", common: "Matrix") -> "Matrix":
    """A question's vector without what all passages share: in a library on heat pumps, `heat pump` tells nothing.

    Method: removal of the common direction (Mu & Viswanath, ICLR 2018), from the question alone.
    """
    import numpy as np

    direction = common / max(float(np.linalg.norm(common)), 1e-9)
    rest = query - float(query @ direction) * direction
    return (rest / max(float(np.linalg.norm(rest)), 1e-9)).astype(np.float32)


def _with_room(held: Any, used: int, needed: int, shape: Any = (), dtype: Any = "int64") -> Any:
    """The array, or one of twice the length with the same beginning, so that adding stays cheap."""
    import numpy as np

    if held is not None and needed <= len(held):
        return held
    grown = np.zeros((max(needed, 2 * used), *shape), dtype)
    if held is not None:
        grown[:used] = held[:used]
    return grown


def _sketches(matrix: "Matrix", mean: "Matrix") -> "Bits":
    """Of shape (words, n): one bit a dimension, 64 a word; a word's row lies together in memory."""
    import numpy as np

    above = np.packbits(matrix > mean, axis=1)
    padded = np.zeros((len(matrix), -(-above.shape[1] // 8) * 8), np.uint8)
    padded[:, : above.shape[1]] = above
    return np.ascontiguousarray(padded.view(np.uint64).T)


def _candidates(query: "Matrix", bits: "Bits", wanted: int) -> "Ids":
    """Places of the vectors whose bits differ least from the question's; about as many as wanted, or more."""
    import numpy as np

    asked = _sketches(query[None], np.zeros_like(query))[:, 0]
    size = np.abs(query)
    large = _sketches((size > np.median(size))[None].astype(np.float32), np.zeros_like(query))[:, 0]
    differing = np.zeros(bits.shape[1], np.uint16)
    for word, own, weighty in zip(bits, asked, large, strict=True):
        different = word ^ own
        differing += np.bitwise_count(different)
        differing += np.bitwise_count(different & weighty)
    upto = np.cumsum(np.bincount(differing))
    return np.flatnonzero(differing <= np.searchsorted(upto, min(wanted, len(differing))))
