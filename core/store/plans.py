"""Plans: every version is kept; the newest is the run's plan."""

import json

from core.models import Plan, Question
from core.store.database import Database, now


class Plans:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, plan: Plan) -> Plan:
        """Keep a plan as the run's next version; returns it with its ids."""
        with self._database.write() as c:
            version = c.execute(
                "SELECT coalesce(max(version), 0) + 1 FROM plans WHERE run_id = ?", (plan.run_id,)
            ).fetchone()[0]
            plan_id = c.execute(
                "INSERT INTO plans (run_id, version, title, origin, why, created_at) VALUES (?, ?, ?, ?, ?, ?)",
                (plan.run_id, version, plan.title, plan.origin, plan.why, now()),
            ).lastrowid
            for position, q in enumerate(plan.questions):
                c.execute(
                    "INSERT INTO questions (plan_id, position, section, text, queries, use) VALUES (?,?,?,?,?,?)",
                    (plan_id, position, q.section, q.text, json.dumps(q.queries), q.use),
                )
        return self.get(int(plan_id or 0))

    def get(self, plan_id: int) -> Plan:
        with self._database.read() as c:
            row = c.execute("SELECT * FROM plans WHERE id = ?", (plan_id,)).fetchone()
            questions = c.execute("SELECT * FROM questions WHERE plan_id = ? ORDER BY position", (plan_id,))
            return Plan(
                id=row["id"], run_id=row["run_id"], version=row["version"], title=row["title"],
                origin=row["origin"], why=row["why"],
                questions=tuple(
                    Question(
                        id=q["id"], section=q["section"], text=q["text"],
                        queries=tuple(json.loads(q["queries"])), use=bool(q["use"]),
                    )
                    for q in questions
                ),
            )  # fmt: skip

    def newest(self, run_id: str) -> Plan | None:
        with self._database.read() as c:
            row = c.execute("SELECT id FROM plans WHERE run_id = ? ORDER BY version DESC LIMIT 1", (run_id,)).fetchone()
        return self.get(row["id"]) if row else None
