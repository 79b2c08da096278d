"""An article as a Word document, to edit: real headings, and endnotes that can be followed both ways.

Written with python-docx, which knows no footnotes; notes are a numbered list at the end with
bookmarks and links, which every word processor keeps, opens and prints.
"""

from datetime import datetime
from io import BytesIO
from itertools import count
from typing import Any

from docx import Document
from docx.image.exceptions import InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from core.errors import PublishError
from core.models import Article
from core.publishing.layout import Entry, Footnote, Layout, Line, lay_out
from core.publishing.picture import picture_bytes
from core.publishing.wording import day, described, language_tag, printable, scores, utc, verified

WIDTH_CM, TALLEST_CM = 15.3, 12.0
"""The text's width, and the most a picture may take of the first page's height."""

_INK = RGBColor(0x20, 0x1D, 0x19)
_GOOD = RGBColor(0x22, 0x63, 0x3C)
_QUIET = RGBColor(0x62, 0x5B, 0x51)
_DOUBT = RGBColor(0x84, 0x50, 0x0A)
_LINK = RGBColor(0x8F, 0x23, 0x1D)


def docx(article: Article) -> bytes:
    """The file; the same article gives the same document.

    Raises:
        PublishError: a footnote or reference is missing, or the picture cannot be read or placed.
    """
    writer = _Writer(article)
    writer.opening()
    writer.text()
    writer.apparatus()
    return writer.saved()


class _Writer:
    """One document, written from top to bottom."""

    def __init__(self, article: Article) -> None:
        self._article = article
        self._layout: Layout = lay_out(article)
        self._document = Document()
        self._bookmarks = count(1)
        self._set_up()

    def opening(self) -> None:
        article = self._article
        self._document.add_paragraph(printable(article.title), style="Title")
        if article.dek and not self._layout.opens_with(article.dek):
            self._document.add_paragraph(printable(article.dek), style="Subtitle")
        said = [f"Published {day(article.published_at)}"]
        if day(article.modified_at) != day(article.published_at):
            said.append(f"updated {day(article.modified_at)}")
        if article.approved_by:
            said.append(f"approved by {article.approved_by}")
        self._quiet(", ".join(said) + ".")
        if article.cover:
            self._picture()
        marked = f" {len(self._layout.warned)} marked unverified." if self._layout.warned else ""
        line = self._document.add_paragraph().add_run(f"{verified(article)}.{marked}")
        line.bold, line.font.size = True, Pt(9.5)
        line.font.color.rgb = _DOUBT if self._layout.warned or article.overrides else _GOOD

    def text(self) -> None:
        for part in self._layout.parts:
            if part.heading:
                self._heading(part.heading)
            for lines in part.paragraphs:
                paragraph = self._document.add_paragraph()
                for place, line in enumerate(lines):
                    self._line(paragraph, line, last=place == len(lines) - 1)

    def apparatus(self) -> None:
        article, layout = self._article, self._layout
        if layout.warned or article.overrides:
            self._heading("Published without support")
            for warned in layout.warned:
                why = f" Why it stands: {warned.reason}" if warned.reason else " No reason was recorded."
                self._item(f"“{warned.text}” This sentence is {warned.verdict}.{why}", "List Number")
            for reason in article.overrides:
                if reason not in {warned.reason for warned in layout.warned}:
                    self._document.add_paragraph(printable(f"Reason given: {reason}"))
        self._list("Limitations", article.limitations)
        self._list("Updates", [f"{day(update.at)}: {update.text}" for update in article.updates])
        if layout.footnotes:
            self._heading("Notes")
            for note in layout.footnotes:
                self._note(note)
        if layout.entries:
            self._heading("References")
            for entry in layout.entries:
                self._reference(entry)
        self._heading("How this article was checked")
        self._document.add_paragraph(printable(article.method))
        self._document.add_paragraph(printable(f"{verified(article)}. Record {article.key}."))
        if article.scorecard.claims:
            for name, value, meaning in scores(article.scorecard):
                self._item(f"{name} {value}: {meaning}", "List Bullet")

    def saved(self) -> bytes:
        out = BytesIO()
        self._document.save(out)
        return out.getvalue()

    # --- inside ---------------------------------------------------------------

    def _set_up(self) -> None:
        article, document = self._article, self._document
        for section in document.sections:
            section.page_width, section.page_height = Cm(21), Cm(29.7)
            section.left_margin = section.right_margin = Cm(2.8)
        font = document.styles["Normal"].font
        font.name, font.size = "Georgia", Pt(11)
        document.styles["Normal"].paragraph_format.space_after = Pt(8)
        document.styles["Normal"].paragraph_format.line_spacing = 1.25
        for name, size in (("Title", 24), ("Subtitle", 13), ("Heading 1", 15)):
            style = document.styles[name]
            style.font.name, style.font.size, style.font.italic = "Georgia", Pt(size), False
            style.font.bold, style.font.color.rgb = name != "Subtitle", _INK if name != "Subtitle" else _QUIET
            # The template's own: a theme's font, which Word prefers, wide letters, a blue rule below.
            fonts = style.element.rPr.rFonts
            for attribute in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
                fonts.attrib.pop(qn(f"w:{attribute}"), None)
            for parent, tag in ((style.element.rPr, "w:spacing"), (style.element.pPr, "w:pBdr")):
                for element in parent.findall(qn(tag)):
                    parent.remove(element)
        properties = document.core_properties
        properties.title, properties.subject = printable(article.title), printable(described(article))
        properties.author, properties.comments = printable(article.approved_by), printable(article.key)
        properties.keywords, properties.language = printable(", ".join(article.tags)), language_tag(article.language)
        properties.created = properties.modified = datetime.fromisoformat(utc(article.modified_at)).replace(tzinfo=None)

    def _picture(self) -> None:
        cover = self._article.cover
        assert cover is not None, "only articles with a cover have a picture"
        try:
            width = min(WIDTH_CM, TALLEST_CM * cover.width / max(1, cover.height))
            shape = self._document.add_picture(BytesIO(picture_bytes(cover)), width=Cm(width))
        except (InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError) as error:
            raise PublishError(
                "Word documents hold no picture of this kind.", remedy="Choose a PNG or JPEG, or export without it."
            ) from error
        shape._inline.docPr.set("descr", printable(cover.alt))

    def _line(self, paragraph: Paragraph, line: Line, *, last: bool) -> None:
        run = paragraph.add_run(printable(line.text))
        if line.warning:
            run.underline = True
            mark = paragraph.add_run(f" [unverified {line.warning}]")
            mark.font.size, mark.font.color.rgb = Pt(8), _DOUBT
        for place, mark in enumerate(line.marks):
            if place:
                paragraph.add_run(",").font.superscript = True
            self._link(paragraph, str(mark.number), anchor=f"fn_{mark.number}", superscript=True,
                       bookmark=f"fnref_{mark.number}_{mark.occurrence}")  # fmt: skip
        if not last:
            paragraph.add_run(" ")

    def _note(self, note: Footnote) -> None:
        number = note.quote.number
        paragraph = self._hanging()
        self._bookmark(paragraph, f"fn_{number}", f"{number}.\t")
        paragraph.add_run(printable(f"“{note.quote.text}” "))
        title = note.reference.title or note.reference.site or "Untitled source"
        self._link(paragraph, title, anchor=f"ref_{note.reference.number}")
        if note.quote.page is not None:
            paragraph.add_run(f", p. {note.quote.page}")
        if note.occurrences:
            paragraph.add_run(" ")
            self._link(paragraph, "↩", anchor=f"fnref_{number}_1")

    def _reference(self, entry: Entry) -> None:
        reference = entry.reference
        paragraph = self._hanging()
        self._bookmark(paragraph, f"ref_{reference.number}", f"{reference.number}.\t")
        if reference.author:
            paragraph.add_run(printable(f"{reference.author}. "))
        title = reference.title or entry.address or "Untitled source"
        if entry.address:
            self._link(paragraph, title, address=entry.address)
        else:
            paragraph.add_run(printable(title)).italic = True
        site = f". {reference.site}" if reference.site else ""
        dated = f" Published {day(reference.published)}." if reference.published else ""
        held = "Fetched" if entry.address else "A document of our library, added"
        tail = paragraph.add_run(
            printable(f"{site}.{dated} {held} {day(reference.fetched_at)}. Snapshot {reference.text_hash[:12]}.")
        )
        tail.font.color.rgb = _QUIET

    def _list(self, heading: str, items: Any) -> None:
        if items:
            self._heading(heading)
            for item in items:
                self._item(item, "List Bullet")

    def _heading(self, text: str) -> None:
        self._document.add_heading(printable(text), level=1)

    def _item(self, text: str, style: str) -> None:
        self._document.add_paragraph(printable(text), style=style)

    def _quiet(self, text: str) -> None:
        run = self._document.add_paragraph().add_run(printable(text))
        run.font.size, run.font.color.rgb = Pt(9), _QUIET

    def _hanging(self) -> Paragraph:
        paragraph = self._document.add_paragraph()
        shape = paragraph.paragraph_format
        shape.left_indent, shape.first_line_indent, shape.space_after = Cm(0.8), Cm(-0.8), Pt(4)
        shape.tab_stops.add_tab_stop(Cm(0.8))
        return paragraph

    def _link(
        self,
        paragraph: Paragraph,
        text: str,
        *,
        anchor: str = "",
        address: str = "",
        superscript: bool = False,
        bookmark: str = "",
    ) -> None:
        link = OxmlElement("w:hyperlink")
        if anchor:
            link.set(qn("w:anchor"), anchor)
        else:
            link.set(qn("r:id"), paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
        run = paragraph.add_run(printable(text))
        run.font.color.rgb, run.font.superscript = _LINK, superscript or None
        link.append(run._r)
        for element in self._around(bookmark, link):
            paragraph._p.append(element)

    def _bookmark(self, paragraph: Paragraph, name: str, text: str) -> None:
        for element in self._around(name, paragraph.add_run(text)._r):
            paragraph._p.append(element)

    def _around(self, name: str, element: Any) -> list[Any]:
        """The element between the ends of a bookmark; alone without a name."""
        if not name:
            return [element]
        number = str(next(self._bookmarks))
        begin, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        begin.set(qn("w:id"), number)
        begin.set(qn("w:name"), name)
        end.set(qn("w:id"), number)
        return [begin, element, end]
