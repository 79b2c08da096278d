"""What is counted, and whether a difference is more than chance.

A system's passages are read best first until so many words are read; of these are counted the words of the answer.
nDCG@10: a passage's gain is the share of the answer's words in it; the ideal is the best order of the passages that
the same index has, so that it tells the order alone, while the words tell what the cutting does.
Method: token recall, precision and IoU (Smith & Troynikov, Evaluating Chunking Strategies for Retrieval, 2024); paired
bootstrap over questions (Efron & Tibshirani, 1993), percentile intervals, two-sided p.
"""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.retrieval.sets import Asked, Page
from benchmarks.retrieval.shelves import Shelf, touching
from benchmarks.retrieval.systems import System
from core.models import Passage

BUDGETS = (200, 500, 1000)
DEPTH = 10
RESAMPLES = 10_000
MEASURES = (
    *(f"recall@{budget}" for budget in BUDGETS), *(f"precision@{budget}" for budget in BUDGETS),
    *(f"iou@{budget}" for budget in BUDGETS), f"ndcg@{DEPTH}",
)  # fmt: skip

Scores = "np.ndarray[tuple[int, int], np.dtype[np.float64]]"
"""A row a question, a column a measure of `MEASURES`."""


@dataclass(frozen=True, kw_only=True)
class Result:
    scores: Scores
    cpu_ms: float
    """A question, in the mean, one thread."""


def run(system: System, shelf: Shelf, asked: Sequence[Asked], pages: Mapping[str, Page]) -> Result:
    """Every question asked of the shelf."""
    if asked:
        system.ask(asked[0].text, shelf)  # tables are loaded once a process, not once a question
    spent, rows = 0.0, []
    for question in asked:
        began = time.process_time()
        found = system.ask(question.text, shelf)
        spent += time.process_time() - began
        rows.append(scored(found, question, pages, touching(shelf, question, pages)))
    scores = np.array(rows, np.float64).reshape(len(rows), len(MEASURES))
    return Result(scores=scores, cpu_ms=1000 * spent / max(len(asked), 1))


def scored(
    found: Sequence[Passage], question: Asked, pages: Mapping[str, Page], gains: Mapping[int, float]
) -> list[float]:
    """The measures of one ranking, in the order of `MEASURES`, each in [0, 1]; `gains` as `touching` gives them."""
    read = [word for passage in found for word in pages[passage.url].words(passage.start, passage.end)]
    firsts = [set(read[:budget]) for budget in BUDGETS]
    hits = [len(first & question.answer) for first in firsts]
    return [
        *(hit / len(question.answer) for hit in hits),
        *(hit / max(len(first), 1) for hit, first in zip(hits, firsts, strict=True)),
        *(hit / len(first | question.answer) for hit, first in zip(hits, firsts, strict=True)),
        _dcg([gains.get(passage.id, 0.0) for passage in found]) / _dcg(sorted(gains.values(), reverse=True)),
    ]


def _dcg(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(rank + 2) for rank, gain in enumerate(gains[:DEPTH]))


@dataclass(frozen=True, kw_only=True)
class Difference:
    """The mean of a measure over questions, ours less theirs."""

    mean: float
    low: float
    high: float
    p: float


def difference(ours: Scores, theirs: Scores, measure: str, *, seed: int = 1) -> Difference:
    """Ours less theirs on the same questions, with a 95 % interval and a two-sided p (at least 1 / `RESAMPLES`)."""
    column = MEASURES.index(measure)
    each = ours[:, column] - theirs[:, column]
    picked = np.random.default_rng(seed).integers(0, len(each), (RESAMPLES, len(each)))
    means = each[picked].mean(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    tail = min((means <= 0).mean(), (means >= 0).mean())
    p = min(1.0, max(2 * float(tail), 1 / RESAMPLES))
    return Difference(mean=float(each.mean()), low=float(low), high=float(high), p=p)
