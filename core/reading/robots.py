"""What a site allows programs to read: robots.txt, fetched once an hour per site.

A missing file allows everything; a server that fails to deliver it allows nothing for a
minute (RFC 9309, 2.3.1). `Crawl-delay` is not followed: single pages are read on a person's
behalf, two at a time per host (see hosts.py); nothing is crawled.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.errors import ReadError, RefusedError
from core.reading.deadline import Deadline

if TYPE_CHECKING:
    import httpx

FRESH_S = 3600.0
FRESH_AFTER_FAILURE_S = 60.0
MOST_BYTES = 500 * 1024
"""What RFC 9309 asks a reader to parse at least."""

FetchRobots = Callable[[str, Deadline], tuple[int, bytes]]
"""Address of a robots.txt -> status and body."""


@dataclass
class _Site:
    lock: threading.Lock = field(default_factory=threading.Lock)
    rules: Any = None
    failure: str = ""
    good_until: float = 0.0


class Robots:
    """The rules of every site met so far; shared by all threads of a client."""

    def __init__(self, fetch: FetchRobots, *, agent: str) -> None:
        self._fetch = fetch
        self._agent = agent
        self._sites: dict[str, _Site] = {}
        self._lock = threading.Lock()

    def check(self, url: "httpx.URL", deadline: Deadline) -> None:
        """Raise RefusedError when the site does not want this address read by programs."""
        origin = f"{url.scheme}://{url.netloc.decode('ascii')}"
        with self._lock:
            site = self._sites.setdefault(origin, _Site())
        while not site.lock.acquire(timeout=deadline.tick_s()):
            pass
        try:
            if time.monotonic() >= site.good_until:
                self._learn(site, origin, deadline)
        finally:
            site.lock.release()
        if site.failure:
            raise RefusedError(
                f"{url.host} did not deliver its robots.txt ({site.failure}), so its pages are left alone.",
                remedy="Try again later, or add the page to the library as a file.",
            )
        if site.rules is not None and not site.rules.can_fetch(str(url), self._agent):
            raise RefusedError(
                f"{url.host} asks programs not to read this page (robots.txt).",
                remedy="Open it in a browser and add it to the library if you may use it.",
            )

    def _learn(self, site: _Site, origin: str, deadline: Deadline) -> None:
        site.rules, site.failure = None, ""
        try:
            status, body = self._fetch(f"{origin}/robots.txt", deadline)
        except ReadError as error:
            self._note_failure(site, error.message)
            raise
        if status >= 500 or status == 429:
            self._note_failure(site, f"status {status}")
            return
        site.good_until = time.monotonic() + FRESH_S
        if status < 300:
            from protego import Protego

            site.rules = Protego.parse(body[:MOST_BYTES].decode("utf-8", errors="replace"))

    @staticmethod
    def _note_failure(site: _Site, why: str) -> None:
        site.failure = why.rstrip(".")
        site.good_until = time.monotonic() + FRESH_AFTER_FAILURE_S
