"""A section's sentences: verbatim, once, in order, with every source that states them."""

from hypothesis import given, settings
from hypothesis import strategies as st

from core.language.composing.plain import verbatim
from core.models import DISPUTE
from tests.composing.article import markers, strip
from tests.composing.evidence import item, write

NOUNS = st.sampled_from(["heat pumps", "old houses", "radiators", "grants", "boilers", "tariffs"])
VERBS = st.sampled_from(["cost", "save", "need", "reduce", "replace"])
AMOUNTS = st.integers(10, 9999)
OPENINGS = st.sampled_from(
    ["", "", "", "This means that ", "However, ", "They say that ", "- ", "**Note:** ", "See figure 3: "]
)
SENTENCE = st.builds(
    lambda opening, one, verb, amount, other: f"{opening}{one.capitalize()} {verb} about £{amount} for {other} a year.",
    OPENINGS, NOUNS, VERBS, AMOUNTS, NOUNS,
)  # fmt: skip
PASSAGE = st.lists(SENTENCE, min_size=1, max_size=5).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(st.lists(PASSAGE, min_size=1, max_size=5), st.integers(30, 200))
def test_whatever_the_evidence_every_sentence_is_the_source_s_own_and_stands_once(texts, words):
    items = [item(number, text) for number, text in enumerate(texts, 1)]
    prose = write(*items, words=words)
    lines = [line for line in prose.splitlines() if line and line != DISPUTE]
    for line in lines:
        assert markers(line)
        assert verbatim(strip(line), texts[markers(line)[0] - 1])
        assert not strip(line).startswith(("See figure", "**"))
    assert len({strip(line) for line in lines}) == len(lines)
    for paragraph in prose.split("\n\n"):
        first = next((line for line in paragraph.splitlines() if line != DISPUTE), "")
        assert not first.startswith(("This ", "However", "They "))
    assert prose == write(*items, words=words)


def test_nothing_to_say_is_said_with_nothing():
    assert write() == ""
    assert write(item(1, "| Item | Share |\n| --- | --- |\n| Labour | £3,400 |")) == ""


def test_a_sentence_that_points_back_follows_the_one_it_points_to():
    text = (
        "A heat pump with a factor of 3.0 costs about £1,040 a year. The same heat pump costs £720 on a special tariff."
    )
    lines = write(item(1, text)).splitlines()
    assert [line[:10] for line in lines] == ["A heat pum", "The same h"]


def test_the_same_fact_from_two_sources_stands_once_with_both_markers():
    one = "The median price of an air-source heat pump installation was £12,800 in 2025."
    other = "In 2025 the median price of an air-source heat pump installation was £12,800 according to readers."
    prose = write(item(1, one, score=1.0), item(2, other, score=0.8))
    assert prose in {f"{one} [1][2]", f"{other} [2]"}


def test_a_second_marker_needs_every_word_and_figure():
    one = "The median price of an air-source heat pump installation in Kent was £12,800 in 2025."
    other = "The median price of an air-source heat pump installation was £12,800 in 2025."
    prose = write(item(1, one, score=1.0), item(2, other, score=0.5))
    assert "[1][2]" not in prose


def test_sources_that_disagree_stand_next_to_each_other_the_newer_first():
    old = item(1, "The Home Heat Grant pays £3,200 towards an air-source heat pump.", published="2017-05-16")
    new = item(2, "The Home Heat Grant pays £7,000 towards an air-source heat pump.", published="2026-02-03", score=0.9)
    assert write(old, new).splitlines() == [
        DISPUTE,
        "The Home Heat Grant pays £7,000 towards an air-source heat pump. [2]",
        "The Home Heat Grant pays £3,200 towards an air-source heat pump. [1]",
    ]


def test_figures_of_different_things_are_no_disagreement():
    one = item(1, "Heat pumps in the Aldermoor trial reached a median seasonal performance factor of 2.9.")
    other = item(2, "Heat pumps in the Brackwell trial reached a median seasonal performance factor of 3.1.")
    prose = write(one, other, section="Efficiency", question="How well do heat pumps in old houses perform?")
    assert DISPUTE not in prose
    assert "2.9" in prose
    assert "3.1" in prose


def test_an_acronym_stands_after_the_sentence_that_spells_it_out():
    uses = item(1, "A heat pump in an old house with an SPF of three costs about as much as gas.", score=1.0)
    spells = item(2, "The seasonal performance factor (SPF) decides what a heat pump costs in an old house.", score=0.6)
    prose = write(uses, spells)
    assert prose.index("(SPF)") < prose.index("an SPF of three")


def test_two_sections_with_the_same_evidence_share_no_sentence():
    text = (
        "A heat pump costs about £12,800 in an old house. A grant pays £7,000 of the price.\n\n"
        "A heat pump makes a noise of about 55 decibels. The noise must stay below 42 decibels next door.\n\n"
        "A household should choose an installer who measures every room. Old houses need a careful design of radiators."
    )
    outline = ("Costs and grants", "Noise of heat pumps", "Installation and design")
    questions = ("What do heat pumps cost?", "How loud are heat pumps?", "What should be considered in practice?")
    found = [
        {strip(line) for line in write(item(1, text), section=outline[i], question=questions[i], outline=outline,
                                       questions=questions, position=i).splitlines() if line}
        for i in range(3)
    ]  # fmt: skip
    assert all(found)
    assert len(set().union(*found)) == sum(len(lines) for lines in found)


def test_what_stands_elsewhere_in_the_article_is_not_said_again():
    said = "The Home Heat Grant pays £7,000 towards an air-source heat pump."
    more = "A new gas boiler costs about £2,900 to install in an old house."
    assert write(item(1, f"{said} {more}"), taken=(said,)) == f"{more} [1]"


def test_a_thin_section_is_not_padded():
    text = "The median price of a heat pump was £12,800. Ships sail to many harbours in summer. Cheese ripens in caves."
    assert write(item(1, text), words=400) == "The median price of a heat pump was £12,800. [1]"


def test_a_section_opens_with_what_holds_in_general():
    detail = "The example house is a heat pump house that needs 12,000 kilowatt-hours of heat a year."
    general = "A heat pump is a machine that moves heat from a cold place to a warm one."
    fan = "A fan of the heat pump draws 900 litres of outdoor air a second across a coil."
    prose = write(
        item(1, fan, score=1.0), item(2, detail, score=0.9), item(3, general, score=0.7),
        section="How heat pumps work", question="What are heat pumps, and how do they work?",
    )  # fmt: skip
    assert prose.startswith(general)
