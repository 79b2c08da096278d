"""Starting a run and opening each page with a history of 10,000 runs, against the same with 10.

Ten runs are really made, with the scripted model and published on the site. The long history is these ten copied
row by row: every table, ids and times shifted, a run every half hour back. Pages run in Streamlit's AppTest, a
start is `Studio.start` and a worker's claim; figures are CPU milliseconds, each the median of `LOOKS` after one that
does not count, and the database is as its file lies on the disk.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from benchmarks.speed.topics import SUBJECTS, load
from core.settings import ROOT
from core.store import schema
from core.worker import Worker
from tests.agents.small_house import open_house, with_samples
from tests.scripted.model_server import ScriptedModel

FEW = 10
MINUTES_APART = 30
AIM = 1.2
SPENT = "INSERT INTO spent" + (schema.TABLES / "0009_spent.sql").read_text().partition("INSERT INTO spent")[2]
TABLES: dict[str, dict[str, str]] = {
    "briefs": {"id": "briefs", "created_at": "at"},
    "runs": {
        "id": "run", "brief_id": "briefs", "draft_id": "drafts", "created_at": "at", "started_at": "at",
        "finished_at": "at",
    },
    "events": {"run_id": "run", "at": "at"},
    "decisions": {"id": "decisions", "run_id": "run", "at": "at"},
    "plans": {"id": "plans", "run_id": "run", "created_at": "at"},
    "questions": {"id": "questions", "plan_id": "plans"},
    "run_sources": {"run_id": "run", "question_id": "questions"},
    "numbers": {"run_id": "run"},
    "evidence": {"id": "evidence", "run_id": "run", "question_id": "questions", "created_at": "at"},
    "evidence_items": {"evidence_id": "evidence"},
    "conflicts": {"id": "conflicts", "run_id": "run"},
    "drafts": {"id": "drafts", "run_id": "run", "base_id": "drafts", "created_at": "at"},
    "draft_sections": {"draft_id": "drafts", "question_id": "questions"},
    "sentences": {"id": "sentences", "draft_id": "drafts"},
    "citations": {"sentence_id": "sentences"},
    "verdicts": {"sentence_id": "sentences", "at": "at"},
    "diagnoses": {"draft_id": "drafts", "sentence_id": "sentences"},
    "notes": {"id": "notes", "draft_id": "drafts", "sentence_id": "sentences"},
    "calls": {"id": "calls", "key": "run", "run_id": "run", "at": "at"},
    "publications": {
        "id": "publications", "run_id": "run", "key": "run", "slug": "run", "draft_id": "drafts", "published_at": "at",
        "modified_at": "at",
    },
    "receipts": {"id": "receipts", "publication_id": "publications"},
    "details": {"run_id": "run", "at": "at"},
    "watches": {"run_id": "run"},
    "verifications": {"id": "verifications", "run_id": "run", "draft_id": "drafts", "at": "at"},
    "checkpoints": {"thread_id": "run"},
    "writes": {"thread_id": "run"},
}  # fmt: skip
"""Table -> column -> what a copy shifts: a run's name, a time, or the ids of a table. Other columns are the same."""


def report(runs: int, *, folder: Path | None) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as temporary:
        where = folder or Path(temporary)
        few, many = where / str(FEW), where / str(runs)
        if not (few / "galley.db").exists():
            _really_made(few)
        if not (many / "galley.db").exists():
            many.mkdir(parents=True, exist_ok=True)
            _copied(few / "galley.db", many / "galley.db", runs)
        size = (many / "galley.db").stat().st_size
        print(f"{runs:,} runs in {size / 1e6:,.0f} MB, {size / runs / 1e3:.0f} kB a run; {load()} before.\n")
        short, long = _looked_at(few), _looked_at(many)
    print(f"| CPU ms | {FEW} runs | {runs:,} runs | ratio |\n|---|---|---|---|")
    for name, took in short.items():
        ratio = long[name] / took
        print(f"| {name} | {took:.1f} | {long[name]:.1f} | {ratio:.2f}{' **' * (ratio > AIM)} |", flush=True)


def _really_made(data: Path) -> None:
    """Ten runs as they are, with everything a run leaves behind."""
    with ScriptedModel() as server, tempfile.TemporaryDirectory() as samples:
        house = open_house(
            data, with_samples(Path(samples)), base_url=server.base_url, default_model="scripted-large", budget_usd=None
        )
        ids = [house.start(topic, autopilot=True, target="site") for topic in SUBJECTS[:FEW]]
        worker = Worker(house.process)
        worker.restrict(tuple(ids))
        worker.work()
        house.studio.save_settings({"base_url": None, "default_model": None})
        with house.process.store.database.read() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _copied(few: Path, many: Path, runs: int) -> None:
    shutil.copy(few, many)
    with closing(sqlite3.connect(many)) as connection:
        connection.execute("PRAGMA journal_mode = MEMORY")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("ATTACH ? AS few", (str(few),))
        steps = {table: _highest(connection, table) for table, columns in TABLES.items() if columns.get("id") == table}
        statements = [_copying(connection, table, columns, steps) for table, columns in TABLES.items()]
        for copy in range(1, runs // FEW):
            for statement in statements:
                connection.execute(statement, {"copy": copy})
        connection.execute("DELETE FROM spent")
        connection.execute(SPENT)
        connection.execute(
            "INSERT OR IGNORE INTO watches (run_id, checked) SELECT DISTINCT run_id, unixepoch() FROM publications"
        )
        connection.commit()
        connection.execute("PRAGMA journal_mode = WAL")


def _highest(connection: sqlite3.Connection, table: str) -> int:
    return connection.execute(f"SELECT coalesce(max(id), 0) + 1 FROM few.{table}").fetchone()[0]


def _copying(connection: sqlite3.Connection, table: str, shifted: dict[str, str], steps: dict[str, int]) -> str:
    names = [row[1] for row in connection.execute(f"PRAGMA few.table_info({table})")]
    if missing := set(shifted) - set(names):
        raise SystemExit(f"{table} has no {', '.join(missing)} any more: TABLES must follow the schema")

    def copied(name: str) -> str:
        match shifted.get(name):
            case None:
                return f'"{name}"'
            case "run":
                return f"\"{name}\" || 'c' || :copy"
            case "at":
                back = f"'-' || (:copy * {FEW * MINUTES_APART}) || ' minutes'"
                return f"strftime('%Y-%m-%dT%H:%M:%fZ', \"{name}\", {back})"
            case other:
                return f'"{name}" + :copy * {steps[other]}'

    return f"INSERT INTO main.{table} SELECT {', '.join(map(copied, names))} FROM few.{table}"


def _looked_at(data: Path) -> dict[str, float]:
    """What is looked at -> CPU milliseconds; in a process of its own."""
    given = {key: value for key, value in os.environ.items() if not key.startswith(("OPENAI", "GALLEY"))}
    given |= {"GALLEY_DATA": str(data), "PHOENIX_COLLECTOR_ENDPOINT": "http://127.0.0.2:9"}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.speed.visit"],
        cwd=ROOT,
        env=given,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])
