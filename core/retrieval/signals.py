"""Signals: what can be said of a passage as an answer to a question, in a few numbers a person can read.

Words are compared in the sentences they stand in, since a passage that has the question's words all over says
less than a sentence that has them together; and softly, since `limit` is asked for and `maximum` is said: a word
of the question counts as far as the closest word of the text is close to it.
Method: late interaction (Khattab & Zaharia, SIGIR 2020), here on static word vectors instead of a model's.
"""

import math
import re
import threading
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from core.models import Passage, Score
from core.retrieval.embed import Embedder
from core.retrieval.index import Index
from core.retrieval.words import content_words, stems

if TYPE_CHECKING:
    import numpy as np

    Ids = np.ndarray[Any, np.dtype[np.int64]]
    Matrix = np.ndarray[Any, np.dtype[np.float32]]

NAMES = ("words", "together", "sentence", "meaning", "share", "around", "repetition")
"""The columns of `signals`, in order:

- `words`: how much of the question the passage speaks of, by idf, each word as far as its closest is close.
- `together`: the same of its best two sentences on end.
- `sentence`: how close its best sentence is in meaning, 1 the closest of all these passages and 0 the farthest.
- `meaning`: the cosine of the whole passage, 0 where the vectors' list does not have it.
- `share`: its fused score as a share of the best.
- `around`: the same of the passages before and after it in its section or document, the next but one half.
- `repetition`: how often it says a word on average, less 1: keyword stuffing has much of it.
"""
CLOSE = 0.35
"""Cosine below which two words have nothing to do with each other: between any two it is 0.1 on average."""
_MOST_WORDS = 30_000
"""Word vectors kept, 1 kB each: a run's sources have half as many words."""

_SENTENCE_END = re.compile(r"(?<=[.!?。！？])[\"”’')\]]*\s+|\n+")
_AROUND = ((-2, 0.5), (-1, 1.0), (1, 1.0), (2, 0.5))


class _Vectors:
    """Vectors of single words, each made once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: dict[str, int] = {}
        self._matrix: Matrix | None = None
        self._name = ""

    def __call__(self, words: Sequence[str], embedder: Embedder) -> "Matrix":
        import numpy as np

        with self._lock:
            if embedder.name != self._name or len(self._rows) > _MOST_WORDS or self._matrix is None:
                self._rows, self._matrix = {}, np.zeros((0, embedder.dim), np.float32)
                self._name = embedder.name
            new = [word for word in dict.fromkeys(words) if word not in self._rows]
            if new:
                self._rows.update(zip(new, range(len(self._rows), len(self._rows) + len(new)), strict=True))
                self._matrix = np.concatenate([self._matrix, embedder.embed(new)])
            return self._matrix[[self._rows[word] for word in words]]


_vectors = _Vectors()


@lru_cache(maxsize=4096)
def sentences(text: str) -> tuple[tuple[str, ...], ...]:
    """The content words of each sentence, roughly cut: a wrong cut costs a signal little."""
    found = (tuple(content_words(part)) for part in _SENTENCE_END.split(text))
    return tuple(words for words in found if words) or (("",),)


class Asked:
    """A question's words with what each weighs."""

    def __init__(self, question: str, index: Index) -> None:
        self.words = tuple(dict.fromkeys(content_words(question)))
        self.stems = {word: found for word, found in stems(self.words).items() if found}
        frequency = index.document_frequency({stem for found in self.stems.values() for stem in found})
        count = index.passages_count()
        weights = [
            max((_idf(frequency.get(s, 0), count) for s in self.stems.get(w, ())), default=0) for w in self.words
        ]
        total = sum(weights) or 1.0
        self.weights = [weight / total for weight in weights]
        """Of each word, by idf; their sum is 1."""


def _idf(with_it: int, count: int) -> float:
    return math.log(1 + (max(count - with_it, 0) + 0.5) / (with_it + 0.5))


def signals(
    asked: Asked,
    passages: Sequence[Passage],
    fused: Sequence[float],
    scores: Sequence[Mapping[str, Score]],
    embedder: Embedder | None,
    direction: "Matrix | None" = None,
) -> "Matrix":
    """One row a passage, one column for each of `NAMES`.

    Args:
        asked: the question.
        passages: the candidates: some signals compare them with each other.
        fused: their scores so far, above 0 for the best.
        scores: what each list said of them.
        embedder: of single words, so it must be cheap; None compares stems alone.
        direction: the question's vector; None leaves `sentence` 0.
    """
    import numpy as np

    table = np.zeros((len(passages), len(NAMES)), np.float32)
    if not passages or not asked.words:
        return table
    cut = [sentences(passage.text) for passage in passages]
    words, rows, starts, firsts = _laid_out(cut)
    vectors = _vectors(words, embedder) if embedder else None
    held = np.maximum.reduceat(_closeness(asked, words, vectors, embedder)[:, rows], starts, axis=1)
    weights = np.array(asked.weights, np.float32)
    table[:, 0] = weights @ np.maximum.reduceat(held, firsts, axis=1)
    pairs = held.copy()
    inner = np.setdiff1d(np.arange(1, len(starts)), firsts)
    pairs[:, inner - 1] = np.maximum(held[:, inner - 1], held[:, inner])
    table[:, 1] = np.maximum.reduceat(weights @ pairs, firsts)
    if vectors is not None and direction is not None:
        sums = np.add.reduceat(vectors[rows], starts, axis=0)
        lengths = np.maximum(np.linalg.norm(sums, axis=1), 1e-9)
        best = np.maximum.reduceat((sums @ direction) / lengths, firsts)
        table[:, 2] = (best - best.min()) / max(float(np.ptp(best)), 1e-9)
    table[:, 3] = [own["dense"].score if "dense" in own else 0.0 for own in scores]
    table[:, 4] = np.array(fused, np.float32) / max(*fused, 1e-9)
    at = {(passage.snapshot_id, passage.id): n for n, passage in enumerate(passages)}
    for n, passage in enumerate(passages):
        near = ((at.get((passage.snapshot_id, passage.id + step)), share) for step, share in _AROUND)
        table[n, 5] = sum(share * table[other, 4] for other, share in near if other is not None)
    table[:, 6] = [_repetition(own) for own in cut]
    return table


def spoken_of(asked: Asked, passages: Sequence[Passage], embedder: Embedder | None) -> "Matrix":
    """How far each word of the question (rows) is spoken of by each passage (columns), in [0, 1]."""
    import numpy as np

    words, rows, starts, firsts = _laid_out([sentences(passage.text) for passage in passages])
    vectors = _vectors(words, embedder) if embedder else None
    return np.maximum.reduceat(_closeness(asked, words, vectors, embedder)[:, rows], starts[firsts], axis=1)


def _laid_out(cut: Sequence[Sequence[Sequence[str]]]) -> "tuple[list[str], Ids, Ids, Ids]":
    """The distinct words; for every word of the texts in order its number among them; where the sentences begin
    among these; and where the passages begin among the sentences."""
    import numpy as np

    flat = [sentence for own in cut for sentence in own]
    words = list(dict.fromkeys(word for sentence in flat for word in sentence))
    place = {word: n for n, word in enumerate(words)}
    rows = np.array([place[word] for sentence in flat for word in sentence])
    starts = np.array([0, *accumulate(len(sentence) for sentence in flat)][:-1])
    return words, rows, starts, np.array([0, *accumulate(len(own) for own in cut)][:-1])


def _closeness(asked: Asked, words: Sequence[str], vectors: "Matrix | None", embedder: Embedder | None) -> "Matrix":
    """Of each word of the question to each word of the texts, in [0, 1]; 1 where they have a stem in common."""
    import numpy as np

    close = np.zeros((len(asked.words), len(words)), np.float32)
    if vectors is not None and embedder is not None:
        close = _vectors(asked.words, embedder) @ vectors.T
        close[close < CLOSE] = 0.0
    by_stem: dict[str, list[int]] = {}
    for n, found in enumerate(map(stems(words).__getitem__, words)):
        for stem in found:
            by_stem.setdefault(stem, []).append(n)
    for n, word in enumerate(asked.words):
        for stem in asked.stems.get(word, ()):
            close[n, by_stem.get(stem, [])] = 1.0
    return np.minimum(close, 1.0)


def _repetition(cut: Sequence[Sequence[str]]) -> float:
    said = sum(len(sentence) for sentence in cut)
    return said / len({word for sentence in cut for word in sentence}) - 1
