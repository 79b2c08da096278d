"""Passages, the full text index over them, and their vectors.

The index is FTS5 (BM25, Porter stemming) and reads its text through a view, so that
nothing is stored twice. Vectors are float32 blobs, searched exactly in memory.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from core.models import Passage, Section, Snapshot
from core.store.database import Database

if TYPE_CHECKING:
    import numpy as np

_SELECT = (
    'SELECT p.*, substr(t.text, p.start + 1, p."end" - p.start) AS body, s.title, s.url, s.site, s.author,'
    " s.published FROM passages p JOIN snapshots n ON n.id = p.snapshot_id"
    " JOIN texts t ON t.hash = n.text_hash JOIN sources s ON s.id = p.source_id"
)
_NOT_EXCLUDED = "p.source_id NOT IN (SELECT id FROM sources WHERE excluded = 1)"
TITLE_WEIGHT, HEADING_WEIGHT, BODY_WEIGHT = 2.0, 2.0, 1.0


class Passages:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, snapshot: Snapshot, sections: Sequence[Section]) -> list[int]:
        """Keep and index a snapshot's passages; returns their ids. A second time does nothing."""
        with self._database.write() as c:
            held = [r["id"] for r in c.execute("SELECT id FROM passages WHERE snapshot_id = ?", (snapshot.id,))]
            if held:
                return held
            ids = []
            for section in sections:
                for span in section.passages:
                    page = next((p.number for p in snapshot.pages if p.start <= span.start < p.end), None)
                    rowid = c.execute(
                        'INSERT INTO passages (snapshot_id, source_id, start, "end", heading, section_start,'
                        " section_end, page) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                        (
                            snapshot.id, snapshot.source_id, span.start, span.end, section.heading,
                            section.start, section.end, page,
                        ),
                    ).lastrowid  # fmt: skip
                    c.execute(
                        "INSERT INTO passages_fts (rowid, title, heading, body) VALUES (?, ?, ?, ?)",
                        (rowid, snapshot.title, section.heading, snapshot.text[span.start : span.end]),
                    )
                    ids.append(int(rowid or 0))
            return ids

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
            for i in range(0, len(wanted), 500):
                some = wanted[i : i + 500]
                rows = c.execute(f"{_SELECT} WHERE p.id IN ({','.join('?' * len(some))})", some)
                found |= {row["id"]: _passage(row) for row in rows}
        return found

    def of_snapshot(self, snapshot_id: int) -> list[Passage]:
        with self._database.read() as c:
            rows = c.execute(f"{_SELECT} WHERE p.snapshot_id = ? ORDER BY p.start", (snapshot_id,))
            return [_passage(row) for row in rows]

    # --- what core.retrieval's Index asks for ---

    def passages_count(self) -> int:
        with self._database.read() as c:
            return c.execute("SELECT count(*) FROM passages").fetchone()[0]

    def lexical(self, match: str, limit: int, snapshots: Collection[int] | None = None) -> list[tuple[int, float]]:
        """`(passage id, BM25)`, best first; scores are above 0, larger is better.

        Args:
            match: an FTS5 expression.
            snapshots: search these only; None searches everything not excluded.
        """
        if snapshots is None:
            where, values = _NOT_EXCLUDED, ()
        else:
            where, values = f"p.snapshot_id IN ({','.join('?' * len(snapshots))})", tuple(snapshots)
        with self._database.read() as c:
            rows = c.execute(
                f"SELECT f.rowid, bm25(passages_fts, {TITLE_WEIGHT}, {HEADING_WEIGHT}, {BODY_WEIGHT}) AS score"
                f" FROM passages_fts f JOIN passages p ON p.id = f.rowid WHERE passages_fts MATCH ? AND {where}"
                " ORDER BY score LIMIT ?",
                (match, *values, limit),
            )
            return [(row["rowid"], -row["score"]) for row in rows]

    def document_frequency(self, terms: Collection[str]) -> dict[str, int]:
        """Stemmed term -> number of passages it stands in; absent terms are left out."""
        with self._database.read() as c:
            rows = c.execute(
                f"SELECT term, doc FROM passages_vocab WHERE term IN ({','.join('?' * len(terms))})", tuple(terms)
            )
            return {row["term"]: row["doc"] for row in rows}

    def add_vectors(self, model: str, vectors: Iterable[tuple[int, bytes]]) -> None:
        """Keep float32 vectors of passages."""
        with self._database.write() as c:
            c.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", ((i, model, blob) for i, blob in vectors))

    def vectors(
        self, model: str, snapshots: Collection[int] | None = None
    ) -> "tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]":
        """`(ids, matrix)`: int64 of shape (n,), float32 of shape (n, dim); both empty when there are none."""
        import numpy as np

        some = f"p.snapshot_id IN ({','.join('?' * len(snapshots))})" if snapshots is not None else _NOT_EXCLUDED
        with self._database.read() as c:
            rows = c.execute(
                f"SELECT v.passage_id, v.vector FROM passages p JOIN vectors v ON v.passage_id = p.id"
                f" WHERE v.model = ? AND {some}",
                (model, *(snapshots or ())),
            ).fetchall()
        if not rows:
            return np.zeros(0, np.int64), np.zeros((0, 0), np.float32)
        ids = np.array([row["passage_id"] for row in rows], np.int64)
        return ids, np.frombuffer(b"".join(row["vector"] for row in rows), np.float32).reshape(len(rows), -1)

    def without_vectors(self, model: str, limit: int) -> list[int]:
        with self._database.read() as c:
            rows = c.execute(
                "SELECT p.id FROM passages p LEFT JOIN vectors v ON v.passage_id = p.id AND v.model = ?"
                " WHERE v.passage_id IS NULL ORDER BY p.id LIMIT ?",
                (model, limit),
            )
            return [row["id"] for row in rows]

    # --- what the library engine asks for ---

    def documents(self, match: str, limit: int, collections: Collection[str] = ()) -> list[tuple[int, int, float]]:
        """Library documents that match, best first: `(source id, best passage id, score)`.

        A document's score is its best passage's, plus a tenth of the next two: one telling
        passage beats many mentions (method: maximum passage score, Callan 1994).
        """
        some = f" AND s.collection IN ({','.join('?' * len(collections))})" if collections else ""
        with self._database.read() as c:
            rows = c.execute(
                f"SELECT p.source_id, f.rowid, -bm25(passages_fts, {TITLE_WEIGHT}, {HEADING_WEIGHT}, {BODY_WEIGHT})"
                " AS score FROM passages_fts f JOIN passages p ON p.id = f.rowid"
                " JOIN sources s ON s.id = p.source_id AND s.snapshot_id = p.snapshot_id"
                f" WHERE passages_fts MATCH ? AND s.collection IS NOT NULL AND s.excluded = 0{some}"
                " ORDER BY score DESC LIMIT ?",
                (match, *collections, limit * 12),
            ).fetchall()
        best: dict[int, list[tuple[float, int]]] = {}
        for row in rows:
            best.setdefault(row["source_id"], []).append((row["score"], row["rowid"]))
        ranked = [
            (source, found[0][1], found[0][0] + 0.1 * sum(score for score, _ in found[1:3]))
            for source, found in best.items()
        ]
        return sorted(ranked, key=lambda item: -item[2])[:limit]


def _passage(row: Any) -> Passage:
    return Passage(
        id=row["id"], source_id=row["source_id"], snapshot_id=row["snapshot_id"], start=row["start"],
        end=row["end"], text=row["body"], heading=row["heading"], section_start=row["section_start"],
        section_end=row["section_end"], page=row["page"], title=row["title"], url=row["url"],
        site=row["site"], author=row["author"], published=row["published"],
    )  # fmt: skip
