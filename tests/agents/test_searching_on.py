"""A second search that was cut short is gone on with: what was asked for it is not asked again in other words."""

import json
import random
import threading
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

from core.models import Status
from tests.agents.small_house import House, open_house
from tests.reading.site import Site, Visit
from tests.scripted.answers import Messages, plausible, wanted_schema
from tests.scripted.model_server import ScriptedModel

TOPIC = "Aldermoor river barrier"
SYLLABLES = ("ba", "do", "ki", "lu", "me", "no", "ra", "su", "te", "vi")
THIN = 4
"""Of the plan's five questions, those that nothing on the web answers."""


class Web(Site):
    """A search engine with one page at first; a second search finds another for each query, and one that all share.

    Args:
        held: the pass, from 1, whose shared page does not answer until it is let go.
    """

    def __init__(self, held: int | None) -> None:
        super().__init__()
        self.let_go = threading.Event()
        self.on("/search", self._search)
        self.html("/first", page("The barrier", 0))
        for number in (1, 2):
            body = page(f"The keeper's diary {number}", number)
            if number == held:
                self.on(f"/shared{number}", lambda visit, body=body: self._in_time(visit, body))
            else:
                self.html(f"/shared{number}", body)

    def _search(self, visit: Visit) -> None:
        query = visit.query["q"]
        paths = ["/first"]
        if "again" in query:
            number, seed = query.split()[-2:]
            self.html(f"/{seed}", page(f"Chapter {seed}", int(seed)))
            paths = [f"/{seed}", f"/shared{number}"]
        results = [{"url": self.url + path, "title": path, "content": TOPIC} for path in paths]
        visit.say(200, {"content-type": "application/json"}, json.dumps({"results": results}).encode())

    def _in_time(self, visit: Visit, body: str) -> None:
        self.let_go.wait(30)
        visit.say(200, {"content-type": "text/html; charset=utf-8"}, body.encode())


def page(title: str, seed: int) -> str:
    """A page on the topic, in words that no other has."""
    chance = random.Random(seed)
    words = ["".join(chance.sample(SYLLABLES, 3)) for _ in range(60)]
    lines = "".join(f"<p>The {TOPIC} has a {' and a '.join(chance.sample(words, 6))}.</p>" for _ in range(12))
    return f"<html lang=en><head><title>{title}</title></head><body><main><h1>{title}</h1>{lines}</main></body></html>"


def asking_on(messages: Messages, response_format: dict[str, Any] | None) -> str:
    """As the scripted model answers; what it would search for next depends on all that it is told."""
    schema = wanted_schema(messages, response_format)
    if schema and schema.get("title") == "QueriesAnswer":
        words = messages[-1]["content"]
        return json.dumps({"queries": [f"{TOPIC} again {words.count('again') + 1} {crc32(words.encode())}"]})
    return plausible(messages, response_format)


@pytest.mark.usefixtures("new_house")
@pytest.mark.parametrize("number", [1, 2])
def test_a_second_search_that_was_cut_short_is_asked_for_once(tmp_path: Path, number: int):
    web = Web(held=number)
    try:
        with ScriptedModel(answer=asking_on) as server:
            house = open_house(  # with an empty library: what is rare, and so what is thin, depends on all that is held
                tmp_path / "data", None, base_url=server.base_url, default_model="scripted-large", budget_usd=None,
                allow_private_addresses=True, searxng_url=web.url,
            )  # fmt: skip
            run_id = house.start(TOPIC, engines=("searxng",), autopilot=True)
            house.work_until(
                run_id, lambda: web.visits[f"/shared{number}"] and _chapters(house, run_id) == THIN * number
            )
            before = _asked(server)
            web.let_go.set()
            run = house.work(run_id)
            asked = _asked(server)
    finally:
        web.close()
    assert run.status is Status.FINISHED
    assert run.attempt == 2
    told = house.events(run_id, "searched_again")
    assert sorted(event.data["round"] for event in told) == [1] * THIN + [2] * THIN
    assert len(before) == THIN * number
    assert len(asked) == len(set(asked)) == len(told), "one request for each question in each pass"
    searched = [query for event in house.events(run_id, "searching") for query in event.data["queries"]]
    kept = {evidence.question_id: evidence.queries for evidence in house.studio.evidence(run_id)}
    assert {query for query in searched if "again" in query} <= {q for queries in kept.values() for q in queries}


def _asked(server: ScriptedModel) -> list[str]:
    """The requests for what to search for next."""
    bodies = [received.body["messages"][-1]["content"] for received in server.requests]
    return [body for body in bodies if "Already searched for" in body]


def _chapters(house: House, run_id: str) -> int:
    """Pages read that were found for one query alone."""
    return sum(event.data["title"].startswith("Chapter") for event in house.events(run_id, "read"))
