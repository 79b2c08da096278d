import doctest
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.reading import dedupe
from core.reading.dedupe import duplicates, fingerprint, similarity

SUBJECTS = [
    "The council",
    "A housing association",
    "The engineer",
    "Each household",
    "The grant office",
    "An installer",
]
VERBS = ["measured", "reported", "paid for", "replaced", "inspected", "described", "planned", "refused"]
OBJECTS = [
    "the radiators",
    "four pumps",
    "a new cylinder",
    "the old boilers",
    "ninety houses",
    "every meter",
    "a survey",
]
TIMES = ["in March", "last winter", "before the deadline", "after two years", "on the coldest day", "without delay"]


def article(seed, sentences=60):
    choose = random.Random(seed).choice
    return [
        f"{choose(SUBJECTS)} {choose(VERBS)} {choose(OBJECTS)} {choose(TIMES)} for £{seed}{i}."
        for i in range(sentences)
    ]


def test_a_reprint_in_another_layout_is_a_duplicate():
    text = article(1)
    reprint = "# NEWS\n\n" + "\n\n".join(sentence.upper() for sentence in text) + "\n\nSubscribe to our letter."
    assert similarity(fingerprint(" ".join(text)), fingerprint(reprint)) > 0.9


@pytest.mark.parametrize("seed", range(5))
def test_a_press_release_with_15_percent_of_its_words_changed_is_a_duplicate(seed):
    chance = random.Random(seed)
    words = " ".join(article(seed)).split()
    reworded = [word if chance.random() > 0.15 else f"other{chance.random()}" for word in words]
    assert duplicates(fingerprint(" ".join(words)), fingerprint(" ".join(reworded)))


def test_a_press_release_with_15_percent_of_its_sentences_replaced_is_a_duplicate():
    text, other = article(1), article(2)
    assert duplicates(fingerprint(" ".join(text)), fingerprint(" ".join(text[:51] + other[51:])))


def test_two_texts_on_one_topic_are_not_duplicates():
    one = "Heat pumps work in cold weather, but they need more electricity as the air gets colder outside the house."
    two = "In freezing air a heat pump still warms the house; its use of electricity rises with every degree it falls."
    assert not duplicates(fingerprint(one), fingerprint(two))


def test_a_fingerprint_is_small_and_never_changes():
    assert len(fingerprint(" ".join(article(1, 500)))) == 512
    assert fingerprint("Heat pumps work in winter.").hex() == "4006c48570d3321de56139ef"


def test_texts_without_words_are_like_nothing():
    assert similarity(fingerprint(""), fingerprint("")) == 0.0
    assert similarity(fingerprint("..."), fingerprint("a b c")) == 0.0


@given(st.text(), st.text())
def test_similarity_is_symmetric_and_bounded(a, b):
    first, second = fingerprint(a), fingerprint(b)
    assert similarity(first, second) == similarity(second, first)
    assert 0.0 <= similarity(first, second) <= 1.0
    assert not first or similarity(first, first) == 1.0


def test_examples():
    assert doctest.testmod(dedupe).failed == 0
