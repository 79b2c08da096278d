"""Requests that the tests of models make, and a backend that is quick to lose patience."""

import threading
from dataclasses import dataclass, field
from typing import Any

from core.language.openai import OpenAI
from core.language.tasks import PlanAnswer, Task
from core.models import Call
from tests.scripted.model_server import ScriptedModel

EVIDENCE = """Write about 60 words on tides.

[1] The Moon pulls the sea towards it and raises a bulge of water. The Sun does the same with about half the force.
[2] In the Bay of Fundy the tide rises by up to 16 metres, the highest range on Earth.
"""


def prose_task(user: str = EVIDENCE, **changes: Any) -> Task[str]:
    given = {"name": "write section", "role": "writer", "system": "You write.", "user": user, "input": None}
    return Task(**given | {"answer": str} | changes)


def plan_task(topic: str = "tides", **changes: Any) -> Task[PlanAnswer]:
    given = {"name": "plan", "role": "planner", "system": "You plan.", "user": f"Topic: {topic}", "input": None}
    return Task(**given | {"answer": PlanAnswer} | changes)


def backend(server: ScriptedModel, model: str = "scripted-large", **patience: Any) -> OpenAI:
    quick = {"timeout_s": 5.0, "first_token_s": 5.0, "idle_s": 5.0, "pause_s": 0.001, "attempts": 4}
    return OpenAI(base_url=server.base_url, api_key="sk-secret-of-the-test", model=model, **quick | patience)


class NobodyElse:
    """No other process asks anything."""

    def claim(self, key: str) -> bool:
        return True

    def let_go(self, key: str) -> None:
        pass


@dataclass
class Rows:
    """A `CallStore` in memory."""

    rows: list[tuple[str, Call, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    in_flight: NobodyElse = field(default_factory=NobodyElse)

    def find(self, key: str) -> str | None:
        with self.lock:
            done = [text for what, call, text in self.rows if what == "done" and call.key == key]
        return done[-1] if done else None

    def begin(self, call: Call, request_json: str) -> None:
        self._add("sent", call, request_json)

    def finish(self, call: Call, answer_json: str) -> None:
        self._add("done", call, answer_json)

    def fail(self, call: Call) -> None:
        self._add("failed", call, "")

    def _add(self, what: str, call: Call, text: str) -> None:
        with self.lock:
            self.rows.append((what, call, text))

    def of(self, what: str) -> list[Call]:
        return [call for kept, call, _ in self.rows if kept == what]
