"""The tables of benchmarks/judge.md, and the figures that stand in the judge's weights file.

All figures are out of fold, of the whole judge with its rules, unless a table says otherwise. "Natural" are all
sentences of whole answers that models wrote, nine in ten of them supported.
"""

import collections
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from core.judging import cascade as cascade_rules
from core.judging import features
from core.judging.alignment import align
from core.judging.fitted import Thresholds
from core.models import Label, Verdict

NATURAL = "ragtruth"
NATURAL_SHARE = f"{NATURAL} (natural share)"
MODEL_RIGHT = (0.8, 0.85, 0.9)
"""How many of each kind a model judge gets right: what a trial asks for at least, published strong judges, a wish."""


@dataclass(frozen=True)
class Measured:
    """Labelled rows (`benchmarks.judge.Row`), and what was said of each by a judge that never saw its source."""

    rows: Sequence[Any]
    x: np.ndarray
    logits: np.ndarray
    calibrated: np.ndarray
    verdicts: Sequence[Verdict]
    rules: Sequence[str]
    """Of each the rule that decided; empty where the score did."""

    @cached_property
    def y(self) -> np.ndarray:
        return np.array([row.label for row in self.rows])

    @cached_property
    def natural(self) -> np.ndarray:
        return np.array([row.family == NATURAL for row in self.rows])

    @cached_property
    def dev(self) -> np.ndarray:
        return np.array([row.dev for row in self.rows])

    @cached_property
    def scores(self) -> np.ndarray:
        return np.array([verdict.score for verdict in self.verdicts])


def measured(
    rows: Sequence[Any], x: np.ndarray, logits: np.ndarray, calibrated: np.ndarray, said: Sequence[tuple[Verdict, str]]
) -> Measured:
    """Of verdicts with the rules that decided them."""
    return Measured(rows, x, logits, calibrated, [one for one, _ in said], [rule for _, rule in said])


# --- kept in the weights file ---------------------------------------------------------------


def quality(measured: Measured) -> dict[str, dict[str, float]]:
    """Family -> rows, share supported, and of the regression AUC and balanced accuracy on the development rows; for
    the natural family, on all its rows, also the calibration error and the AUC of the final score."""
    from sklearn.metrics import balanced_accuracy_score, roc_auc_score

    y, logits = measured.y, measured.logits
    table: dict[str, dict[str, float]] = {}

    def add(name: str, chosen: np.ndarray) -> None:
        if len(set(y[chosen])) == 2:
            table[name] = {
                "rows": int(chosen.sum()), "supported": _round(y[chosen].mean()),
                "auc": _round(roc_auc_score(y[chosen], logits[chosen])),
                "balanced_accuracy": _round(balanced_accuracy_score(y[chosen], logits[chosen] > 0)),
                "auc_with_rules": _round(roc_auc_score(y[chosen], measured.scores[chosen])),
            }  # fmt: skip

    add("all (dev)", measured.dev)
    for family in sorted({row.family for row in measured.rows}):
        add(f"{family} (dev)", measured.dev & np.array([row.family == family for row in measured.rows]))
    add(NATURAL_SHARE, measured.natural)
    for name, values in (("calibration_error", measured.calibrated), ("calibration_error_with_rules", measured.scores)):
        table[NATURAL_SHARE][name] = _round(calibration_error(values[measured.natural], y[measured.natural]))
    return table


def scores(measured: Measured, thresholds: Thresholds) -> list[list[float]]:
    """Rows of `score at least, share of sentences, supported among them, unsupported let through, supported below`."""
    p, y = measured.scores[measured.natural], measured.y[measured.natural]
    steps = {0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.92, 0.94, 0.96, 0.97, 0.98}
    table = []
    for step in sorted(steps | {thresholds.partly, thresholds.supported, thresholds.accept}):
        above = p >= step
        through = above[y == 0].mean()
        table.append([step, *map(_round, (above.mean(), y[above].mean(), through, y[~above].mean()))])
    return table


def cascade(measured: Measured, thresholds: Thresholds) -> dict[str, Any]:
    """What each tier decides on the natural family, and what comes out with and without a model.

    Returns:
        `tiers`: rows of `tier, share of sentences, share of them truly supported`; `asked`: the share sent to a model;
        `outcomes`: rows of `with what, unsupported sentences let through, supported ones held back`, each a share
        of its kind. A model's part in it is reckoned: it is taken to be right equally often on both kinds.
    """
    chosen = np.flatnonzero(measured.natural)
    said = [measured.verdicts[n] for n in chosen]
    y = measured.y[chosen]
    asked = np.array([cascade_rules.needs_model(verdict, thresholds.accept) for verdict in said])
    supported = np.array([verdict.label is Label.SUPPORTED for verdict in said])
    tiers = {
        "accepted without a model": ~asked & supported,
        "refused without a model": ~asked & ~supported,
        "in doubt": asked,
        "in doubt, supported where no model judges": asked & supported,
        "in doubt, held back where no model judges": asked & ~supported,
    }
    outcomes = [["no model", _round(supported[y == 0].mean()), _round((~supported)[y == 1].mean())]]
    for right in MODEL_RIGHT:
        through = (~asked & supported)[y == 0].mean() + (1 - right) * asked[y == 0].mean()
        held = (~asked & ~supported)[y == 1].mean() + (1 - right) * asked[y == 1].mean()
        outcomes.append([f"a model right {100 * right:.0f} times in 100", _round(through), _round(held)])
    return {
        "tiers": [
            [name, _round(where.mean()), _round(y[where].mean()) if where.any() else None]
            for name, where in tiers.items()
        ],
        "asked": _round(asked.mean()),
        "outcomes": outcomes,
    }


def calibration_error(probabilities: np.ndarray, y: np.ndarray) -> float:
    """Expected calibration error over ten bins of equal count."""
    bins = np.array_split(np.argsort(probabilities), 10)
    return float(sum(abs(probabilities[b].mean() - y[b].mean()) * len(b) for b in bins) / len(y))


def _round(value: Any) -> float:
    return round(float(value), 3)


# --- printed ---------------------------------------------------------------


def show(
    measured: Measured,
    thresholds: Thresholds,
    folds: Sequence[tuple[np.ndarray, np.ndarray]],
    left_out: dict[str, tuple[float, float]],
) -> None:
    """Every table, in the order of the report."""
    _print(_quality_table(measured))
    _print(_baselines(measured, folds))
    _print(_scores_table(measured, thresholds))
    _print(_cascade_tables(measured, thresholds))
    _print(_left_out_table(left_out))
    _print(_rules_table(measured))
    _print(_speed(measured))


def _print(lines: Iterator[str]) -> None:
    print("\n".join(lines), end="\n\n")


def _head(*cells: str) -> Iterator[str]:
    yield f"| {' | '.join(cells)} |"
    yield "|---" * len(cells) + "|"


def _row(*cells: Any) -> str:
    return "| " + " | ".join(f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in cells) + " |"


def _quality_table(measured: Measured) -> Iterator[str]:
    yield from _head("rows of", "n", "supported", "AUC", "balanced accuracy", "AUC with the rules", "calibration error")
    for name, line in quality(measured).items():
        keys = ("rows", "supported", "auc", "balanced_accuracy", "auc_with_rules")
        yield _row(name, *(line[key] for key in keys), line.get("calibration_error", ""))


def _baselines(measured: Measured, folds: Sequence[tuple[np.ndarray, np.ndarray]]) -> Iterator[str]:
    """Simple measures beside the judge, each with the threshold that was best on the other folds."""
    from sklearn.metrics import roc_auc_score

    def measure(*names: str) -> np.ndarray:
        return sum(measured.x[:, features.NAMES.index(name)] for name in names)  # type: ignore[return-value]

    methods = {
        "words found in the best three sentences (unigram precision)": measure("cover_window_plain"),
        "words found in order in the best sentence (ROUGE-L precision)": measure("order_sentence"),
        "words found in the best sentence, weighted by rarity (as BM25 does)": measure("cover_sentence"),
        "no number and no name that is not in the sources": -measure("numbers_missing", "names_missing"),
        "the regression": measured.logits,
        "the regression and the rules": measured.scores,
    }
    yield from _head("method", "dev AUC", "dev balanced accuracy", "natural AUC", "natural balanced accuracy")
    for name, values in methods.items():
        cells = []
        for chosen in (measured.dev, measured.natural):
            cells.append(float(roc_auc_score(measured.y[chosen], values[chosen])))
            cells.append(_balanced_accuracy(values, measured.y, chosen, folds))
        yield _row(name, *cells)


def _balanced_accuracy(
    values: np.ndarray, y: np.ndarray, chosen: np.ndarray, folds: Sequence[tuple[np.ndarray, np.ndarray]]
) -> float:
    said = np.zeros(len(y), dtype=bool)
    for train, test in folds:
        fitting = train[chosen[train]]
        steps = np.unique(np.quantile(values[fitting], np.linspace(0.01, 0.99, 99)))
        rates = [_rates(values[fitting] >= step, y[fitting]) for step in steps]
        said[test] = values[test] >= steps[int(np.argmax(rates))]
    return _rates(said[chosen], y[chosen])


def _rates(said: np.ndarray, y: np.ndarray) -> float:
    return float((said[y == 1].mean() + (~said)[y == 0].mean()) / 2)


def _scores_table(measured: Measured, thresholds: Thresholds) -> Iterator[str]:
    yield from _head(
        "score at least", "share of sentences", "supported among them", "unsupported let through", "supported below"
    )
    for step, *cells in scores(measured, thresholds):
        yield _row(f"{step:.2f}", *cells)


def _cascade_tables(measured: Measured, thresholds: Thresholds) -> Iterator[str]:
    found = cascade(measured, thresholds)
    yield from _head("tier", "share of sentences", "truly supported among them")
    for name, share, supported in found["tiers"]:
        yield _row(name, share, "none there" if supported is None else supported)
    yield ""
    yield from _head("with", "unsupported let through", "supported held back")
    for line in found["outcomes"]:
        yield _row(*line)


def _left_out_table(table: dict[str, tuple[float, float]]) -> Iterator[str]:
    yield from _head("AUC on a family nobody was fitted on", "regression", "boosted trees")
    for family, pair in table.items():
        yield _row(family, *pair)
    yield _row("mean", *(float(mean) for mean in np.mean(list(table.values()), axis=0)))


def _rules_table(measured: Measured) -> Iterator[str]:
    """How often each rule's verdict is right, by family, the contradictions first: these never asked the weights."""
    spoken: dict[str, list[int]] = collections.defaultdict(list)
    for n, rule in enumerate(measured.rules):
        spoken[rule].append(n)
    spoken.pop("", None)
    order = {Label.CONTRADICTED: 0, Label.PARTLY: 1, Label.UNSUPPORTED: 1, Label.SUPPORTED: 2}
    yield from _head("rule", "verdict", "unsupported : supported by family", "all")
    for rule, found in sorted(spoken.items(), key=lambda item: (order[measured.verdicts[item[1][0]].label], item[0])):
        first = measured.verdicts[found[0]]
        count = collections.Counter((measured.rows[n].family, measured.rows[n].label) for n in found)
        shown = ", ".join(f"{f} {count[f, 0]}:{count[f, 1]}" for f in sorted({family for family, _ in count}))
        wrong, right = (sum(measured.rows[n].label == label for n in found) for label in (0, 1))
        yield _row(rule, f"{first.label.value}{', doubtful' * first.doubtful}", shown, f"{wrong}:{right}")


def _speed(measured: Measured) -> Iterator[str]:
    sample = [row for row in measured.rows if row.family == NATURAL][:1000]
    features.prepare.cache_clear()
    begun = time.process_time()
    passages = {passage for row in sample for passage in row.passages}
    for passage in passages:
        features.prepare(passage)
    prepared = time.process_time()
    features.read_claim.cache_clear()
    for row in sample:
        align(row.claim, row.passages)
    ended = time.process_time()
    speeds = len(passages) / (prepared - begun), len(sample) / (ended - prepared)
    yield "In seconds of one core: {:,.0f} passages/s prepared, {:,.0f} claims/s judged.".format(*speeds)
