"""Reading pages until there are enough: slow ones do not hold up the rest.

The web has pages that hang or drip. A page that takes long gives its place to the next hit; where that brings enough,
what is still under way is let go.
Method: hedged requests (Dean & Barroso, The Tail at Scale, CACM 2013), here with another page instead of a copy.
"""

import contextvars
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from core.models import Hit

AT_ONCE = 6
SLOW_S = 3.0
"""From then on a page is slow: most answer within a second."""

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
    with ThreadPoolExecutor(2 * AT_ONCE) as pool:
        try:
            while serving < wanted:
                quick = [at for at in under_way.values() if time.monotonic() - at < SLOW_S]
                places = min(wanted - serving, AT_ONCE) - len(quick)
                for _ in range(min(places, 2 * AT_ONCE - len(under_way), len(waiting))):
                    task = contextvars.copy_context().run
                    under_way[pool.submit(task, read, waiting.popleft(), lambda: ended)] = time.monotonic()
                    quick.append(time.monotonic())
                if not under_way or (not waiting and not quick and 2 * serving >= wanted):
                    break
                next_slow = max(0.0, min(quick) + SLOW_S - time.monotonic()) if quick else None
                done, _ = wait(under_way, timeout=next_slow, return_when=FIRST_COMPLETED)
                for one in done:
                    del under_way[one]
                    serving += one.result()
        finally:
            ended = True
    return serving
