"""The call ledger: no answer that was paid for is paid for twice.

It stands around one model's backend. A request is known by what it says: role, task,
model, prompt, wanted form and limits, not by the endpoint or the run. An answer is
written down before it is used; a request that was answered before, in this run or in any
other, is answered from the ledger. Two equal requests at the same moment become one.
"""

import contextlib
import functools
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Protocol, cast

from pydantic import BaseModel, ValidationError

from core.errors import Cancelled, GalleyError
from core.language.backend import Backend
from core.language.faults import calls_of, with_calls
from core.language.tasks import Answer, Reply, Task
from core.models import Call

_POLL_S = 0.1
LONGEST_S = 60.0
"""For an equal request of another process: most are answered by then, and that process may hang."""


class InFlight(Protocol):
    """What other processes are asking at the moment."""

    def claim(self, key: str) -> bool:
        """Whether no other process is at this request; it is then this process's until `let_go`."""

    def let_go(self, key: str) -> None:
        """Of what was claimed before."""


class CallStore(Protocol):
    """Where calls are kept."""

    @property
    def in_flight(self) -> InFlight:
        """The requests that are under way."""

    def find(self, key: str) -> str | None:
        """The answer, as JSON, of a finished call with this key."""

    def begin(self, call: Call, request_json: str) -> None:
        """Written before a request goes out."""

    def finish(self, call: Call, answer_json: str) -> None:
        """The request was answered."""

    def fail(self, call: Call) -> None:
        """The request was not answered; it may have cost something all the same."""


class Ledger:
    """A backend that remembers. Safe to use from many threads.

    Args:
        backend: the model behind it.
        store: where calls are kept.
        run_id: written into the calls; not part of the key.
    """

    def __init__(self, backend: Backend, store: CallStore, *, run_id: str | None = None) -> None:
        self.model = backend.model
        self._backend, self._store, self._run_id = backend, store, run_id

    @property
    def free(self) -> bool:
        return self._backend.free

    def ask(
        self,
        task: Task[Answer],
        *,
        on_text: Callable[[str], None] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
        on_restart: Callable[[], None] | None = None,
    ) -> Reply[Answer]:
        """Answer from the ledger (one call of status `replayed`, cost 0), else ask and write down.

        Raises:
            Whatever the backend raises; `Cancelled` also while an equal request is waited for.
        """
        key = request_key(task, self.model)
        with _alone(key, cancelled), _alone_of_all(key, self._store.in_flight, cancelled):
            if reply := self.recall(task):
                if on_text and isinstance(reply.value, str):
                    on_text(reply.value)
                return reply
            return self._pay(key, task, on_text, cancelled, on_restart)

    def recall(self, task: Task[Answer]) -> Reply[Answer] | None:
        """The answer if it was paid for already; asks nobody."""
        key = request_key(task, self.model)
        answer_json = self._store.find(key)
        if answer_json is None:
            return None
        try:
            value = _from_json(answer_json, task.answer)
        except ValueError:
            return None  # a damaged row is no answer: it is asked for, and written, again
        call = replace(self._call(key, task), status="replayed", cost_usd=0.0)
        return Reply(value=value, model=self.model, calls=(call,))

    def _pay(
        self,
        key: str,
        task: Task[Answer],
        on_text: Callable[[str], None] | None,
        cancelled: Callable[[], bool],
        on_restart: Callable[[], None] | None,
    ) -> Reply[Answer]:
        call, began = self._call(key, task), time.monotonic()
        self._store.begin(call, request_json(task, self.model))
        try:
            reply = self._backend.ask(task, on_text=on_text, cancelled=cancelled, on_restart=on_restart)
        except BaseException as error:  # noqa: BLE001 - whatever ended it, the row must not stay open
            calls = self._own(key, calls_of(error)) if isinstance(error, GalleyError) else ()
            status = "abandoned" if isinstance(error, Cancelled) else "failed"
            seconds = round(time.monotonic() - began, 3)
            why = error.message if isinstance(error, GalleyError) else type(error).__name__
            self._store.fail(replace(_summed(call, calls), status=status, seconds=seconds, error=why))
            if isinstance(error, GalleyError):
                with_calls(error, calls)
            raise
        calls = self._own(key, reply.calls)
        done = replace(_summed(call, calls), status="done", seconds=round(time.monotonic() - began, 3))
        self._store.finish(done, _to_json(reply.value))
        return replace(reply, calls=calls)

    def _call(self, key: str, task: Task[Any]) -> Call:
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return Call(
            key=key, run_id=self._run_id, role=task.role, task=task.name, model=self.model, status="sent", at=at
        )

    def _own(self, key: str, calls: tuple[Call, ...]) -> tuple[Call, ...]:
        return tuple(replace(call, key=key, run_id=self._run_id) for call in calls)


def request_key(task: Task[Any], model: str) -> str:
    """SHA-256 of all that decides the answer; the same wherever and whenever it is asked."""
    return hashlib.sha256(request_json(task, model).encode()).hexdigest()


def request_json(task: Task[Any], model: str) -> str:
    """The request as it is kept: the prompt and its limits; no key, no address."""
    request = {
        "role": task.role,
        "task": task.name,
        "model": model,
        "system": task.system,
        "user": task.user,
        "answer": _form(task.answer),
        "max_tokens": task.max_tokens,
        "temperature": task.temperature,
        "attempt": task.attempt,
    }
    return json.dumps(request, ensure_ascii=False, sort_keys=True)


@functools.cache
def _form(answer: type[Any]) -> Any:
    return "text" if answer is str else cast(type[BaseModel], answer).model_json_schema()


def _to_json(value: Any) -> str:
    return value.model_dump_json() if isinstance(value, BaseModel) else json.dumps(value, ensure_ascii=False)


def _from_json(text: str, answer: type[Answer]) -> Answer:
    if answer is str:
        value = json.loads(text)
        if not isinstance(value, str):
            raise ValueError("not a text")
        return cast(Answer, value)
    try:
        return cast(Answer, cast(type[BaseModel], answer).model_validate_json(text))
    except ValidationError as error:
        raise ValueError(str(error)) from error


def _summed(call: Call, parts: tuple[Call, ...]) -> Call:
    """One row for all that a task took: repairs and second tries among it. An unknown price stays unknown."""
    prices = [part.cost_usd for part in parts]
    return replace(
        call,
        tokens_in=sum(part.tokens_in for part in parts),
        tokens_cached=sum(part.tokens_cached for part in parts),
        tokens_out=sum(part.tokens_out for part in parts),
        cost_usd=None if None in prices else float(sum(price for price in prices if price)),
        error="; ".join(dict.fromkeys(part.error for part in parts if part.error)),
    )


# --- one at a time, by key ---------------------------------------------------------------


@dataclass
class _Flight:
    lock: threading.Lock = field(default_factory=threading.Lock)
    passengers: int = 0


_flights: dict[str, _Flight] = {}
_boarding = threading.Lock()


@contextlib.contextmanager
def _alone(key: str, cancelled: Callable[[], bool]) -> Iterator[None]:
    """Let one request of a key through at a time, in the whole process.

    Whoever waited looks into the ledger first, so it pays only if the one before it failed.
    """
    with _boarding:
        flight = _flights.setdefault(key, _Flight())
        flight.passengers += 1
    try:
        while not flight.lock.acquire(timeout=_POLL_S):
            if cancelled():
                raise Cancelled()
        try:
            yield
        finally:
            flight.lock.release()
    finally:
        with _boarding:
            flight.passengers -= 1
            if not flight.passengers:
                del _flights[key]


@contextlib.contextmanager
def _alone_of_all(key: str, in_flight: InFlight, cancelled: Callable[[], bool]) -> Iterator[None]:
    """The same among processes; one that hangs is not waited for without end."""
    end = time.monotonic() + LONGEST_S
    while not (mine := in_flight.claim(key)) and time.monotonic() < end:
        if cancelled():
            raise Cancelled()
        time.sleep(_POLL_S)
    try:
        yield
    finally:
        if mine:
            in_flight.let_go(key)
