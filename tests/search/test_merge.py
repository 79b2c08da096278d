import threading
import time

import pytest

from core.errors import Cancelled, SearchError
from core.models import Hit
from core.search import EngineDown, Outages, search_all
from core.search.duckduckgo import DuckDuckGo
from core.search.merge import merge
from core.search.wikipedia import Wikipedia


class Scripted:
    """An engine that says what it was told to."""

    def __init__(self, name, *urls, error=None, wait=None):
        self.name, self.urls, self.error, self.wait = name, urls, error, wait
        self.asked = []

    def search(self, query, *, limit):
        self.asked.append(query)
        if self.wait:
            self.wait.wait(5)
        if self.error:
            raise self.error
        return [Hit(url=url, engine=self.name, query=query, rank=rank) for rank, url in enumerate(self.urls)][:limit]


def urls(result):
    return [hit.url for hit in result.hits]


DOWN = EngineDown("Cannot reach b.", remedy="Check the network.")
ODD = SearchError("b answered oddly.", remedy="Wait.")


def test_engines_take_turns_and_a_page_found_twice_rises():
    a = Scripted("a", "https://x.example/1", "https://x.example/2", "https://both.example/")
    b = Scripted("b", "https://y.example/1", "https://y.example/2", "http://www.both.example/?utm_source=b#top")
    result = search_all(["q"], [a, b], limit=5)
    assert urls(result) == [
        "https://both.example/",
        "https://x.example/1",
        "https://y.example/1",
        "https://x.example/2",
        "https://y.example/2",
    ]
    assert [hit.rank for hit in result.hits] == [0, 1, 2, 3, 4]
    assert not result.failures


def test_addresses_lose_tracking_but_stay_fetchable():
    result = search_all(["q"], [Scripted("a", "https://x.example/a/?id=7&utm_source=mail&fbclid=1#part")], limit=3)
    assert urls(result) == ["https://x.example/a/?id=7"]


def test_a_page_the_library_holds_keeps_its_snapshot_and_the_better_words():
    web = [Hit(url="https://x.example/", title="Title", snippet="words", engine="web", rank=0)]
    held = [
        Hit(url="https://other.example/", rank=0),
        Hit(url="https://x.example", engine="library", rank=1, snapshot_id=7),
    ]
    hit = merge([web, held])[0]
    assert (hit.engine, hit.title, hit.snapshot_id) == ("web", "Title", 7)


def test_one_engine_fails_the_others_go_on_and_it_is_said_once():
    a, b = Scripted("a", "https://x.example/1"), Scripted("b", error=DOWN)
    outages = Outages()
    result = search_all(["q1", "q2", "q3"], [a, b], limit=5, outages=outages)
    assert urls(result) == ["https://x.example/1"]
    assert result.failures == {"b": DOWN}
    again = search_all(["q4"], [a, b], limit=5, outages=outages)
    assert (again.failures, again.skipped) == ({}, ("b",))
    assert "q4" not in b.asked
    assert "q4" in a.asked


def test_an_engine_that_answers_oddly_is_given_two_more_chances():
    b, outages = Scripted("b", error=ODD), Outages()
    for query in "12345":
        search_all([query], [b], limit=5, outages=outages)
    assert b.asked == ["1", "2", "3"]


def test_an_answer_in_between_takes_the_odd_ones_back():
    outages = Outages()
    for _ in range(5):
        outages.failed("b", ODD)
        outages.failed("b", ODD)
        outages.answered("b")
    assert outages.down("b") is None


def test_the_order_does_not_depend_on_who_answers_first():
    first = threading.Event()

    class Second(Scripted):
        def search(self, query, *, limit):
            hits = super().search(query, limit=limit)
            first.set()
            return hits

    slow = Scripted("slow", "https://slow.example/", wait=first)
    fast = Second("fast", "https://fast.example/")
    assert urls(search_all(["q"], [slow, fast], limit=5)) == ["https://slow.example/", "https://fast.example/"]


def test_an_engine_that_hangs_costs_the_deadline_and_is_reported():
    release = threading.Event()
    began = time.monotonic()
    result = search_all(
        ["q"], [Scripted("a", "https://x.example/"), Scripted("b", wait=release)], limit=5, deadline_s=0.3
    )
    release.set()
    assert time.monotonic() - began < 1.5
    assert urls(result) == ["https://x.example/"]
    assert "within 0.3 seconds" in result.failures["b"].message


def test_a_stopped_run_stops_searching():
    release = threading.Event()
    with pytest.raises(Cancelled):
        search_all(["q"], [Scripted("a", wait=release)], limit=5, cancelled=lambda: True)
    release.set()


def test_sites_to_keep_to_and_to_avoid():
    a = Scripted(
        "a", "https://who.int/1", "https://www.who.int/2", "https://awho.int/3", "library:c/x.md", "https://x.example/"
    )
    assert urls(search_all(["q"], [a], limit=9, allow=["who.int"])) == [
        "https://who.int/1", "https://www.who.int/2", "library:c/x.md",
    ]  # fmt: skip
    assert urls(search_all(["q"], [a], limit=9, deny=["*.who.int", "x.example"])) == [
        "https://awho.int/3",
        "library:c/x.md",
    ]


def test_lists_of_sites_may_be_generators():
    a = Scripted("a", "https://who.int/1", "https://who.int/2")
    assert len(urls(search_all(["q"], [a], limit=9, allow=(site for site in ["who.int"])))) == 2


def test_no_queries_or_engines_find_nothing():
    assert search_all([], [Scripted("a", "https://x.example/")], limit=5).hits == []
    assert search_all(["q"], [], limit=5).hits == []


def test_without_a_network_the_web_engines_say_so_once_and_quickly(client):
    nowhere = "http://127.0.0.1:1"
    engines = [
        DuckDuckGo(fetch=client.get, base_url=nowhere),
        Wikipedia(fetch=client.get, base_url=nowhere),
        Scripted("library", "library:c/x.md"),
    ]
    outages = Outages()
    began = time.monotonic()
    result = search_all(["a", "b", "c"], engines, limit=5, outages=outages)
    assert time.monotonic() - began < 2
    assert urls(result) == ["library:c/x.md"]
    assert set(result.failures) == {"duckduckgo", "wikipedia"}
    assert all("cannot be reached" in error.message and error.remedy for error in result.failures.values())
    assert not search_all(["d"], engines, limit=5, outages=outages).failures
