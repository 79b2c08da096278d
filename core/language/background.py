"""Where requests to models run: one event loop on one background thread.

A caller waits in its own thread and can let go at any moment: dropping an asyncio task
closes its connection at once, which a thread blocked on a socket cannot do. A hung call
therefore costs its deadline and holds nothing, and sixty streams need one thread.
The caller's context variables (its current trace span) go along.
"""

import asyncio
import functools
import queue
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from core.errors import Cancelled

Item = TypeVar("Item")
Result = TypeVar("Result")

_POLL_S = 0.1
"""How soon a caller that waits in silence notices that it was cancelled."""
_DONE = object()
_starting = threading.Lock()


def run(
    work: Callable[[Callable[[Item], None]], Coroutine[Any, Any, Result]],
    *,
    receive: Callable[[Item], None],
    cancelled: Callable[[], bool],
) -> Result:
    """Run `work(emit)` on the loop; hand what it emits to `receive`, here in the caller's thread.

    Raises:
        Cancelled: `cancelled` said so; the work is dropped and its connections are closed.
        Whatever the work, `receive` or `cancelled` raises.
    """
    items: queue.SimpleQueue[Any] = queue.SimpleQueue()
    future = asyncio.run_coroutine_threadsafe(work(items.put), _loop())
    future.add_done_callback(lambda _: items.put(_DONE))
    try:
        while True:
            if cancelled():
                raise Cancelled()
            try:
                item = items.get(timeout=_POLL_S)
            except queue.Empty:
                continue
            if item is _DONE:
                return future.result()
            receive(item)
    finally:
        future.cancel()


def _loop() -> asyncio.AbstractEventLoop:
    with _starting:
        return _started()


@functools.cache
def _started() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="language", daemon=True).start()
    return loop
