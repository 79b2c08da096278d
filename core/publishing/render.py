"""An article as HTML.

`html` gives a fragment that any target with an HTML body can take: footnotes both ways,
quoted passages, references, limitations, how it was checked. Every value is escaped by
the template, and the whole goes through an allow-list all the same: what a source calls
itself is a stranger's text, and some content systems store a script as it comes.
"""

from pathlib import Path
from typing import Any

import nh3
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from core.models import Article
from core.publishing import wording
from core.publishing.layout import lay_out

TEMPLATES = Path(__file__).parent / "templates"

_TAGS = {
    *("article", "header", "section", "h1", "h2", "h3", "p", "span", "a", "sup", "ol", "ul", "li", "q", "cite"),
    *("time", "code", "dl", "dt", "dd", "div", "strong", "em", "small", "blockquote", "br", "hr"),
    *("table", "thead", "tbody", "tr", "th", "td", "figure", "figcaption", "pre"),
}
_ATTRIBUTES = {
    "*": {"id", "class", "lang", "dir", "role", "title", "aria-label", "aria-labelledby"},
    "a": {"href", "rel"},
    "time": {"datetime"},
    "li": {"value"},
    "th": {"scope"},
}


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for value in (
        wording.day,
        wording.number,
        wording.counted,
        wording.verified,
        wording.scores,
        wording.language_tag,
    ):
        environment.filters[value.__name__] = value
    return environment


_ENVIRONMENT = _environment()


def page(template: str, **values: Any) -> str:
    """A template of the `templates` folder, filled in; every value escaped unless it is `Markup`."""
    return wording.printable(_ENVIRONMENT.get_template(template).render(**values))


def load_templates() -> None:
    """Compile them all, which the first use of each would."""
    for name in _ENVIRONMENT.list_templates(extensions=["j2"]):
        _ENVIRONMENT.get_template(name)


def html(article: Article, *, title: bool = False) -> Markup:
    """The article as one `<article>` element, sanitised.

    Args:
        title: put the title, the dek and the date line on top; content systems print their own.

    Raises:
        PublishError: a footnote or reference that is cited is missing.
    """
    return sanitise(page("article.html.j2", article=article, layout=lay_out(article), title=title))


def sanitise(markup: str) -> Markup:
    """HTML with nothing but the elements, attributes and addresses an article needs."""
    clean = nh3.clean(
        markup,
        tags=_TAGS,
        clean_content_tags={"script", "style"},
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https"},
        link_rel=None,
    )
    return Markup(clean)
