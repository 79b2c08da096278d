"""The one way from a screen to the engine's rows."""

from functools import cache

from core.studio import Studio


@cache
def studio() -> Studio:
    """The process's studio; thread-safe, so every session shares it."""
    return Studio()
