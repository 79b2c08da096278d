"""Reranking: the best candidates are looked at again, more closely than a search over all passages can.

What is built in is a linear model over the handful of `signals`, its weights in weights.json: a few
milliseconds, no model file, and every part of the score can be shown. A cross-encoder behind an endpoint may
have the last word where one is configured (`Reranker`); none is bundled.
Method: pairwise logistic ranking (Joachims, KDD 2002; Burges et al., ICML 2005), then Platt scaling.
"""

import json
import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from core.retrieval.signals import NAMES

if TYPE_CHECKING:
    from core.retrieval.signals import Matrix

WEIGHTS = Path(__file__).with_name("weights.json")


class Reranker(Protocol):
    """A model that reads a question and a passage together."""

    @property
    def name(self) -> str:
        """The model's, for the record."""

    def rerank(self, question: str, texts: Sequence[str]) -> list[float]:
        """How well each text answers the question, in their order: larger is better, on any scale.

        Raises:
            LanguageError: it cannot be had now; the caller goes on without.
        """


class Weights(NamedTuple):
    """A linear model: probability = 1 / (1 + exp(-(signals · weights + bias)))."""

    weights: tuple[float, ...]
    bias: float
    threshold: float
    """Probability from which the answer is yes; of no use to ranking."""


@cache
def weights(part: str = "ranking") -> Weights:
    """The weights as fitted: `python -m benchmarks.fit` writes them."""
    given = json.loads(WEIGHTS.read_text("utf-8"))[part]
    return Weights(tuple(given["weights"].values()), given["bias"], given.get("threshold", 0.5))


def probabilities(table: "Matrix", model: Weights | None = None) -> list[float]:
    """How likely each row's passage holds an answer, or a part of it, in (0, 1)."""
    model = model or weights()
    assert len(model.weights) == len(NAMES), "fitted on these signals"
    return [1 / (1 + math.exp(-max(-30.0, min(30.0, float(x))))) for x in table @ list(model.weights) + model.bias]
