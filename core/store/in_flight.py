"""Requests that a process has sent and that are not answered yet, so that no other process sends the same.

Each takes a byte of one file beside the database, at a place that its key names. The kernel keeps the lock for the
process and lets it go however that ends. Such locks tell processes apart and not threads, and a process loses all that
it has in a file when it closes any handle of it (POSIX, fcntl): so there is one handle a file, and it is never closed.
"""

import fcntl
import functools
import logging
import os
from pathlib import Path

from core.store.database import Database

FILE = ".galley-asked"
_PLACE_DIGITS = 15
"""Hexadecimal digits of a key that make its place: 60 bits, for an offset has 63."""
_LOG = logging.getLogger(__name__)


class InFlight:
    def __init__(self, database: Database) -> None:
        self._path = database.path.with_name(FILE)

    def claim(self, key: str) -> bool:
        """Whether no other process is at this request; it is then this process's until `let_go`."""
        return self._lock(fcntl.LOCK_EX | fcntl.LOCK_NB, key)

    def let_go(self, key: str) -> None:
        """Of what was claimed before."""
        self._lock(fcntl.LOCK_UN, key)

    def _lock(self, how: int, key: str) -> bool:
        try:
            fcntl.lockf(_handle(self._path), how, 1, int(key[:_PLACE_DIGITS], 16))
        except (BlockingIOError, PermissionError):
            return False
        except OSError as error:  # a file system without locks, or a full disk
            _LOG.warning("%s cannot be locked (%s); two workers may send the same request", self._path, error)
        return True


@functools.cache
def _handle(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
