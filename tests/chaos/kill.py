"""Kill Galley with -9 at random moments over real runs, and count what was lost or done twice.

    python -m tests.chaos.kill                       208 kills, about three quarters of an hour
    python -m tests.chaos.kill --part "5 runs"       one part of it

`python -m core serve` runs as a person starts it. A worker at its work, its studio, its Phoenix, serve itself or all of
them at once are killed; what serve does not start again itself, a person does. The model answers over HTTP at
a slow pace and fails in every way there is, pages come from a server of their own, of which one in four is
bad, articles go to the site. Where a run fails at once, as it should at a 400, a person resumes it.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path

from core.models import Brief, Status
from core.studio import Studio
from tests.agents.small_house import open_house, with_samples
from tests.chaos.bad_web import BadWeb, bad_web
from tests.chaos.counting import FINISHED, Count, CountingModel, count, existing
from tests.chaos.product import EVERYTHING, SERVE, Product, kill_pids, pid_of, wait_until
from tests.chaos.viewer import Viewer
from tests.scripted.model_server import Faults

TOPICS = ("Heat pumps in old houses", "Sleep on night shifts", "Street trees in a hot city")
FAULTS = Faults(
    too_many=0.04, server_error=0.03, hung=0.01, truncated=0.01, cut=0.04, garbage=0.01, bad_request=0.005
)  # fmt: skip
SAVED = {
    "default_model": "scripted-large", "budget_usd": None, "request_timeout_s": 8.0, "page_deadline_s": 2.0,
    "page_bytes": 2_000_000,
}  # fmt: skip
LONGEST_PAUSE_S = 8.0
"""Between two kills at most, from the moment a worker is at work again."""
ENDED = (*FINISHED, Status.NO_EVIDENCE, Status.CANCELLED)


@dataclass(frozen=True)
class Part:
    """So many kills of each kind with so many runs at once."""

    at_once: int
    kills: dict[str, int]

    @property
    def name(self) -> str:
        return f"{self.at_once} run{'s' * (self.at_once > 1)}{' and Phoenix' * ('phoenix' in self.kills)}"


PLAN = (
    Part(1, {"worker": 30, "studio": 10, EVERYTHING: 10}),
    Part(5, {"worker": 45, "studio": 15, EVERYTHING: 15}),
    Part(20, {"worker": 45, "studio": 10, EVERYTHING: 10}),
    Part(5, {"worker": 4, "studio": 2, "phoenix": 4, SERVE: 4, EVERYTHING: 4}),
)


def rampage(
    part: Part, *, seed: int, folder: Path, say: Callable[[str], None], longest_pause_s: float = LONGEST_PAUSE_S
) -> Count:
    """Keep so many runs under way until all is killed that is to be, let them come to their end, and count."""
    chance = random.Random(seed)
    data = folder / "data"
    with CountingModel(tokens_per_s=150, first_token_s=0.3, faults=FAULTS, retry_after_s=1.0) as server:
        house = open_house(
            data, with_samples(folder), base_url=server.base_url, run_slots=max(4, part.at_once), **SAVED
        )
        studio = house.studio
        with bad_web(studio.store.database.path) as web, Product(data, phoenix=bool(part.kills.get("phoenix"))) as all_:
            ids: list[str] = []
            viewer = Viewer(all_, studio, ids)
            viewer.start()
            kinds = list(Counter(part.kills).elements())
            chance.shuffle(kinds)
            for done, kind in enumerate(kinds, 1):
                _keep_going(studio, ids, part.at_once, web)
                wait_until(lambda: _at_work(all_, studio, ids), 90, "a worker with a run")
                time.sleep(chance.uniform(0.0, longest_pause_s))  # the moment is the experiment, not a wait
                wait_until(lambda kind=kind: _killed(kind, all_, studio, ids, chance), 60, f"a {kind} to kill")
                if done % 5 == 0:
                    say(f"{part.name}: {done} kills, {_ended(studio, ids)} of {len(ids)} runs ended")
            wait_until(
                lambda: _keep_going(studio, ids, 0, web) or _ended(studio, ids) == len(ids), 120 + 20 * part.at_once,
                "the end of all runs",
            )  # fmt: skip
            wrong = viewer.wrong()
            statuses = dict(Counter(existing(studio, i).status.value for i in ids))
            say(f"{part.name}: {len(kinds)} kills; {statuses}; {len(viewer.seen)} runs watched, the feed broke off "
                f"{viewer.broken} times; faults: {_faults(server)}")  # fmt: skip
            for one in wrong:
                say(f"{part.name}: a viewer saw another story, {one}")
            return count(studio, ids, server, fetched_twice=len(web.fetched_although_kept), seen_wrong=len(wrong))


def _keep_going(studio: Studio, ids: list[str], at_once: int, web: BadWeb) -> None:
    """As a person does: begin new runs, and resume what failed."""
    for run_id in ids:
        if existing(studio, run_id).status is Status.FAILED:
            studio.resume(run_id)
    while len(ids) - _ended(studio, ids) < at_once:
        number = len(ids)
        topic = f"{TOPICS[number % len(TOPICS)]}, part {number + 1}"
        ids.append(studio.start(Brief(topic=topic, autopilot=True, target="site", urls=web.urls(number))))


def _ended(studio: Studio, ids: list[str]) -> int:
    return sum(existing(studio, i).status in ENDED for i in ids)


def _at_work(product: Product, studio: Studio, ids: list[str]) -> bool:
    return bool(_working(product, studio, ids)) or _ended(studio, ids) == len(ids)


def _working(product: Product, studio: Studio, ids: list[str]) -> list[int]:
    """The workers that live and hold a run."""
    running = (run for i in ids if (run := existing(studio, i)).status is Status.RUNNING)
    owners = {pid_of(run.owner) for run in running if run.owner}
    return sorted(pid for pid, name in product.processes().items() if name == "worker" and pid in owners)


def _killed(kind: str, product: Product, studio: Studio, ids: list[str], chance: random.Random) -> bool:
    """Kill a part; of the workers one, and one that holds a run where there is one."""
    if kind == "worker" and (working := _working(product, studio, ids)):
        kill_pids([chance.choice(working)])
        return True
    return product.kill(kind)


def _faults(server: CountingModel) -> dict[str, int]:
    return dict(Counter(received.outcome for received in server.requests if received.outcome != "ok"))


# --- the table ---------------------------------------------------------------


def table(rows: list[tuple[Part, Count]]) -> str:
    kinds = ("worker", "studio", "phoenix", SERVE, EVERYTHING)
    names = [one.name.replace("_", " ") for one in fields(Count)]
    lines = [f"| at once | killed: {' | '.join(kinds)} | {' | '.join(names)} |"]
    lines.append("|---" * (1 + len(kinds) + len(names)) + "|")
    for part, counted in rows:
        cells = [part.name, *(part.kills.get(kind, 0) for kind in kinds), *vars(counted).values()]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    total = rows[0][1]
    for _, counted in rows[1:]:
        total += counted
    cells = ["all", *(sum(part.kills.get(kind, 0) for part, _ in rows) for kind in kinds), *vars(total).values()]
    return "\n".join((*lines, f"| {' | '.join(map(str, cells))} |"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", action="append", choices=[part.name for part in PLAN], default=[])
    parser.add_argument("--share", type=float, default=1.0, help="of the kills")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="a folder for the data, kept")
    given = parser.parse_args()
    folder = given.keep or Path(tempfile.mkdtemp(prefix="galley-chaos-"))
    began = time.monotonic()
    rows = []
    for number, part in enumerate(PLAN):
        if given.part and part.name not in given.part:
            continue
        kills = {kind: max(1, round(n * given.share)) for kind, n in part.kills.items()}
        where = folder / str(number)
        where.mkdir(parents=True, exist_ok=True)
        counted = rampage(
            Part(part.at_once, kills), seed=given.seed + number, folder=where,
            say=lambda line: print(f"{time.monotonic() - began:6.0f} s  {line}", flush=True),
        )  # fmt: skip
        rows.append((Part(part.at_once, kills), counted))
        print(table(rows), flush=True)
    return 0 if all(counted.clean for _, counted in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
