"""One HTTP request to a model, from what goes out to what it cost.

An exchange is kept as it goes, so that one that is abandoned half-way is counted too: the
provider charges for it all the same. Tokens are the server's count where it gives one.
"""

import math
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from core.language.prices import cost
from core.models import Call

ESTIMATED = "tokens estimated: the server did not count them"
"""Stands in `Call.error` of a finished call whose tokens are a guess."""
CHARS_PER_TOKEN = 4  # English prose with common tokenizers; an estimate and marked as one


@dataclass(frozen=True, kw_only=True)
class Request:
    """What goes out. `rung` of the ladder is set when an answer in JSON is wanted."""

    messages: list[dict[str, str]]
    max_tokens: int
    temperature: float
    stream: bool = False
    rung: str | None = None
    response_format: dict[str, Any] | None = None

    @property
    def estimated_tokens(self) -> int:
        return math.ceil(sum(len(m["content"]) for m in self.messages) / CHARS_PER_TOKEN)


@dataclass(frozen=True)
class Completion:
    """What came back."""

    text: str
    cut_off: bool
    """It ran into `max_tokens`."""


@dataclass
class Exchange:
    """One HTTP request while it lives: kept as it goes, so that an abandoned one is counted too."""

    tokens_in_guess: int
    status: str = "sent"
    text: str = ""
    usage: tuple[int, int, int] | None = None
    """`(in, cached, out)` as the server counted."""
    error: str = ""
    billable: bool = True
    """False when the server turned the request away."""
    emitted: bool = False
    at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="milliseconds"))
    began: float = field(default_factory=time.monotonic)
    ended: float | None = None

    def end(self, status: str, error: str = "", *, billable: bool = True) -> None:
        self.status, self.error, self.billable, self.ended = status, error, billable, time.monotonic()

    def call(self, *, role: str, task: str, model: str, base_url: str) -> Call:
        """The exchange as a call; one that never ended was abandoned."""
        guess = (self.tokens_in_guess, 0, math.ceil(len(self.text) / CHARS_PER_TOKEN))
        counted = self.usage or (guess if self.billable else (0, 0, 0))
        error = self.error or (ESTIMATED if self.billable and self.usage is None else "")
        return Call(
            key="",
            run_id=None,
            role=role,
            task=task,
            model=model,
            status="abandoned" if self.status == "sent" else self.status,
            tokens_in=counted[0],
            tokens_cached=counted[1],
            tokens_out=counted[2],
            cost_usd=cost(model, *counted, base_url=base_url) if self.billable else 0.0,
            seconds=round((self.ended or time.monotonic()) - self.began, 3),
            at=self.at.replace("+00:00", "Z"),
            error=error,
        )
