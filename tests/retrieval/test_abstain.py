"""Abstaining: evidence on the question is enough, foreign evidence is not, and what is missing is named."""

from core.models import EvidenceItem
from core.retrieval.abstain import sufficient
from core.retrieval.context import Numbering, assemble
from core.retrieval.embed import WordVectors
from core.retrieval.retrieve import retrieve
from tests.retrieval.memory_index import MemoryIndex

TEXTS = (
    "The home heat grant pays 6,000 pounds towards an air-source heat pump in an old house.",
    "At three metres the outdoor unit is as loud as a quiet library during the night.",
    "The annual service costs about as much as a boiler's and takes an hour.",
    "Bees dance to show the others where flowers with nectar can be found.",
    "The moon pulls the oceans towards it, which raises the tide twice a day.",
    "A blanket bog grows by a millimetre a year where rain falls on two days of three.",
)


def library():
    index = MemoryIndex()
    for text in TEXTS:
        index.add(text)
    index.embed(WordVectors())
    return index


def ask(question, index=None):
    index = index or library()
    ranked = retrieve(question, [], index, WordVectors())
    items, _ = assemble(ranked, budget_tokens=1000, number=Numbering())
    return sufficient(question, items, index, WordVectors())


def test_evidence_on_the_question_is_enough_and_evidence_on_another_is_not():
    held = ask("How many pounds does the home heat grant pay towards a heat pump?")
    assert held.enough
    foreign = ask("Which composer wrote the most operas in Vienna?")
    assert not foreign.enough
    assert foreign.probability < held.probability


def test_what_no_passage_speaks_of_is_named():
    assert "no passage speaks of 'zyzzogeton'" in ask("What does the heat grant pay for a zyzzogeton?").note


def test_a_number_asked_for_and_not_given_is_said():
    index = MemoryIndex()
    index.add("The home heat grant is paid by the council when the heat pump has been installed.")
    index.embed(WordVectors())
    assert "a number is asked for, and the best passages give none" in ask("How much is the heat grant?", index).note
    assert "a number is asked for" not in ask("How much is the heat grant?").note


def test_no_evidence_is_never_enough_and_one_source_is_said():
    index = library()
    assert sufficient("anything", (), index) == (False, "no passage was found for this question", 0.0)
    passage = index.passages([1])[1]
    left_out = EvidenceItem(number=0, passage=passage, score=0.9, left_out="over the token budget")
    assert not sufficient("heat grant", [left_out], index).enough
    used = EvidenceItem(number=1, passage=passage, score=0.9)
    assert sufficient("heat grant", [used], index).note.endswith("the best evidence is from one source")


def test_a_question_without_words_asks_for_nothing():
    index = library()
    used = EvidenceItem(number=1, passage=index.passages([1])[1], score=0.9)
    assert sufficient("?!", [used], index).enough
