"""What calls cost, and that an unknown price is never taken for none."""

import pytest

from core.language.prices import cost, table


def test_every_price_in_the_table_is_whole_and_dated():
    assert table()["as_of"] >= "2026-01-01"
    assert len(table()["prices"]) >= 12
    for model, price in table()["prices"].items():
        assert 0 < price["cached"] <= price["in"] <= price["out"], model


def test_cached_tokens_cost_their_own_price():
    assert cost("gpt-4o", 1_000_000, 400_000, 100_000) == pytest.approx(0.6 * 2.5 + 0.4 * 1.25 + 0.1 * 10)


@pytest.mark.parametrize("model", ["gpt-4o-mini", "openai/gpt-4o-mini", "gpt-4o-mini-2024-07-18"])
def test_a_model_is_known_by_its_dated_and_routed_names(model: str):
    assert cost(model, 1_000_000, 0, 0) == 0.15


@pytest.mark.parametrize("model", ["", "gpt-4o-minimal", "my-finetune", "openai/gpt-oss-20b"])
def test_an_unknown_price_is_unknown(model: str):
    assert cost(model, 5, 0, 5) is None


@pytest.mark.parametrize(
    ("address", "price"),
    [
        ("http://127.0.0.1:11434/v1", 0.0),
        ("http://localhost:1234/v1", 0.0),
        ("http://[::1]:8000/v1", 0.0),
        ("http://192.168.1.5:8000/v1", None),
        ("https://localhost.example.com/v1", None),
    ],
)
def test_a_model_on_this_machine_costs_nothing(address: str, price: float | None):
    assert cost("qwen3", 5, 0, 5, base_url=address) == price


def test_composing_without_a_model_costs_nothing():
    assert cost("extractive", 0, 0, 0) == 0.0
