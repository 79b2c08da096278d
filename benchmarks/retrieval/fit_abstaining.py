"""The weights of abstaining, fitted: run after `benchmarks.retrieval.fit`, with the same arguments.

    python -m benchmarks.retrieval.fit_abstaining --public DATA --debian GALLEY_DATA

It adds to core/retrieval/weights.json. Each question is asked with its answer in the index and with every passage
that touches it taken out; near misses are asked as they are, and questions of the public set of its other corpora
too. To be told is whether one of the passages used
touches the answer. The public set and Debian's `tune` half count the same, and so do yes and no within each: the
probability holds for questions that are answered half of the time. Figures are out of fold, as in `fit`: of
each public corpus by weights that never saw it, of Debian's `report` half by those kept.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.optimize import minimize

from benchmarks.retrieval.abstain import Without
from benchmarks.retrieval.sets import Asked, Corpus, arguments, debian, public
from benchmarks.retrieval.shelves import Shelf, open_shelf, touching
from benchmarks.retrieval.systems import evidence
from core.retrieval import signals
from core.retrieval.abstain import SIGNS, signs
from core.retrieval.rerank import WEIGHTS

RIDGE = 0.003
LOST = 0.15
"""Of the questions that have their answer, the share that may be told not to: they cost a further search, while an
answer that is missed costs a section without support."""
Examples = tuple[Any, Any]
"""Signs, a row each; and whether the answer was there."""


def examples(corpus: Corpus, shelf: Shelf, asked: Sequence[Asked], near: Sequence[Asked] = ()) -> Examples:
    rows, there = [], []
    for question in (*asked, *near):
        gold = touching(shelf, question, corpus.pages)
        for index in (shelf.index, Without(shelf.index, gold)) if gold else (shelf.index,):
            used = [item for item in evidence(question.text, shelf, index) if not item.left_out]
            if used:
                rows.append(signs(signals.Asked(question.text, index), used))
                there.append(any(item.passage.id in gold for item in used))
    return np.array(rows, float), np.array(there, bool)


def fit(sets: Sequence[Examples]) -> tuple[Any, float]:
    rows = np.concatenate([each[0] for each in sets])
    there = np.concatenate([each[1] for each in sets])
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    # Either answer weighs half in each set: how many questions have an answer differs from use to use.
    share = np.concatenate([np.where(t, 0.5 / t.sum(), 0.5 / (~t).sum()) for _, t in sets]) / len(sets)
    scaled = (rows - mean) / spread

    def loss(w: Any) -> tuple[float, Any]:
        x = scaled @ w[1:] + w[0]
        wrong = share * (1 / (1 + np.exp(-x)) - there)
        value = share @ np.where(there, np.logaddexp(0, -x), np.logaddexp(0, x)) + RIDGE * w[1:] @ w[1:]
        return float(value), np.concatenate([[wrong.sum()], wrong @ scaled + 2 * RIDGE * w[1:]])

    w = minimize(loss, np.zeros(len(SIGNS) + 1), jac=True, method="L-BFGS-B").x
    return w[1:] / spread, float(w[0] - (w[1:] * mean / spread).sum())


def told(examples_: Examples, model: tuple[Any, float], threshold: float) -> dict[str, float]:
    rows, there = examples_
    p = 1 / (1 + np.exp(-(rows @ model[0] + model[1])))
    said_no = p < threshold
    bins = np.minimum((p * 10).astype(int), 9)
    ece = sum((bins == b).mean() * abs(p[bins == b].mean() - there[bins == b].mean()) for b in set(bins))
    figures = {
        "auc": _auc(p, there), "brier": ((p - there) ** 2).mean(), "ece": ece,
        "abstaining precision": (said_no & ~there).sum() / max(said_no.sum(), 1),
        "abstaining recall": said_no[~there].mean(), "said of answered": said_no[there].sum() / max(there.sum(), 1),
    }  # fmt: skip
    return {"asked": len(there)} | {name: round(float(v), 3) for name, v in figures.items() if v == v}


def _auc(p: Any, there: Any) -> float:
    """How often one that has its answer is more probable than one that has not; nan where there are none of either."""
    yes, no = p[there][:, None], p[~there][None, :]
    return float(((yes > no) + 0.5 * (yes == no)).mean()) if yes.size and no.size else float("nan")


def threshold_for(examples_: Sequence[Examples], model: tuple[Any, float]) -> float:
    """Below which `LOST` of those that have their answer lie, in the mean of the sets."""
    kept = [1 / (1 + np.exp(-(rows[there] @ model[0] + model[1]))) for rows, there in examples_]
    return float(np.mean([np.quantile(p, LOST) for p in kept]))


def _foreign(corpus: Corpus, corpora: Sequence[Corpus]) -> list[Asked]:
    """Every other question of the other corpora."""
    others = [question for other in corpora if other is not corpus for question in other.asked["public"]]
    return [replace(question, gold=()) for question in others[::2]]


def _joined(parts: Iterable[Examples]) -> Examples:
    rows, there = zip(*parts, strict=True)
    return np.concatenate(rows), np.concatenate(there)


def main() -> None:
    given = arguments(__doc__, required=True).parse_args()
    texts = public(given.public)
    corpora = {c.name: examples(c, open_shelf("galley", c, given.cache), c.asked["public"]) for c in texts}
    foreign = {c.name: examples(c, open_shelf("galley", c, given.cache), (), _foreign(c, texts)) for c in texts}
    ours = debian(given.debian)
    halves = {
        half: examples(
            ours, open_shelf("galley", ours, given.cache),
            *([q for q in ours.asked[name] if q.half == half] for name in ("single", "near")),
        )
        for half in ("tune", "report")
    }  # fmt: skip
    everything = _joined([*corpora.values(), *foreign.values()])
    model = fit([everything, halves["tune"]])
    threshold = threshold_for([everything, halves["tune"]], model)
    measured = {}
    for name in corpora:
        rest = _joined(part[other] for part in (corpora, foreign) for other in corpora if other != name)
        other = fit([rest, halves["tune"]])
        least = threshold_for([rest, halves["tune"]], other)
        measured[f"{name}, held out"] = told(corpora[name], other, least)
        measured[f"{name}, asked of foreign things, held out"] = told(foreign[name], other, least)
    measured["debian tune"] = told(halves["tune"], model, threshold)
    measured["debian report"] = told(halves["report"], model, threshold)
    named = dict(zip(SIGNS, (round(float(w), 4) for w in model[0]), strict=True))
    part = {"weights": named, "bias": round(model[1], 4), "threshold": round(threshold, 3), "measured": measured}
    kept = json.loads(WEIGHTS.read_text("utf-8")) | {"abstaining": part}
    WEIGHTS.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(json.dumps(part, indent=1))


if __name__ == "__main__":
    main()
