"""How long a model usually takes for a task, so that a call that hangs about can be let go.

The usual time is the median of the last answers of one model to one task of about one length. A
call that takes three times as long is abandoned and asked for elsewhere.
Method: Dean & Barroso, "The Tail at Scale" (CACM 2013): a second request instead of the slowest few.
Theirs runs beside the first; ours replaces it, for each request is paid for.
"""

import statistics
import threading
from collections import deque

from core.language.tasks import Task


class Pace:
    """Usual times by model and task. Safe to share between threads and runs.

    Args:
        times: a call may take so many times its usual time.
        seen: answers needed before anything counts as usual.
        floor_s: no call is let go sooner: a short task may well wait in a queue.
        kept: answers remembered of each kind.
    """

    def __init__(self, *, times: float = 3.0, seen: int = 5, floor_s: float = 20.0, kept: int = 20) -> None:
        self._times, self._seen, self._floor_s, self._kept = times, seen, floor_s, kept
        self._took: dict[tuple[str, str, int], deque[float]] = {}
        self._lock = threading.Lock()

    def took(self, model: str, task: Task, seconds: float) -> None:
        """Remember how long an answer took."""
        with self._lock:
            self._took.setdefault(_kind(model, task), deque(maxlen=self._kept)).append(seconds)

    def limit_s(self, model: str, task: Task) -> float | None:
        """After how many seconds a call is slow; None while too few are known."""
        with self._lock:
            known = list(self._took.get(_kind(model, task), ()))
        if len(known) < self._seen:
            return None
        return max(self._floor_s, self._times * statistics.median(known))


def _kind(model: str, task: Task) -> tuple[str, str, int]:
    return model, task.name, task.max_tokens.bit_length()  # of lengths within a factor of two
