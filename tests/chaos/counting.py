"""What became of runs that were killed at: one count, in which everything but the first figures should be 0."""

import asyncio
import json
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, fields
from typing import Any, Self

from core.models import Event, Run, Status
from core.studio import Studio
from tests.scripted.model_server import ScriptedModel

FINISHED = (Status.PUBLISHED, Status.FINISHED, Status.GATE, Status.REVIEW)


class CountingModel(ScriptedModel):
    """Counts the good answers that went out whole, by what was asked."""

    def __enter__(self) -> Self:
        self.delivered: Counter[str] = Counter()
        self.asked: dict[str, str] = {}
        """Prompt hash -> the words of the request."""
        super().__enter__()
        self._loop.call_soon_threadsafe(self._loop.set_exception_handler, unless_cut)
        return self

    async def _reply(self, outcome: str, asked: dict[str, Any], prompt: str, writer: Any) -> bool:
        self.asked[prompt] = "\n".join(message["content"] for message in asked["messages"])
        whole = await super()._reply(outcome, asked, prompt, writer)
        self.delivered[prompt] += whole and outcome == "ok"
        return whole


def unless_cut(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """A killed caller's connection is reset, which is what this is about and no news."""
    if not isinstance(context.get("exception"), ConnectionError):
        loop.default_exception_handler(context)


@dataclass(frozen=True)
class Count:
    """What became of the runs; everything after `in_flight` should be 0."""

    runs: int
    finished: int
    in_flight: int
    """Requests that were under way at a kill, or at the stop in order that follows where serve is killed: sent, never
    written down as answered; asked again."""
    steps_twice: int
    calls_twice: int
    """Requests that were answered, written down, and paid for again."""
    paid_beyond: int
    """Whole answers given again by the server, though no kill fell between the answer and its being written down."""
    fetched_twice: int
    """Pages fetched again although they were kept."""
    published_twice: int
    events_lost: int
    """Runs whose story has a gap, a number twice, or a time that goes back; or of which a viewer saw another story."""
    money_apart: int
    """Runs whose row says other tokens than their calls."""

    def __add__(self, other: "Count") -> "Count":
        return Count(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    @property
    def clean(self) -> bool:
        """All finished, nothing lost and nothing done twice."""
        zero = [getattr(self, one.name) for one in fields(self)[3:]]
        return self.finished == self.runs and not any(zero)


def count(
    studio: Studio, run_ids: list[str], server: CountingModel, *, fetched_twice: int = 0, seen_wrong: int = 0
) -> Count:
    with closing(sqlite3.connect(studio.store.database.path)) as c:
        twice = c.execute(
            "SELECT count(*) FROM (SELECT key FROM calls WHERE status = 'done' GROUP BY key HAVING count(*) > 1)"
        ).fetchone()[0]
        cut_short = "SELECT text FROM calls JOIN texts ON hash = request_hash WHERE status IN ('sent', 'abandoned')"
        sent = [json.loads(text)["user"] for (text,) in c.execute(cut_short)]
    found = [existing(studio, run_id) for run_id in run_ids]
    stories = [studio.events(run.id, limit=100_000) for run in found]
    keys = [Counter(e.data["key"] for e in story if e.kind == "step_finished") for story in stories]
    return Count(
        runs=len(found), finished=sum(run.status in FINISHED for run in found), in_flight=len(sent),
        steps_twice=sum(times - 1 for key in keys for times in key.values()), calls_twice=twice,
        paid_beyond=_beyond(server, sent), fetched_twice=fetched_twice,
        published_twice=sum(_published_twice(studio, run.id) for run in found) + _posts_too_many(studio, found),
        events_lost=sum(not _in_order(story) for story in stories) + seen_wrong,
        money_apart=sum(_apart(studio, run) for run in found),
    )  # fmt: skip


def _beyond(server: CountingModel, sent: list[str]) -> int:
    """Answers given again, less one for each request with the same words that was cut short."""
    again = {prompt: times - 1 for prompt, times in server.delivered.items() if times > 1}
    return sum(max(0, n - sum(words in server.asked[prompt] for words in sent)) for prompt, n in again.items())


def _in_order(story: list[Event]) -> bool:
    """Numbered from 1 without a gap, and never back in time."""
    times = [event.at for event in story]
    return [event.seq for event in story] == list(range(1, len(story) + 1)) and times == sorted(times)


def _published_twice(studio: Studio, run_id: str) -> bool:
    rows = studio.publications(run_id)
    return len(rows) > 1 or any(row.version > 1 for row in rows)


def _posts_too_many(studio: Studio, runs: list[Run]) -> int:
    """Pages on the site beyond one for each published run."""
    posts = len(list((studio.settings.data / "site" / "posts").glob("*/index.html")))
    return max(0, posts - sum(any(row.public for row in studio.publications(run.id)) for run in runs))


def _apart(studio: Studio, run: Run) -> bool:
    calls = [call for call in studio.calls(run.id) if call.status not in ("replayed", "sent")]
    return (run.tokens_in, run.tokens_out) != (sum(c.tokens_in for c in calls), sum(c.tokens_out for c in calls))


def existing(studio: Studio, run_id: str) -> Run:
    run = studio.run(run_id)
    assert run is not None
    return run
