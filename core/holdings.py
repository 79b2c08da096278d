"""Holdings: how a document becomes something to search, cite and judge against.

Text is kept, cut into passages, indexed and embedded in one place, for pages found on the
web and files of the library alike.
"""

import threading
from pathlib import Path

from core.errors import ReadError
from core.models import Document, Source
from core.reading.dedupe import fingerprint
from core.reading.extract import file_suffixes
from core.retrieval.chunk import chunk
from core.retrieval.embed import Embedder
from core.store import Store

BATCH = 256
"""Passages embedded at once: keeps memory flat whatever is added."""


class Holdings:
    """Everything that has been read."""

    def __init__(self, store: Store, embedder: Embedder | None) -> None:
        self.store = store
        self.embedder = embedder
        self._embedding = threading.Lock()

    def keep(self, document: Document, *, collection: str | None = None) -> Source:
        """Keep, cut, index and embed a document; a text that is already held costs a look-up."""
        source, new = self.store.sources.add(document, collection=collection, fingerprint=fingerprint(document.text))
        if new or not self.store.passages.held(source.snapshot_id):
            snapshot = self.store.sources.snapshot(source.snapshot_id)
            self.embed(self.store.passages.add(snapshot, chunk(snapshot.text)))
        return source

    def embed(self, passage_ids: list[int]) -> None:
        """Give passages their vectors. Search works by words until then, and without."""
        if self.embedder is None:
            return
        for i in range(0, len(passage_ids), BATCH):
            passages = self.store.passages.passages(passage_ids[i : i + BATCH])
            with self._embedding:
                matrix = self.embedder.embed([f"{p.heading}\n{p.text}" for p in passages.values()])
            self.store.passages.add_vectors(
                self.embedder.name, zip(passages, (row.tobytes() for row in matrix), strict=True)
            )


def files(folder: Path) -> list[Path]:
    """The readable files below a folder, hidden ones left out, in order of name.

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
        if path.suffix.lower() in known and not any(p.startswith(".") for p in path.relative_to(folder).parts)
    ]
    if not found:
        raise ReadError(f"Nothing in {str(folder)!r} can be read.", remedy=f"Readable are: {', '.join(sorted(known))}.")
    return found
