import pytest

from core.judging.scorecard import score
from core.models import (
    Citation,
    Draft,
    DraftSection,
    Evidence,
    EvidenceItem,
    Label,
    Question,
    Sentence,
    SentenceKind,
    Verdict,
)

COST = Question(id=1, section="Cost", text="What does a heat pump cost to install?")
NOISE = Question(id=2, section="Noise", text="How loud is the outdoor unit?")


def sentence(
    text: str,
    label: Label | None = None,
    *,
    cites: tuple[int, ...] = (),
    on: int | None = None,
    kind=SentenceKind.CLAIM,
):
    verdict = label and Verdict(label=label, score=0.9, reason="So.", judge="alignment", passage_id=on)
    return Sentence(
        text=text, kind=kind, verdict=verdict, citations=tuple(Citation(number=p, passage_id=p) for p in cites)
    )


def measured(*sentences: Sentence, evidence=(), questions=(COST,), question_id=1):
    draft = Draft(title="Pumps", sections=(DraftSection(heading="Cost", question_id=question_id, sentences=sentences),))
    return score(draft, questions=questions, evidence=evidence, topic="heat pumps")


def items(question_id: int, *passages, left_out=()):
    used = [EvidenceItem(number=i, passage=p, score=1.0) for i, p in enumerate(passages, 1)]
    out = [EvidenceItem(number=0, passage=p, score=0.1, left_out="over the token budget") for p in left_out]
    return Evidence(question_id=question_id, items=(*used, *out))


def test_faithfulness_counts_claims_only_and_a_part_as_half():
    card = measured(
        sentence("A pump costs £12,800.", Label.SUPPORTED),
        sentence("It is loud.", Label.PARTLY),
        sentence("It is green.", Label.UNSUPPORTED),
        sentence("Nobody judged this."),
        sentence("What does it cost?", Label.NOT_CHECKABLE, kind=SentenceKind.TRANSITION),
        sentence("Two sources were left out.", kind=SentenceKind.NOTE),
    )
    assert card.faithfulness == pytest.approx(1.5 / 4)
    assert (card.claims, card.supported, card.partly, card.unsupported, card.contradicted, card.unjudged) == (
        4,
        1,
        1,
        1,
        0,
        1,
    )


def test_coverage_is_the_share_of_questions_with_a_supported_claim():
    assert measured(sentence("A pump costs £5.", Label.SUPPORTED), questions=(COST, NOISE)).coverage == 0.5
    assert measured(sentence("A pump costs £5.", Label.PARTLY), questions=(COST, NOISE)).coverage == 0.0
    assert measured(sentence("A pump costs £5.", Label.SUPPORTED), questions=()).coverage is None


def test_each_citation_is_checked_on_its_own(passage):
    says, other = passage("A heat pump costs about £12,800 to install."), passage("Trees cool streets in summer.")
    claim = sentence(
        "A heat pump costs about £12,800 to install.", Label.SUPPORTED, cites=(says.id, other.id, 99), on=says.id
    )
    assert measured(claim, evidence=[items(1, says, other)]).citation_accuracy == pytest.approx(1 / 3)


def test_context_precision_rewards_good_evidence_that_stands_first(passage):
    good, bad = passage("A heat pump costs £12,800 to install."), passage("Trees cool streets.")
    claim = sentence("A heat pump costs £12,800 to install.", Label.SUPPORTED, cites=(good.id,), on=good.id)
    assert measured(claim, evidence=[items(1, good, bad)]).context_precision == 1.0
    assert measured(claim, evidence=[items(1, bad, good)]).context_precision == 0.5
    assert measured(claim, evidence=[items(1, good, left_out=[bad])]).context_precision == 1.0
    assert measured(claim).context_precision is None


def test_an_answer_to_another_question_is_less_relevant():
    on_it = measured(sentence("To install a heat pump costs about £12,800.", Label.SUPPORTED))
    off_it = measured(sentence("Trees shade the street.", Label.SUPPORTED))
    assert on_it.answer_relevance > 0.9 > 0.5 > off_it.answer_relevance


def test_two_sentences_that_disagree_on_a_number_cost_logic():
    card = measured(
        sentence("The Aldermoor trial measured a factor of 2.9.", Label.SUPPORTED),
        sentence("The Aldermoor trial measured a factor of 3.6.", Label.SUPPORTED),
        sentence("Pumps are quiet.", Label.SUPPORTED),
        sentence("Pumps are clean.", Label.SUPPORTED),
    )
    assert card.logic == 0.5


def test_abuse_is_seen_and_ordinary_words_are_not():
    assert measured(sentence("These idiots bought a pump."), sentence("The pump was classic.")).toxicity == 0.5


def test_an_empty_draft_has_nothing_to_measure():
    card = score(Draft(title="Empty", sections=()), questions=[], evidence=[], topic="pumps")
    assert (card.faithfulness, card.claims) == (0.0, 0)
    assert {
        card.answer_relevance,
        card.context_precision,
        card.coverage,
        card.citation_accuracy,
        card.toxicity,
        card.logic,
    } == {None}
