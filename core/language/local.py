"""Model servers that already run on this machine, for Settings to offer.

Each well-known port is asked for its list of models, all at once and briefly; whatever
else may live on such a port (8000 and 8080 are popular) does not answer with one and is
left out. Only 127.0.0.1 is asked and nothing is sent but one GET.
"""

import http.client
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

PORTS: Mapping[int, str] = {11434: "Ollama", 1234: "LM Studio", 8080: "llama.cpp", 8000: "vLLM"}
_MOST_BYTES = 1_000_000


@dataclass(frozen=True, kw_only=True)
class LocalServer:
    """An OpenAI-compatible server on this machine."""

    name: str
    """By its port: what usually listens there."""
    base_url: str
    models: tuple[str, ...]
    """In the server's order; empty when it runs but has none loaded."""


def find_local_servers(ports: Mapping[int, str] = PORTS, *, timeout_s: float = 0.3) -> list[LocalServer]:
    """The servers that answered, in the order of `ports` (port -> name). Never raises."""
    if not ports:
        return []
    with ThreadPoolExecutor(len(ports)) as pool:
        found = pool.map(lambda item: _probe(*item, timeout_s), ports.items())
        return [server for server in found if server]


def _probe(port: int, name: str, timeout_s: float) -> LocalServer | None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_s)
    try:
        connection.request("GET", "/v1/models", headers={"Accept": "application/json"})
        response = connection.getresponse()
        if response.status != 200:
            return None
        listing = json.loads(response.read(_MOST_BYTES))
    except (OSError, http.client.HTTPException, ValueError):
        return None  # nothing there, or not a model server
    finally:
        connection.close()
    if not isinstance(listing, dict) or listing.get("object") != "list":
        return None
    rows = listing.get("data") or []  # Ollama without a model says null
    models = tuple(row["id"] for row in rows if isinstance(row, dict) and isinstance(row.get("id"), str))
    return LocalServer(name=name, base_url=f"http://127.0.0.1:{port}/v1", models=models)
