"""Server programs for tests: started in a group of their own on a free port, ended whole."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


class Program:
    """A running program; its output goes to a file, which is shown when it does not come up."""

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        log: Path,
        folder: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._log = log
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [str(part) for part in command],
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                cwd=folder,
                env={**os.environ, **(environment or {})},
                start_new_session=True,
            )

    def wait_until(self, url: str, *, timeout_s: float) -> None:
        """Until the address answers 200.

        Raises:
            RuntimeError: the program ended, or the time is over; with the end of its output.
        """
        deadline = time.monotonic() + timeout_s
        with httpx.Client(trust_env=False, timeout=10) as client:
            while time.monotonic() < deadline and self._process.poll() is None:
                try:
                    if client.get(url).status_code == 200:
                        return
                except httpx.TransportError:
                    pass
                time.sleep(0.1)
        self.stop()
        raise RuntimeError(f"{url} did not come up:\n{self._log.read_text(errors='replace')[-3000:]}")

    def stop(self) -> None:
        """End the whole group: PHP's and Node's workers outlive their parent otherwise."""
        for sign, patience_s in ((signal.SIGTERM, 10), (signal.SIGKILL, 10)):
            try:
                os.killpg(self._process.pid, sign)
                self._process.wait(patience_s)
            except ProcessLookupError:
                return
            except subprocess.TimeoutExpired:
                continue
