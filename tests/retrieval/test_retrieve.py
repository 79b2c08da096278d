"""Retrieval: finds by words at once, by meaning once vectors are there, and a reprint only once."""

import pytest

from core.retrieval.embed import WordVectors
from core.retrieval.fuse import fuse
from core.retrieval.retrieve import retrieve
from tests.retrieval.memory_index import MemoryIndex

GRANT = "The home heat grant pays 6,000 pounds towards an air-source heat pump in an old house."
NOISE = "At three metres the outdoor unit is as loud as a quiet library during the night."
CAR = "Purchasing an automobile second hand is cheaper than a new vehicle from the dealer."
BEES = "Bees dance to show the others where flowers with nectar can be found."
TIDES = "The moon pulls the oceans towards it, which raises the tide twice a day."


@pytest.fixture
def index():
    index = MemoryIndex()
    for text in (GRANT, NOISE, CAR, BEES, TIDES):
        index.add(text)
    return index


def texts(ranked):
    return [item.passage.text for item in ranked]


def test_words_find_before_any_vector_is_made_and_without_an_embedder(index):
    for embedder in (None, WordVectors()):
        ranked = retrieve("What does the grant pay for a heat pump?", [], index, embedder)
        assert texts(ranked) == [GRANT]
        assert ranked[0].scores.keys() == {"lexical"}


def test_vectors_find_what_is_said_in_other_words(index):
    index.embed(WordVectors())
    ranked = retrieve("Where to buy a cheap used car?", [], index, WordVectors())
    assert ranked[0].passage.text == CAR
    assert ranked[0].scores["dense"].rank == 0


def test_a_library_embedded_in_part_gives_both_kinds(index):
    index.embed(WordVectors(), [3])
    found = texts(retrieve("cheap car or grant for a pump", [], index, WordVectors()))
    assert GRANT in found
    assert CAR in found


def test_queries_add_what_the_question_alone_does_not_find(index):
    assert texts(retrieve("How loud is it?", [], index, None)) == [NOISE]
    ranked = retrieve("How loud is it?", ["moon tide", "moon tide"], index, None)
    assert set(texts(ranked)) == {NOISE, TIDES}


class ByLength:
    """A reranker for which the longest text is best."""

    name = "longest"

    def rerank(self, question, texts):
        return [len(text) for text in texts]


def test_a_reranker_has_the_last_word_on_the_order_and_its_rank_is_kept(index):
    index.embed(WordVectors())
    question = "heat grant noise library tide moon bees"
    plain = retrieve(question, [], index, WordVectors())
    ranked = retrieve(question, [], index, WordVectors(), reranker=ByLength())
    assert [len(text) for text in texts(ranked)] == sorted(map(len, texts(plain)), reverse=True)
    assert [item.score for item in ranked] == [item.score for item in plain]
    assert [item.scores["longest"].rank for item in ranked] == list(range(len(ranked)))


def test_only_the_snapshots_asked_for_are_searched(index):
    index.embed(WordVectors())
    ranked = retrieve("grant, noise, tides", [], index, WordVectors(), snapshots=[2, 5])
    assert {item.passage.snapshot_id for item in ranked} == {2, 5}


def test_a_reprint_is_put_behind_with_a_note_of_what_it_repeats(index):
    index.add("Reprinted: " + GRANT)
    index.add("Read on for all about it. " + GRANT + " " + NOISE + " " + BEES)
    ranked = retrieve("What does the heat grant pay?", [], index, None)
    assert ranked[0].passage.text == GRANT
    assert [(item.passage.id, item.repeats) for item in ranked] == [(1, None), (7, None), (6, 1)]


def test_a_reprint_that_is_cut_elsewhere_is_still_a_repeat():
    index = MemoryIndex()
    index.add(f"# One\n\n{GRANT}\n\n# Two\n\n{NOISE}")
    reprint = index.add(f"{GRANT} {NOISE}")[0]
    ranked = retrieve("grant for a heat pump outdoor unit noise", ["grant", "library night"], index, None)
    assert [item.passage.id for item in ranked if item.repeats] in ([reprint.id], [1, 2], [2, 1])


def test_in_a_library_of_one_topic_the_rest_of_the_question_decides():
    index = MemoryIndex()
    for n in range(40):
        index.add(f"A heat pump heats the house; the heat pump draws heat from the air in month {n % 12 + 1}.")
    noise = index.add("Neighbours of a heat pump complain about noise and humming during the night.")[0]
    index.embed(WordVectors())
    ranked = retrieve("Is a heat pump loud?", [], index, WordVectors(), dense_weight=1.0)
    assert ranked[0].passage == noise


@pytest.mark.parametrize("question", ["", "?", "zyzzogeton"])
def test_a_question_that_matches_nothing_finds_nothing(index, question):
    assert retrieve(question, [], index, None) == []
    assert retrieve(question, [question], MemoryIndex(), WordVectors()) == []


def test_the_limit_is_kept_and_scores_lie_in_zero_to_one(index):
    index.embed(WordVectors())
    ranked = retrieve("heat grant noise library tide moon bees", [], index, WordVectors(), limit=3)
    assert len(ranked) == 3
    assert all(0 <= item.score <= 1 for item in ranked)


def test_fusion_lets_vectors_decide_where_words_hardly_match():
    fused = fuse([(1, 0.5), (2, 0.4)], 20.0, [(2, 0.6), (3, 0.1)])
    assert fused[0][0] == 2
    assert fuse([(1, 15.0), (2, 1.0)], 20.0, [(2, 0.6), (3, 0.1)])[0][0] == 1


def test_fusion_of_nothing_is_nothing_and_one_vector_is_enough():
    assert fuse([], 1.0, []) == []
    assert fuse([], 1.0, [(4, 0.2)])[0][:2] == (4, 0.1)
