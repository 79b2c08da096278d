"""What was found for a question."""

from dataclasses import dataclass, field

from core.models.source import Passage


@dataclass(frozen=True, kw_only=True)
class Score:
    """What one retriever said of one passage."""

    rank: int
    score: float


@dataclass(frozen=True, kw_only=True)
class EvidenceItem:
    """A passage put before the writer, or left out and why."""

    number: int
    """Citation number, unique within the run; 0 when left out."""
    passage: Passage
    score: float
    scores: dict[str, Score] = field(default_factory=dict)
    """Retriever (`lexical`, `dense`, ...) -> rank and score; every list is kept."""
    left_out: str = ""
    """Why it was not used: `over the token budget`, `says the same as [3]`; empty when used."""
    reason: str = ""
    """How it was come by where ranks do not tell: `links heat pump and grid by “peak load”`."""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """The passages assembled for one question, best first."""

    question_id: int
    items: tuple[EvidenceItem, ...]
    """Used ones first, in the order they are put before the writer; then those left out."""
    sufficient: bool = True
    confidence: float | None = None
    """Probability that the passages used hold the answer; None when it was not estimated."""
    queries: tuple[str, ...] = ()
    """All that was asked for it, in the order it was asked."""
    note: str = ""

    @property
    def used(self) -> tuple[EvidenceItem, ...]:
        return tuple(item for item in self.items if not item.left_out)


DISPUTE = "The sources disagree on this point."
"""Galley's own words before figures that were found to disagree: the one assertion a transition may make."""
