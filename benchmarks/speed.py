"""How fast a run is against its own external calls: `python -m benchmarks.speed [1 5 10]`.

Topics run headless in a process of their own against a scripted model (300 ms to the first
token, 80 tokens/s) and a web whose every answer takes 150 ms. A run's critical path is the time in
which at least one of its own external calls was open: what no engine could do without. The
ratio is the mean over runs of a run's seconds to its critical path. Imports and start-up
are told apart from the run.
"""

import argparse
import contextlib
import json
import os
import re
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import mean
from urllib.parse import unquote_plus

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
    worst_s: float
    """Of the slowest run."""
    mean_s: float
    critical_s: float
    """Mean over runs."""
    ratio: float
    cpu_s: float
    peak_mb: float
    calls: int
    tokens: int
    first_call_s: float
    statuses: str


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
        external = {run["run"]: _of_run(run["run"], i, topics, Path(data), web) for i, run in enumerate(runs)}
        critical = [_covered(external[run["run"]]) for run in runs]
        seconds = [run["seconds"] for run in runs]
        first = min(begin for calls in external.values() for begin, _ in calls)
        return Figures(
            topics=topics, wall_s=ended - began, worst_s=max(seconds), mean_s=mean(seconds), critical_s=mean(critical),
            ratio=mean(took / least for took, least in zip(seconds, critical, strict=True)),
            cpu_s=after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
            peak_mb=after.ru_maxrss / 1024, calls=sum(run["model_calls"] for run in runs),
            tokens=sum(run["tokens_in"] + run["tokens_out"] for run in runs),
            first_call_s=first - _queued_at(Path(data)),
            statuses=", ".join(sorted({run["status"] for run in runs})),
        )  # fmt: skip


def _of_run(run_id: str, number: int, topics: int, data: Path, web: SlowWeb) -> list[tuple[float, float]]:
    """A run's external calls: its model calls by the ledger, and the pages its topic's words stand in the path of."""
    with contextlib.closing(sqlite3.connect(data / "galley.db")) as connection:
        calls = connection.execute(
            "SELECT at, seconds FROM calls WHERE run_id = ? AND status IN ('done', 'failed')", (run_id,)
        ).fetchall()
    begins = [(datetime.fromisoformat(at).timestamp(), took) for at, took in calls]
    pages = [(b, e) for b, e, path in web.requests if _topic_of(path, topics) == number and path != "/robots.txt"]
    return [(begin, begin + took) for begin, took in begins] + pages


def _topic_of(path: str, topics: int) -> int:
    """The topic whose words stand in a path."""
    said = set(re.findall(r"[a-z]+", unquote_plus(path).lower()))
    return max(range(topics), key=lambda i: len(said & set(re.findall(r"[a-z]{4,}", SUBJECTS[i].lower()))))


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
    names = (
        "topics", "process s", "worst run s", "mean run s", "critical path s", "ratio", "first call s", "CPU s",
        "CPU s/topic", "peak MB", "model calls", "tokens", "ended",
    )  # fmt: skip
    print(f"| {' | '.join(names)} |\n{'|---' * len(names)}|")
    for count in options.topics:
        f = measure(count, model=not options.extractive)
        figures = (
            f.topics, f"{f.wall_s:.1f}", f"{f.worst_s:.1f}", f"{f.mean_s:.1f}", f"{f.critical_s:.1f}",
            f"{f.ratio:.2f}", f"{f.first_call_s:.2f}", f"{f.cpu_s:.1f}", f"{f.cpu_s / f.topics:.1f}",
            f"{f.peak_mb:.0f}", f.calls, f.tokens, f.statuses,
        )  # fmt: skip
        print(f"| {' | '.join(map(str, figures))} |", flush=True)


if __name__ == "__main__":
    main()
