"""A disk that is full pauses a run and says so; with room again it goes on by itself."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import DiskFull
from core.models import Status
from core.store.database import Database
from tests.agents.small_house import House, check_story, house, new_house, open_house, samples

__all__ = ["house", "new_house", "samples"]


def cramp(database: Database, monkeypatch: pytest.MonkeyPatch, pages: int) -> pytest.MonkeyPatch:
    """The file may grow by so many pages and no more, for every connection opened from now on."""
    with database.read() as connection:
        most = connection.execute("PRAGMA page_count").fetchone()[0] + pages
    kept = Database._connect

    def connect(self: Database) -> sqlite3.Connection:
        connection = kept(self)
        connection.execute(f"PRAGMA max_page_count = {most}")
        return connection

    monkeypatch.setattr(Database, "_connect", connect)
    database.close()
    return monkeypatch


@pytest.mark.parametrize("pages", [3, 12, 30])
def test_a_run_pauses_where_there_is_no_room_and_goes_on_when_there_is(house: House, pages: int):
    run_id = house.start(words=300, autopilot=True)
    with pytest.MonkeyPatch.context() as patch:
        cramp(house.process.store.database, patch, pages)
        run = house.work(run_id)
        assert run.status is Status.PAUSED
        assert run.error["kind"] == "DiskFull"
        assert "goes on by itself" in run.error["remedy"]
        assert not house.process.store.database.has_room()
        assert house.work(run_id).status is Status.PAUSED, "still no room"
    house.process.store.database.close()
    run = house.work(run_id)
    assert run.status in (Status.FINISHED, Status.GATE), run.error
    assert run.error is None
    check_story(house.events(run_id))
    assert len(house.events(run_id, "resumed")) == 1


@pytest.fixture
def little_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 40 MB; only root may make one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("only root can mount a small disk")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", str(folder)], capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_on_a_disk_that_is_really_full_nothing_is_damaged_and_the_run_ends_well(little_disk: Path, samples: Path):
    house = open_house(little_disk / "data", samples)
    run_id = house.start(words=300)
    assert house.work(run_id).status is Status.PLAN
    house.studio.decide(run_id, "approve_plan", by="Ada")
    ballast = little_disk / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):  # fill it to the last byte
        while file.write(b"x" * 4096):
            pass
    with pytest.raises(DiskFull), house.process.store.database.write() as connection:
        house.process.store.database.put_text(connection, "x" * 5_000_000)
    os.truncate(ballast, ballast.stat().st_size - 60_000)
    run = house.work(run_id)
    assert run.status is Status.PAUSED, "room was put aside for saying so"
    assert run.error["kind"] == "DiskFull"
    os.truncate(ballast, 0)
    run = house.work(run_id)
    assert run.status is Status.REVIEW, run.error
    check_story(house.events(run_id))
    assert house.row("PRAGMA integrity_check") == ("ok",)
