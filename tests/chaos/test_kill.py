"""What is killed in the middle loses nothing and does nothing twice."""

from collections.abc import Callable
from pathlib import Path

from core.models import Status
from tests.agents.small_house import House, check_story
from tests.chaos.counting import CountingModel, count
from tests.chaos.kill import Part, rampage
from tests.chaos.product import EVERYTHING, SERVE, kill, start_worker, wait_until


def test_killed_while_a_person_thinks_while_it_reads_and_while_it_writes(new_house: Callable[..., House]):
    with CountingModel(tokens_per_s=120, first_token_s=0.3) as server:
        house = new_house(
            base_url=server.base_url, default_model="scripted-large", budget_usd=None, request_timeout_s=30.0
        )
        run_id = house.start(target="site")

        def status(*wanted: Status) -> Callable[[], bool]:
            return lambda: house.run(run_id).status in wanted

        worker = start_worker(house.data)
        try:
            wait_until(status(Status.PLAN, Status.FAILED), 30, "the plan")
            kill(worker)
            assert house.run(run_id).status is Status.PLAN, "the approval waits on"
            house.studio.decide(run_id, "approve_plan", by="Ada")

            worker = start_worker(house.data)
            wait_until(lambda: house.events(run_id, "reading", "read"), 30, "a page")
            kill(worker)
            worker = start_worker(house.data)
            wait_until(lambda: house.events(run_id, "text"), 30, "the first words")
            kill(worker)
            assert house.run(run_id).status is Status.RUNNING

            server.tokens_per_s = None
            worker = start_worker(house.data)
            wait_until(status(Status.REVIEW, Status.FAILED), 40, "the desk")
            house.studio.decide(run_id, "publish", by="Ada", data={"target": "site", "reason": "For the test."})
            wait_until(status(Status.PUBLISHED, Status.FAILED), 20, "the publication")
        finally:
            kill(worker)
        run = house.run(run_id)
        assert run.status is Status.PUBLISHED, run.error
        assert run.attempt >= 4
        assert house.events(run_id, "step_redone"), "what was cut short is told"
        assert len(house.events(run_id, "planned")) == 1
        assert len(house.events(run_id, "decided")) == 2, "each decision is acted on once"
        check_story(house.events(run_id))
        counted = count(house.studio, [run_id], server)
        assert (counted.steps_twice, counted.calls_twice, counted.paid_beyond) == (0, 0, 0)
        assert (counted.published_twice, counted.events_lost, counted.money_apart) == (0, 0, 0)
        assert len(house.site()) == 1


def test_the_whole_product_killed_in_parts_and_at_once(tmp_path: Path):
    part = Part(2, {"worker": 1, "studio": 1, SERVE: 1, EVERYTHING: 1})
    counted = rampage(part, seed=1, folder=tmp_path, say=print, longest_pause_s=1.0)
    assert counted.clean, counted
    assert counted.runs >= 2
