"""The mark an article carries at a target: whose it is, what was meant, and whether it still stands as sent.

An HTML comment at the end of the body, which readers do not see and content systems keep. By the
key the article is found again; by the two hashes, one of what was meant and one of what was
written, an edit made there is told from our own words even when our receipt was lost.
"""

import hashlib
import re
from dataclasses import dataclass
from html import unescape
from urllib.parse import quote, unquote

_MARK = re.compile(r"\n?<!-- galley-key:(\S+) content:([0-9a-f]*) body:([0-9a-f]{64}) -->")


@dataclass(frozen=True, kw_only=True)
class Mark:
    key: str
    content: str
    """Content hash of the article that was meant."""
    body: str
    """Hash of what was written."""


def marked(body: str, mark: Mark) -> str:
    """The body with its mark behind it."""
    return f"{body}\n<!-- {carrier(mark.key)} content:{mark.content} body:{mark.body} -->"


def read_mark(content: str) -> tuple[str, Mark | None]:
    """The body without its mark, and the mark; None when it carries none.

    >>> read_mark(marked("<p>Hello</p>", Mark(key="run--1", content="ab", body=fingerprint("x"))))[1].key
    'run--1'
    """
    found = _MARK.search(content)
    if found is None:
        return content, None
    body = content[: found.start()] + content[found.end() :]
    return body, Mark(key=unquote(found[1]), content=found[2], body=found[3])


def carrier(key: str) -> str:
    """What a search in the bodies finds; two hyphens would end the comment.

    >>> carrier("galley-a--b c")
    'galley-key:galley-a-%2Db%20c'
    """
    return "galley-key:" + quote(key, safe="").replace("--", "-%2D")


def fingerprint(*parts: str) -> str:
    """SHA-256 of texts, however a server escapes their characters or breaks their lines.

    >>> fingerprint("Q & A", "x") == fingerprint("Q &amp;\\r\\nA", "x") != fingerprint("Q & Ax")
    True
    """
    normal = (" ".join(unescape(part).split()) for part in parts)
    return hashlib.sha256("\0".join(normal).encode("utf-8", "replace")).hexdigest()
