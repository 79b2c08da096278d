"""Holdings: how a document becomes something to search, cite and judge against.

Text is kept, cut into passages, indexed and embedded in one place, for pages found on the
web and files of the library alike.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from core.errors import ReadError
from core.models import Brief, Document, Hit, Section, Snapshot, Source
from core.reading.dedupe import fingerprint
from core.reading.extract import file_suffixes
from core.retrieval.chunk import chunk
from core.retrieval.embed import Embedder
from core.retrieval.index import match_expression
from core.retrieval.nearest import Neighbours
from core.store import Store
from core.store.database import text_hash

SNIPPET = 300
TOPIC_DOCUMENTS = 30
FEW = 5
"""Documents found by words below which others are sought that say it otherwise."""
NEAR = 40
"""Passages looked at for that."""

ON_TOPIC = 0.6
"""Closeness to the topic, as a share of the closest document's, from which a document is about it. On the sample
library's six topics it keeps 92 % of their own documents and 2 % of the others'; 0.5: 97 and 11, 0.7: 65 and 0."""

LEAST_CLOSE = 0.25
"""Cosine below which nothing is about the topic: foreign topics reach 0.23, the samples' own at least 0.55."""

BATCH = 256
"""Passages embedded at once: keeps memory flat whatever is added."""


@dataclass(frozen=True, kw_only=True)
class Cut:
    """A document ready to be kept."""

    document: Document
    fingerprint: bytes
    sections: tuple[Section, ...]

    @property
    def passages(self) -> int:
        return sum(len(section.passages) for section in self.sections)


def cut(document: Document) -> Cut:
    """What keeping a document takes beside the database and the embedder; can be done in another process."""
    return Cut(document=document, fingerprint=fingerprint(document.text), sections=tuple(chunk(document.text)))


class Holdings:
    """Everything that has been read."""

    def __init__(self, store: Store, embedder: Embedder | None) -> None:
        self.store = store
        self.embedder = embedder
        self.neighbours = Neighbours(store.passages, embedder.name) if embedder else None
        """The vectors of all that is held, for searching the whole library."""
        self._embedding = threading.Lock()

    def keep(self, document: Document, *, collection: str | None = None) -> Source:
        """Keep, cut, index and embed a document; a text that is already held costs a look-up."""
        held = self.store.sources.by_url(document.url)
        if held and held.text_hash == text_hash(document.text) and self.store.passages.held(held.snapshot_id):
            return self.store.sources.add(document, collection=collection, fingerprint=fingerprint(document.text))[0]
        return self.keep_all([cut(document)], collection=collection)[0]

    def keep_all(
        self, cuts: Sequence[Cut], *, collection: str | None = None, also: Callable[[], None] = lambda: None
    ) -> list[Source]:
        """Keep many in one transaction; what takes time is done before it begins. `also` is done within it."""
        vectors = iter(self._vectors([text for one in cuts for text in _texts(one)]))
        kept = []
        with self.store.database.write():
            for one in cuts:
                own = [next(vectors) for _ in range(one.passages)] if self.embedder else []
                source, _ = self.store.sources.add(one.document, collection=collection, fingerprint=one.fingerprint)
                kept.append(source)
                if self.store.passages.held(source.snapshot_id):
                    continue
                ids = self.store.passages.add(_snapshot(source, one.document), one.sections)
                if self.embedder:
                    self.store.passages.add_vectors(self.embedder.name, zip(ids, own, strict=True))
            also()
        return kept

    def embed_missing(self, after: int = 0, limit: int = BATCH) -> tuple[int, int]:
        """Make vectors that are missing: another embedder's, damaged ones, those a crash cut off.

        Returns:
            How many were made, and the passage to go on after; 0 made means that none is missing after `after`.
            Search works by words until then, and without.
        """
        if self.embedder is None:
            return 0, after
        missing = self.store.passages.without_vectors(self.embedder.name, limit, after)
        if not missing:
            return 0, after
        passages = self.store.passages.passages(missing)
        vectors = self._vectors([f"{p.heading}\n{p.text}" for p in passages.values()])
        self.store.passages.add_vectors(self.embedder.name, zip(passages, vectors, strict=True))
        return len(passages), missing[-1]

    def _vectors(self, texts: Sequence[str]) -> list[bytes]:
        if self.embedder is None:
            return []
        made: list[bytes] = []
        for i in range(0, len(texts), BATCH):
            with self._embedding:
                matrix = self.embedder.embed(texts[i : i + BATCH])
            made += (row.tobytes() for row in matrix)
        return made


def _texts(one: Cut) -> list[str]:
    """What is embedded of each passage: its heading says what it is on."""
    text = one.document.text
    return [
        f"{section.heading}\n{text[span.start : span.end]}" for section in one.sections for span in section.passages
    ]


def _snapshot(source: Source, document: Document) -> Snapshot:
    return Snapshot(
        id=source.snapshot_id, source_id=source.id, text=document.text, text_hash=source.text_hash,
        fetched_at=source.fetched_at, url=source.url, title=document.title, pages=document.pages,
    )  # fmt: skip


class LibrarySearch:
    """The library as one run searches it: documents that match a query and are about the run's topic.

    In a library on one subject the subject's own words weigh nothing by BM25, so that a stray word of the
    query would bring up documents on anything. Closeness in meaning to the topic keeps them out.
    """

    def __init__(self, holdings: Holdings, brief: Brief) -> None:
        self._holdings = holdings
        self._brief = brief

    def hits(self, query: str, limit: int) -> list[Hit]:
        """Documents, best first by words, then, where words find few, by meaning; their text is held already."""
        store = self._holdings.store
        matching = self._found(query, limit * 2, self._brief)
        found = [hit for hit in matching if self._is_close(hit[0].snapshot_id)][:limit]
        if len(found) < FEW:
            known = {source.id for source, _ in found}
            more = [hit for hit in self._by_meaning(query) if hit[0].id not in known]
            found += [hit for hit in more if self._is_close(hit[0].snapshot_id)][: min(FEW, limit) - len(found)]
        passages = store.passages.passages(passage for _, passage in found)
        return [
            Hit(
                url=source.url, title=source.title, snippet=passages[passage].text[:SNIPPET], engine="library",
                query=query, rank=rank, published=source.published, snapshot_id=source.snapshot_id,
            )
            for rank, (source, passage) in enumerate(found)
        ]  # fmt: skip

    def outside(self, query: str, limit: int) -> list[Hit]:
        """What `hits` would bring up but for the dates, kinds and languages that the brief asks for."""
        if not self._brief.filtered:
            return []
        found = LibrarySearch(self._holdings, self._brief.unfiltered).hits(query, limit)
        sources = self._holdings.store.sources
        return [hit for hit in found if (source := sources.by_url(hit.url)) and self._brief.outside(source)]

    def _found(self, query: str, limit: int, brief: Brief) -> list[tuple[Source, int]]:
        store = self._holdings.store
        match = match_expression(query)
        found = store.passages.documents(match, limit, brief) if match else []
        sources = store.sources.many(source for source, _, _ in found)
        return [(sources[source], passage) for source, passage, _ in found]

    def _by_meaning(self, query: str) -> list[tuple[Source, int]]:
        """Documents with the passages closest to the query, each with its closest one."""
        embedder, neighbours, store = self._holdings.embedder, self._holdings.neighbours, self._holdings.store
        if embedder is None or neighbours is None:
            return []
        near = [passage for passage, _ in neighbours.search(embedder.embed([query])[0], NEAR)]
        source_of = store.passages.current(near, self._brief)
        best: dict[int, int] = {}
        for passage in near:
            if passage in source_of:
                best.setdefault(source_of[passage], passage)
        sources = store.sources.many(best)
        return [(sources[source], passage) for source, passage in best.items()]

    def _is_close(self, snapshot_id: int) -> bool:
        closeness = self._closeness(snapshot_id)
        return closeness is None or closeness >= max(LEAST_CLOSE, ON_TOPIC * self._closest)

    def _closeness(self, snapshot_id: int) -> float | None:
        """Cosine of the topic and the document's closest passage; None while there are no vectors."""
        embedder = self._holdings.embedder
        if embedder is None:
            return None
        ids, matrix = self._holdings.store.passages.vectors(embedder.name, [snapshot_id])
        return float((matrix @ self._vector).max()) if len(ids) else None

    @cached_property
    def _vector(self) -> Any:
        assert self._holdings.embedder is not None, "asked for with an embedder only"
        return self._holdings.embedder.embed([self._brief.topic])[0]

    @cached_property
    def _closest(self) -> float:
        """How close the closest of the documents that match the topic itself comes."""
        found = self._found(self._brief.topic, TOPIC_DOCUMENTS, self._brief.unfiltered)
        close = [self._closeness(source.snapshot_id) for source, _ in found]
        return max((one for one in close if one is not None), default=0.0)


def files(folder: Path) -> list[Path]:
    """The readable files below a folder, in order of name.

    Left out is what lies in hidden folders, and in those whose name begins with `_`: by custom these hold a
    site's raw material (`_sources`, `_static`), which would only repeat its pages.

    Raises:
        ReadError: there is no such folder or file, or nothing readable in it.
    """
    if not folder.exists():
        raise ReadError(f"There is no {str(folder)!r}.", remedy="Check the path.")
    known = set(file_suffixes())
    found = [folder] if folder.is_file() else sorted(path for path in folder.rglob("*") if path.is_file())
    found = [
        path
        for path in found
        if path.suffix.lower() in known and not any(p.startswith((".", "_")) for p in path.relative_to(folder).parts)
    ]
    if not found:
        raise ReadError(f"Nothing in {str(folder)!r} can be read.", remedy=f"Readable are: {', '.join(sorted(known))}.")
    return found
