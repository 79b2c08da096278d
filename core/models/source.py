"""Pages as they were found, read and kept."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One search result: an address that may answer a query."""

    url: str
    title: str = ""
    snippet: str = ""
    engine: str = ""
    query: str = ""
    rank: int = 0
    """0 is the engine's best."""
    published: str | None = None
    snapshot_id: int | None = None
    """Set by the library: the text is already held."""


@dataclass(frozen=True, kw_only=True)
class Flag:
    """Something in a fetched text that a person should know of."""

    kind: str
    """`injection`, `paywall`, `truncated`, `encoding`."""
    start: int
    end: int
    note: str


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of a paginated document, as offsets into its text."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Document:
    """A fetched source as Markdown-like text: headings, lists, tables, a blank line between blocks."""

    url: str
    """The final address; files of the library have `library:<collection>/<path>`."""
    title: str
    text: str
    media_type: str
    author: str | None = None
    site: str | None = None
    published: str | None = None
    language: str | None = None
    pages: tuple[Page, ...] = ()
    flags: tuple[Flag, ...] = ()
    fetched_at: str
    etag: str | None = None
    last_modified: str | None = None
    links: tuple[str, ...] = ()
    listing: bool = False
    """It lists other pages (contents, an index of names) and says little itself."""


KINDS = {
    "web": "text/html",
    "pdf": "application/pdf",
    "word": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "markdown": "text/markdown",
    "text": "text/plain",
}
"""Kind of source that a brief may ask for -> its media type, as readers name it."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """A document that is held, with the newest snapshot's facts."""

    id: int
    url: str
    title: str
    author: str | None
    site: str | None
    published: str | None
    media_type: str
    collection: str | None
    """The library collection, or None for a page found on the web."""
    snapshot_id: int
    text_hash: str
    fetched_at: str
    words: int
    flags: tuple[Flag, ...] = ()
    excluded: bool = False
    duplicate_of: int | None = None
    """The source whose text this one repeats."""
    language: str | None = None
    """Two or three letters; None where it cannot be told."""

    @property
    def kind(self) -> str:
        """One of `KINDS`, or the media type of what none of them names."""
        return next((kind for kind, media_type in KINDS.items() if media_type == self.media_type), self.media_type)


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """The stored text of a source, as it was when it was fetched."""

    id: int
    source_id: int
    text: str
    text_hash: str
    fetched_at: str
    url: str
    title: str
    etag: str | None = None
    last_modified: str | None = None
    pages: tuple[Page, ...] = ()
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RunSource:
    """What became of one hit in one run."""

    url: str
    title: str
    question_id: int
    engine: str
    query: str
    rank: int
    status: str
    """`read`, `skipped`, `duplicate`, `outside`: kept, but not what the brief asks for."""
    reason: str = ""
    source_id: int | None = None
    snapshot_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Ingest:
    """Something on its way into the library."""

    id: int
    kind: str
    """`folder`, `url`."""
    what: str
    collection: str
    status: str
    """`queued`, `running`, `done`, `failed`."""
    done: int = 0
    total: int = 0
    failed: int = 0
    unchanged: int = 0
    """Files of `done` that were held already, as they are."""
    passages: int = 0
    """Added so far."""
    seconds: float = 0.0
    """Worked so far."""
    message: str = ""


@dataclass(frozen=True, kw_only=True)
class Span:
    """A piece of a text."""

    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Section:
    """A parent: the part of a snapshot under one heading, with the passages inside it."""

    start: int
    end: int
    heading: str
    """Heading path, ` > ` between levels; empty before the first heading."""
    passages: tuple[Span, ...]


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A child: the span of a snapshot that is ranked, cited and judged against."""

    id: int
    source_id: int
    snapshot_id: int
    start: int
    end: int
    text: str
    heading: str = ""
    section_start: int = 0
    section_end: int = 0
    page: int | None = None
    title: str = ""
    url: str = ""
    site: str | None = None
    author: str | None = None
    published: str | None = None
    listing: bool = False
    """Of a page that lists other pages."""
