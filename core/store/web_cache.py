"""Pages as they came, so that the next visit only asks whether they changed.

Rows are plain dictionaries: the web client's own type belongs to reading, and the store
does not know its siblings. The oldest pages go when there are more than `MOST`.
"""

import json
from typing import Any

from core.store.database import Database

MOST = 500
COLUMNS = ("url", "body", "headers", "fetched_at", "etag", "last_modified")


class WebCache:
    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, url: str) -> dict[str, Any] | None:
        """The page's columns, headers as a dictionary; None when it is not held."""
        with self._database.read() as c:
            row = c.execute("SELECT * FROM web_cache WHERE url = ?", (url,)).fetchone()
        return {**dict(row), "headers": json.loads(row["headers"])} if row else None

    def put(self, url: str, page: dict[str, Any]) -> None:
        values = {**page, "url": url, "headers": json.dumps(page["headers"])}
        with self._database.write() as c:
            c.execute(
                f"INSERT OR REPLACE INTO web_cache ({', '.join(COLUMNS)}) VALUES (?, ?, ?, ?, ?, ?)",
                [values[name] for name in COLUMNS],
            )
            c.execute(
                "DELETE FROM web_cache WHERE url IN"
                " (SELECT url FROM web_cache ORDER BY fetched_at DESC LIMIT -1 OFFSET ?)",
                (MOST,),
            )

    def forget(self, before: str) -> int:
        """Drop pages fetched before this time (ISO 8601); returns how many."""
        with self._database.write() as c:
            return c.execute("DELETE FROM web_cache WHERE fetched_at < ?", (before,)).rowcount
