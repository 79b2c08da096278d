"""PDF: text page by page, lines joined into paragraphs, through pypdf.

A PDF knows lines, not paragraphs. A line goes on in the next unless it ends a sentence short of
the page's usual width; a hyphen at the end of a line is undone when a small letter follows;
what stands at the top or bottom of most pages (running titles, page numbers) is left out.
A long document is read a stretch at a time: what pypdf keeps of the pages read would fill the memory.
"""

import io
import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core.errors import ReadError
from core.models import Flag
from core.reading.formats.pdf_tables import Piece, with_tables
from core.reading.normal import normal, one_line
from core.reading.readers import READERS, Reading

MOST_PAGES = 5_000
STRETCH = 200
"""Pages after which the document is opened anew."""
_END = re.compile(r"[.!?:;…][\"'”’)\]]*$")
_BULLET = re.compile(r"^\s*(?:[•‣▪●◦–*-]|\d{1,2}[.)]|\([a-z\d]{1,2}\))\s+")
_BULLET_SIGN = re.compile(r"^\s*[•‣▪●◦–*]\s+")
_NUMBERED_HEADING = re.compile(r"^\d{1,2}(?:\.\d{1,2}){0,3}\.?\s+[A-ZÄÖÜ]")


@READERS.register("pdf")
class Pdf:
    """PDF files with a text layer."""

    media_types = ("application/pdf", "application/x-pdf")
    suffixes = (".pdf",)

    def read(self, body: bytes, *, url: str, charset: str | None) -> Reading:
        from pypdf.errors import PyPdfError

        # Everything pypdf was seen to raise on damaged files besides its own errors.
        faults = (
            PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError,
            ArithmeticError, LookupError, RecursionError, OSError, NotImplementedError, RuntimeError,
        )  # fmt: skip
        try:
            return _read(body)
        except faults as error:
            raise ReadError(
                f"The PDF is broken ({type(error).__name__}).",
                remedy="Open and save it anew, or add its text as a file.",
            ) from error


def _read(body: bytes) -> Reading:
    from pypdf import PasswordType, PdfReader

    def opened() -> PdfReader:
        reader = PdfReader(io.BytesIO(body), strict=False)
        if reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED:
            raise ReadError("The PDF is locked with a password.", remedy="Save a copy without one and add that.")
        return reader

    reader = opened()
    count = len(reader.pages)
    lines: list[list[str]] = []
    for number in range(min(count, MOST_PAGES)):
        if number and number % STRETCH == 0:
            reader = opened()
        lines.append(_lines(reader.pages[number]))
    lines = _without_running_lines(lines)
    pages = tuple(paragraphs(page) for page in lines)
    if not any(pages):
        raise ReadError(
            "The PDF holds pictures of pages and no text.", remedy="Run text recognition (OCR) on it first."
        )
    facts = reader.metadata or {}
    cut = Flag(kind="truncated", start=0, end=0, note=f"only the first {MOST_PAGES} of {count} pages were read")
    return Reading(
        text="",
        page_texts=pages,
        title=_title(facts, lines),
        author=one_line(_string(facts.get("/Author"))) or None,
        published=_date(_string(facts.get("/CreationDate"))),
        language=(_string(reader.root_object.get("/Lang"))[:2].lower() or None),
        flags=(cut,) if count > MOST_PAGES else (),
    )


def _lines(page: Any) -> list[str]:
    pieces: list[Piece] = []

    def note(text: str, matrix: Any, place: Any, _font: Any, size: float) -> None:
        if said := text.strip():
            x = place[4] * matrix[0] + place[5] * matrix[2] + matrix[4]
            y = place[4] * matrix[1] + place[5] * matrix[3] + matrix[5]
            pieces.append(Piece(x, y, abs(size * place[3] * matrix[3]) or 1.0, said))

    text = page.extract_text(visitor_text=note)
    return with_tables([one_line(line) for line in text.splitlines()], pieces)


def _without_running_lines(pages: Sequence[list[str]]) -> list[list[str]]:
    """Leave out lines that stand at the edge of most pages, whatever number they carry."""
    if len(pages) < 3:
        return [_without_page_number(page) for page in pages]
    seen: Counter[str] = Counter()
    for page in pages:
        seen.update({_shape(line) for line in _edges(page)})
    running = {shape for shape, times in seen.items() if shape and times >= max(3, 0.6 * len(pages))}
    return [
        _without_page_number(
            [line for i, line in enumerate(page) if not (_shape(line) in running and (i < 2 or i >= len(page) - 2))]
        )
        for page in pages
    ]


def _edges(page: list[str]) -> list[str]:
    return page[:2] + page[-2:]


def _shape(line: str) -> str:
    return re.sub(r"\d+", "#", line).strip().lower()


def _without_page_number(page: list[str]) -> list[str]:
    for edge in (0, -1):
        if page and re.fullmatch(r"(?:page\s+)?[-–—]?\s*\d{1,4}\s*[-–—]?(?:\s*(?:/|of)\s*\d{1,4})?", page[edge], re.I):
            page = page[1:] if edge == 0 else page[:-1]
    return page


def paragraphs(lines: Sequence[str]) -> str:
    """Lines of a page -> blocks with a blank line between.

    >>> paragraphs(["The pump was mea-", "sured for a year.", "", "It ran."])
    'The pump was measured for a year.\\n\\nIt ran.'
    """
    lengths = sorted(len(line) for line in lines if line)
    usual = lengths[int(len(lengths) * 0.8)] if lengths else 0
    blocks: list[str] = []
    open_block = ""
    last = ""
    for line in lines:
        if line.startswith("|") and last.startswith("|"):
            open_block = f"{open_block}\n{line}"
            last = line
            continue
        if open_block and (not line or _begins(line) or _ends(last, line, usual)):
            blocks.append(open_block)
            open_block = ""
        if line:
            open_block = joined(open_block, line)
        last = line
    if open_block:
        blocks.append(open_block)
    return normal("\n\n".join(_marked(block) for block in blocks))


def joined(before: str, line: str) -> str:
    """A line put after what stands before it, an end-of-line hyphen undone.

    >>> joined("insula-", "tion"), joined("the 1990-", "1995 period"), joined("Anglo-", "Saxon")
    ('insulation', 'the 1990-1995 period', 'Anglo-Saxon')
    """
    if not before:
        return line
    if re.search(r"[^\W\d_][-\u2010\u00ad]$", before) and line[:1].islower():
        return before[:-1] + line
    if re.search(r"\w-$", before) and line[:1].isalnum():
        return before + line
    return f"{before} {line}"


def _begins(line: str) -> bool:
    return bool(_BULLET.match(line))


def _ends(last: str, line: str, usual: int) -> bool:
    """Whether a paragraph ends between two lines: it stops short, or a heading stands alone."""
    short = len(last) < 0.75 * usual
    if _END.search(last):
        return short
    if not (line[:1].isupper() or line[:1].isdigit()) or last.endswith((",", "-")):
        return False
    stands_alone = _is_numbered_heading(last) or " " not in last  # an address, a single word
    return short and (stands_alone or len(last) < 0.5 * usual)


def _is_numbered_heading(block: str) -> bool:
    return bool(_NUMBERED_HEADING.match(block)) and len(block) < 90 and not _END.search(block)


def _marked(block: str) -> str:
    """Headings and bullets as Markdown."""
    if _is_numbered_heading(block):
        number = block.split()[0].rstrip(".")
        return f"{'#' * min(2 + number.count('.'), 6)} {block}"
    return _BULLET_SIGN.sub("- ", block)


def _title(facts: Any, pages: Sequence[list[str]]) -> str:
    title = one_line(_string(facts.get("/Title")))
    if len(title) > 3 and not re.search(r"\.(?:docx?|indd|tex|dvi|pdf)$|^(?:untitled|microsoft word)", title, re.I):
        return title
    return next((line[:150] for page in pages for line in page if len(line) > 3), "")


def _string(value: Any) -> str:
    return str(value) if value is not None else ""


def _date(text: str) -> str | None:
    """`D:20240131120000+01'00'` -> `2024-01-31`."""
    found = re.match(r"(?:D:)?(\d{4})(\d{2})?(\d{2})?", text)
    if not found:
        return None
    year, month, day = (int(part or 1) for part in found.groups())
    try:
        return datetime(year, month, day).date().isoformat()
    except ValueError:
        return None
