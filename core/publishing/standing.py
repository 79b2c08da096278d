"""Whether what stands at a target is what we left there.

Two witnesses: our receipt's revision, and the mark that the article carries itself. The mark
also speaks where the receipt cannot: for a first publication or an update whose answer was lost.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import TypeVar

from core.errors import EditedThereError, SlugTakenError
from core.models import Receipt
from core.publishing.mark import Mark

LEFT = "Left as it is: it is public, and its update goes out in one step."
"""What a receipt says when a draft was asked for of an article that readers see."""


class Standing(ABC):
    """An article as it stands at a target."""

    @property
    @abstractmethod
    def public(self) -> bool:
        """Readers see it."""

    @property
    @abstractmethod
    def mark(self) -> Mark | None:
        """The mark it carries."""

    @property
    @abstractmethod
    def written(self) -> str:
        """Hash of the words that stand there, to be compared with the mark's."""

    @property
    @abstractmethod
    def revision(self) -> str:
        """`<state>:<hash>` of everything that an update would overwrite; the state is `public`
        for an article that readers see or will see."""

    @property
    def intact(self) -> bool:
        """Nobody touched the words since we wrote them."""
        return self.mark is not None and self.mark.body == self.written

    @property
    def content_hash(self) -> str:
        """Of the article that was meant while its words are intact; else of the words themselves."""
        return self.mark.content if self.mark and self.intact else self.written


Post = TypeVar("Post", bound=Standing)


def the_one(posts: Iterable[Post]) -> Post | None:
    """Of a key's posts, oldest first, ours: a public one before a draft, the older before a copy; None of none."""
    return min(posts, key=lambda post: not post.public, default=None)


def is_edited(standing: Standing | None, last: Receipt | None, wanted: str) -> bool:
    """Whether somebody changed or removed there what we left.

    Args:
        last: our newest receipt.
        wanted: content hash of what is about to be published. An untouched article with this
            content and another revision than the receipt's is our own, its answer lost.
    """
    if standing is None:
        return last is not None and bool(last.remote_id)
    if last is None or not last.revision:
        return not standing.intact
    if standing.revision == last.revision:
        return False
    if last.revision.startswith("public:") and not standing.revision.startswith("public:"):
        return True  # a person took it down
    return standing.content_hash != wanted


def refuse_edits(standing: Standing | None, last: Receipt | None, wanted: str, *, place: str) -> None:
    """Stop before a person's work is overwritten.

    Args:
        place: what a person calls it: `WordPress`.

    Raises:
        EditedThereError: it was changed or removed there since `last`.
    """
    if not is_edited(standing, last, wanted):
        return
    if standing is None:
        raise EditedThereError(
            f"The article was removed in {place} since it was published.",
            remedy="Publish it there anew, or leave it removed.",
        )
    raise EditedThereError(
        f"The article was changed in {place} since we wrote it.",
        remedy="Look at the difference, then overwrite it or take the change into the article.",
    )


def slug_taken(slug: str, how: str, *, place: str) -> SlugTakenError:
    """The error of an address that is another article's.

    Args:
        how: how it showed: `post 7 has it`.
        place: as for `refuse_edits`.
    """
    return SlugTakenError(
        f"The address {slug!r} belongs to another article in {place} ({how}).",
        remedy="Give this article another address, or rename the other one there.",
    )
