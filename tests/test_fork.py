"""Branches of a run: what stood before costs nothing, and the original stays as it is."""

from collections.abc import Callable
from typing import Any

import pytest

from core.errors import BriefError
from core.models import Run, Status
from tests.agents.small_house import House, check_story, house, new_house, samples
from tests.scripted.model_server import ScriptedModel

__all__ = ["house", "new_house", "samples"]

MODEL = "gpt-4o-mini"


def picture(house: House, run: Run) -> dict[str, Any]:
    """All that is shown of a run."""
    studio = house.studio
    return {
        "run": studio.run(run.id), "plan": studio.plan(run.id), "evidence": studio.evidence(run.id),
        "sources": studio.sources(run.id), "drafts": studio.drafts(run.id), "events": house.events(run.id),
        "calls": studio.calls(run.id), "draft": house.draft(run.id),
    }  # fmt: skip


def steps_of(house: House, run_id: str) -> list[str]:
    return [event.data["key"].split(":")[0] for event in house.events(run_id, "step_started")]


@pytest.fixture
def asked(new_house: Callable[..., House], monkeypatch: pytest.MonkeyPatch) -> Any:
    """A house with a model that costs money, and its server."""
    monkeypatch.setattr("core.language.prices.on_this_machine", lambda address: False)
    with ScriptedModel(models=(MODEL, "gpt-4o")) as server:
        yield new_house(base_url=server.base_url, default_model=MODEL, budget_usd=None), server


@pytest.mark.parametrize("step", ["write", "judge", "edit"])
def test_a_branch_without_a_change_pays_for_nothing_and_says_the_same(asked: Any, step: str):
    house, server = asked
    run = house.work(house.start(words=300, autopilot=True))
    before, paid = picture(house, run), len(server.requests)

    twin = house.work(house.studio.fork(run.id, step, {}))
    assert twin.status in (Status.FINISHED, Status.GATE), twin.error
    assert len(server.requests) == paid, "upstream and unchanged steps are answered from the ledger"
    assert (twin.cost_usd, twin.fork.run_id, twin.fork.step) == (0.0, run.id, step)
    assert not {"plan", "research", "gather"} & set(steps_of(house, twin.id)), "nothing is searched or read"
    assert [s.text for s in house.draft(twin.id).sentences] == [s.text for s in house.draft(run.id).sentences]
    assert picture(house, run) == before, "the original stays untouched"
    check_story(house.events(twin.id))
    assert [branch.id for branch in house.studio.branches(run.id)] == [twin.id]


def test_another_tone_writes_again_from_the_same_evidence(asked: Any):
    house, server = asked
    run = house.work(house.start(words=300, autopilot=True))
    paid = len(server.requests)
    branch = house.work(house.studio.fork(run.id, "write", {"tone": "formal", "notes": "Name every figure."}))
    prompts = [m["content"] for r in server.requests[paid:] for m in r.body["messages"] if m["role"] == "user"]
    assert any("Tone: formal" in prompt and "Name every figure." in prompt for prompt in prompts)
    assert not any("Plan an article" in prompt for prompt in prompts)
    assert branch.brief.tone == "formal"
    assert house.run(run.id).brief.tone == "neutral"
    evidence = [[i.passage.id for i in e.items] for e in house.studio.evidence(branch.id)]
    assert evidence == [[i.passage.id for i in e.items] for e in house.studio.evidence(run.id)]


def test_a_model_for_one_role_is_asked_for_that_role_alone(asked: Any):
    house, server = asked
    run = house.work(house.start(words=300, autopilot=True))
    paid = len(server.requests)
    branch = house.work(house.studio.fork(run.id, "edit", {"model.editor": "gpt-4o"}))
    new = {call.model for call in house.studio.calls(branch.id) if call.status == "done" and call.role == "editor"}
    assert new == {"gpt-4o"}
    assert {r.body["model"] for r in server.requests[paid:]} >= {"gpt-4o"}


def test_one_question_reworded_is_researched_alone_and_no_held_page_is_read_again(house: House):
    run = house.to_review(words=300)
    plan = house.studio.plan(run.id)
    branch = house.work(
        house.studio.fork(run.id, "research", {"question.2": "What does a heat pump cost to run?", "use.3": "no"})
    )
    assert branch.status is Status.REVIEW, branch.error
    fresh = house.studio.plan(branch.id)
    assert fresh.questions[1].text == "What does a heat pump cost to run?"
    assert fresh.questions[0].text == plan.questions[0].text
    researched = [e.data["key"] for e in house.events(branch.id, "step_started") if e.step == "research"]
    assert researched[0] == f"research:{fresh.questions[1].id}"
    assert steps_of(house, branch.id).count("research") == 1
    held = {s.source_id for s in house.studio.sources(run.id) if s.question_id == plan.questions[0].id}
    assert not held & {event.data["source_id"] for event in house.events(branch.id, "read")}
    assert house.studio.plan(run.id) == plan


def test_evidence_left_out_is_cited_nowhere_and_evidence_put_in_has_a_number(house: House):
    run = house.to_review(words=300)
    evidence = house.studio.evidence(run.id)
    cited = [c.passage_id for s in house.draft(run.id).sentences for c in s.citations]
    out = max(set(cited), key=cited.count)
    into = next(item.passage.id for e in evidence for item in e.items if item.left_out)
    branch = house.work(house.studio.fork(run.id, "write", {"exclude": [out], "include": [into]}))
    items = {item.passage.id: item for e in house.studio.evidence(branch.id) for item in e.items}
    assert items[out].left_out == "left out by a person"
    assert items[into].number > 0
    shown = {i.passage.id for e in house.studio.evidence(branch.id) for i in e.used}
    assert out not in shown
    assert {c.passage_id for s in house.draft(branch.id).sentences for c in s.citations} <= shown | set(items)


def test_a_source_left_out_is_neither_cited_nor_read_again(house: House):
    run = house.to_review(words=300)
    source = house.studio.evidence(run.id)[-1].used[0].passage.source_id
    for step in ("research", "write"):
        branch = house.work(house.studio.fork(run.id, step, {"exclude_source": str(source)}))
        cited = [c.passage_id for s in house.draft(branch.id).sentences for c in s.citations]
        passages = house.studio.passages(cited)
        assert cited
        assert source not in {passage.source_id for passage in passages.values()}, step


def test_another_gate_is_asked_of_the_same_draft(house: House):
    run = house.work(house.start(words=300, autopilot=True))
    branch = house.work(house.studio.fork(run.id, "judge", {"gate": "1.0", "max_revisions": 0}))
    first = house.studio.drafts(branch.id)[-1]
    assert first.version == 1
    assert house.run(branch.id).brief.gate == 1.0
    assert steps_of(house, branch.id)[0] == "judge"
    scored = house.events(branch.id, "scored")[0].data
    assert scored["passed"] is (scored["scorecard"]["faithfulness"] >= 1.0)


def test_a_branch_never_publishes_by_itself(house: House):
    run = house.work(house.start(words=300, autopilot=True, target="site"))
    assert run.status is Status.PUBLISHED
    branch = house.work(house.studio.fork(run.id, "edit", {}))
    assert branch.status is Status.FINISHED
    assert not house.studio.publications(branch.id)


def test_a_branch_of_a_branch_goes_on_from_what_that_one_had(house: House):
    run = house.to_review(words=300)
    first = house.work(house.studio.fork(run.id, "write", {"audience": "engineers"}))
    second = house.work(house.studio.fork(first.id, "review", {}))
    assert second.status is Status.REVIEW
    assert second.fork.run_id == first.id
    assert second.brief.audience == "engineers"
    assert house.studio.markdown(second.draft_id) == house.studio.markdown(first.draft_id)
    assert house.decide(second.id, "publish", targets=["site"], reason="a trial").status is Status.PUBLISHED


def test_from_the_plan_everything_is_made_anew_under_the_changed_brief(house: House):
    run = house.to_review(words=300)
    branch = house.work(house.studio.fork(run.id, "plan", {"topic": "What does a heat pump cost?"}))
    assert branch.status is Status.PLAN
    assert branch.brief.topic == "What does a heat pump cost?"


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("write", {"topic": "tides"}, "used before the step 'write'"),
    ("edit", {"gate": 0.9}, "used before the step 'edit'"),
    ("plan", {"question.1": "Why?"}, "does not stand yet"),
    ("write", {"colour": "red"}, "nothing called 'colour'"),
    ("research", {"question.9": "Why?"}, "no question '9'"),
    ("research", {f"use.{n}": "no" for n in range(1, 5)}, "no question left"),
    ("judge", {"gate": "high"}, "to be a number"),
    ("judge", {"gate": 7}, "makes no sense"),
    ("write", {"exclude": "three"}, "to be numbers"),
    ("write", {"words": 3}, "3 words"),
    ("nowhere", {}, "no finished step 'nowhere'"),
    ("9999", {}, "no finished step '9999'"),
]


def test_a_change_that_would_do_nothing_is_refused_and_leaves_nothing_behind(house: House):
    run = house.to_review(words=600, max_revisions=0)
    assert len(house.studio.plan(run.id).questions) == 4
    for step, changes, words in REFUSED:
        with pytest.raises(BriefError, match=words) as told:
            house.studio.fork(run.id, step, changes)
        assert told.value.remedy
    assert house.studio.runs().total == 1
