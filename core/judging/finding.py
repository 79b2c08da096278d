"""What a rule says of a sentence: the shape all rules of the deterministic judge share.

A rule has a name, so that each can be measured on its own (benchmarks/judge.md, rules): one that is wrong more often
than right on labelled claims is narrowed or dropped.
"""

from dataclasses import dataclass

from core.models import Label

CONFLICT_SCORE = 0.02
FLIP_SCORE = 0.15
UNSURE_SCORE = 0.5
"""Highest score of a sentence with a number that no cited passage holds, and of one no rule here can judge."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict by rule, and why."""

    rule: str
    """Its name in the table of rules."""
    label: Label
    reason: str
    highest: float
    """The score it leaves at most; what words give may be lower."""
    doubtful: bool = True
    """A model or a person decides."""


def turned(rule: str, reason: str) -> Finding | None:
    """A doubtful contradiction; None where there is no reason."""
    return Finding(rule, Label.CONTRADICTED, reason, FLIP_SCORE) if reason else None


def partly(rule: str, reason: str) -> Finding | None:
    """Less than the sentence says, doubtful; None where there is no reason."""
    return Finding(rule, Label.PARTLY, reason, UNSURE_SCORE) if reason else None
