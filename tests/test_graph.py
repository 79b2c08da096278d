"""The graph between agents and LangGraph: what was finished is not done again."""

from typing import Any

import pytest
from langgraph.checkpoint.sqlite import SqliteSaver

from core.agents import planner
from core.graph import StaleDecision, advance, build, open_checkpoints, taken_up
from core.models import Status
from core.wiring import context_for
from core.worker import Worker
from tests.agents.small_house import House, check_story, house, new_house, samples

__all__ = ["house", "new_house", "samples"]


class Killed(BaseException):
    """Stands for the end of the process: nothing in Galley catches it."""


def dying_checkpoints(house: House, when: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The process dies where the result of a step is about to be checkpointed."""
    left = [when]

    def fall(saver: Any, config: Any, writes: Any, *rest: Any) -> None:
        names = {channel for channel, _ in writes}
        if left and when in names:
            left.pop()
            raise Killed(when)
        return kept(saver, config, writes, *rest)

    kept = SqliteSaver.put_writes
    monkeypatch.setattr(SqliteSaver, "put_writes", fall)
    return left


def test_a_step_that_was_told_as_finished_is_not_done_again_when_the_crash_came_before_its_checkpoint(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    run_id = house.start()
    claimed = house.process.store.runs.claim("the first")
    left = dying_checkpoints(house, "plan_id", monkeypatch)
    graph = build(open_checkpoints(house.process.settings.database))
    with pytest.raises(Killed):
        advance(graph, context_for(claimed, house.process), None)
    assert not left
    assert len(house.events(run_id, "step_finished")) == 1
    house.process.store.runs.release(run_id, claimed.attempt)

    monkeypatch.setattr(planner, "_first_look", lambda context: pytest.fail("the plan is made twice"))
    assert house.work(run_id).status is Status.PLAN
    assert len(house.events(run_id, "planned")) == 1
    check_story(house.events(run_id))


def test_a_decision_is_acted_on_once_though_the_worker_died_before_it_could_say_so(house: House):
    run = house.to_review()
    decisions = house.process.store.decisions
    handled = decisions.of_run(run.id)[0].id
    graph = build(open_checkpoints(house.process.settings.database))
    assert taken_up(graph, run.id) == handled
    house.row("UPDATE decisions SET handled_at = NULL WHERE id = ?", handled)
    before = house.studio.last_seq(run.id)
    assert house.work(run.id).status is Status.REVIEW
    told = [event.kind for event in house.studio.events(run.id, before)]
    assert "decided" not in told
    assert "step_started" not in told
    assert not decisions.open(run.id)


def test_a_decision_that_nothing_waits_for_is_stale(house: House):
    run_id = house.start()
    claimed = house.process.store.runs.claim("a worker")
    graph = build(open_checkpoints(house.process.settings.database))
    with pytest.raises(StaleDecision):
        advance(graph, context_for(claimed, house.process), {"kind": "publish", "id": 1})
    house.process.store.runs.release(run_id, claimed.attempt)
    assert house.work(run_id).status is Status.PLAN


def test_the_state_stays_small(house: House):
    run = house.to_review()
    size, steps = house.row("SELECT sum(length(checkpoint)), count(*) FROM checkpoints WHERE thread_id = ?", run.id)
    assert steps == 1, "a run that rests keeps the last alone"
    assert size < 6_000, "ids and decisions, never text"


def test_a_step_that_fails_keeps_what_came_before(house: House, monkeypatch: pytest.MonkeyPatch):
    from core.agents import synthesizer
    from core.errors import LanguageError

    def no_words(*_: object) -> None:
        raise LanguageError("The model is out of words.", remedy="Wait.")

    kept = synthesizer.evidence_block
    run_id = house.start(autopilot=True)
    monkeypatch.setattr(synthesizer, "evidence_block", no_words)
    run = house.work(run_id)
    assert run.status is Status.FAILED
    assert run.error == {"kind": "LanguageError", "message": "The model is out of words.", "remedy": "Wait."}
    assert house.events(run_id)[-1].kind == "failed"
    read = len(house.events(run_id, "read"))
    monkeypatch.setattr(synthesizer, "evidence_block", kept)
    house.studio.resume(run_id)
    assert house.work(run_id).status is Status.FINISHED
    assert len(house.events(run_id, "read")) == read, "nothing is read again"
    assert len(house.events(run_id, "planned")) == 1
    check_story(house.events(run_id))


def test_a_fault_of_ours_ends_one_run_with_words(house: House, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(planner, "_first_look", lambda context: 1 / 0)
    run_id = house.start()
    worker = Worker(house.process)
    worker.restrict((run_id,))
    worker.work()
    run = house.run(run_id)
    assert run.status is Status.FAILED
    assert "ZeroDivisionError" in run.error["message"]
    assert "Resume" in run.error["remedy"]
