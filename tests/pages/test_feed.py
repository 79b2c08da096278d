"""A watcher must hear every event once and in order, whenever it joins."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

import app
from core.errors import StoreError
from core.events import Kind
from core.models import Brief
from core.settings import load
from core.studio import Studio
from pages.components import ticket
from pages.components.live.feed import Feeds, frame


def studio(folder: Path) -> Studio:
    return Studio(load({}, {}, data=folder))


def tell(at: Studio, run_id: str, number: int) -> None:
    at.store.events.add(run_id, Kind.TEXT, "write", {"section": 0, "heading": "", "text": f"{number} "})


async def heard(feeds: Feeds, run_id: str, after: int, most: int) -> list[int]:
    """Sequence numbers told to one listener, until `most` is among them."""
    seqs: list[int] = []
    listening = feeds.listen(run_id, after)
    async for told in listening:
        seqs += [event["seq"] for event in told["events"]]
        if seqs and seqs[-1] >= most:
            break
    await listening.aclose()
    return seqs


def test_every_event_is_heard_once_and_in_order_by_early_and_late_listeners(tmp_path: Path) -> None:
    at = studio(tmp_path)
    run_id = at.start(Brief(topic="trees"))
    for number in range(30):
        tell(at, run_id, number)
    feeds = Feeds(lambda: at)

    async def story() -> tuple[list[int], list[int]]:
        async with asyncio.timeout(10):
            early = asyncio.create_task(heard(feeds, run_id, 0, 61))
            for number in range(30):
                await asyncio.to_thread(tell, at, run_id, number)
            return await asyncio.gather(early, heard(feeds, run_id, 20, 61))

    early, late = ThreadPoolExecutor().submit(asyncio.run, story()).result()
    assert early == list(range(1, 62))
    assert late == list(range(21, 62))
    assert feeds.listeners(run_id) == 0


def test_an_unknown_run_has_no_frame(tmp_path: Path) -> None:
    assert frame(studio(tmp_path), "nosuch", 0) is None


def test_a_change_of_state_is_told_without_any_event(tmp_path: Path) -> None:
    at = studio(tmp_path)
    run_id = at.start(Brief(topic="trees"))

    async def story() -> str:
        async with asyncio.timeout(10):
            listening = Feeds(lambda: at).listen(run_id, 0)
            async for told in listening:
                if told["status"] == "failed":
                    await listening.aclose()
                    return str(told["status"])
                at.store.runs.set(run_id, status="failed")
        return ""

    assert ThreadPoolExecutor().submit(asyncio.run, story()).result() == "failed"


class Failing(Studio):
    """A database that cannot be read for a while."""

    fails = False

    def last_seq(self, run_id: str) -> int:
        if self.fails:
            raise StoreError("The database said: locking protocol.", remedy="Look again.")
        return super().last_seq(run_id)


def test_where_the_looking_breaks_nobody_listens_to_silence(tmp_path: Path) -> None:
    at = Failing(load({}, {}, data=tmp_path))
    run_id = at.start(Brief(topic="trees"))
    feeds = Feeds(lambda: at)

    async def story() -> list[int]:
        async with asyncio.timeout(10):
            listening = [asyncio.create_task(heard(feeds, run_id, 0, 2)) for _ in range(2)]
            while feeds.listeners(run_id) < 2:
                await asyncio.sleep(0.01)
            at.fails = True
            assert await asyncio.gather(*listening) == [[1], [1]]
            assert feeds.listeners(run_id) == 0
            at.fails = False
            again = asyncio.create_task(heard(feeds, run_id, 1, 2))
            await asyncio.to_thread(tell, at, run_id, 1)
            return await again

    assert ThreadPoolExecutor().submit(asyncio.run, story()).result() == [2]


def test_a_browser_whose_feed_broke_is_told_so_that_it_asks_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GALLEY_DATA", str(tmp_path))
    at = Failing(load({}, {}, data=tmp_path))
    run_id = at.start(Brief(topic="trees"))
    monkeypatch.setattr(app, "feeds", Feeds(lambda: at))
    served = Starlette(routes=[WebSocketRoute("/api/runs/{run}/ws", app.run_feed)])
    address = f"/api/runs/{run_id}/ws?after=0&token={ticket.issue(tmp_path, run_id)}"
    with TestClient(served) as client, client.websocket_connect(address, headers={"origin": "http://testserver"}) as ws:
        assert [event["seq"] for event in ws.receive_json()["events"]] == [1]
        at.fails = True
        with pytest.raises(WebSocketDisconnect):
            list(iter(ws.receive_json, None))
