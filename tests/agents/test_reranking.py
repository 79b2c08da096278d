"""A run with a reranking model: its order, its record, and what happens when it is down."""

from collections.abc import Callable

from core.events import Kind
from core.models import Status
from tests.agents.small_house import House
from tests.scripted.rerank_server import ScriptedReranker

KEY = "sk-secret-of-the-reranker"
TOPIC = "Do street trees cool a hot city?"


def test_the_reranker_has_the_last_word_on_the_order_and_its_ranks_are_kept(
    new_house: Callable[..., House], monkeypatch
):
    monkeypatch.setenv("RERANK_API_KEY", KEY)
    with ScriptedReranker(
        score=lambda question, texts: [float(len(text)) for text in texts], require_key=KEY
    ) as server:
        house = new_house(rerank_base_url=server.base_url, rerank_model="by-length")
        run = house.to_review(TOPIC)
        asked = len(server.bodies)
        house.to_review(TOPIC)
        assert len(server.bodies) == asked, "what was asked before is answered by the ledger"
    for found in house.studio.evidence(run.id):
        given = [item for item in found.items if "by-length" in item.scores]
        assert given
        ranks = sorted(given, key=lambda item: item.scores["by-length"].rank)
        lengths = [len(item.passage.text) for item in ranks]
        assert lengths == sorted(lengths, reverse=True)
        assert [item.scores["by-length"].score for item in ranks] == lengths
    calls = [call for call in house.studio.calls(run.id) if call.role == "reranker"]
    assert calls
    assert {(call.task, call.model, call.tokens_in) for call in calls if call.status == "done"} == {
        ("rerank", "by-length", 321)
    }
    told = house.events(run.id, Kind.CALLED)
    assert {event.data["role"] for event in told} == {"reranker"}
    assert KEY not in (house.data / "galley.db").read_bytes().decode("latin-1")


def test_a_reranker_that_is_down_is_told_and_the_run_goes_on(new_house: Callable[..., House]):
    with ScriptedReranker(faults=["501"] * 99) as server:
        house = new_house(rerank_base_url=server.base_url)
        run = house.to_review(TOPIC)
    assert run.status is Status.REVIEW
    assert len(server.bodies) == 1, "it is left alone for a while"
    told = house.events(run.id, Kind.FALLBACK)
    assert told
    assert "does not support reranking" in told[0].data["reason"]
    assert {(e.data["role"], e.data["to"]) for e in told} == {("reranker", "the built-in order")}
    assert all("not reranked: reranker did not answer" in found.note for found in house.studio.evidence(run.id))
    plain = new_house()
    same = plain.to_review(TOPIC)
    assert [[i.passage.text for i in e.used] for e in house.studio.evidence(run.id)] == [
        [i.passage.text for i in e.used] for e in plain.studio.evidence(same.id)
    ]


def test_the_doctor_asks_the_reranker(new_house: Callable[..., House]):
    def looked(house: House) -> tuple[bool, str]:
        check = next(check for check in house.studio.doctor() if check.name == "Reranker")
        return check.ok, f"{check.message} {check.remedy}"

    assert looked(new_house()) == (True, "none: passages stand in the built-in order ")
    with ScriptedReranker(dialect="texts", score=lambda _, texts: [float("apple" in text) for text in texts]) as server:
        house = new_house(rerank_base_url=server.base_url, rerank_model="fruits")
        assert looked(house)[0]
        looked(house)
        assert len(server.bodies) <= 4, "once a minute at most"
    with ScriptedReranker(score=lambda _, texts: [0.5] * len(texts)) as server:
        assert "stone for a fruit" in looked(new_house(rerank_base_url=server.base_url))[1]
    gone = looked(new_house(rerank_base_url="http://127.0.0.1:9/v1"))
    assert not gone[0]
    assert "go on in the built-in order" in gone[1]
