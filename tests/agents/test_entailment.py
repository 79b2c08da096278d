"""A folder with an entailment model in the settings: a run asks it, and says what is wrong when it cannot."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import SettingsError
from core.models import Status
from tests.agents.small_house import House, claims

pytest.importorskip("onnx")
from tests.judging.small_entailment import write  # noqa: E402


def test_a_changed_sentence_is_judged_with_the_users_model(new_house: Callable[..., House], tmp_path: Path):
    house = new_house(entailment=str(write(tmp_path / "tiny")))
    run = house.to_review()
    draft = house.draft(run.id)
    old = claims(draft)[0].text
    new = "Old houses, too, can be heated well by such means."
    markdown = house.studio.markdown(draft.id).replace(old, new)
    house.decide(run.id, "edit", draft_id=draft.id, markdown=markdown)
    changed = next(one for one in claims(house.draft(run.id)) if one.text == new)
    assert changed.verdict is not None
    assert changed.verdict.judge == "encoder tiny"


def test_a_folder_that_is_gone_stops_the_run_with_a_remedy(new_house: Callable[..., House], tmp_path: Path):
    house = new_house(entailment=str(tmp_path / "gone"))
    run = house.to_review()
    assert run.status == Status.FAILED
    assert "there is no model.onnx in it" in run.error["message"]
    assert run.error["remedy"]
    with pytest.raises(SettingsError, match=r"there is no model\.onnx"):
        house.studio.judging.try_entailment(str(tmp_path / "gone"))
