"""Canaries: known false claims slipped in among those a model judges, never shown in the article.

A model judge that says yes to everything looks perfect until it is tried. A canary is a sentence of a
passage with its number changed, or with its sense turned by a "not": whatever else is true, that
passage does not support it. A judge that says it does has lost its word on what it was asked with it.
"""

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from core.judging import numerals, quantities, sentences, words
from core.judging.alignment import align
from core.models import Label, Passage

_FEWEST_WORDS, _MOST_WORDS = 6, 40
_DATED = ("year", "day of year", "clock")
_AUXILIARY = re.compile(r"\b(is|are|was|were|can|will|has|have|does|should|must)\b(?!\s+not\b)")


@dataclass(frozen=True)
class Canary:
    """A false claim and the passage that shows it to be false."""

    text: str
    passage: Passage


def plant(passages: Sequence[Passage], *, seed: str) -> Canary | None:
    """A false claim about one of these passages; the same one for the same passages and seed.

    Args:
        seed: any text, so that a repeated request is the same request.

    Returns:
        None when no sentence can be made false for certain. The deterministic judge calls none of them supported.
    """
    found = [(passage, text) for passage in passages for text in plain_sentences(passage.text)]
    turn = zlib.crc32(seed.encode()) % len(found) if found else 0
    in_turn = [*found[turn:], *found[:turn]]
    other_numbers = ((with_other_number(text, passage.text), passage) for passage, text in in_turn)
    turned = ((denied(text), passage) for passage, text in in_turn)
    for false, passage in chain(other_numbers, turned):
        if false and align(false, [passage]).label is not Label.SUPPORTED:
            return Canary(false, passage)
    return None


def plain_sentences(text: str) -> Iterator[str]:
    """Whole sentences on one line of 6 to 40 words that end in a full stop."""
    for span in sentences.split(text):
        sentence = text[span.start : span.end]
        if _FEWEST_WORDS <= len(sentence.split()) <= _MOST_WORDS and sentence.endswith(".") and "\n" not in sentence:
            yield sentence


def with_other_number(sentence: str, passage: str) -> str:
    """The sentence with the first digit of one figure changed, to a value that the passage gives nowhere."""
    held = numerals.find(passage)
    for quantity in numerals.find(sentence):
        digit = re.search(r"\d", quantity.text)
        if quantity.spelled or quantity.measure in _DATED or not digit:
            continue
        place = quantity.start + digit.start()
        for step in (4, 5, 3, 6):
            other = (int(digit[0]) - 1 + step) % 9 + 1
            false = f"{sentence[:place]}{other}{sentence[place + 1 :]}"
            new = [q for q in numerals.find(false) if q.start <= place < q.end]
            if new and not any(quantities.agree(new[0], one) or quantities.agree(one, new[0]) for one in held):
                return false
    return ""


def denied(sentence: str) -> str:
    """The sentence with a "not" behind its first auxiliary verb; empty when it has none or denies something already."""
    if words.is_negated(words.tokens(sentence)):
        return ""
    return _AUXILIARY.sub(r"\1 not", sentence, count=1) if _AUXILIARY.search(sentence) else ""
