"""The call ledger's rows: every model request and its answer, by content.

Requests and answers are texts, kept by hash; they hold prompts, never keys. What a call cost is
added to its run, and to its day, in the moment in which it is written down, so that they never differ.
"""

from collections.abc import Collection
from typing import Any

from core.models import Call
from core.store.database import Database, now
from core.store.in_flight import InFlight

LOOKED_AT = 200


class Calls:
    def __init__(self, database: Database) -> None:
        self._database = database
        self.in_flight = InFlight(database)

    def find(self, key: str) -> str | None:
        """The answer of a finished call with this key."""
        with self._database.read() as c:
            row = c.execute(
                "SELECT t.text FROM calls c JOIN texts t ON t.hash = c.answer_hash"
                " WHERE c.key = ? AND c.status = 'done' ORDER BY c.id DESC LIMIT 1",
                (key,),
            ).fetchone()
        return row["text"] if row else None

    def cut_short(self, run_id: str, key: str) -> str | None:
        """When this run first made a request that a crash or a pause cut short; None when there was none."""
        with self._database.read() as c:
            row = c.execute(
                "SELECT min(at) AS at FROM calls WHERE key = ? AND run_id = ? AND status IN ('sent', 'abandoned')",
                (key, run_id),
            ).fetchone()
        return row["at"]

    def begin(self, call: Call, request_json: str) -> None:
        """Write down that a request goes out, before it does."""
        self._put(call, "sent", request=request_json)

    def finish(self, call: Call, answer_json: str) -> None:
        self._put(call, call.status or "done", answer=answer_json)
        self._database.settle()  # it was paid for: a power cut must not make it be paid for again

    def fail(self, call: Call) -> None:
        self._put(call, "abandoned" if call.status == "abandoned" else "failed")

    def add(self, call: Call) -> None:
        """One finished row as it stands, such as a replay."""
        with self._database.write() as c:
            self._insert(c, call, call.status, None)
            self._add_to_day(c, call, call.status)

    def _put(self, call: Call, status: str, *, request: str | None = None, answer: str | None = None) -> None:
        with self._database.write() as c:
            if status == "sent":
                self._insert(c, call, status, self._database.put_text(c, request) if request else None)
                return
            answer_hash = self._database.put_text(c, answer) if answer is not None else None
            changed = c.execute(
                "UPDATE calls SET status = ?, model = ?, tokens_in = ?, tokens_cached = ?, tokens_out = ?,"
                " cost_usd = ?, seconds = ?, error = ?, answer_hash = ? WHERE id ="
                " (SELECT max(id) FROM calls WHERE key = ? AND run_id IS ? AND status = 'sent')",
                (
                    status, call.model, call.tokens_in, call.tokens_cached, call.tokens_out, call.cost_usd,
                    call.seconds, call.error, answer_hash, call.key, call.run_id,
                ),
            ).rowcount  # fmt: skip
            if not changed:
                self._insert(c, call, status, None, answer_hash)
            unpriced = call.cost_usd is None and call.tokens_in + call.tokens_out > 0
            c.execute(
                "UPDATE runs SET cost_usd = cost_usd + ?, unpriced = unpriced + ?, model_calls = model_calls + 1,"
                " tokens_in = tokens_in + ?, tokens_out = tokens_out + ? WHERE id = ?",
                (call.cost_usd or 0.0, unpriced, call.tokens_in, call.tokens_out, call.run_id),
            )
            self._add_to_day(c, call, status)

    def _add_to_day(self, c: Any, call: Call, status: str) -> None:
        """Costs are shown by day: summed up as they come, for adding up a month of calls takes too long."""
        c.execute(
            "INSERT INTO spent VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET calls = calls + 1,"
            " tokens_in = tokens_in + excluded.tokens_in, tokens_out = tokens_out + excluded.tokens_out,"
            " cost_usd = cost_usd + excluded.cost_usd, replayed = replayed + excluded.replayed,"
            " unpriced = unpriced + excluded.unpriced",
            (
                (call.at or now())[:10], call.model, call.role, call.tokens_in, call.tokens_out, call.cost_usd or 0.0,
                status == "replayed", call.cost_usd is None and call.tokens_in + call.tokens_out > 0,
            ),
        )  # fmt: skip

    def _insert(self, c: Any, call: Call, status: str, request: str | None, answer: str | None = None) -> None:
        c.execute(
            "INSERT INTO calls (key, run_id, role, task, model, status, tokens_in, tokens_cached, tokens_out,"
            " cost_usd, seconds, at, error, request_hash, answer_hash) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (
                call.key, call.run_id, call.role, call.task, call.model, status, call.tokens_in,
                call.tokens_cached, call.tokens_out, call.cost_usd, call.seconds, call.at or now(), call.error,
                request, answer,
            ),
        )  # fmt: skip

    def of_run(self, run_id: str) -> list[Call]:
        with self._database.read() as c:
            rows = c.execute("SELECT * FROM calls WHERE run_id = ? ORDER BY id", (run_id,)).fetchall()
        return [Call(**{name: r[name] for name in Call.__dataclass_fields__}) for r in rows]

    def times(self, most: int = 1000) -> list[tuple[str, str, int, float]]:
        """`(model, task, max_tokens, seconds)` of the answers among the newest calls, oldest first.

        Args:
            most: calls looked at, by their number: what came before is not read, however much there is.
        """
        with self._database.read() as c:
            rows = c.execute(
                "SELECT c.model, c.task, json_extract(t.text, '$.max_tokens') AS max_tokens, c.seconds"
                " FROM (SELECT * FROM calls ORDER BY id DESC LIMIT ?) c JOIN texts t ON t.hash = c.request_hash"
                " WHERE c.status = 'done' AND c.seconds > 0 ORDER BY c.id",
                (most,),
            )
            return [(row["model"], row["task"], row["max_tokens"], row["seconds"]) for row in rows]

    def by_day(self, days: int) -> list[dict[str, Any]]:
        """Totals by day, model and role, newest day first; `unpriced` calls are not in `cost_usd`."""
        with self._database.read() as c:
            rows = c.execute(
                "SELECT * FROM spent WHERE day >= date('now', ?) ORDER BY day DESC, model, role", (f"-{days} days",)
            )
            return [dict(row) for row in rows]

    def askers(self, limit: int) -> list[tuple[str, str, str, str | None]]:
        """`(run id, title, when it was begun, step it branched off at)` of the newest runs that asked a model.

        Newest first. At most `LOOKED_AT` runs are looked at, however many of them asked none.
        """
        with self._database.read() as c:
            rows = c.execute(
                "SELECT r.id, r.title, r.created_at, f.step FROM (SELECT rowid AS place, * FROM runs WHERE deleted_at"
                " IS NULL ORDER BY created_at DESC, rowid DESC LIMIT ?) r LEFT JOIN forks f ON f.run_id = r.id"
                " WHERE r.model_calls > 0 ORDER BY r.created_at DESC, r.place DESC LIMIT ?",
                (LOOKED_AT, limit),
            )
            return [tuple(row) for row in rows]

    def tokens_by_model(self, run_ids: Collection[str]) -> dict[str, list[tuple[str, int, int, int]]]:
        """Run -> `(model, tokens in, of these cached, tokens out)` of all it asked and paid for.

        A run that took more from the ledger than it asked is not in it: it says little of what such a run takes.
        """
        with self._database.read() as c:
            rows = c.execute(
                "SELECT run_id, model, sum(tokens_in) AS into_, sum(tokens_cached) AS cached, sum(tokens_out) AS out_"
                f" FROM calls WHERE run_id IN ({','.join('?' * len(run_ids))}) AND status != 'replayed'"
                " GROUP BY run_id, model",
                tuple(run_ids),
            ).fetchall()
            replayed = {
                row["run_id"]
                for row in c.execute(
                    f"SELECT run_id FROM calls WHERE run_id IN ({','.join('?' * len(run_ids))}) GROUP BY run_id"
                    " HAVING sum(status = 'replayed') > count(*) / 2",
                    tuple(run_ids),
                )
            }
        found: dict[str, list[tuple[str, int, int, int]]] = {}
        for row in rows:
            if row["run_id"] not in replayed:
                found.setdefault(row["run_id"], []).append((row["model"], row["into_"], row["cached"], row["out_"]))
        return found
