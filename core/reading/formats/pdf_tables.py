"""Tables in PDFs: rows of short pieces that stand at the same heights and below one another.

A PDF has no tables, only text at places, and its text alone has every cell on a line of its own. Where at least three
rows share their columns' left edges, the lines that hold just these cells become rows. Whatever does not fit
exactly stays as it was: a page in two columns is no table, its pieces are long.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

FEWEST_ROWS = 3
LONGEST_CELL = 40
"""Characters of the middle cell by length; a column of prose has more."""
EDGE = 3.0
"""Points by which left edges of a column may differ; numbers are set by their right edge, see `_below`."""


class Piece(NamedTuple):
    """Text set at one place."""

    x: float
    """Of its left edge, points from the left."""
    y: float
    """Of its line, points from the bottom."""
    size: float
    text: str


def with_tables(lines: Sequence[str], pieces: Sequence[Piece]) -> list[str]:
    """The lines of a page, those of tables as Markdown rows."""
    for table in _tables(pieces):
        lines = _replaced(lines, table)
    return list(lines)


def _tables(pieces: Sequence[Piece]) -> list[list[list[str]]]:
    """Tables as rows of cells, in the order of the page's text."""
    found: list[list[list[str]]] = []
    rows: list[list[Piece]] = []
    for row in [*_rows(pieces), []]:
        if rows and not _below(rows[-1], row):
            cells = sorted(len(piece.text) for one in rows for piece in one)
            if len(rows) >= FEWEST_ROWS and cells[len(cells) // 2] <= LONGEST_CELL:
                found.append([[piece.text for piece in one] for one in rows])
            rows = []
        if len(row) > 1:
            rows.append(row)
    return found


def _rows(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Pieces that follow one another at the same height, each well right of the one before."""
    rows: list[list[Piece]] = []
    for piece in pieces:
        last = rows[-1][-1] if rows else None
        if last and abs(last.y - piece.y) < 0.3 * piece.size:
            end = last.x + 0.5 * last.size * len(last.text)
            if piece.x - end < 0.8 * piece.size:  # the same words, set in parts
                rows[-1][-1] = last._replace(text=f"{last.text} {piece.text}")
            else:
                rows[-1].append(piece)
        else:
            rows.append([piece])
    return rows


def _below(above: Sequence[Piece], row: Sequence[Piece]) -> bool:
    """Whether a row goes on the table: as many cells, the first at the same edge, each under its own column."""
    if len(row) != len(above) or len(row) < 2 or abs(row[0].x - above[0].x) > EDGE:
        return False
    starts = [*(piece.x for piece in above[1:]), float("inf")]
    return row[0].y < above[0].y and all(
        abs(piece.x - over.x) <= EDGE or over.x - 60 < piece.x < after
        for piece, over, after in zip(row[1:], above[1:], starts[1:], strict=True)
    )


def _replaced(lines: Sequence[str], table: list[list[str]]) -> Sequence[str]:
    """The lines that hold the table's cells and nothing else, as rows; all as they were when there are none such."""
    wanted = _squeezed("".join("".join(row) for row in table))
    squeezed = [_squeezed(line) for line in lines]
    for first in range(len(lines)):
        held, last = "", first
        while last < len(lines) and len(held) < len(wanted) and wanted.startswith(held):
            held += squeezed[last]
            last += 1
        if held == wanted and squeezed[first]:
            rows = [f"| {' | '.join(' '.join(cell.split()).replace('|', '/') for cell in row)} |" for row in table]
            return [*lines[:first], "", rows[0], "|---" * len(table[0]) + "|", *rows[1:], "", *lines[last:]]
    return lines


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)
