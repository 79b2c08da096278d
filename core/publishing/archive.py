"""The kept articles of a site, and the files that are made of them.

`articles/<key>.json` holds each published article; everything else is made from these files.
An index of small entries saves reading them all: a publication writes the article's own page,
the pages of the lists it stands in, feed and sitemap, however many articles there are. One that
was cut short leaves `.unfinished`, and the next makes all lists anew.

Measured on one core, an article of some 600 words: 15 ms with 10 articles before it, 28 with 50
(the feed is full), 30 with 200, 39 with 1,000; rendering every list took 252 with 200.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from lxml import etree
from lxml import html as parser

from core.errors import PublishError
from core.publishing.blog import Blog, list_name, media_name, post_name, record_name
from core.publishing.feed import MOST_ENTRIES
from core.publishing.folder import Folder
from core.publishing.listing import Entry, Index, entry, index_from, newest_first, pages
from core.publishing.picture import picture_bytes
from core.publishing.record import Record, record_from
from core.publishing.seal import broken
from core.publishing.wording import file_size

_INDEX = ".index.json"
_UNFINISHED = ".unfinished"
_MADE = ("posts/*/index.html", "tags/**/index.html", "page/*/index.html", "media/*")


@dataclass(frozen=True)
class Changes:
    """What has to happen to the folder, in this order; the index comes last."""

    write: tuple[tuple[str, bytes], ...]
    remove: tuple[str, ...]
    index: Index

    def told(self, write: str, remove: str) -> tuple[str, ...]:
        """The changes in words, such as `Wrote index.html (3 kB)`."""
        return (
            *(f"{write} {name} ({file_size(len(content))})" for name, content in self.write),
            *(f"{remove} {name}" for name in self.remove),
        )


class Archive:
    """The articles in a folder; whoever writes holds the folder's lock."""

    def __init__(self, folder: Folder, blog: Blog) -> None:
        self._folder = folder
        self._blog = blog

    def index(self) -> Index:
        """Every article in short, read only."""
        return self._kept() or Index(entries={key: entry(record) for key, record in self._records().items()}, look="")

    def mended(self) -> tuple[Index, tuple[str, ...]]:
        """The index, and what had to be written since a publication was cut short."""
        index = self._kept()
        if index is not None and not self._unfinished():
            return index, ()
        told = self.rebuild()
        return self.index(), told

    @property
    def current(self) -> bool:
        """Whether every page was made with the blog's present look and none is half made."""
        index = self._kept()
        return index is not None and index.look == self._blog.look and not self._unfinished()

    def held(self, key: str) -> Record | None:
        """What is kept of a key.

        Raises:
            PublishError: the file is damaged.
        """
        return self._read(record_name(key))

    def rebuild(self) -> tuple[str, ...]:
        """Make every page anew but those edited by hand, and sweep what belongs to nothing; says what it did."""
        records = self._records()
        index = Index(entries={key: entry(record) for key, record in records.items()}, look=self._blog.look)
        live = [entry_ for entry_ in index.entries.values() if entry_.live]
        posts = [self._blog.post(record) for record in records.values() if record.article]
        fresh = {name: content for name, content in posts if not is_edited(self._folder.read(name))}
        lists = {name: content for name, content in self._lists(index, None, fresh) if content is not None}
        wanted = {*lists, *(name for name, _ in posts), *(f"media/{e.cover.name}" for e in live if e.cover)}
        there = [name for pattern in _MADE for name in self._folder.names(pattern)]
        remove = tuple(name for name in there if name not in wanted)
        return self.carry_out(Changes(self._different({**fresh, **lists}), remove, index))

    def changes(self, index: Index, record: Record, *, forget: bool = False) -> Changes:
        """What differs between the folder and the index with this record in it, or without it.

        All is rendered before anything is written. The record comes first, since the rest can be
        made from it; then the page, then what links to it.
        """
        before = index.entries.get(record.key)
        entries = {key: kept for key, kept in index.entries.items() if key != record.key}
        entries |= {} if forget else {record.key: entry(record)}
        after = replace(index, entries=entries)
        files: dict[str, bytes | str | None] = {record_name(record.key): None if forget else record.as_bytes()}
        fresh = dict([self._blog.post(record)]) if record.article else {}
        if record.article and record.article.cover:
            name = media_name(record.article.cover)
            files[name] = self._folder.read(name) or picture_bytes(record.article.cover)
        files |= fresh or {post_name(record.slug): None}
        files |= dict(self._lists(after, (index, record.key), fresh))
        shown = {e.cover.name for e in entries.values() if e.cover}
        if before and before.cover and before.cover.name not in shown:
            files[f"media/{before.cover.name}"] = None
        gone = tuple(name for name, content in files.items() if content is None and self._folder.read(name) is not None)
        return Changes(self._different(files), gone, after)

    def carry_out(self, changes: Changes) -> tuple[str, ...]:
        """Do it, and say what was done."""
        index = changes.index.as_bytes()
        if not changes.write and not changes.remove and self._folder.holds(_INDEX, index):
            return ()
        self._folder.write(_UNFINISHED, b"")
        for name, content in changes.write:
            self._folder.write(name, content)
        for name in changes.remove:
            self._folder.remove(name)
        self._folder.write(_INDEX, index)
        self._folder.remove(_UNFINISHED)
        return changes.told("Wrote", "Removed")

    def _lists(
        self, index: Index, since: tuple[Index, str] | None, fresh: Mapping[str, str]
    ) -> Iterator[tuple[str, str | None]]:
        """`(name, content)` of everything that lists articles; None where a page is no longer needed.

        Args:
            since: the index before and the key that changed; None makes all of it.
            fresh: posts that are about to be written: name -> content.
        """
        live = newest_first(index.entries.values())
        old, key = since or (Index(entries={}, look=""), None)
        before = newest_first(old.entries.values())
        concerned = [e for e in (*live, *before) if e.key == key] if since else live
        yield from self._pages(live, before, None, key)
        for slug, tag in {slug: (tag, slug) for e in reversed(concerned) for tag, slug in e.tags}.items():
            tagged, were = ([e for e in entries if _has(e, slug)] for entries in (live, before))
            yield from self._pages(tagged, were, tag, key)
        newest = [(e, fresh.get(post_name(e.slug)) or self._standing(e)) for e in live[:MOST_ENTRIES]]
        yield from self._blog.follow(newest, live)

    def _pages(
        self, entries: Sequence[Entry], before: Sequence[Entry], tag: tuple[str, str] | None, key: str | None
    ) -> Iterator[tuple[str, str | None]]:
        """The pages of one list that are new, different, or hold the article with the key."""
        old = {page.number: page for page in pages(before)}
        new = pages(entries) if entries or tag is None else []
        for page in new:
            holds_it = any(e.key == key for e in page.entries)
            if holds_it or page.number == 0 or old.get(page.number) != page:
                yield self._blog.list(page, tag=tag)
        for number in old.keys() - {page.number for page in new}:
            yield list_name(tag[1] if tag else None, number), None

    def _standing(self, shown: Entry) -> str:
        return (self._folder.read(post_name(shown.slug)) or b"").decode("utf-8", "replace")

    def _different(self, files: Mapping[str, bytes | str | None]) -> tuple[tuple[str, bytes], ...]:
        whole = ((name, c.encode() if isinstance(c, str) else c) for name, c in files.items() if c is not None)
        return tuple((name, content) for name, content in whole if not self._folder.holds(name, content))

    def _kept(self) -> Index | None:
        return index_from(self._folder.read(_INDEX))

    def _unfinished(self) -> bool:
        return self._folder.read(_UNFINISHED) is not None

    def _records(self) -> dict[str, Record]:
        held = [self._read(name) for name in self._folder.names("articles/*.json")]
        return {record.key: record for record in held if record}

    def _read(self, name: str) -> Record | None:
        content = self._folder.read(name)
        try:
            return None if content is None else record_from(content)
        except ValueError as error:
            raise PublishError(
                f"{str(self._folder.path / name)!r} is damaged: {error}.",
                remedy="Restore the file from a backup, or delete it and publish that article again.",
            ) from error


def is_edited(content: bytes | None) -> bool:
    """Whether somebody else changed the page since we wrote it; a missing one was not edited."""
    return content is not None and (marks(content) is None or broken(content.decode("utf-8", "replace")))


def marks(content: bytes | None) -> tuple[str, str, str] | None:
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
    return str(keys[0]), str(hashes[0]), " ".join(titles[0].text_content().split())


def _has(shown: Entry, slug: str) -> bool:
    return any(slug == own for _, own in shown.tags)
