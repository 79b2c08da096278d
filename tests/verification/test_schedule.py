"""When articles are looked at again: in time, once, whatever happens to workers and clocks."""

import threading
import time
from datetime import datetime

import pytest

from core.verification.schedule import check_due
from core.worker import Worker
from tests.agents.small_house import House
from tests.verification.living_site import LivingSite

DAY = 86_400.0
Published = tuple[House, str]


@pytest.fixture
def start(published: Published) -> float:
    """When the article was published, in seconds since 1970."""
    return time.time()


def due(published: Published, now: float) -> bool:
    return check_due(published[0].process, "w", clock=lambda: now) is not None


def test_a_published_article_is_looked_at_every_week(published: Published, start: float):
    assert not due(published, start + 6.9 * DAY)
    assert due(published, start + 7.1 * DAY)
    assert not due(published, start + 7.2 * DAY)
    assert due(published, start + 14.2 * DAY)


def test_the_days_between_are_a_setting_and_none_means_only_when_asked(published: Published, start: float):
    house, run_id = published
    house.studio.save_settings({"recheck_days": 1.0})
    assert due(published, start + 1.1 * DAY)
    house.studio.save_settings({"recheck_days": 0.0})
    assert not due(published, start + 400 * DAY)
    house.studio.store.watches.ask(run_id, by="Ada")
    assert due(published, start + 400 * DAY)
    assert house.studio.store.watches.of_run(run_id)[0].by == "Ada"
    assert not due(published, start + 401 * DAY)


def test_what_is_taken_down_or_deleted_is_left_alone(published: Published, start: float):
    house, run_id = published
    house.studio.delete(run_id)
    assert not due(published, start + 8 * DAY)
    house.studio.restore(run_id)
    house.decide(run_id, "unpublish", target="site")
    assert not due(published, start + 8 * DAY)


def test_one_of_two_workers_takes_it_and_another_when_the_first_dies(published: Published, start: float):
    watches = published[0].studio.store.watches
    now = start + 8 * DAY
    assert watches.claim("first", now=now, every_days=7)
    assert watches.claim("second", now=now + 1, every_days=7) is None
    assert watches.claim("second", now=now + 601, every_days=7) == (published[1], "schedule")


def test_a_worker_that_is_stopped_gives_it_back(published: Published, start: float):
    house, _ = published
    now = start + 8 * DAY
    assert check_due(house.process, "w", stopped=lambda: True, clock=lambda: now)
    assert house.studio.store.watches.claim("other", now=now + 1, every_days=7)


def test_a_clock_that_jumped_neither_stops_nor_floods(published: Published, start: float):
    assert due(published, start + 8 * DAY + 3650 * DAY), "ten years ahead"
    assert due(published, start + 9 * DAY), "back again: a time in the future counts for nothing"
    assert not due(published, start + 9.5 * DAY)
    watches = published[0].studio.store.watches
    assert watches.claim("dead", now=start + 3650 * DAY, every_days=7)
    assert watches.claim("alive", now=start + 17 * DAY, every_days=7), "a lease from a wrong clock holds nobody"


def test_when_nobody_answered_it_is_tried_the_next_day_then_ever_later(
    published: Published, start: float, site: LivingSite
):
    site.go_down(published[0])
    now = start + 7.1 * DAY
    waits = []
    for _ in range(5):
        assert due(published, now)
        watch = published[0].studio.store.watches.watch(published[1], now=now, every_days=7)
        next_ = datetime.fromisoformat(watch.due_at).timestamp()
        waits.append(round((next_ - now) / DAY))
        now = next_ + 1
    assert waits == [1, 2, 4, 7, 7]


def test_the_watch_tells_when_it_was_and_will_be_looked_at(published: Published, start: float):
    watches = published[0].studio.store.watches
    first = watches.watch(published[1], now=start, every_days=7)
    assert first.checked_at is None
    assert first.due_at is not None
    assert not first.working
    watches.ask(published[1], by="Ada")
    assert watches.watch(published[1], now=start, every_days=7).working
    assert due(published, start + DAY)
    after = watches.watch(published[1], now=start + DAY, every_days=7)
    assert after.checked_at is not None
    assert not after.working
    assert watches.watch("r00000000", now=start, every_days=7) is None


def test_a_worker_looks_by_itself(published: Published):
    house, run_id = published
    house.studio.store.watches.ask(run_id, by="Ada")
    worker = Worker(house.process)
    working = threading.Thread(target=worker.work)
    working.start()
    try:
        until = time.monotonic() + 20
        while not house.studio.store.watches.of_run(run_id) and time.monotonic() < until:
            threading.Event().wait(0.05)
    finally:
        worker.stop()
        working.join()
    assert house.studio.store.watches.of_run(run_id)[0].counts == {"current": 15}
