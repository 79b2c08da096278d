"""A small index in memory, on SQLite's FTS5: what the store is to retrieval, for tests and benchmarks."""

import sqlite3
from collections.abc import Collection, Iterable, Sequence

import numpy as np

from core.models import Passage
from core.retrieval.chunk import chunk
from core.retrieval.embed import Embedder


class MemoryIndex:
    """Holds documents' passages, one snapshot a document; vectors once `embed` was called."""

    def __init__(self) -> None:
        self._held: dict[int, Passage] = {}
        self._vectors: dict[str, dict[int, np.ndarray]] = {}
        self.generation = 0
        self._db = sqlite3.connect(":memory:", check_same_thread=False)
        self._db.execute("CREATE VIRTUAL TABLE passages USING fts5(body, tokenize='porter unicode61')")
        self._db.execute("CREATE VIRTUAL TABLE vocabulary USING fts5vocab(passages, 'row')")

    def add(self, text: str, *, title: str = "", **sizes: int) -> list[Passage]:
        """Cut a document up and index it; returns its passages."""
        snapshot = 1 + max((p.snapshot_id for p in self._held.values()), default=0)
        added = []
        for section in chunk(text, **sizes):
            for span in section.passages:
                passage = Passage(
                    id=len(self._held) + 1, source_id=snapshot, snapshot_id=snapshot, start=span.start,
                    end=span.end, text=text[span.start : span.end], heading=section.heading,
                    section_start=section.start, section_end=section.end, title=title,
                )  # fmt: skip
                self._held[passage.id] = passage
                self._db.execute("INSERT INTO passages(rowid, body) VALUES (?, ?)", (passage.id, passage.text))
                added.append(passage)
        return added

    def embed(self, embedder: Embedder, ids: Sequence[int] | None = None) -> None:
        """Make the vectors of these passages, or of all."""
        wanted = list(self._held if ids is None else ids)
        vectors = embedder.embed([self._held[id_].text for id_ in wanted])
        self._vectors.setdefault(embedder.name, {}).update(zip(wanted, vectors, strict=True))
        self.generation += 1

    def lexical(self, match: str, limit: int, snapshots: Collection[int] | None = None) -> list[tuple[int, float]]:
        rows = self._db.execute(
            "SELECT rowid, -bm25(passages) FROM passages WHERE passages MATCH ? ORDER BY rank, rowid", (match,)
        )
        return [
            row for row in rows if snapshots is None or self._held[row[0]].snapshot_id in snapshots
        ][:limit]  # fmt: skip

    def document_frequency(self, terms: Collection[str]) -> dict[str, int]:
        marks = ",".join("?" * len(terms))
        rows = self._db.execute(f"SELECT term, doc FROM vocabulary WHERE term IN ({marks})", tuple(terms))
        return dict(rows)

    def passages_count(self) -> int:
        return len(self._held)

    def vectors(self, model: str, snapshots: Collection[int] | None = None) -> tuple[np.ndarray, np.ndarray]:
        held = {
            id_: vector for id_, vector in self._vectors.get(model, {}).items()
            if snapshots is None or self._held[id_].snapshot_id in snapshots
        }  # fmt: skip
        if not held:
            return np.zeros(0, np.int64), np.zeros((0, 0), np.float32)
        return np.array(list(held), np.int64), np.stack(list(held.values()))

    def passages(self, ids: Iterable[int]) -> dict[int, Passage]:
        return {id_: self._held[id_] for id_ in ids if id_ in self._held}
