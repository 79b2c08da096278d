"""Passages cut into sentences as they stand there.

A passage is Markdown-like text: blocks come first (heading, list item, table row, code,
paragraph), because a sentence never runs over a block's edge; then sentences by
`sentencex` (Wikimedia), which knows abbreviations. What is not prose is not returned, but
it does break the neighbourhood: a sentence after a table does not follow the one before it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sentencex import segment

from core.language.composing.plain import plain
from core.language.composing.terms import content, figures, names
from core.models import EvidenceItem

_FENCE = re.compile(r"^\s*(```|~~~)")
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s")
_ITEM = re.compile(r"^\s*(?:[-*+•]|\d{1,3}[.)])\s+")
_ROW = re.compile(r"^\s*\||\|\s*$|^\s*[-:| ]{5,}$")
_UNDERLINE = re.compile(r"^\s*(?:=+|-+|\*{3,}|_{3,})\s*$")
_DOCTEST = re.compile(r"^\s*(>>>|\.\.\. |\$ |C:\\)")
_ENDED = re.compile(r"[.!?:;,][\"'”’)\]]*$")


@dataclass(frozen=True, slots=True, eq=False)
class Extract:
    """One sentence of a passage, without mark-up, otherwise word for word."""

    text: str
    item: EvidenceItem
    block: int
    """Number of its block within the passage."""
    place: int
    """Number of the sentence within the passage."""
    listed: bool
    """It stands in a list."""
    before: "Extract | None"
    """The sentence it follows: in its block, or the last one of the paragraph just before."""
    stems: tuple[str, ...] = field(repr=False)
    """Stems of its content words, in order."""
    terms: frozenset[str] = field(repr=False)
    numbers: frozenset[str] = field(repr=False)
    names: frozenset[str] = field(repr=False)

    @property
    def words(self) -> int:
        return len(self.text.split())

    @property
    def number(self) -> int:
        return self.item.number

    @property
    def source(self) -> int:
        return self.item.passage.source_id


def extracts(items: Sequence[EvidenceItem]) -> list[Extract]:
    """Every sentence of the passages, in the order of the items; a sentence that overlapping
    passages of one source share is given once, from the passage that stands first."""
    found: list[Extract] = []
    for item in items:
        found.extend(_of_passage(item))
    seen: set[tuple[int, str]] = set()
    once = []
    for extract in found:
        key = (extract.source, extract.text)
        if key not in seen:
            seen.add(key)
            once.append(extract)
    return once


def standing(extract: Extract, best: float = 1.0) -> float:
    """How its passage stands to the best one, in [0, 1].

    Retrieval gives the likelihood that a passage answers the question, which falls off steeply; a section is
    written from what bears on the question too, so the fourth root counts.
    """
    return (extract.item.score / best) ** 0.25 if best > 0 else 0.0


def sentences(text: str) -> list[str]:
    """The sentences of a passage's prose, in order, without mark-up."""
    return [sentence for kind, block in _blocks(text) if kind != "other" for sentence in _split(block)]


def _of_passage(item: EvidenceItem) -> Iterator[Extract]:
    before: Extract | None = None
    place = 0
    for number, (kind, block) in enumerate(_blocks(item.passage.text)):
        if kind == "other":
            before = None
            continue
        if kind == "item" and before is not None and not before.listed:
            before = None
        for text in _split(block):
            extract = make(text, item, number, place, kind == "item", before)
            yield extract
            before = extract
            place += 1


# Words that the splitter takes for abbreviations (Ill., Art., Sun., Sat.) and that end sentences too.
_NOT_ABBREVIATED = re.compile(r"(?<=\bill\.|\bart\.|\bsun\.|\bsat\.) (?=[A-Z][a-z]+[ ,])")


def make(text: str, item: EvidenceItem, block: int, place: int, listed: bool, before: Extract | None) -> Extract:
    """An extract with what comparing it needs."""
    stems = tuple(content(text))
    return Extract(text, item, block, place, listed, before, stems, frozenset(stems), figures(text), names(text))


def _split(block: str) -> list[str]:
    pieces: list[str] = []
    for part in segment("en", block):
        if pieces and not pieces[-1][-1:].isspace():
            pieces[-1] += part  # "concurrent.futures.Executor": no end without a space after it
        else:
            pieces.append(part)
    parts = [part for piece in pieces for part in _NOT_ABBREVIATED.split(piece)]
    return [text for part in parts if (text := " ".join(part.split()))]


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """`(kind, text without mark-up)` of each block; kind is `paragraph`, `item` or `other`."""
    lines: list[str] = []
    kind = "paragraph"
    fenced = False

    def flush() -> Iterator[tuple[str, str]]:
        if lines:
            yield kind, " ".join(plain("\n".join(lines)).text.split())
            lines.clear()

    for line in text.splitlines():
        if _FENCE.match(line):
            yield from flush()
            fenced = not fenced
            yield "other", ""
        elif fenced:
            continue
        elif not line.strip():
            yield from flush()
            kind = "paragraph"
        elif _HEADING.match(line) or _ROW.search(line) or _UNDERLINE.match(line) or _DOCTEST.match(line):
            if not (_UNDERLINE.match(line) and lines):
                yield from flush()
            lines.clear()
            yield "other", ""
            kind = "paragraph"
        elif _ITEM.match(line):
            yield from flush()
            kind = "item"
            lines.append(line)
        else:
            if lines and _breaks(lines[-1], line):
                yield from flush()
                kind = "paragraph"
            lines.append(line)
    yield from flush()


def _breaks(above: str, line: str) -> bool:
    """Whether a bare line break parts two blocks: a short unfinished line, then a capital."""
    return len(above) < 60 and not _ENDED.search(above.rstrip()) and line.lstrip()[:1].isupper()
