"""The thresholds a reader relies on are those that were measured, on data that can be named."""

import re

import numpy as np
import pytest

from core.judging import cascade, fitted, words
from core.judging.alignment import align
from core.judging_door import JudgingDoor


def test_thresholds_stand_beside_the_hash_of_the_data_they_were_chosen_on():
    written = words.fitted()
    assert all(re.fullmatch(r"[0-9a-f]{64}", digest) for digest in written["data"].values())
    thresholds = fitted.fitted().thresholds
    assert 0 < thresholds.unlikely <= thresholds.partly < thresholds.supported < thresholds.accept < 1
    table = {row[0]: row for row in written["scores"]}
    assert table[thresholds.accept][3] <= 0.06, "lets through more than was asked for"


def test_other_thresholds_make_other_verdicts(passage):
    source = passage("The Aldermoor field trial monitored 164 homes built before 1945.")
    claim = "In the Aldermoor field trial, 164 homes built before 1945 were monitored."
    here = fitted.fitted()
    written = words.fitted()
    strict = fitted.read(written | {"thresholds": written["thresholds"] | {"supported": 0.9999}})
    assert align(claim, [source], by=here).label == "supported"
    assert align(claim, [source], by=strict).label == "partly"
    assert cascade.needs_model(align(claim, [source]), 0.9999)


def test_the_quality_page_shows_what_was_measured_without_any_report_at_hand():
    measured = JudgingDoor(None, None, None).measured()  # type: ignore[arg-type]  # asks neither store nor settings
    assert measured.accepted_at in {row[0] for row in measured.thresholds}
    assert 0 < measured.asked < 1
    assert measured.outcomes[0][0] == "no model"


def test_thresholds_are_chosen_as_their_description_says():
    choose = pytest.importorskip("benchmarks.judge").choose
    y = np.array([0] * 100 + [1] * 900)
    scores = np.concatenate([np.linspace(0.0, 0.99, 100), np.linspace(0.3, 0.999, 900)])
    chosen = choose(scores, y)
    assert (scores[y == 0] >= chosen.accept).mean() <= 0.06 < (scores[y == 0] >= chosen.accept - 0.01).mean()
    assert (y[scores < chosen.partly] == 0).mean() >= 0.4
    assert (y[scores < chosen.unlikely] == 0).mean() > 0.5
