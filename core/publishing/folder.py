"""A folder that other programs read while we write it.

Every file is written whole beside its place and then moved there, so a reader, or a
machine that stops in between, sees the old file or the new one and never half of one.
One writer at a time, across processes. A fault of the disk becomes an error with a remedy.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from filelock import FileLock, Timeout

from core.errors import PublishError

WAIT_S = 30.0
"""How long one writer waits for another; a publication takes well under a second."""


class Folder:
    """The files under one path, by their POSIX path relative to it."""

    def __init__(self, path: Path, *, wait_s: float = WAIT_S) -> None:
        self.path = path
        self._wait_s = wait_s
        self._temporary = path / ".tmp"

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the only writer. What a killed writer left behind is swept first.

        Raises:
            PublishError: another writer holds the folder for too long, or the disk refuses.
        """
        with self.faults("be written"):
            self._temporary.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.path / ".lock", timeout=self._wait_s, preserve_lock_file=True)
        with self.faults("be locked"):
            try:
                lock.acquire()
            except Timeout as error:
                raise PublishError(
                    f"Another publisher has held {str(self.path)!r} for {self._wait_s:.0f} seconds.",
                    remedy="Wait for it to finish, or stop it, then publish again.",
                ) from error
        try:
            with self.faults("be written"):
                for left in self._temporary.iterdir():
                    left.unlink()
            yield
        finally:
            lock.release()

    def read(self, name: str) -> bytes | None:
        """The file's bytes, or None when there is no such file."""
        try:
            with self.faults(f"be read ({name})"):
                return (self.path / name).read_bytes()
        except _Missing:
            return None

    def holds(self, name: str, content: bytes) -> bool:
        """Whether the file is there with just this content."""
        place = self.path / name
        with self.faults(f"be read ({name})"):
            return place.is_file() and place.stat().st_size == len(content) and place.read_bytes() == content

    def write(self, name: str, content: bytes) -> None:
        """Put the content there, replacing what was."""
        place, beside = self.path / name, self._temporary / uuid4().hex
        try:
            with self.faults(f"take {name}"):
                place.parent.mkdir(parents=True, exist_ok=True)
                with beside.open("xb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(beside, place)
        finally:
            beside.unlink(missing_ok=True)

    def remove(self, name: str) -> None:
        """Remove a file if it is there, and the folders that are left empty."""
        place = self.path / name
        with self.faults(f"let go of {name}"):
            place.unlink(missing_ok=True)
            while (place := place.parent) != self.path and place.is_dir() and not any(place.iterdir()):
                place.rmdir()

    def names(self, pattern: str) -> list[str]:
        """The files that match a glob pattern, sorted."""
        return sorted(found.relative_to(self.path).as_posix() for found in self.path.glob(pattern))

    @contextmanager
    def faults(self, purpose: str) -> Iterator[None]:
        """Turn what the operating system says into words a person can act on."""
        try:
            yield
        except (FileNotFoundError, NotADirectoryError) as error:
            raise _Missing(self._said(purpose, error), remedy="Make the folder, or choose another.") from error
        except OSError as error:
            raise PublishError(self._said(purpose, error), remedy=_remedy(error, self.path)) from error

    def _said(self, purpose: str, error: OSError) -> str:
        return f"The folder {str(self.path)!r} cannot {purpose}: {error.strerror or error}."


class _Missing(PublishError):
    """The file, or a folder on the way to it, is not there."""


def _remedy(error: OSError, path: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "Free some space on that disk, then publish again; what stood there before still does."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"Allow this user to write in {str(path)!r}, or choose another folder in Settings."
    if error.errno in (errno.EISDIR, errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
        return "Something else stands in its place: move that away, then publish again."
    return "Look at the disk, then publish again; what stood there before still does."
