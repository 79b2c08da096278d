"""A slow web of its own for benchmarks: a search engine and the sample documents, 150 ms away.

Speaks SearXNG's JSON on `/search` and serves each sample document as an HTML page. Every
request is written down with its time, so that waits can be told from work.
"""

import contextlib
import json
import select
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, quote, urlsplit
from zlib import crc32

from markdown_it import MarkdownIt

HOSTS = tuple(f"127.0.0.{n}" for n in range(1, 61))
"""Sixty sites, for the results of real searches lie on as many; all on the loopback."""

LONGEST_S = 30.0
SAMPLES = Path(__file__).resolve().parent.parent / "samples" / "library"


@dataclass
class SlowWeb:
    """The server as a context manager; `base_url` is its address.

    Args:
        delay_s: before each answer.
    """

    delay_s: float = 0.15
    requests: list[tuple[float, float, str, str]] = field(default_factory=list)
    """`(begin, end, host, path)` of each request, in seconds of `time.time()`."""

    def __enter__(self) -> Self:
        self._pages = {path.stem: _page(path) for path in sorted(SAMPLES.rglob("*.md"))}
        self._lower = {name: page.lower() for name, page in self._pages.items()}
        self._servers = [ThreadingHTTPServer((host, 0), partial(_Handler, self)) for host in HOSTS]
        for server in self._servers:
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, daemon=True).start()
        self._sites = [f"http://{host}:{server.server_port}" for host, server in zip(HOSTS, self._servers, strict=True)]
        self.base_url = self._sites[0]
        return self

    def __exit__(self, *_: object) -> None:
        with ThreadPoolExecutor(len(self._servers)) as pool:  # each takes half a second to notice
            list(pool.map(ThreadingHTTPServer.shutdown, self._servers))
        for server in self._servers:
            server.server_close()

    def answer(self, path: str) -> tuple[str, bytes]:
        """`(media type, body)` for a path."""
        parts = urlsplit(path)
        if parts.path == "/search":
            return "application/json", json.dumps({"results": self._results(parse_qs(parts.query)["q"][0])}).encode()
        if parts.path == "/robots.txt":
            return "text/plain", b"User-agent: *\nAllow: /\n"
        return "text/html; charset=utf-8", self._pages[parts.path.strip("/").split("/")[-1]].encode()

    def misbehaviour(self, path: str) -> str | None:
        """`hang`, `drip` or `huge` for a page that does so; None where all is well."""
        return None

    def _results(self, query: str) -> list[dict[str, Any]]:
        words = {word.strip("?.,").lower() for word in query.split() if len(word) > 3}
        ranked = sorted(self._pages, key=lambda name: -sum(word in self._lower[name] for word in words))
        tag = quote(query[:40])
        # A page of its own for each query, so that runs do not share what they fetch.
        return [
            {"url": f"{self._site(tag, name)}/{tag}/{name}", "title": name.replace("-", " "), "content": name}
            for name in ranked[:12]
        ]

    def _site(self, tag: str, name: str) -> str:
        return self._sites[crc32(f"{tag}/{name}".encode()) % len(self._sites)]


def _page(path: Path) -> str:
    _, _, body = path.read_text(encoding="utf-8").removeprefix("---").partition("---")
    title = path.stem.replace("-", " ")
    return (
        f"<html lang=en><head><title>{title}</title></head><body><nav>Home · About · Contact</nav><article>"
        f"{MarkdownIt().render(body)}</article><footer>All pages are made up.</footer></body></html>"
    )


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, web: SlowWeb, *args: Any) -> None:
        self._web = web
        super().__init__(*args)

    def do_GET(self) -> None:  # noqa: N802 - the base class's name
        began = time.time()
        time.sleep(self._web.delay_s)
        if bad := self._web.misbehaviour(self.path):
            self._misbehave(bad)
            self._web.requests.append((began, time.time(), self.headers["Host"], self.path))
            return
        try:
            kind, body = self._web.answer(self.path)
            status = 200
        except KeyError:
            kind, body, status = "text/plain", b"not found", 404
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self._web.requests.append((began, time.time(), self.headers["Host"], self.path))

    def _misbehave(self, how: str) -> None:
        """Until the reader has enough, and half a minute at most."""
        self.close_connection, end = True, time.monotonic() + LONGEST_S
        with contextlib.suppress(OSError):
            while how == "hang" and time.monotonic() < end:
                if self._gone():
                    return
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(10**9))
            self.end_headers()
            while time.monotonic() < end and not (how == "drip" and self._gone()):
                self.wfile.write(b"w" if how == "drip" else b"word " * 20_000)

    def _gone(self) -> bool:
        """Whether the reader has hung up; looks for a third of a second."""
        return bool(select.select([self.connection], [], [], 0.3)[0])

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Nothing: thousands of lines would be the benchmark."""
