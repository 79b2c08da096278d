"""DOCX: headings, lists, tables and paragraphs in their order, through python-docx."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from core.errors import ReadError
from core.reading.normal import one_line
from core.reading.readers import READERS, Reading

MOST_UNPACKED_BYTES = 100_000_000
"""A DOCX is a zip archive; one that unpacks to more is a bomb."""
_HEADING = re.compile(r"^Heading (\d)$", re.IGNORECASE)


@READERS.register("docx")
class Word:
    """Word documents (.docx)."""

    media_types = ("application/vnd.openxmlformats-officedocument.wordprocessingml.document",)
    suffixes = (".docx",)

    def read(self, body: bytes, *, url: str, charset: str | None) -> Reading:
        from docx import Document
        from docx.opc.exceptions import OpcError
        from lxml.etree import LxmlError

        faults = (
            OpcError, LxmlError, zipfile.BadZipFile, zlib.error, ValueError, TypeError, KeyError, IndexError,
            AttributeError, OSError, EOFError, NotImplementedError, RuntimeError,
        )  # fmt: skip
        try:
            _check_size(body)
            document = Document(io.BytesIO(body))
            text = "\n\n".join(_blocks(document))
            facts = document.core_properties
            when = facts.created or facts.modified
            return Reading(
                text=text,
                title=one_line(facts.title) or _first_heading(text),
                author=one_line(facts.author) or None,
                published=when.date().isoformat() if when else None,
                language=(facts.language or "")[:2].lower() or None,
            )
        except faults as error:
            raise ReadError(
                f"The Word document is broken ({type(error).__name__}).",
                remedy="Open and save it anew as .docx.",
            ) from error


def _check_size(body: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        size = sum(member.file_size for member in archive.infolist())
    if size > MOST_UNPACKED_BYTES:
        raise ReadError(f"The Word document unpacks to {size // 1_000_000} MB.", remedy="Save it without pictures.")


def _blocks(document: Any) -> Iterator[str]:
    items: list[str] = []
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            text, is_item = _table(block), False
        else:
            text, is_item = _paragraph(block)
        if items and not is_item:
            yield "\n".join(items)
            items = []
        if is_item and text:
            items.append(text)
        elif text:
            yield text
    if items:
        yield "\n".join(items)


def _paragraph(paragraph: Any) -> tuple[str, bool]:
    """`(text, whether it is a list item)`."""
    text = one_line(paragraph.text)
    style = (paragraph.style.name if paragraph.style is not None else "") or ""
    if not text:
        return "", False
    if style == "Title":
        return f"# {text}", False
    if heading := _HEADING.match(style):
        return f"{'#' * min(int(heading.group(1)), 6)} {text}", False
    properties = paragraph._p.pPr
    numbered = properties is not None and properties.numPr is not None
    if style.startswith("List") or numbered:
        return f"{'1.' if style.startswith('List Number') else '-'} {text}", True
    return text, False


def _table(table: Any) -> str:
    rows = [[one_line(cell.text).replace("|", "/") for cell in row.cells] for row in table.rows]
    if not rows:
        return ""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], "|---" * len(rows[0]) + "|", *lines[1:]])


def _first_heading(text: str) -> str:
    found = re.search(r"^#+ (.+)$", text, re.MULTILINE)
    return found.group(1) if found else ""
