"""Many runs one after another in one worker: what its memory and the database do.

The worker is a process of its own with its four places, the runs are short, from the sample library, without a
model. Memory is what the kernel counts as resident; the growth is the slope of a line through the second half.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import linear_regression

from benchmarks.speed.processes import cpu_s, memory_mb, workers
from benchmarks.speed.topics import SUBJECTS, environment, load
from core.models import Brief
from core.settings import load as load_settings
from core.studio import Studio
from tests.agents.small_house import with_samples

WAITING = 8
"""Runs queued ahead of the worker."""
ROWS = 10


def report(runs: int) -> None:
    """Print the table."""
    print(f"{runs:,} short runs without a model; {load()} before.\n")
    names = ("runs", "resident MB", "of it shared MB", "database MB", "open files", "threads", "CPU s/run")
    print(f"| {' | '.join(names)} |\n{'|---' * len(names)}|")
    measured: list[tuple[int, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        samples = with_samples(Path(folder))
        data = samples.parent
        given = {key: value for key, value in environment(data, "", "").items() if not key.startswith("OPENAI")}
        with workers(1, data, given) as (pid,):
            studio, seen, used = Studio(load_settings({}, environment(data, "", ""))), 0, cpu_s(pid)
            for done in _done(studio, runs):
                measured.append((done, memory_mb(pid, "VmRSS")))
                if done - seen < runs / ROWS and done < runs:
                    continue
                now = cpu_s(pid)
                cells = (
                    str(done), f"{measured[-1][1]:.0f}", f"{memory_mb(pid, 'RssFile'):.0f}",
                    f"{(data / 'galley.db').stat().st_size / 1e6:.0f}", str(len(os.listdir(f"/proc/{pid}/fd"))),
                    str(len(os.listdir(f"/proc/{pid}/task"))), f"{(now - used) / (done - seen):.2f}",
                )  # fmt: skip
                seen, used = done, now
                print(f"| {' | '.join(cells)} |", flush=True)
    half = [(done, mb) for done, mb in measured if done >= runs / 2]
    slope = linear_regression(*zip(*half, strict=True)).slope
    print(f"\nGrowth over the second half: {1e6 * slope:,.0f} bytes a run.", flush=True)


def _done(studio: Studio, runs: int) -> Iterator[int]:
    """Keep runs waiting, and say how many have ended, each time it is another number."""
    queued = ended = 0
    while ended < runs:
        under_way = len(studio.store.runs.with_status("queued", "running"))  # type: ignore[arg-type]
        if queued - under_way > ended:
            ended = queued - under_way
            yield ended
        while queued < runs and under_way < WAITING:
            topic = f"{SUBJECTS[queued % len(SUBJECTS)]} ({queued})"
            studio.start(Brief(topic=topic, autopilot=True, words=300, engines=("library",)))
            queued, under_way = queued + 1, under_way + 1
        time.sleep(0.05)
