"""A model behind an OpenAI-compatible endpoint: answers, and every way they fail to come."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar

import pytest

from core.errors import Cancelled, LanguageError, TransientLanguageError
from core.language import background
from core.language.exchange import ESTIMATED
from core.language.faults import calls_of
from core.language.openai import OpenAI
from core.language.tasks import EditAnswer, JudgeAnswer, QueriesAnswer
from tests.language.requests_to_models import EVIDENCE, backend, plan_task, prose_task
from tests.scripted.model_server import Faults, ScriptedModel


def outcomes(server: ScriptedModel) -> list[str]:
    return [request.outcome for request in server.requests]


# --- prose ---------------------------------------------------------------


def test_prose_arrives_piece_by_piece_and_is_counted_by_the_server():
    pieces: list[str] = []
    with ScriptedModel() as server:
        reply = backend(server).ask(prose_task(), on_text=pieces.append)
        again = backend(server).ask(prose_task(EVIDENCE + "More."))
    assert len(pieces) > 5
    assert "".join(pieces) == reply.value
    assert "[2]." in reply.value
    (call,) = reply.calls
    assert (call.status, call.error, call.model) == ("done", "", "scripted-large")
    assert call.tokens_in > 50
    assert call.tokens_out == len(reply.value) // 4
    assert call.cost_usd == 0.0, "a server on this machine costs nothing"
    assert again.calls[0].tokens_cached > 0


def test_tokens_the_server_does_not_count_are_estimated_and_marked():
    with ScriptedModel(usage=False) as server:
        (call,) = backend(server).ask(prose_task()).calls
    assert call.error == ESTIMATED
    assert call.tokens_in > 50
    assert call.tokens_out > 10


@pytest.mark.parametrize("fault", ["cut", "silent", "odd"])
def test_a_stream_that_breaks_begins_anew_and_says_so(fault: str):
    shown: list[str] = []
    restarts: list[int] = []

    def restart() -> None:
        restarts.append(len(shown))
        shown.clear()

    with ScriptedModel(faults=[fault]) as server:
        reply = backend(server, idle_s=0.1).ask(prose_task(), on_text=shown.append, on_restart=restart)
    assert len(restarts) == 1
    assert restarts[0] > 0
    assert "".join(shown) == reply.value
    assert [call.status for call in reply.calls] == ["abandoned" if fault == "silent" else "failed", "done"]
    assert reply.calls[0].tokens_out > 0, "half an answer was paid for"


def test_a_hung_call_is_abandoned_and_asked_once_more():
    with ScriptedModel(faults=["hung"]) as server:
        reply = backend(server, first_token_s=0.1).ask(prose_task())
        assert reply.value
        assert server.hung_up == 1, "the hung connection is closed, not kept"
    assert outcomes(server) == ["hung", "ok"]


@pytest.mark.parametrize("task", [prose_task(), plan_task()])
def test_a_call_that_hangs_twice_is_given_up(task):
    with ScriptedModel(faults=["hung"] * 3) as server, pytest.raises(TransientLanguageError, match="long") as caught:
        backend(server, first_token_s=0.1, timeout_s=0.1).ask(task)
    assert outcomes(server) == ["hung", "hung"]
    assert [call.status for call in calls_of(caught.value)] == ["abandoned", "abandoned"]


def test_cancelling_closes_the_stream_at_once():
    pieces: list[str] = []
    with ScriptedModel(tokens_per_s=20, piece_tokens=1) as server:
        with pytest.raises(Cancelled) as caught:
            backend(server).ask(prose_task(), on_text=pieces.append, cancelled=lambda: len(pieces) >= 2)
        (call,) = calls_of(caught.value)
    assert len(pieces) == 2
    assert call.status == "abandoned"
    assert call.tokens_out >= 1
    assert server.open == 0


def test_cancelling_does_not_wait_for_a_silent_server():
    asked: list[bool] = []
    with ScriptedModel(faults=["hung"]) as server, pytest.raises(Cancelled):
        backend(server, timeout_s=60, first_token_s=60).ask(
            prose_task(), cancelled=lambda: asked.append(True) or len(asked) > 2
        )


def test_thoughts_are_neither_shown_nor_kept():
    shown: list[str] = []
    with ScriptedModel(answer=lambda *_: "<think>\nhm, [9] perhaps\n</think>\n\nTides rise [1].") as server:
        reply = backend(server).ask(prose_task(), on_text=shown.append)
    assert reply.value == "".join(shown) == "Tides rise [1]."


def test_prose_that_runs_into_its_limit_ends_at_a_whole_line():
    with ScriptedModel(faults=["truncated"], answer=lambda *_: "One is [1].\nTwo is [2].\nThree is [1].") as server:
        assert backend(server).ask(prose_task()).value == "One is [1]."


def test_the_callers_trace_goes_along_to_where_requests_run():
    span = ContextVar("span", default="none")
    span.set("write section")

    async def current() -> str:
        return span.get()

    assert background.run(lambda emit: current(), receive=print, cancelled=lambda: False) == "write section"


def test_a_server_that_never_stops_is_stopped():
    with ScriptedModel(answer=lambda *_: "Words go on [1].\n" * 5000) as server:
        reply = backend(server).ask(prose_task(max_tokens=20))
    assert len(reply.value) < 1000


def test_an_error_of_the_caller_reaches_the_caller():
    def broken(_: str) -> None:
        raise ZeroDivisionError

    with ScriptedModel() as server, pytest.raises(ZeroDivisionError):
        backend(server).ask(prose_task(), on_text=broken)


# --- structured ---------------------------------------------------------------


def test_a_plan_is_asked_for_by_strict_schema():
    with ScriptedModel() as server:
        reply = backend(server).ask(plan_task("sea tides"))
    assert len(reply.value.questions) == 5
    sent = server.requests[0].body["response_format"]["json_schema"]
    assert sent["strict"] is True
    assert sent["schema"]["required"] == ["title", "questions", "why"]
    assert sent["schema"]["$defs"]["PlannedQuestion"]["additionalProperties"] is False


@pytest.mark.parametrize("status", [400, 404, 422, 500])
@pytest.mark.parametrize(("formats", "needed"), [(["json_object"], "json_object"), ([], None)])
def test_a_server_without_schemas_is_asked_in_words_and_remembered(status: int, formats: list[str], needed: str | None):
    with ScriptedModel(formats=formats, format_status=status) as server:
        assert backend(server).ask(plan_task()).value.questions
        server.requests.clear()
        other = backend(server)  # another backend of the same endpoint and model
        assert other.ask(plan_task("winds")).value.questions
        assert outcomes(server) == ["ok"], "refusals are paid for once in a process"
        assert server.requests[0].body.get("response_format", {}).get("type") == needed
        assert "JSON schema" in server.requests[0].body["messages"][0]["content"]


def test_a_passing_fault_does_not_cost_a_server_its_schemas():
    with ScriptedModel(faults=["ok", "server_error", "server_error", "ok", "bad_request"]) as server:
        for topic in ("tides", "winds", "waves", "rain"):
            backend(server).ask(plan_task(topic))
        assert server.requests[-1].body["response_format"]["type"] == "json_schema"


def test_parameters_a_model_refuses_are_sent_in_another_form():
    with ScriptedModel(refuses=["max_tokens", "temperature", "stream_options"]) as server:
        backend(server).ask(prose_task(max_tokens=77))
        assert outcomes(server) == ["parameter"] * 3 + ["ok"]
        assert server.requests[-1].body["max_completion_tokens"] == 77
        backend(server).ask(plan_task())
        assert outcomes(server)[4:] == ["ok"]


@pytest.mark.parametrize("fault", ["garbage", "wrong_shape"])
def test_an_unreadable_answer_is_repaired_once(fault: str):
    with ScriptedModel(faults=[fault]) as server:
        reply = backend(server).ask(plan_task())
        assert reply.value.questions
        shown = server.requests[1].body["messages"]
    assert shown[2]["role"] == "assistant"
    assert "cannot be used" in shown[3]["content"]
    assert [call.status for call in reply.calls] == ["failed", "done"]


def test_an_answer_unreadable_twice_is_a_clear_error_with_its_costs():
    with ScriptedModel(faults=["wrong_shape"] * 9) as server, pytest.raises(LanguageError, match="title") as caught:
        backend(server).ask(plan_task())
    assert len(server.requests) == 2
    assert not isinstance(caught.value, TransientLanguageError)
    assert all(call.tokens_out for call in calls_of(caught.value))


def test_a_truncated_answer_gets_more_room_once():
    with ScriptedModel(faults=["truncated"]) as server:
        assert backend(server).ask(plan_task(max_tokens=100)).value.questions
    assert [request.body["max_tokens"] for request in server.requests] == [100, 400]
    with ScriptedModel(faults=["truncated"] * 9) as server, pytest.raises(LanguageError, match="400 tokens"):
        backend(server).ask(plan_task(max_tokens=100))
    assert len(server.requests) == 2


def test_talk_fences_and_thoughts_around_json_do_no_harm():
    answer = 'Sure:\n```json\n{"queries": ["a"]}\n```\nAnything else?'
    with ScriptedModel(answer=lambda *_: f"<think>{{}}</think>{answer}") as server:
        reply = backend(server).ask(plan_task(answer=QueriesAnswer))
    assert reply.value.queries == ["a"]


def test_the_scripted_model_answers_every_task_it_is_given():
    passages = [[7, "Copper melts at 1085 degrees Celsius. It is soft."]]
    claims = [
        {"number": 0, "text": "Copper melts at 1085 degrees Celsius.", "before": "", "passages": passages},
        {"number": 1, "text": "Copper melts at 900 degrees Celsius.", "before": "", "passages": passages},
    ]
    with ScriptedModel() as server:
        judged = backend(server).ask(plan_task(user=f"Judge.\n{json.dumps({'claims': claims})}", answer=JudgeAnswer))
        edited = backend(server).ask(plan_task(user="0. It is very large indeed.\n1. Fine.", answer=EditAnswer))
    assert [claim.verdict for claim in judged.value.claims] == ["supported", "no_evidence"]
    assert judged.value.claims[0].quotes[0].text in passages[0][1]
    assert [note.text for note in edited.value.notes] == ["It is large indeed."]


# --- faults ---------------------------------------------------------------


@pytest.mark.parametrize("task", [prose_task(), plan_task()])
@pytest.mark.parametrize("fault", ["too_many", "server_error", "cut", "empty"])
def test_faults_that_pass_are_waited_out(task, fault: str):
    with ScriptedModel(faults=[fault] if fault == "empty" else [fault, fault]) as server:
        reply = backend(server).ask(task)
    assert reply.value
    assert reply.calls[-1].status == "done"
    if fault in ("too_many", "server_error"):
        assert len(reply.calls) == 1, "a request that was turned away costs nothing and is not told"


def test_faults_that_do_not_pass_end_in_a_transient_error():
    with ScriptedModel(faults=["too_many"] * 9) as server, pytest.raises(TransientLanguageError, match="429") as caught:
        backend(server, attempts=3).ask(prose_task())
    assert len(server.requests) == 3
    assert [(call.status, call.cost_usd) for call in calls_of(caught.value)] == [("failed", 0.0)]


def test_a_server_that_asks_for_more_patience_than_there_is_is_not_waited_for():
    with ScriptedModel(faults=["too_many"] * 9, retry_after_s=3600) as server, pytest.raises(TransientLanguageError):
        backend(server, give_up_s=5).ask(prose_task())
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("fault", "message", "remedy"),
    [
        ("unauthorized", "API key", "OPENAI_API_KEY"),
        ("no_model", "has no model 'scripted-large'", "Settings"),
        ("no_money", "no credit", "Add credit"),
        ("context", "longer than", "evidence per question"),
        ("refused", "refused to answer: I can't help", "brief"),
        ("bad_request", "something is wrong", "Settings"),
    ],
)
@pytest.mark.parametrize("task", [prose_task(), plan_task()])
def test_faults_a_person_must_mend_say_how(task, fault: str, message: str, remedy: str):
    with ScriptedModel(faults=[fault] * 9) as server, pytest.raises(LanguageError) as caught:
        backend(server).ask(task)
    assert not isinstance(caught.value, TransientLanguageError)
    assert message in caught.value.message
    assert remedy in caught.value.remedy
    assert "sk-" not in f"{caught.value}{calls_of(caught.value)}"
    if fault != "bad_request":
        assert len(server.requests) == 1


def test_no_server_at_all_says_so():
    with ScriptedModel() as server:
        gone = backend(server)
    with pytest.raises(TransientLanguageError, match="is it running"):
        gone.ask(prose_task())


def test_a_wrong_path_says_to_check_the_address():
    with ScriptedModel() as server, pytest.raises(LanguageError, match="usually ends in /v1"):
        OpenAI(base_url=server.base_url + "/x/y?", api_key=None, model="m", pause_s=0.001).ask(prose_task())


def test_sixty_streams_at_once_on_a_faulty_server_all_arrive():
    faults = Faults(too_many=0.1, server_error=0.1, cut=0.1, seed=3)
    with ScriptedModel(first_token_s=0.05, faults=faults) as server:
        model = backend(server, attempts=8)
        with ThreadPoolExecutor(60) as pool:
            replies = list(pool.map(lambda n: model.ask(prose_task(f"{EVIDENCE}\nNumber {n}.")), range(60)))
    assert all("[2]." in reply.value for reply in replies)
    assert server.most_open > 10
    assert not server.paid_twice
    assert {"too_many", "server_error", "cut"} <= set(outcomes(server))
