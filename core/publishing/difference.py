"""What would change for a reader: two texts compared by paragraph, and inside a paragraph by word.

A preview shows the words that stand at a target beside those that would. Paragraphs that
moved little are paired so that a corrected figure shows as one word, not as two paragraphs.
Method: longest matching blocks (Ratcliff & Obershelp, as in `difflib`), paragraphs first.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from lxml import etree
from lxml import html as parser

ALIKE = 0.5
"""Share of words two paragraphs must have in common to be one that was changed."""

_BLOCKS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "dt", "dd", "td", "th", "pre", "blockquote", "figcaption"}
_BORDER = "\ue000"
"""Between two paragraphs while line breaks of the source are still only spaces."""
_WORD = re.compile(r"\S+\s*")


@dataclass(frozen=True)
class Piece:
    """Some words of a paragraph: `same`, `added` (ours) or `removed` (only there)."""

    kind: str
    text: str


@dataclass(frozen=True)
class Change:
    """One paragraph: `same`, `added`, `removed` or `changed`."""

    kind: str
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The paragraph as it would read; the old words when it goes."""
        return "".join(p.text for p in self.pieces if self.kind == "removed" or p.kind != "removed")


def difference(standing: str | None, sent: str) -> tuple[Change, ...]:
    """The paragraphs of both texts in reading order.

    Args:
        standing, sent: a paragraph a line; empty lines do not count. None means nothing stands there.

    Returns:
        Every paragraph, unchanged ones too. `same` and `added` pieces together are `sent`, `same`
        and `removed` ones `standing`, up to white space.

    >>> print(*(c.kind for c in difference("A. One.", "A. One.")))
    same
    >>> print(in_terminal(difference("It was 21 % in 2024.", "It was 12 % in 2024.")))
    ~ It was [-21-]{+12+} % in 2024.
    """
    old, new = _lines(*(standing or "").splitlines()), _lines(*sent.splitlines())
    return tuple(_paragraphs(old, new))


def in_terminal(changes: Sequence[Change], *, context: int = 0) -> str:
    """The changes as text: `+` added, `-` removed, `~` changed with `[-old-]{+new+}`.

    Args:
        context: how many unchanged paragraphs to show around a change.
    """
    marks = {"same": " ", "added": "+", "removed": "-", "changed": "~"}
    near = {
        at + step for at, change in enumerate(changes) if change.kind != "same" for step in range(-context, context + 1)
    }
    lines = []
    for at in sorted(near & set(range(len(changes)))):
        change = changes[at]
        text = "".join(map(_marked, change.pieces)) if change.kind == "changed" else change.text
        lines.append(f"{marks[change.kind]} {text}")
    return "\n".join(lines)


def words(markup: str) -> str:
    """The words of an HTML page or fragment, a paragraph a line; of a page with an `<article>`, that alone.

    Footnote marks read `[1]`; scripts, styles and the ways back from footnotes are left out.
    """
    try:
        tree = parser.document_fromstring(markup)
    except etree.ParserError:  # empty, or no document at all
        return ""
    articles = tree.xpath("//article")
    root = articles[0] if articles else tree
    for gone in root.xpath(".//script | .//style | .//head | .//*[@role='doc-backlink']"):
        gone.drop_tree()
    for mark in root.xpath(".//sup/a | .//sup[not(a)]"):
        mark.text = f"[{mark.text_content().strip('[] ')}]"
        for child in list(mark):
            child.drop_tree()
    for block in root.iter(*_BLOCKS, "br"):
        block.text = _BORDER + (block.text or "")
        block.tail = _BORDER + (block.tail or "")
    return "\n".join(_lines(*root.text_content().split(_BORDER)))


def article_words(title: str, body: str) -> str:
    """What a reader reads of an article, a paragraph a line; title and body are HTML."""
    return words(f"<article><h1>{title}</h1>{body}</article>")


def _lines(*lines: str) -> list[str]:
    return [line for line in (" ".join(line.split()) for line in lines) if line]


def _paragraphs(old: list[str], new: list[str]) -> Iterator[Change]:
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from (Change("same", (Piece("same", line),)) for line in new[c:d])
        else:
            yield from _paired(old[a:b], new[c:d])


def _paired(old: list[str], new: list[str]) -> Iterator[Change]:
    """Paragraphs of a replaced stretch: each new one with the first old one it resembles, order kept."""
    at = 0
    for line in new:
        found = next((i for i in range(at, len(old)) if _alike(old[i], line)), None)
        if found is None:
            yield Change("added", (Piece("added", line),))
            continue
        yield from (Change("removed", (Piece("removed", gone),)) for gone in old[at:found])
        yield Change("changed", tuple(_pieces(old[found], line)))
        at = found + 1
    yield from (Change("removed", (Piece("removed", gone),)) for gone in old[at:])


def _alike(old: str, new: str) -> bool:
    return SequenceMatcher(None, old.split(), new.split(), autojunk=False).ratio() >= ALIKE


def _pieces(old: str, new: str) -> Iterator[Piece]:
    a, b = _WORD.findall(old), _WORD.findall(new)
    for kind, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Piece("same", "".join(b[k:m]))
            continue
        if j > i:
            yield Piece("removed", "".join(a[i:j]))
        if m > k:
            yield Piece("added", "".join(b[k:m]))


def _marked(piece: Piece) -> str:
    if piece.kind == "same":
        return piece.text
    signs = ("[-", "-]") if piece.kind == "removed" else ("{+", "+}")
    words_ = piece.text.rstrip()
    # The space after a removed word belongs to the one that takes its place.
    space = "" if piece.kind == "removed" else piece.text[len(words_) :]
    return f"{signs[0]}{words_}{signs[1]}{space}"
