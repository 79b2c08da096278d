"""Events: numbered without gaps whoever writes, and closed to a worker whose lease has gone."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from core.events import Kind
from core.models import Brief, Step
from core.store import Store
from core.store.events import LeaseLost


def test_eight_threads_number_without_a_gap(store: Store):
    run_id = store.runs.add(Brief(topic="tides"))
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda i: store.events.add(run_id, Kind.TEXT, Step.WRITE, {"i": i}), range(400)))
    events = store.events.after(run_id)
    assert [event.seq for event in events] == list(range(1, 401))
    assert sorted(numbers) == list(range(1, 401))
    assert {event.data["i"] for event in events} == set(range(400))
    assert [event.at for event in events] == sorted(event.at for event in events)


def test_runs_are_numbered_apart(store: Store):
    first, second = (store.runs.add(Brief(topic=topic)) for topic in ("tides", "bees"))
    store.events.add(first, Kind.TEXT, Step.WRITE, {})
    assert store.events.add(second, Kind.TEXT, Step.WRITE, {}) == 1
    assert store.events.last_seq(first) == 1


def test_a_worker_whose_lease_has_gone_cannot_write_on(store: Store):
    run_id = store.runs.add(Brief(topic="tides"))
    old = store.runs.claim("the first")
    store.runs.release(run_id, old.attempt)
    new = store.runs.claim("the second")
    assert new.attempt == old.attempt + 1
    with pytest.raises(LeaseLost):
        store.events.add(run_id, Kind.READ, Step.RESEARCH, {}, attempt=old.attempt)
    assert not store.runs.set(run_id, attempt=old.attempt, title="mine")
    assert not store.runs.beat(run_id, old.attempt)
    store.runs.release(run_id, old.attempt)
    assert store.runs.claim("a third") is None, "only the holder gives a run back"
    assert store.events.add(run_id, Kind.READ, Step.RESEARCH, {}, attempt=new.attempt) == 1


def test_one_run_is_claimed_once_however_many_ask(store: Store):
    ids = {store.runs.add(Brief(topic=f"topic {i}")) for i in range(5)}
    with ThreadPoolExecutor(8) as pool:
        claimed = [run for run in pool.map(lambda i: store.runs.claim(f"worker {i}"), range(24)) if run]
    assert sorted(run.id for run in claimed) == sorted(ids)


def test_a_run_reserved_for_one_worker_is_left_to_it(store: Store):
    run_id = store.runs.add(Brief(topic="tides"), reserved_for="mine")
    assert store.runs.claim("yours") is None
    assert store.runs.claim("mine").id == run_id


def test_what_a_finished_step_changed_is_remembered(store: Store):
    run_id = store.runs.add(Brief(topic="tides"))
    assert store.events.result(run_id, "plan:0") is None
    store.events.add(run_id, Kind.STEP_STARTED, Step.PLAN, {"key": "plan:0"})
    assert store.events.started(run_id, "plan:0")
    store.events.add(run_id, Kind.STEP_FINISHED, Step.PLAN, {"key": "plan:0", "update": {"plan_id": 4, "passed": True}})
    assert store.events.result(run_id, "plan:0") == {"plan_id": 4, "passed": True}
    assert not store.events.started(run_id, "plan:0")
    store.events.add(run_id, Kind.STEP_FINISHED, Step.PLAN, {"key": "plan:1", "update": {}})
    assert store.events.result(run_id, "plan:1") == {}
