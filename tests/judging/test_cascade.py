import pytest

from core.judging import cascade
from core.judging.alignment import align
from core.models import Label, Verdict


def verdict(label: Label, score: float, *, doubtful: bool = False, judge: str = "alignment") -> Verdict:
    return Verdict(label=label, score=score, reason="Because.", judge=judge, passage_id=1, doubtful=doubtful)


SAYS_YES = verdict(Label.SUPPORTED, 0.95, judge="model:oak")


def test_clear_cases_cost_no_model_call(passage):
    source = passage("The grant pays £7,000.")
    assert not cascade.needs_model(align("The grant pays £7,000.", [source]))
    assert not cascade.needs_model(align("The grant pays £3,200.", [source]))
    assert not cascade.needs_model(align("The grant pays £7,000.", []))


@pytest.mark.parametrize(
    "doubt",
    [
        verdict(Label.SUPPORTED, 0.92),
        verdict(Label.PARTLY, 0.7),
        verdict(Label.UNSUPPORTED, 0.1),
        verdict(Label.CONTRADICTED, 0.1, doubtful=True),
    ],
)
def test_doubt_goes_to_the_model_and_low_scores_never_reject_alone(doubt: Verdict):
    assert cascade.needs_model(doubt)
    assert cascade.decide(doubt, SAYS_YES) == SAYS_YES


def test_a_number_conflict_is_not_overruled_in_silence():
    decided = cascade.decide(verdict(Label.CONTRADICTED, 0.02), SAYS_YES)
    assert (decided.label, decided.doubtful) == (Label.CONTRADICTED, True)
    assert "oak says supported" in decided.reason


def test_a_void_model_answer_leaves_the_first_verdict_doubtful_and_says_why():
    decided = cascade.decide(verdict(Label.UNSUPPORTED, 0.3), None, note=" The model judge gave no answer.")
    assert decided.doubtful
    assert decided.reason == "Because. The model judge gave no answer."
