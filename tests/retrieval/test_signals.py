"""Signals: sentences count, close words count, stuffing does not; nothing a page may hold breaks them."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.retrieval.embed import WordVectors
from core.retrieval.retrieve import retrieve
from core.retrieval.signals import NAMES, Asked, signals
from tests.retrieval.memory_index import MemoryIndex

WORDS = WordVectors()


def table(question, *texts, embedder=WORDS):
    index = MemoryIndex()
    passages = [passage for text in texts for passage in index.add(text)]
    rows = signals(Asked(question, index), passages, [0.5] * len(passages), [{}] * len(passages), embedder)
    return [dict(zip(NAMES, map(float, row), strict=True)) for row in rows]


def test_words_in_one_sentence_say_more_than_words_far_apart():
    near, far = table(
        "loud heat pump",
        "The heat pump is loud. We came by train. It rained. The food was good.",
        "The pump stood there. We came by train. It was loud. The food was good. The heat was on.",
    )
    assert near["words"] == pytest.approx(far["words"])
    assert near["together"] > far["together"]


def test_a_word_close_in_meaning_counts_in_part_and_only_with_vectors():
    question, text = "cheap car", "Buying an inexpensive automobile."
    assert 0.2 < table(question, text)[0]["words"] < 1
    assert table(question, text, embedder=None)[0]["words"] == 0
    assert table(question, "Cheap cars!", embedder=None)[0]["words"] == pytest.approx(1)


@pytest.mark.parametrize("embedder", [None, WORDS])
def test_keyword_stuffing_does_not_win(embedder):
    index = MemoryIndex()
    question = "How much does the heat pump grant pay in an old house?"
    answer = index.add("The heat pump grant pays 6,000 pounds for a pump in an old house.")[0]
    index.add("heat pump grant pay old house " * 12)
    index.add(f"{question} " * 6)
    for n in range(10):
        index.add(f"The library on street {n} opens at nine and lends books on pumps, houses and bees.")
    index.embed(WORDS)
    assert retrieve(question, [], index, embedder)[0].passage == answer


ODD = (
    "", "?", "🎉🎉🎉 🚀", "|a|b|\n|---|---|\n|1|2|", "```\nfor (;;) {}\n```", "كم تبلغ تكلفة المضخة؟ المضخة مكلفة.",
    "ヒートポンプはいくらですか。高い。", "Die Wärmepumpe costs viel 熱 money.", "a\u202eb\u200d\u0301", "x" * 5000,
)  # fmt: skip


@pytest.mark.parametrize("embedder", [None, WORDS])
def test_whatever_a_page_holds_is_ranked_without_a_fault(embedder):
    index = MemoryIndex()
    for text in ODD:
        index.add(text)
    index.embed(WORDS)
    for question in (*ODD, "How much is a heat pump?"):
        ranked = retrieve(question, [], index, embedder)
        assert all(0 <= item.score <= 1 for item in ranked)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.text(max_size=80), min_size=1, max_size=6), st.text(max_size=40))
def test_signals_are_finite_and_shares_stay_within_one(texts, question):
    for row in table(question, *texts):
        assert all(math.isfinite(value) for value in row.values())
        assert all(-1e-5 <= row[name] <= 1 + 1e-5 for name in ("words", "together", "sentence", "share"))


def test_a_right_to_left_page_is_found_by_its_words():
    index = MemoryIndex()
    index.add("كم تبلغ تكلفة المضخة؟ المضخة مكلفة.")
    index.add("النحل يرقص بين الزهور.")
    assert "المضخة" in retrieve("تكلفة المضخة", [], index, None)[0].passage.text
