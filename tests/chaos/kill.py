"""Kill workers with -9 at random moments over real runs, and count what was lost or done twice.

    python -m tests.chaos.kill --kills 30 --runs 12

Workers are real processes, the model answers over HTTP at a slow pace, pages come from a
server of their own, articles go to the site. A killed worker is replaced at once, and only
workers that hold a run are killed.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from core.models import Brief, Event, Run, Status
from core.settings import ROOT
from core.studio import Studio
from tests.agents.small_house import VARIABLES, open_house, with_samples
from tests.scripted.model_server import ScriptedModel

LEASE_S = 2.0
"""Shorter than in life, so that a silent worker's runs are taken over while one looks on."""

LAUNCH = (
    f"import sys, core.store.runs as runs; runs.LEASE_S = {LEASE_S}; "
    "from core.__main__ import main; sys.exit(main(['worker']))"
)
PAGES_A_RUN = 4
TOPICS = tuple(one["topic"] for one in json.loads((ROOT / "samples" / "topics.json").read_text()))
ENDED = (Status.PUBLISHED, Status.FINISHED, Status.GATE, Status.NO_EVIDENCE, Status.FAILED, Status.CANCELLED)


class CountingModel(ScriptedModel):
    """Counts the answers that reached the caller whole."""

    def __enter__(self) -> Self:
        self.delivered: Counter[str] = Counter()
        super().__enter__()
        self._loop.call_soon_threadsafe(self._loop.set_exception_handler, _unless_cut)
        return self

    async def _reply(self, outcome: str, asked: dict[str, Any], prompt: str, writer: Any) -> bool:
        whole = await super()._reply(outcome, asked, prompt, writer)
        self.delivered[prompt] += whole
        return whole


def _unless_cut(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """A killed caller's connection is reset, which is what this is about and no news."""
    if not isinstance(context.get("exception"), ConnectionError):
        loop.default_exception_handler(context)


@dataclass
class PageServer:
    """Serves the sample library's web pages under any number of addresses, and counts."""

    database: Path
    address: str = ""
    fetched: Counter[str] = field(default_factory=Counter)
    fetched_although_kept: list[str] = field(default_factory=list)

    def kept(self, url: str) -> bool:
        with closing(sqlite3.connect(self.database, timeout=30)) as connection:
            return connection.execute("SELECT 1 FROM run_sources WHERE url = ?", (url,)).fetchone() is not None


@contextlib.contextmanager
def page_server(database: Path) -> Iterator[PageServer]:
    pages = sorted((ROOT / "samples" / "library").rglob("*.html"))[:PAGES_A_RUN]
    counts = PageServer(database)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # noqa: N802 - the name http.server calls
            url = counts.address + self.path
            if not self.path.startswith("/run"):
                self.send_error(404)
                return
            counts.fetched[url] += 1
            if counts.kept(url):
                counts.fetched_although_kept.append(url)
            body = pages[int(self.path.rsplit("/", 1)[1])].read_bytes()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        counts.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield counts
        server.shutdown()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def start_worker(data: Path) -> "subprocess.Popen[bytes]":
    """A worker process of its own; what it says goes to `workers.log`."""
    environment = {key: value for key, value in os.environ.items() if key not in VARIABLES}
    environment |= {
        "GALLEY_DATA": str(data), "GALLEY_ALLOW_PRIVATE": "1", "GALLEY_SITE_PORT": str(free_port()),
        "PHOENIX_COLLECTOR_ENDPOINT": f"http://127.0.0.1:{free_port()}",
    }  # fmt: skip
    with (data / "workers.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-c", LAUNCH], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )


def kill(worker: "subprocess.Popen[bytes]") -> None:
    """Not a word of warning."""
    worker.send_signal(signal.SIGKILL)
    worker.wait()


def wait_until(condition: Callable[[], Any], most_s: float, what: str) -> Any:
    """Look twenty times a second until it holds; returns what it gave."""
    end = time.monotonic() + most_s
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError(f"after {most_s:.0f} s: {what} did not come")


# --- counting ---------------------------------------------------------------


@dataclass(frozen=True)
class Count:
    """What became of the runs; everything but `runs`, `finished` and `in_flight` should be 0."""

    runs: int
    finished: int
    steps_twice: int
    calls_twice: int
    in_flight: int
    """Requests that were under way at a kill: sent, never written down as answered; asked again."""
    paid_beyond: int
    """Whole answers given again by the server beyond those."""
    fetched_twice: int
    """Pages fetched again although they were kept."""
    published_twice: int
    events_lost: int
    money_apart: int
    """Runs whose row says other tokens or money than their calls."""


def count(studio: Studio, run_ids: list[str], server: CountingModel, fetched_twice: int = 0) -> Count:
    database = studio.store.database.path
    with closing(sqlite3.connect(database)) as c:
        c.row_factory = sqlite3.Row
        twice = c.execute(
            "SELECT count(*) FROM (SELECT key FROM calls WHERE status = 'done' GROUP BY key HAVING count(*) > 1)"
        ).fetchone()[0]
        in_flight = c.execute("SELECT count(*) FROM calls WHERE status = 'sent'").fetchone()[0]
    again = sum(times - 1 for times in server.delivered.values() if times > 1)
    found = [one(studio.run(run_id)) for run_id in run_ids]
    stories = [studio.events(run.id, limit=100_000) for run in found]
    keys = [Counter(e.data["key"] for e in story if e.kind == "step_finished") for story in stories]
    return Count(
        runs=len(found), finished=sum(run.status in (Status.PUBLISHED, Status.FINISHED, Status.GATE) for run in found),
        steps_twice=sum(times - 1 for key in keys for times in key.values()), calls_twice=twice, in_flight=in_flight,
        paid_beyond=max(0, again - in_flight), fetched_twice=fetched_twice,
        published_twice=sum(_published_twice(studio, run.id) for run in found),
        events_lost=sum(not _in_order(story) for story in stories),
        money_apart=sum(_apart(studio, run) for run in found),
    )  # fmt: skip


def _in_order(story: list[Event]) -> bool:
    """Numbered from 1 without a gap, and never back in time."""
    times = [event.at for event in story]
    return [event.seq for event in story] == list(range(1, len(story) + 1)) and times == sorted(times)


def _published_twice(studio: Studio, run_id: str) -> bool:
    rows = studio.publications(run_id)
    return len(rows) > 1 or any(row.version > 1 for row in rows)


def _apart(studio: Studio, run: Run) -> bool:
    calls = [call for call in studio.calls(run.id) if call.status not in ("replayed", "sent")]
    return (run.tokens_in, run.tokens_out) != (sum(c.tokens_in for c in calls), sum(c.tokens_out for c in calls))


def one(run: Run | None) -> Run:
    assert run is not None
    return run


# --- the long form ---------------------------------------------------------------


def rampage(kills: int, runs: int, *, seed: int, workers: int = 2, folder: Path, say: Callable[[str], None]) -> Count:
    """Start the runs, kill until it is enough, let the rest come to its end, and count."""
    chance = random.Random(seed)
    data = folder / "data"
    with CountingModel(tokens_per_s=150, first_token_s=0.3) as server:
        house = open_house(
            data, with_samples(folder), base_url=server.base_url, default_model="scripted-large", budget_usd=None,
            request_timeout_s=30.0,
        )  # fmt: skip
        studio = house.studio
        with page_server(studio.store.database.path) as pages:
            ids = [
                studio.start(
                    Brief(
                        topic=f"{TOPICS[i % len(TOPICS)]} Part {i + 1}", autopilot=True, target="site",
                        urls=tuple(f"{pages.address}/run{i}/{page}" for page in range(PAGES_A_RUN)),
                    )
                )
                for i in range(runs)
            ]  # fmt: skip
            crew = [start_worker(data) for _ in range(workers)]
            try:
                done = _kill_at_random(kills, crew, studio, ids, data, chance, say)
                wait_until(
                    lambda: all(one(studio.run(i)).status in ENDED for i in ids), 60 + 20 * runs, "the end of all runs"
                )
            finally:
                for worker in crew:
                    kill(worker)
            say(f"{done} kills; statuses: {dict(Counter(one(studio.run(i)).status.value for i in ids))}")
            return count(studio, ids, server, len(pages.fetched_although_kept))


def _kill_at_random(
    kills: int, crew: list["subprocess.Popen[bytes]"], studio: Studio, ids: list[str], data: Path,
    chance: random.Random, say: Callable[[str], None],
) -> int:  # fmt: skip
    for done in range(kills):
        holder = wait_until(lambda: _holder(crew, studio, ids) or _all_ended(studio, ids), 60, "a worker with a run")
        if holder is True:
            say(f"all runs ended after {done} kills")
            return done
        time.sleep(chance.uniform(0.0, 4.0))  # the moment is the experiment, not a wait for something
        kill(holder)
        crew[crew.index(holder)] = start_worker(data)
        if (done + 1) % 5 == 0:
            say(f"{done + 1} kills, {sum(one(studio.run(i)).status in ENDED for i in ids)} of {len(ids)} runs ended")
    return kills


def _holder(crew: list["subprocess.Popen[bytes]"], studio: Studio, ids: list[str]) -> "subprocess.Popen[bytes] | None":
    owners = {(run.owner or "").split("-")[0] for run in map(studio.run, ids) if run and run.status is Status.RUNNING}
    return next((worker for worker in crew if f"w{worker.pid}" in owners), None)


def _all_ended(studio: Studio, ids: list[str]) -> bool:
    return all(one(studio.run(i)).status in ENDED for i in ids)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--runs", type=int, default=12)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="a folder for the data, kept")
    given = parser.parse_args()
    folder = given.keep or Path(tempfile.mkdtemp(prefix="galley-chaos-"))
    folder.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    counted = rampage(
        given.kills, given.runs, seed=given.seed, workers=given.workers, folder=folder,
        say=lambda line: print(f"{time.monotonic() - began:6.0f} s  {line}", flush=True),
    )  # fmt: skip
    for name, value in vars(counted).items():
        print(f"| {name.replace('_', ' '):<16} | {value:>5} |")
    harmless = {"runs", "finished", "in_flight"}
    bad = counted.finished < counted.runs or any(v for name, v in vars(counted).items() if name not in harmless)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
