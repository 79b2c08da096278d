"""Finding model servers on this machine."""

import http.server
import socket
import threading
from collections.abc import Iterator

import pytest

from core.language.local import find_local_servers
from tests.scripted.model_server import ScriptedModel


@pytest.fixture
def web_server() -> Iterator[int]:
    """Something else that lives on a popular port."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>hello</html>")

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def test_running_servers_are_offered_with_their_models_and_others_are_not(web_server: int):
    with socket.socket() as silent, ScriptedModel(models=["a", "b"]) as first, ScriptedModel(models=[]) as second:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        ports = {
            first.port: "Ollama",
            silent.getsockname()[1]: "LM Studio",
            web_server: "llama.cpp",
            second.port: "vLLM",
        }
        found = find_local_servers(ports)
    assert [(server.name, server.models) for server in found] == [("Ollama", ("a", "b")), ("vLLM", ())]
    assert found[0].base_url == first.base_url


def test_nothing_running_is_no_error():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        assert find_local_servers({closed.getsockname()[1]: "Ollama"}) == []
    assert find_local_servers({}) == []
