"""A run's article as a file from the command line, in every format."""

import json
from pathlib import Path

import pytest

from core.__main__ import main
from tests.agents.small_house import House, house, new_house, samples

__all__ = ["house", "new_house", "samples"]

BEGINS = {"html": b"<!doctype html>", "pdf": b"%PDF-", "docx": b"PK", "md": b"# "}


def test_export_writes_every_format_and_says_where(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("GALLEY_DATA", str(house.data))
    monkeypatch.setenv("PHOENIX_COLLECTOR_ENDPOINT", "http://127.0.0.1:9")
    main(["run", "Do street trees cool a hot city?", "--autopilot", "--target", "site", "--json"])
    run = json.loads(capsys.readouterr().out.strip().splitlines()[-1])["run"]
    for format, begin in BEGINS.items():
        assert main(["export", run, "--format", format]) == 0
        path = Path(capsys.readouterr().out.strip())
        assert path.suffix == f".{format}"
        assert path.read_bytes().startswith(begin)
    assert main(["export", "no-such-run", "--format", "pdf"]) == 1
    assert "There is no run" in capsys.readouterr().err
