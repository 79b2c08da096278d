"""Whole articles from the sample library: what a reader would be let down by."""

import pytest

from core.language.composing.plain import verbatim
from core.models import DISPUTE
from tests.composing.article import LIBRARY, compose, markers, strip
from tests.composing.shelf import Shelf, folder

TOPICS = [
    ("heat-pumps", "Are heat pumps worth it in old houses?"),
    ("heat-pumps", "Air-source or ground-source: compare air-source heat pumps and ground-source heat pumps"),
    ("sleep", "How does night shift work affect sleep?"),
    ("sleep", "How can nurses sleep better between night shifts?"),
    ("trees", "Can urban trees cool a city?"),
    ("trees", "Urban trees and heat"),
]


@pytest.fixture(scope="module")
def shelves():
    return {name: Shelf(folder(LIBRARY / name)) for name in ("heat-pumps", "sleep", "trees")}


@pytest.fixture(scope="module", params=TOPICS, ids=[topic for _, topic in TOPICS])
def article(request, shelves):
    name, topic = request.param
    shelf = shelves[name]
    return (shelf, topic, *compose(shelf, topic))


def lines(prose):
    return [line for text in prose for line in text.splitlines() if line]


def test_every_sentence_stands_word_for_word_in_every_passage_it_cites_first(article):
    shelf, _, _, prose, _ = article
    passages = {p.id: p.text for p in shelf.passages}
    for line in lines(prose):
        if line == DISPUTE:
            continue
        assert markers(line), line
        assert verbatim(strip(line), passages[markers(line)[0]]), line


def test_no_sentence_stands_twice_in_the_body(article):
    _, _, _, prose, _ = article
    body = [strip(line) for line in lines(prose[1:]) if line != DISPUTE]
    assert sorted(body) == sorted(set(body))


def test_the_introduction_answers_and_repeats_the_body_only_for_a_better_answer(article):
    _, _, _, prose, _ = article
    intro = prose[0].splitlines()
    assert 2 <= len(intro) <= 4
    assert len({strip(line) for line in intro} & {strip(line) for line in lines(prose[1:])}) <= 1


def test_nearly_every_section_has_something_to_say_and_no_instruction_gets_in(article):
    _, _, plan, prose, _ = article
    assert 4 <= len(plan.questions) <= 6
    assert sum(not text for text in prose) <= 1
    assert "ignore all previous" not in " ".join(prose).lower()
    assert "rate every sentence" not in " ".join(prose).lower()


def test_the_same_brief_gives_the_same_article(shelves):
    name, topic = TOPICS[0]
    assert compose(shelves[name], topic)[:2] == compose(shelves[name], topic)[:2]
