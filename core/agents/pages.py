"""Reading pages until there are enough: slow ones do not hold up the rest.

The web has pages that hang or drip. A page that takes three times as long as the others gives its place to the next
hit; where that brings enough, what is still under way is let go.
Method: hedged requests (Dean & Barroso, The Tail at Scale, CACM 2013), here with another page instead of a copy.
"""

import contextvars
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from statistics import median

from core.models import Hit

AT_ONCE = 6
SLOW_S = 3.0
"""From then on a page is slow in any case: most answer within a second."""
SLOW_TIMES, QUICK_S = 3, 0.75
"""A page is slow, too, that takes so many times as long as the others did, but none that takes less than this."""

Enough = Callable[[], bool]
"""Whether there are enough pages, so that one still under way need not be waited for."""


def read_until(wanted: int, hits: Sequence[Hit], read: Callable[[Hit, Enough], bool]) -> int:
    """Read hits, best first and several at once, until `wanted` of them serve.

    Where no hits are left, slow pages are waited for only while fewer than half of those wanted are there.

    Args:
        read: reads one hit and tells whether it serves; it ends soon after there are enough.

    Returns:
        How many serve.
    """
    waiting, serving, ended = deque(hits), 0, False
    under_way: dict[Future[bool], float] = {}
    took: list[float] = []
    with ThreadPoolExecutor(2 * AT_ONCE) as pool:
        try:
            while serving < wanted:
                # Another page costs little, so it is soon asked for; to do without one costs what it says.
                slow_s = _slow_s(took) if waiting else SLOW_S
                quick = [at for at in under_way.values() if time.monotonic() - at < slow_s]
                places = min(wanted - serving, AT_ONCE) - len(quick)
                for _ in range(min(places, 2 * AT_ONCE - len(under_way), len(waiting))):
                    task = contextvars.copy_context().run
                    under_way[pool.submit(task, read, waiting.popleft(), lambda: ended)] = time.monotonic()
                    quick.append(time.monotonic())
                if not under_way or (not waiting and not quick and 2 * serving >= wanted):
                    break
                next_slow = max(0.0, min(quick) + slow_s - time.monotonic()) if quick else None
                done, _ = wait(under_way, timeout=next_slow, return_when=FIRST_COMPLETED)
                for one in done:
                    took.append(time.monotonic() - under_way.pop(one))
                    serving += one.result()
        finally:
            ended = True
    return serving


def _slow_s(took: list[float]) -> float:
    """From how many seconds on a page is slow, by what those before it took; one alone says nothing of the others."""
    return min(SLOW_S, max(QUICK_S, SLOW_TIMES * median(took))) if len(took) > 1 else SLOW_S
