"""The site for machines that follow it: an Atom feed (RFC 4287) and a sitemap (sitemaps.org 0.9)."""

import uuid
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from core.models import Article
from core.publishing.render import html
from core.publishing.wording import language_tag, printable

MOST_ENTRIES = 20
_ATOM = "http://www.w3.org/2005/Atom"
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NEVER = "1970-01-01T00:00:00Z"


def atom(articles: Sequence[tuple[Article, str]], *, title: str, base_url: str) -> str:
    """The newest articles as an Atom feed with their whole text.

    Args:
        articles: `(article, address)`, newest first; times must be RFC 3339.

    An entry's id comes from the article's key alone, so a reader that has seen it does not
    show it again when its title or address changes.
    """
    feed = ET.Element("feed", {"xmlns": _ATOM})
    newest = max((article.modified_at for article, _ in articles), default=_NEVER)
    _put(feed, "title", title)
    _put(feed, "id", f"{base_url}/feed.xml")
    _put(feed, "updated", newest)
    ET.SubElement(feed, "link", rel="self", type="application/atom+xml", href=f"{base_url}/feed.xml")
    ET.SubElement(feed, "link", rel="alternate", type="text/html", href=f"{base_url}/")
    _put(ET.SubElement(feed, "author"), "name", title)
    _put(feed, "generator", "Galley")
    for article, url in articles[:MOST_ENTRIES]:
        feed.append(_entry(article, url))
    return _document(feed)


def sitemap(front: str, articles: Sequence[tuple[Article, str]]) -> str:
    """The front page and every article as a sitemap; `articles` as for `atom`."""
    urls = ET.Element("urlset", {"xmlns": _SITEMAP})
    newest = max((article.modified_at for article, _ in articles), default="")
    for address, changed in [(front, newest), *((url, article.modified_at) for article, url in articles)]:
        url = ET.SubElement(urls, "url")
        _put(url, "loc", address)
        if changed:
            _put(url, "lastmod", changed)
    return _document(urls)


def _entry(article: Article, url: str) -> ET.Element:
    entry = ET.Element("entry", {"xml:lang": language_tag(article.language)})
    _put(entry, "title", article.title)
    _put(entry, "id", uuid.uuid5(uuid.NAMESPACE_URL, article.key).urn)
    ET.SubElement(entry, "link", rel="alternate", type="text/html", href=url)
    _put(entry, "published", article.published_at)
    _put(entry, "updated", article.modified_at)
    if article.dek:
        _put(entry, "summary", article.dek)
    for tag in article.tags:
        ET.SubElement(entry, "category", term=printable(tag))
    content = _put(entry, "content", html(article))
    content.attrib |= {"type": "html", "xml:base": url}
    return entry


def _put(parent: ET.Element, name: str, text: str) -> ET.Element:
    element = ET.SubElement(parent, name)
    element.text = printable(str(text))
    return element


def _document(root: ET.Element) -> str:
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"
