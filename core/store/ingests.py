"""What is on its way into the library; done by a worker, watched in the studio."""

import time
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
        with self._database.write() as c:
            row = c.execute(
                "UPDATE ingests SET status = 'running', owner = ?, lease_until = ? WHERE id ="
                " (SELECT id FROM ingests WHERE status IN ('queued', 'running') AND lease_until < ?"
                " ORDER BY id LIMIT 1) RETURNING *",
                (owner, time.time() + LEASE_S, time.time()),
            ).fetchone()
        return _ingest(row) if row else None

    def progress(self, ingest_id: int, **values: Any) -> None:
        """Change `done`, `total`, `failed`, `message` or `status`, and keep the lease."""
        columns = "".join(f", {name} = ?" for name in values)
        with self._database.write() as c:
            c.execute(
                f"UPDATE ingests SET lease_until = ?{columns} WHERE id = ?",
                (time.time() + LEASE_S, *values.values(), ingest_id),
            )

    def recent(self, limit: int = 20) -> list[Ingest]:
        with self._database.read() as c:
            return [_ingest(r) for r in c.execute("SELECT * FROM ingests ORDER BY id DESC LIMIT ?", (limit,))]

    def busy(self) -> bool:
        with self._database.read() as c:
            row = c.execute("SELECT 1 FROM ingests WHERE status IN ('queued', 'running') LIMIT 1").fetchone()
        return row is not None


def _ingest(row: Any) -> Ingest:
    return Ingest(**{name: row[name] for name in Ingest.__dataclass_fields__})
