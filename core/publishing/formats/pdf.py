"""An article as PDF: set by Typst, with real footnotes on the page that cites them.

Typst comes as one wheel with its own fonts and needs no library of the system, where WeasyPrint
needs Pango and a browser 300 MB; it sets footnotes, which HTML printers do not. The article is
given to the template as JSON: what a source wrote is text there and can never become a command.
Letters its fonts lack (such as Chinese or Arabic) come from the system's; where there are none
the export is refused rather than printed with holes.
"""

import json
import re
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst

from core.errors import PublishError
from core.models import Article
from core.publishing.layout import lay_out
from core.publishing.picture import file_name, picture_bytes
from core.publishing.render import TEMPLATES
from core.publishing.wording import day, language_tag, printable, scores, utc, verified

TALL = 0.56
"""Height to width of a picture that is cut to a band, so that the text begins on the first page."""

_MISSING = re.compile(r"the text `(.+?)` could not be displayed")
_SETTABLE = ("png", "jpg", "gif", "webp")


def pdf(article: Article) -> bytes:
    """The file; the same article gives the same bytes.

    Raises:
        PublishError: a footnote or reference is missing, the picture cannot be read, or Typst refuses.
    """
    with TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "article.typ").write_bytes((TEMPLATES / "article.typ").read_bytes())
        (root / "article.json").write_text(json.dumps(_clean(_told(article, root))), "utf-8")
        try:
            return typst.compile(str(root / "article.typ"), root=folder, format="pdf", pdf_standards=["ua-1"])
        except typst.TypstError as error:
            if letter := _MISSING.search(str(error)):
                raise PublishError(
                    f"No font on this machine has the letter {letter[1]}.",
                    remedy="Install one, such as Debian's fonts-noto and fonts-noto-cjk, or export as HTML or DOCX.",
                ) from error
            raise PublishError(
                f"The article cannot be set as PDF: {error}.", remedy="Export it as HTML and print that."
            ) from error


def _clean(value: Any) -> Any:
    """The same values with no character that cannot be printed."""
    if isinstance(value, dict):
        return {name: _clean(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean(one) for one in value]
    return printable(value) if isinstance(value, str) else value


def _told(article: Article, root: Path) -> dict[str, Any]:
    """What the template sets, ready to print."""
    layout = lay_out(article)
    cover = ""
    if article.cover and file_name(article.cover).endswith(_SETTABLE):
        cover = file_name(article.cover)
        (root / cover).write_bytes(picture_bytes(article.cover))
    language, _, region = language_tag(article.language).partition("-")
    return {
        "title": article.title,
        "dek": "" if layout.opens_with(article.dek) else article.dek,
        "language": language.lower(),
        "region": region.upper() if len(region) == 2 else None,
        "date": [int(part) for part in utc(article.published_at)[:10].split("-")],
        "published": day(article.published_at),
        "updated": day(article.modified_at) if day(article.modified_at) != day(article.published_at) else "",
        "by": article.approved_by,
        "cover": cover,
        "tall": bool(article.cover and article.cover.height > TALL * article.cover.width),
        "cover_alt": article.cover.alt if article.cover else "",
        "verified": verified(article),
        "doubtful": bool(layout.warned or article.overrides),
        "parts": [
            {
                "heading": part.heading,
                "paragraphs": [
                    [
                        {"text": line.text, "warning": line.warning, "marks": [mark.number for mark in line.marks]}
                        for line in paragraph
                    ]
                    for paragraph in part.paragraphs
                ],
            }
            for part in layout.parts
        ],
        "footnotes": {
            str(note.quote.number): {
                "text": note.quote.text,
                "source": note.reference.title or note.reference.site or "Untitled source",
                "reference": note.reference.number,
                "page": note.quote.page,
            }
            for note in layout.footnotes
        },
        "warned": [asdict(warned) for warned in layout.warned],
        "overrides": [o for o in article.overrides if o not in {w.reason for w in layout.warned}],
        "limitations": article.limitations,
        "updates": [{"day": day(update.at), "text": update.text} for update in article.updates],
        "references": [
            {
                "number": entry.reference.number,
                "title": entry.reference.title or entry.address or "Untitled source",
                "author": entry.reference.author or "",
                "site": entry.reference.site or "",
                "address": entry.address,
                "published": day(entry.reference.published) if entry.reference.published else "",
                "fetched": day(entry.reference.fetched_at),
                "hash": entry.reference.text_hash[:12],
            }
            for entry in layout.entries
        ],
        "method": article.method,
        "scores": [list(row) for row in scores(article.scorecard)] if article.scorecard.claims else [],
        "key": article.key,
    }
