"""Taking folders in: what is new costs, what is held does not, and nothing stops runs or is lost by a crash."""

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core import extraction, library
from core.holdings import Holdings, cut
from core.library import embed_missing, take_in
from core.models import Document, Ingest
from core.settings import load
from core.store import Store
from core.wiring import Process, open_process

WORDS = ("tide", "moon", "harbour", "basin", "current", "gauge", "estuary", "delta", "storm", "surge", "ebb", "flood")


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    opened = open_process(load(data=tmp_path / "data"))
    yield opened
    opened.tracer.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "sea"
    made.mkdir()
    for number in range(8):
        write(made / f"{number}.md", number)
    return made


def write(path: Path, number: int, more: str = "") -> None:
    said = " ".join(WORDS[(number * 7 + n) % len(WORDS)] for n in range(40))
    path.write_text(
        f"# Note {number}\n\n{said} number {number}.\n\n## More\n\nThe gauge {number} is read daily. {more}\n"
    )


def add(process: Process, folder: Path, **how: object) -> Ingest:
    process.store.ingests.add("folder", str(folder), collection="sea")
    take_in(process.store.ingests.claim("test"), process, **how)
    return process.store.ingests.recent(1)[0]


def test_a_folder_added_again_costs_a_look_and_a_changed_file_becomes_a_new_snapshot(process: Process, folder: Path):
    first = add(process, folder)
    assert (first.status, first.done, first.unchanged, first.total) == ("done", 8, 0, 8)
    assert first.passages == process.store.passages.passages_count() > 8
    again = add(process, folder)
    assert (again.status, again.done, again.unchanged, again.passages) == ("done", 8, 8, 0)
    before = process.store.sources.by_url("library:sea/3.md")
    write(folder / "3.md", 3, more="Corrected.")
    changed = add(process, folder)
    assert (changed.done, changed.unchanged) == (8, 7)
    after = process.store.sources.by_url("library:sea/3.md")
    assert after.id == before.id
    assert after.snapshot_id != before.snapshot_id
    assert "Corrected" not in process.store.sources.snapshot(before.snapshot_id).text


def test_an_interrupted_ingest_goes_on_where_it_was(process: Process, folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(library, "KEPT_AT_ONCE", 1)
    asked = iter([False] * 3 + [True] * 100)
    process.store.ingests.add("folder", str(folder), collection="sea")
    take_in(process.store.ingests.claim("first"), process, stopped=lambda: next(asked))
    half = process.store.ingests.recent(1)[0]
    assert half.status == "running"
    taken = process.store.ingests.claim("second")
    assert taken is not None, "it was given back at once, no lease has to run out"
    take_in(taken, process)
    done = process.store.ingests.recent(1)[0]
    assert (done.status, done.done, done.unchanged) == ("done", 8, 3)
    assert process.store.sources.collections() == [("sea", 8)]


def test_a_crash_between_two_documents_leaves_no_file_noted_that_is_not_held(
    process: Process, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    def crash(*_: object) -> None:
        raise RuntimeError("the power is cut")

    with monkeypatch.context() as patch:
        patch.setattr(process.store.ingests, "saw", crash)
        with pytest.raises(RuntimeError):
            add(process, folder)
    assert process.store.ingests.seen("sea") == {}
    assert process.store.passages.passages_count() == 0
    process.store.ingests.fail(1, "crashed")
    assert add(process, folder).done == 8


def test_many_files_are_read_by_processes_and_what_cannot_be_read_is_told(
    process: Process, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(extraction, "MANY", 4)
    monkeypatch.setattr(extraction, "PORTION", 3)
    (folder / "5.md").write_bytes(b"\x00\x01\x02\x03\x04\x05\x06\x07" * 50)
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 nothing")
    told: list[Ingest] = []
    done = add(process, folder, tell=told.append)
    assert (done.status, done.done, done.failed, done.total) == ("done", 7, 2, 9), done.message
    assert done.message.startswith("broken.pdf: The PDF is broken"), "in its reader's own words"
    assert told[-1].status == "done"
    assert told[-1].seconds > 0


def test_a_file_that_kills_its_process_is_told_and_the_others_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    class Dying(extraction.ProcessPoolExecutor):
        """Its process ends as it would for want of memory, whenever it is given this file."""

        def submit(self, function, paths, *rest):  # noqa: ANN001, ANN202
            if any(path.name == "3.md" for path in paths):
                return super().submit(os._exit, 1)
            return super().submit(function, paths, *rest)

    monkeypatch.setattr(extraction, "ProcessPoolExecutor", Dying)
    monkeypatch.setattr(extraction, "MANY", 2)
    monkeypatch.setattr(extraction, "PORTION", 2)
    for number in range(6):
        write(tmp_path / f"{number}.md", number)
    paths = sorted(tmp_path.glob("*.md"))
    found = list(extraction.read_all(paths, collection="sea", root=tmp_path, stopped=lambda: False))
    assert sorted(read.path for read in found) == paths
    assert [read.path.name for read in found if read.cut is None] == ["3.md"]


def test_the_lease_is_kept_however_long_one_file_takes(process: Process, folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(library, "LEASE_S", 0.03)
    beats = threading.Event()
    beat, count = process.store.ingests.beat, iter(range(1000))

    def noted(ingest_id: int) -> None:
        beat(ingest_id)
        if next(count) == 3:
            beats.set()

    def slow(*_: object, **__: object) -> Iterator[extraction.Read]:
        assert beats.wait(5), "three beats while one file is read"
        yield from ()

    monkeypatch.setattr(process.store.ingests, "beat", noted)
    monkeypatch.setattr(library, "read_all", slow)
    add(process, folder)


def test_a_runs_event_waits_for_no_more_than_one_batch(process: Process, folder: Path):
    from core.models import Brief

    run, took, ended = process.store.runs.add(Brief(topic="tides")), [], threading.Event()
    for number in range(8, 120):
        write(folder / f"{number}.md", number)

    def append() -> None:
        own = Store(process.settings.database)
        while not ended.wait(0.002):
            began = time.perf_counter()
            own.events.add(run, "called", "research", {"task": "plan"})
            took.append(time.perf_counter() - began)
        own.database.close()

    thread = threading.Thread(target=append)
    thread.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(extraction, "MANY", 10_000)
        add(process, folder)
    ended.set()
    thread.join()
    assert sorted(took)[int(0.5 * len(took))] < 0.05


# --- vectors ---------------------------------------------------------------


class Numbers:
    """An embedder of any name and length."""

    def __init__(self, name: str, dim: int) -> None:
        self.name, self.dim = name, dim

    def embed(self, texts: list[str]):  # noqa: ANN201
        made = np.array([[hash((text, n)) % 997 for n in range(self.dim)] for text in texts], np.float32)
        return made / np.linalg.norm(made, axis=1, keepdims=True)


def document(number: int) -> Document:
    return Document(
        url=f"https://a.example/{number}", title=f"Tide {number}", text=f"The tide number {number} rises twice a day.",
        media_type="text/plain", fetched_at="2026-01-01T00:00:00Z",
    )  # fmt: skip


def test_another_embedder_takes_over_while_search_goes_on(process: Process):
    store = process.store
    Holdings(store, Numbers("old", 8)).keep_all([cut(document(n)) for n in range(600)])
    process.holdings = Holdings(store, Numbers("new", 16))
    assert process.holdings.neighbours.search(np.ones(16, np.float32) / 4, 5) == [], "words alone, until there are some"
    made, after = process.holdings.embed_missing()
    assert len(store.passages.vectors("new")[0]) == made == 256
    assert process.holdings.neighbours.search(np.ones(16, np.float32) / 4, 5)
    assert embed_missing(process, stopped=lambda: False) == 600 - made
    assert store.passages.vectors("new")[1].shape == (600, 16)
    assert len(store.passages.vectors("old")[0]) == 0, "what nothing needs takes no room"
    assert process.holdings.neighbours.take_in(all_of_them=True) == 600


@pytest.mark.parametrize("damage", [b"", b"\x00" * 12, np.full(8, np.nan, np.float32).tobytes(), b"\xff" * 33])
def test_a_damaged_vector_is_left_out_and_made_anew(process: Process, damage: bytes):
    process.holdings = Holdings(process.store, Numbers("own", 8))
    process.holdings.keep_all([cut(document(n)) for n in range(5)])
    whole = process.store.passages.vectors("own")[1]
    with sqlite3.connect(process.settings.database) as c:
        c.execute("UPDATE vectors SET vector = ? WHERE passage_id = 3", (damage,))
    c.close()
    ids, matrix = process.store.passages.vectors("own")
    assert ids.tolist() == [1, 2, 4, 5]
    assert np.isfinite(matrix).all()
    assert embed_missing(process, stopped=lambda: False) == 1
    assert np.array_equal(process.store.passages.vectors("own")[1], whole)


def test_vectors_of_another_length_are_refused_under_the_same_name(process: Process):
    from core.errors import StoreError

    Holdings(process.store, Numbers("own", 8)).keep_all([cut(document(1))])
    with pytest.raises(StoreError, match="8 numbers"):
        Holdings(process.store, Numbers("own", 16)).keep_all([cut(document(2))])
    assert process.store.passages.passages_count() == 1, "all of a document or nothing of it"
