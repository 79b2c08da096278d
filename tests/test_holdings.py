"""Holdings: what is kept can be searched at once, and the library keeps to the topic."""

from pathlib import Path

import pytest

from core.errors import ReadError
from core.holdings import Holdings, LibrarySearch, files
from core.models import Brief, Document
from core.retrieval.embed import WordVectors
from core.store import Store
from tests.agents.small_house import HEAT_PUMPS, House, house, new_house, samples

__all__ = ["house", "new_house", "samples"]


def document(text: str, url: str = "https://a.example") -> Document:
    return Document(url=url, title="Tides", text=text, media_type="text/plain", fetched_at="2026-01-01T00:00:00Z")


def test_a_text_is_cut_and_embedded_once(tmp_path: Path):
    class Counting:
        name, dimensions = "counting", 2

        def __init__(self) -> None:
            self.texts: list[str] = []

        def embed(self, texts: list[str]):
            import numpy as np

            self.texts += texts
            return np.ones((len(texts), 2), np.float32)

    store, embedder = Store(tmp_path / "galley.db"), Counting()
    holdings = Holdings(store, embedder)
    first = holdings.keep(document("The tide rises twice a day."))
    again = holdings.keep(document("The tide rises twice a day."))
    assert first.snapshot_id == again.snapshot_id
    assert len(embedder.texts) == store.passages.passages_count() == 1
    holdings.keep(document("The tide rises twice a day. It falls too."))
    assert len(embedder.texts) == 2
    assert not store.passages.without_vectors("counting", 10)


def test_without_an_embedder_words_still_find(tmp_path: Path):
    store = Store(tmp_path / "galley.db")
    holdings = Holdings(store, None)
    holdings.keep(document("The tide rises twice a day."), collection="sea")
    assert [hit.title for hit in LibrarySearch(holdings, Brief(topic="tides")).hits("tide", 5)] == ["Tides"]


def test_the_library_brings_up_documents_on_the_topic_only(house: House):
    found = LibrarySearch(house.process.holdings, Brief(topic=HEAT_PUMPS)).hits("cost of heat pumps in old houses", 10)
    assert len(found) >= 5
    assert all(hit.url.startswith("library:heat-pumps/") for hit in found)
    assert [hit.rank for hit in found] == list(range(len(found)))
    assert (
        LibrarySearch(house.process.holdings, Brief(topic="quantum chromodynamics")).hits("lattice methods study", 10)
        == []
    )
    sleep = LibrarySearch(house.process.holdings, Brief(topic=HEAT_PUMPS, collections=("sleep",))).hits(
        "heat at night", 10
    )
    assert all(hit.url.startswith("library:sleep/") for hit in sleep)


def test_folders_without_anything_readable_are_told(tmp_path: Path):
    with pytest.raises(ReadError, match="There is no"):
        files(tmp_path / "nowhere")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "a.md").write_text("x")
    (tmp_path / "a.exe").write_text("x")
    with pytest.raises(ReadError, match="Nothing in"):
        files(tmp_path)
    (tmp_path / "b.md").write_text("x")
    (tmp_path / "a.txt").write_text("x")
    assert [path.name for path in files(tmp_path)] == ["a.txt", "b.md"]


def test_a_document_that_says_it_in_other_words_is_found(tmp_path: Path):
    store = Store(tmp_path / "galley.db")
    holdings = Holdings(store, WordVectors())
    holdings.keep(document("A physician examined the sick child at the hospital.", "library:a/1"), collection="a")
    holdings.keep(document("The glacier's ice melted into the valley in summer.", "library:a/2"), collection="a")
    found = LibrarySearch(holdings, Brief(topic="doctors treating ill kids")).hits("doctor treats ill kid", 5)
    assert [hit.url for hit in found] == ["library:a/1"]
    assert (
        LibrarySearch(holdings, Brief(topic="doctors treating ill kids", collections=("b",))).hits(
            "doctor treats ill kid", 5
        )
        == []
    )
