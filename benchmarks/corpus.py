"""A library of any size, written by a machine: for measuring speed, never quality.

Words are drawn by a Zipf-Mandelbrot law from the pieces of WordLlama's vocabulary that are words (so that they
have vectors that differ as words do), and beyond these from pairs of them; four words in ten are stop words,
three in ten come from the two subjects of the document. Questions take their words from one passage, rare
and frequent ones as they stand there.
"""

import re
from collections.abc import Iterator
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from core.models import Document
from core.retrieval.words import STOP_WORDS

VOCABULARY = 400_000
SUBJECTS = 3_000
WORDS_OF_A_SUBJECT = 150
PASSAGE_WORDS = (60, 95)
PASSAGES = 20
"""Of a document, on average."""


class Corpus:
    """Documents and questions; the same for the same seed."""

    def __init__(self, seed: int = 7) -> None:
        self._seed = seed

    def documents(self, passages: int, *, first: int = 0) -> Iterator[Document]:
        """Documents with so many passages in all, about; `first` numbers them on."""
        done, number = 0, first
        while done < passages:
            text, blocks = self._text(np.random.default_rng((self._seed, number)))
            done += blocks
            yield Document(
                url=f"library:scale/{number}.md", title=text.split("\n", 1)[0][2:], text=text,
                media_type="text/markdown", fetched_at="2026-01-01T00:00:00Z",
            )  # fmt: skip
            number += 1

    def questions(self, texts: list[str], seed: int = 1) -> list[str]:
        """One question of four to nine content words for each passage."""
        random = np.random.default_rng(seed)
        asked = []
        for text in texts:
            words = list(dict.fromkeys(w for w in re.findall(r"[a-z]{3,}", text.lower()) if w not in STOP_WORDS))
            chosen = random.permutation(words)[: random.integers(4, 10)]
            asked.append(f"What is the {' '.join(chosen)}?")
        return asked

    def _text(self, random: np.random.Generator) -> tuple[str, int]:
        own = np.concatenate([self._subject(n) for n in random.integers(0, SUBJECTS, 2)])
        blocks = int(random.integers(PASSAGES // 2, PASSAGES * 3 // 2))
        words, stops = self._words, self._stops
        parts = [f"# {words[own[0]]} {words[own[1]]} {words[own[-1]]}"]
        for block in range(blocks):
            if block % 4 == 0:
                parts.append(f"## {words[random.choice(own)]} {words[random.choice(own)]}")
            size = int(random.integers(*PASSAGE_WORDS))
            picked = np.minimum(np.searchsorted(self._cumulative, random.random(size)), len(words) - 1)
            kind = random.random(size)
            chance = random.random(size) ** 2 * 0.999
            drawn = [
                stops[int(r * len(stops))] if k < 0.4 else words[own[int(r * len(own))] if k < 0.7 else p]
                for k, r, p in zip(kind, chance, picked, strict=True)
            ]
            ends = range(0, size, 15)
            parts.append(" ".join(" ".join(drawn[e : e + 15]).capitalize() + "." for e in ends))
        return "\n\n".join(parts), blocks

    def _subject(self, number: int) -> np.ndarray:
        random = np.random.default_rng((self._seed, 1_000_000_000 + number))
        picked = np.searchsorted(self._cumulative, random.random(WORDS_OF_A_SUBJECT) * 0.6 + 0.4)
        return np.minimum(picked, len(self._words) - 1)

    @cached_property
    def _stops(self) -> list[str]:
        return sorted(STOP_WORDS, key=lambda word: (len(word), word))

    @cached_property
    def _cumulative(self) -> np.ndarray:
        weights = 1 / (np.arange(VOCABULARY) + 5.0) ** 1.05
        return np.cumsum(weights / weights.sum())

    @cached_property
    def _words(self) -> list[str]:
        from tokenizers import Tokenizer

        found = find_spec("wordllama")
        assert found, "a requirement"
        assert found.origin, "not a namespace"
        folder = Path(found.origin).parent / "tokenizers"
        pieces = Tokenizer.from_file(str(folder / "l2_supercat_tokenizer_config.json")).get_vocab()
        real = [p[1:] for p, _ in sorted(pieces.items(), key=lambda item: item[1]) if re.fullmatch("▁[a-z]{4,}", p)]
        random = np.random.default_rng(self._seed)
        pairs = random.integers(0, len(real), (VOCABULARY - len(real), 2))
        return real + [real[a] + real[b] for a, b in pairs]
