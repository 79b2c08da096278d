"""Engines that are down: noted once, said once, not asked again in this run.

With no network every engine fails, and each question of a plan would find that out anew. One
object belongs to one run and is shared by its threads.
"""

import threading

from core.errors import SearchError
from core.search.engine import EngineDown

MOST_FAILURES = 3
"""Failures in a row of the lesser kind (an answer not understood) after which an engine rests."""


class Outages:
    """What is known about the engines of one run."""

    def __init__(self) -> None:
        self._down: dict[str, SearchError] = {}
        self._failures: dict[str, int] = {}
        self._told: set[str] = set()
        self._lock = threading.Lock()

    def down(self, engine: str) -> SearchError | None:
        """Why an engine is not asked any more; None while it is."""
        with self._lock:
            return self._down.get(engine)

    def failed(self, engine: str, error: SearchError) -> None:
        """Note a failure; `EngineDown`, or the third lesser one in a row, ends the asking."""
        with self._lock:
            self._failures[engine] = self._failures.get(engine, 0) + 1
            if isinstance(error, EngineDown) or self._failures[engine] >= MOST_FAILURES:
                self._down.setdefault(engine, error)

    def answered(self, engine: str) -> None:
        """Note that an engine works."""
        with self._lock:
            self._failures.pop(engine, None)

    def first_to_tell(self, engine: str) -> bool:
        """True once for an engine: its failure has not been reported in this run yet."""
        with self._lock:
            if engine in self._told:
                return False
            self._told.add(engine)
            return True
