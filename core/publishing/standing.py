"""Whether what stands at a target is what we left there.

Two witnesses: our receipt's revision, and the mark that the article carries itself. The mark
also speaks where the receipt cannot: for a first publication or an update whose answer was lost.
"""

from typing import Protocol

from core.errors import EditedThereError
from core.models import Receipt
from core.publishing.mark import Mark


class Standing(Protocol):
    """An article as it stands at a target."""

    @property
    def revision(self) -> str:
        """`<state>:<hash>` of everything that an update would overwrite; the state is `public`
        for an article that readers see or will see."""

    @property
    def mark(self) -> Mark | None: ...

    @property
    def intact(self) -> bool:
        """The words are those the mark was made for."""


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
    return not (standing.intact and standing.mark is not None and standing.mark.content == wanted)


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
