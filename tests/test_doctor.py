"""The doctor and the entailment model on disk: it is asked, and what is wrong with it is said with a remedy."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core.doctor import Check, examine
from core.settings import Settings
from core.store import Store

pytest.importorskip("onnx")
from tests.judging.small_entailment import write  # noqa: E402

Looked = Callable[[Path | None], Check]


@pytest.fixture
def looked(tmp_path: Path) -> Looked:
    """The doctor's line on the entailment model of a folder."""

    def look(folder: Path | None) -> Check:
        settings = Settings(data=tmp_path, phoenix="", entailment=str(folder) if folder else None)
        checks = examine(settings, Store(tmp_path / "galley.db"))
        return next(check for check in checks if check.name == "Entailment model")

    return look


def test_a_model_that_works_is_named_with_what_it_costs(looked: Looked, tmp_path: Path):
    check = looked(write(tmp_path / "tiny"))
    assert check.ok
    assert check.message.startswith("tiny, ")
    assert "ms for a claim" in check.message


def test_no_model_is_fine(looked: Looked):
    assert looked(None).ok


def test_a_folder_that_is_gone_is_told_with_a_remedy(looked: Looked, tmp_path: Path):
    check = looked(tmp_path / "gone")
    assert not check.ok
    assert "there is no model.onnx" in check.message
    assert check.remedy


def test_a_model_whose_classes_are_named_the_wrong_way_round_is_noticed(looked: Looked, tmp_path: Path):
    check = looked(write(tmp_path / "turned", labels=("entailment", "contradiction")))
    assert not check.ok
    assert "open on Mondays" in check.message
    assert "id2label" in check.remedy
