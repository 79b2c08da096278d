"""Worker processes as Galley starts them, and what the kernel counts of them."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from core.settings import ROOT

LONGEST_S = 600.0
QUIET_S, QUIET_CPU = 1.0, 0.05
"""A worker that takes less than so much of a core for so long has loaded what it loads."""


def start_worker(data: Path, environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    with (data / "worker.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "core", "worker"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )


@contextlib.contextmanager
def workers(count: int, data: Path, environment: dict[str, str]) -> Iterator[list[int]]:
    """So many workers that have loaded everything and wait; their process ids."""
    started = [start_worker(data, environment) for _ in range(count)]
    try:
        for worker in started:
            _settled(worker)
        yield [worker.pid for worker in started]
    finally:
        for worker in started:
            worker.send_signal(signal.SIGTERM)
            worker.wait()


def _settled(worker: "subprocess.Popen[bytes]") -> None:
    used = -1.0
    while used < 0 or cpu_s(worker.pid) - used > QUIET_CPU * QUIET_S:
        if worker.poll() is not None:
            raise SystemExit("the worker ended at once; its log says why")
        used = cpu_s(worker.pid)
        time.sleep(QUIET_S)


def kill(worker: "subprocess.Popen[bytes]") -> None:
    worker.send_signal(signal.SIGKILL)
    worker.wait()


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + LONGEST_S
    while not condition():
        if time.monotonic() > end:
            raise SystemExit(f"it did not come to its end within {LONGEST_S / 60:.0f} minutes")
        time.sleep(0.01)


def memory_mb(pid: int, name: str) -> float:
    """A line of the process's status, as `VmRSS` or `VmHWM`, the most it ever was."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1]) / 1024


def cpu_s(pid: int) -> float:
    """What it has used since its start, of all cores together."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
