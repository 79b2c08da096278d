"""A call that takes three times its usual time is let go and asked for elsewhere."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.errors import Cancelled
from core.language.ledger import Ledger, request_json
from core.language.pace import Pace
from core.language.router import Router, TooSlow
from core.models import Call
from core.store import Store
from core.store.calls import Calls
from tests.language.requests_to_models import Rows, backend, plan_task, prose_task
from tests.scripted.model_server import ScriptedModel


def known(model: str = "big", seconds: float = 1.0) -> Pace:
    """A pace at which this model's prose usually takes so long."""
    pace = Pace()
    for _ in range(5):
        pace.took(model, prose_task(), seconds)
    return pace


def router(server: ScriptedModel, **given: Any) -> Router:
    """By its clock, an hour passes with every request that the server gets."""
    rows = given.pop("rows", Rows())
    return Router(
        lambda name: Ledger(backend(server, name, attempts=1), rows), model_for=lambda role: "big",
        clock=lambda: 3600.0 * len(server.requests), **given,
    )  # fmt: skip


def test_nothing_is_slow_before_a_few_answers_are_known_and_nothing_below_the_floor():
    pace = Pace(seen=3, floor_s=20.0)
    task = prose_task()
    for number, seconds in enumerate((1.0, 30.0, 10.0)):
        assert pace.limit_s("big", task) is None, number
        pace.took("big", task, seconds)
    assert pace.limit_s("big", task) == 30.0
    assert pace.limit_s("big", plan_task()) is None
    assert pace.limit_s("big", prose_task(max_tokens=8 * task.max_tokens)) is None, "long answers are another thing"
    for _ in range(20):
        pace.took("big", task, 0.1)
    assert pace.limit_s("big", task) == 20.0, "what was long ago does not count"


def test_a_slow_call_goes_to_the_next_model_and_what_it_cost_is_counted():
    told: list[Any] = []
    calls: list[Call] = []
    rows = Rows()
    with ScriptedModel(faults=["hung"]) as server:
        route = router(
            server, pace=known(), fallbacks={"writer": ["spare"]}, on_call=calls.append, rows=rows,
            on_fallback=lambda role, gone, to, error: told.append((role, gone, to, type(error))),
        )  # fmt: skip
        assert route.ask(prose_task()).model == "spare"
    assert told == [("writer", "big", "spare", TooSlow)]
    assert [(call.model, call.status) for call in calls] == [("big", "abandoned"), ("spare", "done")]
    assert calls[0].tokens_in > 0, "the provider read the prompt"
    assert [call.status for call in rows.of("failed")] == ["abandoned"]


def test_where_nobody_else_is_there_the_same_model_is_asked_once_more_and_its_first_words_are_void():
    shown: list[str] = []
    told: list[str] = []
    with ScriptedModel(faults=["silent"]) as server:
        route = router(server, pace=known(), on_fallback=lambda role, gone, to, error: told.append(to))
        reply = route.ask(prose_task(), on_text=shown.append, on_restart=shown.clear)
    assert "".join(shown) == reply.value
    assert told == ["big"]
    assert len(server.requests) == 2


def test_the_second_time_is_waited_for_and_a_person_can_still_stop_it():
    with ScriptedModel(faults=["hung", "hung", "hung"]) as server:
        with pytest.raises(Cancelled):
            router(server, pace=known()).ask(prose_task(), cancelled=lambda: len(server.requests) == 2)
        assert len(server.requests) == 2


def test_a_restart_forgets_no_usual_time(tmp_path: Path):
    task = prose_task()
    with closing(Store(tmp_path / "galley.db").database) as database:
        calls = Calls(database)
        for number in range(5):
            call = Call(key=f"{number}", run_id=None, role="writer", task=task.name, model="big", status="sent")
            calls.begin(call, request_json(task, "big") + " " * number)
            calls.finish(replace(call, status="done", seconds=30.0), '"said"')
        calls.add(replace(call, status="replayed", seconds=0.1))
        calls.begin(replace(call, key="open"), "{}")
        pace = Pace(before=calls.times)
        assert pace.limit_s("big", task) == 90.0
        assert pace.limit_s("small", task) is None
        assert len(calls.times(most=3)) == 1, "of the newest three calls one was answered"


def test_answers_from_the_ledger_say_nothing_about_the_pace():
    pace = Pace(seen=1, floor_s=0.0)
    with ScriptedModel() as server:
        rows = Rows()
        router(server, rows=rows).ask(prose_task())
        router(server, rows=rows, pace=pace).ask(prose_task())
    assert pace.limit_s("big", prose_task()) is None
