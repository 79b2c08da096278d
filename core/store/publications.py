"""Publications: one row for each article and target, written before the request goes out."""

import json
from dataclasses import asdict
from typing import Any

from core.models import Publication, Receipt, Update
from core.store.database import Database


class Publications:
    def __init__(self, database: Database) -> None:
        self._database = database

    def plan(self, run_id: str, *, key: str, target: str, slug: str) -> Publication:
        """The row for this article and target; made now if it is the first time."""
        with self._database.write() as c:
            c.execute(
                "INSERT OR IGNORE INTO publications (run_id, key, target, status, slug) VALUES (?, ?, ?, ?, ?)",
                (run_id, key, target, "planned", slug),
            )
        return self._where("key = ? AND target = ?", key, target)[0]

    def set(self, publication_id: int, **values: Any) -> None:
        for name in ("error", "updates"):
            if values.get(name) is not None:
                values[name] = json.dumps(values[name])
        columns = ", ".join(f"{name} = ?" for name in values)
        with self._database.write() as c:
            c.execute(f"UPDATE publications SET {columns} WHERE id = ?", (*values.values(), publication_id))

    def receipt(self, publication_id: int, receipt: Receipt) -> None:
        with self._database.write() as c:
            c.execute(
                "INSERT INTO receipts (publication_id, data) VALUES (?, ?)",
                (publication_id, json.dumps(asdict(receipt))),
            )

    def of_run(self, run_id: str) -> list[Publication]:
        return self._where("run_id = ?", run_id)

    def recent(self, limit: int = 200) -> list[Publication]:
        return self._where("1", order="id DESC", limit=limit)

    def _where(self, condition: str, *values: Any, order: str = "id", limit: int = 1000) -> list[Publication]:
        with self._database.read() as c:
            rows = c.execute(
                f"SELECT * FROM publications WHERE {condition} ORDER BY {order} LIMIT ?", (*values, limit)
            ).fetchall()
        return [
            Publication(
                id=r["id"], run_id=r["run_id"], key=r["key"], target=r["target"], status=r["status"],
                slug=r["slug"], url=r["url"], remote_id=r["remote_id"], content_hash=r["content_hash"],
                version=r["version"], draft_id=r["draft_id"], published_at=r["published_at"],
                modified_at=r["modified_at"], approved_by=r["approved_by"],
                error=json.loads(r["error"]) if r["error"] else None,
                updates=tuple(Update(**update) for update in json.loads(r["updates"])),
            )
            for r in rows
        ]  # fmt: skip
