"""What the index is asked: expressions without syntax errors, exact vector search, a cache that never lags."""

import sqlite3

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.retrieval.index import before, ceiling, match_expression
from core.retrieval.nearest import nearest
from core.retrieval.words import content_words, stems
from tests.retrieval.memory_index import MemoryIndex


@pytest.fixture(scope="module")
def fts():
    db = sqlite3.connect(":memory:", check_same_thread=False)
    db.execute("CREATE VIRTUAL TABLE t USING fts5(a, b, tokenize='porter unicode61')")
    db.execute("INSERT INTO t VALUES ('heat pumps', 'cost money')")
    return db


@settings(max_examples=300, deadline=None)
@given(st.text() | st.text("\"'*^:(){}+- ANDORTNEAR/_\x00aé", max_size=30))
@example('"')
@example('a" OR "')
@example("NEAR(a b, 3) NOT col:x*")
@example("\x00 \ud800")
def test_no_question_is_a_syntax_error(fts, query):
    match = match_expression(query)
    if match:
        fts.execute("SELECT rowid FROM t WHERE t MATCH ?", (match,)).fetchall()


def test_a_question_finds_by_any_word_in_any_form(fts):
    assert fts.execute("SELECT 1 FROM t WHERE t MATCH ?", (match_expression("Does pumping air heat?"),)).fetchall()


def test_quoted_words_are_searched_as_a_phrase_and_stop_words_are_not_searched():
    assert match_expression('how loud is a "heat pump" in the night') == '"heat pump" OR "loud" OR "night"'
    assert match_expression('is the "heat pump"') == '"heat pump"'
    assert match_expression('"The Who"') == '"the who"'
    assert match_expression('the "pump" cost') == '"pump" OR "cost"'


def test_a_question_of_stop_words_is_still_searched_and_one_without_words_is_not():
    assert match_expression("To be or not to be") == '"to" OR "be" OR "or" OR "not"'
    assert match_expression("?! --") == ""


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("apoligestudn éß's.,", min_size=1, max_size=14), min_size=1, max_size=12))
def test_stems_are_the_terms_of_the_full_text_index(words):
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE t USING fts5(a, tokenize='porter unicode61')")
    db.execute("CREATE VIRTUAL TABLE v USING fts5vocab(t, 'row')")
    db.execute("INSERT INTO t VALUES (?)", (" ".join(words),))
    assert {stem for found in stems(words).values() for stem in found} == {
        term for (term,) in db.execute("SELECT term FROM v")
    }


def test_no_passage_scores_above_the_ceiling():
    index = MemoryIndex()
    for n in range(30):
        index.add("pump " * (n + 1) + "noise " * (n % 3) + "filler words here")
    for query in ("pump noise", "noise", "pump", '"pump noise" filler', "absent pump"):
        match = match_expression(query)
        assert 0 < max(score for _, score in index.lexical(match, 100)) <= ceiling(match, index)


def test_content_words_keep_numbers_and_names_of_one_letter():
    assert content_words("Is hepatitis B caught at 2,500 m? It’s what I don’t know") == [
        "hepatitis", "b", "caught", "2,500", "know",
    ]  # fmt: skip


def test_nearest_is_exact_with_ties_by_id():
    rng = np.random.default_rng(5)
    matrix = rng.normal(size=(500, 16)).astype(np.float32)
    matrix[7] = matrix[3]
    ids = np.arange(1000, 1500)
    query = matrix[3]
    found = nearest(query, ids, matrix, 20)
    cosines = matrix @ query
    assert [id_ for id_, _ in found] == [1000 + n for n in sorted(range(500), key=lambda n: (-cosines[n], n))[:20]]
    assert nearest(query, ids[:0], matrix[:0], 20) == []
    assert len(nearest(query, ids[:5], matrix[:5], 20)) == 5


class Letters:
    """An embedder whose vectors count letters."""

    name, dim = "letters", 26

    def embed(self, texts):
        counts = np.array([[text.lower().count(chr(97 + n)) for n in range(26)] for text in texts], np.float32)
        return counts / np.maximum(np.linalg.norm(counts, axis=1, keepdims=True), 1e-9)


def test_the_passage_before_is_that_of_the_same_section():
    index = MemoryIndex()
    sentence = "The pump moved more heat than the boiler did in January. "
    first, second, other = index.add(f"{sentence * 12}\n\n{sentence * 12}\n\n# Other\n\nbody")
    (next_document,) = index.add("text")
    assert before(index, second) == first
    assert before(index, first) is None
    assert before(index, other) is None
    assert before(index, next_document) is None
