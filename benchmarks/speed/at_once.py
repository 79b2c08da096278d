"""How long runs take against their own external calls, with 1, 5, 10 and 20 at once.

Workers stand ready, as they do when a person clicks: everything loaded, the database new. They are asked for so
many topics in one moment and have places for all of them, against a scripted model (300 ms to the first token,
80 tokens/s) and a web whose every answer takes 150 ms. A run lasts from the click to its publication. Its critical
path is the time in which at least one of its own external calls was open: what no engine could do without. The ratio
is the mean over runs of the one to the other.
"""

import contextlib
import json
import math
import sqlite3
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from statistics import mean, median
from urllib.parse import parse_qs, urlsplit

from benchmarks.pages_server import SlowWeb
from benchmarks.speed.processes import cpu_s, memory_mb, until, workers
from benchmarks.speed.topics import SUBJECTS, environment, load
from core.language.router import EXTRACTIVE
from core.models import Brief, Run, Status
from core.settings import load as load_settings
from core.studio import Studio
from tests.chaos.counting import existing
from tests.scripted.model_server import ScriptedModel

Interval = tuple[float, float]


@dataclass(frozen=True)
class Figures:
    """One measurement; seconds, CPU seconds, MB."""

    topics: float
    worst_s: float
    """Of the slowest run."""
    mean_s: float
    critical_s: float
    """Mean over runs."""
    ratio: float
    cpu_s: float
    peak_mb: float
    """Of all workers together."""
    calls: float
    tokens: float
    first_call_s: float
    """From the click to the first external call of all."""
    published: float


NAMES = (
    "runs at once", "worst run s", "mean run s", "critical path s", "ratio", "CPU s", "peak MB", "model calls",
    "tokens", "first call s", "published",
)  # fmt: skip
DIGITS = (0, 1, 1, 1, 2, 1, 0, 0, 0, 2, 0)


def measure(topics: int, *, processes: int = 1, model: bool = True) -> Figures:
    """Run so many topics at once and measure them."""
    with (
        tempfile.TemporaryDirectory() as folder,
        SlowWeb() as web,
        ScriptedModel(first_token_s=0.3, tokens_per_s=80) as server,
    ):
        given = environment(Path(folder), server.base_url, web.base_url)
        if not model:
            given["OPENAI_MODEL"] = EXTRACTIVE
        studio = Studio(load_settings({}, given))
        studio.store.settings.save({"run_slots": math.ceil(topics / processes)})
        with workers(processes, Path(folder), given) as pids:
            used = sum(cpu_s(pid) for pid in pids)
            ids = [
                studio.start(Brief(topic=topic, autopilot=True, engines=("searxng",), target="site"))
                for topic in SUBJECTS[:topics]
            ]
            until(lambda: not studio.store.runs.with_status(Status.QUEUED, Status.RUNNING))
            used = sum(cpu_s(pid) for pid in pids) - used
            peak = sum(memory_mb(pid, "VmHWM") for pid in pids)
        return figures([existing(studio, run_id) for run_id in ids], Path(folder), web, used, peak)


def figures(runs: list[Run], data: Path, web: SlowWeb, used: float, peak: float) -> Figures:
    external = [_external(run, data, web) for run in runs]
    critical = [covered(calls) for calls in external]
    clicked = [_at(run.created_at) for run in runs]
    seconds = [_at(run.finished_at) - click for run, click in zip(runs, clicked, strict=True)]
    return Figures(
        topics=len(runs), worst_s=max(seconds), mean_s=mean(seconds), critical_s=mean(critical),
        ratio=mean(took / least for took, least in zip(seconds, critical, strict=True)), cpu_s=used,
        peak_mb=peak, calls=sum(run.model_calls for run in runs),
        tokens=sum(run.tokens_in + run.tokens_out for run in runs),
        first_call_s=min(begin for calls in external for begin, _ in calls) - min(clicked),
        published=sum(run.status is Status.PUBLISHED for run in runs),
    )  # fmt: skip


def _at(moment: str | None) -> float:
    assert moment is not None, "the run has ended"
    return datetime.fromisoformat(moment).timestamp()


def _external(run: Run, data: Path, web: SlowWeb) -> list[Interval]:
    """A run's external calls: of models by the ledger, of pages by their addresses, of searches by their words.

    What a site allows is asked once for all runs, and every run that reads there waits for it.
    """
    with contextlib.closing(sqlite3.connect(data / "galley.db")) as connection:
        calls = connection.execute(
            "SELECT at, seconds FROM calls WHERE run_id = ? AND status IN ('done', 'failed')", (run.id,)
        ).fetchall()
        urls = [
            urlsplit(url) for (url,) in connection.execute("SELECT url FROM run_sources WHERE run_id = ?", (run.id,))
        ]
        said = connection.execute(
            "SELECT data FROM events WHERE run_id = ? AND kind = 'searching'", (run.id,)
        ).fetchall()
    read, sites = {url.path for url in urls}, {url.netloc for url in urls}
    queries = {run.brief.topic, *(query for (data_,) in said for query in json.loads(data_)["queries"])}

    def own(site: str, path: str) -> bool:
        parts = urlsplit(path)
        if parts.path == "/search":
            return parse_qs(parts.query)["q"][0] in queries
        return site in sites if parts.path == "/robots.txt" else parts.path in read

    begun = _at(run.created_at)
    asked = [(_at(at), _at(at) + took) for at, took in calls]
    return asked + [(begin, end) for begin, end, site, path in web.requests if own(site, path) and begin >= begun]


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


def report(counts: list[int], *, times: int, processes: int = 1, model: bool = True) -> None:
    """Print the table."""
    workers_ = f"{processes} worker{'s' if processes > 1 else ''}"
    print(f"Medians of {times}, {workers_}{'' if model else ', without a model'}; {load()} before.\n")
    print(f"| {' | '.join(NAMES)} |\n{'|---' * len(NAMES)}|")
    for topics in counts:
        found = medians([measure(topics, processes=processes, model=model) for _ in range(times)])
        print(f"| {' | '.join(cells(found))} |", flush=True)
