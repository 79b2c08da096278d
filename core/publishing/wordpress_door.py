"""What a WordPress shows and does for us, whichever way in: REST, or XML-RPC where REST is shut.

A door only carries. What to write, and when not to, is decided in `wordpress_wish`.
"""

from dataclasses import dataclass
from html import unescape
from typing import Literal, Protocol, TypedDict
from urllib.parse import unquote

from core.models import Picture
from core.publishing.mark import Mark, fingerprint, read_mark
from core.publishing.standing import Standing

State = Literal["publish", "future", "draft"]


class Fields(TypedDict, total=False):
    """A post as it is written; what is absent stays as it is."""

    title: str
    content: str
    excerpt: str
    slug: str
    status: State
    date_gmt: str
    """ISO 8601 without a zone, in UTC."""
    tags: list[int]
    categories: list[int]
    featured_media: int


@dataclass(frozen=True, kw_only=True)
class Post(Standing):
    """A post as it stands there, with its text as it was written."""

    id: int
    status: str
    slug: str
    title: str
    content: str
    excerpt: str
    date_gmt: str
    link: str
    """Where readers find it, or would once it is public."""
    tags: tuple[int, ...]
    featured_media: int
    keeps_scripts: bool
    """Whether a `<script>` of ours would survive in it."""

    @property
    def public(self) -> bool:
        return self.status == "publish"

    @property
    def body(self) -> str:
        return read_mark(self.content)[0]

    @property
    def mark(self) -> Mark | None:
        return read_mark(self.content)[1]

    @property
    def written(self) -> str:
        return fingerprint(self.title, self.body, self.excerpt)

    @property
    def revision(self) -> str:
        """Changes with everything that an update of ours would overwrite, and with nothing else.

        The time of the last change will not do: WordPress counts whole seconds, gives drafts the
        date they will be published at, and moves it when a plugin touches fields that are not ours.
        """
        state = "public" if self.status in ("publish", "future") else self.status
        more = (str(sorted(self.tags)), str(self.featured_media))
        return f"{state}:{fingerprint(self.title, self.content, self.excerpt, *more)}"


@dataclass(frozen=True, kw_only=True)
class Person:
    """Who we are there."""

    name: str
    roles: tuple[str, ...]
    may: frozenset[str]
    """WordPress's own names: `publish_posts`, `unfiltered_html`, ..."""


class Door(Protocol):
    """A way in. Every method raises `PublishError` when it is refused, as `Connection.send` does."""

    way: str
    """`REST` or `XML-RPC`."""
    site_title: str
    site_url: str
    person: Person

    def post(self, id: int) -> Post | None:
        """The post, also when it lies in the trash; None when there is none."""

    def search(self, text: str) -> list[Post]:
        """Posts in any state but the trash whose text contains this."""

    def holders(self, slug: str) -> list[int]:
        """Ids of the posts and pages, published or waiting to be, at this address."""

    def write(self, id: int | None, fields: Fields) -> Post:
        """Make a post, or change one."""

    def remove(self, id: int) -> None:
        """Delete a post past the trash; one that is gone is no fault."""

    def picture(self, name: str, alt: str) -> int | None:
        """The id of the file of this name (without its ending) among the media, described by `alt`."""

    def upload(self, picture: Picture, content: bytes, name: str) -> int:
        """Put a file among the media; `name` with its ending."""

    def term(self, taxonomy: Literal["tags", "categories"], name: str) -> int | None:
        """The id of a tag or category, made if it is missing; None when this role may not make one."""


def same_name(one: str, other: str) -> bool:
    """Names and slugs, however they are escaped or written."""
    return unescape(unquote(one)).casefold() == unescape(unquote(other)).casefold()
