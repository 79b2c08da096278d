"""What an export of a run reads beside the nouns' own doors: receipts, and the words of model calls."""

import json
from typing import Any

from core.store.database import Database


class Exports:
    def __init__(self, database: Database) -> None:
        self._database = database

    def receipts(self, run_id: str) -> list[dict[str, Any]]:
        """The receipts of a run's publications, oldest first, as they were written down."""
        with self._database.read() as c:
            rows = c.execute(
                "SELECT r.data FROM receipts r JOIN publications p ON p.id = r.publication_id WHERE p.run_id = ?"
                " ORDER BY r.id",
                (run_id,),
            )
            return [json.loads(row["data"]) for row in rows]

    def call_texts(self, run_id: str) -> list[tuple[str | None, str | None]]:
        """`(request, answer)` of each of a run's calls, in the order of `Calls.of_run`; None where none was kept."""
        with self._database.read() as c:
            rows = c.execute(
                "SELECT q.text AS request, a.text AS answer FROM calls c LEFT JOIN texts q ON q.hash = c.request_hash"
                " LEFT JOIN texts a ON a.hash = c.answer_hash WHERE c.run_id = ? ORDER BY c.id",
                (run_id,),
            )
            return [(row["request"], row["answer"]) for row in rows]
