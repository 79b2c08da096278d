"""HTML: the article of a page without its frame.

frame.py takes the frame out, markup.py makes Markdown of elements, article.py chooses what is kept, with trafilatura's
help on news. Dates come from metadata, JSON-LD and addresses: htmldate's search through the visible text is off.
Inline emphasis is dropped before: `**` inside a sentence would stand in every quote. Seconds a page and what is kept
of it, by kind of page: benchmarks/reading.md.

What a reader of the page would not see (comments, hidden elements) is taken out before, and handed
on separately: it is a favourite place for instructions to a model.
"""

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

from core.errors import ReadError
from core.models import Flag
from core.reading.encoding import decode
from core.reading.formats.article import article_of
from core.reading.normal import one_line
from core.reading.readers import READERS, Reading

MOST_LINKS = 100
LISTING_SHARE = 0.6
"""Of a page's characters that are links, from which it is a listing. Of 390 pages of Python's and PostgreSQL's
documentation 40 have it: contents, indexes, overviews, and one list of acronyms; articles stay below 0.5."""
FEWEST_LISTED = 5
MOST_HIDDEN_CHARACTERS = 20_000

_HIDING = (
    r"(?:display\s*:\s*none|visibility\s*:\s*hidden|(?<![\w-])opacity\s*:\s*0(?![.\d])|font-size\s*:\s*0(?![.\d]))"
)
_HIDING_STYLE = re.compile(_HIDING, re.IGNORECASE)
_HIDING_RULE = re.compile(r"([^{}@]{1,300})\{[^{}]*" + _HIDING, re.IGNORECASE)
_SIMPLE_SELECTOR = re.compile(r"^([.#])([\w-]{1,80})$")
_FRAME = {"html", "body", "main", "article", "head"}
"""Never taken out: pages hide these until their script has run."""
_EMPHASIS = ("b", "strong", "em", "i", "u", "small", "mark", "ins", "font", "big", "tt", "kbd", "samp", "var")
_NOT_FREE = re.compile(r'"isAccessibleForFree"\s*:\s*"?false', re.IGNORECASE)
_FAULTS = (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, AssertionError)
"""What parsers raise on broken pages."""


@READERS.register("html")
class Webpage:
    """HTML and XHTML."""

    media_types = ("text/html", "application/xhtml+xml")
    suffixes = (".html", ".htm", ".xhtml")

    def read(self, body: bytes, *, url: str, charset: str | None) -> Reading:
        source, note = decode(body, charset=charset)
        flags = (Flag(kind="encoding", start=0, end=0, note=note),) if note else ()
        if _NOT_FREE.search(source):
            flags += (Flag(kind="paywall", start=0, end=0, note="the page says it is not free to read"),)
        tree = _parsed(source)
        web = url if url.startswith(("http://", "https://")) else ""
        facts = _facts(tree, web)
        hidden = _take_hidden(tree)
        _prepare(tree)
        main = next(iter(tree.xpath("//article | //main | //*[@role='main']")), tree)
        links, listing = _links(main, web), _is_listing(main)
        title = one_line(facts.title) or _first(tree, "h1") or _first(tree, "title")
        return Reading(
            text=_article(tree, web),
            title=title,
            author=one_line(facts.author) or None,
            site=one_line(facts.sitename) or urlsplit(facts.url or web).hostname or None,
            published=facts.date or None,
            language=_language(tree),
            hidden=hidden,
            flags=flags,
            links=links,
            listing=listing,
        )


def _parsed(source: str) -> Any:
    """A tree of the page. Parsed from UTF-8 so that a wrong declaration inside cannot mislead."""
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring

    parser = HTMLParser(encoding="utf-8", remove_pis=True, huge_tree=False)
    data = source.replace("\x00", "").encode("utf-8", errors="replace")
    try:
        tree = document_fromstring(data, parser=parser, ensure_head_body=True)
    except (etree.LxmlError, *_FAULTS) as error:
        raise ReadError(
            "The page holds no HTML that can be read.", remedy="Open it in a browser to see what it is."
        ) from error
    return tree


def _facts(tree: Any, url: str) -> Any:
    from trafilatura.metadata import extract_metadata
    from trafilatura.settings import set_date_params

    try:
        return extract_metadata(tree, url or None, set_date_params(extensive=False), True, set())
    except _FAULTS as error:
        raise ReadError("The page's head cannot be read.", remedy="Open it in a browser to see what it is.") from error


def _article(tree: Any, url: str) -> str:
    try:
        return article_of(tree, url)
    except _FAULTS as error:
        raise ReadError(
            "The page's text cannot be told from its frame.",
            remedy="Save it as text and add it to the library.",
        ) from error


def _take_hidden(tree: Any) -> tuple[str, ...]:
    """Take comments and hidden elements out of the tree; their texts."""
    from lxml.etree import Comment

    classes, ids = _hiding_selectors(tree)
    doomed = [
        element
        for element in tree.iter()
        if element.tag is Comment or (isinstance(element.tag, str) and _is_hidden(element, classes, ids))
    ]
    texts: list[str] = []
    room = MOST_HIDDEN_CHARACTERS
    for element in doomed:
        if element.getparent() is None:
            continue
        text = one_line((element.text or "") if element.tag is Comment else _text(element))[:room]
        if text:
            texts.append(text)
            room -= len(text)
        _drop(element)
    return tuple(texts)


def _is_hidden(element: Any, classes: set[str], ids: set[str]) -> bool:
    if element.tag in _FRAME:
        return False
    if element.tag in ("template", "noscript"):
        return True
    attributes = element.attrib
    if not attributes:
        return False
    return (
        "hidden" in attributes
        or attributes.get("aria-hidden", "").lower() == "true"
        or bool(_HIDING_STYLE.search(attributes.get("style", "")))
        or attributes.get("id") in ids
        or bool(classes and not classes.isdisjoint(attributes.get("class", "").split()))
    )


def _hiding_selectors(tree: Any) -> tuple[set[str], set[str]]:
    """Classes and ids that a style sheet inside the page hides, by plain selectors only."""
    classes: set[str] = set()
    ids: set[str] = set()
    for style in tree.iter("style"):
        if "print" in style.get("media", ""):
            continue
        for rule in _HIDING_RULE.finditer((style.text or "")[:50_000]):
            for selector in rule.group(1).split(","):
                if found := _SIMPLE_SELECTOR.match(selector.strip()):
                    (classes if found.group(1) == "." else ids).add(found.group(2))
    return classes, ids


def _drop(element: Any) -> None:
    """Remove an element, keep the text after it."""
    parent, before = element.getparent(), element.getprevious()
    if element.tail:
        if before is None:
            parent.text = (parent.text or "") + element.tail
        else:
            before.tail = (before.tail or "") + element.tail
    parent.remove(element)


def _prepare(tree: Any) -> None:
    """Drop emphasis and footnote marks."""
    from lxml import etree

    for mark in tree.xpath("//sup[contains(@class,'reference')] | //span[@class='mw-editsection']"):
        if mark.getparent() is not None:
            _drop(mark)
    etree.strip_tags(tree, *_EMPHASIS)


def _links(main: Any, url: str) -> tuple[str, ...]:
    """Absolute addresses the page's main part links to, in order, each once."""
    found: dict[str, None] = {}
    for anchor in main.iter("a"):
        try:
            target = urljoin(url, (anchor.get("href") or "").strip()).partition("#")[0]
        except ValueError:
            continue
        if target.startswith(("http://", "https://")) and target != url:
            found[target] = None
            if len(found) >= MOST_LINKS:
                break
    return tuple(found)


def _is_listing(main: Any) -> bool:
    """Whether the page's main part is mostly links: contents, an index of names."""
    linked = [len(one_line(_text(anchor))) for anchor in main.iter("a")]
    said = main.xpath(".//text()[not(ancestor::script or ancestor::style)]")
    return len(linked) >= FEWEST_LISTED and sum(linked) >= LISTING_SHARE * len(one_line(" ".join(said)))


def _language(tree: Any) -> str | None:
    declared = tree.get("lang") or tree.get("xml:lang") or ""
    tag = re.match(r"[A-Za-z]{2,3}(?![A-Za-z])", declared)
    return tag.group(0).lower() if tag else None


def _first(tree: Any, tag: str) -> str:
    element = next(tree.iter(tag), None)
    return one_line(_text(element)) if element is not None else ""


def _text(element: Any) -> str:
    return " ".join(element.itertext(with_tail=False)) if element is not None else ""
