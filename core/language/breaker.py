"""A circuit breaker: a model that fails again and again is left alone for a while.

Method: Nygard, *Release It!* (2007): closed, open after so many failures in a row, half
open after a rest, when a single request tries whether it is back.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class _Circuit:
    failures: int = 0
    open_until: float = 0.0
    trying: bool = False


class Breaker:
    """One circuit a model. Safe to share between threads and runs."""

    def __init__(self, *, failures: int = 3, rest_s: float = 30.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._rest_s, self._clock = failures, rest_s, clock
        self._circuits: dict[str, _Circuit] = {}
        self._lock = threading.Lock()

    def admits(self, model: str) -> bool:
        """Whether to ask the model now. After its rest one request is let through; report how it went."""
        with self._lock:
            circuit = self._circuits.get(model)
            if circuit is None or circuit.failures < self._most:
                return True
            if circuit.trying or self._clock() < circuit.open_until:
                return False
            circuit.trying = True
            return True

    def succeeded(self, model: str) -> None:
        with self._lock:
            self._circuits.pop(model, None)

    def failed(self, model: str) -> None:
        with self._lock:
            circuit = self._circuits.setdefault(model, _Circuit())
            circuit.failures += 1
            circuit.trying = False
            if circuit.failures >= self._most:
                circuit.open_until = self._clock() + self._rest_s

    def undecided(self, model: str) -> None:
        """A try that was dropped before it showed anything."""
        with self._lock:
            if circuit := self._circuits.get(model):
                circuit.trying = False
