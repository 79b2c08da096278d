"""arXiv's Atom interface: preprints in physics, mathematics, computing and more.

Hits lead to the PDF, which holds the text; the abstract is the snippet. Dates are those of the
first version.
"""

import re
from datetime import date
from typing import Any

from core.errors import SearchError
from core.models import Hit
from core.search.engine import ENGINES, Days, Fetch, ask, not_understood, ranked
from core.search.markup import day

MOST_WORDS = 10
FIRST_DAY = "1991-08-14"
"""Of arXiv."""
_ATOM = "{http://www.w3.org/2005/Atom}"


@ENGINES.register("arxiv")
class Arxiv:
    """Preprints on arXiv."""

    name = "arxiv"

    def __init__(
        self, *, fetch: Fetch, published: Days = (None, None), base_url: str = "https://export.arxiv.org/api/query"
    ) -> None:
        self._fetch = fetch
        self._published = published
        self._base_url = base_url

    def search(self, query: str, *, limit: int) -> list[Hit]:
        words = re.findall(r"[^\W_]+", query)[:MOST_WORDS]
        if not words:
            return []
        params = {
            "search_query": " AND ".join([*(f"all:{word}" for word in words), *self._submitted()]),
            "start": "0",
            "max_results": str(limit),
            "sortBy": "relevance",
        }
        feed = _feed(ask(self.name, self._fetch, self._base_url, params=params))
        return ranked([hit for entry in feed.iter(f"{_ATOM}entry") if (hit := self._hit(entry, query))], limit)

    def _submitted(self) -> list[str]:
        if not any(self._published):
            return []
        first, last = self._published[0] or FIRST_DAY, self._published[1] or date.today().isoformat()
        return [f"submittedDate:[{first.replace('-', '')}0000 TO {last.replace('-', '')}2359]"]

    def _hit(self, entry: Any, query: str) -> Hit | None:
        title, identity = _text(entry, "title"), _text(entry, "id")
        if "/api/errors" in identity:
            raise SearchError(
                f"arxiv did not understand the search: {_text(entry, 'summary')[:200]}",
                remedy="Use a shorter, plainer query.",
            )
        links = {link.get("title") or link.get("rel"): link.get("href", "") for link in entry.iter(f"{_ATOM}link")}
        url = (links.get("pdf") or links.get("alternate") or identity).replace("http://arxiv.org", "https://arxiv.org")
        if not url.startswith(("http://", "https://")):
            return None
        return Hit(
            url=url,
            title=title,
            snippet=_text(entry, "summary"),
            engine=self.name,
            query=query,
            published=day(_text(entry, "published")),
        )


def _feed(body: bytes) -> Any:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        feed = etree.fromstring(body, parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise not_understood(Arxiv.name) from error
    if feed.tag != f"{_ATOM}feed":
        raise not_understood(Arxiv.name)
    return feed


def _text(entry: Any, name: str) -> str:
    return " ".join((entry.findtext(f"{_ATOM}{name}") or "").split())
