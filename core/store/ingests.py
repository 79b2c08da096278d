"""What is on its way into the library; done by a worker, watched in the studio."""

import time
from collections.abc import Iterable
from typing import Any

from core.models import Ingest
from core.store.database import Database, now
from core.store.runs import LEASE_S


class Ingests:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, kind: str, what: str, *, collection: str) -> int:
        with self._database.write() as c:
            cursor = c.execute(
                "INSERT INTO ingests (kind, what, collection, status, at) VALUES (?, ?, ?, 'queued', ?)",
                (kind, what, collection, now()),
            )
            return int(cursor.lastrowid or 0)

    def claim(self, owner: str) -> Ingest | None:
        """Take the oldest one that is waiting or whose worker has fallen silent."""
        waiting = "status IN ('queued', 'running') AND lease_until < ?"
        with self._database.read() as c:  # most looks find nothing and should not take the write lock
            if not c.execute(f"SELECT 1 FROM ingests WHERE {waiting}", (time.time(),)).fetchone():
                return None
        with self._database.write() as c:
            row = c.execute(
                "UPDATE ingests SET status = 'running', owner = ?, lease_until = ? WHERE id ="
                f" (SELECT id FROM ingests WHERE {waiting} ORDER BY id LIMIT 1) RETURNING *",
                (owner, time.time() + LEASE_S, time.time()),
            ).fetchone()
        return _ingest(row) if row else None

    def progress(self, ingest: Ingest) -> None:
        """Keep its figures, its message and its status."""
        with self._database.write() as c:
            c.execute(
                "UPDATE ingests SET done = ?, total = ?, failed = ?, unchanged = ?, passages = ?, seconds = ?,"
                " message = ?, status = ? WHERE id = ?",
                (
                    ingest.done, ingest.total, ingest.failed, ingest.unchanged, ingest.passages, ingest.seconds,
                    ingest.message, ingest.status, ingest.id,
                ),
            )  # fmt: skip

    def fail(self, ingest_id: int, message: str) -> None:
        """It cannot be taken in at all."""
        with self._database.write() as c:
            c.execute("UPDATE ingests SET status = 'failed', message = ? WHERE id = ?", (message, ingest_id))

    def beat(self, ingest_id: int) -> None:
        """Keep the lease."""
        with self._database.write() as c:
            c.execute("UPDATE ingests SET lease_until = ? WHERE id = ?", (time.time() + LEASE_S, ingest_id))

    def release(self, ingest_id: int) -> None:
        """Give it back, for whoever claims it next."""
        with self._database.write() as c:
            c.execute("UPDATE ingests SET owner = NULL, lease_until = 0 WHERE id = ?", (ingest_id,))

    # --- files as they were when they were kept ---

    def seen(self, collection: str) -> dict[str, tuple[int, int]]:
        """Path -> size in bytes and time of change in nanoseconds, of every file of a collection."""
        with self._database.read() as c:
            rows = c.execute("SELECT path, size, changed_ns FROM files WHERE collection = ?", (collection,))
            return {row["path"]: (row["size"], row["changed_ns"]) for row in rows}

    def saw(self, collection: str, files: Iterable[tuple[str, int, int]]) -> None:
        """Note files as `(path, size, time of change)`."""
        with self._database.write() as c:
            c.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)", ((collection, *state) for state in files))

    def recent(self, limit: int = 20) -> list[Ingest]:
        with self._database.read() as c:
            return [_ingest(r) for r in c.execute("SELECT * FROM ingests ORDER BY id DESC LIMIT ?", (limit,))]

    def busy(self) -> bool:
        with self._database.read() as c:
            row = c.execute("SELECT 1 FROM ingests WHERE status IN ('queued', 'running') LIMIT 1").fetchone()
        return row is not None


def _ingest(row: Any) -> Ingest:
    return Ingest(**{name: row[name] for name in Ingest.__dataclass_fields__})
