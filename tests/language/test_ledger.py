"""The call ledger: what was paid for is not paid for again."""

import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.errors import Cancelled, LanguageError
from core.language.ledger import Ledger, request_key
from core.language.tasks import QueriesAnswer
from core.settings import ROOT
from core.store.calls import Calls
from core.store.database import Database
from tests.language.requests_to_models import Rows, backend, plan_task, prose_task
from tests.scripted.model_server import ScriptedModel


def test_a_repeated_request_is_answered_without_asking_or_paying():
    rows, shown = Rows(), []
    with ScriptedModel() as server:
        first = Ledger(backend(server), rows, run_id="run-1").ask(prose_task())
        again = Ledger(backend(server), rows, run_id="run-2").ask(prose_task(), on_text=shown.append)
        planned = Ledger(backend(server), rows).ask(plan_task())
        replanned = Ledger(backend(server), rows).ask(plan_task())
    assert len(server.requests) == 2
    assert again.value == first.value == "".join(shown)
    assert replanned.value == planned.value
    (call,) = again.calls
    assert (call.status, call.cost_usd, call.tokens_in, call.run_id) == ("replayed", 0.0, 0, "run-2")
    assert [call.run_id for call in rows.of("done")] == ["run-1", None]


@pytest.mark.parametrize(
    "changes",
    [{"attempt": 1}, {"system": "x"}, {"user": "y"}, {"max_tokens": 9}, {"temperature": 0.5}, {"role": "judge"}],
)
def test_whatever_changes_the_answer_is_another_request(changes: dict):
    assert request_key(prose_task(**changes), "m") != request_key(prose_task(), "m")


def test_model_and_form_are_part_of_the_request_but_not_the_run():
    assert request_key(prose_task(), "m") != request_key(prose_task(), "n")
    assert request_key(plan_task(), "m") != request_key(plan_task(answer=QueriesAnswer), "m")
    assert request_key(prose_task(input=1), "m") == request_key(prose_task(input=2), "m")


def test_equal_requests_at_the_same_moment_become_one():
    rows = Rows()
    with ScriptedModel(first_token_s=0.1) as server, ThreadPoolExecutor(8) as pool:
        ledgers = [Ledger(backend(server), rows) for _ in range(8)]
        replies = list(pool.map(lambda ledger: ledger.ask(prose_task()), ledgers))
    assert len(server.requests) == 1
    assert len({reply.value for reply in replies}) == 1
    assert sorted(reply.calls[0].status for reply in replies) == ["done"] + ["replayed"] * 7


ASKS = """
import sys
from pathlib import Path
from core.language.ledger import Ledger
from core.language.openai import OpenAI
from core.settings import ROOT
from core.store.calls import Calls
from core.store.database import Database
from tests.language.requests_to_models import prose_task
model = OpenAI(base_url=sys.argv[2], api_key="sk-none", model="scripted-large")
print(Ledger(model, Calls(Database(Path(sys.argv[1])))).ask(prose_task()).calls[0].status)
"""


def test_equal_requests_of_two_workers_at_the_same_moment_become_one(tmp_path: Path):
    Database(tmp_path / "galley.db")
    with ScriptedModel(first_token_s=2.0) as server:
        code = [sys.executable, "-c", ASKS, str(tmp_path / "galley.db"), server.base_url]
        asking = [subprocess.Popen(code, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(3)]
        said = sorted(one.communicate(timeout=60)[0].strip() for one in asking)
        assert said == ["done", "replayed", "replayed"]
        assert len(server.requests) == 1


def test_a_worker_that_is_killed_over_a_request_leaves_it_to_the_others(tmp_path: Path):
    calls = Calls(Database(tmp_path / "galley.db"))
    with ScriptedModel(faults=["hung"]) as server:
        code = [sys.executable, "-c", ASKS, str(tmp_path / "galley.db"), server.base_url]
        first = subprocess.Popen(code, cwd=ROOT)
        while not server.requests:
            assert first.poll() is None
        assert not calls.in_flight.claim(request_key(prose_task(), "scripted-large"))
        first.kill()
        first.wait()
        assert Ledger(backend(server), calls).ask(prose_task()).calls[0].status == "done"


def test_when_the_first_of_two_fails_the_second_tries():
    rows = Rows()
    with ScriptedModel(first_token_s=0.05, faults=["unauthorized"]) as server, ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(Ledger(backend(server), rows).ask, prose_task()) for _ in range(2)]
        errors = [future.exception() for future in waiting]
    assert [isinstance(error, LanguageError) for error in errors if error] == [True]
    assert len(server.requests) == 2


def test_waiting_for_an_equal_request_can_be_cancelled():
    rows, asked = Rows(), threading.Event()
    with ScriptedModel(first_token_s=0.5, answer=lambda *_: asked.set() or "Yes.") as server:
        thread = threading.Thread(target=Ledger(backend(server), rows).ask, args=(prose_task(),))
        thread.start()
        while not rows.of("sent"):
            pass
        with pytest.raises(Cancelled):
            Ledger(backend(server), rows).ask(prose_task(), cancelled=lambda: True)
        assert not asked.is_set()
        thread.join()


def test_a_repaired_answer_is_one_row_with_all_its_tokens():
    rows = Rows()
    with ScriptedModel(faults=["wrong_shape"]) as server:
        reply = Ledger(backend(server), rows).ask(plan_task())
    assert len(reply.calls) == 2
    (row,) = rows.of("done")
    assert row.tokens_in == sum(call.tokens_in for call in reply.calls)
    assert all(call.key == row.key for call in reply.calls)


def test_money_spent_in_vain_is_written_down_too():
    rows = Rows()
    with ScriptedModel(faults=["wrong_shape"] * 2) as server, pytest.raises(LanguageError):
        Ledger(backend(server), rows).ask(plan_task())
    (row,) = rows.of("failed")
    assert row.tokens_out > 0
    assert "form" in row.error


def test_a_cancelled_request_is_abandoned_and_can_be_asked_again():
    rows, pieces = Rows(), []
    with ScriptedModel(tokens_per_s=50, piece_tokens=1) as server:
        ledger = Ledger(backend(server), rows)
        with pytest.raises(Cancelled):
            ledger.ask(prose_task(), on_text=pieces.append, cancelled=lambda: bool(pieces))
        assert rows.of("failed")[0].status == "abandoned"
        assert ledger.recall(prose_task()) is None


def test_a_damaged_row_is_asked_for_again():
    rows = Rows()
    with ScriptedModel() as server:
        ledger = Ledger(backend(server), rows)
        ledger.ask(plan_task())
        rows.rows = [(what, call, "{") for what, call, _ in rows.rows]
        assert ledger.ask(plan_task()).calls[0].status == "done"


def test_rows_hold_prompts_but_no_keys():
    rows = Rows()
    with ScriptedModel(faults=["ok", "unauthorized"]) as server:
        Ledger(backend(server), rows).ask(prose_task())
        with pytest.raises(LanguageError):
            Ledger(backend(server), rows).ask(plan_task())
    assert "tides" in str(rows.rows)
    assert "sk-" not in str(rows.rows)
    assert server.base_url not in str(rows.rows)


def test_the_real_store_replays_after_a_restart(tmp_path: Path):
    with ScriptedModel() as server:
        first = Ledger(backend(server), Calls(Database(tmp_path / "g.db"))).ask(plan_task())
        again = Ledger(backend(server), Calls(Database(tmp_path / "g.db"))).ask(plan_task())
    assert len(server.requests) == 1
    assert again.value == first.value
    assert json.loads(again.value.model_dump_json())["title"]
