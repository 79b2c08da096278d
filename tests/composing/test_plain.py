"""Marks come off, words stay, and every character can be found again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.language.composing.plain import normalise, plain, verbatim


@pytest.mark.parametrize(
    ("marked", "bare"),
    [
        ("**Heat** pumps [work](https://a.example/x_(y)) well.[3]", "Heat pumps work well."),
        ("- An *old* house", "An old house"),
        ("> quoted _words_ here", "quoted words here"),
        ("`gc.collect()` and __init__ stay", "gc.collect() and __init__ stay"),
        ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
        ("a figure[12][citation needed] stands", "a figure stands"),
        ("## Costs", "Costs"),
    ],
)
def test_marks_come_off_and_words_stay(marked, bare):
    assert plain(marked).text == bare


@given(st.text(alphabet=st.sampled_from("ab *_`[]()>#-1.\n\\~!"), max_size=80))
def test_every_character_is_where_the_offsets_say(text):
    result = plain(text)
    assert len(result.offsets) == len(result.text) + 1
    assert result.offsets[-1] == len(text)
    assert all(text[offset] == char for offset, char in zip(result.offsets, result.text, strict=False))
    assert list(result.offsets) == sorted(set(result.offsets))


def test_a_sentence_is_found_again_over_line_ends_quotes_and_marks():
    passage = "- The **median** price\n  was “£12,800” in 2025.[4] It fell."
    assert verbatim('The median price was "£12,800" in 2025.', passage)
    assert not verbatim("The median price was £12,900 in 2025.", passage)
    assert normalise(" a\n b ") == "a b"
