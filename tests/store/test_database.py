"""The file itself: what cannot be opened is told with a remedy, and a full disk loses nothing."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import StoreError
from core.models import Brief
from core.settings import ROOT
from core.store import Store, database


def test_a_second_opening_finds_what_the_first_wrote(tmp_path: Path):
    path = tmp_path / "deep" / "down" / "galley.db"
    run_id = Store(path).runs.add(Brief(topic="tides", urls=("https://a.example",)))
    found = Store(path).runs.get(run_id)
    assert found is not None
    assert found.brief == Brief(topic="tides", urls=("https://a.example",))


@pytest.mark.parametrize("bytes_", [b"This is a letter, not a database. " * 50, b"SQLite format 3\0" + b"\xff" * 4000])
def test_a_file_that_is_no_database_is_left_alone_and_told(tmp_path: Path, bytes_: bytes):
    path = tmp_path / "galley.db"
    path.write_bytes(bytes_)
    with pytest.raises(StoreError) as told:
        Store(path)
    assert "damaged or is not a Galley database" in told.value.message
    assert "Restore a backup" in told.value.remedy
    assert path.read_bytes() == bytes_


def test_a_database_of_a_newer_galley_is_refused(tmp_path: Path):
    path = tmp_path / "galley.db"
    Store(path).database.close()
    with closing(sqlite3.connect(path)) as c, c:
        c.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('galley', '9999_later', 'then')"
        )
    with pytest.raises(StoreError, match="newer Galley"):
        Store(path)


def test_a_database_without_tables_gets_them(tmp_path: Path):
    path = tmp_path / "galley.db"
    with closing(sqlite3.connect(path)) as c, c:
        c.execute("CREATE TABLE somebody_elses (x)")
    store = Store(path)
    assert store.runs.page() == ([], 0)
    with store.database.read() as c:
        assert c.execute("SELECT count(*) FROM somebody_elses").fetchone()[0] == 0


def test_a_database_that_another_program_holds_is_told_after_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(database, "BUSY_S", 0.1)
    path = tmp_path / "galley.db"
    store = Store(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError) as told:
            store.runs.add(Brief(topic="tides"))
    assert "held galley.db" in told.value.message
    assert "Close the program" in told.value.remedy
    assert store.runs.add(Brief(topic="tides"))


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError) as told:
        Store(tmp_path / "file" / "galley.db")
    assert "GALLEY_DATA" in told.value.remedy


def write(store: Store, *statements: str | None) -> None:
    with store.database.write() as c:
        for statement in statements:
            c.execute(statement)


def test_a_write_that_fails_half_way_leaves_nothing(store: Store):
    with pytest.raises(StoreError):
        write(store, "INSERT INTO settings VALUES ('half', '1')", "INSERT INTO settings VALUES ('half', '2')")
    assert store.settings.load() == {}
    store.settings.save({"whole": 1})
    assert store.settings.load() == {"whole": 1}


def test_a_fault_between_two_statements_leaves_nothing(store: Store):
    with pytest.raises(TypeError):
        write(store, "INSERT INTO settings VALUES ('half', '1')", None)
    assert store.settings.load() == {}


# --- a full disk ---------------------------------------------------------------

FILL = """
import resource, sys
from pathlib import Path
from core.errors import StoreError
from core.models import Brief
from core.store import Store
store = Store(Path(sys.argv[1]))
first = store.runs.add(Brief(topic="before the disk was full"))
if len(sys.argv) > 2:
    import signal
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
written = 0
try:
    while True:
        store.settings.save({f"key {written}": "x" * 50_000})
        written += 1
except StoreError as error:
    print(type(error).__name__, error.message, "|", error.remedy)
assert store.runs.get(first).brief.topic == "before the disk was full"
assert len(store.settings.load()) == written
print("kept", written)
"""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes; skipped where none can be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], capture_output=True)
    if os.geteuid() != 0 or mounted.returncode:
        pytest.skip("no file system can be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def fill(path: Path, *limit: str) -> str:
    said = subprocess.run(
        [sys.executable, "-c", FILL, str(path), *limit], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert said.returncode == 0, said.stderr
    return said.stdout


def test_a_full_disk_is_told_and_loses_nothing(small_disk: Path):
    said = fill(small_disk / "galley.db")
    assert "The disk is full" in said
    assert "Free some space" in said


def test_a_file_that_may_not_grow_is_told_and_loses_nothing(tmp_path: Path):
    said = fill(tmp_path / "galley.db", "2000000")
    assert "StoreError" in said
    assert "kept" in said
