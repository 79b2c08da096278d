"""The small model and the fallbacks of single roles are set on the Settings page, and reach the runs."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from core.settings import ROOT
from tests.agents.small_house import House, new_house, samples

__all__ = ["new_house", "samples"]


def test_another_model_for_want_of_money_or_of_an_answer_is_set_in_the_form(
    new_house: Callable[..., House], monkeypatch: pytest.MonkeyPatch
):
    house = new_house(base_url="http://127.0.0.1:9/v1", default_model="large")
    monkeypatch.setenv("GALLEY_DATA", str(house.data))
    app = AppTest.from_file(ROOT / "pages" / "settings.py", default_timeout=60).run()
    assert not app.exception, app.exception
    said = {
        "Small model": "small", "Writer, if no answer comes": "other, third", "Judge, from 70 % of the budget": "fair",
    }  # fmt: skip
    for field in app.text_input:
        if field.label in said:
            field.input(said.pop(field.label))
    assert not said, "each field is there"
    next(button for button in app.button if button.label == "Save models").click()
    app.run()
    settings = house.studio.settings
    assert (settings.small_for("writer"), settings.small_for("judge")) == ("small", "fair")
    assert settings.fallbacks_for("writer") == ("other", "third")
    assert settings.fallbacks_for("judge") == ("fair",)
    assert settings.fallbacks_for("planner") == ("small",)
