"""Tavily: a search interface made for research agents; needs a key."""

import json

from pydantic import SecretStr

from core.errors import ReadError
from core.models import Hit
from core.search.engine import DEADLINE_S, ENGINES, Days, Post, checked, not_understood, ranked, unreachable
from core.search.keys import key_of
from core.search.markup import hits_of

MOST_RESULTS = 20


@ENGINES.register("tavily")
class Tavily:
    """The open web through Tavily.

    Args:
        api_key: from TAVILY_API_KEY.
        depth: `basic`, or `advanced` at twice the price.
    """

    name = "tavily"

    def __init__(
        self, *, post: Post, api_key: SecretStr | str, dated: Days = (None, None), depth: str = "basic",
        base_url: str = "https://api.tavily.com",
    ) -> None:  # fmt: skip
        self._post = post
        self._key = SecretStr(key_of(api_key, engine=self.name, variable="TAVILY_API_KEY"))
        self._dated = dated
        self._depth = depth
        self._base_url = base_url.rstrip("/")

    def search(self, query: str, *, limit: int) -> list[Hit]:
        payload = {"query": query[:400], "max_results": min(limit, MOST_RESULTS), "search_depth": self._depth}
        payload |= {name: day for name, day in zip(("start_date", "end_date"), self._dated, strict=True) if day}
        headers = {"authorization": f"Bearer {self._key.get_secret_value()}"}
        try:
            answer = self._post(f"{self._base_url}/search", payload, headers, any_status=True, deadline_s=DEADLINE_S)
        except ReadError as error:
            raise unreachable(self.name, error) from error
        try:
            results = json.loads(checked(self.name, answer))["results"]
            hits = hits_of(results, engine=self.name, query=query, snippet="content", published="published_date")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise not_understood(self.name) from error
        return ranked(hits, limit)
