"""The index as retrieval sees it, and what it is asked.

The store implements `Index`. Words are searched by FTS5, which is there the moment a passage is;
vectors come when they come and may be missing altogether. They are searched exactly: one product of
a float32 matrix takes 13 ms for 100,000 passages, so nothing approximate is needed below 300,000.
"""

import math
import re
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any, Protocol

from core.models import Passage
from core.retrieval.words import STOP_WORDS, content_words, stems

if TYPE_CHECKING:
    import numpy as np

    Ids = np.ndarray[Any, np.dtype[np.int64]]
    Matrix = np.ndarray[Any, np.dtype[np.float32]]

K1 = 1.2
"""FTS5's own BM25 constant, built in."""
LEAST_IDF = 1e-6
"""FTS5's own value for words that more than half of the passages have."""

_PHRASE = re.compile(r'"([^"]*)"')


class Index(Protocol):
    """What retrieval asks of the store."""

    def lexical(self, match: str, limit: int, snapshots: Collection[int] | None = None) -> list[tuple[int, float]]:
        """`(passage id, BM25)`, best first, larger is better; `snapshots` None searches all."""

    def document_frequency(self, terms: Collection[str]) -> dict[str, int]:
        """Stem -> number of passages that have it; absent ones are left out."""

    def passages_count(self) -> int:
        """How many passages there are, for `document_frequency` to be a share of."""

    def vectors(self, model: str, snapshots: Collection[int] | None = None) -> "tuple[Ids, Matrix]":
        """Passage ids of shape (n,) and their vectors (n, dim); n is 0 until the first are made."""

    def passages(self, ids: Iterable[int]) -> dict[int, Passage]:
        """Passages by id; unknown ids are left out."""


# --- words ---------------------------------------------------------------


def match_expression(query: str) -> str:
    """The FTS5 expression for a question or a query: its content words and quoted phrases, OR-ed.

    Args:
        query: anything at all; no operator or sign in it reaches FTS5.

    Returns:
        An expression without syntax error; empty when the query has no word, which matches nothing.

    >>> match_expression('What does a "heat pump" cost? AND NOT (col:x*')
    '"heat pump" OR "cost" OR "col"'
    """
    return " OR ".join(f'"{term}"' for term in _terms(query))


def ceiling(match: str, index: Index) -> float:
    """The largest BM25 that a passage could get for an expression of `match_expression`; above 0.

    Every word endlessly often: the sum of idf x (k1 + 1). A phrase counts as its rarest word.
    """
    return sum(_idf(match[1:-1].split('" OR "'), index).values()) * (K1 + 1) or LEAST_IDF


def _terms(query: str) -> list[str]:
    phrases = [" ".join(re.findall(r"[^\W_]+", phrase)) for phrase in _PHRASE.findall(query)]
    found = [phrase.lower() for phrase in phrases if " " in phrase]
    rest = _PHRASE.sub(lambda match: match[1] if " " not in match[1].strip() else " ", query)
    words = content_words(rest)
    if found and all(word in STOP_WORDS for word in words):
        words = []  # stop words that stand in for nothing better
    return list(dict.fromkeys(found + words))


def _idf(terms: Collection[str], index: Index) -> dict[str, float]:
    """FTS5's idf for each term."""
    by_word = stems(terms)
    frequency = index.document_frequency({stem for found in by_word.values() for stem in found})
    count = index.passages_count()

    def idf(stem: str) -> float:
        with_it = min(frequency.get(stem, 0), count)
        return max(math.log((count - with_it + 0.5) / (with_it + 0.5)), LEAST_IDF)

    return {term: max((idf(stem) for stem in found), default=LEAST_IDF) for term, found in by_word.items()}


# --- neighbours in the text ---------------------------------------------------------------


def before(index: Index, passage: Passage) -> Passage | None:
    """The passage just before this one in the same section, or None at a section's start.

    A snapshot's passages are stored together in the order of its text, so it has the id before.
    """
    found = index.passages([passage.id - 1]).get(passage.id - 1)
    if found is None or found.snapshot_id != passage.snapshot_id or found.end > passage.start:
        return None
    return found if found.section_start == passage.section_start else None
