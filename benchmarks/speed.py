"""How fast a run is against its own external calls: `python -m benchmarks.speed [1 5 10]`.

Topics run headless in a process of their own against a scripted model (300 ms to the first
token, 80 tokens/s) and a web whose every answer takes 150 ms. The critical path is the time
in which at least one external call was open: what no engine could do without. Imports and
start-up are told apart from the run.
"""

import argparse
import contextlib
import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from benchmarks.pages_server import SlowWeb
from tests.scripted.model_server import ScriptedModel

ROOT = Path(__file__).resolve().parent.parent
SUBJECTS = (
    "Are heat pumps worth it in old houses?", "How can night shift workers sleep better?",
    "Do street trees cool a hot city?", "What does a heat pump cost to install and run?",
    "Do naps and caffeine help on a night shift?", "How do young street trees survive drought?",
    "How noisy are heat pumps?", "Which rosters harm sleep least?", "What do street trees cost a city?",
    "Should old houses be insulated before a heat pump?",
)  # fmt: skip


@dataclass(frozen=True)
class Figures:
    """One measurement; seconds, CPU seconds, MB."""

    topics: int
    wall_s: float
    run_s: float
    cpu_s: float
    peak_mb: float
    calls: int
    tokens: int
    critical_s: float
    first_call_s: float
    statuses: str

    @property
    def ratio(self) -> float:
        return self.run_s / self.critical_s


def measure(topics: int, *, model: bool = True) -> Figures:
    """Run so many topics at once, from nothing, and measure them."""
    with (
        tempfile.TemporaryDirectory() as data,
        SlowWeb() as web,
        ScriptedModel(first_token_s=0.3, tokens_per_s=80) as server,
    ):
        environment = {
            **os.environ, "GALLEY_DATA": data, "OPENAI_BASE_URL": server.base_url, "OPENAI_API_KEY": "scripted",
            "SEARXNG_URL": web.base_url, "GALLEY_ALLOW_PRIVATE": "1", "PHOENIX_COLLECTOR_ENDPOINT": "",
        }  # fmt: skip
        command = [sys.executable, "-m", "core", "run", *SUBJECTS[:topics], "--autopilot", "--json", "--words", "1200",
                   "--engine", "searxng", "--target", "site",
                   "--model", "scripted-large" if model else "extractive"]  # fmt: skip
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = time.time()
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        ended = time.time()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if not done.stdout.strip():
            raise SystemExit(done.stderr)
        last = json.loads(done.stdout.splitlines()[-1])
        runs = last.get("runs", [last])
        calls = server.intervals + web.intervals
        covered = _covered(calls)
        return Figures(
            topics=topics, wall_s=ended - began, run_s=max(run["seconds"] for run in runs),
            cpu_s=after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
            peak_mb=after.ru_maxrss / 1024, calls=sum(run["model_calls"] for run in runs),
            tokens=sum(run["tokens_in"] + run["tokens_out"] for run in runs), critical_s=covered,
            first_call_s=min(begin for begin, _ in calls) - _queued_at(Path(data)),
            statuses=", ".join(sorted({run["status"] for run in runs})),
        )  # fmt: skip


def _queued_at(data: Path) -> float:
    """When the first run was queued: start-up lies before, work after."""
    with contextlib.closing(sqlite3.connect(data / "galley.db")) as connection:
        first = connection.execute("SELECT min(created_at) FROM runs").fetchone()[0]
    return datetime.fromisoformat(first).timestamp()


def _covered(intervals: list[tuple[float, float]]) -> float:
    """Seconds in which at least one of these is open."""
    total, until = 0.0, 0.0
    for begin, end in sorted(intervals):
        total += max(0.0, end - max(begin, until))
        until = max(until, end)
    return total


def main() -> None:
    """Print the table."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("topics", nargs="*", type=int, default=[1, 5, 10])
    given.add_argument("--extractive", action="store_true", help="the same without a model")
    options = given.parse_args()
    print("| topics | process s | run s | critical path s | ratio | first call s | CPU s | CPU s/topic | peak MB "
          "| model calls | tokens | ended |")  # fmt: skip
    print("|---" * 12 + "|")
    for count in options.topics:
        f = measure(count, model=not options.extractive)
        print(
            f"| {f.topics} | {f.wall_s:.1f} | {f.run_s:.1f} | {f.critical_s:.1f} | {f.ratio:.2f} | {f.first_call_s:.2f}"
            f" | {f.cpu_s:.1f} | {f.cpu_s / f.topics:.1f} | {f.peak_mb:.0f} | {f.calls} | {f.tokens} | {f.statuses} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
