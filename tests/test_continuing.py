"""A text that was cut short goes on where it broke off."""

from collections.abc import Callable
from typing import Any

from core.models import Status
from core.wiring import context_for
from tests.agents.small_house import House, house, new_house, samples
from tests.scripted.model_server import ScriptedModel

__all__ = ["house", "new_house", "samples"]


def test_what_was_written_before_a_stop_is_neither_paid_for_nor_shown_again(new_house: Callable[..., House]):
    whole = _whole_text(new_house)
    with ScriptedModel(tokens_per_s=100) as server:
        house = new_house(base_url=server.base_url, default_model="scripted-large", budget_usd=None)
        run_id = house.start(autopilot=True)
        house.work_until(run_id, lambda: "\n" in _seen(house, run_id, 1))
        server.tokens_per_s = None
        run = house.work(run_id)
        assert run.status in (Status.FINISHED, Status.GATE), run.error
        asked = [r.body["messages"][-1]["content"] for r in server.requests]
        assert any("<<<WRITTEN" in words for words in asked), "only the rest was asked for"
        assert _seen(house, run_id, 1).split("\n") == whole.split("\n"), "and readers saw each line once"


class WithoutLarge(ScriptedModel):
    """Knows the large model for anything but prose."""

    def _outcome(self, asked: dict[str, Any], prompt: str) -> str:
        gone = asked["model"] == "scripted-large" and asked.get("stream")
        return "no_model" if gone else super()._outcome(asked, prompt)


def test_what_another_model_had_begun_is_gone_on_with_too(new_house: Callable[..., House]):
    with WithoutLarge(tokens_per_s=100) as server:
        house = new_house(
            base_url=server.base_url, default_model="scripted-large", small_model="scripted-small", budget_usd=None
        )
        run_id = house.start(autopilot=True)
        house.work_until(run_id, lambda: "\n" in _seen(house, run_id, 1))
        written = _seen(house, run_id, 1).rpartition("\n")[0]
        server.tokens_per_s = None
        run = house.work(run_id)
        assert run.status in (Status.FINISHED, Status.GATE), run.error
        going_on = [r.body for r in server.requests if r.outcome == "ok" and "<<<WRITTEN" in str(r.body["messages"])]
        assert any(written in body["messages"][-1]["content"] for body in going_on), "only the rest was asked for"
        assert {body["model"] for body in going_on} == {"scripted-small"}
        assert _seen(house, run_id, 1).startswith(written)
        kept = [call.model for call in house.studio.calls(run_id) if call.task == "write" and call.status == "done"]
        assert set(kept) == {"scripted-small"}, "the ledger says who wrote"


def test_a_line_that_ended_is_kept_before_the_next_frame(house: House):
    run_id = house.start()
    run = house.work(run_id)
    prose = context_for(run, house.process).prose(1, "What it is")
    for piece in ("It ", "rose. [3]", "\nIt fell", ". [4]"):
        prose.add(piece)
    assert _seen(house, run_id, 1).startswith("It rose. [3]\n")
    prose.flush()
    assert _seen(house, run_id, 1) == "It rose. [3]\nIt fell. [4]"


def _whole_text(new_house: Callable[..., House]) -> str:
    with ScriptedModel() as server:
        house = new_house(base_url=server.base_url, default_model="scripted-large", budget_usd=None)
        run_id = house.start(autopilot=True)
        house.work(run_id)
        return _seen(house, run_id, 1)


def _seen(house: House, run_id: str, section: int) -> str:
    """A section as somebody who watches has it before it is judged."""
    text = ""
    for event in house.events(run_id, "text"):
        if event.data["section"] == section:
            text = event.data["text"] if event.data.get("restart") else text + event.data["text"]
    return text
