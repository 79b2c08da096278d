"""Chunking: a snapshot's text becomes sections (parents) and passages (children).

A passage is what is ranked, cited and judged against, so it has to be one thing: it never crosses
a heading, and lists, tables and code stay whole when they fit. Smaller passages waste less of the
evidence budget, larger ones are ranked better: see the chunk sizes in benchmarks/retrieval.md.
Everything is an exact pair of offsets, since a citation that is one character out cannot be
verified later.

One pass over the lines finds the blocks; the blocks of a section are packed up to the target; a block
over the maximum is divided at its rows, items or sentence ends, those at line ends, those at spaces.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from core.models import Section, Span
from core.retrieval.tokens import BYTES_PER_TOKEN, tokens

TARGET_TOKENS = 160
MAX_TOKENS = 260

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(\S.*)")
_LONGEST_HEADING = 200
"""A longer line is body text, whatever it begins with: one-line documents begin with `#` too."""
ITEM_LINE = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])[ \t]+\S")
_FENCE = re.compile(r" {0,3}(```+|~~~+)(.*)")
_WINDOW = 8_000
"""Characters given to the sentence splitter at once: its time grows with their square where there are quotes."""
_SPACE = re.compile(r"\s*")
_WIDE_STOPS = "。！？｡…"
"""Sentence ends that take no space after them."""


class _Block(NamedTuple):
    kind: str
    """`heading`, `prose`, `list`, `table`, `code`."""
    start: int
    end: int
    level: int = 0
    title: str = ""


class _Limits(NamedTuple):
    target: int
    most: int
    language: str

    @property
    def crumb(self) -> int:
        """Pieces below this do not stand alone: a caption, a lead-in, a last short line."""
        return self.target // 4


def chunk(
    text: str, *, target_tokens: int = TARGET_TOKENS, max_tokens: int = MAX_TOKENS, language: str = "en"
) -> list[Section]:
    """Cut a Markdown-like text into sections and passages, in the order of the text.

    Args:
        text: `#` headings, `-` lists, `|` tables, fenced code, blank lines between blocks.
        target_tokens: passages are packed up to this size.
        max_tokens: no passage is larger; a block up to this size is kept whole.
        language: for sentence ends (ISO 639-1).

    Returns:
        Sections with at least one passage; they do not overlap. A section starts at its heading and
        ends with its last passage. Passages are trimmed of white space, do not overlap, and
        together hold every character of the body that is not space; headings are in the heading
        path alone. Cuts fall at white space (or after a full stop of a script without spaces);
        only a run without any space that is larger than `max_tokens` is cut inside.

    Raises:
        ValueError: not 0 < target_tokens <= max_tokens.

    >>> text = "# Tides\\n\\nThe moon pulls.\\n\\n## Springs\\n\\n- new moon\\n- full moon\\n"
    >>> for section in chunk(text):
    ...     print(section.heading, [text[span.start : span.end] for span in section.passages])
    Tides ['The moon pulls.']
    Tides > Springs ['- new moon\\n- full moon']
    """
    if not 0 < target_tokens <= max_tokens:
        raise ValueError(f"0 < {target_tokens} <= {max_tokens} does not hold")
    limits = _Limits(target_tokens, max_tokens, language)
    lines = _lines(text)
    blocks = list(_blocks(text, lines))
    if blocks and all(block.kind == "heading" for block in blocks):
        blocks = [block._replace(kind="prose") for block in blocks]  # nothing would be left to find
    return list(_sections(text, blocks, limits))


def _sections(text: str, blocks: list[_Block], limits: _Limits) -> Iterator[Section]:
    path: list[_Block] = []
    body: list[_Block] = []

    def section() -> Iterator[Section]:
        if body:
            passages = tuple(Span(start=a, end=b) for a, b in _pack(text, _pieces(text, body, limits), limits))
            heading = " > ".join(block.title for block in path)
            start = path[-1].start if path else passages[0].start
            yield Section(start=start, end=passages[-1].end, heading=heading, passages=passages)

    for block in blocks:
        if block.kind == "heading":
            yield from section()
            body = []
            path = [outer for outer in path if outer.level < block.level] + [block]
        else:
            body.append(block)
    yield from section()


# --- lines to blocks ---------------------------------------------------------------


def _lines(text: str) -> list[tuple[int, int]]:
    """Offsets of the lines, without their line feeds."""
    lines, start = [], 0
    while (end := text.find("\n", start)) >= 0:
        lines.append((start, end))
        start = end + 1
    lines.append((start, len(text)))
    return lines


def _blocks(text: str, lines: list[tuple[int, int]]) -> Iterator[_Block]:
    kinds = [_kind(text[start:end]) for start, end in lines]
    closers = {
        mark: [n for n, (kind, (a, b)) in enumerate(zip(kinds, lines, strict=True))
               if kind == "fence" and not text[a:b].strip().strip(mark)]
        for mark in "`~"
    }  # fmt: skip
    n = 0
    while n < len(lines):
        kind, first = kinds[n], n
        n += 1
        if kind == "blank":
            continue
        if kind == "heading":
            yield _heading(text, *lines[first])
            continue
        if kind == "fence":
            closing = closers[text[lines[first][0] : lines[first][1]].strip()[0]]
            after = bisect_right(closing, first)
            # A fence that nobody closes must not swallow the rest of the document.
            kind, n = ("code", closing[after] + 1) if after < len(closing) else ("prose", n)
        elif kind == "table":
            n = _while(kinds, n, ("table",))
        elif kind == "list":
            n = _list_end(text, lines, kinds, n)
        if kind == "prose":
            n = _while(kinds, n, ("prose",))
        yield _Block(kind, *_trim(text, lines[first][0], lines[n - 1][1]))


def _kind(line: str) -> str:
    stripped = line.lstrip()
    if not stripped:
        return "blank"
    first = stripped[0]
    if first == "#" and len(stripped) <= _LONGEST_HEADING and _HEADING.match(line):
        return "heading"
    if first in "`~" and _FENCE.match(line):
        return "fence"
    if first == "|":
        return "table"
    if (first in "-*+•" or first.isdigit()) and ITEM_LINE.match(line):
        return "list"
    return "prose"


def _heading(text: str, start: int, end: int) -> _Block:
    match = _HEADING.match(text, start, end)
    assert match is not None, "the line was found to be a heading"
    title = match[2].strip()
    title = title.rstrip("#").rstrip() or title
    return _Block("heading", start, end, len(match[1]), title.strip("*_ ") or title)


def _while(kinds: list[str], n: int, wanted: tuple[str, ...]) -> int:
    while n < len(kinds) and kinds[n] in wanted:
        n += 1
    return n


def _list_end(text: str, lines: list[tuple[int, int]], kinds: list[str], n: int) -> int:
    """The line after a list: items, their continuation lines, and blank lines between those."""
    while n < len(kinds):
        if kinds[n] in ("list", "prose"):
            n += 1
        elif kinds[n] == "blank" and n + 1 < len(kinds):
            follows = kinds[n + 1]
            indented = follows == "prose" and text[lines[n + 1][0]] in " \t"
            if follows != "list" and not indented:
                break
            n += 1
        else:
            break
    return n


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


# --- blocks to passages ---------------------------------------------------------------


def _pieces(text: str, blocks: list[_Block], limits: _Limits) -> Iterator[tuple[int, int]]:
    """The blocks, those over the maximum divided."""
    for block in blocks:
        if tokens(text[block.start : block.end]) <= limits.most:
            yield block.start, block.end
        elif block.kind == "prose":
            yield from _even(text, _sentences(text, block.start, block.end, limits), limits)
        else:
            yield from _pack(text, _rows(text, block, limits), limits)


def _pack(text: str, pieces: Iterable[tuple[int, int]], limits: _Limits) -> Iterator[tuple[int, int]]:
    """Neighbours together up to the target; a crumb or a lead-in (`... :`) up to the maximum."""
    current: tuple[int, int] | None = None
    for start, end in pieces:
        if current is not None:
            crumb = min(tokens(text[start:end]), tokens(text[current[0] : current[1]])) < limits.crumb
            leads, led = text[end - 1] == ":", text[current[1] - 1] == ":"
            limit = limits.most if led or (crumb and not leads) else limits.target
            if tokens(text[current[0] : end]) <= limit:
                current = (current[0], end)
                continue
            yield current
        current = (start, end)
    if current is not None:
        yield current


def _even(text: str, pieces: list[tuple[int, int]], limits: _Limits) -> Iterator[tuple[int, int]]:
    """Sentences of one paragraph in passages of about the same size, so that no crumb is left over."""
    whole = tokens(text[pieces[0][0] : pieces[-1][1]])
    goal = whole / -(-whole // limits.target)
    current = pieces[0]
    for start, end in pieces[1:]:
        size, together = tokens(text[current[0] : current[1]]), tokens(text[current[0] : end])
        if together <= limits.most and (size + together) / 2 <= goal:
            current = (current[0], end)
        else:
            yield current
            current = (start, end)
    yield current


def _rows(text: str, block: _Block, limits: _Limits) -> Iterator[tuple[int, int]]:
    """The items of a list, the lines of a table or of code; a row over the maximum in parts."""
    start = block.start
    for a, b in _lines(text[block.start : block.end])[1:]:
        a, b = a + block.start, b + block.start
        if block.kind != "list" or ITEM_LINE.match(text, a, b):
            yield from _fitting(text, *_trim(text, start, a), limits)
            start = a
    yield from _fitting(text, *_trim(text, start, block.end), limits)


def _sentences(text: str, start: int, end: int, limits: _Limits) -> list[tuple[int, int]]:
    """Sentences of a paragraph, each within the maximum."""
    found: list[tuple[int, int]] = []
    while start < end:
        last = end if end - start <= _WINDOW else _cut(text, start, start + _WINDOW)
        ends = _sentence_ends(text, start, last, limits.language)
        if last < end and len(ends) > 1:
            ends.pop()  # the window may have cut the last one off
        for cut in ends:
            found.extend(_fitting(text, *_trim(text, start, cut), limits))
            start = cut
    return found


def _sentence_ends(text: str, start: int, end: int, language: str) -> list[int]:
    from sentencex import get_sentence_boundaries  # compiled: loaded when a long paragraph needs it

    # Line feeds hide sentence ends from the splitter; a space in their place keeps the offsets.
    window = text[start:end].replace("\n", " ")
    cuts = [boundary["end_index"] for boundary in get_sentence_boundaries(language, window)]
    # `Media.Vision` is no sentence end: without white space only the full stops of some scripts are.
    ends = [cut for cut in cuts if cut and (window[cut - 1].isspace() or window[cut - 1] in _WIDE_STOPS)]
    if not ends or ends[-1] < len(window):
        ends.append(len(window))
    return [start + cut for cut in ends]


def _fitting(text: str, start: int, end: int, limits: _Limits) -> Iterator[tuple[int, int]]:
    """The span in parts within the maximum: cut at a line end, else a space, else anywhere."""
    widest = limits.most * BYTES_PER_TOKEN  # a character takes one byte or more
    while end - start > widest or tokens(text[start:end]) > limits.most:
        width = widest
        while tokens(text[start : start + width]) > limits.most and width > 1:
            width = width * 3 // 4
        cut = _cut(text, start, start + width)
        yield _trim(text, start, cut)
        start = _SPACE.match(text, cut).end()  # type: ignore[union-attr]  # matches anything
    if start < end:
        yield start, end


def _cut(text: str, start: int, end: int) -> int:
    """Where to cut in (start, end]: the last line end of the second half, else the last space."""
    line = text.rfind("\n", (start + end) // 2, end)
    if line > start:
        return line
    for at in range(end, start, -1):
        if text[at : at + 1].isspace():
            return at
    return end
