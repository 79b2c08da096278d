"""A blog as files: what each page of the site holds.

Nothing here touches the disk or the clock, so the same articles always give the same bytes.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from markupsafe import Markup

from core.models import Article, Picture
from core.publishing.feed import atom, sitemap
from core.publishing.listing import Cover, Entry, Page, entry
from core.publishing.picture import as_address, file_name
from core.publishing.record import Record, content_hash
from core.publishing.render import TEMPLATES, html, page
from core.publishing.seal import BLANK, sealed
from core.publishing.structured_data import as_script, structured_data


@dataclass(frozen=True, kw_only=True)
class Blog:
    """The look of a site."""

    title: str
    base_url: str
    """Without a last slash."""

    @property
    def look(self) -> str:
        """A hash of everything but the articles that pages are made from."""
        parts = [self.title, self.base_url, *(path.read_text("utf-8") for path in sorted(TEMPLATES.iterdir()))]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def url(self, slug: str) -> str:
        return f"{self.base_url}/posts/{quote(slug)}/"

    def post(self, record: Record) -> tuple[str, str]:
        """`(name, content)` of a live article's own page, sealed."""
        article = _held(record)
        cover = article.cover and Cover(
            name=f"../../{media_name(article.cover)}", alt=article.cover.alt,
            width=article.cover.width, height=article.cover.height,
        )  # fmt: skip
        return post_name(record.slug), sealed(self._post(record, article, cover=cover, style=None))

    def alone(self, record: Record) -> str:
        """The article's page with style and picture inside it, to be looked at before it is written."""
        article = _held(record)
        cover = article.cover and Cover(
            name=as_address(article.cover), alt=article.cover.alt,
            width=article.cover.width, height=article.cover.height,
        )  # fmt: skip
        return self._post(record, article, cover=cover, style=Markup((TEMPLATES / "style.css").read_text("utf-8")))

    def _post(self, record: Record, article: Article, *, cover: Cover | None, style: Markup | None) -> str:
        url = self.url(record.slug)
        image = f"{self.base_url}/{media_name(article.cover)}" if article.cover else None
        data = structured_data(article, url=url, publisher=self.title, publisher_url=f"{self.base_url}/", image=image)
        return page(
            "post.html.j2",
            site=self,
            root="../../",
            style=style,
            language=article.language,
            entry=entry(record),
            url=url,
            article=article,
            cover=cover,
            image=image,
            body=html(article, title=True),
            data_name=record_name(article.key).removeprefix("articles/"),
            content_hash=content_hash(article),
            seal=BLANK,
            structured_data=as_script(data),
        )

    def list(self, shown: Page, *, tag: tuple[str, str] | None = None) -> tuple[str, str]:
        """`(name, content)` of one page of a list: of everything, or of a `(tag, slug)`."""
        name = list_name(tag[1] if tag else None, shown.number)
        place = name.removesuffix("index.html")
        content = page(
            "list.html.j2",
            site=self,
            root="../" * place.count("/") or "./",
            style=None,
            url=f"{self.base_url}/{quote(place)}",
            entries=shown.entries,
            tag=tag[0] if tag else "",
            first=shown.number == 0,
            newer=self._place(tag, shown.newer),
            older=self._place(tag, shown.older),
        )
        return name, content

    def follow(self, newest: Sequence[tuple[Entry, str]], live: Sequence[Entry]) -> Iterator[tuple[str, str]]:
        """`(name, content)` of feed, sitemap and what never changes.

        Args:
            newest: `(entry, its page's HTML)`, newest first.
            live: every live entry, newest first.
        """
        told = [(entry_, self.url(entry_.slug), _feed_text(content)) for entry_, content in newest]
        yield "feed.xml", atom(told, title=self.title, base_url=self.base_url)
        yield "sitemap.xml", sitemap(f"{self.base_url}/", [(entry_, self.url(entry_.slug)) for entry_ in live])
        yield "404.html", page("missing.html.j2", site=self, root=f"{urlsplit(self.base_url).path}/", style=None)
        yield "robots.txt", f"User-agent: *\nAllow: /\nSitemap: {self.base_url}/sitemap.xml\n"
        for name in ("style.css", "icon.svg"):
            yield name, (TEMPLATES / name).read_text("utf-8")

    def _place(self, tag: tuple[str, str] | None, number: int | None) -> str | None:
        """Where a page of a list stands below the site's root; None when there is no such page."""
        return None if number is None else quote(list_name(tag[1] if tag else None, number).removesuffix("index.html"))


def post_name(slug: str) -> str:
    return f"posts/{slug}/index.html"


def list_name(tag: str | None, number: int) -> str:
    """A page of a list: `tag` is a slug or None for the front page, `number` as in `Page`."""
    folder = f"tags/{tag}/" if tag else ""
    return f"{folder}page/{number}/index.html" if number else f"{folder}index.html"


def record_name(key: str) -> str:
    return f"articles/{quote(key, safe='')}.json"


def media_name(picture: Picture) -> str:
    return f"media/{file_name(picture)}"


def _held(record: Record) -> Article:
    if record.article is None:
        raise ValueError(f"{record.key!r} is withdrawn: it has no page")
    return record.article


def _feed_text(content: str) -> str:
    """The article out of its page, without the title, which a feed reader prints itself."""
    _, begun, rest = content.partition('<article class="galley"')
    text, ended, _ = rest.partition("</article>")
    opening, headed, body = text.partition("</header>")
    return f"{begun}{opening.partition('>')[0]}>{body}{ended}" if headed else f"{begun}{text}{ended}"
