from pathlib import Path

import pytest

from core.judging.alignment import align
from core.judging.canaries import plant
from core.models import Label
from core.settings import ROOT

LIBRARY = sorted((ROOT / "samples" / "library").rglob("*.md"))


def test_a_canary_is_the_passages_own_sentence_with_another_number(passage):
    source = passage("The grant pays £7,000 for each home. It began in 2022 and it has ended since then.")
    canary = plant([source], seed="a")
    assert canary is not None
    assert canary.text.startswith("The grant pays £")
    assert "7,000" not in canary.text
    assert canary.passage is source
    assert align(canary.text, [source]).label is Label.CONTRADICTED


def test_where_no_figure_can_be_changed_the_sense_is_turned(passage):
    source = passage("A fan draws air across the coil, which is colder than the air itself.")
    canary = plant([source], seed="a")
    assert canary is not None
    assert "is not colder" in canary.text


def test_the_same_request_has_the_same_canary(passage):
    source = passage("The grant pays £7,000 for each home. The heat pump costs £12,400 in a small house.")
    assert plant([source], seed="x") == plant([source], seed="x")


def test_nothing_is_planted_where_nothing_is_surely_false(passage):
    assert plant([passage("Prices, as of now.\n\n- one\n- two")], seed="a") is None
    assert plant([], seed="a") is None


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_no_canary_of_the_sample_library_is_true(passage, path: Path):
    source = passage(path.read_text())
    for seed in ("a", "b", "c"):
        canary = plant([source], seed=seed)
        if canary:
            assert canary.text not in source.text
            assert align(canary.text, [source]).label is not Label.SUPPORTED
