from itertools import chain

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.judging.sentences import classify, parse_prose, render_prose, split
from core.models import SentenceKind


def pieces(text: str) -> list[str]:
    return [text[span.start : span.end] for span in split(text)]


def test_abbreviations_initials_decimals_and_urls_do_not_end_a_sentence():
    text = (
        "Dr. J. R. Smith of the U.S. Dept. of Energy said e.g. that 3.5 kWh is enough. "
        "See https://x.example/a.b?c=d for approx. 5 % of No. 7. He left."
    )
    assert pieces(text) == [
        "Dr. J. R. Smith of the U.S. Dept. of Energy said e.g. that 3.5 kWh is enough.",
        "See https://x.example/a.b?c=d for approx. 5 % of No. 7.",
        "He left.",
    ]


def test_markers_after_the_full_stop_stay_with_their_sentence():
    assert pieces("It was so.[3] Next came [4]. Then it ended. [5][6] All left.") == [
        "It was so.[3]",
        "Next came [4].",
        "Then it ended. [5][6]",
        "All left.",
    ]


def test_headings_and_list_items_are_sentences_without_their_signs():
    assert pieces("# Costs\n- A pump costs £12,800\n- A boiler £2,900\n1. Ask first") == [
        "Costs",
        "A pump costs £12,800",
        "A boiler £2,900",
        "Ask first",
    ]


def test_a_wrapped_line_is_not_cut_in_two():
    text = "The Aldermoor field trial monitored 164 homes built before the\nSecond World War. It ended in 2024."
    assert [p.replace("\n", " ") for p in pieces(text)] == [
        "The Aldermoor field trial monitored 164 homes built before the Second World War.",
        "It ended in 2024.",
    ]


def test_quotations_end_with_their_quotation_mark():
    assert pieces("“It is warm.” She smiled. He asked: “Really?”") == [
        "“It is warm.”",
        "She smiled.",
        "He asked: “Really?”",
    ]


@given(st.text(alphabet=st.sampled_from("ab AB1.!?[]\n-#“”'é…\r\u2028 "), max_size=120))
def test_spans_are_ordered_trimmed_and_lose_no_letter(text: str):
    spans = split(text)
    for before, after in zip(spans, spans[1:], strict=False):
        assert before.end <= after.start
    for span in spans:
        assert text[span.start : span.end].strip() == text[span.start : span.end] != ""
    inside = {at for span in spans for at in range(span.start, span.end)}
    assert all(at in inside for at, letter in enumerate(text) if letter.isalpha())


@pytest.mark.parametrize(
    "sentence",
    [
        "What does it cost?",
        "The next section looks at costs.",
        "Let us now turn to the details.",
        "Here is how it works.",
        "***",
    ],
)
def test_sentences_that_say_nothing_need_no_source(sentence: str):
    assert classify(sentence) is SentenceKind.TRANSITION


@pytest.mark.parametrize(
    "sentence",
    [
        "Heat pumps work in old houses.",
        "This section shows why heat pumps fail.",
        "The next section looks at the Aldermoor trial.",
        "Did you know that pumps fail?",
        "Is 40 per cent enough?",
        "We look at pumps, which are cheaper than boilers.",
        "In this section costs rise.",
        "42",
    ],
)
def test_whatever_could_be_false_is_a_claim(sentence: str):
    assert classify(sentence) is SentenceKind.CLAIM


def test_prose_as_writers_really_write_it_is_read():
    text = (
        "## Costs\n```\nThe grant pays £7,000 [3][8].\n- It is open [4, 5], and rents stay. [6-7]\n```\n\n"
        "**More**\nPumps cost more. Boilers cost less.[2]\n[9]\nNobody knows why."
    )
    assert parse_prose(text) == [
        [("The grant pays £7,000.", (3, 8)), ("It is open, and rents stay.", (4, 5, 6, 7))],
        [("Pumps cost more.", (2,)), ("Boilers cost less.", (2, 9)), ("Nobody knows why.", ())],
    ]


@pytest.mark.parametrize(
    "line", ["It costs £5.[2].", "It costs £5 [2] .", "It costs £5. [2]", "[2] It costs £5.", "- It costs £5[2]."]
)
def test_a_marker_anywhere_leaves_one_full_stop(line: str):
    assert parse_prose(line) == [[("It costs £5.", (2,))]]


def test_a_question_does_not_take_the_citation_of_its_answer():
    assert parse_prose("What does it cost? It costs £5. [1]") == [[("What does it cost?", ()), ("It costs £5.", (1,))]]


WORDS = st.lists(st.sampled_from(["pumps", "homes", "warm", "cost", "£5", "3.5", "London"]), min_size=2, max_size=6)
SENTENCES = WORDS.map(lambda found: f"The {' '.join(found)} rose.")
NUMBERS = st.lists(st.integers(1, 99), max_size=3, unique=True).map(tuple)
PARAGRAPHS = st.lists(st.lists(st.tuples(SENTENCES, NUMBERS), min_size=1, max_size=4), max_size=3)


@given(PARAGRAPHS)
def test_working_prose_survives_being_written_and_read(paragraphs):
    assert parse_prose(render_prose(paragraphs)) == paragraphs


# fmt: off
PIECES = [
    "The pump", " costs £5", " 3.5 %", " Dr. Lee", "U.S.", "approx. ", "No. 7", "https://x.example/a.b?c=d ", "3",
    " [3]", "[4]", ".[2] ", "【5】", "[6-9]", "[7, 8]", "[0]", "^4", "[", "]", "(", ")", "“", "”", "'", '"',
    ". ", "? ", "!", "…", "。", ", ", "; ", ": ", "–", "\t", "\n", "\n\n", "\x1c", "\u2028",
    "- ", "1. ", "1)", "> ", "•", "#", "## Head\n", "*", "**", "__", "```", "~~~",
]
# fmt: on


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join) | st.text(max_size=40))
@example("## Head\n.  [3] 3.5 %The pump 3.5 %1. , .[2] , , ")  # a stray comma in front of the markers
@example("'–U.S. [3]No. 7e.g. é'")  # borders that a marker at the end used to move
@example("- ```pumps cost £5\n1. ** Pumps cost £5 **:\n****Pumps**** cost £5")
def test_reading_what_was_read_changes_nothing_more(text: str):
    once = parse_prose(text)
    assert parse_prose(render_prose(once)) == once
    for sentence, numbers in chain.from_iterable(once):
        for line in (sentence, render_prose([[(sentence, numbers)]])):
            assert [(span.start, span.end) for span in split(line)] == [(0, len(line))]
