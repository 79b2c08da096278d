"""The deterministic judge against human labels: fit its weights, measure it.

    python -m benchmarks.judge fit DATA_DIR       writes core/judging/weights.json
    python -m benchmarks.judge measure DATA_DIR   prints the table of benchmarks/judge.md

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
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.judging import features, words
from core.judging.alignment import PARTLY_AT, SUPPORTED_AT, align
from core.judging.cascade import ACCEPT
from core.models import Label, Passage

FAMILY_WEIGHTS = {
    "ragtruth": 3.0, "halueval": 1.0, "factcg": 1.0, "wice": 1.0, "scifact": 0.7, "begin": 0.7,
    "summedits": 0.5, "fever": 0.4, "fm2": 0.4,
}  # fmt: skip
"""Text a system wrote from sources counts more than claims that people wrote to mislead."""
NATURAL = "ragtruth"
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


def out_of_fold(rows: Sequence[Row], x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Logits, and probabilities calibrated on the natural family, of every row by a model that never saw its source."""
    y, weights = np.array([row.label for row in rows]), _sample_weights(rows)
    natural = np.array([row.family == NATURAL for row in rows])
    logits = np.zeros(len(rows))
    folds = list(_folds(rows))
    for train, test in folds:
        slopes, intercept = _fit_logit(x[train], y[train], weights[train])
        logits[test] = x[test] @ slopes + intercept
    calibrated = np.zeros(len(rows))
    for train, test in folds:
        chosen = train[natural[train]]
        slope, intercept = _fit_platt(logits[chosen], y[chosen])
        calibrated[test] = 1 / (1 + np.exp(-(slope * logits[test] + intercept)))
    return logits, calibrated


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
    words.WEIGHTS.write_text(json.dumps({"rarity": table}), encoding="utf-8")  # the measures below need it
    x, y = measures(rows), np.array([row.label for row in rows])
    logits, calibrated = out_of_fold(rows, x)
    slopes, intercept = _fit_logit(x, y, _sample_weights(rows))
    natural = np.array([row.family == NATURAL for row in rows])
    slope, shift = _fit_platt(logits[natural], y[natural])
    written = {
        "written_by": "python -m benchmarks.judge fit DATA_DIR",
        "data": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.jsonl*"))},
        "rows": len(rows),
        "measured": {
            name: {key: round(value, 3) for key, value in line.items()}
            for name, line in quality(rows, logits, calibrated).items()
        },
        "model": {
            "weights": {name: round(float(weight), 5) for name, weight in zip(features.NAMES, slopes, strict=True)},
            "intercept": round(intercept, 5),
            "calibration": {"slope": round(slope, 5), "intercept": round(shift, 5)},
        },
        "rarity": table,
    }
    words.WEIGHTS.write_text(json.dumps(written, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{words.WEIGHTS} written from {len(rows):,} rows.")


# --- measuring ---------------------------------------------------------------


def quality(rows: Sequence[Row], logits: np.ndarray, calibrated: np.ndarray) -> dict[str, dict[str, float]]:
    """Family -> rows, share supported, AUC and balanced accuracy on the development rows; for the natural
    family, on all its rows, also the calibration error."""
    from sklearn.metrics import balanced_accuracy_score, roc_auc_score

    y = np.array([row.label for row in rows])
    table: dict[str, dict[str, float]] = {}

    def add(name: str, chosen: np.ndarray) -> None:
        if len(set(y[chosen])) == 2:
            table[name] = {
                "rows": int(chosen.sum()), "supported": float(y[chosen].mean()),
                "auc": float(roc_auc_score(y[chosen], logits[chosen])),
                "balanced_accuracy": float(balanced_accuracy_score(y[chosen], logits[chosen] > 0)),
            }  # fmt: skip

    dev = np.array([row.dev for row in rows])
    add("all (dev)", dev)
    for family in sorted({row.family for row in rows}):
        add(f"{family} (dev)", dev & np.array([row.family == family for row in rows]))
    natural = np.array([row.family == NATURAL for row in rows])
    add(f"{NATURAL} (natural share)", natural)
    table[f"{NATURAL} (natural share)"]["calibration_error"] = calibration_error(calibrated[natural], y[natural])
    return table


def calibration_error(probabilities: np.ndarray, y: np.ndarray) -> float:
    """Expected calibration error over ten bins of equal count."""
    bins = np.array_split(np.argsort(probabilities), 10)
    return float(sum(abs(probabilities[b].mean() - y[b].mean()) * len(b) for b in bins) / len(y))


def measure(folder: Path) -> None:
    rows = load(folder)
    x = measures(rows)
    logits, calibrated = out_of_fold(rows, x)
    print("| rows of | n | supported | AUC | balanced accuracy | calibration error |\n|---|---|---|---|---|---|")
    for name, line in quality(rows, logits, calibrated).items():
        error = f"{line['calibration_error']:.3f}" if "calibration_error" in line else ""
        shown = [f"{line['rows']:.0f}", *(f"{line[key]:.3f}" for key in ("supported", "auc", "balanced_accuracy"))]
        print(f"| {name} | {' | '.join(shown)} | {error} |")
    y = np.array([row.label for row in rows])
    natural = np.array([row.family == NATURAL for row in rows])
    _print_thresholds(calibrated[natural], y[natural])
    _print_left_out(by_family_left_out(rows, x))
    _print_rules(rows)
    _print_speed(rows)


def _print_thresholds(p: np.ndarray, y: np.ndarray) -> None:
    print(
        "\n| score at least | share of sentences | supported among them | unsupported let through | supported below |"
    )
    print("|---|---|---|---|---|")
    for threshold in sorted({0.5, PARTLY_AT, 0.7, 0.8, 0.85, SUPPORTED_AT, 0.92, 0.94, ACCEPT, 0.97, 0.98}):
        above = p >= threshold
        through = (above & (y == 0)).sum() / (y == 0).sum()
        print(f"| {threshold} | {above.mean():.3f} | {y[above].mean():.3f} | {through:.3f} | {y[~above].mean():.3f} |")


def _print_left_out(table: dict[str, tuple[float, float]]) -> None:
    print("\n| AUC on a family nobody was fitted on | regression | boosted trees |\n|---|---|---|")
    for family, (regression, trees) in table.items():
        print(f"| {family} | {regression:.3f} | {trees:.3f} |")
    means = np.mean(list(table.values()), axis=0)
    print(f"| mean | {means[0]:.3f} | {means[1]:.3f} |")


def _print_rules(rows: Sequence[Row]) -> None:
    """How often each rule's verdict is right, by family: these never asked the weights."""
    names: list[tuple[str, Callable[[Any], bool]]] = [
        ("another number", lambda v: v.label is Label.CONTRADICTED and not v.doubtful and "words" not in v.reason),
        ("the same words but one", lambda v: "same words" in v.reason and v.label is Label.CONTRADICTED),
        ("turned around", lambda v: v.label is Label.CONTRADICTED and v.doubtful),
        ("number missing", lambda v: v.reason.startswith("The number")),
        ("word for word", lambda v: v.score == 1.0),
    ]
    counts: dict[str, collections.Counter[tuple[str, int]]] = {name: collections.Counter() for name, _ in names}
    for row in rows:
        verdict = align(row.claim, row.passages)
        for name, holds in names:
            if holds(verdict):
                counts[name][row.family, row.label] += 1
    print("\n| rule | unsupported : supported by family |\n|---|---|")
    for name, count in counts.items():
        families = sorted({family for family, _ in count})
        print(f"| {name} | {', '.join(f'{f} {count[f, 0]}:{count[f, 1]}' for f in families)} |")


def _print_speed(rows: Sequence[Row]) -> None:
    sample = [row for row in rows if row.family == NATURAL][:1000]
    features.prepare.cache_clear()
    begun = time.perf_counter()
    passages = {passage for row in sample for passage in row.passages}
    for passage in passages:
        features.prepare(passage)
    prepared = time.perf_counter()
    features.read_claim.cache_clear()
    for row in sample:
        align(row.claim, row.passages)
    ended = time.perf_counter()
    speeds = len(passages) / (prepared - begun), len(sample) / (ended - prepared)
    print("\nPrepared {:,.0f} passages/s; judged {:,.0f} claims/s.".format(*speeds))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.judge", description=__doc__.split("\n")[0])
    parser.add_argument("command", choices=("fit", "measure"))
    parser.add_argument("folder", type=Path, metavar="DATA_DIR")
    arguments = parser.parse_args()
    {"fit": fit, "measure": measure}[arguments.command](arguments.folder)


if __name__ == "__main__":
    main()
