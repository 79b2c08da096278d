"""A wire between a target and its server that counts, refuses and loses what it is told to.

An HTTP proxy on a free port of this machine. It passes every request on and every answer
back. `lose` lets the next matching request be carried out and then hangs up instead of
answering: what a network fault does to a publisher at the worst moment.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

_HOP = {"connection", "keep-alive", "transfer-encoding", "content-encoding", "content-length", "date", "server"}


@dataclass(frozen=True)
class Sent:
    """One request as it went by."""

    method: str
    path: str
    """With its query."""
    body: bytes = field(repr=False, default=b"")

    @property
    def writes(self) -> bool:
        """Whether it changes something; every XML-RPC call is a POST, the reading ones too."""
        return self.method not in ("GET", "HEAD", "OPTIONS") and b"<methodName>wp.get" not in self.body


@dataclass
class _Order:
    """What to do with matching requests."""

    matches: Callable[[Sent], bool]
    times: int
    answer: tuple[int, Mapping[str, str], bytes] | None
    """None: carry the request out and hang up."""


class Wire:
    """`Wire("http://127.0.0.1:8080").url` reaches that server. `close` it in the end.

    Args:
        shut: requests that a firewall would stop; answered 403 for good.
    """

    def __init__(self, server: str, *, shut: Callable[[Sent], bool] = lambda sent: False) -> None:
        self._shut = shut
        self.sent: list[Sent] = []
        self._orders: list[_Order] = []
        self._client = httpx.Client(base_url=server, trust_env=False, timeout=60, follow_redirects=False)
        wire = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format: str, *args: object) -> None:
                pass

            def _pass_on(self) -> None:
                wire._pass_on(self)

            do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_OPTIONS = do_PATCH = _pass_on

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._client.close()

    @property
    def writes(self) -> list[Sent]:
        """What went by that was no read."""
        return [sent for sent in self.sent if sent.writes]

    def lose(self, matches: Callable[[Sent], bool], *, times: int = 1) -> None:
        """Carry the next matching requests out, and hang up instead of answering."""
        self._orders.append(_Order(matches, times, None))

    def refuse(
        self,
        matches: Callable[[Sent], bool],
        status: int,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"{}",
        times: int = 1,
    ) -> None:
        """Answer the next matching requests so; the server never sees them."""
        self._orders.append(_Order(matches, times, (status, headers or {}, body)))

    def clear(self) -> None:
        """Forget what went by and what was ordered."""
        self.sent.clear()
        self._orders.clear()

    def _order(self, sent: Sent) -> _Order | None:
        for order in self._orders:
            if order.times > 0 and order.matches(sent):
                order.times -= 1
                return order
        return None

    def _pass_on(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        sent = Sent(request.command, request.path, body)
        self.sent.append(sent)
        if self._shut(sent):
            self._answer(request, 403, {"Content-Type": "text/html"}, b"<title>Forbidden by the firewall</title>")
            return
        order = self._order(sent)
        if order and order.answer:
            self._answer(request, *order.answer)
            return
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _HOP}
        answer = self._client.request(sent.method, sent.path, headers=headers, content=body)
        if order:
            request.close_connection = True
            return
        kept = {name: value for name, value in answer.headers.items() if name.lower() not in _HOP}
        self._answer(request, answer.status_code, kept, answer.content)

    def _answer(self, request: BaseHTTPRequestHandler, status: int, headers: Mapping[str, str], body: bytes) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        if request.command != "HEAD":
            request.wfile.write(body)
