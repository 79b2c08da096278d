"""What the lists of a site are made of: one small entry for each article, and pages of them.

Lists are made from entries alone, so that publishing does not read every article again. Full
pages are numbered from the oldest and never change when something new comes: only the first
page, which holds the newest, grows until it is split.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from core.models import Article
from core.publishing.article import slugify
from core.publishing.layout import lay_out
from core.publishing.picture import file_name
from core.publishing.record import Record
from core.publishing.wording import counted, described, printable, verified

PAGE = 50
"""Articles on a full page; the first one holds up to twice as many before it is split."""
_FORMAT = 1


@dataclass(frozen=True, kw_only=True)
class Cover:
    """A picture as a list shows it."""

    name: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An article as a list, the feed and the sitemap show it; a withdrawn one keeps key and slug."""

    key: str
    slug: str
    published_at: str
    live: bool
    modified_at: str = ""
    title: str = ""
    dek: str = ""
    description: str = ""
    language: str = "en"
    tags: tuple[tuple[str, str], ...] = ()
    """`(tag, slug)`, each slug once."""
    counted: str = ""
    verified: str = ""
    doubtful: bool = False
    """Something in it was published without support."""
    cover: Cover | None = None
    original: bool = True
    """Names no other address as the original."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some entries of a list, newest first."""

    number: int
    """Counted from the oldest, from 1; 0 is the first page, which holds the newest."""
    entries: tuple[Entry, ...]
    newer: int | None
    """Number of the page before it, None on the first."""
    older: int | None


def entry(record: Record) -> Entry:
    """A kept article as a list shows it."""
    article = record.article
    if article is None:
        return Entry(key=record.key, slug=record.slug, published_at=record.published_at, live=False)
    return Entry(
        key=record.key,
        slug=record.slug,
        published_at=record.published_at,
        live=True,
        modified_at=article.modified_at,
        title=printable(article.title),
        dek=printable(article.dek),
        description=printable(described(article)),
        language=article.language,
        tags=tags(article),
        counted=counted(article.scorecard),
        verified=verified(article),
        doubtful=bool(lay_out(article).warned or article.overrides),
        cover=_cover(article),
        original=article.canonical_url is None,
    )


def tags(article: Article) -> tuple[tuple[str, str], ...]:
    """`(tag, slug)` of an article's tags, each slug once."""
    named = {slugify(tag): printable(tag) for tag in reversed(article.tags) if tag.strip()}
    return tuple((tag, slug) for slug, tag in reversed(named.items()))


def newest_first(entries: Iterable[Entry]) -> list[Entry]:
    """Those that are live."""
    return sorted((e for e in entries if e.live), key=lambda e: (e.published_at, e.slug), reverse=True)


def pages(entries: Sequence[Entry]) -> list[Page]:
    """A list cut into pages, the first page first.

    >>> few = [Entry(key=str(n), slug=str(n), published_at="", live=True) for n in range(PAGE * 3 - 1)]
    >>> [(page.number, len(page.entries), page.older) for page in pages(few)]
    [(0, 99, 1), (1, 50, None)]
    """
    full = max(0, len(entries) // PAGE - 1)
    newest = len(entries) - full * PAGE
    first = Page(number=0, entries=tuple(entries[:newest]), newer=None, older=full or None)
    rest = [
        Page(
            number=number,
            entries=tuple(entries[len(entries) - number * PAGE : len(entries) - (number - 1) * PAGE]),
            newer=number + 1 if number < full else 0,
            older=number - 1 or None,
        )
        for number in range(full, 0, -1)
    ]
    return [first, *rest]


# --- kept between two publications ---------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Index:
    """Every article of a site in short, and the look its pages were made with."""

    entries: Mapping[str, Entry]
    look: str

    def as_bytes(self) -> bytes:
        """As a JSON file."""
        kept = _Kept(format=_FORMAT, look=self.look, entries=list(self.entries.values()))
        return _KEPT.dump_json(kept)


@dataclass(frozen=True, kw_only=True)
class _Kept:
    format: int
    look: str
    entries: list[Entry]


_KEPT = TypeAdapter(_Kept)


def index_from(content: bytes | None) -> Index | None:
    """The index that `as_bytes` gave; None when there is none or it is damaged: it can be made anew."""
    try:
        kept = _KEPT.validate_json(content or b"")
    except ValidationError:
        return None
    if kept.format != _FORMAT:
        return None
    return Index(entries={entry.key: entry for entry in kept.entries}, look=kept.look)


def _cover(article: Article) -> Cover | None:
    picture = article.cover
    return picture and Cover(
        name=file_name(picture), alt=printable(picture.alt), width=picture.width, height=picture.height
    )
