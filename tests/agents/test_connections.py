"""Evidence for questions of several documents: from each part, with a reason a person can read."""

import json
from collections.abc import Callable

import pytest

from core.models import EvidenceItem
from tests.agents.small_house import House
from tests.scripted.answers import plausible
from tests.scripted.model_server import ScriptedModel

TOPIC = "How do ground-source heat pumps differ from hybrid heat pumps?"


def opening(house: House, run_id: str) -> tuple[EvidenceItem, ...]:
    """What was put before the writer for the topic itself."""
    evidence = house.process.store.evidence.of_question(run_id, 0)
    assert evidence is not None
    return evidence.used


def test_a_comparison_rests_on_both_sides_and_says_why(house: House):
    run = house.to_review(TOPIC)
    used = opening(house, run.id)
    first = " ".join(item.passage.text for item in used[:3])
    assert "round-source" in first
    assert "ybrid" in first
    assert {"graph"} <= set(used[0].scores)
    assert any(item.reason.startswith(("on “", "“")) for item in used)


def test_a_question_of_one_part_is_left_as_it_is(house: House):
    run = house.to_review("Are heat pumps worth it in old houses?")
    assert all(not item.reason and "graph" not in item.scores for item in opening(house, run.id))


def test_what_a_model_reads_is_kept_only_where_both_things_stand(
    new_house: Callable[..., House], monkeypatch: pytest.MonkeyPatch
):
    def relations(messages: list[dict[str, str]], response_format: dict | None) -> str:
        text = plausible(messages, response_format)
        if "how one thing named in the question stands to another thing" not in messages[-1]["content"]:
            return text
        ids = [int(line[1 : line.index("]")]) for line in messages[-1]["content"].splitlines() if line[:1] == "["]
        told = [{"passage": id_, "subject": "the", "relation": "stands by", "object": "a"} for id_ in ids[:1]]
        told += [{"passage": id_, "subject": "the", "relation": "rules", "object": "Atlantis"} for id_ in ids[1:]]
        return json.dumps({"relations": told})

    monkeypatch.setattr("core.language.prices.on_this_machine", lambda address: False)
    with ScriptedModel(answer=relations) as server:
        house = new_house(base_url=server.base_url, default_model="gpt-4o-mini", budget_usd=None)
        run = house.to_review(TOPIC)
        reasons = [item.reason for item in opening(house, run.id)]
    assert "the stands by a" in reasons
    assert not any("Atlantis" in reason for reason in reasons)
