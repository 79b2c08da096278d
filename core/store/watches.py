"""Watches: when each published article's sources are looked at again, and what was found.

A worker claims a due article by lease. The clock may jump, so a time that lies in the future
is taken for wrong rather than waited for. Of the looks that nobody had to decide on
only the newest is kept.
"""

import json
from dataclasses import asdict, fields, replace
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter

from core.models import Finding, Look, Verification, Watch
from core.store.database import Database

DAY_S = 86_400.0
LEASE_S = 600.0
"""How long a silent worker keeps an article: some dozen pages at their deadline, and a model's rewriting."""
PUBLIC = ("live", "edited", "kept")
"""Publication states in which readers see the article."""

_FINDINGS, _LOOKS = TypeAdapter(tuple[Finding, ...]), TypeAdapter(tuple[Look, ...])
_WATCHED = (
    "SELECT p.run_id, min(p.published_at) AS published_at, w.checked, coalesce(w.failures, 0) AS failures,"
    " coalesce(w.asked_by, '') AS asked_by, coalesce(w.lease_until, 0) AS lease_until"
    " FROM publications p JOIN runs r ON r.id = p.run_id AND r.deleted_at IS NULL"
    f" LEFT JOIN watches w ON w.run_id = p.run_id WHERE p.status IN ({','.join('?' * len(PUBLIC))})"
)


class Watches:
    def __init__(self, database: Database) -> None:
        self._database = database

    # --- when ---

    def published(self) -> list[str]:
        """Runs with an article that readers see, oldest first."""
        with self._database.read() as c:
            rows = c.execute(f"{_WATCHED} GROUP BY p.run_id ORDER BY published_at", PUBLIC)
            return [row["run_id"] for row in rows]

    def ask(self, run_id: str, *, by: str) -> None:
        """Have the article verified as soon as a worker is free."""
        with self._database.write() as c:
            c.execute(
                "INSERT INTO watches (run_id, asked_by) VALUES (?, ?)"
                " ON CONFLICT DO UPDATE SET asked_by = excluded.asked_by",
                (run_id, by),
            )

    def claim(self, owner: str, *, now: float, every_days: float) -> tuple[str, str] | None:
        """Take an article that is due or asked for, the longest due first.

        Args:
            now: seconds since 1970.
            every_days: between two looks; 0 looks only when asked.

        Returns:
            `(run id, who asked: a person or "schedule")`, or None.
        """
        if self._next(now, every_days) is None:  # most looks find nothing and should not take the write lock
            return None
        with self._database.write() as c:
            row = self._next(now, every_days)
            if row is None:
                return None
            c.execute(
                "INSERT INTO watches (run_id, owner, lease_until) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET"
                " owner = excluded.owner, lease_until = excluded.lease_until",
                (row["run_id"], owner, now + LEASE_S),
            )
        return row["run_id"], row["asked_by"] or "schedule"

    def _next(self, now: float, every_days: float) -> Any:
        asked = "p.run_id IN (SELECT run_id FROM watches WHERE asked_by != '')"
        lately = (now - every_days * DAY_S, now)
        if every_days > 0:  # those looked at lately are not even read
            asked = f"({asked} OR w.checked IS NULL OR w.failures > 0 OR w.checked NOT BETWEEN ? AND ?)"
        values = (*PUBLIC, *lately) if every_days > 0 else PUBLIC
        with self._database.read() as c:
            rows = c.execute(f"{_WATCHED} AND {asked} GROUP BY p.run_id", values).fetchall()
        free = [row for row in rows if not now < row["lease_until"] <= now + LEASE_S]
        times = ((_due(row, now, every_days), row) for row in free)
        due = [(at, row) for at, row in times if at is not None and at <= now]
        return min(due, key=lambda pair: pair[0])[1] if due else None

    def checked(self, run_id: str, *, now: float, reached: bool) -> None:
        """An article was looked at; `reached` is False when no source of it could be read."""
        with self._database.write() as c:
            c.execute(
                "INSERT INTO watches (run_id, checked, failures) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET"
                " checked = excluded.checked, asked_by = '', owner = NULL, lease_until = 0,"
                " failures = CASE WHEN ? THEN 0 ELSE failures + 1 END",
                (run_id, now, 0 if reached else 1, reached),
            )

    def release(self, run_id: str, owner: str) -> None:
        """Give an article back unchecked; it stays due."""
        with self._database.write() as c:
            c.execute(
                "UPDATE watches SET owner = NULL, lease_until = 0 WHERE run_id = ? AND owner = ?", (run_id, owner)
            )

    def watch(self, run_id: str, *, now: float, every_days: float) -> Watch | None:
        """When this article was and will be looked at; None when readers do not see it."""
        with self._database.read() as c:
            row = c.execute(f"{_WATCHED} AND p.run_id = ? GROUP BY p.run_id", (*PUBLIC, run_id)).fetchone()
        if row is None:
            return None
        due = _due(row, now, every_days)
        return Watch(
            run_id=run_id, checked_at=_iso(row["checked"]), due_at=_iso(due),
            working=bool(row["asked_by"]) or now < row["lease_until"] <= now + LEASE_S,
        )  # fmt: skip

    # --- what was found ---

    def add(self, found: Verification) -> Verification:
        """Keep what was found, in place of earlier looks that nobody decided on; returns it with its id."""
        with self._database.write() as c:
            c.execute("DELETE FROM verifications WHERE run_id = ? AND proposal IN ('', 'open')", (found.run_id,))
            values = {key: value for key, value in asdict(found).items() if key != "id"}
            for key in ("counts", "findings", "looks"):
                values[key] = json.dumps(values[key], ensure_ascii=False)
            cursor = c.execute(
                f"INSERT INTO verifications ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})",
                tuple(values.values()),
            )
        return replace(found, id=int(cursor.lastrowid or 0))

    def get(self, verification_id: int) -> Verification | None:
        return next(iter(self._where("id = ?", verification_id)), None)

    def of_run(self, run_id: str) -> list[Verification]:
        """Newest first."""
        return self._where("run_id = ?", run_id)

    def waiting(self) -> list[Verification]:
        """Those with a proposed update that nobody has decided on, newest first."""
        return self._where("proposal = 'open'")

    def decide(self, verification_id: int, proposal: str, *, by: str, at: str) -> bool:
        """Accept or dismiss an open proposal; False when it is not open any more."""
        with self._database.write() as c:
            return bool(
                c.execute(
                    "UPDATE verifications SET proposal = ?, decided_by = ?, decided_at = ?"
                    " WHERE id = ? AND proposal = 'open'",
                    (proposal, by, at, verification_id),
                ).rowcount
            )

    def _where(self, condition: str, *values: Any) -> list[Verification]:
        with self._database.read() as c:
            rows = c.execute(f"SELECT * FROM verifications WHERE {condition} ORDER BY id DESC", values).fetchall()
        return [
            Verification(
                **{f.name: row[f.name] for f in fields(Verification) if f.name not in ("counts", "findings", "looks")},
                counts=json.loads(row["counts"]), findings=_FINDINGS.validate_json(row["findings"]),
                looks=_LOOKS.validate_json(row["looks"]),
            )
            for row in rows
        ]  # fmt: skip

    # --- files of the library ---

    def folders(self, collection: str) -> list[str]:
        """Folders and files that were taken into a library collection, newest first."""
        with self._database.read() as c:
            rows = c.execute(
                "SELECT what FROM ingests WHERE kind = 'folder' AND collection = ? GROUP BY what ORDER BY max(id) DESC",
                (collection,),
            )
            return [row["what"] for row in rows]


def _due(row: Any, now: float, every_days: float) -> float | None:
    """When an article is to be looked at, in seconds since 1970; None when it is not.

    After a look at which nobody answered: a day later, then two, four, up to the usual time. A time of
    checking that lies in the future was told by a wrong clock, and counts for nothing.
    """
    if row["asked_by"]:
        return now
    if every_days <= 0:
        return None
    last = row["checked"]
    if last is None:
        last = datetime.fromisoformat(row["published_at"]).timestamp() if row["published_at"] else 0.0
    if last > now:
        return now
    wait = min(every_days, 2.0 ** (row["failures"] - 1)) if row["failures"] else every_days
    return float(last + wait * DAY_S)


def _iso(at: float | None) -> str | None:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if at else None
