"""Asking on: guesses are searched with and never written from; thin questions are asked again, and it ends."""

import json
from collections.abc import Callable
from typing import Any

from tests.agents.small_house import House
from tests.scripted.answers import Messages, plausible, wanted_schema
from tests.scripted.model_server import ScriptedModel

GUESS = "A zyzzogeton of copper pipes gives the house its warmth."


def knowing(messages: Messages, response_format: dict[str, Any] | None) -> str:
    """As the scripted model answers, with a guess for the first question."""
    schema = wanted_schema(messages, response_format)
    if schema and schema.get("title") == "GuessesAnswer":
        return json.dumps({"guesses": [{"question": 1, "sentence": GUESS}, {"question": 99, "sentence": "none asked"}]})
    return plausible(messages, response_format)


def test_a_guess_is_searched_with_and_shown_and_never_evidence(new_house: Callable[..., House]) -> None:
    with ScriptedModel(answer=knowing) as server:
        house = new_house(base_url=server.base_url, default_model="gpt-4o-mini", budget_usd=None)
        run_id = house.start(autopilot=True, target="site")
        house.work(run_id)
    plan = house.studio.plan(run_id)
    assert plan is not None
    asked = {evidence.question_id: evidence.queries for evidence in house.studio.evidence(run_id)}
    assert GUESS in asked[plan.questions[0].id]
    assert all(GUESS not in asked[question.id] for question in plan.questions[1:])
    passages = [item.passage.text for evidence in house.studio.evidence(run_id) for item in evidence.items]
    assert not any("zyzzogeton" in text for text in (*passages, house.draft(run_id).title))
    assert sum("GuessesAnswer" in json.dumps(request.body) for request in server.requests) == 1


def test_without_a_model_the_plans_queries_are_what_is_searched_with(house: House) -> None:
    run_id = house.start(autopilot=True, target="site")
    house.work(run_id)
    plan = house.studio.plan(run_id)
    assert plan is not None
    asked = {evidence.question_id: evidence for evidence in house.studio.evidence(run_id)}
    again = {event.data["question_id"] for event in house.events(run_id, "searched_again")}
    for question in plan.questions:
        assert 0 <= (asked[question.id].confidence or 0) <= 1
        if question.id not in again:
            assert asked[question.id].queries == question.queries


def test_a_thin_question_is_asked_again_and_what_it_brought_is_told(house: House) -> None:
    run_id = house.start("How loud are heat pumps of the planet Jupiter?", autopilot=True, target="site")
    house.work(run_id)
    again = house.events(run_id, "searched_again")
    assert again
    for event in again:
        assert event.data["round"] in (1, 2)
        assert event.data["passages"] >= 0
        assert event.data["queries"] or not event.data["pages"]
