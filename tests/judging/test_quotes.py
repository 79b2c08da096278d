from hypothesis import given
from hypothesis import strategies as st

from core.judging.quotes import bare, locate, normalise


def test_a_quote_is_found_whatever_its_quotation_marks_and_white_space():
    text = "She said: “It’s the\u00a0old \n house – mine.” Then left."
    place = locate('"It\'s the old house - mine."', text)
    assert place is not None
    assert text[place.start : place.end] == "“It’s the\u00a0old \n house – mine.”"


def test_one_changed_word_is_not_verbatim():
    assert locate("the new house", "the old house") is None


def test_nothing_is_not_a_quote():
    assert locate(" ", "the old house") is None


def test_ligatures_and_soft_hyphens_do_not_hide_a_quote():
    place = locate("efficient pumps", "the e\ufb03\u00adcient pumps")
    assert place is not None
    assert (place.start, place.end) == (4, 18)


@given(st.text(max_size=60), st.integers(0, 60), st.integers(0, 60))
def test_every_part_of_a_text_is_found_in_it(text: str, first: int, second: int):
    part = text[min(first, second) : max(first, second)]
    place = locate(part, text)
    if normalise(part):
        assert place is not None
        assert normalise(text[place.start : place.end]) == normalise(part)


def test_bare_sentences_keep_capitals_inside():
    assert bare("The US left.") != bare("The us left.")
