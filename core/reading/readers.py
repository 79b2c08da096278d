"""The shelf of readers: one a file format, each turns bytes into Markdown-like text.

A reader names the media types and file suffixes it takes. What they all share (normal form of
the text, flags, the test for "too little to use") is done once, in extract.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from core.models import Flag
from core.registry import Registry


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a reader found in a file."""

    text: str
    """Blocks with a blank line between: `#` headings, `-` lists, `|` tables, paragraphs on one line."""
    title: str = ""
    author: str | None = None
    site: str | None = None
    published: str | None = None
    """A date as ISO 8601, or None where the document does not give one that can be read."""
    language: str | None = None
    page_texts: tuple[str, ...] = ()
    """For paginated formats instead of `text`: one text a page, in order."""
    hidden: tuple[str, ...] = ()
    """Texts a human reader would not see (comments, hidden elements): not in `text`."""
    flags: tuple[Flag, ...] = ()
    links: tuple[str, ...] = ()
    listing: bool = False
    """It lists other pages and says little itself."""


class Reader(Protocol):
    """Reads one format."""

    media_types: Sequence[str]
    suffixes: Sequence[str]
    """With the dot, lower case."""

    def read(self, body: bytes, *, url: str, charset: str | None) -> Reading:
        """Find text and facts.

        Args:
            url: where it comes from, to resolve links.
            charset: what the server claims; may be wrong.

        Raises:
            ReadError: broken, encrypted, or without text.
        """


READERS: Registry[Reader] = Registry("reader")
