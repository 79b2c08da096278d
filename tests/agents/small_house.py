"""A whole Galley in a temporary folder, with the sample library on its shelves.

Everything is real: store, graph, worker, judges, site. The library is taken in once per
test session and copied as a file.
"""

import fcntl
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from core.library import take_in
from core.models import Brief, Draft, Event, Run, Sentence, Status
from core.settings import load
from core.studio import Studio
from core.tracing import Tracer
from core.wiring import Process, open_process
from core.worker import Worker

HEAT_PUMPS = "Are heat pumps worth it in old houses?"
VARIABLES = (
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
    "OPENAI_MODEL",
    "OPENAI_SMALL_MODEL",
    "RERANK_API_KEY",
    "RERANK_BASE_URL",
    "RERANK_MODEL",
    "GALLEY_DATA",
    "GALLEY_ALLOW_PRIVATE",
)


@dataclass
class House:
    """One data folder with its studio and as many workers as a test starts."""

    data: Path
    studio: Studio
    process: Process
    workers: list[Worker] = field(default_factory=list)

    def start(self, topic: str = HEAT_PUMPS, **brief: Any) -> str:
        return self.studio.start(Brief(topic=topic, **brief))

    def work(self, *run_ids: str) -> Run:
        """A worker takes the runs as far as they go by themselves; returns the first of them."""
        worker = Worker(self.process)
        worker.restrict(run_ids)
        worker.work()
        return self.run(run_ids[0])

    def work_until(self, run_id: str, reached: Callable[[], Any]) -> None:
        """A worker is told to stop in the middle of the run, which is under way still."""
        worker = Worker(self.process)
        thread = threading.Thread(target=worker.work)
        thread.start()
        while not reached() and self.run(run_id).status in (Status.QUEUED, Status.RUNNING):
            thread.join(0.02)
        worker.stop()
        thread.join(20)
        assert self.run(run_id).status is Status.RUNNING

    def decide(self, run_id: str, kind: str, **data: Any) -> Run:
        """Say something and let a worker act on it."""
        self.studio.decide(run_id, kind, by="Ada", data=data)
        return self.work(run_id)

    def to_review(self, topic: str = HEAT_PUMPS, **brief: Any) -> Run:
        """A run with its plan approved, waiting for a person at the desk."""
        run_id = self.start(topic, **brief)
        self.work(run_id)
        return self.decide(run_id, "approve_plan")

    def run(self, run_id: str) -> Run:
        found = self.studio.run(run_id)
        assert found is not None
        return found

    def draft(self, run_id: str) -> Draft:
        draft_id = self.run(run_id).draft_id
        assert draft_id is not None
        return self.studio.draft(draft_id)

    def events(self, run_id: str, *kinds: str) -> list[Event]:
        found = self.studio.events(run_id, limit=100_000)
        return [event for event in found if not kinds or event.kind in kinds]

    def site(self) -> dict[str, str]:
        """Path -> text of every published page."""
        folder = self.data / "site" / "posts"
        return {str(path.relative_to(folder)): path.read_text() for path in sorted(folder.rglob("index.html"))}

    def row(self, statement: str, *values: Any) -> Any:
        """The first row of a query, straight from the file."""
        with closing(sqlite3.connect(self.data / "galley.db")) as connection, connection:
            return connection.execute(statement, values).fetchone()


def claims(draft: Draft) -> list[Sentence]:
    return [sentence for sentence in draft.sentences if sentence.kind == "claim"]


def check_story(events: list[Event]) -> None:
    """Numbered from 1 without a gap, and no execution of a step finished twice."""
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    finished = [event.data["key"] for event in events if event.kind == "step_finished"]
    assert len(finished) == len(set(finished)), sorted(finished)


def with_samples(folder: Path) -> Path:
    """A database that holds the sample library; made once, also when several test processes ask."""
    database = folder / "samples" / "galley.db"
    with (folder / "samples.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not database.exists():
            making = folder / "making"
            process = open_process(load({}, {}, data=making))
            studio = Studio(load({}, {}, data=making))
            studio.add_sample_library()
            while ingest := process.store.ingests.claim("test"):
                take_in(ingest, process)
            for opened in (studio, process):  # only the last to close folds the log into the file
                opened.store.database.close()
            database.parent.mkdir()
            shutil.move(making / "galley.db", database)
    return database


def open_house(data: Path, samples: Path | None, **saved: Any) -> House:
    """A house over a data folder; `saved` are settings as a person would save them."""
    data.mkdir(parents=True, exist_ok=True)
    if samples is not None and not (data / "galley.db").exists():
        shutil.copy(samples, data / "galley.db")
    settings = load({}, {}, data=data)
    studio = Studio(settings)
    if saved:
        studio.save_settings(saved)
    process = open_process(settings)
    process.tracer = Tracer(None)
    return House(data, studio, process)


@pytest.fixture
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_samples(tmp_path_factory.getbasetemp().parent)


@pytest.fixture
def new_house(tmp_path: Path, samples: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., House]]:
    """Opens houses whose settings come from the test alone."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GALLEY_SECRETS", str(tmp_path / "secrets.toml"))
    opened: list[House] = []

    def make(**saved: Any) -> House:
        opened.append(open_house(tmp_path / f"data{len(opened)}", samples, **saved))
        return opened[-1]

    yield make
    for house in opened:
        house.process.store.database.close()
        house.studio.store.database.close()


@pytest.fixture
def house(new_house: Callable[..., House]) -> House:
    """A house with the sample library and no model."""
    return new_house()
