"""The state of a run, as the graph sees it: ids and decisions, never text."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class RunState:
    """One run on its way. Everything larger lives in the store."""

    run_id: str = ""
    enter: str = "plan"
    """The step it begins with; another than the first in a branch of a run."""
    held: tuple[int, ...] = ()
    """Questions of a branch whose pages came along: they are not searched for again."""
    plan_id: int = 0
    feedback: str = ""
    """What a person wants changed in the plan."""
    question_id: int = 0
    """The question of a branch."""
    position: int = 0
    """The section of a branch; 0 is the introduction."""
    draft_id: int = 0
    """The draft at hand: always the best so far."""
    round: int = 0
    """Correction rounds done."""
    passed: bool = False
    """The gate's answer on the draft at hand."""
    flawless: bool = False
    """Every claim of the draft at hand is supported."""
    stalled: bool = False
    """The last correction round brought nothing better."""
    notes: str = ""
    """What a person asked for when sending the draft back."""
    decision: dict[str, Any] = field(default_factory=dict)
    """What the person at the desk said last."""
    decided: int = 0
    """The newest decision this run went on from: each is acted on once."""
    evidence: bool = True
    """False: nothing was found to write from."""


Update = dict[str, Any]
"""What an agent changes in the state: names of `RunState` fields."""
