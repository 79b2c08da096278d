"""Branches of a run: what stood before costs nothing, and the original stays as it is."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from core.agents import researcher
from core.agents.evidence import Gathering, passages_for
from core.agents.researcher import read_for
from core.errors import BriefError
from core.models import Document, Hit, Passage, Run, RunSource, Status
from core.wiring import context_for
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


def left_out_branch(house: House, **changes: Any) -> tuple[Run, Passage]:
    """A branch without the passage that its original cited most, or without that passage's source."""
    run = house.to_review(words=300)
    cited = [c.passage_id for s in house.draft(run.id).sentences for c in s.citations]
    out = house.studio.passage(max(set(cited), key=cited.count))
    changes = changes or {"exclude": str(out.id)}
    return house.work(house.studio.fork(run.id, "write", changes)), out


def looked_for(house: House, run: Run, passage: Passage) -> set[int]:
    """Passages found and assembled when what the passage says is searched for once more, from any address."""
    context = context_for(run, house.process)
    question = house.studio.plan(run.id).questions[0]
    read_for(question, [passage.text], context)
    found = {one.passage.id for one in passages_for(passage.text, [], context, limit=20)}
    again = Gathering(context).evidence_for(replace(question, text=passage.text))
    return found | {item.passage.id for item in again.items}


def test_evidence_left_out_is_not_found_again_in_the_branch_nor_in_a_branch_of_it(house: House):
    branch, out = left_out_branch(house)
    assert out.id not in looked_for(house, branch, out)
    conflicts = house.studio.conflicts(branch.id)
    assert out.id not in {side for c in conflicts for side in (c.first, c.second)}
    assert out.id not in house.process.store.evidence.numbers(branch.id).values(), "no marker leads there"
    second = house.work(house.studio.fork(branch.id, "write", {"tone": "formal"}))
    assert out.id not in looked_for(house, second, out)
    third = house.work(house.studio.fork(second.id, "write", {"include": str(out.id)}))
    assert out.id in looked_for(house, third, out), "a person put it in again"


def test_the_same_words_from_another_page_are_left_out_too(house: House):
    branch, out = left_out_branch(house)
    copy = Document(
        url="https://mirror.example/page",
        title="A mirror",
        text=out.text,
        media_type="text/plain",
        fetched_at="2026-01-01T00:00:00Z",
    )
    held = house.process.holdings.keep(copy)
    house.process.store.sources.note(
        branch.id,
        RunSource(
            url=held.url, title=held.title, question_id=0, engine="library", query="", rank=1, status="read",
            source_id=held.id, snapshot_id=held.snapshot_id,
        ),
    )  # fmt: skip
    found = house.studio.passages(list(looked_for(house, branch, out)))
    assert out.text.split() not in [passage.text.split() for passage in found.values()]


def test_a_source_left_out_is_not_read_again_at_another_address(house: House):
    run = house.to_review(words=300)
    source = house.studio.source(house.studio.evidence(run.id)[-1].used[0].passage.source_id)
    branch = house.work(house.studio.fork(run.id, "write", {"exclude_source": [source.id]}))
    context = context_for(branch, house.process)
    hit = Hit(url=source.url, title=source.title, engine="library", query="", snapshot_id=source.snapshot_id)
    house.row("DELETE FROM run_sources WHERE run_id = ? AND source_id = ?", branch.id, source.id)
    question = house.studio.plan(branch.id).questions[0]
    assert not researcher._read(hit, question, context)
    assert source.snapshot_id not in house.process.store.sources.snapshots_of_run(branch.id)


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
