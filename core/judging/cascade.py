"""The cascade: which sentences the model judge is asked about, and whose word counts.

The deterministic judge costs nothing, so it goes first; a model judge is better by a wide margin
on paraphrase, so it decides what words alone cannot. From which score on no model is asked, and below which
a model's yes is asked for again, was chosen on labelled data (`fitted.Thresholds`); what share each tier decides, and
how often it is wrong, is in benchmarks/judge.md. Low scores never reject on their own: most of the
sentences below the threshold are supported after all.
"""

from dataclasses import replace

from core.judging.fitted import fitted
from core.models import Label, Verdict


def needs_model(verdict: Verdict, accept: float | None = None) -> bool:
    """Is the deterministic verdict one that a model judge should decide?

    Not when it is clearly supported, when nothing is cited, and when a rule found another number.

    Args:
        accept: the score that is clear; the fitted one when None.
    """
    if verdict.label is Label.SUPPORTED:
        return verdict.score < (fitted().thresholds.accept if accept is None else accept)
    if verdict.label is Label.CONTRADICTED:
        return verdict.doubtful
    return verdict.label is not Label.NOT_CHECKABLE and verdict.passage_id is not None


def unsettled(deterministic: Verdict, model: Verdict | None) -> bool:
    """Should the model be asked again: no usable answer, an unsure one, or the opposite of what words say?"""
    if model is None or model.doubtful:
        return True
    if model.label is Label.SUPPORTED:
        return deterministic.score < fitted().thresholds.unlikely
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
