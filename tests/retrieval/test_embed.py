"""Word vectors: come from the installed files alone, fast, and mean something."""

import subprocess
import sys
import time

import numpy as np
import pytest

from core.errors import SettingsError
from core.retrieval import embed
from core.retrieval.embed import WordVectors


@pytest.fixture(scope="module")
def words():
    return WordVectors()


def test_vectors_are_rows_of_length_one_in_the_order_of_the_texts(words):
    texts = ["heat pumps in winter", "the tides", "heat pumps in winter"]
    vectors = words.embed(texts)
    assert vectors.shape == (3, words.dim)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)
    assert np.array_equal(vectors[0], vectors[2])
    assert np.allclose(words.embed(texts[1:2])[0], vectors[1])


def test_other_words_for_the_same_thing_are_nearer_than_other_things(words):
    asked, same, other = words.embed(
        ["What does it cost to buy a car?", "The price of purchasing an automobile.", "Bees dance to point at flowers."]
    )
    assert asked @ same > 0.4 > 0.2 > asked @ other


def test_no_texts_and_texts_without_words_are_answered(words):
    assert words.embed([]).shape == (0, words.dim)
    assert not words.embed(["", "?!"]).any()


def test_a_library_of_15000_passages_takes_seconds_not_minutes(words):
    texts = [
        f"passage {n} about pump {n % 700}, its noise, its price and the winter of {n % 90}" * 3 for n in range(3000)
    ]
    began = time.process_time()
    words.embed(texts)
    assert time.process_time() - began < 2  # 0.2 s; 15,000 at this bound take 10 s


def test_weights_other_than_those_measured_are_refused(monkeypatch):
    monkeypatch.setattr(embed, "WEIGHTS_SHA256", "0" * 64)
    with pytest.raises(SettingsError, match="not those"):
        WordVectors().embed(["text"])


def test_a_missing_package_says_what_to_install(monkeypatch):
    monkeypatch.setattr(embed, "find_spec", lambda name: None)
    with pytest.raises(SettingsError, match="pip install wordllama"):
        WordVectors().embed(["text"])


def test_importing_retrieval_loads_neither_numpy_nor_a_tokenizer():
    heavy = "{'numpy', 'tokenizers', 'sentencex', 'wordllama'}"
    code = (
        "import sys, core.retrieval.context, core.retrieval.retrieve, core.retrieval.chunk;"
        f"print({heavy} & set(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "set()\n"
