"""Which workers and publishers live, as the kernel tells it.

Each of them holds a lock on a file of its own beside the database. However a process ends, its
lock ends with it, so what it was working on goes on elsewhere at once. The lease remains for
one that hangs, and for file systems that know no locks.
"""

import contextlib
import fcntl
import logging
import os
from collections.abc import Iterator

from core.store.database import Database

FOLDER = "alive"
_LOG = logging.getLogger(__name__)


class Presence:
    def __init__(self, database: Database) -> None:
        self._folder = database.path.with_name(FOLDER)
        self._held: dict[str, int] = {}

    def show(self, owner: str) -> None:
        """Be seen as alive from now until `leave`, or until this process ends however it ends."""
        path, beside = self._folder / owner, self._folder / f".{owner}"
        try:
            self._folder.mkdir(exist_ok=True)
            handle = os.open(beside, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(handle, fcntl.LOCK_EX)
            beside.rename(path)  # it is locked before anybody can see it
        except OSError as error:
            _LOG.warning("%s cannot be locked (%s); after a crash its lease has to run out", path, error)
            return
        self._held[owner] = handle

    def leave(self, owner: str) -> None:
        handle = self._held.pop(owner, None)
        if handle is not None:
            with contextlib.suppress(OSError):  # a file that stays behind is found by `ended`
                (self._folder / owner).unlink()
            os.close(handle)

    def ended(self) -> Iterator[str]:
        """Those whose process has ended without leaving; each is told until its turn is over without an error."""
        try:
            names = sorted(name for name in os.listdir(self._folder) if not name.startswith("."))
        except OSError:  # nobody has shown up yet
            return
        for name in names:
            path = self._folder / name
            with contextlib.suppress(OSError):
                handle = os.open(path, os.O_RDWR)
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    yield name
                    path.unlink()
                finally:
                    os.close(handle)
