"""The same thing told twice in one article."""

from hypothesis import example, given
from hypothesis import strategies as st

from core.agents.repeats import first_tellings
from core.models import DISPUTE, Sentence, SentenceKind


def claim(text: str, paragraph: int = 0) -> Sentence:
    return Sentence(text=text, paragraph=paragraph)


def dispute(*sides: str, paragraph: int = 0) -> list[Sentence]:
    opening = Sentence(text=DISPUTE, kind=SentenceKind.TRANSITION, paragraph=paragraph)
    return [opening, *(claim(side, paragraph) for side in sides)]


def texts(sections: list[list[Sentence]]) -> list[list[str]]:
    return [[one.text for one in section] for section in sections]


def test_what_a_section_has_told_no_later_one_tells_again():
    assert texts(first_tellings([[claim("It costs 9.")], [claim("it  costs 9."), claim("It lasts.")]])) == [
        ["It costs 9."],
        ["It lasts."],
    ]


def test_a_disagreement_told_before_leaves_no_line_that_leads_to_nothing():
    first, second = dispute("It costs 9.", "It costs 12."), dispute("It costs 9.", "It costs 12.")
    assert texts(first_tellings([first, [*second, claim("It lasts.")]])) == [
        [DISPUTE, "It costs 9.", "It costs 12."],
        ["It lasts."],
    ]


def test_a_disagreement_of_which_one_side_was_told_names_both():
    assert texts(first_tellings([[claim("It costs 9.")], dispute("It costs 9.", "It costs 12.")])) == [
        ["It costs 9."],
        [DISPUTE, "It costs 9.", "It costs 12."],
    ]


def test_what_follows_in_the_next_paragraph_is_no_side_of_a_disagreement():
    section = [*dispute("It costs 9."), claim("It costs 12.", paragraph=1)]
    assert texts(first_tellings([[claim("It costs 9.")], section])) == [["It costs 9."], ["It costs 12."]]


def test_leading_over_twice_is_no_repeat():
    line = Sentence(text="What does it cost?", kind=SentenceKind.TRANSITION)
    assert texts(first_tellings([[line], [line]])) == [["What does it cost?"]] * 2


_SENTENCES = st.builds(
    lambda text, paragraph, lead: dispute(paragraph=paragraph)[0] if lead else claim(text, paragraph),
    st.sampled_from("abcd"), st.integers(0, 2), st.booleans(),
)  # fmt: skip


@example([[claim("b"), *dispute(paragraph=1), claim("b"), *dispute("a", "a", paragraph=1)]])
@given(st.lists(st.lists(_SENTENCES, max_size=8), max_size=4))
def test_no_claim_is_lost_and_nothing_changes_the_second_time(sections: list[list[Sentence]]):
    kept = first_tellings(sections)
    assert {one.text for section in sections for one in section} - {DISPUTE} == {
        one.text for section in kept for one in section
    } - {DISPUTE}
    assert first_tellings(kept) == kept
