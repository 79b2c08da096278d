"""The trial of a model judge, with judges that know, that guess, that agree with everything and that make up quotes."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from core.errors import LanguageError, SettingsError
from core.judging.trial import trial_claims
from tests.agents.small_house import House
from tests.agents.test_model_judge import given
from tests.scripted.answers import Messages
from tests.scripted.model_server import Faults, ScriptedModel

MODEL = "gpt-4o-mini"
TRUTH = {claim.text: claim.supported for claim in trial_claims()}


def judging(says: Callable[[dict[str, Any]], bool], quote: str = "") -> Callable[..., str]:
    """A judge that finds supported what `says` does, and quotes the passage's first sentence, or `quote`."""

    def reply(messages: Messages, response_format: dict[str, Any] | None) -> str:
        judged = []
        for claim in given(messages):
            number, text = claim["passages"][0]
            judged.append(
                {
                    "claim": claim["number"], "quotes": [{"passage": number, "text": quote or text.split(". ")[0]}],
                    "missing": [], "conflict": [], "confidence": 95,
                    "verdict": "supported" if says(claim) else "partial",
                }
            )  # fmt: skip
        return json.dumps({"claims": judged})

    return reply


@pytest.fixture
def tried(new_house: Callable[..., House]) -> Callable[..., House]:
    return lambda server: new_house(base_url=server.base_url, default_model=MODEL)


def test_the_claims_are_balanced_and_each_of_a_known_kind():
    assert (len(TRUTH), sum(TRUTH.values())) == (60, 30)
    assert {c.kind for c in trial_claims()} == {
        "paraphrase", "invention", "conflict", "shifted number", "over-generalisation", "lost hedge",
    }  # fmt: skip


def test_a_judge_that_knows_is_accepted_and_what_it_cost_is_kept(tried: Callable[..., House]):
    with ScriptedModel(answer=judging(lambda claim: TRUTH[claim["text"]])) as server:
        door = tried(server).studio.judging
        trial = door.run_trial()
    assert (trial.balanced_accuracy, trial.verbatim, trial.answered, trial.accepted) == (1.0, 1.0, 60, True)
    assert trial.cost_usd is not None
    assert trial.kinds["lost hedge"] == (6, 6)
    kept = door.trying().trial
    assert kept is not None
    assert kept.accepted
    assert door.accepted(MODEL)
    assert not door.accepted("another")


def test_a_judge_that_agrees_with_everything_is_not_accepted(tried: Callable[..., House]):
    with ScriptedModel(answer=judging(lambda claim: True)) as server:
        trial = tried(server).studio.judging.run_trial()
    assert (trial.balanced_accuracy, trial.accepted) == (0.5, False)


def test_a_judge_that_makes_up_its_quotes_is_not_accepted(tried: Callable[..., House]):
    with ScriptedModel(answer=judging(lambda claim: TRUTH[claim["text"]], quote="Nobody wrote this.")) as server:
        trial = tried(server).studio.judging.run_trial()
    assert (trial.verbatim, trial.answered, trial.accepted) == (0.0, 0, False)


def test_a_judge_out_of_reach_says_so_and_is_not_tried(tried: Callable[..., House]):
    with ScriptedModel(faults=Faults(unauthorized=1.0)) as server:
        door = tried(server).studio.judging
        with pytest.raises(LanguageError):
            door.run_trial()
    trying = door.trying()
    assert (trying.running, trying.trial) == (False, None)
    assert trying.problem
    assert trying.remedy


def test_without_a_model_there_is_nobody_to_try(new_house: Callable[..., House]):
    with pytest.raises(SettingsError, match="No model judges"):
        new_house().studio.judging.run_trial()
