"""What a run will take is said before it starts, from what like runs took."""

import json
from collections.abc import Callable

import pytest

from core.__main__ import main
from core.models import Brief, Run
from tests.agents.small_house import HEAT_PUMPS, House, house, new_house, samples
from tests.scripted.model_server import ScriptedModel

__all__ = ["house", "new_house", "samples"]

MODEL = "gpt-4o-mini"


@pytest.fixture
def priced(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scripted server costs what an endpoint elsewhere costs."""
    monkeypatch.setattr("core.language.prices.on_this_machine", lambda address: False)


def finish(house: House, *topics: str) -> list[Run]:
    return [house.work(house.start(topic, words=300, autopilot=True)) for topic in topics]


def test_without_a_model_a_run_costs_nothing_and_its_time_is_learned(house: House):
    brief = Brief(topic=HEAT_PUMPS, words=300)
    first = house.studio.estimate(brief)
    assert (first.cost_usd, first.tokens, first.runs) == ((0.0, 0.0), (0.0, 0.0), 0)
    assert "guess" in first.told
    runs = finish(
        house, HEAT_PUMPS, "Do street trees cool a hot city?", "What does a heat pump cost to install and run?"
    )
    then = house.studio.estimate(brief)
    took = [house.studio.progress(run.id).elapsed_s for run in runs]
    assert then.runs == 3
    assert then.seconds[0] <= min(took) + 0.1
    assert max(took) - 0.1 <= then.seconds[1] <= 1.3 * max(took) + 0.2
    assert "from 3 runs like it" in then.told
    assert house.studio.estimate(Brief(topic=HEAT_PUMPS, words=3000)).runs == 0, "ten times the words is another thing"


def test_a_guess_holds_what_a_run_then_takes_and_like_runs_narrow_it(new_house: Callable[..., House], priced: None):
    with ScriptedModel(models=(MODEL,)) as server:
        house = new_house(base_url=server.base_url, default_model=MODEL, budget_usd=None)
        brief = Brief(topic=HEAT_PUMPS, words=300)
        guess = house.studio.estimate(brief)
        runs = finish(house, HEAT_PUMPS, "Do street trees cool a hot city?", "How noisy are heat pumps?")
        for run in runs:
            assert guess.cost_usd[0] <= run.cost_usd <= guess.cost_usd[1]
            assert guess.tokens[0] <= run.tokens_in + run.tokens_out <= guess.tokens[1]
        known = house.studio.estimate(brief)
        assert known.runs == 3
        assert known.cost_usd[1] - known.cost_usd[0] < guess.cost_usd[1] - guess.cost_usd[0]
        for run in runs:
            assert known.cost_usd[0] <= run.cost_usd <= known.cost_usd[1]
        twins = finish(house, HEAT_PUMPS)
        assert twins[0].cost_usd == 0, "answered by the ledger"
        assert house.studio.estimate(brief).runs == 3, "and no measure of what such a run costs"
        assert house.studio.estimate(Brief(topic="x", words=300, budget_usd=1e-6)).money.endswith(
            "stopped at $0.0000010"
        )


def test_an_unknown_price_is_called_unknown_and_never_nothing(new_house: Callable[..., House], priced: None):
    with ScriptedModel(models=("house-blend",)) as server:
        house = new_house(base_url=server.base_url, default_model="house-blend", budget_usd=None)
        brief = Brief(topic=HEAT_PUMPS, words=300, budget_usd=0.0)
        assert house.studio.estimate(brief).cost_usd is None
        assert house.studio.estimate(brief).money == "price unknown (house-blend)"
        finish(house, HEAT_PUMPS, "Do street trees cool a hot city?", "How noisy are heat pumps?")
        then = house.studio.estimate(brief)
        assert (then.runs, then.cost_usd, then.unpriced) == (3, None, ("house-blend",))
        assert then.tokens[0] > 0


def test_what_happens_at_seventy_percent_is_said_only_where_it_may_happen(
    new_house: Callable[..., House], priced: None
):
    house = new_house(base_url="http://127.0.0.1:9/v1", default_model="gpt-4o")
    brief = Brief(topic=HEAT_PUMPS, words=300, budget_usd=0.05)
    assert house.studio.estimate(brief).degrades == "", "no small model is set up"
    house.studio.save_settings({"small_model": MODEL})
    assert house.studio.estimate(brief).degrades == f"At $0.035, 70 % of the budget, {MODEL} takes over."
    assert house.studio.estimate(Brief(topic=HEAT_PUMPS, words=300, budget_usd=99.0)).degrades == ""
    house.studio.save_settings({"default_model": MODEL})
    assert house.studio.estimate(brief).degrades == "", "it goes on anyway"
    house.studio.save_settings({"default_model": "house-blend"})
    assert house.studio.estimate(brief).money == "price unknown (house-blend; a budget cannot stop what has no price)"


def test_the_command_says_it_and_starts_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("GALLEY_DATA", str(house.data))
    assert main(["run", "--estimate", HEAT_PUMPS, "tides"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith(f"{HEAT_PUMPS}: $0.00, 0 tokens")
    assert main(["run", "--estimate", "--json", HEAT_PUMPS]) == 0
    assert json.loads(capsys.readouterr().out)["cost_usd"] == [0.0, 0.0]
    assert house.studio.runs().total == 0
