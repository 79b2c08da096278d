"""Embedding: text as a vector, for passages that say it in other words.

The default is static: a word's vector is the mean of its sub-word vectors in WordLlama's table
(MIT, inside the package's wheel: no download, no model run), a text's is the mean over its distinct
content words, so that words said often do not drown the others. Each word is looked up once ever, and
a library of 15,000 passages takes seconds. A sentence transformer (MiniLM, int8) was measured beside it
and left out: over the evidence a writer gets it finds hardly more, for 20 times the CPU time and 95 MB
of packages. Both are in benchmarks/retrieval.md.
"""

import threading
from collections.abc import Iterable, Sequence
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from core.errors import SettingsError
from core.retrieval.words import content_words

if TYPE_CHECKING:
    import numpy as np
    from tokenizers import Tokenizer

    Matrix: TypeAlias = np.ndarray[Any, np.dtype[np.float32]]

WEIGHTS_SHA256 = "64b47a2dc493cb8e85944076601189739852d7b64e0e1eedcb1937a251cd9fd5"
_LONGEST_WORD = 40
"""Longer runs are addresses, keys or code: their first characters will do."""
_MOST_WORDS = 400_000
"""Word vectors kept in memory, 400 MB at the very most; a large library has some 100,000."""


class Embedder(Protocol):
    """Texts to vectors. Vectors of different `name`s are never compared."""

    @property
    def name(self) -> str:
        """Model and method; stands beside every stored vector, so a change of method is a new name."""

    @property
    def dim(self) -> int:
        """Length of a vector."""

    def embed(self, texts: Sequence[str]) -> "Matrix":
        """One float32 row a text, in order, of Euclidean length 1 (0 for a text without words)."""


class WordVectors:
    """The static embedder. Loads its table (16 MB) at first use; safe to share between threads."""

    name = "wordllama-l2-256-words"
    dim = 256

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._table: Matrix | None = None
        self._tokenizer: Tokenizer | None = None
        self._rows: dict[str, int] = {}
        self._vectors: Matrix | None = None

    def embed(self, texts: Sequence[str]) -> "Matrix":
        """See `Embedder`. Thousands of passages a second; English words mostly.

        Raises:
            SettingsError: the package with the weights is missing, or they are not those measured.
        """
        import numpy as np

        pooled = np.zeros((len(texts), self.dim), np.float32)
        for first in range(0, len(texts), 1000):  # bounds the memory the gathered rows take
            words = [_distinct(text) for text in texts[first : first + 1000]]
            with self._lock:
                rows = self._look_up(words)
                vectors = self._vectors
            assert vectors is not None, "the look-up made it"
            for n, own in enumerate(rows):
                if own:
                    pooled[first + n] = vectors[own].sum(axis=0)
        lengths = np.linalg.norm(pooled, axis=1, keepdims=True)
        return pooled / np.where(lengths > 0, lengths, 1).astype(np.float32)

    def _look_up(self, texts: Sequence[Iterable[str]]) -> list[list[int]]:
        """Rows of the words' vectors, new words added."""
        import numpy as np

        if self._vectors is None or len(self._rows) > _MOST_WORDS:
            self._rows, self._vectors = {}, np.zeros((0, self.dim), np.float32)
        new = list(dict.fromkeys(word for words in texts for word in words if word not in self._rows))
        if new:
            start, end = len(self._rows), len(self._rows) + len(new)
            if end > len(self._vectors):  # doubled: growing by each document's words would copy all the others'
                grown = np.zeros((max(end, 2 * start), self.dim), np.float32)
                grown[:start] = self._vectors[:start]
                self._vectors = grown
            self._vectors[start:end] = self._word_vectors(new)
            self._rows.update(zip(new, range(start, end), strict=True))
        return [[self._rows[word] for word in words] for words in texts]

    def _word_vectors(self, words: list[str]) -> "Matrix":
        import numpy as np

        if self._table is None or self._tokenizer is None:
            self._tokenizer, self._table = _load()
        pieces = [code.ids or [0] for code in self._tokenizer.encode_batch_fast(words, add_special_tokens=False)]
        starts = np.cumsum([0] + [len(ids) for ids in pieces[:-1]])
        sums = np.add.reduceat(self._table[np.concatenate(pieces)].astype(np.float32), starts, axis=0)
        return sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)


def _distinct(text: str) -> dict[str, None]:
    return dict.fromkeys(word[:_LONGEST_WORD] for word in content_words(text))


def _load() -> "tuple[Tokenizer, Matrix]":
    """WordLlama's tokenizer and half-precision table, read from the installed files alone."""
    import numpy as np

    install = "Run `pip install wordllama==0.4.0.post1`, or search by words alone."
    found = find_spec("wordllama")  # found, not imported: its own loader would look on the network
    if found is None or found.origin is None:
        raise SettingsError("The package wordllama, which holds the word vectors, is missing.", remedy=install)
    folder = Path(found.origin).parent
    try:
        raw = (folder / "weights" / "l2_supercat_256.safetensors").read_bytes()
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(folder / "tokenizers" / "l2_supercat_tokenizer_config.json"))
    except (OSError, ImportError) as error:
        raise SettingsError(f"The word vectors cannot be read: {error}.", remedy=install) from error
    if sha256(raw).hexdigest() != WEIGHTS_SHA256:
        raise SettingsError("The word vectors are not those that stored vectors were made with.", remedy=install)
    tokenizer.no_padding()
    tokenizer.no_truncation()
    header = 8 + int.from_bytes(raw[:8], "little")  # safetensors: length, JSON header, then the one table
    return tokenizer, np.frombuffer(raw, np.float16, offset=header).reshape(-1, WordVectors.dim)
