"""The model judge, tried: one that says yes to everything, one that is unsure, one that gives no usable answer."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from core.models import Label, Status
from tests.agents.small_house import House, claims
from tests.scripted.answers import Messages, plausible, wanted_schema
from tests.scripted.model_server import ScriptedModel

MODEL = "gpt-4o-mini"


def judging(answer: Callable[[dict[str, Any], Messages], dict[str, Any]]) -> Callable[..., str]:
    """Plausible answers, each judged claim as `answer` changes it."""

    def reply(messages: Messages, response_format: dict[str, Any] | None) -> str:
        text = plausible(messages, response_format)
        if (wanted_schema(messages, response_format) or {}).get("title") != "JudgeAnswer":
            return text
        asked = {one["number"]: one for one in given(messages)}
        judged = json.loads(text)["claims"]
        return json.dumps(
            {"claims": [answer(asked[one["claim"]], messages) | {"claim": one["claim"]} for one in judged]}
        )

    return reply


def given(messages: Messages) -> list[dict[str, Any]]:
    text = messages[-1]["content"]
    start = text.index('{"claims"')
    return json.JSONDecoder().raw_decode(text[start:])[0]["claims"]


def says(asked: dict[str, Any], verdict: str, confidence: int) -> dict[str, Any]:
    passage, text = asked["passages"][0]
    return {
        "quotes": [{"passage": passage, "text": text.split("\n")[0][:60]}], "missing": [], "conflict": [],
        "verdict": verdict, "confidence": confidence,
    }  # fmt: skip


@pytest.fixture
def judged_by(new_house: Callable[..., House]) -> Callable[..., tuple[House, str, ScriptedModel]]:
    def make(server: ScriptedModel) -> tuple[House, str]:
        house = new_house(base_url=server.base_url, default_model=MODEL, budget_usd=None)
        run_id = house.start(autopilot=True)
        run = house.work(run_id)
        assert run.status in (Status.FINISHED, Status.GATE), run.error
        return house, run_id

    return make


def canaries(house: House, run_id: str) -> Counter[str]:
    return Counter(e.data["canary"] for e in house.events(run_id, "judged") if e.data["canary"])


def test_a_judge_that_says_yes_to_everything_is_found_out(judged_by):
    with ScriptedModel(answer=judging(lambda asked, _: says(asked, "supported", 99))) as server:
        house, run_id = judged_by(server)
    found = canaries(house, run_id)
    assert found["missed"] > 0
    assert found["caught"] == 0
    believed = [s for s in claims(house.draft(run_id)) if s.verdict.judge.startswith("model:")]
    assert not [s for s in believed if s.verdict.label is Label.SUPPORTED]


def test_no_canary_stands_in_the_article_or_among_its_verdicts(judged_by):
    with ScriptedModel() as server:
        house, run_id = judged_by(server)
        shown = {one["text"] for r in server.requests for one in _claims_in(r.body["messages"])}
    assert canaries(house, run_id)["caught"] > 0
    written = {s.text for summary in house.studio.drafts(run_id) for s in house.studio.draft(summary.id).sentences}
    assert shown - written, "the model was shown something that the article never said"


def _claims_in(messages: Messages) -> list[dict[str, Any]]:
    return given(messages) if '{"claims"' in messages[-1]["content"] else []


def test_an_unsure_judge_is_asked_three_times_and_the_majority_counts(judged_by):
    def unsure(asked: dict[str, Any], messages: Messages) -> dict[str, Any]:
        again = "judged anew" in messages[-1]["content"]
        return says(asked, "partial", 95) if again else says(asked, "partial", 30)

    with ScriptedModel(answer=judging(unsure)) as server:
        house, run_id = judged_by(server)
        alone = Counter(
            json.dumps(one) for r in server.requests for one in _claims_in(r.body["messages"])
            if "judged anew" in r.body["messages"][-1]["content"]
        )  # fmt: skip
        assert not server.paid_twice
    assert alone
    assert set(alone.values()) <= {1, 2}, "twice, with the passages once turned round"
    by_model = [s for s in claims(house.draft(run_id)) if s.verdict.judge.startswith("model:")]
    assert all(s.verdict.label is Label.PARTLY for s in by_model)


def test_a_judge_whose_quotes_are_made_up_decides_nothing_and_leaves_the_doubt_to_a_person(judged_by):
    def invented(asked: dict[str, Any], _: Messages) -> dict[str, Any]:
        return says(asked, "supported", 90) | {
            "quotes": [{"passage": asked["passages"][0][0], "text": "I made this up"}]
        }

    with ScriptedModel(answer=judging(invented)) as server:
        house, run_id = judged_by(server)
    verdicts = [s.verdict for s in claims(house.draft(run_id))]
    assert {verdict.judge for verdict in verdicts} == {"alignment"}
    assert not canaries(house, run_id)
