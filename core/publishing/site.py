"""The `site` target: a static blog in a folder, for any web server.

`articles/<key>.json` holds each published article; everything else is made from these
files, so a crash at any point is mended by publishing again, and a new look needs one
`rebuild`. A withdrawn article leaves a tombstone without its text: the address stays its own.

    posts/<slug>/  tags/<tag>/  index.html  feed.xml  sitemap.xml  robots.txt  404.html  style.css  icon.svg
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, urlsplit

from lxml import etree
from lxml import html as parser

from core.errors import PublishError
from core.models import Article, Receipt
from core.publishing.article import slugify
from core.publishing.blog import Blog, post_name, record_name
from core.publishing.folder import Folder
from core.publishing.record import Record, content_hash, record_from
from core.publishing.target import TARGETS, Capabilities
from core.publishing.wording import printable, utc, web_address

LONGEST_KEY = 120
"""Characters, percent-encoded; leaves room in a file name."""

_OURS = b'<meta name="generator" content="Galley">'


@dataclass(frozen=True)
class _Changes:
    """What has to happen to the folder, in this order."""

    write: tuple[tuple[str, bytes], ...]
    remove: tuple[str, ...]


@TARGETS.register("site")
class Site:
    """A static blog in a folder.

    Args:
        path: the folder; made when it is missing.
        title: the blog's name.
        base_url: where readers find it, for feed, sitemap and canonical links. Pages link
            to each other relatively, so the folder can be looked at anywhere.
    """

    capabilities = Capabilities(html=True, structured_data=True, canonical_url=True, unpublish=True, footnotes=True)

    def __init__(self, *, path: Path, title: str, base_url: str) -> None:
        self._folder = Folder(Path(path))
        self._blog = Blog(title=title.strip(), base_url=base_url.rstrip("/"))

    # --- what a target does ---------------------------------------------------------------

    def publish(self, article: Article, *, dry_run: bool = False) -> Receipt:
        """Write the article's page and everything that lists it.

        The first publication fixes slug and `published_at`; later ones replace the page in
        place. A slug that another article holds gets a number, and `changed` says so.
        """
        self._make_sense()
        article = _normal(article)
        if dry_run:
            record, changes = self._plan(article)
            return self._receipt(record, "draft", _told(changes, "Would write", "Would remove"), article)
        with self._folder.writing():
            record, changes = self._plan(article)
            self._carry_out(changes)
            if _marks(self._folder.read(post_name(record.slug))) != _expected(record):
                raise PublishError(
                    f"The page of {article.title!r} does not read back as it was written.",
                    remedy=f"See whether another program writes in {str(self._folder.path)!r}, then publish again.",
                )
        status = "live" if changes.write or changes.remove else "unchanged"
        return self._receipt(record, status, _told(changes, "Wrote", "Removed"), article)

    def withdraw(self, key: str) -> Receipt:
        """Remove the page and every mention of it; its address stays reserved for it."""
        self._make_sense()
        with self._folder.writing():
            records = self._records()
            record = records.get(key)
            if record is None:
                raise PublishError(
                    f"Nothing was published here under the key {key!r}.",
                    remedy="Look at the article's receipts for where it was published.",
                )
            if record.article is not None:
                record = replace(record, article=None, withdrawn_at=_now())
            changes = self._changes({**records, key: record}, own=(key,))
            self._carry_out(changes)
        return self._receipt(record, "withdrawn", _told(changes, "Wrote", "Removed"))

    def find(self, key: str) -> Receipt | None:
        """What stands on the page, read from the page itself; None when there is none with this key."""
        record = self._held(record_name(key))
        if record is None:
            return None
        marks = _marks(self._folder.read(post_name(record.slug)))
        if marks is not None and marks[0] == key:
            return replace(self._receipt(record, "live", ()), content_hash=marks[1])
        return None if record.article else self._receipt(record, "withdrawn", ())

    def check(self) -> None:
        """Whether the settings make sense, and the folder is ours and can be written."""
        self._make_sense()
        with self._folder.writing():
            self._folder.write(".check", b"")
            self._folder.remove(".check")

    # --- what only a site does ---------------------------------------------------------------

    def rebuild(self) -> tuple[str, ...]:
        """Make every page anew from the kept articles: after a change of title, address or look.

        Also makes the first, empty site. Returns what was written or removed, in words.
        """
        self._make_sense()
        with self._folder.writing():
            records = self._records()
            changes = self._changes(records, own=tuple(records))
            self._carry_out(changes)
        return _told(changes, "Wrote", "Removed")

    # --- inside ---------------------------------------------------------------

    def _plan(self, article: Article) -> tuple[Record, _Changes]:
        records = self._records()
        record = _record(article, records)
        return record, self._changes({**records, record.key: record}, own=(record.key,))

    def _changes(self, records: Mapping[str, Record], *, own: Sequence[str]) -> _Changes:
        """What differs between the folder and these records; all is rendered before anything is written.

        The record comes first, since the rest can be made from it; then the pages, then what
        links to them. Only the pages of `own` keys are looked at, the lists always.
        """
        live = [record for record in records.values() if record.article]
        kept = [(record_name(key), records[key].as_bytes()) for key in own]
        posts = [self._blog.post(record) for record in live if record.key in own]
        lists = list(self._blog.listings(live))
        files = kept + [(name, content.encode()) for name, content in posts + lists]
        wanted = {post_name(record.slug) for record in live} | {name for name, _ in lists}
        there = self._folder.names("posts/*/index.html") + self._folder.names("tags/*/index.html")
        return _Changes(
            write=tuple((name, content) for name, content in files if not self._folder.holds(name, content)),
            remove=tuple(name for name in there if name not in wanted),
        )

    def _carry_out(self, changes: _Changes) -> None:
        for name, content in changes.write:
            self._folder.write(name, content)
        for name in changes.remove:
            self._folder.remove(name)

    def _records(self) -> dict[str, Record]:
        held = [self._held(name) for name in self._folder.names("articles/*.json")]
        return {record.key: record for record in held if record}

    def _held(self, name: str) -> Record | None:
        content = self._folder.read(name)
        try:
            return None if content is None else record_from(content)
        except ValueError as error:
            raise PublishError(
                f"{str(self._folder.path / name)!r} is damaged: {error}.",
                remedy="Restore the file from a backup, or delete it and publish that article again.",
            ) from error

    def _make_sense(self) -> None:
        if not self._blog.title:
            raise PublishError("The site has no title.", remedy="Give it one in Settings.")
        base_url = self._blog.base_url
        parts = urlsplit(base_url)
        if web_address(base_url) != base_url or parts.query or parts.fragment:
            raise PublishError(
                f"The site's address {base_url!r} is not a plain web address.",
                remedy="Set one like https://blog.example.org in Settings.",
            )
        front = self._folder.read("index.html")
        if front is not None and _OURS not in front:
            raise PublishError(
                f"The folder {str(self._folder.path)!r} holds another site.",
                remedy="Choose an empty folder, so that nothing of that site is overwritten.",
            )

    def _receipt(self, record: Record, status: str, changed: Sequence[str], asked: Article | None = None) -> Receipt:
        if asked and asked.slug != record.slug:
            note = f"The address ends in {record.slug!r}: {asked.slug!r} is taken, or it was fixed before."
            changed = (*changed, note)
        return Receipt(
            target="site",
            key=record.key,
            status=status,
            url=None if status == "withdrawn" else self._blog.url(record.slug),
            remote_id=record.slug,
            content_hash=content_hash(record.article) if record.article else "",
            at=_now(),
            changed=tuple(changed),
        )


def _record(article: Article, records: Mapping[str, Record]) -> Record:
    """The article as it will be kept, with the slug and the first date that are its own."""
    held = records.get(article.key)
    if held and held.article and content_hash(held.article) == content_hash(article):
        return held
    slug = held.slug if held else _free(article.slug, {other.slug for other in records.values()})
    first = held.published_at if held else article.published_at
    article = replace(article, slug=slug, published_at=first, modified_at=max(first, article.modified_at))
    return Record(key=article.key, slug=slug, published_at=first, article=article)


def _free(slug: str, taken: set[str]) -> str:
    number, free = 1, slug
    while free in taken:
        number += 1
        free = f"{slug}-{number}"
    return free


def _normal(article: Article) -> Article:
    """The article with times in RFC 3339 and a slug that is safe as a folder's name.

    Raises:
        PublishError: the key cannot name a file, the title is empty, or a time is not one.
    """
    key = article.key
    if not key or not key.isprintable() or len(quote(key, safe="")) > LONGEST_KEY:
        raise PublishError(
            f"The key {key[:40]!r} is empty, unprintable or longer than {LONGEST_KEY} characters.",
            remedy="Give the article a short key, such as its run's id.",
        )
    if not _words(article.title):
        raise PublishError("The article has no title.", remedy="Give it one, then publish again.")
    try:
        return replace(
            article,
            slug=slugify(article.slug or article.title),
            verified_at=utc(article.verified_at),
            published_at=utc(article.published_at),
            modified_at=utc(article.modified_at),
        )
    except ValueError as error:
        raise PublishError(
            f"A time of the article makes no sense: {error}.",
            remedy="Assemble the article anew with ISO 8601 times, then publish again.",
        ) from error


def _expected(record: Record) -> tuple[str, str, str]:
    if record.article is None:
        raise ValueError(f"{record.key!r} is withdrawn: it has no page")
    return record.key, content_hash(record.article), _words(record.article.title)


def _marks(content: bytes | None) -> tuple[str, str, str] | None:
    """`(key, content hash, title)` that a page carries; None when it is no page of ours."""
    try:
        tree = parser.document_fromstring(content or b"", parser=parser.HTMLParser(encoding="utf-8"))
    except etree.ParserError:  # empty, or no document at all
        return None
    keys = tree.xpath("//meta[@name='galley-key']/@data-key")
    hashes = tree.xpath("//meta[@name='galley-hash']/@content")
    titles = tree.xpath("//article//h1")
    if not (keys and hashes and titles):
        return None
    return str(keys[0]), str(hashes[0]), _words(titles[0].text_content())


def _told(changes: _Changes, wrote: str, removed: str) -> tuple[str, ...]:
    return (
        *(f"{wrote} {name}" for name, _ in changes.write),
        *(f"{removed} {name}" for name in changes.remove),
    )


def _words(title: str) -> str:
    return " ".join(printable(title).split())


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
