"""The cascade: which sentences the model judge is asked about, and whose word counts.

The deterministic judge costs nothing, so it goes first; a model judge is better by a wide margin
on paraphrase, so it decides what words alone cannot. On model-written text with nine supported
sentences in ten, a score of `ACCEPT` or more let through 6 of 100 unsupported sentences and was
right 98 times in 100 (benchmarks/judge.md). Low scores never reject on their own: below
0.6 more than half of the sentences are supported after all.
"""

from dataclasses import replace

from core.models import Label, Verdict

ACCEPT = 0.96
"""Calibrated score from which a sentence is accepted without a model."""
UNLIKELY = 0.2
"""Calibrated score below which a model's yes is asked for again."""


def needs_model(verdict: Verdict) -> bool:
    """Is the deterministic verdict one that a model judge should decide?

    Not when it is clearly supported, when nothing is cited, and when a rule found another number.
    """
    if verdict.label is Label.SUPPORTED:
        return verdict.score < ACCEPT
    if verdict.label is Label.CONTRADICTED:
        return verdict.doubtful
    return verdict.label is not Label.NOT_CHECKABLE and verdict.passage_id is not None


def unsettled(deterministic: Verdict, model: Verdict | None) -> bool:
    """Should the model be asked again: no usable answer, an unsure one, or the opposite of what words say?"""
    if model is None or model.doubtful:
        return True
    if model.label is Label.SUPPORTED:
        return deterministic.score < UNLIKELY
    return deterministic.label is Label.SUPPORTED


def decide(deterministic: Verdict, model: Verdict | None, *, note: str = "") -> Verdict:
    """One verdict from both judges.

    Args:
        model: None when none is configured or its answer was void.
        note: why there is none, put behind the reason.

    Returns:
        The model's verdict where there is one, save that a number found to conflict by rule is never
        overruled in silence: then the conflict stands and is doubtful. Without a model the deterministic
        one, doubtful where a model would have been asked.
    """
    if model is None:
        doubtful = deterministic.doubtful or needs_model(deterministic)
        return replace(deterministic, doubtful=doubtful, reason=deterministic.reason + note)
    by_rule = deterministic.label is Label.CONTRADICTED and not deterministic.doubtful
    if by_rule and model.label is not Label.CONTRADICTED:
        reason = f"{deterministic.reason} {model.judge.removeprefix('model:')} says {model.label}: {model.reason}"
        return replace(deterministic, doubtful=True, reason=reason)
    return model
