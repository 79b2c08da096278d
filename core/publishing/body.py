"""An article's body for content systems that set it in a theme of their own.

Plain elements, no class and no script, so that it looks like everything else there and survives
the strictest role's filter; a few words of style where themes would spoil it. Quotation marks
are characters, since themes take those of `<q>` away. Identifiers end in a mark of the article:
where several articles stand on one page, a footnote's link still leads to its own quote.
"""

import base64
import hashlib
import re

from lxml import html as parser
from markupsafe import Markup

from core.models import Article
from core.publishing.layout import lay_out
from core.publishing.picture import picture_bytes
from core.publishing.render import page, sanitise
from core.publishing.structured_data import as_script, structured_data


def blocks(article: Article) -> tuple[Markup, ...]:
    """The body as its outermost elements, in order: `p`, `h2`, `h3`, `ul`, `ol` and one `hr`; sanitised.

    Title, dek and picture are not in it: content systems have fields for them.

    Raises:
        PublishError: a footnote or reference that is cited is missing.
    """
    markup = sanitise(page("body.html.j2", article=article, layout=lay_out(article), suffix=_suffix(article)))
    elements = [element for element in parser.fragments_fromstring(markup) if not isinstance(element, str)]
    below = False
    for element in elements:
        below = below or element.tag == "hr"
        _dress(element, note=below and element.tag in ("ol", "ul"))
    return tuple(Markup(parser.tostring(element, encoding="unicode", with_tail=False).strip()) for element in elements)


def _dress(element: parser.HtmlElement, *, note: bool) -> None:
    """The little that themes get wrong: raised numbers push lines apart, notes are as large as the text."""
    for raised in element.iter("sup"):
        raised.set("style", "line-height:0")
    for back in element.xpath(".//a[@role='doc-backlink']"):
        back.set("style", "text-decoration:none")
    if note:
        element.set("style", "font-size:0.9em")
        for item in element.iter("li"):
            item.set("style", "margin-bottom:0.5em")


def ld_json(article: Article, *, url: str, publisher: str, publisher_url: str, image: str | None = None) -> str:
    """The article's JSON-LD as a `<script>` element whose fragments are those of `blocks`."""
    data = structured_data(article, url=url, publisher=publisher, publisher_url=publisher_url, image=image)
    script = re.sub(r"#ref-(\d+)", rf"#ref-{_suffix(article)}-\1", as_script(data))
    return f'<script type="application/ld+json">{script}</script>'


def preview_page(article: Article, body: str) -> str:
    """A whole page that shows the article as a plain theme would."""
    cover = None
    if article.cover:
        cover = f"data:{article.cover.media_type};base64,{base64.b64encode(picture_bytes(article.cover)).decode()}"
    return page("preview.html.j2", article=article, body=Markup(body), cover=cover)


def _suffix(article: Article) -> str:
    return hashlib.sha256(article.key.encode("utf-8", "replace")).hexdigest()[:6]
