"""A scripted web site on 127.0.0.1: says over real HTTP what a test wrote down."""

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Page = Callable[["Visit"], None] | tuple[int, Mapping[str, str], bytes]


class Visit(BaseHTTPRequestHandler):
    """One request; a scripted page may write to it as it likes."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: "_Server"
    body: bytes = b""

    def do_GET(self) -> None:
        self.server.site.serve(self)

    def do_POST(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.server.site.serve(self)

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}

    def say(self, status: int, headers: Mapping[str, str], body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304 and "transfer-encoding" not in {name.lower() for name in headers}:
            self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    site: "Site"

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # clients that hang up are what many tests are about


class Site:
    """Paths and what they answer; everything else is 404."""

    def __init__(self) -> None:
        self._server = _Server(("127.0.0.1", 0), Visit)
        self._server.site = self
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.pages: dict[str, Page] = {}
        self.visits: Counter[str] = Counter()
        self.seen: list[tuple[str, dict[str, str]]] = []
        """Path with query and headers (lower case) of every request, in order."""
        self.closing = threading.Event()
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def on(self, path: str, page: Page) -> str:
        """Script a path; returns its address."""
        self.pages[path] = page
        return self.url + path

    def html(self, path: str, body: str, **headers: str) -> str:
        return self.on(path, (200, {"content-type": "text/html; charset=utf-8", **headers}, body.encode()))

    def serve(self, visit: Visit) -> None:
        path = visit.path.partition("?")[0]
        self.visits[path] += 1
        self.seen.append((visit.path, {name.lower(): value for name, value in visit.headers.items()}))
        page = self.pages.get(path, (404, {}, b"not here"))
        if callable(page):
            page(visit)
        else:
            visit.say(*page)

    def close(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
