"""An entailment model on disk beside the judge of words, on labelled claims: is it worth what it costs?

The judge of words is out of fold. The two are pooled as Galley pools them: where no rule decides and the
score is not clear (`core/judging/alignment.py`). Claims are drawn for each family, as many supported ones as not, for
such a model takes milliseconds to seconds a claim.
"""

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.judging.alignment import align
from core.judging.encoder import Encoder
from core.judging.fitted import Fitted

_RESAMPLED = 1000


@dataclass(frozen=True)
class _Asked(Encoder):
    """The model, asked once about each pair; what it said, and how long it took."""

    said: dict[tuple[str, tuple[str, ...]], float | None] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)

    def support(self, claim: str, passages: Sequence[str]) -> float | None:
        pair = claim, tuple(passages)
        if pair not in self.said:
            begun = time.perf_counter()
            self.said[pair] = super().support(claim, passages)
            self.seconds.append(time.perf_counter() - begun)
        return self.said[pair]


@dataclass(frozen=True)
class Scores:
    """Of one family, a row for each claim."""

    labels: np.ndarray
    alone: np.ndarray
    """The model's; 0.5 for a claim too long for it."""
    by_words: np.ndarray
    pooled: np.ndarray
    seconds: np.ndarray
    """Of each question put to the model; clauses of a compound claim are questions of their own."""


def scores(
    rows: Sequence[Any], folds: Sequence[tuple[Fitted, np.ndarray]], encoder: Encoder, most: int
) -> dict[str, Scores]:
    """Ask about at most `most` supported and as many unsupported claims of each family.

    Args:
        rows: `benchmarks.judge.Row`.
        folds: judges of words with the rows each may be asked about.
    """
    judge_of = {int(n): judge for judge, test in folds for n in test}
    found = {}
    for family in sorted({row.family for row in rows}):
        asked = _Asked(**vars(encoder))
        lines = []
        for n in _drawn(rows, family, most):
            row, by = rows[n], judge_of[n]
            alone = asked.support(row.claim, [passage.text for passage in row.passages])
            words, both = (align(row.claim, row.passages, by=by, encoder=one).score for one in (None, asked))
            lines.append((row.label, 0.5 if alone is None else alone, words, both))
        found[family] = Scores(*np.array(lines).T, np.array(asked.seconds))
    return found


def _drawn(rows: Sequence[Any], family: str, most: int) -> list[int]:
    drawn = random.Random(0)
    kinds = [[n for n, row in enumerate(rows) if row.family == family and row.label == label] for label in (0, 1)]
    count = min(most, *map(len, kinds))
    return [n for kind in kinds for n in drawn.sample(kind, count)]


def table(found: dict[str, Scores]) -> Iterator[str]:
    """Lines of the report. The interval holds 95 of 100 resamples of a family's claims."""
    yield "| family | claims | model alone, AUC | words alone | pooled | gain | ms a question |"
    yield "|---" * 7 + "|"
    means = []
    for family, one in found.items():
        alone, words, both = (_auc(one.labels, values) for values in (one.alone, one.by_words, one.pooled))
        low, high = _interval(one)
        took = 1000 * float(np.median(one.seconds))
        gain = f"{both - words:+.3f} ({low:+.3f} to {high:+.3f})"
        yield f"| {family} | {len(one.labels)} | {alone:.3f} | {words:.3f} | {both:.3f} | {gain} | {took:.0f} |"
        means.append((alone, words, both))
    alone, words, both = np.mean(means, axis=0)
    yield f"| mean | | {alone:.3f} | {words:.3f} | {both:.3f} | {both - words:+.3f} | |"


def _auc(labels: np.ndarray, values: np.ndarray) -> float:
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(labels, values))


def _interval(one: Scores) -> tuple[float, float]:
    drawn, size = np.random.default_rng(0), len(one.labels)
    gains = []
    for _ in range(_RESAMPLED):
        some = drawn.integers(0, size, size)
        if len(set(one.labels[some])) == 2:
            gains.append(_auc(one.labels[some], one.pooled[some]) - _auc(one.labels[some], one.by_words[some]))
    low, high = np.quantile(gains, (0.025, 0.975))
    return float(low), float(high)
