"""The trial of a model judge: sixty claims whose truth is known, half of them supported, before its word counts.

A judge that agrees with everything is right on nine sentences of ten in ordinary drafts. Here half of the claims say
more, less or other than their passage, in the ways models do: a shifted number, a conflict, a lost hedge, an
over-generalisation, a subtle invention. A judge is accepted with a balanced accuracy of 80 % and 98 % of its quotes
verbatim. Sixty claims leave 5 points of chance either way: enough to tell a judge from a parrot, not to rank two good
ones. The claims were written for this and stand in no other collection.
"""

import json
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.judging.model_judge import Asked, Judged, verdict_from
from core.judging.quotes import locate
from core.models import Label, Passage

CLAIMS = Path(__file__).with_name("trial.jsonl")
LEAST_ACCURACY, LEAST_VERBATIM = 0.8, 0.98
_TRUE = "paraphrase"


@dataclass(frozen=True)
class TrialClaim:
    """A claim, the passage it is to be judged by, and whether that supports it."""

    number: int
    text: str
    passage: Passage
    kind: str
    """`paraphrase` (supported); `invention`, `conflict`, `shifted number`, `over-generalisation`, `lost hedge` (not)."""

    @property
    def supported(self) -> bool:
        return self.kind == _TRUE


@dataclass(frozen=True, kw_only=True)
class Trial:
    """How a model judged the trial's claims. Shares in [0, 1]."""

    model: str
    at: str
    prompt: str
    """Which prompt it was asked with: the first characters of its SHA-256."""
    claims: int
    answered: int
    """Answers that count; the others were missing or void, and are wrong."""
    balanced_accuracy: float
    verbatim: float
    """Share of its quotes that stand in their passage; 0 where it gave none."""
    cost_usd: float | None = None
    """None: the price is unknown."""
    kinds: Mapping[str, Sequence[int]] = field(default_factory=dict)
    """Kind of claim -> `(right, all)`."""

    @property
    def accepted(self) -> bool:
        return self.balanced_accuracy >= LEAST_ACCURACY and self.verbatim >= LEAST_VERBATIM

    @classmethod
    def stored(cls, values: Mapping[str, Any]) -> "Trial":
        """From `dataclasses.asdict`, by way of JSON."""
        return cls(**values)


def trial_claims() -> list[TrialClaim]:
    """The claims in the order they are asked: mixed, and always the same."""
    claims = []
    for number, line in enumerate(CLAIMS.read_text("utf-8").splitlines(), 1):
        row = json.loads(line)
        text = row["passage"]
        passage = Passage(id=number, source_id=number, snapshot_id=number, start=0, end=len(text), text=text)
        claims += [TrialClaim(0, one["claim"], passage, one["kind"]) for one in row["claims"]]
    random.Random(1).shuffle(claims)
    return [TrialClaim(number, one.text, one.passage, one.kind) for number, one in enumerate(claims)]


def result(
    answers: Sequence[tuple[Judged, Asked]],
    *,
    model: str,
    at: str,
    prompt: str,
    cost_usd: float | None,
) -> Trial:
    """What a judge's answers are worth.

    Args:
        answers: `(answer, the claim as it was shown)`; claims without one count as wrong.
        at: when, ISO 8601.
    """
    claims = trial_claims()
    passages = {claim.passage.id: claim.passage for claim in claims}
    verdicts = {asked.number: verdict_from(judged, asked, passages, model) for judged, asked in answers}
    verdicts = {number: verdict for number, verdict in verdicts.items() if verdict}
    right, of = Counter[str](), Counter[str]()
    for claim in claims:
        verdict = verdicts.get(claim.number)
        of[claim.kind] += 1
        right[claim.kind] += verdict is not None and (verdict.label is Label.SUPPORTED) == claim.supported
    quotes = [locate(q.text, passages[q.passage].text) for a, _ in answers for q in a.quotes if q.passage in passages]
    given = sum(len(answer.quotes) for answer, _ in answers)
    false = [kind for kind in of if kind != _TRUE]
    recall_of_true = right[_TRUE] / of[_TRUE]
    recall_of_false = sum(right[kind] for kind in false) / sum(of[kind] for kind in false)
    return Trial(
        model=model, at=at, prompt=prompt, claims=len(claims), answered=len(verdicts), cost_usd=cost_usd,
        balanced_accuracy=round((recall_of_true + recall_of_false) / 2, 4),
        verbatim=round(sum(place is not None for place in quotes) / given, 4) if given else 0.0,
        kinds={kind: (right[kind], of[kind]) for kind in of},
    )  # fmt: skip
