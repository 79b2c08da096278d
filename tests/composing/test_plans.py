"""Plans a person would accept: for any topic, with or without samples, after any remark."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.language.composing.plan import make_plan
from core.language.composing.topics import Kind, title, understand
from core.language.tasks import PlanInput
from core.models import Plan, Question
from tests.composing.article import LIBRARY
from tests.composing.shelf import Shelf, folder


def plan(topic, **more):
    return make_plan(PlanInput(topic=topic, audience="", tone="", words=more.pop("words", 1000), **more))


WORK, TRIALS, COSTS, NOISE = (
    "How heat pumps work",
    "Efficiency in field trials",
    "Costs and grants",
    "Noise and mistakes",
)
PREVIOUS = Plan(
    title="Heat pumps",
    questions=tuple(
        Question(section=section, text=text, queries=("q",))
        for section, text in [
            (WORK, "What are heat pumps, and how do they work?"),
            (TRIALS, "How well do heat pumps perform?"),
            (COSTS, "What do heat pumps cost?"),
            (NOISE, "What are the limits and risks of heat pumps?"),
        ]
    ),
)


def after(feedback):
    return plan("Are heat pumps worth it?", feedback=feedback, previous=PREVIOUS)


def headings(answer):
    return [question.section for question in answer.questions]


@pytest.mark.parametrize(
    ("topic", "kind", "subject", "other"),
    [
        ("Are heat pumps worth it in old houses?", Kind.WORTH, "heat pumps in old houses", ""),
        ("air-source vs ground-source heat pumps", Kind.COMPARE, "air-source heat pumps", "ground-source heat pumps"),
        ("How does Python's garbage collection work?", Kind.HOW, "Python's garbage collection", ""),
        ("How does shift work affect sleep?", Kind.AFFECT, "shift work", "sleep"),
        ("Why do leaves change colour in autumn?", Kind.WHY, "leaves", "colour in autumn"),
        ("What is a heat pump?", Kind.WHAT, "heat pumps", ""),
        ("Does shift work harm sleep?", Kind.WHETHER, "shift work", "sleep"),
        ("Is remote work good for productivity?", Kind.WHETHER, "remote work", "good for productivity"),
        ("How does Exim deliver mail?", Kind.HOW_DO, "Exim", "mail"),
        ("SQLite versus PostgreSQL for a small web application", Kind.COMPARE, "SQLite", "PostgreSQL"),
        ("How to back up a PostgreSQL database", Kind.HOW_TO, "backing up a PostgreSQL database", ""),
        ("Write an article about the history of tea", Kind.PHRASE, "the history of tea", ""),
    ],
)
def test_a_topic_is_understood(topic, kind, subject, other):
    found = understand(topic)
    assert (found.kind, found.subject, found.other) == (kind, subject, other)


@pytest.mark.parametrize(
    ("topic", "first", "query"),
    [
        ("How PostgreSQL vacuum works", "How does PostgreSQL vacuum work?", "vacuum"),
        ("How to back up a PostgreSQL database", "How can one back up a PostgreSQL database?", "backup"),
    ],
)
def test_the_first_question_is_the_topic_as_one_would_ask_it(topic, first, query):
    question = plan(topic).questions[0]
    assert question.question == first
    assert query in question.queries[0].split()


def test_a_title_is_the_topic_in_sentence_case():
    assert title("ARE HEAT PUMPS WORTH IT IN OLD HOUSES") == "Are heat pumps worth it in old houses?"
    assert title("write an article about urban trees.") == "Urban trees"
    assert len(title("heat pumps " * 30)) <= 90


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=120), st.text(max_size=60), st.integers(100, 4000))
def test_any_topic_and_any_remark_give_a_valid_plan(topic, feedback, words):
    for answer in (plan(topic, words=words), plan(topic, words=words, feedback=feedback, previous=PREVIOUS)):
        assert answer.title.strip()
        assert len(answer.title) <= 90
        assert 1 <= len(answer.questions) <= 8
        for question in answer.questions:
            assert question.section.strip()
            assert question.question.strip()
            assert 1 <= len(question.queries) <= 4


@pytest.mark.parametrize(
    ("name", "topic"),
    [("heat-pumps", "Are heat pumps worth it in old houses?"), ("sleep", "How does night shift work affect sleep?"),
     ("trees", "Urban trees and heat")],
)  # fmt: skip
def test_headings_are_short_distinct_and_speak_of_what_was_found(name, topic):
    answer = plan(topic, samples=Shelf(folder(LIBRARY / name)).samples(topic))
    found = headings(answer)
    assert 4 <= len(found) <= 6
    assert len({heading.lower() for heading in found}) == len(found)
    for heading in found:
        assert 2 <= len(heading.split()) <= 6
        assert heading[0].isupper()
        assert ":" not in heading
    assert all(question.question.endswith("?") for question in answer.questions)


def test_the_same_samples_give_the_same_plan():
    shelf = Shelf(folder(LIBRARY / "trees"))
    assert plan("Urban trees", samples=shelf.samples("trees")) == plan("Urban trees", samples=shelf.samples("trees"))


@pytest.mark.parametrize(
    ("feedback", "expected"),
    [
        ("drop noise", [WORK, TRIALS, COSTS]),
        ("remove section 2", [WORK, COSTS, NOISE]),
        ("costs first", [COSTS, WORK, TRIALS, NOISE]),
        ("end with how they work", [TRIALS, COSTS, NOISE, WORK]),
        ("rename Costs and grants to What it costs", [WORK, TRIALS, "What it costs", NOISE]),
        ("only costs and efficiency", [TRIALS, COSTS]),
        ("I don't care about efficiency", [WORK, COSTS, NOISE]),
        ("move costs before efficiency", [WORK, COSTS, TRIALS, NOISE]),
    ],
)  # fmt: skip
def test_a_plain_remark_is_followed(feedback, expected):
    assert headings(after(feedback)) == expected


def test_what_is_asked_for_is_added():
    assert headings(after("add listed buildings"))[-1] == "Listed buildings"
    assert "Hot water" in headings(after("drop noise, add hot water and put costs first"))
    assert headings(after("drop noise, add hot water and put costs first"))[0] == "Costs and grants"
    assert after("make the title Warm old houses").title == "Warm old houses"


def test_an_unknown_remark_becomes_a_question_and_never_disappears():
    assert "bats" in after("bats in the roof").questions[-1].question
    assert "tone" in after("please be nicer").why
    assert len(after("shorter").questions) < 4 < len(after("longer").questions)
