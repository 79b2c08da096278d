"""Pages are read until there are enough, and one that hangs holds nobody up."""

import threading
from collections.abc import Callable, Iterator

import pytest

from core.agents import pages, researcher
from core.agents.pages import AT_ONCE, read_until
from core.errors import ReadError
from core.models import Hit
from core.wiring import context_for
from tests.agents.small_house import House
from tests.reading.site import Site

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
