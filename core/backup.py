"""Backup and restore: all that Galley keeps, in one file, also while it works.

The database is copied by SQLite's online backup in one read transaction, which in WAL mode holds
no writer up: what was committed when it began is in it, whole. The site, pictures, library files
and, when asked for, the keys that sign records are added as they stand. A manifest with the
SHA-256 of each file comes last. Passwords of targets live in `secrets.toml`, outside the data
folder, and are never in it. The archive is written beside its place and moved there
when it is complete, so a file under its name is always whole.
Method: SQLite, "Using the SQLite Online Backup API" (sqlite.org/backup.html).
"""

import contextlib
import hashlib
import io
import json
import os
import sqlite3
import tarfile
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from core.errors import GalleyError

DATABASE = "galley.db"
MANIFEST = "manifest.json"
KEYS = "keys"
LEFT_OUT = ("phoenix", "articles", "alive", "worker.log", "phoenix.log", "studio.log")
"""Traces, files made anew on demand, locks, and logs."""
VERSION = 1
SILENT_S = 10.0
"""After so long without a word a worker counts as gone."""


class BackupError(GalleyError):
    """A backup could not be written, read or put back."""


@dataclass(frozen=True)
class Backup:
    """What a backup holds."""

    path: Path
    at: str
    files: dict[str, dict[str, Any]]
    """Name -> `{"bytes", "sha256"}`; the database is `galley.db`."""
    runs: int
    keys: bool

    @property
    def bytes(self) -> int:
        return sum(int(entry["bytes"]) for entry in self.files.values())


def back_up(data: Path, path: Path | None = None, *, keys: bool = False) -> Backup:
    """Write everything in the data folder to one .tar file; safe while studio and workers run.

    Args:
        path: where to; `galley-<time>.tar` in the present folder unless given.
        keys: with the keys that sign records. They are secrets: keep such a file as you keep a password.

    Raises:
        BackupError: there is no database, the place cannot be written, or the copy is damaged.
    """
    if not (data / DATABASE).is_file():
        raise BackupError(f"There is no database in {str(data)!r}.", remedy="Set GALLEY_DATA to Galley's data folder.")
    at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    path = (path or Path(f"galley-{at.replace(':', '').replace('-', '')}.tar")).resolve()
    try:
        with tempfile.TemporaryDirectory(prefix=".galley-", dir=path.parent) as folder:
            copied = Path(folder) / DATABASE
            runs = _copy_database(data / DATABASE, copied)
            found = [(DATABASE, copied), *((name, file) for name, file in _files(data, keys) if file != path)]
            beside = Path(folder) / "backup.tar"
            files = _write(beside, found, {"version": VERSION, "at": at, "runs": runs, "keys": keys})
            os.replace(beside, path)
        _sync_folder(path.parent)
    except sqlite3.Error as error:
        raise BackupError(
            f"The database could not be copied: {error}.", remedy="Run `python -m core doctor`."
        ) from error
    except OSError as error:
        raise BackupError(
            f"{str(path)!r} could not be written: {error.strerror}.",
            remedy="Choose another place, or free some space there.",
        ) from error
    return Backup(path, at, files, runs, keys)


def _copy_database(source: Path, target: Path) -> int:
    """A whole copy of a database in use; returns how many runs it holds."""
    with (
        contextlib.closing(sqlite3.connect(source, timeout=30)) as live,
        contextlib.closing(sqlite3.connect(target)) as copy,
    ):
        live.backup(copy)  # all pages in one step: a change between two would begin it anew
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
        if (said := copy.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
            raise BackupError(f"The copy is damaged: {said}.", remedy="Run `python -m core doctor`.")
        return copy.execute("SELECT count(*) FROM runs WHERE deleted_at IS NULL").fetchone()[0]


def _files(data: Path, keys: bool) -> Iterator[tuple[str, Path]]:
    for file in sorted(data.rglob("*")):
        name = file.relative_to(data).as_posix()
        top = name.split("/")[0]
        if top in LEFT_OUT or top.startswith(DATABASE) or (top == KEYS and not keys) or top.startswith(".galley-"):
            continue
        if file.is_file() and not file.is_symlink():
            yield name, file


def _write(path: Path, found: list[tuple[str, Path]], head: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The archive, each file read once; the manifest, known only then, stands last and is found by name."""
    files: dict[str, dict[str, Any]] = {}
    with path.open("wb") as raw, tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, file in found:
            try:
                with file.open("rb") as body:
                    info = archive.gettarinfo(arcname=name, fileobj=body)
                    info.uid = info.gid = 0
                    info.uname = info.gname = ""
                    hashed = _Hashing(body, info.size)
                    archive.addfile(info, hashed)  # type: ignore[arg-type]
            except FileNotFoundError:
                continue  # taken away since it was listed: a page that is no longer published
            files[name] = {"bytes": info.size, "sha256": hashed.digest.hexdigest()}
        body_ = json.dumps({**head, "files": files}, indent=1).encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size = len(body_)
        archive.addfile(info, io.BytesIO(body_))
        archive.close()
        raw.flush()
        os.fsync(raw.fileno())
    return files


class _Hashing:
    """A file that is hashed as it is read; one that shrank meanwhile is filled up, one that grew is cut."""

    def __init__(self, body: Any, size: int) -> None:
        self._body, self._left, self.digest = body, size, hashlib.sha256()

    def read(self, most: int = -1) -> bytes:
        wanted = self._left if most < 0 else min(most, self._left)
        piece = self._body.read(wanted).ljust(wanted, b"\0")
        self._left -= len(piece)
        self.digest.update(piece)
        return piece


# --- back again ---------------------------------------------------------------


def restore(path: Path, data: Path, *, replace: bool = False) -> Backup:
    """Put a backup back. Everything is checked before anything is moved into the data folder.

    Args:
        replace: also where the folder holds something. What stood there is kept beside it, as
            `<folder>.before-<time>`; its keys are taken along when the backup holds none.

    Raises:
        BackupError: the file is no backup, is damaged or incomplete; or the folder holds something.
    """
    occupied = data.exists() and any(data.iterdir())
    if occupied and not replace:
        raise BackupError(
            f"The folder {str(data)!r} holds something already.",
            remedy="Add --replace to put the backup in its place (it is kept beside it), or set GALLEY_DATA.",
        )
    if occupied and (data / DATABASE).exists() and _in_use(data / DATABASE):
        raise BackupError("A worker is running on this folder.", remedy="End it and the studio, then restore.")
    try:
        data.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".galley-", dir=data.parent) as folder:
            fresh = Path(folder) / "data"
            fresh.mkdir()
            backup = _unpacked(path, fresh)
            _look_at(fresh / DATABASE)
            if occupied and not backup.keys and (data / KEYS).is_dir():
                (fresh / KEYS).mkdir(exist_ok=True)
                for key in (data / KEYS).iterdir():
                    (fresh / KEYS / key.name).write_bytes(key.read_bytes())
                    (fresh / KEYS / key.name).chmod(0o600)
            _put_in_place(fresh, data, backup.at)
        _sync_folder(data.parent)
    except OSError as error:
        raise BackupError(
            f"The backup could not be put back: {error.strerror or error}.",
            remedy="Check the paths, the permissions and the space.",
        ) from error
    return backup


def _unpacked(path: Path, folder: Path) -> Backup:
    """The archive's files in a folder, every one as the manifest says."""
    try:
        with tarfile.open(path, "r:") as archive:
            member = archive.extractfile(MANIFEST)
            assert member is not None, "a manifest is a file"
            manifest = json.loads(member.read())
            if manifest["version"] != VERSION:
                raise BackupError(
                    f"The backup is of form {manifest['version']}; this Galley reads {VERSION}.",
                    remedy="Update Galley.",
                )
            for name, entry in manifest["files"].items():
                _unpack_one(archive, name, entry, folder)
    except (tarfile.TarError, KeyError, ValueError, AssertionError) as error:
        raise BackupError(
            f"{str(path)!r} is no backup of Galley, or is cut off ({error}).", remedy="Take another backup."
        ) from error
    return Backup(path, manifest["at"], manifest["files"], manifest["runs"], bool(manifest["keys"]))


def _unpack_one(archive: tarfile.TarFile, name: str, entry: dict[str, Any], folder: Path) -> None:
    place = PurePosixPath(name)
    if place.is_absolute() or ".." in place.parts:
        raise BackupError(f"The backup names a file outside its folder: {name!r}.", remedy="Do not use this file.")
    body = archive.extractfile(name)
    if body is None:
        raise ValueError(f"{name!r} is no file")
    target = folder / place
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with target.open("wb") as out:
        while piece := body.read(1 << 20):
            digest.update(piece)
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    if digest.hexdigest() != entry["sha256"]:
        raise BackupError(
            f"{name!r} in the backup is damaged: it is not what was put in.", remedy="Take another backup."
        )
    if place.parts[0] == KEYS:
        target.chmod(0o600)


def _in_use(database: Path) -> bool:
    """Whether a worker was heard of lately; a database that cannot be read is not in use."""
    try:
        with contextlib.closing(sqlite3.connect(database)) as connection:
            beat = connection.execute("SELECT max(beat) FROM workers").fetchone()[0]
    except sqlite3.Error:
        return False
    return beat is not None and time.time() - beat < SILENT_S


def _look_at(database: Path) -> None:
    """Raise unless it is a whole database; leases of the past are let go, for nobody holds them."""
    try:
        with contextlib.closing(sqlite3.connect(database)) as connection, connection:
            said = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            connection.execute("UPDATE runs SET owner = NULL, lease_until = 0")
            connection.execute("DELETE FROM workers")
    except sqlite3.Error as error:
        said = str(error)
    if said != "ok":
        raise BackupError(f"The database in the backup is damaged: {said}.", remedy="Take another backup.")


def _put_in_place(fresh: Path, data: Path, at: str) -> None:
    if data.exists() and any(data.iterdir()):
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        os.replace(data, data.with_name(f"{data.name}.before-{stamp}"))
    elif data.exists():
        data.rmdir()
    os.replace(fresh, data)


def _sync_folder(folder: Path) -> None:
    """So that a rename outlives a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def as_data(backup: Backup) -> dict[str, Any]:
    return {**asdict(backup), "path": str(backup.path), "files": len(backup.files), "bytes": backup.bytes}
