"""A model that does not answer, and a budget that nears its end: another model goes on, in words and to the cent."""

from collections.abc import Callable
from typing import Any

import pytest

from core.models import Call, Run, Status
from tests.agents.small_house import House, check_story
from tests.scripted.model_server import ScriptedModel

LARGE, SMALL = "gpt-4o", "gpt-4o-mini"


class Down(ScriptedModel):
    """One model always answers with a server fault where it is to write."""

    def _outcome(self, asked: dict[str, Any], prompt: str) -> str:
        return "server_error" if asked["model"] == LARGE and asked.get("stream") else super()._outcome(asked, prompt)


@pytest.fixture
def with_models(new_house: Callable[..., House], monkeypatch: pytest.MonkeyPatch) -> Callable[..., House]:
    """A house with a large model for every role, at the prices of an endpoint that is not on this machine."""
    monkeypatch.setattr("core.language.prices.on_this_machine", lambda address: False)

    def make(server: ScriptedModel, **saved: Any) -> House:
        given = {"base_url": server.base_url, "default_model": LARGE, "budget_usd": None}
        return new_house(**given | saved)

    return make


def ledger(house: House, run: Run) -> list[Call]:
    return [call for call in house.studio.calls(run.id) if call.status != "replayed"]


def check_money(house: House, run: Run) -> None:
    """What is shown of a run, and of the day, is what the ledger's calls cost."""
    cost = sum(call.cost_usd or 0.0 for call in ledger(house, run))
    assert cost > 0
    assert run.cost_usd == pytest.approx(cost, rel=0.01)
    assert sum(row["cost_usd"] or 0.0 for row in house.studio.costs()) == pytest.approx(cost, rel=0.01)


@pytest.mark.parametrize("chosen", [{"small_model": SMALL}, {"fallbacks": {"writer": [SMALL]}}])
def test_a_run_whose_writer_never_answers_is_finished_by_the_fallback(
    with_models: Callable[..., House], chosen: dict[str, Any]
):
    with Down() as server:
        house = with_models(server, **chosen)
        run = house.work(house.start(words=300, autopilot=True))
        assert run.status in (Status.FINISHED, Status.GATE), run.error
        written = {call.model for call in ledger(house, run) if call.role == "writer" and call.status == "done"}
        assert written == {SMALL}
        assert next(call.model for call in ledger(house, run)) == LARGE, "the planner asked it, and it answered"
        notes = {event.data["note"] for event in house.events(run.id, "fallback")}
        assert f"Writer: {LARGE} did not answer; {SMALL} took over." in notes
        assert not server.paid_twice
        check_money(house, run)
        check_story(house.events(run.id))


def test_from_seventy_percent_of_the_budget_the_small_model_goes_on(with_models: Callable[..., House]):
    with ScriptedModel() as server:
        house = with_models(server)
        first = house.work(house.start(autopilot=True))
        budget = first.cost_usd * 0.45
    with ScriptedModel() as server:
        house = with_models(server, small_model=SMALL)
        run = house.work(house.start(autopilot=True, budget_usd=budget))
        assert run.status in (Status.FINISHED, Status.GATE), run.error
        assert next(call.model for call in ledger(house, run)) == LARGE, "there is money enough for the plan"
        assert SMALL in {call.model for call in ledger(house, run) if call.role == "writer"}
        assert run.cost_usd < budget
        notes = [event.data["note"] for event in house.events(run.id, "budget")]
        assert notes[0].startswith("70 % of the budget of $")
        assert notes[0].endswith(f"is spent or under way; {SMALL} goes on for {LARGE}.")
        check_money(house, run)


def test_sections_written_side_by_side_do_not_spend_a_budget_many_times(with_models: Callable[..., House]):
    with ScriptedModel(first_token_s=0.05) as server:
        house = with_models(server)
        run = house.work(house.start(words=1200, autopilot=True, budget_usd=0.02))
        dearest = max(call.cost_usd or 0.0 for call in ledger(house, run))
        assert run.cost_usd <= 0.02 + dearest
        assert run.error["kind"] == "BudgetSpent"


def test_a_role_that_asks_no_model_is_given_none(with_models: Callable[..., House]):
    with ScriptedModel() as server:
        house = with_models(server, small_model=SMALL, models={"writer": "extractive"})
        run = house.work(house.start(words=300, autopilot=True, budget_usd=1e-5))
        assert not [call for call in ledger(house, run) if call.role == "writer"]


def test_a_verdict_names_the_model_that_gave_it(with_models: Callable[..., House]):
    class Judgeless(ScriptedModel):
        def _outcome(self, asked: dict[str, Any], prompt: str) -> str:
            judging = asked["messages"][0]["content"].startswith("You check claims")
            return "server_error" if asked["model"] == LARGE and judging else super()._outcome(asked, prompt)

    with Judgeless() as server:
        house = with_models(server, small_model=SMALL)
        run = house.work(house.start(autopilot=True))
        judges = {s.verdict.judge for s in house.draft(run.id).sentences if s.verdict}
        assert {name for name in judges if name.startswith("model:")} == {f"model:{SMALL}"}
