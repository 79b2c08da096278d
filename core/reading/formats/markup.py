"""Elements of a page to blocks of Markdown: headings, paragraphs, list items, tables, code.

A passage is cited character by character, so a block is what a reader sees and no more: nothing is escaped but a
sign at the beginning of a line that would make it another kind of block, and no emphasis stands inside a sentence.
Blocks are flat, in the page's order; whoever chooses among them (webpage.py) knows of each how much of it is links.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

LONGEST_HEADING = 200
"""Characters; a longer one is a paragraph that somebody wanted large."""
LARGEST_CELL = 1_000
"""Characters; a table with a larger cell lays out the page."""
MOST_COLUMNS = 100

_BREAK = "\x1e"
_PARAGRAPHS = re.compile(rf"{_BREAK}(?:\s*{_BREAK})+")
_MARKUP = re.compile(r"#{1,6}\s|\||```|~~~")
_FENCES = re.compile(r"^\s*(`{3,})", re.MULTILINE)
_TICKS = re.compile(r"(?<=[^\s`])``(?=[^\s`])")
_EXPONENT = re.compile(r"[-−+]?\d+|[nk]")
_PERMALINKS = ("", "¶", "#", "§", "🔗", "\uf0c1")

_CONTAINERS = (
    "address", "article", "aside", "blockquote", "body", "caption", "center", "details", "dialog", "dir", "div", "dl",
    "fieldset", "figcaption", "figure", "footer", "form", "header", "hgroup", "hr", "html", "legend", "li", "main",
    "nav", "p", "section", "summary", "tbody", "td", "tfoot", "th", "thead", "tr",
)  # fmt: skip
_UNREAD = (
    "audio", "button", "canvas", "embed", "frame", "head", "iframe", "input", "label", "link", "map", "meta",
    "noscript", "object", "optgroup", "option", "progress", "rp", "rt", "script", "select", "style", "svg", "template",
    "textarea", "title", "video",
)  # fmt: skip
_LAYOUT = ("table", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "form")
"""What stands in no cell of a table of data."""


class Block(NamedTuple):
    kind: str
    """`heading`, `prose`, `item`, `table`, `code`."""
    text: str
    level: int = 0
    """Of a heading, 1 to 6."""
    linked: float = 0.0
    """Share of its characters that are links."""
    tight: bool = False
    """Stands right below the block before it: items of a list, a term's definition."""
    series: int = 0
    """Number of the outermost list it belongs to; 0 for none."""


def blocks_of(root: Any) -> list[Block]:
    """The blocks of an element, in order. The tree is not changed.

    Args:
        root: an lxml element.

    Raises:
        RecursionError: elements are nested some hundreds deep.
    """
    writer = _Writer()
    writer.inside(root)
    writer.flush()
    return writer.blocks


def markdown(blocks: Iterable[Block]) -> str:
    """The blocks as one text, a blank line between those that are not tight."""
    text: list[str] = []
    for block in blocks:
        text += ("\n" if block.tight else "\n\n", block.text)
    return "".join(text[1:])


class _Writer:
    """Walks a tree and collects blocks; one handler for each tag that means something."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.pieces: list[str] = []
        self.linked = 0
        self.in_link = self.in_code = self.in_heading = False
        self.indent = self.marker = ""
        self.series = self.lists = 0
        self.defines = False
        """The next paragraph defines the term before it."""

    def inside(self, element: Any) -> None:
        """The element's text and children; its own tag was seen to."""
        if element.text:
            self.say(element.text)
        for child in element:
            tag = child.tag
            if isinstance(tag, str):
                handler = _HANDLERS.get(tag)
                if handler is None:
                    self.inside(child)
                else:
                    handler(self, child)
            if child.tail:
                self.say(child.tail)

    def say(self, text: str) -> None:
        self.pieces.append(text)
        if self.in_link:
            self.linked += len(text.strip())

    def flush(self, kind: str = "prose", level: int = 0) -> None:
        """What was said so far becomes blocks, if there is anything."""
        if not self.pieces:
            return
        text, linked = "".join(self.pieces), self.linked
        self.pieces, self.linked = [], 0
        if not text.strip():
            return
        share = min(1.0, linked / len(text.strip()))
        if _BREAK not in text:
            self.paragraph([" ".join(text.split())], kind, level, share)
            return
        for part in _PARAGRAPHS.split(text):
            lines = [line for line in (" ".join(line.split()) for line in part.split(_BREAK)) if line]
            if lines:
                self.paragraph(lines, kind, level, share)

    def paragraph(self, lines: list[str], kind: str, level: int, share: float) -> None:
        if not any(character.isalnum() for line in lines for character in line):
            return
        lines = [_TICKS.sub("", line) for line in lines]
        if kind == "heading" and sum(map(len, lines)) <= LONGEST_HEADING:
            self.add(Block("heading", f"{'#' * level} {' '.join(lines)}", level, share))
            return
        lines = [f"\\{line}" if _MARKUP.match(line) else line for line in lines]
        tight = False
        if self.marker:
            before = self.blocks[-1] if self.blocks else None
            tight = before is not None and before.kind == "item" and before.series == self.series
            kind, text = "item", self.marker + f"\n{self.indent}".join(lines)
            self.marker = ""
        else:
            tight = self.defines and bool(self.blocks)
            kind, text = "prose", self.indent + f"\n{self.indent}".join(lines)
        self.defines = False
        self.add(Block(kind, text, 0, share, tight, self.series))

    def add(self, block: Block) -> None:
        self.blocks.append(block)

    # --- inline ---------------------------------------------------------------

    def link(self, element: Any) -> None:
        if len(element) == 0 and (element.text or "").strip() in _PERMALINKS:
            return
        back = self.in_heading and element.get("href", "").startswith("#")  # to the contents: every heading has it
        before, self.in_link = self.in_link, not back
        self.inside(element)
        self.in_link = before

    def code(self, element: Any) -> None:
        if self.in_code or self.in_heading or element.find(".//pre") is not None:
            self.inside(element)
            return
        pieces, self.pieces, self.in_code = self.pieces, [], True
        self.inside(element)
        text, self.pieces, self.in_code = "".join(self.pieces), pieces, False
        bare = " ".join(text.replace(_BREAK, " ").split())
        self.pieces.append(f"`{bare}`" if bare and "`" not in bare else text)

    def raised(self, element: Any) -> None:
        text = "".join(element.itertext()).strip()
        if len(element) == 1 and element[0].tag == "a" and element[0].get("href", "").startswith("#"):
            return  # a footnote's mark
        said = self.pieces[-1] if self.pieces else ""
        if element.tag == "sup" and _EXPONENT.fullmatch(text) and said[-1:].isalnum():
            self.pieces.append("^")
        self.inside(element)

    def line_break(self, element: Any) -> None:
        self.pieces.append(_BREAK)

    def quoted(self, element: Any) -> None:
        self.pieces.append("“")
        self.inside(element)
        self.pieces.append("”")

    def formula(self, element: Any) -> None:
        tex = element.xpath(".//*[local-name()='annotation'][contains(@encoding, 'tex')]")
        source = (tex[0].text if tex else element.get("alttext")) or ""
        self.say(f"\\({source.strip()}\\)" if source.strip() else " ".join(element.itertext()))

    def picture(self, element: Any) -> None:
        if "math" in element.get("class", ""):
            self.say(element.get("alt", ""))

    def nothing(self, element: Any) -> None:
        pass

    # --- blocks ---------------------------------------------------------------

    def container(self, element: Any) -> None:
        self.flush()
        self.inside(element)
        self.flush()

    def heading(self, element: Any) -> None:
        self.flush()
        self.in_heading = True
        self.inside(element)
        self.in_heading = False
        self.flush("heading", int(element.tag[1]))

    def listed(self, element: Any) -> None:
        self.flush()
        outer = self.indent, self.marker, self.series
        if not self.series:
            self.lists += 1
            self.series = self.lists
        number = int(element.get("start")) if (element.get("start") or "").isdecimal() else 1
        for child in element:
            if child.tag != "li":
                _HANDLERS.get(child.tag, _Writer.container)(self, child)
                continue
            sign = f"{number}. " if element.tag == "ol" else "- "
            self.indent, self.marker = outer[0] + " " * len(sign), outer[0] + sign
            self.defines = False
            self.container(child)
            number += 1
        self.indent, self.marker, self.series = outer[0], "", outer[2]

    def term(self, element: Any) -> None:
        tight = self.defines
        self.container(element)
        self.defines = bool(self.blocks) and self.blocks[-1].kind == "prose" or tight

    def definition(self, element: Any) -> None:
        self.container(element)
        self.defines = False

    def preformatted(self, element: Any) -> None:
        self.flush()
        text = "".join(_raw(element)).expandtabs().strip("\n").rstrip()
        if not text.strip():
            return
        longest = max((len(ticks) for ticks in _FENCES.findall(text)), default=2)
        fence = "`" * (longest + 1)
        linked = sum(len("".join(anchor.itertext())) for anchor in element.iter("a"))
        self.marker, self.defines = "", False
        self.add(Block("code", f"{fence}\n{text}\n{fence}", 0, min(1.0, linked / len(text)), False, self.series))

    def table(self, element: Any) -> None:
        self.flush()
        self.defines = False
        for caption in element.iterchildren("caption"):
            self.container(caption)
        rows = [row for row in element.iter("tr") if next(row.iterancestors("table")) is element]
        if element.get("role") in ("presentation", "none") or next(element.iter(*_LAYOUT[1:]), None) is not None:
            return self.layout(rows)
        if next(element.iterdescendants("table"), None) is not None:
            return self.layout(rows)
        cells, linked = _cells(rows)
        if max(map(len, cells), default=0) < 2 or max(len(cell) for row in cells for cell in row) > LARGEST_CELL:
            return self.layout(rows)
        lines = [f"| {' | '.join(row)} |" for row in cells]
        lines.insert(1, "|" + "---|" * len(cells[0]))
        size = sum(len(cell) for row in cells for cell in row)
        self.marker = ""
        self.add(Block("table", "\n".join(lines), 0, min(1.0, linked / max(1, size)), False, self.series))

    def layout(self, rows: list[Any]) -> None:
        for row in rows:
            for cell in row.iterchildren("td", "th"):
                if "linenos" not in cell.get("class", ""):
                    self.container(cell)


def _raw(element: Any) -> Iterable[str]:
    """Text as it stands, line breaks among it."""
    if element.text:
        yield element.text
    for child in element:
        if child.tag == "br":
            yield "\n"
        elif isinstance(child.tag, str) and child.tag not in _UNREAD and "lineno" not in child.get("class", ""):
            yield from _raw(child)
        if child.tail:
            yield child.tail


def _cells(rows: list[Any]) -> tuple[list[list[str]], int]:
    """The texts of a table's cells, rows of one length, no column empty, and how many characters are links."""
    table: list[list[str]] = []
    linked = 0
    open_rows: dict[int, int] = {}
    """Column -> rows that a cell above still takes."""
    for row in rows:
        texts: list[str] = []

        def below() -> None:
            while open_rows.get(len(texts), 0) > 0:  # noqa: B023  # called within this turn
                open_rows[len(texts)] -= 1  # noqa: B023
                texts.append("")  # noqa: B023

        for cell in row.iterchildren("td", "th"):
            below()
            text, links = _cell(cell)
            linked += links
            for column in range(_span(cell, "colspan")):
                if _span(cell, "rowspan") > 1:
                    open_rows[len(texts)] = _span(cell, "rowspan") - 1
                texts.append("" if column else text)
        below()
        if any(texts):
            table.append(texts[:MOST_COLUMNS])
    width = max(map(len, table), default=0)
    table = [row + [""] * (width - len(row)) for row in table]
    used = [column for column in range(width) if any(row[column] for row in table)]
    return [[row[column] for column in used] for row in table], linked


def _cell(cell: Any) -> tuple[str, int]:
    if len(cell) == 0:
        return " ".join((cell.text or "").split()).replace("|", "\\|"), 0
    writer = _Writer()
    writer.inside(cell)
    writer.flush()
    text = " ".join(" ".join(block.text.split()) for block in writer.blocks)
    return text.replace("|", "\\|"), round(sum(len(block.text) * block.linked for block in writer.blocks))


def _span(cell: Any, side: str) -> int:
    given = cell.get(side, "1")
    return min(MOST_COLUMNS, int(given)) if given.isdecimal() and given.isascii() and int(given) else 1


_HANDLERS: dict[Any, Callable[[_Writer, Any], None]] = {
    **dict.fromkeys(_CONTAINERS, _Writer.container),
    **dict.fromkeys(_UNREAD, _Writer.nothing),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), _Writer.heading),
    **dict.fromkeys(("ul", "ol", "menu"), _Writer.listed),
    **dict.fromkeys(("pre", "listing", "xmp"), _Writer.preformatted),
    **dict.fromkeys(("sup", "sub"), _Writer.raised),
    "a": _Writer.link, "br": _Writer.line_break, "code": _Writer.code, "dd": _Writer.definition,
    "dt": _Writer.term, "img": _Writer.picture, "math": _Writer.formula, "q": _Writer.quoted, "table": _Writer.table,
}  # fmt: skip
