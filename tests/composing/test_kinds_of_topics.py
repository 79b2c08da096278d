"""For every kind of topic a plan whose questions are sentences and whose headings say something."""

import re

import pytest

from core.language.composing.english import STOP_WORDS
from core.language.composing.plan import make_plan
from core.language.composing.topics import understand
from core.language.tasks import PlanInput
from tests.composing.article import LIBRARY
from tests.composing.shelf import Shelf, folder

TOPICS = [
    "Are heat pumps worth it in old houses?",
    "What does a heat pump cost to install and run compared with gas?",
    "How much does it cost to insulate a loft?",
    "How can night shift workers sleep better?",
    "Do naps, caffeine and bright light help on a night shift?",
    "Do street trees cool a hot city?",
    "How do young street trees survive drought and heat?",
    "How does Python's garbage collection work?",
    "When should a PostgreSQL table be partitioned?",
    "When do swallows migrate?",
    "How do asyncio tasks and threads differ in Python?",
    "Why do leaves change colour in autumn?",
    "How to learn the piano",
    "how can we reduce plastic waste?",
    "Is remote work good for productivity?",
    "How does a cat purr?",
    "Urban trees and heat",
]
AREAS = {"heat": "heat-pumps", "sleep": "sleep", "night": "sleep", "tree": "trees"}
_ASKS_TWICE = re.compile(
    r"\b(?:of|about|for|with|from|on) (?:how|why|what|when|are|is|do|does|can|should) (?!heat|swallows|leaves)"
    r"|\b(?:does|do) \w+ (?:does|do)\b|  | \?",
    re.IGNORECASE,
)


def plan(topic, samples=()):
    return make_plan(PlanInput(topic=topic, audience="", tone="", words=1000, samples=samples))


@pytest.fixture(scope="module")
def shelves():
    return {name: Shelf(folder(LIBRARY / name)) for name in set(AREAS.values())}


def sampled(topic, shelves):
    area = next((AREAS[word] for word in AREAS if word in topic.lower()), "trees")
    return shelves[area].samples(topic)


@pytest.mark.parametrize("topic", TOPICS)
def test_questions_are_sentences_with_and_without_samples(topic, shelves):
    for answer in (plan(topic), plan(topic, sampled(topic, shelves))):
        assert 4 <= len(answer.questions) <= 6
        for row in answer.questions:
            assert row.question[0].isupper()
            assert row.question.count("?") == 1
            assert row.question.endswith("?")
            assert not _ASKS_TWICE.search(row.question), row.question


@pytest.mark.parametrize("topic", TOPICS)
def test_a_section_is_never_named_by_a_stray_word(topic, shelves):
    stray = {"report", "figures", "role", "space", "values", "data", "types", "default", "background", "effects"}
    for row in plan(topic, sampled(topic, shelves)).questions:
        words = row.section.lower().split()
        assert 2 <= len(words) <= 6, row.section
        assert not row.section.startswith("The role of")
        assert not (words[0] in stray and words[1] == "and"), row.section
        assert not (words[-2] == "and" and words[-1] in stray), row.section


@pytest.mark.parametrize(
    ("topic", "headings"),
    [
        ("Are heat pumps worth it in old houses?", {"How heat pumps work", "Limits and risks"}),
        ("When should a PostgreSQL table be partitioned?", {"What partitioning means", "When it pays off"}),
        ("How do asyncio tasks and threads differ in Python?", {"How asyncio tasks work", "How threads work"}),
        ("Do naps, caffeine and bright light help on a night shift?", {"What naps do", "What bright light does"}),
        ("What does a heat pump cost to install and run compared with gas?", {"What heat pumps cost", "Running costs"}),
        ("How do young street trees survive drought and heat?", {"What stands in the way", "What helps in practice"}),
    ],
)
def test_each_kind_of_topic_gets_what_its_reader_needs(topic, headings):
    assert headings <= {row.section for row in plan(topic).questions}


@pytest.mark.parametrize("topic", TOPICS)
def test_every_query_carries_the_subject(topic):
    known = {word.lower() for word in re.findall(r"[\w'’-]+", topic)} - STOP_WORDS
    subject = {word.lower() for word in re.findall(r"[\w'’-]+", understand(topic).subject)} - STOP_WORDS
    for row in plan(topic).questions:
        for query in row.queries:
            assert set(query.lower().split()) & (known | subject), query


def test_queries_carry_the_facet_in_other_words():
    rows = {row.section: " ".join(row.queries) for row in plan("Are heat pumps worth it in old houses?").questions}
    assert {"cost", "price"} <= set(rows["Costs of heat pumps"].split())
    assert {"efficiency", "performance"} <= set(rows["Efficiency in practice"].split())


@pytest.mark.parametrize(
    ("topic", "subject", "act"),
    [
        ("How do young street trees survive drought and heat?", "young street trees", "surviving drought and heat"),
        ("How can night shift workers sleep better?", "night shift workers", "sleeping better"),
        ("When should a PostgreSQL table be partitioned?", "partitioning PostgreSQL tables", "partitioning"),
        ("How to learn the piano", "learning the piano", "learning the piano"),
        ("how do bats echolocate?", "bats", "echolocating"),
    ],
)
def test_the_subject_is_told_from_what_is_asked_about_it(topic, subject, act):
    found = understand(topic)
    assert (found.subject, found.act) == (subject, act)
