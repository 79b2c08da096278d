"""Runs: briefs on their way, and who works on them.

A worker claims a run by lease: owner, expiry and an attempt number that fences off
whoever held it before. Nothing but the clock of this machine is compared. A worker whose
process has ended (`presence`) loses its leases at once.
"""

import json
import secrets
import time
from dataclasses import asdict
from typing import Any

from core.models import Brief, Fork, Run, Status, Step
from core.store.database import Database, now

LEASE_S = 10.0
"""How long a silent worker keeps a run; heartbeats come every third of it."""

_TO_DO = (
    "SELECT r.id FROM runs r WHERE r.id IN ("
    " SELECT id FROM runs WHERE status IN ('queued', 'running')"
    " UNION SELECT d.run_id FROM decisions d JOIN runs a ON a.id = d.run_id"
    "  WHERE d.handled_at IS NULL AND a.status NOT IN ('paused', 'cancelled', 'failed'))"
    " AND (r.lease_until < ? OR (r.owner = ? AND r.attempt = 0)) AND r.deleted_at IS NULL"
)
"""Both halves go by an index: a worker looks ten times a second, however long the history is."""

_KEPT = "SELECT (SELECT count(*) FROM runs) - (SELECT count(*) FROM runs WHERE deleted_at IS NOT NULL)"
"""How many runs there are, by two indexes: no row is looked at, however long the history is."""


class Runs:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, brief: Brief, reserved_for: str | None = None) -> str:
        """Queue a brief; returns the run's id. For a lease's time only the worker it is reserved for takes it."""
        run_id = "r" + secrets.token_hex(4)
        with self._database.write() as c:
            brief_id = c.execute(
                "INSERT INTO briefs (data, created_at) VALUES (?, ?)",
                (json.dumps(asdict(brief), ensure_ascii=False), now()),
            ).lastrowid
            c.execute(
                "INSERT INTO runs (id, brief_id, topic, title, status, step, created_at, owner, lease_until)"
                " VALUES (?,?,?,?,?,?,?,?,?)",
                (
                    run_id,
                    brief_id,
                    brief.topic,
                    brief.topic,
                    Status.QUEUED,
                    Step.PLAN,
                    now(),
                    reserved_for,
                    time.time() + LEASE_S if reserved_for else 0,
                ),  # fmt: skip
            )
        return run_id

    def branch(self, run_id: str, fork: Fork, state: dict[str, Any]) -> None:
        """Note that a queued run branches off another.

        Args:
            state: names of the graph's state -> what the run begins with.
        """
        with self._database.write() as c:
            c.execute(
                "INSERT INTO forks VALUES (?, ?, ?, ?, ?, ?)",
                (
                    run_id, fork.run_id, fork.seq, fork.step, json.dumps(fork.changes, ensure_ascii=False),
                    json.dumps(state),
                ),
            )  # fmt: skip

    def begins_with(self, run_id: str) -> dict[str, Any]:
        """The state a branch begins with; empty for a run that begins with its topic."""
        with self._database.read() as c:
            row = c.execute("SELECT state FROM forks WHERE run_id = ?", (run_id,)).fetchone()
        return json.loads(row["state"]) if row else {}

    def left_out(self, run_id: str) -> tuple[set[int], set[int], set[int]]:
        """Passages and sources that people left out of a branch, and passages they put in again.

        What was said in the branches that it descends from holds too; what was said last counts.
        """
        passages, sources, back = set[int](), set[int](), set[int]()
        with self._database.read() as c:
            while row := c.execute("SELECT from_run, changes FROM forks WHERE run_id = ?", (run_id,)).fetchone():
                changes = json.loads(row["changes"])
                back |= set(changes.get("include", ())) - passages
                passages |= set(changes.get("exclude", ())) - back
                sources |= set(changes.get("exclude_source", ()))
                run_id = row["from_run"]
        return passages, sources, back

    def branches(self, run_id: str) -> list[Run]:
        """The runs that branched off this one, newest first; deleted ones left out."""
        return self._where("f.from_run = ? AND r.deleted_at IS NULL", run_id)

    def finished(self, most: int) -> list[Run]:
        """The newest runs that came to the desk from their topic, branches left out; deleted ones count."""
        statuses = (Status.REVIEW, Status.GATE, Status.FINISHED, Status.PUBLISHED)
        marks = ",".join("?" * len(statuses))
        # The plus keeps SQLite from the index of statuses: the newest are read by age until there are enough.
        return self._where(f"+r.status IN ({marks}) AND f.run_id IS NULL", *statuses, limit=most)

    def without_room(self) -> list[Run]:
        """Paused because the disk was full."""
        return self._where("r.status = 'paused' AND json_extract(r.error, '$.kind') = 'DiskFull'")

    def without_money(self) -> list[Run]:
        """Ended because the budget was spent, newest first; deleted ones left out."""
        spent = "r.status = 'failed' AND json_extract(r.error, '$.kind') = 'BudgetSpent'"
        return self._where(f"{spent} AND r.deleted_at IS NULL")

    def at_rest(self) -> list[str]:
        """Every run that nobody works on, deleted ones among them."""
        with self._database.read() as c:
            rows = c.execute("SELECT id FROM runs WHERE status NOT IN ('queued', 'running') AND lease_until < ?",
                             (time.time(),))  # fmt: skip
            return [row["id"] for row in rows]

    def get(self, run_id: str) -> Run | None:
        rows = self._where("r.id = ?", run_id)
        return rows[0] if rows else None

    def with_status(self, *statuses: Status) -> list[Run]:
        """Newest first; deleted ones left out."""
        marks = ",".join("?" * len(statuses))
        return self._where(f"r.status IN ({marks}) AND r.deleted_at IS NULL", *statuses)

    def page(
        self, *, search: str = "", status: str | None = None, page: int = 1, size: int = 50, deleted: bool = False
    ) -> tuple[list[Run], int]:
        """One page, newest first, and how many there are in all."""
        condition = f"r.deleted_at IS {'NOT ' if deleted else ''}NULL"
        values: list[Any] = []
        if search:
            condition += " AND (r.topic LIKE ? ESCAPE '\\' OR r.title LIKE ? ESCAPE '\\')"
            like = "%" + search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
            values += [like, like]
        if status:
            condition += " AND r.status = ?"
            values.append(status)
        kept = _KEPT if not (search or status or deleted) else f"SELECT count(*) FROM runs r WHERE {condition}"
        with self._database.read() as c:
            total = c.execute(kept, values).fetchone()[0]
        return self._where(condition, *values, limit=size, offset=(page - 1) * size), total

    def _where(self, condition: str, *values: Any, limit: int = 1000, offset: int = 0) -> list[Run]:
        with self._database.read() as c:
            rows = c.execute(
                "SELECT r.*, b.data AS brief, f.from_run, f.seq AS fork_seq, f.step AS fork_step, f.changes"
                " FROM runs r JOIN briefs b ON b.id = r.brief_id LEFT JOIN forks f ON f.run_id = r.id"
                f" WHERE {condition} ORDER BY r.created_at DESC, r.rowid DESC LIMIT ? OFFSET ?",
                (*values, limit, offset),
            ).fetchall()
        return [_run(row) for row in rows]

    # --- leases ---

    def claim(self, owner: str, *, only: tuple[str, ...] = ()) -> Run | None:
        """Take the oldest run that has something to do and nobody working on it.

        That is: queued, or running with an expired lease, or resting with a decision to
        handle. Returns it with its new attempt number, or None.

        Args:
            only: look at these runs alone; empty means any.
        """
        some = f" AND r.id IN ({','.join('?' * len(only))})" if only else ""
        with self._database.read() as c:  # most looks find nothing and should not take the write lock
            if not c.execute(_TO_DO + some, (time.time(), owner, *only)).fetchone():
                return None
        with self._database.write() as c:
            row = c.execute(f"{_TO_DO}{some} ORDER BY r.created_at LIMIT 1", (time.time(), owner, *only)).fetchone()
            if row is None:
                return None
            c.execute(
                "UPDATE runs SET owner = ?, lease_until = ?, attempt = attempt + 1,"
                " started_at = coalesce(started_at, ?) WHERE id = ?",
                (owner, time.time() + LEASE_S, now(), row["id"]),
            )
        return self.get(row["id"])

    def beat(self, run_id: str, attempt: int) -> bool:
        """Keep the lease; False when it has gone to somebody else."""
        with self._database.write() as c:
            return bool(
                c.execute(
                    "UPDATE runs SET lease_until = ? WHERE id = ? AND attempt = ?",
                    (time.time() + LEASE_S, run_id, attempt),
                ).rowcount
            )

    def release(self, run_id: str, attempt: int) -> None:
        with self._database.write() as c:
            c.execute("UPDATE runs SET owner = NULL, lease_until = 0 WHERE id = ? AND attempt = ?", (run_id, attempt))

    # --- changes ---

    def set(self, run_id: str, *, attempt: int | None = None, **values: Any) -> bool:
        """Change columns; with `attempt`, only while that worker still holds the run."""
        if "error" in values and values["error"] is not None:
            values["error"] = json.dumps(values["error"])
        columns = ", ".join(f"{name} = ?" for name in values)
        with self._database.write() as c:
            return bool(
                c.execute(
                    f"UPDATE runs SET {columns} WHERE id = ? AND (? IS NULL OR attempt = ?)",
                    (*values.values(), run_id, attempt, attempt),
                ).rowcount
            )

    def set_budget(self, run_id: str, budget_usd: float | None) -> None:
        """Change what the run may cost; the rest of its brief stays."""
        with self._database.write() as c:
            c.execute(
                "UPDATE briefs SET data = json_set(data, '$.budget_usd', ?)"
                " WHERE id = (SELECT brief_id FROM runs WHERE id = ?)",
                (budget_usd, run_id),
            )

    def wants(self, run_id: str) -> tuple[bool, bool]:
        """`(stop, pause)` as people last said."""
        with self._database.read() as c:
            row = c.execute("SELECT cancel, pause FROM runs WHERE id = ?", (run_id,)).fetchone()
        return (bool(row["cancel"]), bool(row["pause"])) if row else (True, False)

    # --- workers ---

    def worker_beat(self, owner: str, pid: int) -> None:
        with self._database.write() as c:
            c.execute(
                "INSERT INTO workers VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET beat = excluded.beat",
                (owner, pid, now(), time.time()),
            )
            c.execute("DELETE FROM workers WHERE beat < ?", (time.time() - 3600,))

    def worker_gone(self, owner: str) -> None:
        """Whatever this worker still holds is free for others at once."""
        with self._database.write() as c:
            c.execute("DELETE FROM workers WHERE id = ?", (owner,))
            for held in ("runs", "ingests", "watches"):
                c.execute(f"UPDATE {held} SET owner = NULL, lease_until = 0 WHERE owner = ?", (owner,))
            c.execute(
                "UPDATE publications SET owner = NULL, late_until = lease_until, lease_until = 0 WHERE owner = ?",
                (owner,),
            )

    def workers_alive(self) -> int:
        """Workers heard of within the last lease."""
        with self._database.read() as c:
            return c.execute("SELECT count(*) FROM workers WHERE beat > ?", (time.time() - LEASE_S,)).fetchone()[0]


def _run(row: Any) -> Run:
    brief = json.loads(row["brief"])
    for name, value in brief.items():
        if isinstance(value, list):
            brief[name] = tuple(value)
    return Run(
        id=row["id"], brief=Brief(**brief), title=row["title"], status=Status(row["status"]),
        step=Step(row["step"]), created_at=row["created_at"], started_at=row["started_at"],
        finished_at=row["finished_at"], owner=row["owner"], attempt=row["attempt"],
        cancel=bool(row["cancel"]), pause=bool(row["pause"]),
        error=json.loads(row["error"]) if row["error"] else None, trace_id=row["trace_id"],
        draft_id=row["draft_id"], cost_usd=row["cost_usd"], unpriced=row["unpriced"], model_calls=row["model_calls"],
        tokens_in=row["tokens_in"], tokens_out=row["tokens_out"], fork=_fork(row),
    )  # fmt: skip


def _fork(row: Any) -> Fork | None:
    if row["from_run"] is None:
        return None
    return Fork(run_id=row["from_run"], seq=row["fork_seq"], step=row["fork_step"], changes=json.loads(row["changes"]))
