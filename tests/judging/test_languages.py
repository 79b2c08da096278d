"""Where the judge's rules, made for English, do not apply it says that it is not sure: a person's turn."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.judging import cascade
from core.judging.alignment import align
from core.judging.languages import language, with_points
from core.models import Label

GRANT = (
    "The Home Heat Grant pays £7,000 towards a heat pump. It closes in March 2028. Wall insulation is not required "
    "for the grant. The installer applies for it, and the owner signs the form."
)
ZUSCHUSS = (
    "Der Zuschuss für Wärmepumpen beträgt 7.500 Euro. Er endet im März 2028. Eine Dämmung der Wände ist für den "
    "Zuschuss nicht erforderlich. Den Antrag stellt der Installateur, und die Eigentümer unterschreiben das Formular."
)


@pytest.mark.parametrize(
    ("claim", "spoken"),
    [
        ("Der Zuschuss beträgt 7.000 Euro und endet im März 2028.", "German"),
        ("Der Zuschuss beträgt 3.200 Euro.", "German"),
        ("Eine Dämmung der Wände ist erforderlich.", "German"),
        ("Wärmepumpen senken Heizkosten.", "another language"),
        ("La subvention pour les pompes à chaleur est de 7 000 livres.", "French"),
        ("Elle se termine en mars 2028 pour toutes les maisons.", "French"),
        ("تبلغ منحة التدفئة المنزلية 7000 جنيه إسترليني.", "Arabic script"),
        ("La subvención es de 7.000 libras y termina en marzo.", "Spanish"),
    ],
)
def test_a_claim_in_another_language_than_its_passage_is_a_persons_turn(claim: str, spoken: str, passage):
    verdict = align(claim, [passage(GRANT)])
    assert (verdict.label, verdict.doubtful) == (Label.PARTLY, True)
    assert f"The sentence is in {spoken}, the passage in English" in verdict.reason
    assert cascade.needs_model(verdict), "a model that reads both decides, where there is one"


def test_an_english_claim_on_a_german_passage_is_a_persons_turn_too(passage):
    verdict = align("The grant for heat pumps is 7,500 euros.", [passage(ZUSCHUSS)])
    assert (verdict.label, verdict.doubtful) == (Label.PARTLY, True)


def test_a_passage_in_the_claims_language_among_others_is_the_one_that_counts(passage):
    source = passage(GRANT)
    assert align("The Home Heat Grant pays £7,000 towards a heat pump.", [passage(ZUSCHUSS), source]).score == 1.0
    paraphrase = "Towards a heat pump the Home Heat Grant pays £7,000."
    both, alone = align(paraphrase, [passage(ZUSCHUSS), source]), align(paraphrase, [source])
    assert (both.label, both.passage_id) == (alone.label, source.id)


@pytest.mark.parametrize(
    ("claim", "label"),
    [
        ("Der Zuschuss für Wärmepumpen beträgt 7.500 Euro.", Label.SUPPORTED),  # word for word
        ("Der Zuschuss für Wärmepumpen beträgt 3.200 Euro.", Label.CONTRADICTED),  # the same words, another figure
        ("Der Zuschuss für Wärmepumpen beträgt 7500 Euro.", Label.PARTLY),  # the same figure: no conflict
        ("Eine Dämmung der Wände ist für den Zuschuss erforderlich.", Label.PARTLY),  # denied there: not seen
        ("Die Eigentümer stellen den Antrag.", Label.PARTLY),  # turned round: not seen
        ("Bis März 2028 läuft der Zuschuss.", Label.PARTLY),  # a fair paraphrase: not seen either
    ],
)
def test_german_on_german_is_sure_of_the_same_words_and_of_other_figures_only(claim: str, label: Label, passage):
    verdict = align(claim, [passage(ZUSCHUSS)])
    assert (verdict.label, verdict.doubtful) == (label, label is Label.PARTLY)


@pytest.mark.parametrize(
    "text",
    [
        "La Niña returned in 2020.",
        "Die Hard opened in 1988.",
        "El Niño is a warming of the Pacific.",
        "Heat pumps cut bills.",
    ],
)
def test_foreign_names_do_not_make_a_sentence_foreign(text: str):
    assert language(text) == "English"


@given(st.text(max_size=200))
def test_any_text_has_a_language_or_none_and_figures_keep_their_places(text: str):
    assert isinstance(language(text), str)
    assert len(with_points(text, "German")) == len(text)
    assert with_points(with_points(text, "German"), "German") == text
