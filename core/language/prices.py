"""What a model call costs.

A table with its date and source lies beside this file. A model that is not in it has an
unknown price: None, never 0, so that a cost page can say "unknown" and a budget is not
fooled. A model on this machine, and composing without a model, cost nothing.
"""

import ipaddress
import json
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

TABLE = Path(__file__).with_name("prices.json")
_DATED = re.compile(r"[-@](\d{4}-\d{2}-\d{2}|\d{8})$")


def cost(
    model: str, tokens_in: int, tokens_cached: int, tokens_out: int, *, base_url: str | None = None
) -> float | None:
    """Price of one call in US dollars, or None when the model's price is unknown.

    Args:
        tokens_in: all tokens read, those answered from the provider's cache among them.
        tokens_cached: how many of `tokens_in` came from that cache.
        base_url: where the model was asked; an address of this machine costs nothing.

    >>> cost("gpt-4o-mini", 1_000_000, 0, 0)
    0.15
    >>> cost("a-model-nobody-knows", 10, 0, 10) is None
    True
    """
    if model == "extractive" or (base_url and on_this_machine(base_url)):
        return 0.0
    price = table()["prices"].get(_listed_name(model))
    if price is None:
        return None
    fresh = max(tokens_in - tokens_cached, 0)
    return (fresh * price["in"] + tokens_cached * price["cached"] + tokens_out * price["out"]) / 1e6


@cache
def table() -> dict[str, Any]:
    """The price table: `as_of`, `source`, `unit`, `prices` {model: {in, cached, out}}."""
    return json.loads(TABLE.read_text(encoding="utf-8"))


def on_this_machine(base_url: str) -> bool:
    """Whether an address is a loopback address.

    >>> on_this_machine("http://localhost:11434/v1"), on_this_machine("https://api.openai.com/v1")
    (True, False)
    """
    host = urlsplit(base_url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _listed_name(model: str) -> str:
    """The table's name: `openai/gpt-4o-mini-2024-07-18` -> `gpt-4o-mini`."""
    return _DATED.sub("", model.rsplit("/", 1)[-1])
