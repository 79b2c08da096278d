"""What faults cost: runs with all well against runs with 10 % of answers 429, 5 % 500, and bad pages among the good.

Of every dozen pages one hangs, drips a byte now and then, or never ends.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from zlib import crc32

from benchmarks.pages_server import SlowWeb
from benchmarks.speed.topics import SUBJECTS, load, run_topics
from tests.scripted.model_server import Faults, ScriptedModel

FAULTS = Faults(too_many=0.10, server_error=0.05)
RETRY_AFTER_S = 1.0
FINISHED = ("published", "finished", "gate")
BAD = ("hang", "drip", "huge")
ONE_IN = 12
"""Pages of which one is bad."""


@dataclass
class FaultyWeb(SlowWeb):
    """Of every dozen pages one hangs, drips or never ends."""

    def misbehaviour(self, path: str) -> str | None:
        drawn = crc32(path.encode())
        return (
            BAD[drawn // ONE_IN % len(BAD)]
            if not path.startswith(("/search", "/robots")) and drawn % ONE_IN == 0
            else None
        )


def report(topics: int, *, times: int) -> None:
    """Print the table."""
    print(f"{topics} runs at once, medians of {times}; {load()} before.\n")
    print("| | worst run s | mean run s | finished | 429 | 500 | bad pages asked for |\n|---|---|---|---|---|---|---|")
    rows = [_measured(topics, times, faulty=False), _measured(topics, times, faulty=True)]
    more = [rows[1][i] - rows[0][i] for i in (0, 1)]
    for name, row in zip(("all well", "with faults"), rows, strict=True):
        met = " | ".join(f"{value:.0f}" for value in row[3:])
        print(f"| {name} | {row[0]:.1f} | {row[1]:.1f} | {row[2]:.0f} of {topics} | {met} |")
    print(f"| more | {more[0]:.1f} | {more[1]:.1f} | | | | |", flush=True)


def _measured(topics: int, times: int, *, faulty: bool) -> list[float]:
    rounds = [_once(topics, seed, faulty=faulty) for seed in range(times)]
    return [median(column) for column in zip(*rounds, strict=True)]


def _once(topics: int, seed: int, *, faulty: bool) -> list[float]:
    faults = Faults(too_many=FAULTS.too_many, server_error=FAULTS.server_error, seed=seed) if faulty else Faults()
    with (
        tempfile.TemporaryDirectory() as data,
        (FaultyWeb if faulty else SlowWeb)() as web,
        ScriptedModel(first_token_s=0.3, tokens_per_s=80, faults=faults, retry_after_s=RETRY_AFTER_S) as server,
    ):
        done = run_topics(SUBJECTS[:topics], Path(data), model_url=server.base_url, web_url=web.base_url)
        seconds = [run["seconds"] for run in done.runs]
        met = [received.outcome for received in server.requests]
        bad = [path for *_, path in web.requests if web.misbehaviour(path)]
        return [
            max(seconds), sum(seconds) / topics, sum(run["status"] in FINISHED for run in done.runs),
            met.count("too_many"), met.count("server_error"), len(bad),
        ]  # fmt: skip
