"""How sure is a score that no model judge has looked at?

Two things are uncertain: which sentences an article of this kind happens to have, and whether the deterministic judge
is right about each. Both are drawn: sentences with replacement (Efron, Annals of Statistics 1979), and each one's
truth by the calibrated probability its verdict carries. An unjudged claim counts as
not supported. The range says nothing of errors of the calibration itself (0.013 on text that models wrote,
benchmarks/judge.md).
"""

import random
from collections.abc import Sequence

from core.models import Sentence

_DRAWS = 500
_LEVEL = 0.9


def interval(claims: Sequence[Sentence]) -> tuple[float, float] | None:
    """The range in which the share of claims that are truly supported lies nine times in ten; the same every time.

    Returns:
        `(low, high)`; None without claims, and where a model judged, whose scores are no probabilities.
    """
    verdicts = [claim.verdict for claim in claims]
    if not verdicts or any(verdict and verdict.judge.startswith("model:") for verdict in verdicts):
        return None
    probabilities = [verdict.score if verdict else 0.0 for verdict in verdicts]
    chance = random.Random(len(probabilities))
    shares = sorted(_draw(probabilities, chance) for _ in range(_DRAWS))
    tail = int(_DRAWS * (1 - _LEVEL) / 2)
    return shares[tail], shares[-1 - tail]


def _draw(probabilities: Sequence[float], chance: random.Random) -> float:
    drawn = chance.choices(probabilities, k=len(probabilities))
    return sum(chance.random() < probability for probability in drawn) / len(drawn)
