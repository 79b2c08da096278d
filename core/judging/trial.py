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
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.judging.model_judge import Asked, Judged, verdict_from
from core.judging.quotes import locate
from core.models import Label, Passage, Trial

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
    """`paraphrase`: supported. Not: `invention`, `conflict`, `shifted number`, `over-generalisation`, `lost hedge`."""

    @property
    def supported(self) -> bool:
        return self.kind == _TRUE


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
    balanced = round((recall_of_true + recall_of_false) / 2, 4)
    verbatim = round(sum(place is not None for place in quotes) / given, 4) if given else 0.0
    return Trial(
        model=model, at=at, prompt=prompt, claims=len(claims), answered=len(verdicts), cost_usd=cost_usd,
        balanced_accuracy=balanced, verbatim=verbatim,
        accepted=balanced >= LEAST_ACCURACY and verbatim >= LEAST_VERBATIM,
        kinds={kind: (right[kind], of[kind]) for kind in of},
    )  # fmt: skip
