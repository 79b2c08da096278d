"""What has no known price is called so wherever money is shown, and never nothing."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from core.command import _result
from core.models import Run
from core.settings import ROOT
from pages.components.figures import money
from pages.components.live.feed import frame
from tests.agents.small_house import House, new_house, samples
from tests.scripted.model_server import ScriptedModel

__all__ = ["new_house", "samples"]


@pytest.fixture
def asked(new_house: Callable[..., House], monkeypatch: pytest.MonkeyPatch) -> tuple[House, Run]:
    """A run whose planner has a price and whose other roles have none; its twin was answered by the ledger."""
    monkeypatch.setattr("core.language.prices.on_this_machine", lambda address: False)
    with ScriptedModel() as server:
        house = new_house(base_url=server.base_url, default_model="house-blend", models={"planner": "gpt-4o"})
        run = house.work(house.start(words=300, autopilot=True))
        house.work(house.start(words=300, autopilot=True))
    monkeypatch.setenv("GALLEY_DATA", str(house.data))
    return house, run


def shown(page: str, **query: str) -> str:
    """All that a page says: its text, its tables, its figures."""
    app = AppTest.from_file(ROOT / "pages" / f"{page}.py", default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception, app.exception
    said = [element.value for kind in ("markdown", "caption", "metric") for element in app.get(kind)]
    tables = [frame.value.to_csv(index=False) for frame in app.dataframe]
    return "\n".join(str(part) for part in (*said, *tables))


def test_a_run_says_that_part_of_its_money_is_not_known(asked: tuple[House, Run]):
    house, run = asked
    assert run.unpriced > 0
    assert run.cost_usd > 0
    assert money(run.cost_usd, run.unpriced).startswith("at least $0.0")
    assert frame(house.studio, run.id, 0)["unpriced"] == run.unpriced
    assert _result(run, house.studio)["cost_usd"] is None


def test_the_pages_of_runs_and_costs_say_it_too(asked: tuple[House, Run]):
    for page, least in (("runs", 1), ("costs", 3)):
        said = shown(page)
        assert "at least $0.0" in said, page
        assert said.count("price unknown") >= least - (page == "runs"), f"{page}: {said}"
    assert "house-blend,price unknown" in shown("costs")
