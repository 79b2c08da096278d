"""A run whose money is spent waits for a person, who may give it more or leave it at what there is."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from core.models import Run, Status
from core.settings import ROOT
from pages.components.figures import money
from tests.agents.small_house import House, new_house, samples
from tests.scripted.model_server import ScriptedModel

__all__ = ["new_house", "samples"]


@pytest.fixture
def spent(new_house: Callable[..., House], monkeypatch: pytest.MonkeyPatch) -> tuple[House, Run]:
    monkeypatch.setattr("core.language.prices.on_this_machine", lambda address: False)
    with ScriptedModel() as server:
        house = new_house(base_url=server.base_url, default_model="gpt-4o")
        run = house.work(house.start(words=300, autopilot=True, budget_usd=0.00001))
    assert (run.status, run.error["kind"]) == (Status.FAILED, "BudgetSpent")
    monkeypatch.setenv("GALLEY_DATA", str(house.data))
    return house, run


def page(**query: str) -> AppTest:
    app = AppTest.from_file(ROOT / "pages" / "frame.py", default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def test_it_waits_among_the_others_with_what_it_needs(spent: tuple[House, Run]):
    house, run = spent
    plan = house.start(words=300)
    house.studio.store.runs.set(plan, status=Status.PLAN)
    assert [waiting.id for waiting in house.studio.waiting()] == [plan, run.id]
    home = page()
    assert "Waiting for you" in [heading.value for heading in home.subheader]
    assert "raise its budget, or take what there is" in [caption.value for caption in home.caption]


def test_it_is_left_at_what_there_is(spent: tuple[House, Run]):
    house, run = spent
    desk = page(run=run.id)
    assert "Or leave it at what there is" in desk.warning[0].value
    next(button for button in desk.button if button.label == "Leave it").click().run()
    assert house.studio.waiting() == []
    assert house.run(run.id).status is Status.CANCELLED
    assert house.run(run.id).error is None


def test_on_a_phone_the_list_of_runs_tells_state_and_cost_beside_the_title(spent: tuple[House, Run]):
    _, run = spent
    runs = AppTest.from_file(ROOT / "pages" / "runs.py", default_timeout=60).run()
    narrow = next(table.value for table in runs.dataframe if len(table.value.columns) == 3)
    assert narrow.iloc[0].tolist() == [run.title, f"$ Budget spent {money(run.cost_usd)}", f"/?run={run.id}"]
