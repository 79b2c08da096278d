"""DuckDuckGo's page for browsers without scripts: the open web, no key.

There is no interface for programs, so the page is read as it is. When DuckDuckGo takes us for a
robot it shows a puzzle instead (status 202 or an `anomaly` form): said as such, not read as
"nothing found".
"""

from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

from core.models import Hit
from core.search.engine import ENGINES, EngineDown, Fetch, ask, not_understood, ranked


@ENGINES.register("duckduckgo")
class DuckDuckGo:
    """The open web through html.duckduckgo.com.

    Args:
        region: `us-en`, `de-de`, ...; `wt-wt` is no region.
    """

    name = "duckduckgo"

    def __init__(
        self, *, fetch: Fetch, region: str = "wt-wt", base_url: str = "https://html.duckduckgo.com/html/"
    ) -> None:
        self._fetch = fetch
        self._region = region
        self._base_url = base_url

    def search(self, query: str, *, limit: int) -> list[Hit]:
        body = ask(self.name, self._fetch, self._base_url, params={"q": query, "kl": self._region})
        tree = _tree(body)
        results = tree.xpath("//div[contains(concat(' ', @class, ' '), ' result ')]")
        if not results and not tree.xpath("//*[contains(@class, 'no-results')]"):
            if b"anomaly" in body:
                raise EngineDown(
                    "duckduckgo takes this machine for a robot and asks for a human.",
                    remedy="Wait an hour, or use SearXNG, Brave or Tavily in Settings.",
                )
            raise not_understood(self.name)
        return ranked([hit for one in results if (hit := self._hit(one, query))], limit)

    def _hit(self, result: Any, query: str) -> Hit | None:
        """One result; None for an advertisement."""
        link = next(iter(result.xpath(".//a[contains(@class, 'result__a')]")), None)
        if link is None or "result--ad" in result.get("class", ""):
            return None
        url = _target(urljoin(self._base_url, link.get("href", "")))
        snippet = next(iter(result.xpath(".//*[contains(@class, 'result__snippet')]")), None)
        if url is None:
            return None
        return Hit(
            url=url,
            title=_text(link),
            snippet=_text(snippet) if snippet is not None else "",
            engine=self.name,
            query=query,
        )


def _tree(body: bytes) -> Any:
    from lxml import etree, html

    try:
        return html.document_fromstring(body, parser=html.HTMLParser(encoding="utf-8"))
    except (etree.LxmlError, ValueError) as error:
        raise not_understood(DuckDuckGo.name) from error


def _target(url: str) -> str | None:
    """The address behind DuckDuckGo's own redirect (`/l/?uddg=...`); None for advertisements."""
    parts = urlsplit(url)
    if parts.path in ("/l/", "/l"):
        url = (parse_qs(parts.query).get("uddg") or [""])[0]
        parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or parts.path == "/y.js":
        return None
    return url


def _text(element: Any) -> str:
    return " ".join(element.text_content().split())
