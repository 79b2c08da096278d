"""What the contract suite needs to know of a place where articles go.

A place is a real server with a configured target, and the eyes and hands of the people around
it: a reader without a password, an editor who works there by hand. To put another target under
the contract, write a `Place` and name its start in `conftest.PLACES`.
"""

from dataclasses import dataclass
from typing import Protocol

from core.models import Receipt
from core.publishing.target import Target
from tests.servers.wire import Wire


@dataclass(frozen=True)
class Seen:
    """A page as a reader without a password gets it."""

    status: int
    html: str


class Place(Protocol):
    """One running server. `target` talks to it through `wire` where it talks HTTP."""

    target: Target
    wire: Wire | None
    """None: the target does not talk HTTP (a git remote); tests of lost answers then skip."""
    weaker: Target | None
    """A target that signs in with a role that may publish but keeps less; None where there are no roles."""
    wrong: Target | None
    """A target with a wrong password; None where nothing is asked."""

    def read(self, url: str) -> Seen:
        """The public page, redirects followed. A site that is built after a push is waited for."""

    def edit(self, receipt: Receipt, sentence: str) -> None:
        """A person adds a paragraph to the article by hand."""

    def remove(self, receipt: Receipt) -> None:
        """A person deletes the article for good by hand."""

    def occupy(self, slug: str) -> None:
        """A person publishes an article of their own under this slug."""

    def count(self, key: str) -> int:
        """How many articles carry the key, in whatever state, however they came to it."""

    def pictures(self) -> int:
        """How many picture files the place holds."""

    def stop(self) -> None:
        """End the server and everything started for it."""
