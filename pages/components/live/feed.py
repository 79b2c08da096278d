"""The live feed: one reader of the database for each watched run, any number of listeners.

A listener gets frames: `{"events": [...], "draft": {...}|None, "progress": {...},
"status": "running", "cost": 0.0, "unpriced": 0}`. Events are replayed from the log and then told as they
come, each exactly once and in order, at most ten frames a second. Where looking breaks, the
feed ends for all who listen, who ask again: nobody listens to silence. Reading is polling, since
the engine is another process and SQLite has no notification; one look costs microseconds
and happens in a thread, so the server's loop never waits for the disk.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from dataclasses import asdict
from typing import Any

from core.errors import GalleyError
from core.events import Kind
from core.models import Event
from core.studio import Studio

LOOK_S = 0.05
FRAME_S = 0.1
"""Ten frames a second: faster cannot be read, and text comes a piece at a time."""
PULSE_S = 1.0
"""How often status and progress are looked at when no event comes (a worker can die silently)."""
MOST = 2000
"""Events read at once; a longer log takes several frames."""

Frame = dict[str, Any]
_LOG = logging.getLogger("galley.studio")


def draft_as_data(studio: Studio, draft_id: int) -> dict[str, Any]:
    """A draft as the browser draws it: sections of sentences with the verdicts there are."""
    draft = studio.draft(draft_id)
    return {
        "id": draft.id,
        "version": draft.version,
        "title": draft.title,
        "sections": [
            {
                "heading": section.heading,
                "sentences": [
                    {
                        "id": sentence.id,
                        "text": sentence.text,
                        "kind": str(sentence.kind),
                        "paragraph": sentence.paragraph,
                        "label": str(sentence.verdict.label) if sentence.verdict else None,
                        "cites": [citation.number for citation in sentence.citations],
                    }
                    for sentence in section.sentences
                ],
            }
            for section in draft.sections
        ],
    }


def frame(studio: Studio, run_id: str, after: int, *, most: int = MOST) -> Frame | None:
    """What happened after `after`, with where the run stands; None for an unknown run."""
    run = studio.run(run_id)
    if run is None:
        return None
    events = studio.events(run_id, after=after, limit=most)
    drafted = [event.data["draft_id"] for event in events if _shows_draft(event)]
    progress = studio.progress(run_id)
    return {
        "events": [_as_data(event) for event in events],
        "draft": draft_as_data(studio, drafted[-1]) if drafted else None,
        "progress": {**asdict(progress), "left_s": list(progress.left_s) if progress.left_s else None},
        "status": str(run.status),
        "cost": run.cost_usd,
        "unpriced": run.unpriced,
        "budget": run.brief.budget_usd,
        "tokens": run.tokens_in + run.tokens_out,
    }


def _shows_draft(event: Event) -> bool:
    """Whether the event makes another draft the present one; a revision that was no better does not."""
    return event.kind == Kind.DRAFTED or (event.kind == Kind.REVISED and bool(event.data.get("kept")))


def _as_data(event: Event) -> dict[str, Any]:
    return {"seq": event.seq, "at": event.at, "kind": str(event.kind), "step": event.step, "data": event.data}


class _Watched:
    """One run that somebody watches: a task that looks, and the queues of those who listen."""

    def __init__(self) -> None:
        self.queues: set[asyncio.Queue[Frame | None]] = set()
        """None: nobody looks any more."""
        self.task: asyncio.Task[None] | None = None


class Feeds:
    """All watched runs of this process."""

    def __init__(self, studio: Callable[[], Studio]) -> None:
        self._studio = studio
        self._watched: dict[str, _Watched] = {}

    def listeners(self, run_id: str) -> int:
        """How many listen to a run now."""
        return len(self._watched[run_id].queues) if run_id in self._watched else 0

    async def listen(self, run_id: str, after: int) -> AsyncGenerator[Frame, None]:
        """Frames from event `after` on, for as long as the caller asks and the run can be looked at."""
        queue: asyncio.Queue[Frame | None] = asyncio.Queue()
        watched = self._watched.setdefault(run_id, _Watched())
        watched.queues.add(queue)
        try:
            last = after
            while True:  # replay from the log, several frames when it is long
                first = await asyncio.to_thread(frame, self._studio(), run_id, last)
                if first is None:
                    return
                yield first
                if not first["events"]:
                    break
                last = first["events"][-1]["seq"]
            if watched.task is None:
                watched.task = asyncio.create_task(self._watch(run_id, last, watched))
            while (told := await queue.get()) is not None:
                fresh = [event for event in told["events"] if event["seq"] > last]
                if told["events"] and fresh and fresh[0]["seq"] != last + 1:
                    told = await asyncio.to_thread(frame, self._studio(), run_id, last) or told
                    fresh = told["events"]
                last = fresh[-1]["seq"] if fresh else last
                yield {**told, "events": fresh}
        finally:
            watched.queues.discard(queue)
            if not watched.queues:
                self._watched.pop(run_id, None)
                if watched.task:
                    watched.task.cancel()

    async def _watch(self, run_id: str, last: int, watched: _Watched) -> None:
        try:
            await self._look(run_id, last, watched)
        except GalleyError as error:
            _LOG.warning("the feed of %s broke off: %s", run_id, error)
        finally:
            watched.task = None
            for queue in watched.queues:
                queue.put_nowait(None)

    async def _look(self, run_id: str, last: int, watched: _Watched) -> None:
        loop = asyncio.get_running_loop()
        pulse = loop.time() + PULSE_S
        while True:
            await asyncio.sleep(LOOK_S)
            newest = await asyncio.to_thread(self._studio().last_seq, run_id)
            if newest == last and loop.time() < pulse:
                continue
            told = await asyncio.to_thread(frame, self._studio(), run_id, last)
            if told is None:
                return
            if told["events"]:
                last = told["events"][-1]["seq"]
            for queue in watched.queues:
                queue.put_nowait(told)
            pulse = loop.time() + PULSE_S
            await asyncio.sleep(FRAME_S - LOOK_S)
