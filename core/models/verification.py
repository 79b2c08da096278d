"""What an article's sources say today."""

from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
    """How a published sentence, or one of its sources, stands today."""

    CURRENT = "current"
    CHANGED = "changed"
    """The cited words were changed or moved; the claim is still supported."""
    GONE = "gone"
    """The page is gone, or what it says now does not support the claim."""
    CONTRADICTED = "contradicted"
    UNREACHABLE = "unreachable"
    """Nobody answered, or not with a text to read: nothing is known, nothing is held against it."""
    SNAPSHOT = "snapshot only"
    """A file whose place is not known: only the stored text can be checked."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """One cited source, looked at again."""

    source_id: int
    snapshot_id: int
    """The one that is cited."""
    url: str
    title: str
    state: Standing
    """Never `contradicted`: that is said of sentences."""
    message: str


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One published claim beside what its sources say today."""

    sentence_id: int
    sentence: str
    state: Standing
    reason: str
    before: str = ""
    """The words it rests on, as they were when it was published."""
    after: str = ""
    """The words that stand in their place, or bear on it, today."""
    url: str = ""
    """The source that decided."""
    title: str = ""
    proposed: str = ""
    """The sentence that is proposed; the same one when only its citation moves; empty: a person's turn."""


@dataclass(frozen=True, kw_only=True)
class Verification:
    """A published article, verified again."""

    id: int = 0
    run_id: str
    draft_id: int
    at: str
    by: str
    """A person, or `schedule`."""
    claims: int
    holding: int
    """Claims that hold by their stored snapshots."""
    counts: dict[str, int]
    """Standing -> number of claims, by their live sources."""
    findings: tuple[Finding, ...]
    """Claims that are not `current`, in the order of the text."""
    looks: tuple[Look, ...]
    proposal: str = ""
    """`open`, `accepted`, `dismissed`; empty when there is nothing to decide."""
    base_id: int | None = None
    """The draft that the proposed one was made from."""
    proposed_id: int | None = None
    """The proposed draft."""
    decided_by: str = ""
    decided_at: str = ""


@dataclass(frozen=True, kw_only=True)
class Watch:
    """When a published article's sources are looked at."""

    run_id: str
    checked_at: str | None
    due_at: str | None
    """None when nothing is scheduled."""
    working: bool
    """A worker is at it, or was asked to."""
