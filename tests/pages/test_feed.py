"""A watcher must hear every event once and in order, whenever it joins."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from core.events import Kind
from core.models import Brief
from core.settings import load
from core.studio import Studio
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
