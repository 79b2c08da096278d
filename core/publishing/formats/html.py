"""An article as one HTML file that needs nothing else: style and picture inside, no script, no request."""

from markupsafe import Markup

from core.models import Article
from core.publishing.picture import as_address
from core.publishing.render import TEMPLATES, page
from core.publishing.render import html as rendered


def html(article: Article) -> bytes:
    """The file, UTF-8.

    Raises:
        PublishError: a footnote or reference is missing, or the picture cannot be read.
    """
    text = page(
        "file.html.j2",
        article=article,
        cover=as_address(article.cover) if article.cover else None,
        style=Markup((TEMPLATES / "style.css").read_text("utf-8")),
        body=rendered(article, title=True),
    )
    return text.encode()
