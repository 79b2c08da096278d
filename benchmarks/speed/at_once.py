"""How long a run takes against its own external calls, with 1, 5, 10 and 20 at once.

Topics run headless in a process of their own, from nothing, against a scripted model (300 ms to the
first token, 80 tokens/s) and a web whose every answer takes 150 ms. A run's critical path is the time
in which at least one of its own external calls was open: what no engine could do without. The
ratio is the mean over runs of a run's seconds to its critical path. Imports and start-up are told apart
from the run.
"""

import contextlib
import json
import sqlite3
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from statistics import mean, median
from urllib.parse import parse_qs, urlsplit

from benchmarks.pages_server import SlowWeb
from benchmarks.speed.topics import SUBJECTS, Done, load, run_topics
from tests.scripted.model_server import ScriptedModel

Interval = tuple[float, float]


@dataclass(frozen=True)
class Figures:
    """One measurement; seconds, CPU seconds, MB."""

    topics: float
    wall_s: float
    worst_s: float
    """Of the slowest run."""
    mean_s: float
    critical_s: float
    """Mean over runs."""
    ratio: float
    cpu_s: float
    peak_mb: float
    calls: float
    tokens: float
    first_call_s: float
    published: float


NAMES = (
    "runs at once", "process s", "worst run s", "mean run s", "critical path s", "ratio", "CPU s", "peak MB",
    "model calls", "tokens", "first call s", "published",
)  # fmt: skip
DIGITS = (0, 1, 1, 1, 1, 2, 1, 0, 0, 0, 2, 0)


def measure(topics: int, *, model: bool = True) -> Figures:
    """Run so many topics at once, from nothing, and measure them."""
    with (
        tempfile.TemporaryDirectory() as data,
        SlowWeb() as web,
        ScriptedModel(first_token_s=0.3, tokens_per_s=80) as server,
    ):
        done = run_topics(
            SUBJECTS[:topics], Path(data), model_url=server.base_url, web_url=web.base_url, model=model
        )  # fmt: skip
        return figures(done, web)


def figures(done: Done, web: SlowWeb) -> Figures:
    external = [_external(run["run"], done.data, web) for run in done.runs]
    critical = [covered(calls) for calls in external]
    seconds = [run["seconds"] for run in done.runs]
    first = min(begin for calls in external for begin, _ in calls)
    return Figures(
        topics=len(done.runs), wall_s=done.wall_s, worst_s=max(seconds), mean_s=mean(seconds),
        critical_s=mean(critical),
        ratio=mean(took / least for took, least in zip(seconds, critical, strict=True)), cpu_s=done.cpu_s,
        peak_mb=done.peak_mb, calls=sum(run["model_calls"] for run in done.runs),
        tokens=sum(run["tokens_in"] + run["tokens_out"] for run in done.runs),
        first_call_s=first - _queued_at(done.data), published=sum(run["status"] == "published" for run in done.runs),
    )  # fmt: skip


def _external(run_id: str, data: Path, web: SlowWeb) -> list[Interval]:
    """A run's external calls: of models by the ledger, of pages by their addresses, of searches by their words."""
    with contextlib.closing(sqlite3.connect(data / "galley.db")) as connection:
        calls = connection.execute(
            "SELECT at, seconds FROM calls WHERE run_id = ? AND status IN ('done', 'failed')", (run_id,)
        ).fetchall()
        urls = connection.execute("SELECT url FROM run_sources WHERE run_id = ?", (run_id,)).fetchall()
        said = connection.execute(
            "SELECT data FROM events WHERE run_id = ? AND kind = 'searching'", (run_id,)
        ).fetchall()
    paths = {urlsplit(url).path for (url,) in urls}
    queries = {query for (data_,) in said for query in json.loads(data_)["queries"]}

    def own(path: str) -> bool:
        parts = urlsplit(path)
        return parse_qs(parts.query)["q"][0] in queries if parts.path == "/search" else parts.path in paths

    asked = [(datetime.fromisoformat(at).timestamp(), took) for at, took in calls]
    return [(at, at + took) for at, took in asked] + [(b, e) for b, e, path in web.requests if own(path)]


def _queued_at(data: Path) -> float:
    """When the first run was queued: start-up lies before, work after."""
    with contextlib.closing(sqlite3.connect(data / "galley.db")) as connection:
        first = connection.execute("SELECT min(created_at) FROM runs").fetchone()[0]
    return datetime.fromisoformat(first).timestamp()


def covered(intervals: Iterable[Interval]) -> float:
    """Seconds in which at least one of these is open."""
    total, until = 0.0, 0.0
    for begin, end in sorted(intervals):
        total += max(0.0, end - max(begin, until))
        until = max(until, end)
    return total


def medians(measured: list[Figures]) -> Figures:
    return Figures(*(median(getattr(one, each.name) for one in measured) for each in fields(Figures)))


def cells(found: Figures) -> list[str]:
    return [f"{getattr(found, each.name):.{digits}f}" for each, digits in zip(fields(Figures), DIGITS, strict=True)]


def report(counts: list[int], *, times: int, model: bool = True) -> None:
    """Print the table."""
    print(f"Medians of {times}{'' if model else ', without a model'}; {load()} before.\n")
    print(f"| {' | '.join(NAMES)} |\n{'|---' * len(NAMES)}|")
    for topics in counts:
        found = medians([measure(topics, model=model) for _ in range(times)])
        print(f"| {' | '.join(cells(found))} |", flush=True)
