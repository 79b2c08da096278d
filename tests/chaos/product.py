"""The whole of Galley as a person starts it, and ways to kill a part of it or all at once."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.settings import ROOT
from tests.agents.small_house import VARIABLES

PARTS = ("worker", "studio", "phoenix")
SERVE, EVERYTHING = "serve", "everything"
_COMMANDS = {
    "core serve": SERVE,
    "core worker": "worker",
    "streamlit run": "studio",
    "phoenix.server.main serve": "phoenix",
}


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def wait_until(condition: Callable[[], Any], most_s: float, what: str) -> Any:
    """Look twenty times a second until it holds; returns what it gave."""
    end = time.monotonic() + most_s
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError(f"after {most_s:.0f} s: {what} did not come")


def environment(data: Path, *, phoenix: bool = False) -> dict[str, str]:
    """For a process of Galley that knows nothing of this machine's own settings."""
    own = {key: value for key, value in os.environ.items() if key not in VARIABLES}
    host = "127.0.0.1" if phoenix else "127.0.0.2"  # one elsewhere is not started, and here nobody listens
    return own | {
        "GALLEY_DATA": str(data), "GALLEY_ALLOW_PRIVATE": "1", "GALLEY_SITE_PORT": str(free_port()),
        "GALLEY_SECRETS": str(data / "secrets.toml"), "PHOENIX_COLLECTOR_ENDPOINT": f"http://{host}:{free_port()}",
    }  # fmt: skip


def start_worker(data: Path) -> "subprocess.Popen[bytes]":
    """A worker process of its own; what it says goes to `workers.log`."""
    with (data / "workers.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "core", "worker"], cwd=ROOT, env=environment(data), stdin=subprocess.DEVNULL,
            stdout=log, stderr=log,
        )  # fmt: skip


def kill(process: "subprocess.Popen[bytes]") -> None:
    """Not a word of warning."""
    process.send_signal(signal.SIGKILL)
    process.wait()


@dataclass
class Product:
    """`python -m core serve` on a data folder, as a context manager."""

    data: Path
    phoenix: bool = False
    environment: dict[str, str] = field(init=False)
    _serve: "subprocess.Popen[bytes]" = field(init=False)

    def __enter__(self) -> "Product":
        self.environment = environment(self.data, phoenix=self.phoenix)
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self._kill_all()

    def _start(self) -> None:
        with self._log.open("ab") as log:
            self._serve = subprocess.Popen(
                [sys.executable, "-m", "core", "serve"], cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    @property
    def _log(self) -> Path:
        return self.data / "serve.log"

    def told(self, name: str) -> list[str]:
        """Each address that was told of the `Studio` or the `Site`, with what was said of it; newest last."""
        return re.findall(rf"^{name} +(http://.*)", self._log.read_text(), re.MULTILINE)

    @property
    def studio(self) -> str | None:
        """The studio's address as last told; None before."""
        told = self.told("Studio")
        return told[-1] if told else None

    def processes(self) -> dict[int, str]:
        """Process id -> which part of Galley it is; all that work on this data folder, whoever started them."""
        mine = f"GALLEY_DATA={self.data}".encode()
        found = {}
        for folder in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if folder.name.isdigit() and mine in (folder / "environ").read_bytes().split(b"\0"):
                    command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    found[int(folder.name)] = next((p for words, p in _COMMANDS.items() if words in command), "other")
        return found

    def kill(self, part: str) -> bool:
        """Kill one part, or everything or serve and start again; False when there was nothing to kill."""
        if part == SERVE:
            kill(self._serve)
            self._start()
            return True
        if part == EVERYTHING:
            self._kill_all()
            self._start()
            return True
        pids = [pid for pid, name in self.processes().items() if name == part]
        kill_pids(pids)
        return bool(pids)

    def _kill_all(self) -> None:
        while pids := self.processes():
            kill_pids(list(pids))
            self._serve.wait()


def pid_of(worker: str) -> int:
    """The process of a worker, by the name under which it holds runs."""
    return int(worker.split("-")[0].removeprefix("w"))


def kill_pids(pids: list[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
