"""The weights of ranking, fitted.

    python -m benchmarks.retrieval.fit --public DATA --debian GALLEY_DATA     writes core/retrieval/weights.json

Fitted on the public set and the `tune` half of Debian's questions, each set counting the same. The figures in the
file are out of fold: each corpus of the public set by weights that never saw it nor Debian's, Debian's `report`
half by weights that saw neither it nor, in a second line, any of Debian's. Needs scipy.
"""

import json
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize

from benchmarks.retrieval.measure import MEASURES, scored
from benchmarks.retrieval.sets import Asked, Corpus, arguments, debian, public
from benchmarks.retrieval.shelves import Shelf, open_shelf, touching
from core.models import Passage
from core.retrieval import signals
from core.retrieval.rerank import WEIGHTS
from core.retrieval.retrieve import POOL, candidates

RIDGE = 0.02
"""Of the weights of signals brought to unit spread: 0.01 and 0.03 give the same figures within noise."""
TOLD = ("recall@200", "recall@500", "recall@1000", "iou@200", "ndcg@10")


@dataclass(frozen=True)
class Row:
    """One question's candidates."""

    question: Asked
    passages: list[Passage]
    table: Any
    gains: Any
    """Share of the answer's words that each candidate holds."""
    corpus: Corpus
    all_gains: dict[int, float]


def rows(corpus: Corpus, shelf: Shelf, asked: Sequence[Asked]) -> list[Row]:
    found = []
    for question in asked:
        ranked, direction = candidates(question.text, [], shelf.index, shelf.embedder, count=POOL)
        passages = [item.passage for item in ranked]
        table = signals.signals(
            signals.Asked(question.text, shelf.index), passages, [item.score for item in ranked],
            [item.scores for item in ranked], shelf.embedder, direction,
        )  # fmt: skip
        gains = touching(shelf, question, corpus.pages)
        own = np.array([gains.get(passage.id, 0.0) for passage in passages])
        found.append(Row(question, passages, table, own, corpus, gains))
    return found


def fit(sets: Sequence[Sequence[Row]]) -> tuple[Any, float]:
    """Weights and bias; the sets count the same, whatever their size."""
    tables = np.concatenate([row.table for each in sets for row in each])
    spread = tables.std(axis=0) + 1e-9
    apart, much = [], []
    for each in sets:
        of_set = []
        for row in each:
            # Gain for the words it takes: the budget is in words.
            worth = row.gains / np.sqrt([max(len(passage.text.split()), 1) / 80 for passage in row.passages])
            better, worse = np.nonzero(worth[:, None] > worth[None, :] + 1e-9)
            apart.append((row.table[better] - row.table[worse]) / spread)
            of_set.append((worth[better] - worth[worse]) / len(row.passages))
        whole = sum(part.sum() for part in of_set)
        much += [part / whole for part in of_set]
    difference, weight = np.concatenate(apart), np.concatenate(much) / len(sets)

    def loss(w: Any) -> tuple[float, Any]:
        margin = difference @ w
        slope = -weight / (1 + np.exp(margin))
        return float(weight @ np.logaddexp(0, -margin) + RIDGE * w @ w), slope @ difference + 2 * RIDGE * w

    weights = minimize(loss, np.zeros(len(signals.NAMES)), jac=True, method="L-BFGS-B").x / spread
    scores = [row.table @ weights for each in sets for row in each]
    holds = [row.gains > 0 for each in sets for row in each]
    share = np.concatenate([np.full(len(row.gains), 1 / len(each) / len(row.gains)) for each in sets for row in each])
    scale, bias = _platt(np.concatenate(scores), np.concatenate(holds), share)
    return weights * scale, bias


def _platt(scores: Any, holds: Any, share: Any) -> tuple[float, float]:
    def loss(ab: Any) -> float:
        x = ab[0] * scores + ab[1]
        return float(share @ np.where(holds, np.logaddexp(0, -x), np.logaddexp(0, x)))

    a, b = minimize(loss, [1.0, 0.0], method="Nelder-Mead").x
    return float(a), float(b)


def told(rows_: Sequence[Row], weights: Any | None) -> dict[str, float]:
    """The measures in %, of the fused order where there are no weights."""
    each = []
    for row in rows_:
        order = range(len(row.passages)) if weights is None else np.argsort(-(row.table @ weights), kind="stable")
        measured = scored([row.passages[n] for n in order], row.question, row.corpus.pages, row.all_gains)
        each.append([measured[MEASURES.index(name)] for name in TOLD])
    return {
        name: round(100 * statistics.mean(column), 1)
        for name, column in zip(TOLD, zip(*each, strict=True), strict=True)
    }


def main() -> None:
    given = arguments(__doc__, required=True).parse_args()
    corpora = [rows(c, open_shelf("galley", c, given.cache), c.asked["public"]) for c in public(given.public)]
    ours = debian(given.debian)
    halves = {
        half: rows(ours, open_shelf("galley", ours, given.cache), [q for q in ours.asked["single"] if q.half == half])
        for half in ("tune", "report")
    }
    everything = sum(corpora, [])
    left_out = [(each, fit([sum((c for c in corpora if c is not each), [])])[0]) for each in corpora]
    weights, bias = fit([everything, halves["tune"]])
    public_alone = fit([everything])[0]
    measured = {
        "public, fused": told(everything, None),
        **{f"{each[0].corpus.name}, fused": told(each, None) for each in corpora},
        **{f"{each[0].corpus.name}, fitted on the other two": told(each, w) for each, w in left_out},
        "public, fitted on Debian's tune half": told(everything, fit([halves["tune"]])[0]),
        "debian report, fused": told(halves["report"], None),
        "debian report": told(halves["report"], weights),
        "debian report, fitted on the public set": told(halves["report"], public_alone),
        "debian tune, fused": told(halves["tune"], None),
        "debian tune, fitted on the public set": told(halves["tune"], public_alone),
    }
    named = dict(zip(signals.NAMES, (round(float(w), 4) for w in weights), strict=True))
    part = {"weights": named, "bias": round(bias, 4), "measured": measured}
    kept = json.loads(WEIGHTS.read_text("utf-8")) if WEIGHTS.is_file() else {}
    kept |= {"written_by": "python -m benchmarks.retrieval.fit --public DATA --debian GALLEY_DATA", "ranking": part}
    WEIGHTS.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(json.dumps(part, indent=1))


if __name__ == "__main__":
    main()
