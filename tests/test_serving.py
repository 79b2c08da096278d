"""Everything at once starts, and ends with whoever started it: nothing is left that holds ports or the database."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.settings import ROOT
from tests.agents.small_house import House, house, new_house, samples
from tests.chaos.product import SERVE, Product, kill_pids, pid_of, wait_until
from tests.scripted.model_server import ScriptedModel

__all__ = ["house", "new_house", "samples"]

STANDING = "SELECT count(*) FROM workers WHERE id LIKE 'w%'"
NOT_OURS = """
import signal, sys, time
print(sys.argv[1:], sys.stdin.read() == "", flush=True)
signal.signal(signal.SIGTERM, lambda *_: print("asked to end", flush=True) or (sys.exit(0) if {heeds} else None))
print("ready", flush=True)
while True:
    time.sleep(60)
"""


def tied(folder: Path, *, heeds: bool) -> "subprocess.Popen[str]":
    """A program that is not ours, started as ours are."""
    (folder / "notours.py").write_text(NOT_OURS.format(heeds=heeds))
    code = "import core.tied; core.tied.PATIENCE_S = 0.2; core.tied.main()"
    started = subprocess.Popen(
        [sys.executable, "-c", code, str(folder / "lock"), "notours", "--port", "1"], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": f"{ROOT}:{folder}"},
    )  # fmt: skip
    assert started.stdout
    assert started.stdout.readline() == "['--port', '1'] True\n", "it has its arguments, and nothing to read"
    assert started.stdout.readline() == "ready\n"
    return started


def test_a_program_that_is_not_ours_is_asked_to_end_when_its_starter_is_gone(tmp_path: Path):
    started = tied(tmp_path, heeds=True)
    assert started.poll() is None
    said, _ = started.communicate(timeout=20)  # closes our end of its standard input
    assert (said, started.returncode) == ("asked to end\n", 0)


def test_one_that_does_not_heed_is_killed(tmp_path: Path):
    started = tied(tmp_path, heeds=False)
    said, _ = started.communicate(timeout=20)
    assert (said, started.returncode) == ("asked to end\n", -signal.SIGKILL)


@pytest.fixture
def product(house: House) -> Iterator[Product]:
    with Product(house.data) as started:
        yield started


def test_killed_alone_it_leaves_nothing_behind_and_the_next_start_has_the_same_ports(
    new_house: Callable[..., House],
):
    with ScriptedModel(tokens_per_s=5) as server:
        house = new_house(base_url=server.base_url, default_model="scripted-large", budget_usd=None)
        with Product(house.data) as product:
            wait_until(lambda: product.studio and house.row(STANDING) == (2,), 60, "the studio and two workers")
            first = product.processes()
            assert sorted(first.values()) == ["serve", "studio", "worker", "worker"]
            run_id = house.start(autopilot=True)
            wait_until(lambda: house.events(run_id, "text"), 60, "a run that writes")

            product.kill(SERVE)
            wait_until(lambda: len(product.told("Studio")) == 2, 90, "the studio")
            second = product.processes()
            assert sorted(second.values()) == ["serve", "studio", "worker", "worker"]
            assert not first.keys() & second.keys()
            assert len(set(product.told("Studio"))) == 1, "at the same address"
            assert "what you publish" in product.told("Site")[1], "the port of the site is free again"
            for worker in (pid for pid, name in first.items() if name == "worker"):
                left = house.row("SELECT count(*) FROM workers WHERE pid = ?", worker)
                assert left == (0,), "each worker ended in order"
            wait_until(lambda: len(house.events(run_id, "run_claimed")) == 2, 30, "the run going on")


def test_what_a_worker_was_at_is_taken_up_by_the_one_that_stands_by(new_house: Callable[..., House]):
    with ScriptedModel(tokens_per_s=5) as server:
        house = new_house(base_url=server.base_url, default_model="scripted-large", budget_usd=None)
        with Product(house.data) as product:
            wait_until(lambda: house.row(STANDING) == (2,), 60, "two workers")
            run_id = house.start(autopilot=True)
            wait_until(lambda: house.events(run_id, "text"), 60, "a run that writes")
            workers = {pid for pid, name in product.processes().items() if name == "worker"}
            at_work = _claimed_by(house, run_id)[0]
            kill_pids([at_work])
            wait_until(lambda: len(_claimed_by(house, run_id)) == 2, 30, "the run going on")
            assert {_claimed_by(house, run_id)[1]} == workers - {at_work}


def _claimed_by(house: House, run_id: str) -> list[int]:
    """Process ids of the workers that took the run up, in order."""
    return [pid_of(event.data["worker"]) for event in house.events(run_id, "run_claimed")]


def test_a_studio_that_is_killed_while_it_starts_is_started_again(product: Product):
    wait_until(lambda: product.kill("studio"), 30, "a studio that starts")
    assert not product.told("Studio")
    wait_until(lambda: product.studio, 60, "the studio")


def test_a_second_one_on_the_same_folder_is_told_who_is_first(product: Product):
    address = wait_until(lambda: product.studio, 60, "the studio")
    (first,) = [pid for pid, name in product.processes().items() if name == "serve"]
    second = subprocess.run(
        [sys.executable, "-m", "core", "serve"], cwd=ROOT, env=product.environment, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert second.returncode == 1
    assert f"already (process {first}, {address})" in second.stderr
