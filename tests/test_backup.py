"""A backup taken at any moment is whole, comes back as it was, and never overwrites by itself."""

import json
import sqlite3
import tarfile
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from core.__main__ import main
from core.backup import BackupError, back_up, restore
from core.models import Status
from core.settings import load
from core.studio import Studio
from core.worker import Worker
from tests.agents.small_house import House, house, new_house, open_house, samples

__all__ = ["house", "new_house", "samples"]


def test_a_backup_taken_while_a_worker_writes_is_whole_and_a_run_goes_on_from_it(house: House, tmp_path: Path):
    run_ids = [house.start(words=300) for _ in range(2)]
    worker = Worker(house.process)
    worker.restrict(tuple(run_ids))
    thread = threading.Thread(target=worker.work)
    thread.start()
    taken = []
    while thread.is_alive():
        taken.append(back_up(house.data, tmp_path / f"{len(taken)}.tar"))
    thread.join()
    taken.append(back_up(house.data, tmp_path / "last.tar"))
    for number, backup in enumerate(taken):
        assert backup.runs == 2
        assert restore(backup.path, tmp_path / f"back{number}").files == backup.files

    back = open_house(tmp_path / f"back{len(taken) - 1}", None)
    assert back.studio.plan(run_ids[0]) == house.studio.plan(run_ids[0])
    assert back.decide(run_ids[0], "approve_plan").status is Status.REVIEW
    assert house.run(run_ids[0]).status is Status.PLAN, "the original was not touched"


def test_the_site_and_what_was_published_come_back_and_keys_only_when_asked_for(house: House, tmp_path: Path):
    run = house.work(house.start(words=300, autopilot=True, target="site"))
    assert run.status is Status.PUBLISHED
    (house.data / "keys").mkdir(exist_ok=True)
    (house.data / "keys" / "record.key").write_text("secret")
    without = back_up(house.data, tmp_path / "a.tar")
    assert not any(name.startswith("keys") for name in without.files)
    both = back_up(house.data, tmp_path / "b.tar", keys=True)
    restore(both.path, tmp_path / "there")
    assert (tmp_path / "there" / "keys" / "record.key").stat().st_mode & 0o077 == 0
    site = {p.relative_to(house.data) for p in (house.data / "site").rglob("*") if p.is_file()}
    assert site == {p.relative_to(tmp_path / "there") for p in (tmp_path / "there" / "site").rglob("*") if p.is_file()}
    with closing(sqlite3.connect(tmp_path / "there" / "galley.db")) as connection:
        assert connection.execute("SELECT status FROM publications").fetchall() == [("live",)]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A data folder with an empty database and one file."""
    data = tmp_path / "data"
    Studio(load({}, {}, data=data)).store.database.close()
    (data / "pictures").mkdir()
    (data / "pictures" / "a.png").write_bytes(b"\x89PNG" * 1000)
    return data


def test_what_stands_there_is_kept_and_only_replaced_when_asked(small: Path, tmp_path: Path):
    backup = back_up(small, tmp_path / "a.tar")
    (small / "keys").mkdir()
    (small / "keys" / "record.key").write_text("mine")
    with pytest.raises(BackupError, match="holds something already"):
        restore(backup.path, small)
    restore(backup.path, small, replace=True)
    kept = [path for path in tmp_path.iterdir() if path.name.startswith("data.before-")]
    assert len(kept) == 1
    assert (kept[0] / "galley.db").exists()
    assert (small / "keys" / "record.key").read_text() == "mine", "a key that no backup holds is not lost"


def test_nothing_is_replaced_under_a_running_worker(small: Path, tmp_path: Path):
    backup = back_up(small, tmp_path / "a.tar")
    Studio(load({}, {}, data=small)).store.runs.worker_beat("w1", 1)
    with pytest.raises(BackupError, match="worker is running"):
        restore(backup.path, small, replace=True)


def damaged(path: Path, change: Callable[[bytes], bytes]) -> Path:
    path.write_bytes(change(path.read_bytes()))
    return path


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body[: len(body) // 2],
        lambda body: body.replace(b"\x89PNG", b"\x89GIF", 1),
        lambda body: b"no archive",
        lambda body: b"",
        lambda body: body.replace(b"SQLite format 3", b"SQLite format 4", 1),
    ],
)
def test_a_damaged_backup_is_refused_and_touches_nothing(small: Path, tmp_path: Path, change: Callable[[bytes], bytes]):
    path = damaged(back_up(small, tmp_path / "a.tar").path, change)
    with pytest.raises(BackupError) as told:
        restore(path, tmp_path / "there")
    assert told.value.remedy
    assert not (tmp_path / "there").exists()


def test_a_name_that_leads_out_of_the_folder_is_refused(small: Path, tmp_path: Path):
    path = tmp_path / "evil.tar"
    with tarfile.open(path, "w") as archive:
        for name, body in {"manifest.json": json.dumps({"version": 1, "at": "", "runs": 0, "keys": False, "files": {
            "../evil": {"bytes": 1, "sha256": ""}}}).encode(), "../evil": b"x"}.items():  # fmt: skip
            (tmp_path / "one").write_bytes(body)
            archive.add(tmp_path / "one", name)
    with pytest.raises(BackupError, match="outside"):
        restore(path, tmp_path / "there")


def test_a_backup_without_room_leaves_no_half_file(small: Path, tmp_path: Path):
    with pytest.raises(BackupError, match="could not be written"):
        back_up(small, tmp_path / "nowhere" / "a.tar")
    with pytest.raises(BackupError, match="no database"):
        back_up(tmp_path / "empty", tmp_path / "a.tar")
    assert not list(tmp_path.glob("*.tar"))


def test_the_commands_say_what_was_kept_and_what_came_back(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("GALLEY_DATA", str(small))
    assert main(["backup", str(tmp_path / "a.tar")]) == 0
    assert "0 runs, 2 files" in capsys.readouterr().out
    assert main(["restore", str(tmp_path / "a.tar")]) == 1
    assert "--replace" in capsys.readouterr().err
    assert main(["restore", str(tmp_path / "a.tar"), "--replace", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["files"] == 2


def test_a_run_at_rest_keeps_one_checkpoint_and_goes_on_from_it(house: House):
    run = house.to_review(words=300)
    assert house.row("SELECT count(*) FROM checkpoints WHERE thread_id = ?", run.id)[0] == 1
    assert house.decide(run.id, "send_back", note="shorter").status is Status.REVIEW
    assert house.row("SELECT count(*) FROM checkpoints WHERE thread_id = ?", run.id)[0] == 1
    assert house.decide(run.id, "publish", targets=["site"], reason="a trial").status is Status.PUBLISHED


def test_pruning_drops_old_pages_and_old_checkpoints(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("GALLEY_DATA", str(small))
    store = Studio(load({}, {}, data=small)).store
    page = {"body": b"x" * 200_000, "headers": {}, "etag": None, "last_modified": None}
    store.web_cache.put("https://a.org/old", {**page, "fetched_at": "2020-01-01T00:00:00Z"})
    store.web_cache.put("https://a.org/new", {**page, "fetched_at": "2999-01-01T00:00:00Z"})
    size = (small / "galley.db").stat().st_size
    assert main(["prune", "--shrink", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["pages"] == 1
    assert said["free_bytes"] >= 180_000
    assert store.web_cache.get("https://a.org/new")
    store.database.close()
    assert (small / "galley.db").stat().st_size <= size + 300_000
