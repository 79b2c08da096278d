"""One deadline for everything a page costs: name look-up, robots.txt, redirects, retries, every byte.

A time-out per read is not enough: a server that sends one byte every few seconds keeps each
read happy and holds the thread for hours. The deadline travels with the thread that reads
(a context variable), so that connections shared between threads obey whoever uses them.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from core.errors import Cancelled, ReadError

TICK_S = 0.25
"""How long anything waits before it asks whether the run was stopped."""


class Deadline:
    """The time one page has left, and whether it is still wanted.

    Args:
        seconds: from now on.
        cancelled: asked about every `TICK_S`.
        what: named in the error.
    """

    def __init__(self, seconds: float, *, cancelled: Callable[[], bool] = lambda: False, what: str) -> None:
        self.seconds = seconds
        self.what = what
        self._end = time.monotonic() + seconds
        self._cancelled = cancelled

    def remaining_s(self) -> float:
        """Seconds left, never below 0."""
        return max(0.0, self._end - time.monotonic())

    def check(self) -> None:
        """Raise when there is no reason to go on.

        Raises:
            Cancelled: a person stopped the run.
            ReadError: the time is over.
        """
        if self._cancelled():
            raise Cancelled()
        if self.remaining_s() <= 0:
            raise ReadError(
                f"{self.what} was not read within {self.seconds:g} seconds.",
                remedy="Try it again later, or allow more time for a page in Settings.",
            )

    def tick_s(self) -> float:
        """A wait that ends in time for the next check; checks first."""
        self.check()
        return max(0.001, min(TICK_S, self.remaining_s()))

    def wait(self, seconds: float) -> None:
        """Do nothing for so long; raises like `check` when the deadline or a stop comes first."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            threading.Event().wait(min(left, self.tick_s()))

    @contextmanager
    def in_force(self) -> Iterator[None]:
        """Connections used by this thread obey this deadline inside the block."""
        token = _IN_FORCE.set(self)
        try:
            yield
        finally:
            _IN_FORCE.reset(token)


_IN_FORCE: ContextVar[Deadline] = ContextVar("deadline")


def in_force() -> Deadline:
    """The deadline of the page this thread reads. LookupError outside `Deadline.in_force`."""
    return _IN_FORCE.get()
