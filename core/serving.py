"""Everything at once: Phoenix, a worker and the studio as three processes, kept up and ended together.

Phoenix is slow to start and nothing waits for it. Each process writes a log of its own. One that
falls is started again; what it was at goes on.
"""

import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from core.settings import ROOT, Settings, child_environment
from core.store import Store

STUDIO_PORT = 8501
READY_S = 60.0
ANNOUNCED_S = 5.0
LOOK_S = 0.2
AGAIN_S = 2.0
"""At least between two starts of the same process, so that one that always falls takes no more than a share."""

PHOENIX = {
    "PHOENIX_HOST": "127.0.0.1", "PHOENIX_TELEMETRY_ENABLED": "false",
    "PHOENIX_ALLOW_EXTERNAL_RESOURCES": "false", "PHOENIX_LOG_MIGRATIONS": "false",
    "PHOENIX_DISABLE_AGENT_ASSISTANT": "true", "PHOENIX_AGENTS_DISABLE_BASH": "true",
    "PHOENIX_ALLOWED_SANDBOX_PROVIDERS": "NONE", "PHOENIX_ENABLE_MCP_SERVER": "false",
    "PHOENIX_DEFAULT_RETENTION_POLICY_DAYS": "30",
}  # fmt: skip
"""Local only: no telemetry, no outside resources, no code execution, no assistant."""


@dataclass
class _Child:
    """A process that is started again when it falls."""

    start: Callable[[], subprocess.Popen[bytes]]
    process: subprocess.Popen[bytes]
    began: float = field(default_factory=time.monotonic)

    def look(self) -> None:
        if self.process.poll() is not None and time.monotonic() - self.began > AGAIN_S:
            self.process, self.began = self.start(), time.monotonic()


def serve_all(settings: Settings, *, port: int | None = None) -> int:
    """Start the three, print their addresses, keep them up until told to stop; returns an exit code."""
    settings.data.mkdir(parents=True, exist_ok=True)
    port = port or _free_from(STUDIO_PORT)
    for told in (signal.SIGTERM, signal.SIGHUP):  # the second is a terminal that is closed
        signal.signal(told, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    children: dict[str, _Child] = {}

    def keep(name: str, start: Callable[[], subprocess.Popen[bytes]]) -> None:
        children[name] = _Child(start, start())

    try:
        keep("worker", lambda: _start("worker", [sys.executable, "-m", "core", "worker"], settings.data))
        _until_announced(settings)
        keep("studio", lambda: _start("studio", _studio_command(port), settings.data))
        if phoenix := _phoenix(settings):
            keep("phoenix", phoenix)
        ready = _answers(f"http://127.0.0.1:{port}/_stcore/health", children["studio"].process)
        print(
            f"Studio   http://127.0.0.1:{port}"
            if ready
            else f"The studio did not start; see {settings.data}/studio.log"
        )
        print(f"Site     http://127.0.0.1:{settings.site_port}   (what you publish)")
        print(f"Phoenix  {settings.phoenix or 'off'}   (traces; takes half a minute to come up)")
        print(f"Data     {settings.data}\nCtrl+C ends all of them.", flush=True)
        while ready:
            time.sleep(LOOK_S)
            for child in children.values():
                child.look()
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        for child in children.values():
            _end(child.process)


def _until_announced(settings: Settings) -> None:
    """Wait until the worker has said that it is coming, so that the studio does not start another."""
    runs, end = Store(settings.database).runs, time.monotonic() + ANNOUNCED_S
    while not runs.workers_alive() and time.monotonic() < end:
        time.sleep(0.05)


def _studio_command(port: int) -> list[str]:
    return [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]


def _start(name: str, command: list[str], data: Path, extra: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
    with (data / f"{name}.log").open("ab") as log:
        return subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=child_environment(extra or {}),
            start_new_session=True,
        )  # fmt: skip


def _phoenix(settings: Settings) -> Callable[[], subprocess.Popen[bytes]] | None:
    """How to start Phoenix on its usual port of this machine, unless it runs already or lives elsewhere."""
    program = shutil.which("phoenix", path=str(Path(sys.executable).parent))
    address = urlsplit(settings.phoenix or "")
    if not program or address.hostname not in ("127.0.0.1", "localhost") or _taken(address.port or 6006):
        return None
    folder = settings.data / "phoenix"
    folder.mkdir(parents=True, exist_ok=True)
    own = {
        "PHOENIX_WORKING_DIR": str(folder), "PHOENIX_PORT": str(address.port or 6006),
        "PHOENIX_GRPC_PORT": str(_free_from(4317)), **PHOENIX,
    }  # fmt: skip
    return lambda: _start("phoenix", [program, "serve"], settings.data, own)


def _answers(url: str, process: subprocess.Popen[bytes]) -> bool:
    end = time.monotonic() + READY_S
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=1):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    return False


def _free_from(port: int) -> int:
    return next(candidate for candidate in range(port, port + 100) if not _taken(candidate))


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
