"""The ledger's rows and what a run is said to have cost."""

from pathlib import Path

import pytest

from core.models import Brief, Call, Fork
from core.store import Store
from core.store.database import now


def call(run_id: str, **more: object) -> Call:
    given = {"key": "k", "role": "writer", "task": "section", "model": "m", "status": "sent", "tokens_in": 0}
    return Call(run_id=run_id, **given | more)  # type: ignore[arg-type]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "galley.db")


def test_a_run_has_cost_what_its_calls_have_cost_from_the_moment_they_are_written_down(store: Store):
    run_id = store.runs.add(Brief(topic="tides"))
    store.calls.begin(call(run_id), "{}")
    store.calls.finish(call(run_id, status="done", tokens_in=100, tokens_out=20, cost_usd=0.5), '"answer"')
    store.calls.begin(call(run_id, key="slow"), "{}")
    store.calls.fail(call(run_id, key="slow", status="abandoned", tokens_in=7, tokens_out=3, cost_usd=0.25))
    run = store.runs.get(run_id)
    assert (run.tokens_in, run.tokens_out, run.cost_usd, run.model_calls) == (107, 23, 0.75, 2)


def test_a_call_without_a_price_is_counted_as_such(store: Store):
    run_id = store.runs.add(Brief(topic="tides"))
    store.calls.begin(call(run_id), "{}")
    store.calls.finish(call(run_id, status="done", tokens_in=100, tokens_out=20, cost_usd=None), '"answer"')
    run = store.runs.get(run_id)
    assert (run.cost_usd, run.unpriced) == (0.0, 1)


def test_an_answer_belongs_to_the_run_that_asked_for_it(store: Store):
    first, second = (store.runs.add(Brief(topic="tides")) for _ in range(2))
    for run_id in (first, second):
        store.calls.begin(call(run_id), "{}")
    store.calls.finish(call(first, status="done", tokens_in=100, tokens_out=20, cost_usd=0.5), '"answer"')
    assert [(c.status, c.tokens_in) for c in store.calls.of_run(first)] == [("done", 100)]
    assert [c.status for c in store.calls.of_run(second)] == ["sent"]


def test_the_costs_of_a_day_are_the_sum_of_its_calls(store: Store):
    run_id, at = store.runs.add(Brief(topic="tides")), now()
    for cost_usd in (0.5, 0.25, None):
        store.calls.begin(call(run_id, at=at), "{}")
        store.calls.finish(call(run_id, at=at, status="done", tokens_in=100, tokens_out=20, cost_usd=cost_usd), '"a"')
    store.calls.add(call(run_id, at=at, status="replayed", cost_usd=0.0))
    store.calls.begin(call(run_id, at=at), "{}")
    only = {"day": at[:10], "model": "m", "role": "writer", "calls": 4, "tokens_in": 300, "tokens_out": 60}
    assert store.calls.by_day(7) == [only | {"cost_usd": 0.75, "replayed": 1, "unpriced": 1}]


def test_a_day_says_what_was_spent_in_vain_too_and_what_has_no_price(store: Store):
    run_id = store.runs.add(Brief(topic="tides"))
    for key, status, cost in (("a", "done", 0.5), ("b", "abandoned", 0.25), ("c", "failed", None)):
        store.calls.begin(call(run_id, key=key), "{}")
        spent = call(run_id, key=key, status=status, tokens_in=10, tokens_out=1, cost_usd=cost)
        store.calls.finish(spent, '"answer"') if status == "done" else store.calls.fail(spent)
    store.calls.add(call(run_id, key="a", status="replayed", cost_usd=0.0, at=now()))
    day = store.calls.by_day(1)
    assert sum(row["cost_usd"] for row in day) == store.runs.get(run_id).cost_usd == 0.75
    assert sum(row["unpriced"] for row in day) == 1


def test_only_runs_that_asked_a_model_are_offered_for_a_look_at_their_costs_newest_first(store: Store):
    old, free, gone, new = (store.runs.add(Brief(topic=topic)) for topic in ("old", "free", "gone", "new"))
    for run_id in (old, gone, new):
        store.calls.begin(call(run_id), "{}")
        store.calls.finish(call(run_id, status="done", tokens_in=100, tokens_out=20, cost_usd=0.5), '"answer"')
    store.runs.set(gone, deleted_at=now())
    store.runs.branch(new, Fork(run_id=old, seq=3, step="write"), {})
    assert [(run_id, title, step) for run_id, title, _, step in store.calls.askers(9)] == [
        (new, "new", "write"),
        (old, "old", None),
    ]
    assert [run_id for run_id, *_ in store.calls.askers(1)] == [new]
    assert free not in {run_id for run_id, *_ in store.calls.askers(9)}
