"""An article as WordPress stores it: its fields, its body as blocks of the editor, and what is lost.

Every block is one that the editor itself would write, so that a person who opens the article
there finds paragraphs and headings; lists that carry footnotes stay HTML, since the editor's own
would drop the identifiers that footnotes lead to.
"""

from collections.abc import Collection
from html import escape
from urllib.parse import quote

from lxml import html as parser

from core.models import Article
from core.publishing.body import blocks
from core.publishing.mark import Mark, fingerprint, marked
from core.publishing.record import content_hash
from core.publishing.wordpress_door import Fields

LONGEST_SLUG = 200
"""Bytes, percent-encoded: what WordPress's table holds."""


def as_fields(article: Article, script: str = "") -> Fields:
    """Title, excerpt and body, with the mark of all three.

    Args:
        script: a JSON-LD element to put below the text.
    """
    title, excerpt = escape(article.title, quote=False), escape(article.dek, quote=False)
    body = "\n\n".join([*map(_block, blocks(article)), *([_html_block(script)] if script else [])])
    written = fingerprint(title, body, excerpt)
    return {"title": title, "excerpt": excerpt, "content": with_mark(article, body, written)}


def with_mark(article: Article, body: str, written: str) -> str:
    return marked(body, Mark(key=article.key, content=content_hash(article), body=written))


def fitting(slug: str) -> str:
    """The slug, cut to what WordPress stores of it: it would cut in the middle of a letter.

    >>> len(quote(fitting("熱" * 60))), fitting("heat-pumps")
    (198, 'heat-pumps')
    """
    while len(quote(slug)) > LONGEST_SLUG:
        slug = slug[:-1]
    return slug.rstrip("-")


def lost_by_role(way: str, may: Collection[str], *, keeps_scripts: bool | None = None) -> tuple[str, ...]:
    """What this way in and this role cannot carry.

    Args:
        may: WordPress's names of what the role may do.
        keeps_scripts: what WordPress said of this very post; by the role where there is none yet.
    """
    lost = []
    if way == "XML-RPC":
        lost.append("JSON-LD for search engines: it is not sent over XML-RPC.")
    elif not ("unfiltered_html" in may if keeps_scripts is None else keeps_scripts):
        lost.append("JSON-LD for search engines: WordPress takes scripts from editors and administrators only.")
    if "upload_files" not in may:
        lost.append(f"{_PICTURE}: this role may not upload files.")
    elif way == "XML-RPC":
        lost.append(f"{_PICTURE}'s alternative text: XML-RPC has no field for it.")
    return tuple(lost)


def lost_of(article: Article, way: str, may: Collection[str], *, keeps_scripts: bool | None) -> tuple[str, ...]:
    """What of this article goes lost: by the role, and for want of a field."""
    lost = [
        words
        for words in lost_by_role(way, may, keeps_scripts=keeps_scripts)
        if article.cover or not words.startswith(_PICTURE)
    ]
    if article.canonical_url:
        lost.append("The canonical address: WordPress names its own page unless an SEO plugin says otherwise.")
    if article.seo_title not in ("", article.title):
        lost.append("The title for search engines: WordPress has no field for it without an SEO plugin.")
    if article.description not in ("", article.dek):
        lost.append("The description for search engines: WordPress has no field for it without an SEO plugin.")
    return tuple(lost)


_PICTURE = "The picture"


def _block(element: str) -> str:
    kind = parser.fragment_fromstring(element).tag
    if kind == "p":
        return f"<!-- wp:paragraph -->\n{element}\n<!-- /wp:paragraph -->"
    if kind in ("h2", "h3"):
        level = ' {"level":3}' if kind == "h3" else ""
        return f"<!-- wp:heading{level} -->\n{element}\n<!-- /wp:heading -->"
    if kind == "hr":
        line = '<hr class="wp-block-separator has-alpha-channel-opacity" />'
        return f"<!-- wp:separator -->\n{line}\n<!-- /wp:separator -->"
    return _html_block(element)


def _html_block(markup: str) -> str:
    return f"<!-- wp:html -->\n{markup}\n<!-- /wp:html -->"
