"""The deterministic judge against human labels: fit its weights, measure it.

    python -m benchmarks.judge fit DATA_DIR       writes core/judging/weights.json (weights, thresholds, figures), and
                                                  prints the tables of benchmarks/judge.md
    python -m benchmarks.judge measure DATA_DIR   prints them by the thresholds in force
    python -m benchmarks.judge entailment DATA_DIR --model FOLDER [--most 100]
                                                  an entailment model on disk: alone, and beside the judge of words

DATA_DIR holds `dev.jsonl` and `train_extra.jsonl.gz`: one JSON object a line with `dataset`, `sources`
(texts), `claim` and `label` (1: the sources support it). The data stays outside; the weights carry its hash.
Every figure is out of fold: five folds, no source text on both sides. Needs scikit-learn.
"""

import argparse
import collections
import gzip
import hashlib
import json
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import judge_entailment, judge_tables
from core.judging import features, words
from core.judging.alignment import align_by_rule
from core.judging.encoder import opened
from core.judging.fitted import Fitted, Thresholds, fitted
from core.models import Passage, Verdict

FAMILY_WEIGHTS = {
    "ragtruth": 3.0, "halueval": 1.0, "factcg": 1.0, "wice": 1.0, "scifact": 0.7, "begin": 0.7,
    "summedits": 0.5, "fever": 0.4, "fm2": 0.4,
}  # fmt: skip
"""Text a system wrote from sources counts more than claims that people wrote to mislead."""
NATURAL = judge_tables.NATURAL
"""The family with every sentence of whole answers: its share of supported sentences (91 %) is the natural one."""
MOST_ROWS = {"fever": 1500, "halueval-summ": 600}
FOLDS, RIDGE, RAREST = 5, 0.3, 6


@dataclass(frozen=True)
class Row:
    """One labelled claim."""

    claim: str
    passages: tuple[Passage, ...]
    label: int
    dataset: str
    group: str
    """Hash of the sources: rows of one group stay in one fold."""
    dev: bool

    @property
    def family(self) -> str:
        return self.dataset.split("-")[0]


def load(folder: Path) -> list[Row]:
    """The development rows, and the extra ones with the largest data sets thinned out (same rows every time)."""
    extra = collections.defaultdict(list)
    for row in _rows(folder / "train_extra.jsonl.gz", dev=False):
        extra[row.dataset].append(row)
    shuffle = random.Random(0)
    kept: list[Row] = []
    for dataset, rows in extra.items():
        shuffle.shuffle(rows)
        kept += rows[: MOST_ROWS.get(dataset)]
    return [*_rows(folder / "dev.jsonl", dev=True), *kept]


def _rows(path: Path, *, dev: bool) -> Iterator[Row]:
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            texts = row["sources"]
            yield Row(
                claim=row["claim"], label=row["label"], dataset=row["dataset"], dev=dev,
                group=hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16],
                passages=tuple(
                    Passage(id=i, source_id=i, snapshot_id=i, start=0, end=len(text), text=text)
                    for i, text in enumerate(texts)
                ),
            )  # fmt: skip


# --- fitting ---------------------------------------------------------------


def rarity(rows: Sequence[Row]) -> dict[str, Any]:
    """How rare each stem is in the sources, to half a nat, as `{"unknown", "words": {nats: "stem stem"}}`."""
    texts = {passage.text for row in rows for passage in row.passages}
    counts: collections.Counter[str] = collections.Counter()
    for text in texts:
        counts.update(set(words.content(words.tokens(text))))
    table = collections.defaultdict(list)
    for stem, count in counts.items():
        if count >= RAREST and not stem[0].isdigit():
            table[str(round(2 * math.log((len(texts) + 1) / (count + 0.5))) / 2)].append(stem)
    return {
        "unknown": round(math.log((len(texts) + 1) / 1.5), 2),
        "words": {
            nats: " ".join(sorted(stems)) for nats, stems in sorted(table.items(), key=lambda item: float(item[0]))
        },
    }


def measures(rows: Sequence[Row]) -> np.ndarray:
    """Rows x `features.NAMES`."""
    return np.array(
        [
            features.compare(features.read_claim(r.claim), [features.prepare(p) for p in r.passages]).features
            for r in rows
        ]
    )


def _sample_weights(rows: Sequence[Row]) -> np.ndarray:
    """Each family counts as `FAMILY_WEIGHTS` says, its supported and unsupported half alike."""
    counts = collections.Counter((row.family, row.label) for row in rows)
    weights = np.array([FAMILY_WEIGHTS[row.family] / counts[row.family, row.label] for row in rows])
    return weights * len(rows) / weights.sum()


def _fit_logit(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights and intercept on the raw measures (the scaling is folded in)."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(x)
    model = LogisticRegression(C=RIDGE, max_iter=1000).fit(scaler.transform(x), y, sample_weight=weights)
    slopes = model.coef_[0] / scaler.scale_
    return slopes, float(model.intercept_[0] - slopes @ scaler.mean_)


def _fit_platt(logits: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1e6).fit(logits[:, None], y)
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def _folds(rows: Sequence[Row]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    from sklearn.model_selection import GroupKFold

    groups = np.array([row.group for row in rows])
    yield from GroupKFold(FOLDS).split(np.zeros(len(rows)), groups=groups)


@dataclass(frozen=True)
class OutOfFold:
    """What models that never saw a row's source say of it."""

    logits: np.ndarray
    calibrated: np.ndarray
    """Probabilities, calibrated on the natural family."""
    folds: list[tuple[Fitted, np.ndarray]]
    """Each fold's judge, with the rows it may be asked about."""


def out_of_fold(rows: Sequence[Row], x: np.ndarray) -> OutOfFold:
    y, weights = np.array([row.label for row in rows]), _sample_weights(rows)
    natural = np.array([row.family == NATURAL for row in rows])
    logits, calibrated = np.zeros(len(rows)), np.zeros(len(rows))
    folds = list(_folds(rows))
    models = []
    for train, test in folds:
        slopes, intercept = _fit_logit(x[train], y[train], weights[train])
        logits[test] = x[test] @ slopes + intercept
        models.append((slopes, intercept))
    judges = []
    for (train, test), (slopes, intercept) in zip(folds, models, strict=True):
        chosen = train[natural[train]]
        slope, shift = _fit_platt(logits[chosen], y[chosen])
        calibrated[test] = 1 / (1 + np.exp(-(slope * logits[test] + shift)))
        judges.append((Fitted(tuple(slopes * slope), intercept * slope + shift, ANY), test))
    return OutOfFold(logits, calibrated, judges)


ANY = Thresholds(partly=0.6, supported=0.9, accept=0.96, unlikely=0.2)
"""Where only scores are asked for: they do not depend on thresholds."""


def verdicts(rows: Sequence[Row], found: OutOfFold, thresholds: Thresholds) -> list[tuple[Verdict, str]]:
    """The whole judge, rules and all, on every row, and the rule that decided."""
    said: list[tuple[Verdict, str] | None] = [None] * len(rows)
    for judge, test in found.folds:
        by = replace(judge, thresholds=thresholds)
        for n in test:
            said[n] = align_by_rule(rows[n].claim, rows[n].passages, by=by)
    return [one for one in said if one]


STEPS = np.round(np.arange(0.02, 1.0, 0.01), 2)
NEAR_BEST, LEAST_WRONG, MOST_THROUGH = 0.01, 0.4, 0.06


def choose(scores: np.ndarray, y: np.ndarray) -> Thresholds:
    """Thresholds from the final scores of the natural family, out of fold, in steps of 0.01.

    - supported: the lowest whose balanced accuracy is within a point of the best: the fewest good sentences sent back.
    - accept: the lowest that lets through at most 6 of 100 unsupported sentences; nobody looks at those again.
    - partly: the highest below which four sentences in ten are unsupported; one in ten is overall.
    - unlikely: the highest below which more are unsupported than supported.
    """
    through = np.array([(scores[y == 0] >= step).mean() for step in STEPS])
    kept = np.array([(scores[y == 1] >= step).mean() for step in STEPS])
    wrong = np.array([(y[scores < step] == 0).mean() if (scores < step).any() else 1.0 for step in STEPS])
    balanced = (kept + 1 - through) / 2
    supported = STEPS[balanced >= balanced.max() - NEAR_BEST][0]
    return Thresholds(
        partly=float(STEPS[(wrong >= LEAST_WRONG) & (supported > STEPS)][-1]), supported=float(supported),
        accept=float(STEPS[through <= MOST_THROUGH][0]), unlikely=float(STEPS[(wrong > 0.5) & (supported > STEPS)][-1]),
    )  # fmt: skip


def by_family_left_out(rows: Sequence[Row], x: np.ndarray) -> dict[str, tuple[float, float]]:
    """Family -> AUC on it of the regression, and of boosted trees, fitted on all other families."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import roc_auc_score

    y, weights = np.array([row.label for row in rows]), _sample_weights(rows)
    families = np.array([row.family for row in rows])
    table = {}
    for family in sorted(set(families)):
        test, train = families == family, families != family
        slopes, intercept = _fit_logit(x[train], y[train], weights[train])
        trees = HistGradientBoostingClassifier(
            max_iter=150, max_leaf_nodes=8, learning_rate=0.06, l2_regularization=5, min_samples_leaf=60,
            early_stopping=False, random_state=0,
        ).fit(x[train], y[train], sample_weight=weights[train])  # fmt: skip
        scores = x[test] @ slopes + intercept, trees.decision_function(x[test])
        table[family] = tuple(float(roc_auc_score(y[test], one)) for one in scores)
    return table


def fit(folder: Path) -> None:
    rows = load(folder)
    table = rarity(rows)
    _write(words.fitted() | {"rarity": table})  # the measures below need it
    x, y = measures(rows), np.array([row.label for row in rows])
    found = out_of_fold(rows, x)
    natural = np.array([row.family == NATURAL for row in rows])
    scores = np.array([verdict.score for verdict, _ in verdicts(rows, found, ANY)])
    thresholds = choose(scores[natural], y[natural])
    measured = judge_tables.measured(rows, x, found.logits, found.calibrated, verdicts(rows, found, thresholds))
    slopes, intercept = _fit_logit(x, y, _sample_weights(rows))
    slope, shift = _fit_platt(found.logits[natural], y[natural])
    written = {
        "written_by": "python -m benchmarks.judge fit DATA_DIR",
        "data": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.jsonl*"))},
        "rows": len(rows),
        "thresholds": asdict(thresholds),
        "measured": judge_tables.quality(measured),
        "scores": judge_tables.scores(measured, thresholds),
        "cascade": judge_tables.cascade(measured, thresholds),
        "model": {
            "weights": {name: round(float(weight), 5) for name, weight in zip(features.NAMES, slopes, strict=True)},
            "intercept": round(intercept, 5),
            "calibration": {"slope": round(slope, 5), "intercept": round(shift, 5)},
        },
        "rarity": table,
    }
    _write(written)
    print(f"{words.WEIGHTS} written from {len(rows):,} rows.\n")
    judge_tables.show(measured, thresholds, list(_folds(rows)), by_family_left_out(rows, x))


def _write(written: dict[str, Any]) -> None:
    """At once, so that a judge at work never reads half of it."""
    new = words.WEIGHTS.with_suffix(".new")
    new.write_text(json.dumps(written, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    new.replace(words.WEIGHTS)
    words.fitted.cache_clear()
    words.rarity_table.cache_clear()


def measure(folder: Path) -> None:
    """Everything anew, by the thresholds in force."""
    thresholds = fitted().thresholds
    rows = load(folder)
    x = measures(rows)
    found = out_of_fold(rows, x)
    measured = judge_tables.measured(rows, x, found.logits, found.calibrated, verdicts(rows, found, thresholds))
    judge_tables.show(measured, thresholds, list(_folds(rows)), by_family_left_out(rows, x))


def entailment(folder: Path, model: Path, most: int) -> None:
    """The entailment model of a folder on `most` supported and as many unsupported claims of each family."""
    encoder = opened(str(model))
    rows = load(folder)
    found = out_of_fold(rows, measures(rows))
    print("\n".join(judge_entailment.table(judge_entailment.scores(rows, found.folds, encoder, most))))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.judge", description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for command in ("fit", "measure", "entailment"):
        commands.add_parser(command).add_argument("folder", type=Path, metavar="DATA_DIR")
    users = commands.choices["entailment"]
    users.add_argument("--model", type=Path, required=True, metavar="FOLDER")
    users.add_argument("--most", type=int, default=100, help="claims of each kind and family, 100 unless told")
    given = vars(parser.parse_args())
    {"fit": fit, "measure": measure, "entailment": entailment}[given.pop("command")](**given)


if __name__ == "__main__":
    main()
