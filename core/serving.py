"""Everything at once: Phoenix, a worker or more and the studio, each a process, kept up and ended together.

A worker and the studio come first, for a person waits for them; then the workers that stand by, which take up at once
what one that falls was at, and Phoenix. Each process writes a log of its own, and is started again when it falls. Where
this process falls, the others end too (`core.tied`), and the next start waits until they have, so that it finds its
ports.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from core.errors import ConflictError
from core.settings import ROOT, Settings, child_environment
from core.store import Store
from core.tied import PATIENCE_S

STUDIO_PORT = 8501
READY_S = 60.0
ANNOUNCED_S = 5.0
LOOK_S = 0.2
ENDING_S = PATIENCE_S + 2.0
"""How long the processes of one that fell may take to end."""
SERVING, TIED = ".galley-serving", ".galley-tied"
"""Files in the data folder, locked by whoever serves it, and by each process that was started."""
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
    """Start the three, print their addresses, keep them up until told to stop; returns an exit code.

    Raises:
        ConflictError: this data folder is served already; says by whom.
    """
    settings.data.mkdir(parents=True, exist_ok=True)
    for told in (signal.SIGTERM, signal.SIGHUP):  # the second is a terminal that is closed
        signal.signal(told, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    try:
        with _alone(settings.data) as say_who:
            port = port or _free_from(STUDIO_PORT)
            say_who(f"process {os.getpid()}, http://127.0.0.1:{port}")
            return _serve(settings, port)
    except KeyboardInterrupt:
        return 0


def _serve(settings: Settings, port: int) -> int:
    children: dict[str, _Child] = {}

    def keep(name: str, start: Callable[[], subprocess.Popen[bytes]]) -> None:
        children[name] = _Child(start, start())

    site_taken = _taken(settings.site_port)
    try:
        keep("worker", partial(_start_worker, "worker", settings.data))
        _until_announced(settings)
        keep("studio", lambda: _start("studio", _studio_command(port), settings.data))
        ready = _answers(f"http://127.0.0.1:{port}/_stcore/health", children["studio"])
        for name in (f"worker{number}" for number in range(2, settings.workers + 1)):
            keep(name, partial(_start_worker, name, settings.data))
        if phoenix := _phoenix(settings):
            keep("phoenix", phoenix)
        print(
            f"Studio   http://127.0.0.1:{port}"
            if ready
            else f"The studio did not start; see {settings.data}/studio.log"
        )
        print(f"Site     http://127.0.0.1:{settings.site_port}   ({_of_the_site(settings, taken=site_taken)})")
        print(f"Phoenix  {settings.phoenix or 'off'}   ({_of_phoenix(settings, started='phoenix' in children)})")
        print(f"Data     {settings.data}\nCtrl+C ends all of them.", flush=True)
        while ready:
            time.sleep(LOOK_S)
            for child in children.values():
                child.look()
        return 1
    finally:
        for child in children.values():
            _end(child.process)


def _of_the_site(settings: Settings, *, taken: bool) -> str:
    if not taken:
        return "what you publish"
    port = settings.site_port
    return f"another process holds port {port}, `lsof -i :{port}` says which; GALLEY_SITE_PORT sets another"


def _of_phoenix(settings: Settings, *, started: bool) -> str:
    if started:
        return "traces; takes half a minute to come up"
    return "traces; it ran already, or lives elsewhere" if settings.phoenix else "no traces"


# --- one for each data folder ---------------------------------------------------------------


@contextlib.contextmanager
def _alone(data: Path) -> Iterator[Callable[[str], None]]:
    """Be the only one that serves this folder; gives what to call to say who that is.

    The kernel keeps both locks, so that they end with their processes however those end.

    Raises:
        ConflictError
    """
    with (data / SERVING).open("a+") as serving, (data / TIED).open("a+") as tied:
        if not _locked(serving.fileno()):
            serving.seek(0)
            raise ConflictError(
                f"Galley runs on this data folder already ({serving.read() or 'it is just starting'}).",
                remedy="Open that address, or end that process first; GALLEY_DATA sets another folder.",
            )
        end, free = time.monotonic() + ENDING_S, _locked(tied.fileno())
        if not free:
            print("Waiting for what ran here before to end ...", flush=True)
        while not (free or _locked(tied.fileno())):
            if time.monotonic() > end:
                raise ConflictError(
                    f"A process that was started here before has not ended within {ENDING_S:.0f} s.",
                    remedy=f"`lsof {data / TIED}` says which it is.",
                )
            time.sleep(LOOK_S)
        tied.close()

        def say_who(who: str) -> None:
            serving.truncate(0)
            serving.write(who)
            serving.flush()

        yield say_who


def _locked(handle: int) -> bool:
    """Whether the lock is had; on file systems that know no locks everybody has it."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


# --- the processes ---------------------------------------------------------------


def _until_announced(settings: Settings) -> None:
    """Wait until the worker has said that it is coming, so that the studio does not start another."""
    runs, end = Store(settings.database).runs, time.monotonic() + ANNOUNCED_S
    while not runs.workers_alive() and time.monotonic() < end:
        time.sleep(0.05)


def _start_worker(name: str, data: Path) -> subprocess.Popen[bytes]:
    return _start(name, ["core", "worker"], data)


def _studio_command(port: int) -> list[str]:
    return ["streamlit", "run", "app.py", "--server.port", str(port)]


def _start(name: str, module: list[str], data: Path, extra: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Run a module with its arguments, tied to this process by its standard input."""
    with (data / f"{name}.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "core.tied", str(data / TIED), *module], cwd=ROOT, stdin=subprocess.PIPE,
            stdout=log, stderr=log, env=child_environment(extra or {}), start_new_session=True,
        )  # fmt: skip


def _phoenix(settings: Settings) -> Callable[[], subprocess.Popen[bytes]] | None:
    """How to start Phoenix on its usual port of this machine, unless it runs already or lives elsewhere."""
    installed = shutil.which("phoenix", path=str(Path(sys.executable).parent))
    address = urlsplit(settings.phoenix or "")
    if not installed or address.hostname not in ("127.0.0.1", "localhost") or _taken(address.port or 6006):
        return None
    folder = settings.data / "phoenix"
    folder.mkdir(parents=True, exist_ok=True)
    own = {
        "PHOENIX_WORKING_DIR": str(folder), "PHOENIX_PORT": str(address.port or 6006),
        "PHOENIX_GRPC_PORT": str(_free_from(4317)), **PHOENIX,
    }  # fmt: skip
    return lambda: _start("phoenix", ["phoenix.server.main", "serve"], settings.data, own)


def _answers(url: str, child: _Child) -> bool:
    """Whether it comes up; one that is killed meanwhile is started again, one that ends by itself is not."""
    end = time.monotonic() + READY_S
    while time.monotonic() < end and (child.process.poll() or 0) <= 0:
        child.look()
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
