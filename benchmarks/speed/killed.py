"""A run killed with -9 at 70 % of its events and begun again: what is done twice, and how long the rest takes.

Workers are processes that stand ready, as in life; the one at work is killed, and another is started in that moment,
as `serve` does. With two, as `serve` keeps up, the other one goes on; with one, the run waits for the start. Redone is
what the model wrote in all beyond what it wrote in the same run without a kill. At two paces of the model: the
start of a worker, imports and all, takes the same time at both.
"""

import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from statistics import median
from typing import Any, Self

from benchmarks.pages_server import SlowWeb
from benchmarks.speed.processes import kill, start_worker, until, workers
from benchmarks.speed.topics import SUBJECTS, environment, load
from core.models import Brief, Status
from core.settings import load as load_settings
from core.studio import Studio
from tests.chaos.counting import existing, unless_cut
from tests.chaos.product import kill_pids, pid_of
from tests.scripted.model_server import ScriptedModel

SHARE = 0.7
PACES = ((0.3, 80.0), (0.6, 40.0))
"""Seconds to the first token and tokens a second: those of `at_once`, and those of a slower model."""
WORKERS = (2, 1)
NAMES = (
    "model", "workers", "events", "whole run s", "killed after s", "from kill to end s", "share of the whole",
    "pages fetched again", "completion redone",
)  # fmt: skip
UNDER_WAY = (Status.QUEUED, Status.RUNNING)


class Metered(ScriptedModel):
    """Counts the words of all answers: of a stream those that went out, of any other all, for they were thought of."""

    def __enter__(self) -> Self:
        self.words = 0
        super().__enter__()
        self._loop.call_soon_threadsafe(self._loop.set_exception_handler, unless_cut)
        return self

    async def _reply(self, outcome: str, asked: dict[str, Any], prompt: str, writer: Any) -> bool:
        if asked.get("stream"):
            return await super()._reply(outcome, asked, prompt, _Meter(writer, self))
        self.words += len(self._text(outcome, asked)[0].split())
        return await super()._reply(outcome, asked, prompt, writer)


class _Meter:
    """A writer that counts the words of the answer that go through it."""

    def __init__(self, inner: Any, server: Metered) -> None:
        self._inner, self._server = inner, server

    def write(self, data: bytes) -> None:
        if b'"content": "' in data and b'"role"' not in data:
            said = data.split(b'"content": "', 1)[1].split(b'"', 1)[0]
            self._server.words += len(said.replace(b"\\n", b" ").split())
        self._inner.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


@dataclass(frozen=True)
class Outcome:
    events: int
    whole_s: float
    """From the click to the end, in a run that nobody kills."""
    rest_s: float
    """From the kill to the end."""
    killed_at_s: float
    again: int
    """Pages fetched again."""
    redone: float
    """Words that the model wrote beyond those of the run that nobody killed, as a share of these."""


def report(*, times: int) -> None:
    """Print the table."""
    print(f"Medians of {times}; {load()} before.\n")
    print(f"| {' | '.join(NAMES)} |\n{'|---' * len(NAMES)}|")
    for pace, standing in product(PACES, WORKERS):
        found = [_once(SUBJECTS[i % len(SUBJECTS)], *pace, standing=standing) for i in range(times)]
        rows = [(o.events, o.whole_s, o.killed_at_s, o.rest_s, o.rest_s / o.whole_s, o.again, o.redone) for o in found]
        e, whole, at, rest, share, again, redone = (median(column) for column in zip(*rows, strict=True))
        figures = f"{e:.0f} | {whole:.1f} | {at:.1f} | {rest:.1f} | {share:.0%} | {again:.0f} | {redone:.1%}"
        print(f"| {pace[0]:g} s, then {pace[1]:g}/s | {standing} | {figures} |", flush=True)


def _once(topic: str, first_token_s: float, tokens_per_s: float, *, standing: int) -> Outcome:
    whole = _run(topic, first_token_s, tokens_per_s, standing=standing, kill_at=None)
    killed = _run(topic, first_token_s, tokens_per_s, standing=standing, kill_at=round(SHARE * whole.events))
    return Outcome(
        events=whole.events, whole_s=whole.took_s, rest_s=killed.took_s - killed.killed_at_s,
        killed_at_s=killed.killed_at_s, again=killed.again, redone=max(0.0, killed.words / whole.words - 1),
    )  # fmt: skip


@dataclass(frozen=True)
class _Run:
    events: int
    took_s: float
    killed_at_s: float
    again: int
    words: int


def _run(topic: str, first_token_s: float, tokens_per_s: float, *, standing: int, kill_at: int | None) -> _Run:
    with (
        tempfile.TemporaryDirectory() as folder,
        SlowWeb() as web,
        Metered(first_token_s=first_token_s, tokens_per_s=tokens_per_s) as server,
    ):
        data, given = Path(folder), environment(Path(folder), server.base_url, web.base_url)
        studio = Studio(load_settings({}, given))
        with workers(standing, data, given):
            began, killed_at, another = time.monotonic(), 0.0, None
            run_id = studio.start(Brief(topic=topic, autopilot=True, engines=("searxng",), target="site"))
            try:
                if kill_at:
                    until(lambda: studio.store.events.last_seq(run_id) >= kill_at)
                    owner = existing(studio, run_id).owner
                    assert owner, "the run is under way"
                    kill_pids([pid_of(owner)])
                    killed_at = time.monotonic() - began
                    another = start_worker(data, given)
                until(lambda: existing(studio, run_id).status not in UNDER_WAY)
                took = time.monotonic() - began
            finally:
                if another:
                    kill(another)
        run = existing(studio, run_id)
        if run.status is not Status.PUBLISHED:
            raise SystemExit(f"{topic} ended as {run.status}: {run.error}")
        pages = Counter(path for *_, path in web.requests if not path.startswith(("/search", "/robots")))
        again = sum(times - 1 for times in pages.values())
        return _Run(studio.store.events.last_seq(run_id), took, killed_at, again, server.words)
