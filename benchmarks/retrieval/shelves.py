"""Shelves: the same pages cut and indexed in different ways, each in a store of its own.

They go through Galley's own store, so that a question costs what it costs in the product. A shelf is kept in the
cache folder under a hash of its pages and of the code that made it: it is made once, and again when that code changes.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from benchmarks.retrieval.sets import Asked, Corpus, Page
from core.holdings import Holdings
from core.models import Document, Passage, Section, Span
from core.retrieval.chunk import chunk
from core.retrieval.embed import Embedder, WordVectors
from core.store import Store

ROOT = Path(__file__).resolve().parents[2]
MADE_BY = ("core/holdings.py", "core/retrieval/chunk.py", "core/retrieval/embed.py", "core/retrieval/tokens.py",
           "core/retrieval/words.py", "core/store", "benchmarks/retrieval/shelves.py")  # fmt: skip
"""The code whose change makes a kept shelf stale."""
WINDOW = 150
"""Words of a fixed window: the usual 200 tokens."""
SMALL_WINDOW = 100
"""Words of a window as large as our passages are on average."""

BATCH = 256
"""Passages embedded at once."""

WORD_VECTORS = WordVectors()


class Shelf:
    """An index to ask: `index` is the store's, `embedder` the one whose vectors it holds."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.index: Any = Held(store.passages)
        self.embedder: Embedder = WORD_VECTORS
        self._of_page: dict[str, Sequence[Passage]] = {}

    def of_page(self, url: str) -> Sequence[Passage]:
        """All passages of a page, in the order of its text."""
        if url not in self._of_page:
            source = self.store.sources.by_url(url)
            assert source is not None, "every page of the corpus was taken in"
            self._of_page[url] = self.store.passages.of_snapshot(source.snapshot_id)
        return self._of_page[url]

    def embed(self, embedder: Embedder) -> None:
        """Make the vectors of a further model, those that are missing."""
        while missing := self.store.passages.without_vectors(embedder.name, BATCH):
            _embed(self.store, embedder, missing)


def touching(shelf: Shelf, question: Asked, pages: Mapping[str, Page]) -> dict[int, float]:
    """The shelf's passages that hold words of the answer: id -> the share of the answer's words they hold."""
    found = {}
    for url in {word[0] for word in question.answer}:
        for passage in shelf.of_page(url):
            held = question.answer.intersection(pages[url].words(passage.start, passage.end))
            if held:
                found[passage.id] = len(held) / len(question.answer)
    return found


class Held:
    """The store's index with its vectors kept in memory, as a process that searches a whole library keeps them."""

    def __init__(self, passages: Any) -> None:
        self._passages = passages
        self._vectors: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._passages, name)

    def vectors(self, model: str, snapshots: Collection[int] | None = None) -> Any:
        if snapshots is not None:
            return self._passages.vectors(model, snapshots)
        if model not in self._vectors:
            self._vectors[model] = self._passages.vectors(model)
        return self._vectors[model]


def _embed(store: Store, embedder: Embedder, ids: Sequence[int]) -> None:
    """Vectors of the heading and the text, as the product makes them."""
    for n in range(0, len(ids), BATCH):
        passages = store.passages.passages(ids[n : n + BATCH])
        matrix = embedder.embed([f"{passage.heading}\n{passage.text}" for passage in passages.values()])
        store.passages.add_vectors(embedder.name, zip(passages, (row.tobytes() for row in matrix), strict=True))


@cache
def _code() -> bytes:
    """A hash of the code that makes shelves, as it is when this process first asks."""
    files = {path for made_by in MADE_BY for path in [ROOT / made_by, *(ROOT / made_by).rglob("*.*")]}
    code = sha256()
    for path in sorted(files):
        if path.is_file() and path.suffix in (".py", ".sql"):
            code.update(path.read_bytes())
    return code.digest()


_open: dict[Path, Shelf] = {}


def open_shelf(kind: str, corpus: Corpus, kept_in: Path) -> Shelf:
    """The corpus cut in one of `KINDS` ways; made now if it is not in the cache folder."""
    key = sha256(kind.encode() + _code())
    for page in corpus.pages.values():
        key.update(f"{page.url}\n{page.title}\n{page.text}".encode())
    folder = kept_in / f"{corpus.name}-{kind}-{key.hexdigest()[:12]}"
    if folder in _open:
        return _open[folder]
    folder.mkdir(parents=True, exist_ok=True)
    done = folder / "done"
    if not done.exists():
        for left in folder.iterdir():  # an earlier run was cut off here
            left.unlink()
        KINDS[kind](Holdings(Store(folder / "galley.db"), WORD_VECTORS), corpus)
        done.touch()
    _open[folder] = Shelf(Store(folder / "galley.db"))
    return _open[folder]


# --- ways to cut ---------------------------------------------------------------


def _as_galley(holdings: Holdings, corpus: Corpus) -> None:
    for page in corpus.pages.values():
        holdings.keep(_document(page, page.title), collection=corpus.name)


def _cut(cut: Callable[[str], Sequence[Section]], *, titles: bool) -> Callable[[Holdings, Corpus], None]:
    def make(holdings: Holdings, corpus: Corpus) -> None:
        store = holdings.store
        for page in corpus.pages.values():
            document = _document(page, page.title if titles else "")
            source, _ = store.sources.add(document, collection=corpus.name)
            snapshot = store.sources.snapshot(source.snapshot_id)
            _embed(store, WORD_VECTORS, store.passages.add(snapshot, cut(snapshot.text)))

    return make


def _document(page: Page, title: str) -> Document:
    now = datetime.now(UTC).isoformat()
    return Document(url=page.url, title=title, text=page.text, media_type="text/markdown", fetched_at=now)


def windows(text: str, size: int = WINDOW) -> list[Section]:
    """Runs of `size` words, wherever they begin and end.

    >>> [span for section in windows("one two three", 2) for span in section.passages]
    [Span(start=0, end=7), Span(start=8, end=13)]
    """
    words = [match.span() for match in re.finditer(r"\S+", text)]
    groups = [words[n : n + size] for n in range(0, len(words), size)]
    spans = [Span(start=group[0][0], end=group[-1][1]) for group in groups]
    return [Section(start=span.start, end=span.end, heading="", passages=(span,)) for span in spans]


def _headed_windows(text: str) -> list[Section]:
    """Windows as large as our passages, each under the heading it begins under."""
    sections = chunk(text)
    headed = []
    for window in windows(text, SMALL_WINDOW):
        heading = next((section.heading for section in reversed(sections) if section.start <= window.start), "")
        headed.append(Section(start=window.start, end=window.end, heading=heading, passages=window.passages))
    return headed


def _sized(target: int, most: int) -> Callable[[str], Sequence[Section]]:
    return lambda text: chunk(text, target_tokens=target, max_tokens=most)


def _unheaded(text: str) -> list[Section]:
    return [Section(start=s.start, end=s.end, heading="", passages=s.passages) for s in chunk(text)]


KINDS: dict[str, Callable[[Holdings, Corpus], Any]] = {
    "galley": _as_galley,
    "windows": _cut(windows, titles=False),
    "cut-anywhere": _cut(_headed_windows, titles=True),
    "no-titles": _cut(_unheaded, titles=False),
    "smaller": _cut(_sized(120, 220), titles=True),
    "larger": _cut(_sized(200, 300), titles=True),
}
