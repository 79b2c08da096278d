import pytest

from core.judging.gate import decide
from core.models import Scorecard, SectionScore


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


def with_sections(*sections: SectionScore) -> Scorecard:
    names = ("claims", "supported", "partly", "unsupported", "contradicted", "unjudged")
    total = {name: sum(getattr(section, name) for section in sections) for name in names}
    share = (total["supported"] + 0.5 * total["partly"]) / total["claims"]
    return Scorecard(faithfulness=share, sections=sections, **total)


def test_a_weak_section_closes_it_though_the_article_is_good_enough():
    strong = SectionScore(heading="Cost", claims=20, supported=20)
    weak = SectionScore(heading="Noise", claims=4, supported=2, unsupported=2)
    gate = decide(with_sections(strong, weak), section_threshold=0.6)
    assert gate.reasons == ("In “Noise” faithfulness is 0.50, below 0.60: 2 of 4 claims are not fully supported.",)
    assert decide(with_sections(strong, weak)).passed


def test_a_section_of_two_claims_has_no_share_of_its_own():
    strong = SectionScore(heading="Cost", claims=20, supported=20)
    tiny = SectionScore(heading="", claims=2, supported=1, unsupported=1)
    assert decide(with_sections(strong, tiny), section_threshold=0.6).passed


def test_reasons_name_the_sections():
    gate = decide(
        with_sections(
            SectionScore(heading="", claims=3, supported=3),
            SectionScore(heading="Cost", claims=10, supported=9, contradicted=1),
            SectionScore(heading="Noise", claims=10, supported=9, unjudged=1),
        )
    )
    assert gate.reasons == (
        "1 claim is contradicted by what it cites, in “Cost”.",
        "1 claim is not judged yet, in “Noise”.",
    )


@pytest.mark.parametrize(("low", "high", "said"), [(0.7, 0.9, True), (0.85, 0.95, False), (0.5, 0.75, False)])
def test_an_estimate_on_either_side_of_the_gate_asks_for_a_person(low: float, high: float, said: bool):
    estimate = Scorecard(
        faithfulness=0.85, faithfulness_low=low, faithfulness_high=high, claims=20, supported=17, unsupported=3
    )
    gate = decide(estimate)
    assert gate.passed
    assert bool(gate.remarks) is said
    assert decide(estimate, certain=True).passed is not said


def test_few_claims_and_many_doubts_ask_for_a_person():
    few = Scorecard(faithfulness=1.0, faithfulness_low=1.0, faithfulness_high=1.0, claims=4, supported=4)
    assert decide(few).remarks == ("A person should look: 4 claims are too few for an estimate.",)
    doubtful = Scorecard(faithfulness=1.0, claims=10, supported=10, doubtful=6)
    assert "6 of 10 claims is doubtful" in decide(doubtful).remarks[0]
