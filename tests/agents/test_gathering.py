"""What was found for a question is found anew when, and only when, something it rests on has changed."""

import pytest

from core.agents import evidence
from core.agents.evidence import Gathering
from core.wiring import context_for
from tests.agents.small_house import House


def test_a_question_is_looked_up_again_only_for_other_queries_or_other_pages(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    run = house.to_review("Do street trees cool a hot city?")
    question = house.studio.plan(run.id).questions[0]
    looked = []
    retrieve = evidence.retrieve
    monkeypatch.setattr(
        evidence, "retrieve", lambda text, *rest, **more: looked.append(text) or retrieve(text, *rest, **more)
    )
    gathering = Gathering(context_for(run, house.process))
    first = gathering.evidence_for(question, question.queries)
    once = len(looked)
    assert once
    assert gathering.evidence_for(question, question.queries) == first
    assert len(looked) == once, "nothing changed"
    gathering.evidence_for(question, (*question.queries, "shade"))
    assert len(looked) > once, "another query"
    again = len(looked)
    house.studio.exclude(first.used[0].passage.source_id)
    fresh = gathering.evidence_for(question, (*question.queries, "shade"))
    assert len(looked) > again, "a page less"
    assert first.used[0].passage.source_id not in {item.passage.source_id for item in fresh.items}


def test_a_finished_run_holds_what_looking_it_up_anew_brings(house: House):
    run = house.to_review("Does a bedroom's temperature change deep sleep?")
    gathering = Gathering(context_for(run, house.process))
    for kept in house.studio.evidence(run.id):
        question = next((q for q in house.studio.plan(run.id).questions if q.id == kept.question_id), None)
        if question:
            fresh = gathering.evidence_for(question, kept.queries)
            assert [i.passage.id for i in fresh.used] == [i.passage.id for i in kept.used]
            assert fresh.confidence == pytest.approx(kept.confidence)
