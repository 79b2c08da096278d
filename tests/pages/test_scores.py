"""Scores as people read them."""

import pytest

from core.models import Scorecard
from pages.components.words import SCORE_GROUPS, SCORES, judge_name
from pages.states.scores import told

CARD = Scorecard(
    faithfulness=0.934, voices=3.21, cited_sources=5, age_years=1.26, contradictions=2, reading_grade=8.4, toxicity=0.0
)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("faithfulness", "93 %"),
        ("voices", "3.2"),
        ("age_years", "1.3 years"),
        ("contradictions", "2"),
        ("reading_grade", "8"),
        ("toxicity", "0 %"),
        ("old_share", "not measured"),
    ],
)
def test_each_score_is_told_in_its_unit(name: str, said: str):
    assert told(name, CARD) == said


def test_every_score_stands_in_one_group_and_is_one_of_the_scorecard():
    grouped = [name for names in SCORE_GROUPS.values() for name in names]
    assert sorted(grouped) == sorted(SCORES)
    assert all(hasattr(CARD, name) for name in grouped)


def test_judges_have_names_for_people():
    assert judge_name("model:oak") == "oak"
    assert judge_name("alignment") == "the judge without a model"
