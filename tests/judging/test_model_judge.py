import pytest

from core.judging.model_judge import combine, verdict_from
from core.language.tasks import JudgeClaim, JudgedClaim, JudgedQuote
from core.models import Label, Verdict

TEXT = "The trial found “a median of 2.9”. It ended\nin 2024."


@pytest.fixture
def source(passage):
    return passage(TEXT, start=100)


def judge(source, quotes, verdict="supported", confidence=90, **more):
    claim = JudgeClaim(number=4, text="The median was 2.9.", before="", passages=((source.id, source.text),))
    answer = JudgedClaim(
        claim=4,
        quotes=[JudgedQuote(passage=p, text=t) for p, t in quotes],
        verdict=verdict,
        confidence=confidence,
        **more,
    )
    return verdict_from(answer, claim, {source.id: source}, "oak")


def test_a_verbatim_quote_becomes_offsets_in_the_snapshot(source):
    verdict = judge(source, [(source.id, 'found "a median of 2.9". It ended in 2024')])
    assert (verdict.label, verdict.judge, verdict.passage_id) == (Label.SUPPORTED, "model:oak", source.id)
    assert TEXT[verdict.quote.start - 100 : verdict.quote.end - 100] == "found “a median of 2.9”. It ended\nin 2024"
    assert verdict.score == pytest.approx(0.95)


@pytest.mark.parametrize(
    "quotes", [[(1, "a median of 3.6")], [(99, "a median of 2.9")], [(1, "2.9"), (1, "made up")], []]
)
def test_a_quote_that_is_not_there_voids_the_verdict(source, quotes):
    assert judge(source, quotes) is None


def test_a_verdict_on_another_claim_is_void(source):
    claim = JudgeClaim(number=5, text="x", before="", passages=((source.id, source.text),))
    assert (
        verdict_from(JudgedClaim(claim=4, verdict="no_evidence", confidence=90), claim, {source.id: source}, "oak")
        is None
    )


def test_no_evidence_needs_no_quote_and_what_is_missing_is_said(source):
    verdict = judge(source, [], verdict="no_evidence", missing=["the number of homes"])
    assert (verdict.label, verdict.quote) == (Label.UNSUPPORTED, None)
    assert verdict.score < 0.1
    assert "the number of homes" in verdict.reason


def test_a_part_is_never_support_and_an_unsure_judge_is_doubtful(source):
    verdict = judge(source, [(source.id, "2.9")], verdict="partial", confidence=40)
    assert (verdict.label, verdict.doubtful) == (Label.PARTLY, True)


def of(label: Label, score: float) -> Verdict:
    return Verdict(label=label, score=score, reason="So.", judge="model:oak")


def test_disagreement_takes_the_majority_the_lower_score_and_is_doubtful():
    combined = combine([of(Label.SUPPORTED, 0.9), of(Label.PARTLY, 0.5), of(Label.SUPPORTED, 0.95)])
    assert (combined.label, combined.score, combined.doubtful) == (Label.SUPPORTED, 0.5, True)
    assert "2 supported, 1 partly" in combined.reason


def test_a_tie_takes_the_graver_label():
    assert combine([of(Label.SUPPORTED, 0.9), of(Label.CONTRADICTED, 0.1)]).label is Label.CONTRADICTED


def test_agreement_is_not_doubtful():
    assert combine([of(Label.SUPPORTED, 0.9), of(Label.SUPPORTED, 0.8)]) == of(Label.SUPPORTED, 0.8)


def test_nothing_cannot_be_combined():
    with pytest.raises(ValueError, match="no verdicts"):
        combine([])
