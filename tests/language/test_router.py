"""The router: a role's model, its fallbacks, and the end of the money."""

from typing import Any

import pytest

from core.errors import BudgetSpent, Cancelled, LanguageError, TransientLanguageError
from core.language.breaker import Breaker
from core.language.ledger import Ledger
from core.language.router import Router
from core.language.tasks import Reply
from core.models import Call
from tests.language.requests_to_models import Rows, backend, plan_task, prose_task
from tests.scripted.model_server import ScriptedModel


class Composed:
    """Stands where no model is asked."""

    def ask(self, task: Any, *, on_text: Any = None, cancelled: Any = None) -> Reply[Any]:
        return Reply(value="composed", model="extractive")


class Paid:
    """A backend that costs money, by its name."""

    def __init__(self, inner: Any) -> None:
        self._inner, self.model, self.free = inner, inner.model, False

    def ask(self, task: Any, **how: Any) -> Reply[Any]:
        return self._inner.ask(task, **how)


def router(server: ScriptedModel, model: str = "big", **given: Any) -> Router:
    made = given.pop("backend", lambda name: Paid(backend(server, name, attempts=1)))
    return Router(made, model_for=lambda role: model, **{"extractive": Composed} | given)


def asked(server: ScriptedModel) -> list[str]:
    return [request.body["model"] for request in server.requests]


def test_each_role_is_answered_by_its_model():
    with ScriptedModel() as server:
        roles = {"planner": "small", "writer": "big"}
        route = Router(lambda name: backend(server, name), model_for=roles.__getitem__)
        assert route.ask(plan_task()).model == "small"
        assert route.ask(prose_task()).model == "big"
    assert asked(server) == ["small", "big"]


def test_extractive_asks_no_model():
    with ScriptedModel() as server:
        assert router(server, "extractive", budget_usd=0.0).ask(prose_task()).value == "composed"
    assert asked(server) == []


def test_a_failing_model_is_replaced_and_the_replacement_is_told():
    told: list[Any] = []
    calls: list[Call] = []
    with ScriptedModel(faults=["server_error"]) as server:
        route = router(
            server,
            fallbacks={"writer": ["spare"]},
            on_fallback=lambda role, gone, to, error: told.append((role, gone, to, type(error))),
            on_call=calls.append,
        )
        reply = route.ask(prose_task())
    assert reply.model == "spare"
    assert told == [("writer", "big", "spare", TransientLanguageError)]
    assert [(call.model, call.status) for call in calls] == [("big", "failed"), ("spare", "done")]


@pytest.mark.parametrize("fault", ["unauthorized", "bad_request", "context"])
def test_a_request_that_is_itself_at_fault_is_not_put_to_the_next_model(fault: str):
    breaker = Breaker(failures=1)
    with ScriptedModel(faults=[fault]) as server, pytest.raises(LanguageError) as told:
        router(server, fallbacks={"writer": ["spare"]}, breaker=breaker).ask(prose_task())
    assert told.value.remedy
    assert asked(server) == ["big"]
    assert breaker.admits("big"), "and says nothing about whether the model is up"


def test_a_model_that_is_no_longer_there_is_replaced():
    with ScriptedModel(faults=["no_model"]) as server:
        assert router(server, fallbacks={"writer": ["spare"]}).ask(prose_task()).model == "spare"


def test_text_of_a_model_that_broke_off_is_taken_back_before_the_next_writes():
    shown: list[str] = []
    with ScriptedModel(faults=["cut"]) as server:
        route = router(server, fallbacks={"writer": ["spare"]})
        reply = route.ask(prose_task(), on_text=shown.append, on_restart=shown.clear)
    assert "".join(shown) == reply.value


def test_no_model_is_ever_replaced_by_composing_unless_a_person_chose_so():
    with ScriptedModel(faults=["server_error"] * 9) as server:
        with pytest.raises(TransientLanguageError):
            router(server).ask(prose_task())
        told: list[str] = []
        chosen = router(server, fallbacks={"writer": ["extractive"]}, on_fallback=lambda *what: told.append(what[2]))
        assert chosen.ask(prose_task()).model == "extractive"
        assert told == ["extractive"]


def test_a_model_that_fails_three_times_rests_and_is_tried_again():
    now = [0.0]
    with ScriptedModel(faults=[fault for _ in range(3) for fault in ("server_error", "ok")]) as server:
        breaker = Breaker(clock=lambda: now[0])
        reasons: list[str] = []
        route = router(
            server,
            breaker=breaker,
            fallbacks={"writer": ["spare"]},
            on_fallback=lambda role, gone, to, error: reasons.append(error.message),
        )
        for number in range(4):
            route.ask(prose_task(f"{number}"))
        assert asked(server)[-2:] == ["spare", "spare"], "the fourth request did not try the model that rests"
        assert "in a row" in reasons[-1]
        now[0] = 31.0
        assert route.ask(prose_task("5")).model == "big"


def test_a_model_without_a_fallback_is_asked_even_when_it_should_rest():
    with ScriptedModel(faults=["server_error"] * 3) as server:
        route = router(server)
        for _ in range(3):
            with pytest.raises(LanguageError):
                route.ask(prose_task())
        assert route.ask(prose_task()).model == "big"


def test_after_its_rest_only_one_request_tries_a_model():
    now = [0.0]
    breaker = Breaker(failures=1, clock=lambda: now[0])
    breaker.failed("m")
    assert not breaker.admits("m")
    now[0] = 30.0
    assert [breaker.admits("m"), breaker.admits("m")] == [True, False]
    breaker.undecided("m")
    assert breaker.admits("m")
    breaker.succeeded("m")
    assert breaker.admits("m")


@pytest.mark.parametrize(("spent", "model", "said"), [(0.69, "big", 0), (0.7, "small", 1), (0.9, "small", 2)])
def test_smaller_models_take_over_at_seventy_percent_of_the_budget_and_ninety_is_told(
    spent: float, model: str, said: int
):
    notes: list[Any] = []
    with ScriptedModel() as server:
        route = router(
            server,
            small_for={"writer": "small"},
            budget_usd=1.0,
            spent=lambda: spent,
            on_budget=lambda *what: notes.append(what),
        )
        assert [route.ask(prose_task()).model, route.ask(prose_task()).model] == [model, model]
        assert route.ask(plan_task()).model == "big", "a role without a small model keeps its own"
    assert len(notes) == said
    told = [
        "70 % of the budget of $1.00 is spent; small goes on for big.", "90 % of the budget of $1.00 is spent.",
    ][:said]  # fmt: skip
    assert sorted(note for *_, note in notes) == told


def test_at_the_end_of_the_budget_nothing_more_is_paid():
    with ScriptedModel() as server:
        route = router(server, fallbacks={"writer": ["spare"]}, budget_usd=0.5, spent=lambda: 0.5)
        with pytest.raises(BudgetSpent, match=r"\$0.50"):
            route.ask(prose_task())
        local = router(server, budget_usd=0.5, spent=lambda: 0.5, backend=lambda name: backend(server, name))
        assert local.ask(prose_task()).value, "a model on this machine costs nothing"
    assert asked(server) == ["big"]


def test_a_resumed_run_replays_what_it_paid_for_wherever_its_budget_stands():
    rows, calls = Rows(), []
    with ScriptedModel() as server:

        def kept(name: str) -> Ledger:
            return Ledger(Paid(backend(server, name)), rows)

        first = router(server, backend=kept).ask(prose_task())
        late = router(
            server,
            backend=kept,
            small_for={"writer": "small"},
            budget_usd=1.0,
            spent=lambda: 2.0,
            on_call=calls.append,
        )
        shown: list[str] = []
        assert late.ask(prose_task(), on_text=shown.append).value == first.value == "".join(shown)
        with pytest.raises(BudgetSpent):
            late.ask(prose_task("new"))
    assert asked(server) == ["big"]
    assert [call.status for call in calls] == ["replayed"]


def test_a_stopped_run_asks_nobody_and_blames_no_model():
    with ScriptedModel() as server:
        breaker = Breaker(failures=1)
        with pytest.raises(Cancelled):
            router(server, breaker=breaker).ask(prose_task(), cancelled=lambda: True)
        assert breaker.admits("big")
    assert asked(server) == []
