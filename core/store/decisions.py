"""What people said: written by the studio, handled once by a worker."""

import json
from collections.abc import Collection
from typing import Any

from core.models import Decision
from core.store.database import Database, now


class Decisions:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, run_id: str, kind: str, *, by: str, data: dict[str, Any] | None = None, handled: bool = False) -> int:
        """Write down what a person said; `handled` when no worker has to act on it."""
        with self._database.write() as c:
            cursor = c.execute(
                "INSERT INTO decisions (run_id, kind, by, at, data, handled_at) VALUES (?, ?, ?, ?, ?, ?)",
                (run_id, kind, by, now(), json.dumps(data or {}, ensure_ascii=False), now() if handled else None),
            )
            return int(cursor.lastrowid or 0)

    def add_if_awaited(
        self, run_id: str, kind: str, *, by: str, data: dict[str, Any] | None, statuses: Collection[str]
    ) -> bool:
        """Write down a decision in one step with the look whether the run waits for it.

        Returns:
            False, and nothing is written, when the run has none of these statuses or an open decision.
        """
        with self._database.write() as c:
            return bool(
                c.execute(
                    "INSERT INTO decisions (run_id, kind, by, at, data) SELECT r.id, ?, ?, ?, ? FROM runs r"
                    f" WHERE r.id = ? AND r.status IN ({','.join('?' * len(statuses))}) AND NOT EXISTS"
                    " (SELECT 1 FROM decisions d WHERE d.run_id = r.id AND d.handled_at IS NULL)",
                    (kind, by, now(), json.dumps(data or {}, ensure_ascii=False), run_id, *statuses),
                ).rowcount
            )

    def open(self, run_id: str) -> list[Decision]:
        """Not handled yet, oldest first."""
        return self._where("run_id = ? AND handled_at IS NULL", run_id)

    def of_run(self, run_id: str) -> list[Decision]:
        return self._where("run_id = ?", run_id)

    def handled(self, decision_id: int) -> None:
        with self._database.write() as c:
            c.execute("UPDATE decisions SET handled_at = ? WHERE id = ?", (now(), decision_id))

    def _where(self, condition: str, *values: Any) -> list[Decision]:
        with self._database.read() as c:
            rows = c.execute(f"SELECT * FROM decisions WHERE {condition} ORDER BY id", values).fetchall()
        return [
            Decision(
                id=r["id"],
                run_id=r["run_id"],
                kind=r["kind"],
                by=r["by"],
                at=r["at"],
                data=json.loads(r["data"]),
            )
            for r in rows
        ]
