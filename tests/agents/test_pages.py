"""Pages are read until there are enough, and one that hangs holds nobody up."""

import threading
from collections.abc import Callable, Iterator

import pytest

from core.agents import pages, researcher
from core.agents.pages import AT_ONCE, Enough, read_until
from core.errors import ReadError
from core.models import Hit, Question
from core.wiring import context_for
from tests.agents.small_house import House
from tests.reading.site import Site, Visit

HITS = [Hit(url=f"https://site{n}.example/", title="", engine="web", rank=n) for n in range(40)]


@pytest.fixture
def site() -> Iterator[Site]:
    served = Site()
    yield served
    served.close()


@pytest.fixture
def soon_slow(monkeypatch):
    monkeypatch.setattr(pages, "SLOW_S", 0.05)


class Web:
    """Pages of which some hang until nobody waits for them any more, and some do not serve."""

    def __init__(self, hanging=(), useless=()):
        self.hanging, self.useless = hanging, useless
        self.asked, self.let_go = [], []
        self.down = threading.Event()

    def read(self, hit, enough):
        self.asked.append(hit.rank)
        if hit.rank in self.hanging:
            while not enough() and not self.down.wait(0.01):
                pass
            self.let_go.append(hit.rank)
            return False
        return hit.rank not in self.useless


def test_no_more_pages_are_asked_for_than_are_wanted():
    web = Web()
    assert read_until(6, HITS, web.read) == 6
    assert sorted(web.asked) == list(range(6))


def test_a_page_that_does_not_serve_is_replaced_by_the_next():
    web = Web(useless={0, 3})
    assert read_until(4, HITS, web.read) == 4
    assert sorted(web.asked) == list(range(6))


def test_pages_that_hang_give_their_places_away_and_are_let_go(soon_slow):
    web = Web(hanging={1, 2, 4})
    assert read_until(6, HITS, web.read) == 6
    assert sorted(web.let_go) == [1, 2, 4]


@pytest.fixture
def soon_unusual(monkeypatch):
    """What takes far longer than the others is slow at once; without others to compare with, never."""
    monkeypatch.setattr(pages, "SLOW_S", 60.0)
    monkeypatch.setattr(pages, "QUICK_S", 0.05)


def test_a_page_far_slower_than_the_others_gives_its_place_away_before_any_deadline(soon_unusual):
    web = Web(hanging={1, 4})
    reader = threading.Thread(target=lambda: read_until(6, HITS, web.read))
    reader.start()
    reader.join(20)
    web.down.set()
    assert sorted(web.let_go) == [1, 4]
    assert not reader.is_alive()


def test_the_last_page_there_is_gets_its_time(soon_unusual):
    web = Web(hanging={5})
    reader = threading.Thread(target=lambda: read_until(6, HITS[:6], web.read))
    reader.start()
    reader.join(0.5)
    waited_for = reader.is_alive()
    web.down.set()
    reader.join()
    assert waited_for


def test_a_web_that_hangs_all_over_is_not_asked_for_page_after_page(soon_slow):
    web = Web(hanging=range(40))
    reader = threading.Thread(target=lambda: read_until(6, HITS[: 2 * AT_ONCE], web.read))
    reader.start()
    reader.join(0.5)
    waited_for = reader.is_alive()
    web.down.set()
    reader.join()
    assert waited_for, "too few pages to do without the slow ones"
    assert len(web.asked) == 2 * AT_ONCE


def test_slow_pages_are_not_waited_for_when_half_are_there_and_no_hits_are_left(soon_slow):
    web = Web(hanging={1, 4})
    assert read_until(6, HITS[:5], web.read) == 3
    assert sorted(web.let_go) == [1, 4]


def test_a_page_let_go_for_one_question_is_read_for_another_that_still_wants_it(
    new_house: Callable[..., House], site: Site
):
    house = new_house(allow_private_addresses=True)
    run = house.to_review()
    context = context_for(run, house.process)
    first, second, third = context.store.plans.get(house.row("SELECT max(id) FROM plans")[0]).questions[:3]
    text = "".join(
        f"<p>House {n} saved {n * 7} pounds a year with its heat pump, the council says.</p>" for n in range(40)
    )
    came = threading.Event()

    def slow_once(visit: Visit) -> None:
        if not came.is_set():
            came.set()
            site.closing.wait(20)
        body = f"<html><head><title>Old houses</title></head><body><article>{text}</article></body></html>"
        visit.say(200, {"content-type": "text/html"}, body.encode())

    hit = Hit(url=site.on("/slow", slow_once), engine="pasted")
    had_enough = threading.Event()
    served: dict[int, bool] = {}

    def read(question: Question, enough: Enough) -> None:
        served[question.id] = researcher._read(hit, question, context, enough)

    asking = [threading.Thread(target=read, args=(first, had_enough.is_set))]
    asking[0].start()
    assert came.wait(10)
    asking.append(threading.Thread(target=read, args=(second, lambda: False)))
    asking[1].start()
    had_enough.set()
    for one in asking:
        one.join(20)
    assert served == {first.id: False, second.id: True}
    read(third, lambda: False)
    assert served[third.id], "what was read for one serves the next"
    assert site.visits["/slow"] == 2
    noted = {source.question_id: source.status for source in house.studio.sources(run.id) if source.url == hit.url}
    assert noted == {first.id: "skipped", second.id: "read", third.id: "read"}
    again = context_for(run, house.process)
    assert researcher._read(hit, first, again, lambda: False), "after a crash, it is not fetched again"
    assert site.visits["/slow"] == 2


def test_a_page_without_end_is_read_only_where_a_person_named_it(new_house: Callable[..., House], site: Site):
    text = "".join(
        f"<p>The barrier at Aldermoor keeps {n},400 homes dry in winter {n}, and the river council pays for it out of"
        f" the flood fund that was set up after the storm of year {n}.</p>"
        for n in range(1, 400)
    )
    title = "<title>What the Aldermoor barrier protects</title>"
    url = site.html("/long", f"<!doctype html><html><head>{title}</head><body><article>{text}</article></body></html>")
    house = new_house(allow_private_addresses=True, page_bytes=20_000)
    run = house.to_review("What does the Aldermoor barrier protect?", urls=(url,))
    (named,) = {(source.status, source.reason) for source in house.studio.sources(run.id) if source.url == url}
    assert named == ("read", "")
    context = context_for(run, house.process)
    with pytest.raises(ReadError, match="longer than 0.02 MB"):
        researcher._page(Hit(url=url, engine="searxng"), context, lambda: False)
