"""Questions on Debian's documentation, each with the very spans that answer it.

Written by hand after reading the pages, in a user's words rather than the page's. `single.jsonl` has questions that
one place answers, `multi.jsonl` questions that need two or more documents, `near.jsonl` questions the pages come
close to and do not answer. No text of the pages stands here: a span is kept as its page, its first and last words,
their number and a hash, and is found again in the text that Galley keeps of the page (`corpus.sh` makes that
library). Words are compared without case and signs, so that another way to write Markdown moves no span, and a
changed page is an error with the question's id, never a silent zero.

Halves are by page: parameters are chosen on `tune`, figures told of `report`.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from core.errors import ReadError
from core.store import Store

HERE = Path(__file__).parent
SETS = ("single", "multi", "near")
ENDS = 3
"""Words of a span's beginning and of its end that are kept."""

WORD = re.compile(r"[^\W_]+")
"""What counts as a word of a span: letters and digits alone."""
_REMEDY = "Make the library with the package versions named in benchmarks/questions/corpus.sh, or mend the span."


class Text(NamedTuple):
    """A page as the library keeps it."""

    snapshot_id: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Gold:
    """A place that answers: characters `start` to `end` of a snapshot's text."""

    page: str
    snapshot_id: int
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Question:
    id: str
    text: str
    kind: str
    """`how`, `why`, `limit`, `number`, `definition`, `comparison`, `fact`; of several documents `relation`,
    `comparison`, `overview`; a near miss is `near`."""
    half: str
    """`tune` or `report`."""
    spans: tuple[Gold, ...]
    """Empty for a near miss."""


def load(data: Path, name: str = "single", half: str | None = None) -> list[Question]:
    """The questions of a set, their spans found in the library of `data`.

    Args:
        data: the folder given to Galley as GALLEY_DATA when the corpus was added.
        name: one of `SETS`.
        half: `tune` or `report`; None gives both.

    Raises:
        ReadError: a page is not in the library, or a span does not stand in it exactly once; names the question.
    """
    rows = [json.loads(line) for line in (HERE / f"{name}.jsonl").read_text("utf-8").splitlines()]
    page = pages(data)
    return [_question(row, page) for row in rows if half in (None, row["half"])]


def pages(data: Path) -> Callable[[str], Text]:
    """Address -> the page's text, from the library of `data`. The function raises ReadError for an unknown page."""
    database = data / "galley.db"
    if not database.is_file():
        raise ReadError(f"There is no library in {str(data)!r}.", remedy="Make it: benchmarks/questions/corpus.sh.")
    store = Store(database)
    known: dict[str, Text] = {}

    def page(url: str) -> Text:
        if url not in known:
            source = store.sources.by_url(url)
            if source is None:
                raise ReadError(f"{url} is not in the library.", remedy=_REMEDY)
            known[url] = Text(source.snapshot_id, store.sources.snapshot(source.snapshot_id).text)
        return known[url]

    return page


def described(page: str, text: str, start: int, end: int) -> dict[str, Any]:
    """A span as it is kept. `found` gives its first and last word's offsets back, if it stands there once.

    >>> described("p", "The lock waits five seconds by default.", 4, 39)["starts"]
    'lock waits five'
    """
    words = [match[0].lower() for match in WORD.finditer(text[start:end])]
    return {
        "page": page, "starts": " ".join(words[:ENDS]), "ends": " ".join(words[-ENDS:]), "words": len(words),
        "sha256": _hash(words),
    }  # fmt: skip


def found(span: dict[str, Any], text: str) -> list[tuple[int, int]]:
    """Every place in `text` where a kept span stands, as offsets from its first word to the end of its last.

    >>> text = "The lock waits: five seconds by default."
    >>> [text[start:end] for start, end in found(described("p", text, 4, 39), text.replace("five", "*Five*"))]
    ['lock waits: *Five* seconds by default']
    """
    matches = list(WORD.finditer(text))
    words = [match[0].lower() for match in matches]
    starts, count = span["starts"].split(), span["words"]
    return [
        (matches[n].start(), matches[n + count - 1].end())
        for n in range(len(words) - count + 1)
        if words[n : n + len(starts)] == starts and _hash(words[n : n + count]) == span["sha256"]
    ]


def half_of(urls: Iterator[str] | list[str] | tuple[str, ...]) -> str:
    """The half that a question on these pages belongs to."""
    return "report" if sha256("\n".join(sorted(set(urls))).encode()).digest()[4] % 2 else "tune"


def _question(row: dict[str, Any], page: Callable[[str], Text]) -> Question:
    spans = []
    for n, span in enumerate(row.get("spans", []), 1):
        snapshot_id, text = page(span["page"])
        places = found(span, text)
        if len(places) != 1:
            raise ReadError(
                f"{row['id']}: span {n} ({span['starts']} ... {span['ends']}) stands {len(places)} times in"
                f" {span['page']}, not once.",
                remedy=_REMEDY,
            )
        spans.append(Gold(page=span["page"], snapshot_id=snapshot_id, start=places[0][0], end=places[0][1]))
    return Question(id=row["id"], text=row["question"], kind=row["kind"], half=row["half"], spans=tuple(spans))


def _hash(words: list[str]) -> str:
    return sha256(" ".join(words).encode()).hexdigest()[:16]
