"""The `site` target: a static blog in a folder, for any web server.

A crash at any point is mended by the next publication, and a new look needs one `rebuild`. A
page that was edited by hand is never overwritten without being asked. A withdrawn article
leaves a tombstone without its text: the address stays its own.

    posts/<slug>/  page/<n>/  tags/<slug>/page/<n>/  media/  index.html  feed.xml  sitemap.xml  robots.txt  404.html
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, urlsplit

from core.errors import EditedThereError, PublishError, SlugTakenError
from core.models import Article, Preview, Receipt
from core.publishing.archive import Archive, is_edited, marks
from core.publishing.article import slugify
from core.publishing.blog import Blog, post_name
from core.publishing.difference import words
from core.publishing.folder import Folder
from core.publishing.listing import Index, newest_first
from core.publishing.record import Record, content_hash
from core.publishing.target import TARGETS, Capabilities
from core.publishing.wording import now, printable, utc, web_address

LONGEST_KEY = 120
"""Characters, percent-encoded; leaves room in a file name."""

INDEX = ".index.json"
UNFINISHED = ".unfinished"
_OURS = b'<meta name="generator" content="Galley">'


@TARGETS.register("site")
class Site:
    """A static blog in a folder.

    Args:
        path: the folder; made when it is missing.
        title: the blog's name.
        base_url: where readers find it, for feed, sitemap and canonical links. Pages link
            to each other relatively, so the folder can be looked at anywhere.
    """

    capabilities = Capabilities(
        html=True,
        structured_data=True,
        canonical_url=True,
        description=True,
        unpublish=True,
        delete=True,
        media=True,
        footnotes=True,
        read_back=True,
    )

    def __init__(self, *, path: Path, title: str, base_url: str) -> None:
        self._folder = Folder(Path(path))
        self._blog = Blog(title=title.strip(), base_url=base_url.rstrip("/"))
        self._archive = Archive(self._folder, self._blog)

    # --- what a target does ---------------------------------------------------------------

    def preview(self, article: Article, *, last: Receipt | None = None) -> Preview:
        """The page with style and picture inside it, and the files that would be written."""
        self._make_sense()
        index = self._archive.index()
        record = self._record(_normal(article), index)
        content = self._folder.read(post_name(record.slug))
        standing = content.decode("utf-8", "replace") if content is not None else None
        page = self._blog.alone(record)
        return Preview(
            target="site",
            page=page,
            requests=self._archive.changes(index, record).told("Write", "Remove"),
            lost=(),
            sent=words(page),
            standing=None if standing is None else words(standing),
            edited=self._edited(record, last) is not None,
        )

    def publish(
        self,
        article: Article,
        *,
        last: Receipt | None = None,
        draft: bool = False,
        at: str | None = None,
        overwrite: bool = False,
    ) -> Receipt:
        """Write the article's page and everything that lists it.

        The first publication fixes slug and `published_at`; later ones replace the page in
        place. A slug that another article of this site holds gets a number, and `changed` says so.

        Raises:
            EditedThereError: the page was edited or removed by hand since we wrote it.
            SlugTakenError: a page that no article of this site owns stands in its place.
        """
        if draft or at:
            raise PublishError(
                "The site shows everything that is written to it: it has no drafts and no schedule.",
                remedy="Publish the article when it is ready for readers.",
            )
        self._make_sense()
        article = _normal(article)
        with self._folder.writing():
            index, mended = self._archive.mended()
            record = self._record(article, index)
            if not overwrite and (edited := self._edited(record, last)):
                raise edited
            changed = mended + self._archive.carry_out(self._archive.changes(index, record))
            if marks(self._folder.read(post_name(record.slug))) != _expected(record):
                raise PublishError(
                    f"The page of {article.title!r} does not read back as it was written.",
                    remedy=f"See whether another program writes in {str(self._folder.path)!r}, then publish again.",
                )
        return self._receipt(record, "live" if changed else "unchanged", changed, article)

    def withdraw(self, key: str, *, last: Receipt | None = None) -> Receipt:
        """Remove the page and every mention of it; its address stays reserved for it."""
        self._make_sense()
        with self._folder.writing():
            index, mended = self._archive.mended()
            record = self._archive.held(key)
            if record is None:
                raise PublishError(
                    f"Nothing was published here under the key {key!r}.",
                    remedy="Look at the article's receipts for where it was published.",
                )
            if record.article is not None:
                record = replace(record, article=None, withdrawn_at=now())
            changed = mended + self._archive.carry_out(self._archive.changes(index, record))
        return self._receipt(record, "withdrawn", changed)

    def delete(self, key: str, *, last: Receipt | None = None) -> Receipt:
        """Remove everything of it; its address is free again."""
        self._make_sense()
        with self._folder.writing():
            index, mended = self._archive.mended()
            held = self._archive.held(key)
            if held is None and key not in index.entries:
                gone = Record(key=key, slug=last.remote_id if last else "", published_at="", article=None)
                return self._receipt(gone, "deleted", mended)
            slug = held.slug if held else index.entries[key].slug
            record = Record(key=key, slug=slug, published_at="", article=None)
            changed = mended + self._archive.carry_out(self._archive.changes(index, record, forget=True))
        return self._receipt(record, "deleted", changed)

    def find(self, key: str) -> Receipt | None:
        """What stands on the page, read from the page itself; None when there is none with this key."""
        record = self._archive.held(key)
        if record is None:
            return None
        content = self._folder.read(post_name(record.slug))
        said = marks(content)
        if said is None or said[0] != key:
            return None if record.article else self._receipt(record, "withdrawn", ())
        found = said[1] if not is_edited(content) else hashlib.sha256(content or b"").hexdigest()
        return replace(self._receipt(record, "live", ()), content_hash=found, revision=found)

    def check(self) -> tuple[str, ...]:
        """Whether the settings make sense, and the folder is ours and can be written."""
        self._make_sense()
        with self._folder.writing():
            self._folder.write(".check", b"")
            self._folder.remove(".check")
        live = len(newest_first(self._archive.index().entries.values()))
        told = [f"Stands in {self._folder.path}, {live} {'article' if live == 1 else 'articles'}."]
        if urlsplit(self._blog.base_url).hostname in ("127.0.0.1", "localhost", "::1"):
            told.append(
                "Its address is for this machine alone: for readers elsewhere, copy the folder to a web host "
                "and set that address here."
            )
        return tuple(told)

    # --- what only a site does ---------------------------------------------------------------

    def rebuild(self) -> tuple[str, ...]:
        """Make every page anew from the kept articles: after a change of title, address or look.

        Also makes the first, empty site. Does nothing when all was made with this look already.
        Pages that were edited by hand are left as they are. Returns what was written or removed.
        """
        self._make_sense()
        with self._folder.writing():
            return () if self._archive.current else self._archive.rebuild()

    # --- inside ---------------------------------------------------------------

    def _record(self, article: Article, index: Index) -> Record:
        """The article as it will be kept, with the slug and the first date that are its own."""
        held = self._archive.held(article.key)
        if held and held.article and content_hash(held.article) == content_hash(article):
            cover = article.cover  # knows where its file lies
            return replace(held, article=replace(held.article, cover=cover))
        slug = held.slug if held else _free(article.slug, {other.slug for other in index.entries.values()})
        first = held.published_at if held else article.published_at
        article = replace(article, slug=slug, published_at=first, modified_at=max(first, article.modified_at))
        return Record(key=article.key, slug=slug, published_at=first, article=article)

    def _edited(self, record: Record, last: Receipt | None) -> PublishError | None:
        """What a person did to the page since we wrote it, as the error to raise; None when nothing."""
        content = self._folder.read(post_name(record.slug))
        said = marks(content)
        if content is not None and (said is None or said[0] != record.key) and self._archive.held(record.key) is None:
            return SlugTakenError(
                f"{post_name(record.slug)} is somebody else's page.",
                remedy="Give this article another title or address; the page there is left alone.",
            )
        if is_edited(content):
            return EditedThereError(
                f"The page {post_name(record.slug)} was edited by hand since it was published.",
                remedy="Look at what was changed there, then keep it or overwrite it.",
            )
        held = self._archive.held(record.key)
        stood = last is not None and last.status in ("live", "unchanged") and (held is None or held.article)
        if stood and content is None:
            return EditedThereError(
                f"The page {post_name(record.slug)} was removed by hand since it was published.",
                remedy="Leave it so, or overwrite to publish it again.",
            )
        return None

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
            url=None if status in ("withdrawn", "deleted") else self._blog.url(record.slug),
            remote_id=record.slug,
            content_hash=content_hash(record.article) if record.article else "",
            at=now(),
            changed=tuple(changed),
            revision=content_hash(record.article) if record.article else "",
        )


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
            canonical_url=web_address(article.canonical_url),
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


def _words(title: str) -> str:
    return " ".join(printable(title).split())
