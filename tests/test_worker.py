"""The worker: leases, giving back, and going on when the store does not answer."""

import subprocess
import sys
import threading
import time
from typing import Any

import pytest

from core import worker as module
from core.errors import StoreError
from core.events import Kind
from core.models import Status
from core.settings import ROOT
from core.store.runs import LEASE_S
from core.worker import Worker
from tests.agents.small_house import House, check_story, house, new_house, samples

__all__ = ["house", "new_house", "samples"]


def test_a_worker_told_to_stop_gives_its_run_back_and_another_goes_on(house: House):
    run_id = house.start(autopilot=True)
    first = Worker(house.process)
    thread = threading.Thread(target=first.work)
    thread.start()
    while not house.events(run_id, "searching"):
        thread.join(0.01)
    first.stop()
    thread.join(15)
    assert not thread.is_alive()
    run = house.run(run_id)
    if run.status is Status.RUNNING:
        assert run.owner is None, "no lease has to run out"
    assert house.work(run_id).status is Status.FINISHED
    check_story(house.events(run_id))


def test_a_run_does_not_rest_before_its_story_says_so(house: House, monkeypatch: pytest.MonkeyPatch):
    class Killed(BaseException):
        pass

    add, kills = house.process.store.events.add, [Killed()]

    def killed_at_first(run_id: str, kind: str, *rest: Any, **how: Any) -> int:
        if kind == Kind.WAITING and kills:
            raise kills.pop()
        return add(run_id, kind, *rest, **how)

    monkeypatch.setattr(house.process.store.events, "add", killed_at_first)
    run_id = house.start()
    assert house.work(run_id).status is Status.PLAN
    assert [event.data["waits"] for event in house.events(run_id, "waiting")] == ["plan"]


def test_a_silent_workers_run_is_taken_over(house: House, monkeypatch: pytest.MonkeyPatch):
    run_id = house.start(autopilot=True)
    dead = house.process.store.runs.claim("wdead")
    assert house.process.store.runs.claim("another") is None, "its lease still runs"
    house.row("UPDATE runs SET lease_until = ? WHERE id = ?", time.time() - 1, run_id)
    assert house.work(run_id).status is Status.FINISHED
    assert house.run(run_id).attempt == dead.attempt + 1


def test_the_heartbeat_outlives_a_store_that_does_not_answer(house: House, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "LEASE_S", 0.06)
    worker = Worker(house.process)
    beats: list[int] = []

    def refuse_at_first() -> None:
        beats.append(1)
        if len(beats) < 3:
            raise StoreError("The disk is full.", remedy="Free some space.")
        worker._stopping.set()

    worker.announce = refuse_at_first  # type: ignore[method-assign]
    thread = threading.Thread(target=worker._beat)
    thread.start()
    thread.join(5)
    assert not thread.is_alive()
    assert len(beats) == 3


def test_a_worker_says_that_it_lives_and_that_it_is_gone(house: House):
    worker = Worker(house.process)
    thread = threading.Thread(target=worker.work)
    thread.start()
    while not house.studio.worker_alive():
        thread.join(0.01)
    worker.stop()
    thread.join(10)
    assert not house.studio.worker_alive()


def test_what_a_person_adds_is_taken_into_the_library_and_what_fails_is_told(house: House, tmp_path):
    (tmp_path / "sea").mkdir()
    (tmp_path / "sea" / "tides.md").write_text("# Tides\n\nThe tide in the Bay of Fundy rises by sixteen metres.\n")
    (tmp_path / "empty").mkdir()
    good, bad = house.studio.add_folder(str(tmp_path / "sea")), house.studio.add_folder(str(tmp_path / "empty"))
    worker = Worker(house.process)
    thread = threading.Thread(target=worker.work)
    thread.start()
    for _ in range(500):
        by_id = {ingest.id: ingest for ingest in house.studio.ingests()}
        if by_id[good].status == "done" and by_id[bad].status == "failed":
            break
        thread.join(0.02)
    worker.stop()
    thread.join(10)
    assert by_id[good].status == "done"
    assert "can be read" in by_id[bad].message
    assert house.studio.library("Tides").total == 1


HOLDER = """
import sys
from pathlib import Path
from core.store import Store
store = Store(Path(sys.argv[1]) / "galley.db")
store.presence.show("wkilled")
store.runs.worker_beat("wkilled", 1)
assert store.runs.claim("wkilled")
print("ready", flush=True)
sys.stdin.read()
"""


def test_what_a_killed_worker_held_goes_on_at_once_and_not_after_its_lease(house: House):
    run_id = house.start(autopilot=True)
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(house.data)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout
        holder.stdout.readline()
        store = house.process.store
        assert list(store.presence.ended()) == [], "it lives, though it does nothing"
        holder.kill()
    began = time.monotonic()
    worker = Worker(house.process)
    worker.restrict((run_id,))
    assert worker._claimed().id == run_id
    assert time.monotonic() - began < LEASE_S / 4
    assert list(store.presence.ended()) == [], "it is buried once"
    assert not house.studio.worker_alive()
