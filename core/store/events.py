"""Events: append-only, numbered from 1 per run, no gaps.

Writing is fenced: a worker whose lease was taken over may not add to the story.
"""

import json
from collections.abc import Mapping
from typing import Any

from core.errors import ConflictError
from core.models import Event
from core.store.database import Database, now


class LeaseLost(ConflictError):
    """Another worker has this run now."""

    def __init__(self, run_id: str) -> None:
        super().__init__(f"Run {run_id} has gone to another worker.", remedy="Nothing to do; it goes on there.")


class Events:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, run_id: str, kind: str, step: str, data: Mapping[str, Any], *, attempt: int | None = None) -> int:
        """Append one event; returns its number.

        Args:
            attempt: the writer's fencing token; None for a person's own events.

        Raises:
            LeaseLost: the run has been claimed again since `attempt`.
        """
        with self._database.write() as c:
            row = c.execute(
                "UPDATE runs SET seq = seq + 1 WHERE id = ? AND (? IS NULL OR attempt = ?) RETURNING seq",
                (run_id, attempt, attempt),
            ).fetchone()
            if row is None:
                raise LeaseLost(run_id)
            c.execute(
                "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)",
                (run_id, row["seq"], now(), kind, step, json.dumps(data, ensure_ascii=False)),
            )
            return row["seq"]

    def after(self, run_id: str, seq: int = 0, *, limit: int = 1000, kinds: tuple[str, ...] = ()) -> list[Event]:
        """Events numbered above `seq`, in order."""
        some = f"AND kind IN ({','.join('?' * len(kinds))})" if kinds else ""
        with self._database.read() as c:
            rows = c.execute(
                f"SELECT * FROM events WHERE run_id = ? AND seq > ? {some} ORDER BY seq LIMIT ?",
                (run_id, seq, *kinds, limit),
            ).fetchall()
        return [
            Event(
                run_id=r["run_id"],
                seq=r["seq"],
                at=r["at"],
                kind=r["kind"],
                step=r["step"],
                data=json.loads(r["data"]),
            )
            for r in rows
        ]

    def started(self, run_id: str, key: str) -> bool:
        """Whether a step with this key was started, and not finished."""
        with self._database.read() as c:
            row = c.execute(
                "SELECT sum(kind = 'step_started') AS started, sum(kind = 'step_finished') AS finished FROM events"
                " WHERE run_id = ? AND kind IN ('step_started', 'step_finished')"
                " AND json_extract(data, '$.key') = ?",
                (run_id, key),
            ).fetchone()
        return (row["started"] or 0) > (row["finished"] or 0)

    def result(self, run_id: str, key: str) -> dict[str, Any] | None:
        """What the step with this key changed in the run's state; None while it is not finished."""
        with self._database.read() as c:
            row = c.execute(
                "SELECT json_extract(data, '$.update') AS result FROM events WHERE run_id = ?"
                " AND kind = 'step_finished' AND json_extract(data, '$.key') = ?",
                (run_id, key),
            ).fetchone()
        return json.loads(row["result"]) if row and row["result"] else None

    def last_seq(self, run_id: str) -> int:
        with self._database.read() as c:
            row = c.execute("SELECT seq FROM runs WHERE id = ?", (run_id,)).fetchone()
        return row["seq"] if row else 0

    def counts(self, run_id: str) -> dict[str, int]:
        """Kind -> how many."""
        with self._database.read() as c:
            rows = c.execute("SELECT kind, count(*) AS n FROM events WHERE run_id = ? GROUP BY kind", (run_id,))
            return {row["kind"]: row["n"] for row in rows}
