"""What a person set in the studio, as plain JSON. Secrets are never among it."""

import json
from typing import Any

from core.store.database import Database


class SavedSettings:
    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self) -> dict[str, Any]:
        with self._database.read() as c:
            return {row["key"]: json.loads(row["value"]) for row in c.execute("SELECT * FROM settings")}

    def save(self, values: dict[str, Any]) -> None:
        """Set these; the others stay. None takes a value back to its default."""
        with self._database.write() as c:
            for key, value in values.items():
                if value is None:
                    c.execute("DELETE FROM settings WHERE key = ?", (key,))
                else:
                    c.execute(
                        "INSERT INTO settings VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
                        (key, json.dumps(value)),
                    )
