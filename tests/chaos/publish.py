"""Kill publishers with -9 while they publish, lose answers besides, and count what stands there twice or not at all.

    python -m tests.chaos.publish --articles 60 --kills 30

Three processes at a time publish the same articles to a content system over real HTTP that makes
a new post for every POST. One of them is killed at a random moment and replaced, again and again.
"""

import argparse
import contextlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from core.agents import delivery
from core.errors import PublishError
from core.settings import ROOT
from core.store import Store, publications
from tests.agents.small_cms import Small, SmallCms
from tests.publishing.conftest import assembled

PUBLISHERS = 3
LEASE_S = 1.0
"""Shorter than in life, so that a dead publisher's row is free again while one looks on."""
PASSWORD = "open sesame"


@dataclass(frozen=True)
class Count:
    """What became of the articles; everything but `articles`, `tried` and `kills` should be 0."""

    articles: int
    tried: int
    """Deliveries begun, by all publishers that were alive for long enough to say so."""
    kills: int
    duplicates: int
    """Posts beyond the first with the same key."""
    lost: int
    """Articles that are not live there."""
    untold: int
    """Rows that do not say so."""


def publisher(folder: Path, url: str, seed: int) -> None:
    """One process: publishes every article there is, in an order of its own, until all are live."""
    publications.LEASE_S = delivery.LEASE_S = LEASE_S  # type: ignore[attr-defined]
    store, target = Store(folder / "galley.db"), Small(url=url, password=SecretStr(PASSWORD))
    chance = random.Random(seed)
    while left := [row for row in store.publications.recent(10_000) if row.status != "live"]:
        row = chance.choice(left)
        with (folder / "tried").open("a") as tried:
            tried.write(f"{row.id}\n")
        with contextlib.suppress(PublishError):  # an answer that was lost twice: the next round looks it up
            delivery.deliver(store, row.id, target, lambda row: assembled(key=row.key), by="Ada", draft_id=1)


def rampage(articles: int, kills: int, *, seed: int, folder: Path, say: Callable[[str], None] = print) -> Count:
    """Publish, kill, let the rest come to its end, and count."""
    chance = random.Random(seed)
    store = Store(folder / "galley.db")
    for number in range(articles):
        store.publications.plan(f"r{number}", key=f"galley-r{number}", target="small", slug=f"tides-{number}")
    with SmallCms(password=PASSWORD, any_slug=True) as cms, _trouble(cms, chance):
        crew = [_start(folder, cms.url, chance.random()) for _ in range(PUBLISHERS)]
        try:
            done = 0
            while done < kills and len(cms.live()) < articles:
                time.sleep(chance.uniform(0.05, 0.5))  # the moment is the experiment, not a wait for something
                if (folder / "tried").exists():
                    victim = chance.randrange(PUBLISHERS)
                    _kill(crew[victim])
                    crew[victim] = _start(folder, cms.url, chance.random())
                    done += 1
            for worker in crew:
                worker.wait(120)
        finally:
            for worker in crew:
                _kill(worker)
        say(f"{done} kills, writes at the server: {dict(cms.writes)}")
        posts = Counter(post.key for post in cms.posts.values())
        live = {post.key for post in cms.live()}
    rows = store.publications.recent(10_000)
    return Count(
        articles=articles, tried=len((folder / "tried").read_text().split()), kills=done,
        duplicates=sum(times - 1 for times in posts.values()), lost=sum(row.key not in live for row in rows),
        untold=sum(row.status != "live" or row.version != 1 for row in rows),
    )  # fmt: skip


@contextlib.contextmanager
def _trouble(cms: SmallCms, chance: random.Random) -> Iterator[None]:
    """Every answer takes its time, some are lost after the work was done, some requests are refused."""
    over = threading.Event()

    def worry() -> None:
        while not over.wait(0.05):
            if not cms.faults:
                cms.faults.append(chance.choice(["", "", "lost", "lost", "down"]))

    cms.slow_s = (0.0, 0.15)
    thread = threading.Thread(target=worry, daemon=True)
    thread.start()
    yield
    over.set()
    thread.join()


def _start(folder: Path, url: str, seed: float) -> "subprocess.Popen[bytes]":
    code = (
        "import sys; from pathlib import Path; from tests.chaos.publish import publisher;"
        " publisher(Path(sys.argv[1]), sys.argv[2], int(float(sys.argv[3]) * 1e9))"
    )
    with (folder / "publishers.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-c", code, str(folder), url, str(seed)], cwd=ROOT, stdout=log, stderr=log,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip


def _kill(worker: "subprocess.Popen[bytes]") -> None:
    if worker.poll() is None:
        os.kill(worker.pid, signal.SIGKILL)
    worker.wait()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=60)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="galley-publish-"))
    counted = rampage(given.articles, given.kills, seed=given.seed, folder=folder)
    for name, value in vars(counted).items():
        print(f"| {name:<10} | {value:>5} |")
    return 1 if counted.duplicates or counted.lost or counted.untold else 0


if __name__ == "__main__":
    sys.exit(main())
