"""The router: which model answers which role, what happens when it cannot, and when money runs out.

A role's model comes from the settings; when it fails, the chain of fallbacks takes over
and says so. Composing without a model (`extractive`) is a model name like any other: it
answers where a person chose it, as a role's model or in a chain, and never by itself.
A request that is itself at fault (its key, its length, its form) fails at once: another model would
refuse it too. When money runs short a role's smaller model takes over, and at its end only what costs
nothing and what was already paid for goes on (`purse`). A call that takes three times its usual time
is abandoned: the next model of the chain is asked, or else the same once more, and what the abandoned
one cost is counted.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from core.errors import Cancelled, GalleyError, LanguageError, TransientLanguageError
from core.language.backend import Backend
from core.language.breaker import Breaker
from core.language.faults import RequestFault, calls_of
from core.language.pace import Pace
from core.language.purse import Purse
from core.language.tasks import Answer, Language, Reply, Task
from core.models import Call

EXTRACTIVE = "extractive"


class TooSlow(TransientLanguageError):
    """A call took three times its usual time."""


def _extractive() -> Language:
    from core.language.extractive import Extractive

    return Extractive()


class Router:
    """Several models as one `tasks.Language`, for one run. Safe to use from many threads.

    Args:
        backend: model name -> its backend, usually `Ledger(OpenAI(...), store, run_id=...)`; asked once a model.
        model_for: role -> model name, or `extractive`.
        fallbacks: role -> models to try after its own, in order.
        small_for: role -> the model to degrade to; a role that is not in it keeps its model.
        budget_usd: None means no limit.
        spent: what the run has cost so far, in US dollars.
        expected: `(model, task)` -> what the request will cost, see `Purse`.
        on_call: told of every call, replayed and failed ones among them.
        on_fallback: told `(role, from, to, error)` before the next model of a chain is asked.
        on_budget: told `(spent, budget, note)` once when a model gives way to a smaller one, once when money nears
            its end, and once when it is gone.
        breaker: share one between runs, so that each need not find out anew which model is down.
        pace: what is usual for each model; share it likewise.
        clock: seconds, for the pace.
        extractive: makes the backend that needs no model.
    """

    def __init__(
        self,
        backend: Callable[[str], Backend],
        *,
        model_for: Callable[[str], str],
        fallbacks: Mapping[str, Sequence[str]] | None = None,
        small_for: Mapping[str, str] | None = None,
        budget_usd: float | None = None,
        spent: Callable[[], float] = lambda: 0.0,
        expected: Callable[[str, Task], float] = lambda model, task: 0.0,
        on_call: Callable[[Call], None] = lambda call: None,
        on_fallback: Callable[[str, str, str, LanguageError], None] = lambda role, gone, to, error: None,
        on_budget: Callable[[float, float, str], None] = lambda spent, budget, note: None,
        breaker: Breaker | None = None,
        pace: Pace | None = None,
        clock: Callable[[], float] = time.monotonic,
        extractive: Callable[[], Language] = _extractive,
    ) -> None:
        self._make, self._make_extractive = backend, extractive
        self._model_for, self._fallbacks, self._small_for = model_for, fallbacks or {}, small_for or {}
        self._purse = Purse(budget_usd, spent=spent, expected=expected, on_budget=on_budget)
        self._on_call, self._on_fallback = on_call, on_fallback
        self._breaker = breaker or Breaker()
        self._pace, self._clock = pace or Pace(), clock
        self._backends: dict[str, Any] = {}
        self._lock = threading.Lock()

    def ask(
        self,
        task: Task[Answer],
        *,
        on_text: Callable[[str], None] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
        on_restart: Callable[[], None] | None = None,
    ) -> Reply[Answer]:
        """Answer a task by the role's model or its fallbacks; `Reply.model` says which.

        Args:
            on_restart: the pieces given to `on_text` so far are void; the answer begins anew.

        Raises:
            BudgetSpent: the money is gone and the answer would cost some.
            LanguageError: of the last model in the chain, or of the first that found fault with the request.
            Cancelled: `cancelled` said so.
        """
        chain = self._chain(task.role)
        if reply := self._recalled(task, chain, on_text):
            return reply
        small = self._small_for.get(task.role)
        with self._purse.hold(task, chain, small=small, free=self._free, cancelled=cancelled) as allowed:
            return self._first_answer(task, allowed, _Pieces(on_text, on_restart), cancelled)

    def _first_answer(
        self, task: Task[Answer], chain: list[str], pieces: "_Pieces", cancelled: Callable[[], bool]
    ) -> Reply[Answer]:
        gone: tuple[str, LanguageError] | None = None
        raised: LanguageError | None = None
        for model in chain:
            if not self._breaker.admits(model):
                gone = (model, _resting(model))
                continue
            if gone:
                self._on_fallback(task.role, gone[0], model, gone[1])
                pieces.restart()
            try:
                return self._ask_one(model, task, pieces, cancelled)
            except RequestFault:
                raise
            except LanguageError as error:
                gone, raised = (model, error), error
        if isinstance(raised, TooSlow):  # nobody else can: it is asked once more, and waited for
            self._on_fallback(task.role, gone[0] if gone else chain[-1], chain[-1], raised)
            pieces.restart()
            return self._ask_one(chain[-1], task, pieces, cancelled, patient=True)
        if raised:
            raise raised
        # Every model rests: the first is asked all the same, for refusing unasked would help nobody.
        return self._ask_one(chain[0], task, pieces, cancelled)

    def _ask_one(
        self, model: str, task: Task[Answer], pieces: "_Pieces", cancelled: Callable[[], bool], *,
        patient: bool = False,
    ) -> Reply[Answer]:  # fmt: skip
        limit = None if patient else self._pace.limit_s(model, task)
        began = self._clock()

        def dropped() -> bool:
            return cancelled() or (limit is not None and self._clock() - began > limit)

        if cancelled():
            self._breaker.undecided(model)
            raise Cancelled()
        try:
            if model == EXTRACTIVE:
                reply = self._backend(model).ask(task, on_text=pieces.give, cancelled=cancelled)
            else:
                reply = self._backend(model).ask(
                    task, on_text=pieces.give, cancelled=dropped, on_restart=pieces.restart
                )
        except Cancelled as error:
            self._tell(calls_of(error))
            if cancelled() or limit is None:
                self._breaker.undecided(model)
                raise
            self._breaker.failed(model)
            raise _too_slow(model, limit) from error
        except LanguageError as error:
            if model == EXTRACTIVE or isinstance(error, RequestFault):
                self._breaker.undecided(model)  # says nothing about whether the model is up
            else:
                self._breaker.failed(model)
            self._tell(calls_of(error))
            raise
        except BaseException as error:
            self._breaker.undecided(model)  # cancelled, or the store: says nothing about the model
            self._tell(calls_of(error) if isinstance(error, GalleyError) else ())
            raise
        self._breaker.succeeded(model)
        if seconds := sum(call.seconds for call in reply.calls if call.status == "done"):
            self._pace.took(model, task, seconds)
        self._tell(reply.calls)
        return reply

    def _chain(self, role: str) -> list[str]:
        return list(dict.fromkeys([self._model_for(role), *self._fallbacks.get(role, ())]))

    def _recalled(
        self, task: Task[Answer], chain: list[str], on_text: Callable[[str], None] | None
    ) -> Reply[Answer] | None:
        """The answer of any model this role may use, if the ledger holds it.

        Asked before the budget: a resumed run stands elsewhere in its budget than when it paid.
        """
        if chain[0] == EXTRACTIVE:
            return None
        small = self._small_for.get(task.role)
        for model in dict.fromkeys([*chain, *([small] if small else [])]):
            if model == EXTRACTIVE:
                continue
            recall = getattr(self._backend(model), "recall", None)
            if recall and (reply := recall(task)):
                if on_text and isinstance(reply.value, str):
                    on_text(reply.value)
                self._tell(reply.calls)
                return reply
        return None

    def _free(self, model: str) -> bool:
        return model == EXTRACTIVE or bool(self._backend(model).free)

    def _backend(self, model: str) -> Any:
        with self._lock:
            if model not in self._backends:
                self._backends[model] = self._make_extractive() if model == EXTRACTIVE else self._make(model)
            return self._backends[model]

    def _tell(self, calls: Iterable[Call]) -> None:
        for call in calls:
            self._on_call(call)


def _too_slow(model: str, limit: float) -> TooSlow:
    return TooSlow(
        f"{model!r} took more than {limit:.0f} s, three times its usual time, and was let go.",
        remedy="Nothing to do: it is asked for elsewhere. If it happens often, choose another model in Settings.",
    )


def _resting(model: str) -> TransientLanguageError:
    return TransientLanguageError(
        f"{model!r} failed several times in a row and is left alone for a moment.",
        remedy="Check its endpoint, or choose another model in Settings.",
    )


class _Pieces:
    """Text on its way to the caller; knows whether there is any to take back."""

    def __init__(self, on_text: Callable[[str], None] | None, on_restart: Callable[[], None] | None) -> None:
        self._on_text, self._on_restart, self._given = on_text, on_restart, False

    def give(self, piece: str) -> None:
        self._given = True
        if self._on_text:
            self._on_text(piece)

    def restart(self) -> None:
        if self._given and self._on_restart:
            self._on_restart()
        self._given = False
