"""What a target is: a place where articles go.

A target renders the one payload (`core.models.Article`) its own way. It finds an article
again by the article's key, which it puts into the remote article, never by its slug or
title alone, so that publishing twice updates instead of making a second copy. What a
target cannot carry stands in its capabilities and in every preview, before anything is
sent. One publisher at a time for one article at one target: the caller holds a lease.
"""

from dataclasses import dataclass
from typing import Protocol

from core.models import Article, Preview, Receipt
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
    description: bool = False
    """Keeps a description for search engines."""
    drafts: bool = False
    """Can hold an article that the public does not see."""
    schedule: bool = False
    """Can be told to publish later."""
    preview: bool = False
    """Gives a draft an address that can be shared."""
    optimistic_lock: bool = False
    """Refuses an update when somebody changed the article there meanwhile."""
    unpublish: bool = False
    """Can take an article down and bring it back under the same address."""
    delete: bool = False
    media: bool = False
    """Takes pictures."""
    footnotes: bool = False
    """Links within the page survive, so a footnote can be followed both ways."""
    read_back: bool = False
    """Tells what stands there, so that an edit made there is noticed."""


class Target(Protocol):
    """A place where articles go. One article has one key, and at most one page under it.

    Every request that fails raises a `PublishError` with the server's own words and a remedy:
    `EditedThereError` when the article was changed or removed there since `last`,
    `SlugTakenError` when its address belongs to another article, `UnansweredError` when it is
    not known whether the request was carried out. What stood there before still does.
    """

    capabilities: Capabilities

    def preview(self, article: Article, *, last: Receipt | None = None) -> Preview:
        """What `publish` would do. Reads at most; writes nothing.

        Args:
            last: our newest receipt for this article here.
        """

    def publish(
        self,
        article: Article,
        *,
        last: Receipt | None = None,
        draft: bool = False,
        at: str | None = None,
        overwrite: bool = False,
    ) -> Receipt:
        """Put the article there, or bring the one with the same key up to date.

        Args:
            last: our newest receipt for this article here; names the remote article and the
                revision we left. Without it the target looks the key up before it creates.
            draft: not for the public yet (`capabilities.drafts`); pictures go with it.
            at: ISO 8601 in UTC, in the future: publish then (`capabilities.schedule`).
            overwrite: a person chose ours over an edit made there.

        Returns:
            A receipt `live`, `draft` or `scheduled` as the target itself answers, or `unchanged`
            when the same content already stands there in the wanted state.
        """

    def withdraw(self, key: str, *, last: Receipt | None = None) -> Receipt:
        """Take the article down; doing it twice is the same as once. `publish` brings it back."""

    def delete(self, key: str, *, last: Receipt | None = None) -> Receipt:
        """Remove the article for good (`capabilities.delete`); one that is gone already is deleted too."""

    def find(self, key: str) -> Receipt | None:
        """What really stands there now, read from the target; None when nothing does.

        `content_hash` is that of the content found: compare it with what was meant to be sent.
        """

    def check(self) -> tuple[str, ...]:
        """Try the connection without changing anything a reader sees.

        Returns:
            What is good to know, in words: who we are there, and what this role will lose.

        Raises:
            PublishError: publishing would fail; says why and what to do.
        """


TARGETS: Registry[Target] = Registry("target")
"""The shelf of targets."""
