"""Wikipedia's own search (MediaWiki Action API), in one language."""

import json
from urllib.parse import quote

from core.errors import SearchError
from core.models import Hit
from core.search.engine import ENGINES, Fetch, ask, not_understood, ranked
from core.search.markup import plain


@ENGINES.register("wikipedia")
class Wikipedia:
    """Articles of Wikipedia.

    Args:
        language: the edition, such as `en` or `de`.
        base_url: `{language}` is filled in.
    """

    name = "wikipedia"

    def __init__(
        self, *, fetch: Fetch, language: str = "en", base_url: str = "https://{language}.wikipedia.org"
    ) -> None:
        self._fetch = fetch
        self._base_url = base_url.replace("{language}", language).rstrip("/")

    def search(self, query: str, *, limit: int) -> list[Hit]:
        params = {
            "action": "query",
            "list": "search",
            "srsearch": query,
            "srlimit": str(limit),
            "srprop": "snippet",
            "format": "json",
            "formatversion": "2",
        }
        body = ask(self.name, self._fetch, f"{self._base_url}/w/api.php", params=params)
        try:
            answer = json.loads(body)
            if "error" in answer:
                raise SearchError(
                    f"wikipedia did not understand the search ({answer['error'].get('code', '')}).",
                    remedy="Use a shorter, plainer query.",
                )
            found = answer.get("query", {}).get("search", [])
            hits = [self._hit(page["title"], page.get("snippet"), query) for page in found]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise not_understood(self.name) from error
        return ranked(hits, limit)

    def _hit(self, title: str, snippet: object, query: str) -> Hit:
        path = quote(title.replace(" ", "_"), safe="/:@!$&'()*,;=~")
        return Hit(
            url=f"{self._base_url}/wiki/{path}", title=title, snippet=plain(snippet), engine=self.name, query=query
        )
