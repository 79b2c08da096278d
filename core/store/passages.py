"""Passages, the full text index over them, and their vectors.

The index is FTS5 (BM25, Porter stemming) and reads its text through a view, so that
nothing is stored twice. Vectors are float32 blobs; each embedder's have one length, and one that
has another, or is not made of numbers, is dropped when it is met and made again by a worker.
"""

import logging
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from core.errors import StoreError
from core.models import Brief, Passage, Section, Snapshot
from core.store.database import Database
from core.store.lexical import Lexical, passages_count, ranked
from core.store.wanted import condition

if TYPE_CHECKING:
    import numpy as np

    Ids = np.ndarray[Any, np.dtype[np.int64]]
    Matrix = np.ndarray[Any, np.dtype[np.float32]]

_LOG = logging.getLogger(__name__)
_SELECT = (
    "SELECT p.*, n.text_hash, n.listing, s.title, s.url, s.site, s.author, s.published FROM passages p"
    " JOIN snapshots n ON n.id = p.snapshot_id JOIN sources s ON s.id = p.source_id"
)
_NOT_EXCLUDED = (
    " AND f.rowid NOT IN (SELECT p.id FROM sources s JOIN passages p ON p.source_id = s.id WHERE s.excluded = 1)"
)
_CURRENT = "s.collection IS NOT NULL AND s.excluded = 0"
REST_SHARE = 0.1
"""Of a document's second and third best passage, added to its best."""


class Passages:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._words = Lexical()

    def add(self, snapshot: Snapshot, sections: Sequence[Section]) -> list[int]:
        """Keep and index a snapshot's passages; returns their ids. A second time does nothing."""
        with self._database.write() as c:
            held = [r["id"] for r in c.execute("SELECT id FROM passages WHERE snapshot_id = ?", (snapshot.id,))]
            if held:
                return held
            first = passages_count(c) + 1
            starts = [page.start for page in snapshot.pages]
            rows, texts = [], []
            for section in sections:
                for span in section.passages:
                    place = bisect_right(starts, span.start) - 1
                    page = snapshot.pages[place].number if place >= 0 else None
                    id_ = first + len(rows)
                    rows.append(
                        (
                            id_, snapshot.id, snapshot.source_id, span.start, span.end, section.heading,
                            section.start, section.end, page,
                        )
                    )  # fmt: skip
                    texts.append((id_, snapshot.title, section.heading, snapshot.text[span.start : span.end]))
            c.executemany(
                'INSERT INTO passages (id, snapshot_id, source_id, start, "end", heading, section_start,'
                " section_end, page) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                rows,
            )
            c.executemany("INSERT INTO passages_fts (rowid, title, heading, body) VALUES (?, ?, ?, ?)", texts)
            return [row[0] for row in rows]

    def held(self, snapshot_id: int) -> bool:
        """Whether this snapshot has been cut into passages."""
        with self._database.read() as c:
            row = c.execute("SELECT 1 FROM passages WHERE snapshot_id = ? LIMIT 1", (snapshot_id,)).fetchone()
        return row is not None

    def passages(self, ids: Iterable[int]) -> dict[int, Passage]:
        """Passages with their text and source, by id."""
        wanted = list(set(ids))
        found: dict[int, Passage] = {}
        with self._database.read() as c:
            for some in _portions(wanted):
                rows = c.execute(f"{_SELECT} WHERE p.id IN ({_marks(some)})", some).fetchall()
                found |= {passage.id: passage for passage in _passages(c, rows)}
        return found

    def of_snapshot(self, snapshot_id: int) -> list[Passage]:
        with self._database.read() as c:
            return _passages(c, c.execute(f"{_SELECT} WHERE p.snapshot_id = ? ORDER BY p.start", (snapshot_id,)))

    # --- what core.retrieval's Index asks for ---

    def passages_count(self) -> int:
        with self._database.read() as c:
            return passages_count(c)

    def lexical(self, match: str, limit: int, snapshots: Collection[int] | None = None) -> list[tuple[int, float]]:
        """`(passage id, BM25)`, best first, ties by id; scores are above 0, larger is better.

        Args:
            match: an FTS5 expression.
            snapshots: search these only, every match of them; None searches everything not excluded, see `Lexical`.
        """
        with self._database.read() as c:
            if snapshots is None:
                return self._words.search(c, match, limit, _NOT_EXCLUDED)
            # The sign keeps SQLite from asking FTS5 once for each of these passages.
            condition = f" AND +f.rowid IN (SELECT id FROM passages WHERE snapshot_id IN ({_marks(snapshots)}))"
            return ranked(c, match, limit, condition, tuple(snapshots))

    def document_frequency(self, terms: Collection[str]) -> dict[str, int]:
        """Stemmed term -> number of passages it stands in; absent terms are left out."""
        with self._database.read() as c:
            return self._words.document_frequency(c, terms)

    # --- vectors ---

    def add_vectors(self, model: str, vectors: Iterable[tuple[int, bytes]]) -> None:
        """Keep float32 vectors of passages; each takes the place of the one there was.

        Raises:
            StoreError: they are not as long as this model's others.
        """
        rows = [(passage, model, blob) for passage, blob in vectors]
        if not rows:
            return
        with self._database.write() as c:
            c.execute("INSERT OR IGNORE INTO embedders VALUES (?, ?)", (model, len(rows[0][2]) // 4))
            dim = _dim(c, model)
            if any(len(blob) != 4 * dim for _, _, blob in rows):
                raise StoreError(
                    f"The vectors of {model!r} do not all have {dim} numbers.",
                    remedy="Give the changed embedder another name; its vectors are then made anew.",
                )
            c.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)

    def vectors(self, model: str, snapshots: Collection[int] | None = None) -> "tuple[Ids, Matrix]":
        """`(ids, matrix)`: int64 of shape (n,), float32 of shape (n, dim); both empty when there are none.

        Read anew each time: exact, and 2 microseconds a vector. `core.retrieval.nearest` searches a whole library.
        """
        if snapshots is None:
            condition, values = "p.source_id NOT IN (SELECT id FROM sources WHERE excluded = 1)", ()
        else:
            condition, values = f"p.snapshot_id IN ({_marks(snapshots)})", tuple(snapshots)
        sql = f"SELECT v.passage_id, v.vector FROM passages p JOIN vectors v ON v.passage_id = p.id WHERE {condition}"
        with self._database.read() as c:
            rows = c.execute(f"{sql} AND v.model = ? ORDER BY p.id", (*values, model)).fetchall()
            dim = _dim(c, model)
        return self._matrix(model, rows, dim)

    def vectors_of(self, model: str, ids: Collection[int]) -> "tuple[Ids, Matrix]":
        """As `vectors`, of these passages; those of excluded sources are left out."""
        rows: list[Any] = []
        sql = (
            "SELECT v.passage_id, v.vector FROM vectors v JOIN passages p ON p.id = v.passage_id"
            " JOIN sources s ON s.id = p.source_id WHERE s.excluded = 0 AND v.model = ? AND v.passage_id IN"
        )
        with self._database.read() as c:
            for some in _portions(list(ids)):
                rows += c.execute(f"{sql} ({_marks(some)})", (model, *some))
            dim = _dim(c, model)
        return self._matrix(model, rows, dim)

    def vectors_after(self, model: str, after: int, limit: int) -> "tuple[int, Ids, Matrix]":
        """The next vectors in the order they were kept, and the mark to go on from; the mark stays when there are none.

        A vector that was made anew comes again.
        """
        with self._database.read() as c:
            rows = c.execute(
                "SELECT rowid, passage_id, vector FROM vectors WHERE rowid > ? AND model = ? ORDER BY rowid LIMIT ?",
                (after, model, limit),
            ).fetchall()
            dim = _dim(c, model)
        return (rows[-1]["rowid"] if rows else after, *self._matrix(model, rows, dim))

    def without_vectors(self, model: str, limit: int, after: int = 0) -> list[int]:
        """Passages above `after` that have no vector of this model, by id."""
        with self._database.read() as c:
            rows = c.execute(
                "SELECT id FROM passages p WHERE id > ? AND NOT EXISTS (SELECT 1 FROM vectors v"
                " WHERE v.passage_id = p.id AND v.model = ?) ORDER BY id LIMIT ?",
                (after, model, limit),
            )
            return [row["id"] for row in rows]

    def forget_other_vectors(self, model: str, limit: int) -> int:
        """Delete up to so many vectors of other models; returns how many."""
        with self._database.write() as c:
            return c.execute(
                "DELETE FROM vectors WHERE rowid IN (SELECT rowid FROM vectors WHERE model != ? LIMIT ?)",
                (model, limit),
            ).rowcount

    def _matrix(self, model: str, rows: Sequence[Any], dim: int) -> "tuple[Ids, Matrix]":
        import numpy as np

        lengths = Counter(len(row["vector"]) for row in rows)
        if not dim and lengths:
            dim = lengths.most_common(1)[0][0] // 4
        whole = [row for row in rows if len(row["vector"]) == 4 * dim]
        if not whole:
            ids, matrix = np.zeros(0, np.int64), np.zeros((0, dim), np.float32)
        else:
            ids = np.array([row["passage_id"] for row in whole], np.int64)
            matrix = np.frombuffer(b"".join(row["vector"] for row in whole), np.float32).reshape(-1, dim)
            sound = np.isfinite(matrix).all(axis=1)
            if not sound.all():
                ids, matrix = ids[sound], matrix[sound]
        if len(ids) < len(rows):
            self._drop(model, {row["passage_id"] for row in rows} - set(ids.tolist()))
        return ids, matrix

    def _drop(self, model: str, passages: Collection[int]) -> None:
        _LOG.warning("%d vectors of %s were damaged and are made anew", len(passages), model)
        with self._database.write() as c:
            for some in _portions(list(passages)):
                c.execute(f"DELETE FROM vectors WHERE model = ? AND passage_id IN ({_marks(some)})", (model, *some))

    # --- what the library engine asks for ---

    def documents(self, match: str, limit: int, brief: Brief | None = None) -> list[tuple[int, int, float]]:
        """Library documents that match and that the brief asks for: `(source id, best passage id, score)`, best first.

        A document's score is its best passage's, plus a tenth of the next two: one telling
        passage beats many mentions (method: maximum passage score, Callan 1994).
        """
        wanted = limit * 12
        some, values = condition(brief)
        with self._database.read() as c:
            found = self._words.search(c, match, wanted)
            source_of = self._current(c, [id_ for id_, _ in found], some, values)
            if len(found) == wanted and len(set(source_of.values())) < limit:
                # Much of what came first is not asked for, or of older snapshots: only among those that are, then.
                among = (
                    " AND +f.rowid IN (SELECT p.id FROM sources s JOIN passages p ON p.snapshot_id = s.snapshot_id"
                    f" WHERE {_CURRENT}{some})"
                )
                found = self._words.search(c, match, wanted, among, values)
                source_of = self._current(c, [id_ for id_, _ in found], some, values)
        best: dict[int, list[tuple[float, int]]] = {}
        for id_, score in found:
            if id_ in source_of:
                best.setdefault(source_of[id_], []).append((score, id_))
        ranking = [
            (source, own[0][1], own[0][0] + REST_SHARE * sum(score for score, _ in own[1:3]))
            for source, own in best.items()
        ]
        return sorted(ranking, key=lambda item: -item[2])[:limit]

    def current(self, ids: Collection[int], brief: Brief | None = None) -> dict[int, int]:
        """Passage id -> source id, of those in a library document as it is now, and one that the brief asks for."""
        with self._database.read() as c:
            return self._current(c, list(ids), *condition(brief))

    def _current(self, c: Any, ids: Sequence[int], also: str, values: Sequence[object]) -> dict[int, int]:
        found: dict[int, int] = {}
        for some in _portions(ids):
            rows = c.execute(
                "SELECT p.id, p.source_id FROM passages p JOIN sources s ON s.id = p.source_id AND s.snapshot_id ="
                f" p.snapshot_id WHERE {_CURRENT}{also} AND p.id IN ({_marks(some)})",
                (*values, *some),
            )
            found |= {row["id"]: row["source_id"] for row in rows}
        return found


def _marks(values: Collection[Any]) -> str:
    return ",".join("?" * len(values))


def _portions(values: Sequence[int], size: int = 500) -> Iterable[Sequence[int]]:
    return (values[i : i + size] for i in range(0, len(values), size))


def _dim(c: Any, model: str) -> int:
    row = c.execute("SELECT dim FROM embedders WHERE model = ?", (model,)).fetchone()
    return row["dim"] if row else 0


def _passages(c: Any, rows: Iterable[Any]) -> list[Passage]:
    """Each text is read once, however many of its passages are asked for: it may be a book."""
    rows, texts = list(rows), {}
    for hashed in {row["text_hash"] for row in rows}:
        texts[hashed] = c.execute("SELECT text FROM texts WHERE hash = ?", (hashed,)).fetchone()["text"]
    return [_passage(row, texts[row["text_hash"]]) for row in rows]


def _passage(row: Any, text: str) -> Passage:
    return Passage(
        id=row["id"], source_id=row["source_id"], snapshot_id=row["snapshot_id"], start=row["start"],
        end=row["end"], text=text[row["start"] : row["end"]], heading=row["heading"],
        section_start=row["section_start"], section_end=row["section_end"], page=row["page"], title=row["title"],
        url=row["url"], site=row["site"], author=row["author"], published=row["published"],
        listing=bool(row["listing"]),
    )  # fmt: skip
