"""Rerankers over real HTTP: both dialects, what is paid once, what is told when one is down."""

from typing import Any

import pytest

from core.errors import Cancelled, LanguageError, TransientLanguageError
from core.language.ledger import Ledger
from core.language.rerank import RerankModel, rerank_task
from tests.language.requests_to_models import Rows
from tests.scripted.rerank_server import ScriptedReranker

QUESTION = "How loud is a heat pump?"
TEXTS = ["The library opens at nine.", "A heat pump is as loud as a fridge.", "How a heat pump works is told here."]
KEY = "sk-secret-of-the-reranker"


def model(server: ScriptedReranker, **patience: Any) -> RerankModel:
    quick = {"timeout_s": 5.0, "pause_s": 0.001}
    return RerankModel(base_url=server.base_url, api_key=KEY, model="scripted-reranker", **quick | patience)


@pytest.mark.parametrize("dialect", ["documents", "texts"])
def test_scores_come_back_in_the_order_of_the_passages(dialect: str):
    with ScriptedReranker(dialect=dialect) as server:
        one = model(server)
        for _ in range(2):
            assert one.ask(rerank_task(QUESTION, TEXTS)).value.scores == server.score(QUESTION, TEXTS)
        assert server.keys[-1] == KEY
        if dialect == "documents":
            assert server.bodies[-1] == {
                "model": "scripted-reranker", "query": QUESTION, "documents": TEXTS, "top_n": len(TEXTS)
            }  # fmt: skip
            assert len(server.bodies) == 2
        else:
            assert server.bodies[-1] == {"query": QUESTION, "texts": TEXTS, "truncate": True}
            assert len(server.bodies) == 3, "the dialect is learned once"


def test_an_address_that_names_rerank_itself_is_understood():
    with ScriptedReranker() as server:
        one = RerankModel(base_url=f"{server.base_url}/rerank/", api_key=None, model="m")
        assert len(one.ask(rerank_task(QUESTION, TEXTS)).value.scores) == 3


@pytest.mark.parametrize(("usage", "tokens"), [("usage", 321), ("cohere", 123), ("", 0)])
def test_what_it_took_is_counted_and_paid_once(usage: str, tokens: int):
    rows = Rows()
    with ScriptedReranker(usage=usage) as server:
        ledger = Ledger(model(server), rows, run_id="r1")
        first = ledger.ask(rerank_task(QUESTION, TEXTS))
        again = ledger.ask(rerank_task(QUESTION, TEXTS))
        assert len(server.bodies) == 1
    assert first.value == again.value
    (call,) = first.calls
    assert (call.role, call.task, call.model, call.run_id, call.status) == (
        "reranker", "rerank", "scripted-reranker", "r1", "done",
    )  # fmt: skip
    assert call.tokens_in == tokens or (not tokens and call.error.startswith("tokens estimated"))
    assert call.cost_usd == 0.0, "on this machine"
    assert again.calls[0].status == "replayed"
    assert KEY not in str(rows.rows)


def test_a_price_that_nobody_knows_stays_unknown(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("core.language.prices.on_this_machine", lambda address: False)
    with ScriptedReranker() as server:
        assert model(server).ask(rerank_task(QUESTION, TEXTS)).calls[0].cost_usd is None


@pytest.mark.parametrize("fault", ["500", "429", "no_json", "few", "nan"])
def test_a_fault_that_may_pass_is_tried_again(fault: str):
    with ScriptedReranker(faults=[fault]) as server:
        assert model(server).ask(rerank_task(QUESTION, TEXTS)).value.scores == server.score(QUESTION, TEXTS)
        assert len(server.bodies) == 2


@pytest.mark.parametrize(
    ("fault", "words", "remedy"),
    [
        ("404", "knows no reranking", "what stands before /rerank"),
        ("401", "did not accept the API key", "RERANK_API_KEY"),
        ("501", "does not support reranking", ""),
    ],
)
def test_a_fault_that_stays_is_told_at_once(fault: str, words: str, remedy: str):
    with ScriptedReranker(faults=[fault] * 9) as server, pytest.raises(LanguageError, match=words) as told:
        model(server).ask(rerank_task(QUESTION, TEXTS))
    assert remedy in told.value.remedy
    assert KEY not in told.value.message
    assert len(server.bodies) == 1


def test_one_that_stays_broken_is_given_up():
    with ScriptedReranker(faults=["few"] * 9) as server, pytest.raises(TransientLanguageError, match="2 scores for 3"):
        model(server).ask(rerank_task(QUESTION, TEXTS))
    assert len(server.bodies) == 3


def test_a_hung_one_costs_its_deadline_and_is_left_when_the_run_is_stopped():
    with ScriptedReranker(faults=["hung"] * 9) as server:
        with pytest.raises(TransientLanguageError, match="without an answer"):
            model(server, timeout_s=0.1).ask(rerank_task(QUESTION, TEXTS))
        with pytest.raises(Cancelled):
            model(server).ask(rerank_task(QUESTION, TEXTS), cancelled=lambda: True)
