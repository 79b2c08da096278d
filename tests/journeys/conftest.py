"""A real studio on a free port with a fresh database, and a real browser.

Nothing is faked: the studio starts its own worker, and both are ended by their own ids.
"""

import contextlib
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
START_S = 40
WORKER_S = 20
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HARMLESS = ("_stcore/health", "_stcore/host-config", "404 (Not Found)")
"""On a deep link Streamlit's own page looks for its server below the path first and is told 404."""


@dataclass
class Server:
    """A running studio."""

    url: str
    site: str
    data: Path
    process: "subprocess.Popen[bytes]"
    log: Path

    def text(self) -> str:
        """What studio and worker have logged."""
        worker = self.data / "worker.log"
        return self.log.read_text("utf-8", "replace") + (
            worker.read_text("utf-8", "replace") if worker.exists() else ""
        )


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def start_server(folder: Path, port: int | None = None) -> Server:
    """Start `streamlit run app.py` on a fresh or given data folder and wait until it answers."""
    port, site_port = port or free_port(), free_port()
    data = folder / "data"
    data.mkdir(exist_ok=True)
    log = folder / "studio.log"
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("OPENAI_", "STREAMLIT_"))}
    environment |= {
        "GALLEY_DATA": str(data),
        "GALLEY_SITE_PORT": str(site_port),
        "PHOENIX_COLLECTOR_ENDPOINT": f"http://127.0.0.1:{free_port()}",
    }
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)],
            cwd=ROOT,
            env=environment,
            stdout=out,
            stderr=out,
        )
    server = Server(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{site_port}", data, process, log)
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=1).close()
            return server
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            if process.poll() is not None:
                break
            time.sleep(0.1)
    stop_server(server)
    raise AssertionError(f"The studio did not start:\n{server.text()[-3000:]}")


def stop_server(server: Server) -> None:
    """End the studio, then the worker it started, each by its own process id."""
    until = time.monotonic() + WORKER_S
    while not worker_pids(server) and server.process.poll() is None and time.monotonic() < until:
        time.sleep(0.1)  # a worker that is still starting would otherwise outlive its studio
    server.process.terminate()
    try:
        server.process.wait(8)
    except subprocess.TimeoutExpired:
        server.process.kill()
    for pid in worker_pids(server):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)


def worker_pids(server: Server) -> list[int]:
    """Process ids of the workers that wrote themselves into this server's own database."""
    database = server.data / "galley.db"
    if not database.exists():
        return []
    with contextlib.closing(sqlite3.connect(database)) as connection:
        return [int(row[0]) for row in connection.execute("SELECT pid FROM workers")]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    sync_playwright = pytest.importorskip("playwright.sync_api").sync_playwright
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.fail("The journeys need a browser. Install it: apt-get install chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One studio with an empty library for a file of tests."""
    running = start_server(tmp_path_factory.mktemp("studio"))
    yield running
    stop_server(running)


@dataclass
class Visitor:
    """A browser tab that notes every complaint."""

    page: Any
    server: Server
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> Any:
        """Open a path and wait until the page has been drawn."""
        self.page.goto(self.server.url + path)
        self.settle()
        return self.page

    def settle(self) -> None:
        self.page.wait_for_selector(
            '[data-testid="stApp"][data-test-script-state="notRunning"]', state="attached", timeout=30_000
        )

    def check(self) -> None:
        """No exception on the page, no error in the console."""
        shown = self.page.locator('[data-testid="stException"]')
        assert shown.count() == 0, shown.first.inner_text()
        assert not self.complaints, self.complaints


@pytest.fixture
def visit(browser: Any, server: Server) -> Iterator[Any]:
    """Opens tabs; each has its own cookies, like another browser."""
    contexts = []

    def visitor(**options: Any) -> Visitor:
        settings = {"viewport": {"width": 1360, "height": 900}, **options}
        context = browser.new_context(**settings)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(90_000)
        opened = Visitor(page, server)

        def heard(message: Any) -> None:
            if message.type == "error" and not any(word in message.text for word in HARMLESS):
                opened.complaints.append(message.text)

        page.on("console", heard)
        page.on("pageerror", lambda error: opened.complaints.append(str(error)))
        return opened

    yield visitor
    for context in contexts:
        context.close()
