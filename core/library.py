"""The library: files, folders and addresses that a person adds, taken in by a worker.

A folder costs what is new in it: a file as large and as old as when it was kept is passed over, so adding a folder
again, or going on where a worker fell silent, is one look-up a file; a changed file becomes a new snapshot.
Extraction takes most of the time and is done by processes of their own, politely; what they hand back is kept a
few documents at a time, so that a run that writes an event waits for the database no longer than a blink.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from core.errors import StoreError
from core.extraction import Read, read_all
from core.holdings import Cut, cut, files
from core.models import Ingest
from core.reading.extract import extract_response
from core.store.ingests import LEASE_S, Ingests
from core.wiring import Process

TELL_EVERY_S = 1.0
KEPT_AT_ONCE = 60
"""Passages kept in one transaction: 15 ms in which nobody else can write."""
EMBED_PAUSE_S = 0.02
"""Between two portions of vectors made anew, so that runs that are on get most of the processor."""

_LOG = logging.getLogger(__name__)
Stopped = Callable[[], bool]


def take_in(
    ingest: Ingest,
    process: Process,
    *,
    stopped: Stopped = lambda: False,
    tell: Callable[[Ingest], None] = lambda _: None,
) -> None:
    """Read what was added and keep it; progress goes to the ingest's row.

    Args:
        stopped: asked between files; what is left is gone on with by whoever claims the ingest next.
        tell: called with the figures about every second.

    Raises:
        ReadError: there is nothing there, or the page cannot be read.
    """
    work = _Work(replace(ingest, done=0, failed=0, unchanged=0, passages=0, seconds=0.0), process, tell)
    with _leased(ingest.id, process.store.ingests):
        if ingest.kind == "url":
            work.page(stopped)
        else:
            work.folder(stopped)
    if stopped():
        process.store.ingests.release(ingest.id)


@dataclass
class _Work:
    """One ingest on its way."""

    now: Ingest
    process: Process
    tell: Callable[[Ingest], None]
    waiting: list[tuple[Path, Cut]] = field(default_factory=list)
    """Read, and not yet kept."""
    began: float = field(default_factory=time.monotonic)
    told: float = 0.0

    def page(self, stopped: Stopped) -> None:
        document = extract_response(self.process.client.get(self.now.what, cancelled=stopped))
        held = cut(document)
        self.process.holdings.keep_all([held], collection=self.now.collection)
        self._count(done=1, passages=held.passages)
        self.now = replace(self.now, total=1)
        self._say(status="done")

    def folder(self, stopped: Stopped) -> None:
        folder = Path(self.now.what)
        found = files(folder)
        new = self._changed(found)
        self.now = replace(self.now, total=len(found), done=len(found) - len(new), unchanged=len(found) - len(new))
        self._say()
        root = folder if folder.is_dir() else folder.parent
        for read in read_all(new, collection=self.now.collection, root=root, stopped=stopped):
            self._take(read)
            if time.monotonic() - self.told >= TELL_EVERY_S:
                self._say()
        self._keep()
        if not stopped():
            self._say(status="done" if self.now.done or not self.now.failed else "failed")
            _LOG.info("%s", _in_words(self.now))

    def _changed(self, found: list[Path]) -> list[Path]:
        seen = self.process.store.ingests.seen(self.now.collection)
        return [path for path in found if seen.get(str(path)) != _state(path)]

    def _take(self, read: Read) -> None:
        if read.cut is None:
            self._count(failed=1)
            self.now = replace(self.now, message=f"{read.path.name}: {read.problem}")
            return
        self.waiting.append((read.path, read.cut))
        if sum(one.passages for _, one in self.waiting) >= KEPT_AT_ONCE:
            self._keep()

    def _keep(self) -> None:
        """Keep what is waiting; a file is noted as seen in the same transaction as its text, or not at all."""
        if not self.waiting:
            return
        store, collection = self.process.store, self.now.collection
        states = [(str(path), *_state(path)) for path, _ in self.waiting]
        cuts = [one for _, one in self.waiting]
        self.process.holdings.keep_all(cuts, collection=collection, also=lambda: store.ingests.saw(collection, states))
        self._count(done=len(cuts), passages=sum(one.passages for one in cuts))
        self.waiting.clear()

    def _count(self, **more: int) -> None:
        self.now = replace(self.now, **{name: getattr(self.now, name) + value for name, value in more.items()})

    def _say(self, status: str = "running") -> None:
        self.told = time.monotonic()
        self.now = replace(self.now, status=status, seconds=round(self.told - self.began, 3))
        self.process.store.ingests.progress(self.now)
        self.tell(self.now)


def _state(path: Path) -> tuple[int, int]:
    """Size and time of change; of a file that has gone since, zeros, which no file has."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_size, found.st_mtime_ns


@contextmanager
def _leased(ingest_id: int, ingests: Ingests) -> Iterator[None]:
    """Keep the lease by time, however long one file takes."""
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(LEASE_S / 3):
            try:
                ingests.beat(ingest_id)
            except StoreError as error:  # a full disk or a held lock may pass; the next beat tries again
                _LOG.warning("ingest %d: %s", ingest_id, error)

    ingests.beat(ingest_id)
    thread = threading.Thread(target=beat, name="ingest lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _in_words(done: Ingest) -> str:
    seconds = max(done.seconds, 0.001)
    return (
        f"{done.collection}: {done.done - done.unchanged} files read, {done.unchanged} unchanged, {done.failed} failed,"
        f" {done.passages} passages in {seconds:.1f} s ({(done.done - done.unchanged) / seconds:.1f} files/s,"
        f" {done.passages / seconds:.0f} passages/s)"
    )


# --- vectors made anew ---------------------------------------------------------------


def embed_missing(process: Process, *, stopped: Stopped) -> int:
    """Make the vectors that are missing, after a change of the embedder or damage; returns how many.

    A search meanwhile uses those that are there, and words. When all are made, other embedders' go.
    """
    holdings, began, made, after = process.holdings, time.monotonic(), 0, 0
    told = began
    while not stopped():
        new, after = holdings.embed_missing(after)
        made += new
        if not new or time.monotonic() - told > 10:
            told = time.monotonic()
            if made:
                _LOG.info("%d vectors made anew, %.0f a second", made, made / max(told - began, 0.001))
        if not new:
            break
        time.sleep(EMBED_PAUSE_S)
    while made and not stopped() and holdings.embedder:
        if not process.store.passages.forget_other_vectors(holdings.embedder.name, 500):
            break
        time.sleep(EMBED_PAUSE_S)
    if holdings.neighbours:
        holdings.neighbours.take_in(all_of_them=True)  # so that no run's search has to
    return made
