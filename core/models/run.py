"""A run of the engine: its status, its events, its calls, what a person decided."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from core.models.brief import Brief


class Status(StrEnum):
    """Where a run stands. The last seven are resting places; `plan` and `review` wait for a person."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    PLAN = "plan"
    REVIEW = "review"
    GATE = "stopped_at_gate"
    NO_EVIDENCE = "no_evidence"
    FINISHED = "finished"
    PUBLISHED = "published"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Step(StrEnum):
    """The stages of a run, in the order a person sees them."""

    PLAN = "plan"
    RESEARCH = "research"
    WRITE = "write"
    JUDGE = "judge"
    REVISE = "revise"
    EDIT = "edit"
    REVIEW = "review"
    PUBLISH = "publish"


@dataclass(frozen=True, kw_only=True)
class Fork:
    """Where a run branched off another, and what was changed there."""

    run_id: str
    """The run it branched off."""
    seq: int
    """Number of that run's event with which the step it begins at was started."""
    step: str
    """`plan`, `research`, `write`, `judge`, `edit`, `review`."""
    changes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Run:
    """One brief on its way."""

    id: str
    brief: Brief
    title: str
    status: Status
    step: Step
    created_at: str
    started_at: str | None = None
    finished_at: str | None = None
    owner: str | None = None
    attempt: int = 0
    cancel: bool = False
    pause: bool = False
    error: dict[str, str] | None = None
    trace_id: str | None = None
    draft_id: int | None = None
    cost_usd: float = 0.0
    unpriced: int = 0
    """Calls whose price is unknown; `cost_usd` is without them."""
    model_calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    fork: Fork | None = None
    """None for a run that was begun from its topic."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What a person said."""

    id: int = 0
    run_id: str
    kind: str
    """`approve_plan`, `rewrite_plan`, `approve`, `send_back`, `override`, `steer`, `unpublish`, ..."""
    by: str
    at: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Event:
    """What the engine says; numbered per run, never changed."""

    run_id: str
    seq: int
    at: str
    kind: str
    step: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Call:
    """One model request and its answer."""

    key: str
    run_id: str | None
    role: str
    task: str
    model: str
    status: str
    """`sent`, `done`, `failed`, `abandoned`."""
    tokens_in: int = 0
    tokens_cached: int = 0
    tokens_out: int = 0
    cost_usd: float | None = None
    """None: the price is unknown."""
    seconds: float = 0.0
    at: str = ""
    error: str = ""
