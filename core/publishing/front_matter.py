"""How the generators of static sites want an article: where its file lies and what stands above the text.

The conventions are those of each project's documentation: Hugo (front matter, `static/`),
Jekyll (`_posts`, `permalink`, `published`), Eleventy (`permalink: false` keeps a file out) and
Astro (content collections; what must not show lies outside of them). Titles and tags stand there
as text that a theme may print without escaping, so angle brackets become ‹ ›.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote

import yaml

from core.models import Article
from core.publishing.article import slugify
from core.publishing.picture import file_name
from core.publishing.plain import body, escape
from core.publishing.record import content_hash
from core.publishing.seal import BLANK, broken, sealed
from core.publishing.wording import described, printable, utc, web_address

Generator = Literal["hugo", "jekyll", "eleventy", "astro"]

_SEAL = re.compile(r'galley_seal: "[0-9a-f]{64}"')
_FENCED = re.compile(r"---\n(.*?\n)---\n(.*)", re.DOTALL)


@dataclass(frozen=True)
class _Convention:
    folder: str
    """Where articles lie."""
    media: str
    """Where files lie that are copied as they are, and below the site's root."""
    media_address: str
    front: Callable[[Article, str], dict[str, Any]]
    """`(article, place below the root)` -> front matter of an article that shows."""
    hiding: Mapping[str, Any]
    """What stands there instead to keep an article from showing."""
    footnotes: bool = True
    """Knows `[^1]`."""
    hidden_folder: str = ""
    """Where an article lies that must not show; empty: where it always does."""
    hint: str = ""
    """What the site's own configuration has to do."""


@dataclass(frozen=True)
class Written:
    """What a file of ours says of itself."""

    key: str
    content_hash: str
    hidden: bool = False
    """The site does not show it."""
    edited: bool = False
    """Somebody changed the file since."""


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Where things stand in one repository."""

    generator: Generator
    folder: str
    """Empty: where the generator looks by default."""
    base_url: str

    @property
    def _convention(self) -> _Convention:
        return _CONVENTIONS[self.generator]

    @property
    def hint(self) -> str:
        return self._convention.hint

    def place(self, article: Article) -> str:
        """The article's file. Jekyll wants the day in its name."""
        folder = self.folder or self._convention.folder
        dated = f"{utc(article.published_at)[:10]}-" if self.generator == "jekyll" else ""
        return f"{folder}/{dated}{slugify(article.slug or article.title)}.md"

    @property
    def media(self) -> str:
        """Where covers lie."""
        return self._convention.media

    def address(self, name: str) -> str:
        """Where readers find the article of a file."""
        return f"{self.base_url}/{quote(self._below(name))}/"

    def shown(self, name: str) -> str:
        """Where a file lies when its article shows; `hidden` is the other way."""
        return f"{self.folder or self._convention.folder}/{name.rpartition('/')[2]}"

    def hidden(self, name: str) -> str:
        """Where a file lies when its article must not show; the same place where front matter can say so."""
        folder = self._convention.hidden_folder
        return f"{folder}/{name.rpartition('/')[2]}" if folder else name

    def hide(self, text: str) -> str:
        """A file of ours so that its article does not show; what a person wrote in it stays as it is."""
        fenced = _FENCED.match(text)
        if fenced is None:
            raise ValueError("the file has no front matter")
        front = fenced[1]
        for key, value in self._convention.hiding.items():
            front = re.sub(rf"^{key}:.*\n", "", front, flags=re.MULTILINE) + _dumped({key: value})
        hidden = f"---\n{front}---\n{fenced[2]}"
        return hidden if broken(text) else sealed(_SEAL.sub(f'galley_seal: "{BLANK}"', hidden, count=1))

    def write(self, article: Article, name: str) -> str:
        """The article's file, sealed.

        Raises:
            PublishError: the picture is of a kind that is not published, or a footnote is missing.
        """
        convention = self._convention
        front = convention.front(article, self._below(name))
        text = body(article, anchors=not convention.footnotes, carry_key=True)
        if article.cover:
            address = f"{self.base_url}/{convention.media_address}/{file_name(article.cover)}"
            text = f"![{escape(article.cover.alt)}]({address})\n\n{text}"
            front |= {"images": [address]} if self.generator == "hugo" else {"image": address}
        front |= {"galley_key": article.key, "galley_hash": content_hash(article)}
        kept = {name: _printable(value) for name, value in front.items() if value not in (None, "", [])}
        return sealed(f'---\ngalley_seal: "{BLANK}"\n{_dumped(kept)}---\n\n{text}')

    def _below(self, name: str) -> str:
        """The place below the site's root: `content/posts/a.md` -> `posts/a`."""
        folder = (self.folder or self._convention.folder).rstrip("/").rpartition("/")[2].lstrip("_") or "posts"
        slug = name.rpartition("/")[2].removesuffix(".md")
        return f"{folder}/{slug[11:] if self.generator == 'jekyll' else slug}"


def read(text: str) -> Written | None:
    """What a file says of itself; None when it is none of ours."""
    fenced = _FENCED.match(text)
    if fenced is None:
        return None
    try:
        front = yaml.safe_load(fenced[1])
    except (yaml.YAMLError, ValueError):
        return None
    if not isinstance(front, Mapping) or not front.get("galley_key"):
        return None
    hidden = front.get("draft") is True or front.get("published") is False or front.get("permalink") is False
    return Written(
        key=str(front["galley_key"]),
        content_hash=str(front.get("galley_hash", "")),
        hidden=hidden,
        edited=broken(text) or "galley_seal" not in front,
    )


def _hugo(article: Article, place: str) -> dict[str, Any]:
    return {
        "title": article.title,
        "date": _when(article.published_at),
        "lastmod": _when(article.modified_at),
        "url": f"/{place}/",
        "description": described(article),
        "tags": list(article.tags),
        "canonicalURL": web_address(article.canonical_url),
        "draft": False,
    }


def _jekyll(article: Article, place: str) -> dict[str, Any]:
    return {
        "layout": "post",
        "title": article.title,
        "date": _when(article.published_at),
        "last_modified_at": _when(article.modified_at),
        "permalink": f"/{place}/",
        "description": described(article),
        "tags": list(article.tags),
        "canonical_url": web_address(article.canonical_url),
        "published": True,
    }


def _eleventy(article: Article, place: str) -> dict[str, Any]:
    return {
        "title": article.title,
        "date": _when(article.published_at),
        "modified": _when(article.modified_at),
        "permalink": f"/{place}/index.html",
        "description": described(article),
        "tags": ["posts", *article.tags],
        "canonical": web_address(article.canonical_url),
        "templateEngineOverride": "md",
    }


def _astro(article: Article, place: str) -> dict[str, Any]:
    return {
        "title": article.title,
        "description": described(article) or article.title,
        "pubDate": _when(article.published_at),
        "updatedDate": _when(article.modified_at),
        "tags": list(article.tags),
        "canonicalURL": web_address(article.canonical_url),
        "draft": False,
    }


_CONVENTIONS: dict[str, _Convention] = {
    "hugo": _Convention("content/posts", "static/covers", "covers", _hugo, {"draft": True}),
    "jekyll": _Convention("_posts", "assets/covers", "assets/covers", _jekyll, {"published": False}),
    "eleventy": _Convention(
        "posts",
        "assets/covers",
        "assets/covers",
        _eleventy,
        {"permalink": False, "eleventyExcludeFromCollections": True},
        footnotes=False,
        hint='Eleventy needs a layout for the folder of articles, and `addPassthroughCopy("assets")` for pictures.',
    ),
    "astro": _Convention(
        "src/content/blog",
        "public/covers",
        "covers",
        _astro,
        {"draft": True},
        hidden_folder="drafts",
        hint="Astro shows an article under the address that the site's pages give its collection.",
    ),
}


class _Dumper(yaml.SafeDumper):
    """YAML with times as every generator reads them."""


_Dumper.add_representer(
    datetime,
    lambda dumper, when: dumper.represent_scalar("tag:yaml.org,2002:timestamp", when.strftime("%Y-%m-%dT%H:%M:%SZ")),
)


def _dumped(values: Mapping[str, Any]) -> str:
    return yaml.dump(dict(values), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000)


def _when(time: str) -> datetime:
    return datetime.fromisoformat(utc(time))


def _printable(value: Any) -> Any:
    """Text on one line that a theme may print as it is."""
    if isinstance(value, list):
        return [_printable(one) for one in value]
    return " ".join(printable(value).translate(_BRACKETS).split()) if isinstance(value, str) else value


_BRACKETS = str.maketrans("<>", "‹›")
