"""The site for machines that follow it: an Atom feed (RFC 4287) and a sitemap (sitemaps.org 0.9)."""

import uuid
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from core.publishing.listing import Entry
from core.publishing.wording import language_tag, printable

MOST_ENTRIES = 50
_ATOM = "http://www.w3.org/2005/Atom"
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NEVER = "1970-01-01T00:00:00Z"


def atom(articles: Sequence[tuple[Entry, str, str]], *, title: str, base_url: str) -> str:
    """The newest articles as an Atom feed with their whole text.

    Args:
        articles: `(entry, address, HTML)`, newest first; times must be RFC 3339.

    An entry's id comes from the article's key alone, so a reader that has seen it does not
    show it again when its title or address changes.
    """
    feed = ET.Element("feed", {"xmlns": _ATOM})
    newest = max((entry.modified_at for entry, _, _ in articles), default=_NEVER)
    _put(feed, "title", title)
    _put(feed, "id", f"{base_url}/feed.xml")
    _put(feed, "updated", newest)
    ET.SubElement(feed, "link", rel="self", type="application/atom+xml", href=f"{base_url}/feed.xml")
    ET.SubElement(feed, "link", rel="alternate", type="text/html", href=f"{base_url}/")
    _put(ET.SubElement(feed, "author"), "name", title)
    _put(feed, "generator", "Galley")
    for entry, url, html in articles[:MOST_ENTRIES]:
        feed.append(_entry(entry, url, html))
    return _document(feed)


def sitemap(front: str, articles: Sequence[tuple[Entry, str]]) -> str:
    """The front page and every article that is its own original; `articles` are `(entry, address)`."""
    urls = ET.Element("urlset", {"xmlns": _SITEMAP})
    newest = max((entry.modified_at for entry, _ in articles), default="")
    own = [(url, entry.modified_at) for entry, url in articles if entry.original]
    for address, changed in [(front, newest), *own]:
        url = ET.SubElement(urls, "url")
        _put(url, "loc", address)
        if changed:
            _put(url, "lastmod", changed)
    return _document(urls)


def _entry(entry: Entry, url: str, html: str) -> ET.Element:
    element = ET.Element("entry", {"xml:lang": language_tag(entry.language)})
    _put(element, "title", entry.title)
    _put(element, "id", uuid.uuid5(uuid.NAMESPACE_URL, entry.key).urn)
    ET.SubElement(element, "link", rel="alternate", type="text/html", href=url)
    _put(element, "published", entry.published_at)
    _put(element, "updated", entry.modified_at)
    if entry.description:
        _put(element, "summary", entry.description)
    for tag, _ in entry.tags:
        ET.SubElement(element, "category", term=printable(tag))
    content = _put(element, "content", html)
    content.attrib |= {"type": "html", "xml:base": url}
    return element


def _put(parent: ET.Element, name: str, text: str) -> ET.Element:
    element = ET.SubElement(parent, name)
    element.text = printable(str(text))
    return element


def _document(root: ET.Element) -> str:
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"
