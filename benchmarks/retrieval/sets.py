"""What is asked of which pages: the public set and our own, in one shape.

The public set (`questions.jsonl` and one `<corpus>.md` a corpus) has one document a corpus, and each corpus is an
index of its own; ours is one index over all of Debian's documentation that `benchmarks/questions/corpus.sh` takes in.
"""

import argparse
import json
import re
import tempfile
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from benchmarks import questions
from core.retrieval.words import content_words, stems
from core.store import Store


def arguments(description: str | None, *, required: bool = False) -> argparse.ArgumentParser:
    """Where the sets are, as every command here is told."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--public", type=Path, required=required, metavar="DATA")
    parser.add_argument("--debian", type=Path, required=required, metavar="GALLEY_DATA")
    kept = Path(tempfile.gettempdir()) / "galley-retrieval"
    parser.add_argument("--cache", type=Path, default=kept, help="where the shelves are kept")
    return parser


Word = tuple[str, int]
"""A page's address and the number of a word in it (runs of what is not white space)."""


class Page:
    """A document's text and where its words are."""

    def __init__(self, url: str, title: str, text: str) -> None:
        self.url, self.title, self.text = url, title, text

    @cached_property
    def _ends(self) -> tuple[list[int], list[int]]:
        spans = [match.span() for match in re.finditer(r"\S+", self.text)]
        return [start for start, _ in spans], [end for _, end in spans]

    def words(self, start: int, end: int) -> list[Word]:
        """The words that characters `start` to `end` touch, in order."""
        starts, ends = self._ends
        return [(self.url, n) for n in range(bisect_right(ends, start), bisect_left(starts, end))]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question, with the words that answer it, a group for each span; none for a near miss."""

    id: str
    text: str
    kind: str
    half: str
    gold: tuple[tuple[Word, ...], ...]
    shared: float = 1.0
    """Share of its content words, by stem, that stand in the answer: small when it is asked in other words."""

    @cached_property
    def answer(self) -> frozenset[Word]:
        return frozenset(word for span in self.gold for word in span)


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """Pages that are one index, and what is asked of them."""

    name: str
    pages: Mapping[str, Page]
    asked: Mapping[str, tuple[Asked, ...]]
    """Name of the set -> questions: `public`, or `single`, `multi` and `near`."""


def public(folder: Path) -> list[Corpus]:
    """The public set's corpora; its questions are all of the `report` half, since none of them is tuned on."""
    rows = [json.loads(line) for line in (folder / "questions.jsonl").read_text("utf-8").splitlines()]
    corpora = []
    for name in sorted({row["corpus"] for row in rows}):
        page = Page(f"library:public/{name}.md", "", (folder / f"{name}.md").read_bytes().decode("utf-8"))
        asked = tuple(
            Asked(
                id=row["id"], text=row["question"], kind="fact", half="report",
                gold=tuple(tuple(page.words(*span)) for span in row["spans"]),
                shared=_shared(row["question"], " ".join(page.text[start:end] for start, end in row["spans"])),
            )
            for row in rows if row["corpus"] == name
        )  # fmt: skip
        corpora.append(Corpus(name=name, pages={page.url: page}, asked={"public": asked}))
    return corpora


def debian(data: Path) -> Corpus:
    """Our own sets over the library in `data`.

    Raises:
        ReadError: no library, or a question's span is not found in it.
    """
    store = Store(data / "galley.db")
    held, _ = store.sources.library(size=1_000_000)
    snapshots = (store.sources.snapshot(source.snapshot_id) for source in held if source.collection)
    pages = {snapshot.url: Page(snapshot.url, snapshot.title, snapshot.text) for snapshot in snapshots}
    asked = {name: tuple(_asked(questions.load(data, name), pages)) for name in questions.SETS}
    return Corpus(name="debian", pages=pages, asked=asked)


def _shared(question: str, answer: str) -> float:
    own = stems(content_words(question))
    held = {stem for found in stems(content_words(answer)).values() for stem in found}
    return sum(not held.isdisjoint(found) for found in own.values()) / max(len(own), 1)


def _asked(loaded: Iterable[questions.Question], pages: Mapping[str, Page]) -> Iterable[Asked]:
    for one in loaded:
        gold = tuple(tuple(pages[span.page].words(span.start, span.end)) for span in one.spans)
        answer = " ".join(pages[span.page].text[span.start : span.end] for span in one.spans)
        shared = _shared(one.text, answer)
        yield Asked(id=one.id, text=one.text, kind=one.kind, half=one.half, gold=gold, shared=shared)
