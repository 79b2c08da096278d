"""Evidence: what was put before the writer for each question, and what was left out.

Citation numbers are given per run, once per passage, and never change: a marker means the
same passage in every version of the draft.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, replace

from core.models import Conflict, Evidence, EvidenceItem, Score
from core.store.database import Database, now
from core.store.passages import Passages


class EvidenceStore:
    def __init__(self, database: Database, passages: Passages) -> None:
        self._database = database
        self._passages = passages

    def put(self, run_id: str, evidence: Evidence) -> Evidence:
        """Keep a question's evidence in place of what it had; returns it with citation numbers."""
        with self._database.write() as c:
            numbers = {
                row["passage_id"]: row["number"]
                for row in c.execute("SELECT passage_id, number FROM numbers WHERE run_id = ?", (run_id,))
            }
            items = []
            for item in evidence.items:
                number = 0
                if not item.left_out:
                    number = numbers.setdefault(item.passage.id, max(numbers.values(), default=0) + 1)
                    c.execute("INSERT OR IGNORE INTO numbers VALUES (?, ?, ?)", (run_id, number, item.passage.id))
                items.append(replace(item, number=number))
            old = c.execute(
                "SELECT id FROM evidence WHERE run_id = ? AND question_id = ?", (run_id, evidence.question_id)
            ).fetchone()
            if old:
                c.execute("DELETE FROM evidence_items WHERE evidence_id = ?", (old["id"],))
                c.execute("DELETE FROM evidence WHERE id = ?", (old["id"],))
            evidence_id = c.execute(
                "INSERT INTO evidence (run_id, question_id, sufficient, confidence, queries, note, created_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    run_id, evidence.question_id, evidence.sufficient, evidence.confidence,
                    json.dumps(evidence.queries), evidence.note, now(),
                ),
            ).lastrowid  # fmt: skip
            c.executemany(
                "INSERT INTO evidence_items VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    (
                        evidence_id, position, item.passage.id, item.number, item.score,
                        json.dumps({name: asdict(score) for name, score in item.scores.items()}), item.left_out,
                        item.reason,
                    )
                    for position, item in enumerate(items)
                ),
            )  # fmt: skip
        return replace(evidence, items=tuple(items))

    def of_run(self, run_id: str) -> list[Evidence]:
        """Every question's evidence, in the order of the questions."""
        return self._where("e.run_id = ?", run_id)

    def of_question(self, run_id: str, question_id: int) -> Evidence | None:
        return next(iter(self._where("e.run_id = ? AND e.question_id = ?", run_id, question_id)), None)

    def _where(self, condition: str, *values: object) -> list[Evidence]:
        with self._database.read() as c:
            heads = c.execute(f"SELECT * FROM evidence e WHERE {condition} ORDER BY e.question_id", values).fetchall()
            rows = c.execute(
                f"SELECT i.* FROM evidence_items i JOIN evidence e ON e.id = i.evidence_id WHERE {condition}"
                " ORDER BY i.evidence_id, i.position",
                values,
            ).fetchall()
        passages = self._passages.passages(row["passage_id"] for row in rows)
        items: dict[int, list[EvidenceItem]] = {}
        for row in rows:
            items.setdefault(row["evidence_id"], []).append(
                EvidenceItem(
                    number=row["number"], passage=passages[row["passage_id"]], score=row["score"],
                    scores={name: Score(**score) for name, score in json.loads(row["scores"]).items()},
                    left_out=row["left_out"], reason=row["reason"],
                )
            )  # fmt: skip
        return [
            Evidence(
                question_id=head["question_id"], items=tuple(items.get(head["id"], ())),
                sufficient=bool(head["sufficient"]), confidence=head["confidence"],
                queries=tuple(json.loads(head["queries"])), note=head["note"],
            )
            for head in heads
        ]  # fmt: skip

    def numbers(self, run_id: str) -> dict[int, int]:
        """Citation number -> passage id."""
        with self._database.read() as c:
            rows = c.execute("SELECT number, passage_id FROM numbers WHERE run_id = ?", (run_id,))
            return {row["number"]: row["passage_id"] for row in rows}

    def number(self, run_id: str, passage_id: int) -> int:
        """The passage's citation number in this run; given now if it has none."""
        with self._database.write() as c:
            row = c.execute(
                "SELECT number FROM numbers WHERE run_id = ? AND passage_id = ?", (run_id, passage_id)
            ).fetchone()
            if row:
                return row["number"]
            return c.execute(
                "INSERT INTO numbers SELECT ?, coalesce(max(number), 0) + 1, ? FROM numbers WHERE run_id = ?"
                " RETURNING number",
                (run_id, passage_id, run_id),
            ).fetchone()["number"]

    def put_conflicts(self, run_id: str, conflicts: Iterable[Conflict]) -> list[Conflict]:
        """Keep conflicts between passages; returns those that are new."""
        new = []
        with self._database.write() as c:
            for conflict in conflicts:
                data = json.dumps(asdict(conflict), sort_keys=True)
                if c.execute("INSERT OR IGNORE INTO conflicts (run_id, data) VALUES (?, ?)", (run_id, data)).rowcount:
                    new.append(conflict)
        return new

    def conflicts(self, run_id: str) -> list[Conflict]:
        with self._database.read() as c:
            rows = c.execute("SELECT data FROM conflicts WHERE run_id = ? ORDER BY id", (run_id,))
            return [Conflict(**json.loads(row["data"])) for row in rows]
