"""Which rule speaks, and where none should: beside the pairs, what was wrong on text that models wrote."""

import pytest

from core.judging.alignment import align_by_rule
from core.models import Label


def judged(passage, claim: str, text: str) -> tuple[Label, str]:
    verdict, rule = align_by_rule(claim, [passage(text)])
    return verdict.label, rule


def test_what_the_passage_says_on_a_condition_is_only_partly_said_without_it_and_the_reason_quotes_it(passage):
    source = passage("The log is truncated after a checkpoint unless a reader still needs it.")
    verdict, rule = align_by_rule("The log is truncated after a checkpoint.", [source])
    assert (verdict.label, verdict.doubtful, rule) == (Label.PARTLY, True, "a condition lost")
    assert "“unless a reader still needs it”" in verdict.reason


def test_a_case_told_in_the_sentence_before_counts(passage):
    text = (
        "If no reader holds the lock, the table can be truncated. In that case the server frees the disk space at once."
    )
    assert judged(passage, "The server frees the disk space at once.", text) == (
        Label.PARTLY,
        "a case told before lost",
    )


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("Add a second box on top of the nest box.", "If the hive is full, add a second box on top of the nest box."),
        (
            "Keep the records for three years.",
            "Keep the records for three years if you file a claim after your return.",
        ),
        (
            "The mill stopped its old machines for good.",
            "When the war ended, the mill stopped its old machines for good.",
        ),
    ],
)
def test_a_step_of_instructions_and_an_event_may_stand_without_their_if_and_when(passage, claim: str, text: str):
    assert judged(passage, claim, text)[1] == ""


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("Parking is there but it is not validated.", "attributes parking: street: True, validated: False, lot: False"),
        ("Gravy is a type of sauce, but not all sauces are gravy.", "As you can see, gravy is a type of sauce."),
        ("The price is determined by the market.", "The price is tied to the market, as determined by the Bureau."),
        (
            "Copper and tin mix to form bronze and no new element is formed.",
            "Answer: 1) copper and tin mix to form bronze and no new element is formed.",
        ),
        (
            "After evicting Ada Lopez and Eva Kim in two votes, Sam Klotz was the head.",
            "They had just evicted Eva Kim and Ada Lopez in two votes.",
        ),
        ("Joe Walsh was inducted in 2001.", "Walsh was inducted into one hall in 1998, and into another in 2001."),
    ],
)
def test_a_good_sentence_is_not_taken_for_a_contradiction(passage, claim: str, text: str):
    assert judged(passage, claim, text)[0] is not Label.CONTRADICTED


def test_how_long_the_text_itself_is_no_source_has_to_say(passage):
    text = "The council will plant four hundred trees in the old town, the mayor said."
    assert judged(passage, "Here is a summary of the article in 78 words:", text)[1] != "number missing"
    assert judged(passage, "The mayor said so in a speech of 78 words.", text)[1] == "number missing"


@pytest.mark.parametrize(
    ("claim", "rule"),
    [
        ("The grant rose by £7,500 between 2021 and 2023.", "a reckoning"),
        ("The grant fell between 2021 and 2023.", "a reckoning"),
        ("The grant rose by £2,500 between 2021 and 2023.", ""),
    ],
)
def test_two_values_tell_a_change_and_its_direction(passage, claim: str, rule: str):
    assert judged(passage, claim, "The grant was £5,000 in 2021 and £7,500 in 2023.")[1] == rule
