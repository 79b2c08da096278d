"""The purse: what is under way counts, so that requests side by side do not spend a budget many times."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from core.errors import BudgetSpent, Cancelled
from core.language.purse import Purse
from tests.language.requests_to_models import prose_task

PRICES = {"big": 0.4, "small": 0.1}


class Account:
    """What was spent; a purse of one dollar over it."""

    def __init__(self) -> None:
        self.spent = 0.0
        self.notes: list[str] = []
        self.purse = Purse(
            1.0, spent=lambda: self.spent, expected=lambda model, task: PRICES[model],
            on_budget=lambda spent, budget, note: self.notes.append(note),
        )  # fmt: skip

    def hold(self, *, small: str | None = None, cancelled: Callable[[], bool] = lambda: False) -> Any:
        return self.purse.hold(prose_task(), ["big"], small=small, free=lambda model: False, cancelled=cancelled)


def test_what_is_under_way_brings_the_small_model_on():
    account = Account()
    with account.hold(small="small") as first, account.hold(small="small") as second:
        assert (first, second) == (["big"], ["small", "big"]), "the dearer one stands by"
    assert account.notes == ["70 % of the budget of $1.00 is spent or under way; small goes on for big."]
    with account.hold(small="small") as later:
        assert later == ["big"], "what came cheaper than feared is not held against it"


def test_what_does_not_fit_waits_until_it_is_known_what_the_others_cost():
    account, looked = Account(), threading.Event()

    def told() -> bool:
        looked.set()
        return False

    def third() -> list[str]:
        with account.hold(cancelled=told) as allowed:
            return allowed

    with ThreadPoolExecutor(1) as pool:
        with account.hold(), account.hold():
            waiting = pool.submit(third)
            assert looked.wait(5)
            assert not waiting.done()
            account.spent = 0.5
        assert waiting.result(5) == ["big"]
        with account.hold():
            looked.clear()
            waiting = pool.submit(third)
            assert looked.wait(5)
            account.spent = 1.0
        with pytest.raises(BudgetSpent, match=r"\$1.00"):
            waiting.result(5)


def test_whoever_waits_for_money_can_be_stopped():
    account = Account()
    with account.hold(), account.hold(), pytest.raises(Cancelled), account.hold(cancelled=lambda: True):
        pass


def test_alone_a_request_goes_out_while_anything_is_left():
    account = Account()
    account.spent = 0.99
    with account.hold() as allowed:
        assert allowed == ["big"]
