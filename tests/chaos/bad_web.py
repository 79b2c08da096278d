"""A web that misbehaves: good pages, and pages that drip, hang, never end or fail. It counts what is fetched."""

import contextlib
import select
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from core.settings import ROOT

GOOD = 3
BAD = ("drip", "hang", "huge", "error")
"""What one page of a run does, in turn: a byte now and then, nothing, no end, or status 500."""
LONGEST_S = 30.0


@dataclass
class BadWeb:
    """Serves the sample library's web pages under any number of addresses, and counts."""

    database: Path
    address: str = ""
    fetched: Counter[str] = field(default_factory=Counter)
    fetched_although_kept: list[str] = field(default_factory=list)

    def urls(self, number: int) -> tuple[str, ...]:
        """Pages of their own for a run: some good, one bad."""
        names = (*map(str, range(GOOD)), BAD[number % len(BAD)])
        return tuple(f"{self.address}/run{number}/{name}" for name in names)

    def kept(self, url: str) -> bool:
        with closing(sqlite3.connect(self.database, timeout=30)) as connection:
            return connection.execute("SELECT 1 FROM run_sources WHERE url = ?", (url,)).fetchone() is not None


@contextlib.contextmanager
def bad_web(database: Path) -> Iterator[BadWeb]:
    pages = sorted((ROOT / "samples" / "library").rglob("*.html"))[:GOOD]
    web = BadWeb(database)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # noqa: N802 - the name http.server calls
            url, name = web.address + self.path, self.path.rsplit("/", 1)[1]
            if not self.path.startswith("/run") or name == "error":
                self.send_error(500 if name == "error" else 404)
                return
            web.fetched[url] += 1
            if web.kept(url) and not self._gone():
                web.fetched_although_kept.append(url)
            with contextlib.suppress(OSError):  # the reader has enough
                self._answer(name)

        def _gone(self) -> bool:
            """Whether who asked is dead, or waits no longer: on a busy machine it may be heard late."""
            return bool(select.select([self.connection], [], [], 0)[0])

        def _answer(self, name: str) -> None:
            body = pages[int(name)].read_bytes() if name.isdigit() else b"<p>word "
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body) if name.isdigit() else 10**9))
            self.end_headers()
            end = time.monotonic() + LONGEST_S
            while name == "hang" and time.monotonic() < end:
                time.sleep(0.5)
            self.wfile.write(body)
            while name in ("drip", "huge") and time.monotonic() < end:
                self.wfile.write(b"w" if name == "drip" else b"word " * 20_000)
                time.sleep(0.3 if name == "drip" else 0.0)

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

    with Server(("127.0.0.1", 0), Handler) as server:
        web.address = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield web
        server.shutdown()
