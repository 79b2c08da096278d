"""What data decided: the judge's weights, and the scores at which its verdict changes.

All of it stands in `weights.json` beside the hash of the data, written by one command (`python -m benchmarks.judge
fit`); nothing here is a number that somebody typed. The figures measured in the same run stand there too, so
that what a screen says of the judge is what was measured of these weights.
"""

import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.judging import words
from core.judging.features import NAMES


@dataclass(frozen=True)
class Thresholds:
    """Scores, as calibrated probabilities of support. How each is chosen: benchmarks/judge.py."""

    partly: float
    """Below it a sentence that no rule decided is unsupported."""
    supported: float
    accept: float
    """From here on no model is asked."""
    unlikely: float
    """Below it a model's yes is asked for again."""


@dataclass(frozen=True)
class Fitted:
    """Weights with the calibration folded in, and thresholds."""

    weights: tuple[float, ...]
    """In the order of `features.NAMES`."""
    intercept: float
    thresholds: Thresholds

    def probability(self, features: Sequence[float]) -> float:
        """Calibrated probability that the passages support the claim, from `Comparison.features`."""
        logit = self.intercept + sum(weight * value for weight, value in zip(self.weights, features, strict=True))
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit))))


@functools.cache
def fitted() -> Fitted:
    """The weights and thresholds in force."""
    return read(words.fitted())


def read(written: Mapping[str, Any]) -> Fitted:
    """The same from what the fitting command writes."""
    model = written["model"]
    slope, shift = model["calibration"]["slope"], model["calibration"]["intercept"]
    return Fitted(
        weights=tuple(model["weights"][name] * slope for name in NAMES),
        intercept=model["intercept"] * slope + shift,
        thresholds=Thresholds(**written["thresholds"]),
    )
