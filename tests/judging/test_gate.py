from core.judging.gate import decide
from core.models import Scorecard


def card(**counts: int) -> Scorecard:
    claims = sum(counts.values())
    share = (counts.get("supported", 0) + 0.5 * counts.get("partly", 0)) / claims if claims else 0.0
    return Scorecard(faithfulness=share, claims=claims, **counts)


def test_a_draft_at_the_threshold_passes():
    assert decide(card(supported=8, unsupported=2)).passed


def test_one_contradicted_sentence_blocks_whatever_the_mean():
    gate = decide(card(supported=99, contradicted=1))
    assert not gate.passed
    assert gate.reasons == ("1 claim is contradicted by what it cites.",)


def test_an_unjudged_sentence_blocks():
    assert decide(card(supported=99, unjudged=1)).reasons == ("1 claim is not judged yet.",)


def test_reasons_stand_most_serious_first():
    gate = decide(card(supported=1, contradicted=2, unjudged=3, partly=2))
    assert [reason.split()[0] for reason in gate.reasons] == ["2", "3", "Faithfulness"]


def test_a_draft_without_claims_does_not_pass_unseen():
    assert not decide(card()).passed


def test_the_threshold_is_the_users():
    assert not decide(card(supported=8, unsupported=2), threshold=0.9).passed
