import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.judging.alignment import align
from core.judging.features import NAMES, compare, prepare, read_claim
from core.judging.words import fitted
from core.models import Label, Passage

TRIAL = (
    "The Aldermoor field trial monitored 164 homes built before 1945. The median seasonal performance factor "
    "measured in the Aldermoor field trial was 2.9. Households on a heat pump tariff paid about 30 per cent less for "
    "electricity."
)


def quoted(verdict, source: Passage) -> str:
    return source.text[verdict.quote.start - source.start : verdict.quote.end - source.start]


def test_the_same_words_are_supported_and_quoted_where_they_stand(passage):
    source = passage(TRIAL, start=500)
    verdict = align("The median  seasonal performance factor measured in the Aldermoor field trial was 2.9.", [source])
    assert (verdict.label, verdict.score, verdict.reason) == (Label.SUPPORTED, 1.0, "The same words, word for word.")
    assert (
        quoted(verdict, source)
        == "The median seasonal performance factor measured in the Aldermoor field trial was 2.9."
    )
    assert verdict.quote.start > 500


def test_quotation_marks_and_dashes_do_not_matter(passage):
    verdict = align('He called it "warm - at last".', [passage("He called it “warm – at last”.")])
    assert verdict.score == 1.0


def test_a_pronoun_or_a_note_on_it_does_not_spoil_the_same_words(passage):
    source = passage("The grant has changed. It pays £7,000.")
    assert align("It pays £7,000.", [source], before="Something else.").score == 1.0
    assert align("It [the grant] pays £7,000.", [source]).score == 1.0
    assert align("It [the bonus] pays £7,000.", [source]).score < 1.0


def test_words_within_a_denial_are_not_the_same_sentence(passage):
    verdict = align("The grant pays £3,200.", [passage("It is false that the grant pays £3,200.")])
    assert verdict.score < 1.0


def test_another_number_contradicts_and_both_are_named(passage):
    verdict = align("The median seasonal performance factor measured in the Aldermoor trial was 3.6.", [passage(TRIAL)])
    assert verdict.label is Label.CONTRADICTED
    assert "2.9" in verdict.reason
    assert "3.6" in verdict.reason


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("The trial covered 21 per cent of homes.", "The trial covered 12 % of homes."),
        ("The grant opened on 3 May 2017.", "The grant opened on 3 April 2017."),
        ("The pump needs 3 W of power.", "The pump needs 3 kW of power."),
        ("The town has 4.5 million people.", "The town has 45,000 people."),
    ],
)
def test_units_dates_and_scales_are_compared(passage, claim: str, source: str):
    assert align(claim, [passage(source)]).label is Label.CONTRADICTED


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("The pump needs 3 kW of power.", "The pump needs 3,000 watts of power."),
        ("The trial covered 12 percent of homes.", "The trial covered 12 % of homes."),
        ("The bridge is nearly 3 km long.", "The bridge is 2.9 kilometres long."),
    ],
)
def test_the_same_number_in_other_units_is_no_contradiction(passage, claim: str, source: str):
    assert align(claim, [passage(source)]).label is not Label.CONTRADICTED


def test_a_year_of_birth_in_brackets_is_not_the_year_of_anything_else(passage):
    source = passage("Ada Lorne (born 31 December 1961) is a writer best known for her work on the comic The Proof.")
    assert (
        align("Ada Lorne did her work on the comic The Proof in the 1990s.", [source]).label is not Label.CONTRADICTED
    )
    assert align("Ada Lorne, a writer known for The Proof, was born in 1971.", [source]).label is Label.CONTRADICTED


def test_a_number_from_nowhere_is_never_supported(passage):
    verdict = align("Households on a heat pump tariff paid less for electricity, saving £212.", [passage(TRIAL)])
    assert verdict.label in (Label.PARTLY, Label.UNSUPPORTED)
    assert verdict.reason == "The number £212 is not in the passage."


def test_a_denial_or_an_opposite_contradicts(passage):
    source = passage("Wall insulation is required for the Home Heat Grant in Wexcombe.")
    denied = align("Wall insulation is not required for the Home Heat Grant in Wexcombe.", [source])
    opposite = align(
        "Heating bills fell in most Wexcombe homes.", [passage("Heating bills rose in most Wexcombe homes.")]
    )
    assert (denied.label, opposite.label) == (Label.CONTRADICTED, Label.CONTRADICTED)
    assert denied.score < 0.1
    assert "rose" in opposite.reason


def test_what_the_passage_does_not_speak_of_is_unsupported_in_words_a_person_can_read(passage):
    verdict = align("Penguins migrate across Antarctica every winter.", [passage(TRIAL)])
    assert verdict.label is not Label.SUPPORTED
    assert "penguins" in verdict.reason


def test_a_paraphrase_scores_above_an_invention(passage):
    source = passage(TRIAL)
    near = align("In the Aldermoor field trial, 164 homes built before 1945 were monitored.", [source])
    far = align("In the Aldermoor field trial, landlords refused to pay for radiators.", [source])
    assert near.label is Label.SUPPORTED
    assert near.score > far.score + 0.1


def test_the_best_of_several_cited_passages_is_quoted(passage):
    other, source = passage("Trees cool streets in summer."), passage(TRIAL)
    verdict = align("The trial monitored 164 homes built before 1945.", [other, source])
    assert verdict.passage_id == source.id
    assert "164 homes" in quoted(verdict, source)


def test_a_sentence_that_cites_nothing_is_unsupported():
    verdict = align("Heat pumps work.", [])
    assert (verdict.label, verdict.score, verdict.quote) == (Label.UNSUPPORTED, 0.0, None)


def test_a_pronoun_for_somebody_the_passage_never_names_is_doubtful(passage):
    verdict = align(
        "It monitored 164 homes built before 1945.", [passage(TRIAL)], before="The study was run in Brackwell."
    )
    assert verdict.label is Label.PARTLY
    assert "Brackwell" in verdict.reason


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80), st.text(max_size=120))
def test_any_text_gets_a_verdict_with_a_quote_inside_its_passage(claim: str, text: str):
    source = Passage(id=1, source_id=1, snapshot_id=1, start=7, end=7 + len(text), text=text)
    verdict = align(claim, [source])
    assert 0 <= verdict.score <= 1
    assert verdict.quote is None or 7 <= verdict.quote.start < verdict.quote.end <= source.end


def test_the_fitted_weights_belong_to_these_measures(passage):
    measured = compare(read_claim("Homes are warm."), [prepare(passage(TRIAL))]).features
    assert len(measured) == len(NAMES)
    assert set(fitted()["model"]["weights"]) == set(NAMES)


def test_importing_the_judge_loads_no_learning_library():
    code = (
        "import sys, core.judging.alignment, core.judging.scorecard as _; "
        "print([m for m in ('numpy', 'sklearn', 'snowballstemmer', 'rapidfuzz') if m in sys.modules])"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )
