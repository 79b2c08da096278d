"""How long a model usually takes for a task, so that a call that hangs about can be let go.

The usual time is the median of the last answers of one model to one task of about one length. A
call that takes three times as long is abandoned and asked for elsewhere.
Method: Dean & Barroso, "The Tail at Scale" (CACM 2013): a second request instead of the slowest few.
Theirs runs beside the first; ours replaces it, for each request is paid for.
"""

import statistics
import threading
from collections import deque
from collections.abc import Callable, Iterable

from core.language.tasks import Task


class Pace:
    """Usual times by model and task. Safe to share between threads and runs.

    Args:
        times: a call may take so many times its usual time.
        seen: answers needed before anything counts as usual.
        floor_s: no call is let go sooner: a short task may well wait in a queue.
        kept: answers remembered of each kind.
        before: `(model, task name, max_tokens, seconds)` of earlier answers, oldest first; asked for once, at the
            first use, so that a restart forgets nothing.
    """

    def __init__(
        self, *, times: float = 3.0, seen: int = 5, floor_s: float = 20.0, kept: int = 20,
        before: Callable[[], Iterable[tuple[str, str, int, float]]] = tuple,
    ) -> None:  # fmt: skip
        self._times, self._seen, self._floor_s, self._kept = times, seen, floor_s, kept
        self._before: Callable[[], Iterable[tuple[str, str, int, float]]] | None = before
        self._took: dict[tuple[str, str, int], deque[float]] = {}
        self._lock = threading.Lock()

    def took(self, model: str, task: Task, seconds: float) -> None:
        """Remember how long an answer took."""
        with self._lock:
            self._remember()
            self._add(_kind(model, task.name, task.max_tokens), seconds)

    def limit_s(self, model: str, task: Task) -> float | None:
        """After how many seconds a call is slow; None while too few are known."""
        with self._lock:
            self._remember()
            known = list(self._took.get(_kind(model, task.name, task.max_tokens), ()))
        if len(known) < self._seen:
            return None
        return max(self._floor_s, self._times * statistics.median(known))

    def _remember(self) -> None:
        if self._before:
            before, self._before = self._before, None
            for model, name, max_tokens, seconds in before():
                self._add(_kind(model, name, max_tokens), seconds)

    def _add(self, kind: tuple[str, str, int], seconds: float) -> None:
        self._took.setdefault(kind, deque(maxlen=self._kept)).append(seconds)


def _kind(model: str, name: str, max_tokens: int) -> tuple[str, str, int]:
    return model, name, max_tokens.bit_length()  # of lengths within a factor of two
