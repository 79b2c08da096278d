"""PDFs: tables stay rows, pages stay known, and a book is read without filling the memory."""

import io
import resource

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Table

from core.errors import ReadError
from core.models import Document
from core.reading.extract import extract
from core.reading.formats import pdf
from core.reading.formats.pdf_tables import Piece, with_tables

ROWS = [["Model", "Power (kW)", "Noise"], ["Alpha", "5.2", "42 dB"], ["Beta two", "7.9", "45 dB"], ["Gamma", "11", "-"]]


def made(pages: int, rows: list[list[str]] = ROWS) -> bytes:
    style, flow = getSampleStyleSheet()["Normal"], []
    for number in range(pages):
        flow.append(Paragraph(f"Page {number} begins with a sentence of its own, numbered {number * 7}.", style))
        flow += [Paragraph(f"Heat pumps of kind {number} move heat from outside. " * 6, style), Table(rows)]
        flow += [Paragraph(f"What follows table {number} is a paragraph again.", style), PageBreak()]
    body = io.BytesIO()
    SimpleDocTemplate(body).build(flow)
    return body.getvalue()


def read(body: bytes) -> Document:
    return extract(body, url="https://a.example/a.pdf", media_type="application/pdf", fetched_at="2026-01-01T00:00:00Z")


def test_a_table_comes_back_as_rows_between_its_paragraphs():
    text = read(made(1)).text
    rows = ["| Model | Power (kW) | Noise |", "|---|---|---|", "| Alpha | 5.2 | 42 dB |", "| Beta two | 7.9 | 45 dB |"]
    table = "\n".join([*rows, "| Gamma | 11 | - |"])
    assert f"\n\n{table}\n\nWhat follows table 0" in text


def test_a_bar_in_a_cell_does_not_break_the_row():
    rows = [["a|b", "1"], ["c", "2"], ["d", "3"]]
    assert "| a/b | 1 |" in read(made(1, rows)).text


def test_two_columns_of_prose_are_no_table():
    left = [Piece(50, 700 - 12 * n, 10, f"left column line {n} says something of its own, at length") for n in range(6)]
    right = [
        Piece(400, 700 - 12 * n, 10, f"right column line {n} says something else, at length too") for n in range(6)
    ]
    pieces = [piece for pair in zip(left, right, strict=True) for piece in pair]
    lines = [piece.text for piece in pieces]
    assert with_tables(lines, pieces) == lines


@given(
    st.lists(
        st.builds(
            Piece, st.floats(0, 600), st.sampled_from([700.0, 688.0, 676.0, 664.0]), st.just(10.0),
            st.text("ab1| ", min_size=1, max_size=6).filter(str.strip),
        ),
        max_size=16,
    )
)  # fmt: skip
def test_no_character_is_lost_whatever_stands_where(pieces: list[Piece]):
    lines = [" ".join(piece.text.split()) for piece in pieces]

    def letters(lines: list[str]) -> str:
        return "".join(c for line in lines if not line.startswith("|---") for c in line if c in "ab1")

    assert letters(with_tables(lines, pieces)) == letters(lines)


def test_a_long_document_keeps_its_pages_and_the_memory_is_bounded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pdf, "STRETCH", 10)
    body = made(60)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    document = read(body)
    assert [page.number for page in document.pages] == list(range(1, 61))
    for page in document.pages:
        assert f"kind {page.number - 1} move heat" in document.text[page.start : page.end]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000, "kB"


def test_what_lies_beyond_the_most_pages_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pdf, "MOST_PAGES", 2)
    flags = read(made(3)).flags
    assert [flag.note for flag in flags if flag.kind == "truncated"] == ["only the first 2 of 3 pages were read"]


@pytest.mark.parametrize("keep", [10, 200])
def test_a_pdf_that_breaks_off_is_told_with_a_remedy(keep: int):
    with pytest.raises(ReadError) as told:
        read(made(3)[:keep])
    assert told.value.remedy
