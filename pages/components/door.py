"""The one way from a screen to the engine's rows, and whether the engine is there."""

import time
from functools import cache
from typing import Literal

from core.studio import Studio

STARTING_S = 15.0
"""How long a worker that was just started may take to report itself."""

_asked_at = [time.monotonic()]  # app.py asks for a worker when it starts, at about the time this is imported


@cache
def studio() -> Studio:
    """The process's studio; thread-safe, so every session shares it."""
    return Studio()


def start_engine() -> None:
    """Start a worker when none is alive.

    Raises:
        GalleyError: it cannot be started; says why.
    """
    _asked_at[0] = time.monotonic()
    studio().ensure_worker()


def engine() -> Literal["running", "starting", "stopped"]:
    """Whether a worker is alive, or is likely to be in a moment."""
    if studio().worker_alive():
        return "running"
    return "starting" if time.monotonic() - _asked_at[0] < STARTING_S else "stopped"
