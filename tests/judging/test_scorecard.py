from datetime import date

import pytest

from core.judging.scorecard import score
from core.models import (
    Citation,
    Conflict,
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


def measured(*sentences: Sentence, evidence=(), questions=(COST,), question_id=1, **more):
    draft = Draft(title="Pumps", sections=(DraftSection(heading="Cost", question_id=question_id, sentences=sentences),))
    return score(draft, questions=questions, evidence=evidence, topic="heat pumps", **more)


def items(question_id: int, *passages, left_out=(), why="over the token budget"):
    used = [EvidenceItem(number=i, passage=p, score=1.0) for i, p in enumerate(passages, 1)]
    out = [EvidenceItem(number=0, passage=p, score=0.1, left_out=why) for p in left_out]
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


def test_two_figures_that_are_told_as_a_dispute_are_no_slip():
    card = measured(
        sentence("The sources disagree on this point.", Label.NOT_CHECKABLE, kind=SentenceKind.TRANSITION),
        sentence("The Aldermoor trial measured a factor of 2.9.", Label.SUPPORTED),
        sentence("The Aldermoor trial measured a factor of 3.6.", Label.SUPPORTED),
    )
    assert (card.logic, card.contradictions) == (1.0, 0)


def test_abuse_is_seen_and_ordinary_words_are_not():
    assert measured(sentence("These idiots bought a pump."), sentence("The pump was classic.")).toxicity == 0.5


def test_a_claim_that_cites_nothing_or_is_held_in_part_is_not_recalled(passage):
    says = passage("A heat pump costs about £12,800 to install.")
    card = measured(
        sentence("A heat pump costs about £12,800 to install.", Label.SUPPORTED, cites=(says.id,), on=says.id),
        sentence("It costs £12,800 and is loved by all.", Label.PARTLY, cites=(says.id,), on=says.id),
        sentence("Everybody wants one.", Label.UNSUPPORTED),
        evidence=[items(1, says)],
    )
    assert card.citation_recall == pytest.approx(1 / 3)


def test_relevant_passages_that_did_not_fit_cost_recall_and_repeated_ones_do_not(passage):
    first, second = passage("A heat pump costs £12,800 to install."), passage("Installing heat pumps costs £9,000.")
    claim = sentence("A heat pump costs £12,800 to install.", Label.SUPPORTED, cites=(first.id,), on=first.id)
    assert measured(claim, evidence=[items(1, first, left_out=[second])]).context_recall == 0.5
    again = items(1, first, left_out=[second], why="says the same as [1]")
    assert measured(claim, evidence=[again]).context_recall == 1.0
    off = items(1, first, left_out=[passage("Trees cool streets.")])
    assert measured(claim, evidence=[off]).context_recall == 1.0


def cited_once(*passages):
    claims = [sentence(p.text, Label.SUPPORTED, cites=(p.id,), on=p.id) for p in passages]
    return measured(*claims, evidence=[items(1, *passages)], today=date(2026, 1, 1))


def test_one_house_and_one_author_are_one_voice(passage):
    card = cited_once(
        passage("Pumps are quiet.", url="https://www.news.example.co.uk/a"),
        passage("Pumps are clean.", url="https://blog.example.co.uk/b", author="Ada Moss"),
        passage("Pumps are small.", url="https://other.example.org/c", author="Ada Moss and Ben Hale"),
        passage("Pumps are warm.", url="https://third.example.net/d", author="Cy Roe"),
    )
    assert card.cited_sources == 4
    assert 1 < card.voices < 2
    assert card.diversity == pytest.approx(card.voices / 4)


def test_a_press_release_printed_twice_is_one_voice(passage):
    text = "The council said on Monday that it will plant four thousand street trees along the river before spring."
    copies = (passage(text, url="https://one.example/x"), passage(text + " Read more.", url="https://two.example/y"))
    assert cited_once(*copies).voices == 1.0
    assert cited_once(copies[0], passage("Trees cool streets.", url="https://two.example/y")).voices == 2.0


def test_authors_on_a_site_for_everybody_are_voices_of_their_own(passage):
    one = passage("Pumps are quiet.", url="https://arxiv.org/abs/1", author="Ada Moss", site="arXiv")
    other = passage("Pumps are clean.", url="https://arxiv.org/abs/2", author="Cy Roe", site="arXiv")
    assert cited_once(one, other).voices == 2.0


def test_age_is_told_of_dated_sources_only(passage):
    card = cited_once(
        passage("Pumps are quiet.", published="2025-01-01"),
        passage("Pumps are clean.", published="2019"),
        passage("Pumps are warm."),
    )
    assert card.age_years == pytest.approx(3.75, abs=0.1)
    assert (card.old_share, card.dated_share) == (0.5, pytest.approx(2 / 3))
    undated = cited_once(passage("Pumps are warm.", published="last spring"))
    assert (undated.age_years, undated.old_share, undated.dated_share) == (None, None, 0.0)


def test_long_words_and_sentences_ask_for_more_schooling():
    easy = [sentence(text) for text in ["The pump is small and it does not make much noise at night."] * 10]
    hard = [sentence("Seasonal efficiency considerations necessitate comprehensive hydraulic recalibration.")] * 20
    assert measured(*easy).reading_grade < 6 < 15 < measured(*hard).reading_grade
    assert measured(*easy[:3]).reading_grade is None
    assert measured(*hard, language="de").reading_grade is None


def test_loaded_words_are_flagged_unless_they_are_quoted():
    card = measured(
        sentence("The so-called experts were wrong."),
        sentence("He called it “a shocking failure”."),
        sentence("The pump runs at night."),
        sentence("Pumps fail in winter."),
    )
    assert card.loaded == 0.25
    assert card.flags == ("Loaded or absolute: “so-called” in “The so-called experts were wrong.”",)


def test_praise_without_a_but_looks_one_sided():
    praise = [sentence(f"{name} pumps are efficient, reliable and safe.") for name in ("Oak", "Elm", "Ash", "Yew")]
    assert any(flag.startswith("One-sided: 12 of 12") for flag in measured(*praise).flags)
    assert not measured(*praise, sentence("However, they are costly.")).flags


def test_contradictions_are_counted_within_the_article_and_between_its_sources(passage):
    one, other, unused = passage("It was 2.9."), passage("It was 3.6."), passage("It was 4.")
    card = measured(
        sentence("The Aldermoor trial measured a factor of 2.9.", Label.SUPPORTED, cites=(one.id,), on=one.id),
        sentence("The Aldermoor trial measured a factor of 3.6.", Label.CONTRADICTED, cites=(one.id,), on=one.id),
        evidence=[items(1, one, other, unused)],
        conflicts=[
            Conflict(subject="factor", first=a.id, first_quote=a.text, second=b.id, second_quote=b.text)
            for a, b in ((one, other), (other, unused))
        ],
    )
    assert (card.contradictions, card.source_conflicts) == (2, 1)
    assert card.flags[0].startswith("These two disagree")


def test_without_a_model_judge_the_score_has_a_range_that_holds_most_of_the_time():
    sure = [sentence(f"Pump {n} hums.", Label.SUPPORTED) for n in range(20)]  # each with a probability of 0.9
    card = measured(*sure)
    assert 0.7 < card.faithfulness_low < 0.9 < card.faithfulness_high <= 1.0
    assert measured(*sure) == card
    few = measured(*sure[:4])
    assert few.faithfulness_low < card.faithfulness_low


def test_a_score_from_a_model_judge_is_no_estimate():
    by_model = Verdict(label=Label.SUPPORTED, score=0.97, reason="So.", judge="model:oak")
    card = measured(sentence("Pumps hum.", Label.SUPPORTED), Sentence(text="Pumps heat.", verdict=by_model))
    assert (card.faithfulness_low, card.faithfulness_high) == (None, None)


def test_every_section_is_counted_on_its_own():
    sections = (
        DraftSection(heading="", question_id=None, sentences=(sentence("Pumps heat.", Label.SUPPORTED),)),
        DraftSection(heading="Cost", question_id=1, sentences=(sentence("It is dear.", Label.CONTRADICTED),)),
    )
    card = score(Draft(title="Pumps", sections=sections), questions=[COST], evidence=[], topic="heat pumps")
    assert [(s.heading, s.faithfulness, s.contradicted) for s in card.sections] == [("", 1.0, 0), ("Cost", 0.0, 1)]


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
        card.context_recall,
        card.citation_recall,
        card.diversity,
        card.age_years,
        card.reading_grade,
        card.loaded,
        card.faithfulness_low,
    } == {None}
