"""One SQLite file, many threads and processes.

WAL lets readers go on while one writes. `synchronous=NORMAL`: a crash of a process loses
nothing; a power cut may lose the last commits before the last WAL checkpoint, never the
file's integrity. What was paid for, and what is about to be published, is brought to the disk at
once, and all before it with it (`settle`). Connections are pooled: a thread takes one, uses it, gives it back.
"""

import contextlib
import hashlib
import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from core.errors import DiskFull, StoreError
from core.store.schema import migrate

BUSY_S = 30.0
LEAST_FREE = 20_000_000
"""Bytes on the disk below which there is no room to go on in."""
TRIAL = 500_000
"""Bytes tried out to see whether the database has room."""
RESERVE = ".galley-reserve"
"""The file that holds room for last words; the log may have to be folded in before they fit."""
RESERVE_BYTES = 4_000_000


def now() -> str:
    """The time, ISO 8601, UTC, milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def text_hash(text: str) -> str:
    """SHA-256 of a text in UTF-8, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


class Database:
    """The pool. Opens the file, brings its schema up to date, hands out connections."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._idle: list[sqlite3.Connection] = []
        self._open = threading.local()
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with self._translated():
                self._prepare()
        except OSError as error:
            raise StoreError(
                f"The folder {str(path.parent)!r} cannot be made: {error.strerror}.",
                remedy="Set GALLEY_DATA to a folder you can write to.",
            ) from error

    def _prepare(self) -> None:
        with self.read() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            for tries in range(3):
                try:
                    migrate(connection)
                    return
                except sqlite3.OperationalError as error:
                    # Two processes met on a new file; the other one is making the tables.
                    if "already exists" not in str(error) and "locked" not in str(error) or tries == 2:
                        raise
                    time.sleep(0.5)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=BUSY_S, check_same_thread=False, isolation_level=None, cached_statements=256
        )
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA temp_store = MEMORY")
        return connection

    @contextlib.contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection outside a transaction: each statement sees what is committed.

        Inside this thread's own `write` it is that transaction's, and sees what it has written.
        """
        own = getattr(self._open, "connection", None)
        if own is not None:
            yield own
            return
        with self._translated():
            with self._lock:
                connection = self._idle.pop() if self._idle else None
            connection = connection or self._connect()
            try:
                yield connection
            finally:
                if connection.in_transaction:
                    connection.rollback()
                with self._lock:
                    self._idle.append(connection)

    @contextlib.contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all of it or nothing. Waits for its turn, for another process's up to `BUSY_S` seconds.

        Threads of this process wait in line, for SQLite would let each sleep up to 0.1 s between two looks.

        One inside another of the same thread is a part of it, so that many documents can be kept in one.
        """
        inside = getattr(self._open, "connection", None) is not None
        with self.read() as connection:
            if inside:
                yield connection
                return
            with self._turn:
                connection.execute("BEGIN IMMEDIATE")
                self._open.connection = connection
                try:
                    yield connection
                finally:
                    self._open.connection = None
                connection.commit()

    def version(self) -> int:
        """A number that changes when another connection has committed; 7 microseconds."""
        with self.read() as connection:
            return connection.execute("PRAGMA data_version").fetchone()[0]

    def put_text(self, connection: sqlite3.Connection, text: str) -> str:
        """Keep a text once; returns its hash."""
        key = text_hash(text)
        connection.execute("INSERT OR IGNORE INTO texts VALUES (?, ?)", (key, text))
        return key

    def settle(self) -> None:
        """Bring everything committed so far to the disk, so that a power cut cannot take it back.

        The log is synced from outside: a commit of its own with `synchronous=FULL` would do the same
        for every event there is. The log carries no locks, so that opening and closing it is safe.
        """
        with contextlib.suppress(FileNotFoundError):  # no log yet, or it was just folded into the file
            handle = os.open(f"{self.path}-wal", os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def put_room_aside(self) -> None:
        """Keep a little room on the disk for the last words of a run that finds it full.

        Raises:
            OSError: there is none.
        """
        reserve = self.path.with_name(RESERVE)
        if not reserve.exists():
            with reserve.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, RESERVE_BYTES)

    def use_room_aside(self) -> None:
        self.path.with_name(RESERVE).unlink(missing_ok=True)

    def has_room(self) -> bool:
        """Whether there is room to go on: on the disk, and for the file to grow."""
        if shutil.disk_usage(self.path.parent).free < LEAST_FREE:
            return False
        try:
            with self.read() as connection:
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("INSERT INTO texts VALUES ('', ?)", ("x" * TRIAL,))
                connection.rollback()
        except DiskFull:
            return False
        return True

    def free_bytes(self) -> int:
        """Room inside the file that was given back; it is used again before the file grows."""
        with self.read() as connection:
            pages = connection.execute("PRAGMA freelist_count").fetchone()[0]
            return pages * connection.execute("PRAGMA page_size").fetchone()[0]

    def shrink(self) -> None:
        """Give free room back to the disk; writes the whole file anew, and nobody else may write meanwhile."""
        with self.read() as connection:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        with self._lock:
            while self._idle:
                self._idle.pop().close()

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.OperationalError, sqlite3.DatabaseError) as error:
            raise in_words(error, self.path) from error


def in_words(error: sqlite3.Error, path: Path) -> StoreError:
    """What SQLite complains of, as an error with its remedy."""
    said = str(error)
    full = "disk is full" in said or ("I/O error" in said and shutil.disk_usage(path.parent).free < LEAST_FREE)
    if "locked" in said or "busy" in said:
        return StoreError(
            f"Another program has held {path.name} for more than {BUSY_S:.0f} s.",
            remedy="Close the program that has the database open, then try again.",
        )
    if full:
        return DiskFull(
            "The disk is full; everything finished so far is kept.",
            remedy="Free some space; the run goes on by itself when there is room.",
        )
    if "readonly" in said or "unable to open" in said:
        return StoreError(
            f"{str(path)!r} cannot be opened for writing.",
            remedy="Check the folder's permissions, or set GALLEY_DATA to another folder.",
        )
    if "not a database" in said or "malformed" in said:
        return StoreError(
            f"{str(path)!r} is damaged or is not a Galley database.",
            remedy="Restore a backup of it, or move it away to start with an empty one.",
        )
    return StoreError(f"The database said: {said}.", remedy="Run `python -m core doctor`.")
