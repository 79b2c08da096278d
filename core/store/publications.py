"""Publications: one row for each article and target, written before the request goes out.

Who sends holds the row by a lease, taken in one step and fenced by a number: whoever was
overtaken can write nothing more to it. A publisher whose process has ended (`presence`) loses
its rows at once; a target may still be at what it was asked then (`late_until`). What is about
to be sent is written down first, so that after a crash it can be looked for at the target
instead of being sent again.
"""

import json
import time
from dataclasses import asdict
from typing import Any

from core.errors import ConflictError, StoreError
from core.models import Details, Intent, PageCheck, Pending, Picture, Publication, Receipt, Update
from core.store.database import Database, now

LEASE_S = 15.0
"""How long a silent publisher keeps a row; it says that it lives every third of this."""


class Overtaken(ConflictError):
    """Another publisher has this row now."""

    def __init__(self) -> None:
        super().__init__(
            "Another publisher took this article over.", remedy="Look at its receipt; nothing was sent twice."
        )


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

    def get(self, publication_id: int) -> Publication:
        """Raises StoreError when there is no such row."""
        found = self._where("id = ?", publication_id)
        if not found:
            raise StoreError(f"There is no publication {publication_id}.", remedy="Look at the run's publications.")
        return found[0]

    # --- the lease ---

    def take(self, publication_id: int, owner: str | None = None, *, lease_s: float | None = None) -> int | None:
        """Take the row; its fence (the number all writes must show), or None while somebody else holds it.

        Args:
            owner: the name under which this publisher shows its presence.

        A lease that ends later than one taken now would is from before the clock was set back, and is void.
        """
        at, lease_s = time.time(), LEASE_S if lease_s is None else lease_s
        with self._database.write() as c:
            row = c.execute(
                "UPDATE publications SET fence = fence + 1, owner = ?, lease_until = ? WHERE id = ?"
                " AND (lease_until < ? OR lease_until > ?) RETURNING fence",
                (owner, at + lease_s, publication_id, at, at + lease_s),
            ).fetchone()
        return row["fence"] if row else None

    def keep(self, publication_id: int, fence: int) -> bool:
        """Say that the holder lives; False when it was overtaken."""
        with self._database.write() as c:
            return bool(
                c.execute(
                    "UPDATE publications SET lease_until = ? WHERE id = ? AND fence = ?",
                    (time.time() + LEASE_S, publication_id, fence),
                ).rowcount
            )

    def release(self, publication_id: int, fence: int) -> None:
        with self._database.write() as c:
            c.execute("UPDATE publications SET owner = NULL, lease_until = 0 WHERE id = ? AND fence = ?",
                      (publication_id, fence))  # fmt: skip

    # --- changes ---

    def set(self, publication_id: int, *, fence: int | None = None, **values: Any) -> None:
        """Change columns.

        Args:
            fence: change them only while this holder has the row.

        Raises:
            Overtaken: another one has it.
        """
        for name in ("error", "updates"):
            if values.get(name) is not None:
                values[name] = json.dumps(values[name])
        for name in ("intent", "checked"):
            if values.get(name) is not None:
                values[name] = json.dumps(asdict(values[name]))
        columns = ", ".join(f"{name} = ?" for name in values)
        with self._database.write() as c:
            done = c.execute(
                f"UPDATE publications SET {columns} WHERE id = ? AND (? IS NULL OR fence = ?)",
                (*values.values(), publication_id, fence, fence),
            ).rowcount
        if not done:
            raise Overtaken

    def intend(self, publication_id: int, fence: int, intent: Intent, article: str | None) -> None:
        """Write down what is about to be sent, the article's text word for word; it outlives a power cut."""
        with self._database.write() as c:
            kept = self._database.put_text(c, article) if article is not None else None
            done = c.execute(
                "UPDATE publications SET status = 'sending', intent = ?, article = coalesce(?, article)"
                " WHERE id = ? AND fence = ?",
                (json.dumps(asdict(intent)), kept, publication_id, fence),
            ).rowcount
        if not done:
            raise Overtaken
        self._database.settle()  # who comes after a power cut must look at the target before sending again

    def article(self, publication_id: int) -> str | None:
        """The article as it was last sent, in JSON (see `core.publishing.record.from_data`); None before the first."""
        with self._database.read() as c:
            row = c.execute(
                "SELECT t.text FROM publications p JOIN texts t ON t.hash = p.article WHERE p.id = ?",
                (publication_id,),
            ).fetchone()
        return row["text"] if row else None

    # --- what waits for its time ---

    def schedule(self, publication_id: int, fence: int, pending: Pending, article: str, *, status: str) -> None:
        """Keep an article as it is now until it is due, in place of one that waited before."""
        with self._database.write() as c:
            kept = self._database.put_text(c, article)
            done = c.execute(
                "UPDATE publications SET publish_at = ?, pending = ?, status = ?, error = NULL, intent = NULL"
                " WHERE id = ? AND fence = ?",
                (pending.at, json.dumps({**asdict(pending), "article": kept}), status, publication_id, fence),
            ).rowcount
        if not done:
            raise Overtaken

    def pending(self, publication_id: int) -> tuple[Pending, str] | None:
        """What waits for its time, and the article in JSON."""
        with self._database.read() as c:
            row = c.execute(
                "SELECT p.pending, t.text FROM publications p JOIN texts t ON t.hash = p.pending ->> 'article'"
                " WHERE p.id = ? AND p.publish_at IS NOT NULL",
                (publication_id,),
            ).fetchone()
        if row is None:
            return None
        data = json.loads(row["pending"])
        data.pop("article")
        return Pending(**data), row["text"]

    def due(self, at: str) -> list[Publication]:
        """What waits and whose time has come by `at` (ISO 8601, UTC), longest due first; of deleted runs nothing."""
        return self._where(
            "publish_at <= ? AND EXISTS (SELECT 1 FROM runs r WHERE r.id = run_id AND r.deleted_at IS NULL)",
            at, order="publish_at",
        )  # fmt: skip

    # --- receipts ---

    def receipt(self, publication_id: int, receipt: Receipt) -> None:
        with self._database.write() as c:
            c.execute(
                "INSERT INTO receipts (publication_id, data) VALUES (?, ?)",
                (publication_id, json.dumps(asdict(receipt))),
            )

    def receipts(self, publication_id: int) -> list[Receipt]:
        """All receipts, newest first."""
        with self._database.read() as c:
            rows = c.execute(
                "SELECT data FROM receipts WHERE publication_id = ? ORDER BY id DESC", (publication_id,)
            ).fetchall()
        return [_receipt(row["data"]) for row in rows]

    def last_receipt(self, publication_id: int) -> Receipt | None:
        """The newest receipt, for what may still stand there; None when it was deleted or there never was one."""
        with self._database.read() as c:
            row = c.execute(
                "SELECT data FROM receipts WHERE publication_id = ? ORDER BY id DESC LIMIT 1", (publication_id,)
            ).fetchone()
        last = _receipt(row["data"]) if row else None
        return None if last and last.status == "deleted" else last

    # --- looking ---

    def of_run(self, run_id: str) -> list[Publication]:
        return self._where("run_id = ?", run_id)

    def recent(self, limit: int = 200) -> list[Publication]:
        return self._where("1", order="id DESC", limit=limit)

    def _where(self, condition: str, *values: Any, order: str = "id", limit: int = 1000) -> list[Publication]:
        with self._database.read() as c:
            rows = c.execute(
                f"SELECT * FROM publications WHERE {condition} ORDER BY {order} LIMIT ?", (*values, limit)
            ).fetchall()
        return [_publication(row) for row in rows]

    # --- what a person set about how the article goes out ---

    def details(self, run_id: str) -> Details:
        with self._database.read() as c:
            row = c.execute("SELECT data FROM details WHERE run_id = ?", (run_id,)).fetchone()
        if row is None:
            return Details()
        data = json.loads(row["data"])
        cover = Picture(**data.pop("cover")) if data.get("cover") else data.pop("cover", None)
        to = data.get("to")
        return Details(**{**data, "tags": tuple(data["tags"]), "to": None if to is None else tuple(to), "cover": cover})

    def put_details(self, run_id: str, details: Details, *, by: str) -> None:
        with self._database.write() as c:
            c.execute(
                "INSERT OR REPLACE INTO details VALUES (?, ?, ?, ?)",
                (run_id, json.dumps(asdict(details), ensure_ascii=False), by, now()),
            )


def _receipt(stored: str) -> Receipt:
    data = json.loads(stored)
    for name in ("changed", "lost"):
        data[name] = tuple(data.get(name, ()))
    return Receipt(**data)


def _publication(r: Any) -> Publication:
    return Publication(
        id=r["id"], run_id=r["run_id"], key=r["key"], target=r["target"], status=r["status"], slug=r["slug"],
        url=r["url"], remote_id=r["remote_id"], content_hash=r["content_hash"], version=r["version"],
        draft_id=r["draft_id"], published_at=r["published_at"], modified_at=r["modified_at"],
        approved_by=r["approved_by"], error=json.loads(r["error"]) if r["error"] else None,
        updates=tuple(Update(**update) for update in json.loads(r["updates"])),
        intent=Intent(**json.loads(r["intent"])) if r["intent"] else None, publish_at=r["publish_at"],
        checked=PageCheck(**json.loads(r["checked"])) if r["checked"] else None, article=r["article"],
        late_until=r["late_until"],
    )  # fmt: skip
