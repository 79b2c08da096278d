"""A blog as files: what each page of the site holds, made from the kept articles alone.

Nothing here touches the disk or the clock, so the same articles always give the same bytes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from core.models import Article
from core.publishing.article import slugify
from core.publishing.feed import atom, sitemap
from core.publishing.layout import lay_out
from core.publishing.record import Record, content_hash
from core.publishing.render import TEMPLATES, html, page
from core.publishing.structured_data import as_script, structured_data


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An article as a list shows it."""

    article: Article
    url: str
    tags: tuple[tuple[str, str], ...]
    """`(tag, slug)`, each slug once."""
    doubtful: bool
    """Something in it was published without support."""


@dataclass(frozen=True, kw_only=True)
class Blog:
    """The look of a site."""

    title: str
    base_url: str
    """Without a last slash."""

    def url(self, slug: str) -> str:
        return f"{self.base_url}/posts/{quote(slug)}/"

    def post(self, record: Record) -> tuple[str, str]:
        """`(name, content)` of a live article's own page."""
        entry = self._entry(record)
        article = entry.article
        data = structured_data(article, url=entry.url, publisher=self.title, publisher_url=f"{self.base_url}/")
        content = page(
            "post.html.j2",
            site=self,
            root="../../",
            language=article.language,
            entry=entry,
            article=article,
            body=html(article, title=True),
            data_name=record_name(article.key).removeprefix("articles/"),
            content_hash=content_hash(article),
            structured_data=as_script(data),
        )
        return post_name(article.slug), content

    def listings(self, live: Sequence[Record]) -> Iterator[tuple[str, str]]:
        """`(name, content)` of everything else; `live` are the records that have an article."""
        newest = sorted(live, key=lambda record: (record.published_at, record.slug), reverse=True)
        entries = [self._entry(record) for record in newest]
        yield from self._topics(entries)
        yield "index.html", self._list(entries, root="./", url=f"{self.base_url}/")
        yield "404.html", page("missing.html.j2", site=self, root=f"{urlsplit(self.base_url).path}/")
        addresses = [(entry.article, entry.url) for entry in entries]
        yield "feed.xml", atom(addresses, title=self.title, base_url=self.base_url)
        yield "sitemap.xml", sitemap(f"{self.base_url}/", addresses)
        yield "robots.txt", f"User-agent: *\nAllow: /\nSitemap: {self.base_url}/sitemap.xml\n"
        for name in ("style.css", "icon.svg"):
            yield name, (TEMPLATES / name).read_text()

    def _topics(self, entries: Sequence[Entry]) -> Iterator[tuple[str, str]]:
        tags: dict[str, tuple[str, list[Entry]]] = {}
        for entry in entries:
            for tag, slug in entry.tags:
                tags.setdefault(slug, (tag, []))[1].append(entry)
        for slug, (tag, tagged) in tags.items():
            url = f"{self.base_url}/tags/{quote(slug)}/"
            yield tag_name(slug), self._list(tagged, root="../../", url=url, tag=tag)

    def _list(self, entries: Sequence[Entry], **values: Any) -> str:
        return page("list.html.j2", site=self, entries=entries, **({"tag": ""} | values))

    def _entry(self, record: Record) -> Entry:
        article = record.article
        if article is None:
            raise ValueError(f"{record.key!r} is withdrawn: it has no page")
        tags = {slugify(tag): tag for tag in reversed(article.tags) if tag.strip()}
        return Entry(
            article=article,
            url=self.url(record.slug),
            tags=tuple((tag, slug) for slug, tag in reversed(tags.items())),
            doubtful=bool(lay_out(article).warned or article.overrides),
        )


def post_name(slug: str) -> str:
    return f"posts/{slug}/index.html"


def tag_name(slug: str) -> str:
    return f"tags/{slug}/index.html"


def record_name(key: str) -> str:
    return f"articles/{quote(key, safe='')}.json"
