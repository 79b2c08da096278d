"""How far a run is: never backwards, and honest about what was cut short."""

from pathlib import Path

from core.models import Brief, SentenceKind, Status
from core.progress import progress, steps
from core.store import Store
from tests.agents.small_house import House, house, new_house, samples

__all__ = ["house", "new_house", "samples"]


def test_progress_grows_to_the_end(house: House):
    run_id = house.start(autopilot=True, target="site")
    shown = [house.studio.progress(run_id).fraction]
    house.work(run_id)
    run, store = house.run(run_id), house.studio.store
    at = progress(store, run)
    assert shown == [0.0]
    assert at.fraction == 1.0
    assert at.elapsed_s > 0
    claims = [s for s in house.draft(run_id).sentences if s.kind is SentenceKind.CLAIM]
    assert at.counts["supported"] == at.counts["judged"] >= len(claims) > 10, "judged again after a change counts again"
    assert at.counts["sentences"] == len(house.draft(run_id).sentences)
    assert at.counts["questions"] == len({e.data["question_id"] for e in house.events(run_id, "searching")})


def test_every_step_is_shown_once_with_its_time(house: House):
    run_id = house.start(autopilot=True)
    house.work(run_id)
    views = steps(house.studio.store, run_id)
    assert [view.seq for view in views] == sorted(view.seq for view in views)
    assert len({view.key for view in views}) == len(views)
    assert {view.status for view in views} == {"done"}
    assert all(view.seconds is not None and view.events > 0 for view in views)


def test_a_step_that_a_failure_cut_short_is_not_shown_as_running(tmp_path: Path):
    store = Store(tmp_path / "galley.db")

    run_id = store.runs.add(Brief(topic="tides"))
    store.events.add(run_id, "step_started", "plan", {"key": "plan:0", "label": ""})
    store.runs.set(run_id, status=Status.RUNNING)
    assert [view.status for view in steps(store, run_id)] == ["running"]
    store.runs.set(run_id, status=Status.FAILED)
    assert [view.status for view in steps(store, run_id)] == ["cut short"]
