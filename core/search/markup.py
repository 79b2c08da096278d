"""Text out of the small pieces of HTML that engines put into titles and snippets."""

import html
import re

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
