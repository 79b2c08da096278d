"""What engines put into titles, snippets and dates, as plain text; a result of a JSON answer as a hit."""

import html
import re
from collections.abc import Mapping, Sequence
from typing import Any

from core.models import Hit

_TAG = re.compile(r"<[^>]{0,500}>")


def plain(markup: object) -> str:
    """Text on one line, without tags and entities; empty for anything but a string.

    >>> plain("the <b>heat</b> pump&#39;s  noise")
    "the heat pump's noise"
    """
    return " ".join(html.unescape(_TAG.sub("", markup)).split()) if isinstance(markup, str) else ""


def day(text: object) -> str | None:
    """The date at the start of an ISO 8601 time, or None."""
    found = re.match(r"\d{4}-\d{2}-\d{2}", text) if isinstance(text, str) else None
    return found.group() if found else None


def hits_of(
    results: Sequence[Mapping[str, Any]], *, engine: str, query: str, snippet: str, published: str
) -> list[Hit]:
    """Hits from the results of a JSON answer, in order.

    Args:
        snippet, published: the names that this service gives to the two.

    Raises:
        KeyError: a result has no address.
    """
    return [
        Hit(
            url=str(result["url"]), title=plain(result.get("title")), snippet=plain(result.get(snippet)),
            engine=engine, query=query, published=day(result.get(published)),
        )
        for result in results
    ]  # fmt: skip
