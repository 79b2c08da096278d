"""Brave's web search interface: an index of its own; needs a key."""

import json
from datetime import date

from pydantic import SecretStr

from core.models import Hit
from core.search.engine import ENGINES, Days, Fetch, ask, not_understood, ranked
from core.search.keys import key_of
from core.search.markup import hits_of

MOST_RESULTS = 20
FIRST_DAY = "1990-01-01"


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
        dated: Days = (None, None),
        base_url: str = "https://api.search.brave.com/res/v1/web/search",
    ) -> None:
        self._fetch = fetch
        self._key = SecretStr(key_of(api_key, engine=self.name, variable="BRAVE_API_KEY"))
        self._dated = dated
        self._base_url = base_url

    def search(self, query: str, *, limit: int) -> list[Hit]:
        params = {"q": query[:400], "count": str(min(limit, MOST_RESULTS)), "text_decorations": "false"}
        if any(self._dated):  # by the date Brave holds of a page; one of which it knows none is left out
            params["freshness"] = f"{self._dated[0] or FIRST_DAY}to{self._dated[1] or date.today().isoformat()}"
        headers = {"x-subscription-token": self._key.get_secret_value(), "accept": "application/json"}
        body = ask(self.name, self._fetch, self._base_url, params=params, headers=headers)
        try:
            results = (json.loads(body).get("web") or {}).get("results", [])
            hits = hits_of(results, engine=self.name, query=query, snippet="description", published="page_age")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise not_understood(self.name) from error
        return ranked(hits, limit)
