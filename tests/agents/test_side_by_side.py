"""Several runs, workers and threads at once: none spoils another's work."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.errors import ConflictError
from core.judging.words import stem as stem_of_judge
from core.language.composing.terms import stem as stem_of_composer
from core.models import Status
from core.reading.filter import _stem as stem_of_reader
from core.worker import Worker
from tests.agents.small_house import House, check_story

ENDINGS = ("ation", "ational", "ing", "edly", "iveness", "ies", "ment", "ously", "fulness", "ization")
WORDS = [f"{chr(97 + i % 26)}{chr(97 + i // 26 % 26)}temper{ending}" for i in range(400) for ending in ENDINGS]


@pytest.mark.parametrize(
    ("stem", "cache"),
    [
        (stem_of_judge, stem_of_judge),
        (lambda word: stem_of_reader(word, "en"), stem_of_reader),
        (stem_of_composer, stem_of_composer),
    ],
)
def test_words_have_the_same_stems_however_many_threads_ask(stem: Callable[[str], str], cache: Callable[..., str]):
    cache.cache_clear()
    alone = [stem(word) for word in WORDS]
    cache.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        together = [list(pool.map(stem, WORDS[start::8])) for start in range(8)]
    assert [stems for start in range(8) for stems in together[start]] == [
        one for start in range(8) for one in alone[start::8]
    ]


def test_of_many_people_who_approve_at_once_one_is_heard(house: House):
    run_id = house.start()
    house.work(run_id)
    together = threading.Barrier(8)

    def approve(person: int) -> bool:
        together.wait()
        try:
            house.studio.decide(run_id, "approve_plan", by=str(person))
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(approve, range(8))) == 1
    assert house.work(run_id).status is Status.REVIEW
    check_story(house.events(run_id))


def test_two_workers_never_work_on_one_run(house: House):
    ids = [
        house.start(topic, autopilot=True) for topic in ("Do street trees cool a hot city?", "Is napping at work good?")
    ]
    workers = [Worker(house.process) for _ in range(3)]
    for worker in workers:
        worker.restrict(tuple(ids))
    threads = [threading.Thread(target=worker.work) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for run_id in ids:
        assert len(house.events(run_id, "run_claimed")) == 1
        assert house.run(run_id).status is Status.FINISHED
        check_story(house.events(run_id))
