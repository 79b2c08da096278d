"""SearXNG: a metasearch engine that people run themselves; JSON answers.

An instance on this machine or network is a private address: it needs the `fetch` of a client
that allows those, which the program gives it because a person typed the address into Settings.
"""

import json

from core.errors import ReadError, SettingsError
from core.models import Hit
from core.search.engine import DEADLINE_S, ENGINES, EngineDown, Fetch, checked, not_understood, ranked, unreachable
from core.search.markup import hits_of


@ENGINES.register("searxng")
class Searxng:
    """A SearXNG instance.

    Args:
        base_url: its address, such as http://localhost:8080.
        language: `en`, `de`, ... or `all`.
    """

    name = "searxng"

    def __init__(self, *, fetch: Fetch, base_url: str, language: str = "all") -> None:
        if not base_url.startswith(("http://", "https://")):
            raise SettingsError(
                "SearXNG's address must begin with http:// or https://.", remedy="Correct it under Settings › Search."
            )
        self._fetch = fetch
        self._base_url = base_url.rstrip("/").removesuffix("/search")
        self._language = language

    def search(self, query: str, *, limit: int) -> list[Hit]:
        params = {"q": query, "format": "json", "language": self._language}
        try:
            answer = self._fetch(
                f"{self._base_url}/search", params=params, robots=False, any_status=True, deadline_s=DEADLINE_S
            )
        except ReadError as error:
            raise unreachable(self.name, error) from error
        if answer.status == 403:
            raise EngineDown(
                "searxng does not give JSON answers (status 403).",
                remedy="Add `json` to `search.formats` in the instance's settings.yml.",
            )
        try:
            found = json.loads(checked(self.name, answer))
            hits = hits_of(
                found["results"], engine=self.name, query=query, snippet="content", published="publishedDate"
            )
            silent = found.get("unresponsive_engines") or []
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise not_understood(self.name) from error
        if not hits and silent:
            raise EngineDown(
                "searxng answers, but none of its own engines does.", remedy="Look at the instance's engines page."
            )
        return ranked(hits, limit)
