"""A run killed with -9 at 70 % of its events and begun again: what is done twice, and how long the rest takes.

The worker is a process of its own, as in life; another is started in the moment it is killed. Every
piece of an answer that reached a caller counts as completion, and of a request that was answered more than
once or broken off by the kill all but the last answer counts as redone.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.pages_server import SlowWeb
from benchmarks.speed.topics import SUBJECTS, environment, load
from core.models import Brief, Status
from core.settings import ROOT
from core.settings import load as load_settings
from core.studio import Studio
from tests.scripted.model_server import ScriptedModel

SHARE = 0.7
NAMES = (
    "events", "whole run s", "killed after s", "from kill to end s", "share of the whole", "pages fetched again",
    "completion redone",
)  # fmt: skip
UNDER_WAY = (Status.QUEUED, Status.RUNNING)


class Metered(ScriptedModel):
    """Counts the words that went out, by what was asked and by attempt."""

    def __enter__(self) -> "Metered":
        self.words: dict[str, list[int]] = {}
        """Prompt hash -> words sent in each attempt."""
        return super().__enter__()  # type: ignore[return-value]

    async def _reply(self, outcome: str, asked: dict[str, Any], prompt: str, writer: Any) -> bool:
        self.words.setdefault(prompt, []).append(0)
        if not asked.get("stream"):
            whole = await super()._reply(outcome, asked, prompt, writer)
            self.words[prompt][-1] += len(self._text(outcome, asked)[0].split()) * whole
            return whole
        return await super()._reply(outcome, asked, prompt, _Meter(writer, self.words[prompt]))

    @property
    def redone_share(self) -> float:
        """Words sent in vain: in any attempt of a request but the last; over all words."""
        total = sum(sum(attempts) for attempts in self.words.values())
        return sum(sum(attempts[:-1]) for attempts in self.words.values()) / total


class _Meter:
    """A writer that counts the words of the answer that go through it."""

    def __init__(self, inner: Any, attempts: list[int]) -> None:
        self._inner, self._attempts = inner, attempts

    def write(self, data: bytes) -> None:
        if b'"content": "' in data and b'"role"' not in data:
            said = data.split(b'"content": "', 1)[1].split(b'"', 1)[0]
            self._attempts[-1] += len(said.split())
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
    fetched_again: int
    redone: float
    """Share of the completion's words."""


def report(*, times: int) -> None:
    """Print the table."""
    print(f"Medians of {times}; {load()} before.\n")
    print(f"| {' | '.join(NAMES)} |\n{'|---' * len(NAMES)}|")
    found = [_once(SUBJECTS[i % len(SUBJECTS)]) for i in range(times)]
    for one in found:
        print(
            _row(
                one.events,
                one.whole_s,
                one.killed_at_s,
                one.rest_s,
                one.rest_s / one.whole_s,
                one.fetched_again,
                one.redone,
            )
        )
    middle = [median(getattr(o, name) for o in found) for name in ("events", "whole_s", "killed_at_s", "rest_s")]
    share = median(one.rest_s / one.whole_s for one in found)
    print(
        "median " + _row(*middle, share, median(o.fetched_again for o in found), median(o.redone for o in found)),
        flush=True,
    )


def _row(events: float, whole: float, at: float, rest: float, share: float, again: float, redone: float) -> str:
    return f"| {events:.0f} | {whole:.1f} | {at:.1f} | {rest:.1f} | {share:.0%} | {again:.0f} | {redone:.1%} |"


def _once(topic: str) -> Outcome:
    events, whole_s, *_ = _run(topic, kill_at=None)
    _, end_s, killed_at, again, redone = _run(topic, kill_at=round(SHARE * events))
    return Outcome(events, whole_s, end_s - killed_at, killed_at, again, redone)


def _run(topic: str, *, kill_at: int | None) -> tuple[int, float, float, int, float]:
    """`(events, seconds, seconds until the kill, pages fetched again, share redone)`."""
    with (
        tempfile.TemporaryDirectory() as folder,
        SlowWeb() as web,
        Metered(first_token_s=0.3, tokens_per_s=80) as server,
    ):
        data, given = Path(folder), environment(Path(folder), server.base_url, web.base_url)
        studio = Studio(load_settings({}, given))
        worker = _worker(data, given)
        _until(studio.worker_alive)
        began, killed_at = time.monotonic(), 0.0
        run_id = studio.start(Brief(topic=topic, autopilot=True, engines=("searxng",), target="site"))
        try:
            if kill_at:
                _until(lambda: studio.store.events.last_seq(run_id) >= kill_at)
                worker.send_signal(signal.SIGKILL)
                killed_at = time.monotonic() - began
                worker.wait()
                worker = _worker(data, given)
            _until(lambda: _existing(studio, run_id).status not in UNDER_WAY)
            took = time.monotonic() - began
        finally:
            os.kill(worker.pid, signal.SIGKILL)
            worker.wait()
        run = _existing(studio, run_id)
        if run.status is not Status.PUBLISHED:
            raise SystemExit(f"{topic} ended as {run.status}: {run.error}")
        pages = Counter(path for *_, path in web.requests if not path.startswith(("/search", "/robots")))
        again = sum(n - 1 for n in pages.values())
        return studio.store.events.last_seq(run_id), took, killed_at, again, server.redone_share


def _worker(data: Path, given: dict[str, str]) -> "subprocess.Popen[bytes]":
    with (data / "worker.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "core", "worker"],
            cwd=ROOT,
            env=given,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )


def _existing(studio: Studio, run_id: str) -> Any:
    return studio.run(run_id)


def _until(condition: Any) -> None:
    end = time.monotonic() + 300
    while not condition():
        if time.monotonic() > end:
            raise SystemExit("it did not come to its end within five minutes")
        time.sleep(0.01)
