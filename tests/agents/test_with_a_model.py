"""The whole loop with a language model over real HTTP, and what such endpoints do to it."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from core.models import Run, Status
from core.worker import Worker
from tests.agents.small_house import House, check_story
from tests.scripted.answers import plausible
from tests.scripted.model_server import Faults, ScriptedModel

MODEL = "gpt-4o-mini"
KEY = "sk-secret-of-the-test-0123456789"


class Moody(ScriptedModel):
    """One call hangs and one piece of prose is cut off, whatever else the faults say."""

    hung = truncated = False

    def _outcome(self, asked: dict[str, Any], prompt: str) -> str:
        if asked.get("stream") and not self.hung:
            self.hung = True
            return "hung"
        if asked.get("stream") and not self.truncated:
            self.truncated = True
            return "truncated"
        return super()._outcome(asked, prompt)


@pytest.fixture
def with_model(new_house: Callable[..., House], monkeypatch: pytest.MonkeyPatch) -> Callable[..., House]:
    """A house whose roles all ask one server, at the prices of an endpoint that is not on this machine."""
    monkeypatch.setattr("core.language.prices.on_this_machine", lambda address: False)

    def make(server: ScriptedModel, **saved: Any) -> House:
        given = {"base_url": server.base_url, "default_model": MODEL, "request_timeout_s": 1.5}
        return new_house(**given | {"budget_usd": None} | saved)

    return make


def check_money(house: House, run: Run) -> None:
    """The run's row says what its calls say."""
    calls = [call for call in house.studio.calls(run.id) if call.status != "replayed"]
    assert run.tokens_in == sum(call.tokens_in for call in calls) > 0
    assert run.tokens_out == sum(call.tokens_out for call in calls) > 0
    assert run.cost_usd == pytest.approx(sum(call.cost_usd or 0 for call in calls))
    assert run.cost_usd > 0
    assert run.model_calls == len([call for call in calls if call.status != "sent"])


def test_an_article_is_written_judged_and_published_with_a_model(with_model: Callable[..., House]):
    with ScriptedModel() as server:
        house = with_model(server)
        run_id = house.start(autopilot=True, target="site")
        run = house.work(run_id)
        assert run.status in (Status.PUBLISHED, Status.FINISHED), run.error
        assert any(received.body.get("stream") for received in server.requests)
        assert any(received.body.get("response_format") for received in server.requests)
        assert not server.paid_twice
        assert "".join(e.data["text"] for e in house.events(run_id, "text"))
        check_money(house, run)
        check_story(house.events(run_id))
        asked = "\n".join(m["content"] for r in server.requests for m in r.body["messages"])
        assert "Ignore all previous instructions" not in asked

        paid = len(server.requests)
        again = house.start(autopilot=True, target="site")
        assert house.work(again).cost_usd == 0
        assert len(server.requests) == paid, "the same brief asks nobody twice"


def stubborn(messages: list[dict[str, str]], given: dict[str, Any]) -> str:
    """Gets the first figure of a section wrong, and says the same when told so."""
    text = plausible(messages, given)
    asked = messages[-1]["content"]
    if told := re.search(r"is not supported: (.+)", asked):
        number = re.search(r"^\[(\d+)\]", asked, re.MULTILINE)
        assert number
        return f"{told[1].rstrip('.')} [{number[1]}]."
    return re.sub(r"\d{2,}(?![\d\]])", "7777", text, count=1) if "Costs and outlook" in asked else text


def test_a_sentence_that_the_model_insists_on_is_asked_about_once_and_ends_the_rounds(with_model: Callable[..., House]):
    with ScriptedModel(answer=stubborn) as server:
        house = with_model(server, models={"judge": "extractive"})
        run = house.work(house.start(autopilot=True, max_revisions=3))
        assert [call for call in house.studio.calls(run.id) if call.task == "rewrite"]
        assert not server.paid_twice
        assert len(house.events(run.id, "diagnosed")) < 3


def test_refusals_faults_a_hung_call_and_a_truncated_answer_cost_neither_the_run_nor_money_twice(
    with_model: Callable[..., House],
):
    with Moody(faults=Faults(too_many=0.25, server_error=0.15, seed=7)) as server:
        house = with_model(server)
        run_id = house.start(autopilot=True, target="site")
        run = house.work(run_id)
        assert run.status in (Status.PUBLISHED, Status.FINISHED), run.error
        outcomes = {received.outcome for received in server.requests}
        assert {"hung", "truncated", "ok"} <= outcomes
        assert outcomes & {"too_many", "server_error"}
        assert not server.paid_twice
        check_money(house, run)
        check_story(house.events(run_id))


def test_a_key_that_is_refused_ends_the_run_in_words_and_stands_nowhere(
    with_model: Callable[..., House], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with ScriptedModel(require_key="another") as server:
        house = with_model(server)
        run_id = house.start()
        run = house.work(run_id)
        assert run.status is Status.FAILED
        assert "did not accept the API key" in run.error["message"]
        assert "OPENAI_API_KEY" in run.error["remedy"]
        server.require_key = KEY
        house.studio.resume(run_id)
        run = house.work(run_id)
        assert run.status is Status.PLAN, run.error
        assert {received.key for received in server.requests} == {KEY}
    house.process.store.database.close()
    for file in house.data.iterdir():
        if file.is_file():
            assert KEY.encode() not in file.read_bytes(), file.name


def test_a_spent_budget_ends_spending_and_a_larger_one_goes_on(with_model: Callable[..., House]):
    with ScriptedModel() as server:
        house = with_model(server)
        run_id = house.start(autopilot=True, budget_usd=0.00001)
        run = house.work(run_id)
        assert run.status is Status.FAILED
        assert run.error["kind"] == "BudgetSpent"
        assert run.error["remedy"]
        assert house.studio.plan(run_id), "what was finished is kept"
        assert len(server.requests) < 3
        house.studio.resume(run_id, budget_usd=1.0)
        assert house.work(run_id).status in (Status.FINISHED, Status.GATE)
        assert not server.paid_twice
        check_money(house, house.run(run_id))
        check_story(house.events(run_id))


# --- stopping and pausing ---------------------------------------------------------------


@contextmanager
def working(house: House, run_id: str) -> Iterator[threading.Thread]:
    worker = Worker(house.process)
    worker.restrict((run_id,))
    thread = threading.Thread(target=worker.work)
    thread.start()
    yield thread
    worker.stop()
    thread.join(10)
    assert not thread.is_alive()


def wait_for(condition: Callable[[], Any], thread: threading.Thread, most_s: float = 20.0) -> None:
    """Look until it holds; the pause is the thread's own end."""
    for _ in range(int(most_s / 0.02)):
        if condition():
            return
        thread.join(0.02)
    raise AssertionError("it never came to be")


def test_stop_takes_hold_inside_a_long_call(with_model: Callable[..., House]):
    with ScriptedModel(tokens_per_s=15) as server:
        house = with_model(server, request_timeout_s=60.0)
        run_id = house.start(autopilot=True)
        with working(house, run_id) as thread:
            wait_for(lambda: any(r.body.get("stream") for r in server.requests) and server.open, thread)
            house.studio.stop(run_id)
            thread.join(5)
            assert not thread.is_alive(), "a stop does not wait for the model's last word"
        assert house.run(run_id).status is Status.CANCELLED
        assert server.hung_up > 0, "the request itself was dropped"
        assert house.events(run_id)[-1].kind == "cancelled"

        server.tokens_per_s = None
        house.studio.resume(run_id)
        assert house.work(run_id).status in (Status.FINISHED, Status.GATE)
        check_story(house.events(run_id))


def test_a_paused_run_rests_and_goes_on_where_it_was(with_model: Callable[..., House]):
    with ScriptedModel(first_token_s=0.3) as server:
        house = with_model(server, request_timeout_s=60.0)
        run_id = house.start(autopilot=True)
        with working(house, run_id) as thread:
            wait_for(lambda: house.events(run_id, "planned"), thread)
            house.studio.pause(run_id)
            thread.join(10)
        assert house.run(run_id).status is Status.PAUSED
        asked = len(server.requests)
        assert house.work(run_id).status is Status.PAUSED
        assert len(server.requests) == asked, "nobody works on a paused run"
        server.first_token_s = 0
        house.studio.resume(run_id)
        assert house.work(run_id).status in (Status.FINISHED, Status.GATE)
        assert len(house.events(run_id, "planned")) == 1
        check_story(house.events(run_id))


def test_a_stop_between_queue_and_worker_is_heard(house: House):
    run_id = house.start()
    claimed = house.process.store.runs.claim("a worker")
    house.studio.stop(run_id)  # said while the worker is on its way
    worker = Worker(house.process)
    worker._execute(claimed)
    assert house.run(run_id).status is Status.CANCELLED
    assert not house.events(run_id, "planned")


def test_what_a_person_asks_for_on_the_way_reaches_the_writer(with_model: Callable[..., House]):
    with ScriptedModel() as server:
        house = with_model(server)
        run_id = house.start()
        house.work(run_id)
        house.studio.decide(run_id, "steer", data={"note": "Mention the Aldermoor trial."})
        house.decide(run_id, "approve_plan")
        prose = [r.body["messages"][-1]["content"] for r in server.requests if r.body.get("stream")]
        assert any("Mention the Aldermoor trial." in prompt for prompt in prose)
