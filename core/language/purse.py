"""The purse: what a run may still spend, with what is under way counted as spent.

Requests go out side by side and each is paid for at its end, so the money spent so far says too
little: what a request is expected to cost is kept back until it ends. From 70 % of the budget a
smaller model takes over, at 90 % it is said that the money nears its end, and what does not fit
into the rest waits until what is under way is paid for. Alone, a request goes out while anything
is left: a run spends more than its budget by one request at most.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from core.errors import BudgetSpent, Cancelled
from core.language.tasks import Task

DEGRADE_AT = 0.7
"""Share of the budget from which smaller models take over (DESIGN, section 6)."""
WARN_AT = 0.9

_LOOK_S = 0.1


class Purse:
    """The money of one run. Safe to use from many threads.

    Args:
        budget_usd: None means no limit.
        spent: what the run has cost so far, in US dollars.
        expected: `(model, task)` -> what the request will cost, in US dollars; 0 where nobody knows.
        on_budget: see `Router`.
    """

    def __init__(
        self,
        budget_usd: float | None,
        *,
        spent: Callable[[], float],
        expected: Callable[[str, Task], float],
        on_budget: Callable[[float, float, str], None],
    ) -> None:
        self._budget, self._spent, self._expected, self._on_budget = budget_usd, spent, expected, on_budget
        self._kept_back: list[float] = []
        """What the requests under way are expected to cost."""
        self._told: set[str] = set()
        self._paid = threading.Condition()

    @contextmanager
    def hold(
        self, task: Task, chain: list[str], *, small: str | None, free: Callable[[str], bool],
        cancelled: Callable[[], bool],
    ) -> Iterator[list[str]]:  # fmt: skip
        """The models that the budget allows, for as long as they are asked; their price is kept back meanwhile.

        Args:
            chain: the role's model, and those that stand by.
            small: the model to degrade to, if there is one.
            free: whether a model costs nothing for certain.

        Raises:
            BudgetSpent: the money is gone and the role's model is not free.
            Cancelled: `cancelled` said so while this waited for what is under way.
        """
        if self._budget is None:
            yield chain
            return
        with self._paid:
            allowed, price = self._allowed(task, chain, small, free)
            while self._kept_back and self._spent() + sum(self._kept_back) + price > self._budget:
                if cancelled():
                    raise Cancelled
                self._paid.wait(_LOOK_S)
                allowed, price = self._allowed(task, chain, small, free)
            self._kept_back.append(price)
        try:
            yield allowed
        finally:
            with self._paid:
                self._kept_back.remove(price)
                self._paid.notify_all()

    def _allowed(
        self, task: Task, chain: list[str], small: str | None, free: Callable[[str], bool]
    ) -> tuple[list[str], float]:
        budget, spent = self._budget or 0.0, self._spent()
        if free(chain[0]):
            return ([model for model in chain if free(model)] if spent >= budget else chain), 0.0
        if spent >= budget:
            self._tell("spent", spent, "The budget is spent; no more paid calls.")
            raise BudgetSpent(
                f"The budget of {_dollars(budget)} is spent.",
                remedy="Go on with a larger budget, here or by python -m core resume RUN --budget USD; "
                "what is done is kept.",
            )
        if spent >= WARN_AT * budget:
            self._tell("near", spent, f"90 % of the budget of {_dollars(budget)} is spent.")
        price = self._expected(chain[0], task)
        if small and small != chain[0] and spent + sum(self._kept_back) + price >= DEGRADE_AT * budget:
            said = "spent" if spent >= DEGRADE_AT * budget else "spent or under way"
            note = f"70 % of the budget of {_dollars(budget)} is {said}; {small} goes on for {chain[0]}."
            self._tell(f"{small} for {chain[0]}", spent, note)
            standing_by = [*chain[1:], chain[0]]  # a run that cannot go on otherwise is worth the dearer model
            return list(dict.fromkeys([small, *standing_by])), self._expected(small, task)
        return chain, price

    def _tell(self, what: str, spent: float, note: str) -> None:
        if what not in self._told:
            self._told.add(what)
            self._on_budget(spent, self._budget or 0.0, note)


def _dollars(usd: float) -> str:
    return f"${usd:.2f}" if usd >= 0.01 else f"${usd:.2g}"
