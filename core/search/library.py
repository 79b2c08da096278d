"""The user's own library: texts already held, searched without a network."""

from collections.abc import Callable
from dataclasses import replace

from core.models import Hit
from core.search.engine import ENGINES, ranked

Lookup = Callable[[str, int], list[Hit]]
"""Query and limit -> hits, best first, with `snapshot_id` set."""


@ENGINES.register("library")
class Library:
    """Files added to the library."""

    name = "library"

    def __init__(self, *, lookup: Lookup) -> None:
        self._lookup = lookup

    def search(self, query: str, *, limit: int) -> list[Hit]:
        hits = self._lookup(query, limit)
        return ranked([replace(hit, engine=self.name, query=query) for hit in hits], limit)
