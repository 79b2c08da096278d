"""Manners toward hosts: at most two requests at once, and silence for as long as a host asks.

Forty threads that follow the same search result list would otherwise hit one small server at
once. A host that answered "too many requests" is left alone by every thread, not just by the
one that was told.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import ReadError
from core.reading.deadline import Deadline

AT_ONCE = 2


class _Host:
    def __init__(self, at_once: int) -> None:
        self.places = threading.BoundedSemaphore(at_once)
        self.resume_at = 0.0


class Hosts:
    """Places and pauses of every host; shared by all threads of a client."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._at_once = at_once
        self._hosts: dict[str, _Host] = {}
        self._lock = threading.Lock()

    @contextmanager
    def place(self, host: str, deadline: Deadline) -> Iterator[None]:
        """One of a host's places, waited for within the deadline, after any pause it asked for.

        Raises:
            ReadError: the pause, or the queue, is longer than the deadline.
        """
        place = self._host(host)
        pause_s = place.resume_at - time.monotonic()
        if pause_s > deadline.remaining_s():
            raise ReadError(f"{host} asks for fewer requests.", remedy="Try again in a few minutes.")
        deadline.wait(pause_s)
        while not place.places.acquire(timeout=deadline.tick_s()):
            pass
        try:
            yield
        finally:
            place.places.release()

    def pause(self, host: str, seconds: float) -> None:
        """Leave a host alone for so long."""
        place = self._host(host)
        place.resume_at = max(place.resume_at, time.monotonic() + seconds)

    def _host(self, host: str) -> _Host:
        with self._lock:
            return self._hosts.setdefault(host, _Host(self._at_once))
