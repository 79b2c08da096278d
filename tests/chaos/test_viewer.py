"""The viewer of the chaos runs tells of the product, not of itself."""

import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute

import app
from core.models import Brief, Status
from core.settings import load
from core.studio import Studio
from pages.components import door
from pages.components.live.feed import Feeds
from tests.chaos.product import free_port, wait_until
from tests.chaos.viewer import Viewer


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    monkeypatch.setenv("GALLEY_DATA", str(tmp_path))
    door.studio.cache_clear()
    yield Studio(load({}, {}, data=tmp_path))
    door.studio.cache_clear()


@pytest.fixture
def address(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The studio's live feed, served."""
    monkeypatch.setattr(app, "feeds", Feeds(lambda: studio))
    port = free_port()
    served = Starlette(routes=[WebSocketRoute("/api/runs/{run}/ws", app.run_feed)])
    server = uvicorn.Server(uvicorn.Config(served, port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until(lambda: server.started, 10, "the server")
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


def test_a_run_that_failed_is_seen_to_its_end_when_a_person_resumes_it(studio: Studio, address: str, tmp_path: Path):
    run_id = studio.start(Brief(topic="tides"))
    studio.store.runs.set(run_id, status=Status.FAILED)
    viewer = Viewer(SimpleNamespace(studio=address, data=tmp_path), studio, [run_id])  # type: ignore[arg-type]
    viewer.start()
    wait_until(lambda: viewer.seen.get(run_id) == [1], 10, "the first event")
    studio.resume(run_id)
    studio.store.runs.set(run_id, status=Status.FINISHED)
    assert viewer.wrong(most_s=10) == []
    assert viewer.seen == {run_id: [1, 2]}
