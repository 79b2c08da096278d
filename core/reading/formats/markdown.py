"""Markdown with YAML front matter: the facts go to the document, the text stays as written.

HTML comments are what a reader of the rendered page does not see; they are taken out (outside
code blocks) and handed on separately.
"""

import re
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from core.models import Flag
from core.reading.encoding import decode
from core.reading.normal import normal, one_line
from core.reading.readers import READERS, Reading

MOST_FRONT_CHARACTERS = 10_000
_FRONT = re.compile(r"\A---[ ]*\n(.*?)\n(?:---|\.\.\.)[ ]*(?:\n|\Z)", re.DOTALL)
_CODE_OR_COMMENT = re.compile(r"(^```.*?^```[^\n]*$|^~~~.*?^~~~[^\n]*$)|<!--(.*?)-->", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^#{1,2} +(.+?)#* *$", re.MULTILINE)
_LINK = re.compile(r"\]\((https?://[^\s)]+)")


@READERS.register("markdown")
class Markdown:
    """Markdown files."""

    media_types = ("text/markdown", "text/x-markdown")
    suffixes = (".md", ".markdown")

    def read(self, body: bytes, *, url: str, charset: str | None) -> Reading:
        source, note = decode(body, charset=charset)
        facts, text = front_matter(normal(source))
        hidden: list[str] = []

        def without_comment(found: re.Match[str]) -> str:
            if found.group(1):
                return found.group(1)
            hidden.append(one_line(found.group(2)))
            return ""

        text = normal(_CODE_OR_COMMENT.sub(without_comment, text))
        heading = _HEADING.search(text)
        return Reading(
            text=text,
            title=_string(facts, "title") or (one_line(heading.group(1)) if heading else ""),
            author=_string(facts, "author", "authors", "by") or None,
            site=_string(facts, "site", "publisher") or _host(_string(facts, "url", "source")) or None,
            published=_date(facts.get("date") or facts.get("published")),
            language=_string(facts, "lang", "language")[:2].lower() or None,
            hidden=tuple(text for text in hidden if text),
            flags=(Flag(kind="encoding", start=0, end=0, note=note),) if note else (),
            links=tuple(dict.fromkeys(_LINK.findall(text)))[:100],
        )


def front_matter(text: str) -> tuple[dict[str, Any], str]:
    """Split YAML facts from what follows; a block that is no mapping stays part of the text.

    >>> front_matter("---\\ntitle: Tides\\n---\\nWater rises.")
    ({'title': 'Tides'}, 'Water rises.')
    """
    found = _FRONT.match(text)
    if not found or len(found.group(1)) > MOST_FRONT_CHARACTERS:
        return {}, text
    import yaml

    try:
        facts = yaml.safe_load(found.group(1))
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}, text
    if not isinstance(facts, dict):
        return {}, text
    return {str(key).lower(): value for key, value in facts.items()}, text[found.end() :]


def _string(facts: dict[str, Any], *names: str) -> str:
    for name in names:
        value = facts.get(name)
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            value = ", ".join(value)
        if isinstance(value, str | int | float):
            return one_line(str(value))
    return ""


def _date(value: Any) -> str | None:
    if isinstance(value, date):
        return value.isoformat()[:10]
    try:
        return date.fromisoformat(str(value).strip()[:10]).isoformat() if value else None
    except ValueError:
        return None


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
