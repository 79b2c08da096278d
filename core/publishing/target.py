"""What a target is: a place where articles go.

A target renders the one payload (`core.models.Article`) its own way. It finds an article
again by the article's key, never by its slug or title alone, so that publishing twice
updates instead of making a second copy. What a target cannot carry stands in its
capabilities, for a dry run to tell before anything is sent.
"""

from dataclasses import dataclass
from typing import Protocol

from core.models import Article, Receipt
from core.registry import Registry


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """What a target keeps of an article and what it lets us do."""

    markdown: bool = False
    """Takes Markdown as the body."""
    html: bool = False
    """Takes HTML as the body."""
    structured_data: bool = False
    """Keeps JSON-LD."""
    canonical_url: bool = False
    """Can name another address as the original."""
    schedule: bool = False
    """Can be told to publish later."""
    preview: bool = False
    """Gives a draft an address that can be shared."""
    optimistic_lock: bool = False
    """Refuses an update when somebody changed the article there meanwhile."""
    unpublish: bool = False
    media: bool = False
    """Takes pictures."""
    footnotes: bool = False
    """Links within the page survive, so a footnote can be followed both ways."""


class Target(Protocol):
    """A place where articles go. One article has one key, and at most one page under it."""

    capabilities: Capabilities

    def publish(self, article: Article, *, dry_run: bool = False) -> Receipt:
        """Put the article there, or bring the one with the same key up to date.

        Returns:
            A receipt with status `live`, `unchanged` when the same content already stands
            there, or `draft` for a dry run, whose `changed` says what would be written.

        Raises:
            PublishError: the target did not take it. What stood there before still does.
        """

    def withdraw(self, key: str) -> Receipt:
        """Take the article down; doing it twice is the same as once.

        Raises:
            PublishError: nothing was ever published under this key, or it cannot be removed.
        """

    def find(self, key: str) -> Receipt | None:
        """What really stands there now, read from the target; None when nothing does.

        The receipt's `content_hash` is that of the content found: compare it with what was
        meant to be sent. Status is `live`, `draft` or `withdrawn`.
        """

    def check(self) -> None:
        """Try the connection without changing anything a reader sees.

        Raises:
            PublishError: publishing would fail; says why and what to do.
        """


TARGETS: Registry[Target] = Registry("target")
"""The shelf of targets."""
