"""The article as it is published."""

from dataclasses import dataclass

from core.models.draft import SentenceKind
from core.models.judgement import Label, Scorecard


@dataclass(frozen=True, kw_only=True)
class Quote:
    """One footnote: the words of a passage a sentence rests on."""

    number: int
    """Footnote number, in order of first citation from 1."""
    text: str
    reference: int
    page: int | None = None


@dataclass(frozen=True, kw_only=True)
class Reference:
    """One cited source."""

    number: int
    title: str
    url: str | None
    """None when it is a file of the library."""
    author: str | None
    site: str | None
    published: str | None
    fetched_at: str
    text_hash: str
    """SHA-256 of the snapshot's text."""


@dataclass(frozen=True, kw_only=True)
class ArticleSentence:
    """A sentence as it goes out."""

    text: str
    kind: SentenceKind
    quotes: tuple[int, ...] = ()
    """Footnote numbers."""
    label: Label | None = None
    overridden: bool = False
    reason: str = ""
    """Why a person let it stand; empty unless overridden."""


@dataclass(frozen=True, kw_only=True)
class ArticleSection:
    heading: str
    paragraphs: tuple[tuple[ArticleSentence, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Update:
    """One line of a published article's changelog."""

    at: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture of an article: a file of ours, named by its content."""

    path: str
    """On this machine; not part of what a reader reads."""
    hash: str
    """SHA-256 of the file."""
    media_type: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class Article:
    """The one payload every target renders."""

    key: str
    """Idempotency key of the article; the same in every target and version."""
    title: str
    slug: str
    dek: str
    sections: tuple[ArticleSection, ...]
    quotes: tuple[Quote, ...]
    references: tuple[Reference, ...]
    limitations: tuple[str, ...]
    method: str
    """How it was made, truthfully: `Composed from the sources' own sentences; no language model was used.`"""
    tags: tuple[str, ...]
    scorecard: Scorecard
    verified_at: str
    published_at: str
    modified_at: str
    updates: tuple[Update, ...] = ()
    language: str = "en"
    approved_by: str = ""
    overrides: tuple[str, ...] = ()
    """Reasons people gave for publishing below the gate."""
    cover: Picture | None = None
    description: str = ""
    """For search engines; the dek when empty."""
    canonical_url: str | None = None
    """The address to name as the original; None means the page's own."""
    seo_title: str = ""
    """The title for search engines and browser tabs; the title when empty."""


@dataclass(frozen=True, kw_only=True)
class Details:
    """What a person set about how the article goes out; what is empty, Galley chooses."""

    slug: str = ""
    """Fixed by the first publication, wherever that was."""
    dek: str = ""
    tags: tuple[str, ...] = ()
    seo_title: str = ""
    description: str = ""
    canonical: str = ""
    """The target whose address the others name as the original; empty: each page is its own."""
    cover: Picture | None = None
    """Uploaded; when there is none, one is drawn."""
    to: tuple[str, ...] | None = None
    """The targets that are ticked; None until a person ticked one."""
