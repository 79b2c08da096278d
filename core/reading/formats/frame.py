"""What of a page is frame: navigation, footers, share buttons, sign-up boxes, consent banners.

Known by what elements say they are: tags and roles first, then class names and ids. Names are compared whole
(`nav-bar`, `site-footer`), not by what they contain: `titlepage` and `information` are none. Nothing is taken away
that holds most of the page's words, and what may as well be content (a sidebar, a table of contents) goes only where
it is mostly links.
"""

import re
from functools import lru_cache
from typing import Any

MOST_OF_PAGE = 0.5
"""An element with this share of the page's characters is no frame, whatever it is called."""
LINKED = 0.5
"""Share of characters that are links from which a box that may be content is taken for navigation."""
LEAST_OF_PAGE = 0.3
"""A part with less of what is left of the page is not its main part, whatever it is called."""
LONGEST_NAME = 80

_UNSEEN = ("script", "style", "template", "svg", "iframe", "object", "select", "textarea")
_TAGS = {"nav", "footer", "dialog", "form", "button", "menu"}
_ROLES = {
    "navigation", "banner", "contentinfo", "search", "menu", "menubar", "toolbar", "dialog", "alertdialog", "tablist",
    "complementary", "button",
}  # fmt: skip
_PLACES = r"(?:(?:site|page|global|top|bottom|doc|posts?|entry|article|primary|secondary|mobile|js|main|wp)[-_]*)?"
_PARTS = (
    r"(?:[-_]*(?:bar|box|list|links?|items?|container|wrapper|wrap|blocks?|widget|icons?|buttons?|area|section|inner|"
    r"content|top|bottom|left|right|form|prompt|banner|notice|popup|modal|module|tools|panel|signup|\d))*"
)
_SURE = re.compile(
    _PLACES + r"(?:nav|navbar|navigation|navheader|navfooter|docnav|menu|footer|footnav|subnav|breadcrumbs?|crumbs|"
    r"pagination|pager|paging|shar(?:e|ing)|sharedaddy|social(?:media)?|addthis|addtoany|newsletter|subscribe|"
    r"subscription|signup|cookies?|consent|gdpr|comments?|commentlist|disqus(?:[-_]thread)?|respond|ads?|adverts?|"
    r"advertisement|advertising|adsbygoogle|promos?|sponsor(?:ed)?|outbrain|taboola|toolbar|skip[-_](?:to|nav|links?)"
    r"[-_\w]*|screen-reader-text|sr-only|visually-?hidden|noprint|catlinks|printfooter|mw-jump-link|headerlink|"
    r"byline|author-?(?:bio|box|info)|masthead)" + _PARTS,
    re.IGNORECASE,
)
_LIKELY = re.compile(
    _PLACES + r"(?:sidebar|sphinxsidebar|header|banner|related|relatedlinks|recommend(?:ed|ations)|most-(?:popular|"
    r"read)|trending|popular|more-(?:on|from|stories)|also-(?:read|like)|read-(?:more|next)|tags|tag-list|categories|"
    r"toc|contents|table-of-contents|minitoc|localtoc|widgets?|teasers?|archives?|infobox|meta|navbox|"
    r"prev-next|next-prev)(?:[-_]*(?:posts|articles|stories|news|pages|reading))?" + _PARTS,
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"(?:admonition|note|warning|caution|tip|hint|important|danger|attention|callout|footnotes?|example)(?:[-_]\w+)*",
    re.IGNORECASE,
)


def take_frame(body: Any, *, sure_only: bool = False) -> None:
    """Take the frame out of the tree; the text after an element that goes stays.

    Args:
        body: the page's body, an lxml.html element.
        sure_only: leave what only its links give away, such as a table of contents.
    """
    from lxml.etree import strip_elements

    strip_elements(body, *_UNSEEN, with_tail=False)
    whole = len(body.text_content())
    for element in list(body.iterdescendants()):
        if not isinstance(element.tag, str) or element.getparent() is None:
            continue
        sure = _is_sure(element)
        if not sure and (sure_only or not any(map(_likely, _names(element)))):
            continue
        if len(element.text_content()) <= MOST_OF_PAGE * whole and (sure or linked_share(element) >= LINKED):
            element.drop_tree()


def main_of(body: Any) -> Any:
    """The element that the page calls its main part, if it is one, else the body."""
    least = LEAST_OF_PAGE * len(body.text_content())
    for path in (".//main | .//*[@role='main']", ".//*[@itemprop='articleBody']", ".//article"):
        found = body.xpath(path)
        if len(found) == 1 and len(found[0].text_content()) >= least:
            return found[0]
    return body


def linked_share(element: Any) -> float:
    """Share of an element's characters that are links, spaces not counted."""
    said = len("".join(element.text_content().split()))
    linked = sum(len("".join(anchor.text_content().split())) for anchor in element.iter("a"))
    return min(1.0, linked / said) if said else 0.0


def _is_sure(element: Any) -> bool:
    tag = element.tag
    if tag in _TAGS or element.get("role", "").lower() in _ROLES:
        return True
    if tag == "aside":
        return not any(map(_NOTE.fullmatch, _names(element)))
    if tag == "header":
        inside = next(element.iterancestors("article", "main"), None) is not None
        return not inside and next(element.iter("h1"), None) is None
    return any(map(_sure, _names(element)))


def _names(element: Any) -> list[str]:
    return f"{element.get('class', '')} {element.get('id', '')}".split()


@lru_cache(maxsize=10_000)
def _sure(name: str) -> bool:
    return len(name) <= LONGEST_NAME and _SURE.fullmatch(name) is not None


@lru_cache(maxsize=10_000)
def _likely(name: str) -> bool:
    return len(name) <= LONGEST_NAME and _LIKELY.fullmatch(name) is not None
