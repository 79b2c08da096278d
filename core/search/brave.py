"""Brave's web search interface: an index of its own; needs a key."""

import json

from pydantic import SecretStr

from core.models import Hit
from core.search.engine import ENGINES, Fetch, ask, not_understood, ranked
from core.search.keys import key_of
from core.search.markup import day, plain

MOST_RESULTS = 20


@ENGINES.register("brave")
class Brave:
    """The open web through Brave Search.

    Args:
        api_key: from BRAVE_API_KEY.
    """

    name = "brave"

    def __init__(
        self,
        *,
        fetch: Fetch,
        api_key: SecretStr | str,
        base_url: str = "https://api.search.brave.com/res/v1/web/search",
    ) -> None:
        self._fetch = fetch
        self._key = SecretStr(key_of(api_key, engine=self.name, variable="BRAVE_API_KEY"))
        self._base_url = base_url

    def search(self, query: str, *, limit: int) -> list[Hit]:
        params = {"q": query[:400], "count": str(min(limit, MOST_RESULTS)), "text_decorations": "false"}
        headers = {"x-subscription-token": self._key.get_secret_value(), "accept": "application/json"}
        body = ask(self.name, self._fetch, self._base_url, params=params, headers=headers)
        try:
            results = (json.loads(body).get("web") or {}).get("results", [])
            hits = [self._hit(result, query) for result in results]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise not_understood(self.name) from error
        return ranked(hits, limit)

    def _hit(self, result: dict[str, object], query: str) -> Hit:
        return Hit(
            url=str(result["url"]),
            title=plain(result.get("title")),
            snippet=plain(result.get("description")),
            engine=self.name,
            query=query,
            published=day(result.get("page_age")),
        )
