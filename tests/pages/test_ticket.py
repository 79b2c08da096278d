"""The live feed must open for the run a page showed, and for nothing else."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pages.components import ticket


def test_a_ticket_opens_its_own_run(tmp_path: Path) -> None:
    assert ticket.valid(tmp_path, "r1", ticket.issue(tmp_path, "r1"))


def test_a_ticket_opens_no_other_run(tmp_path: Path) -> None:
    assert not ticket.valid(tmp_path, "r2", ticket.issue(tmp_path, "r1"))


def test_a_ticket_runs_out(tmp_path: Path) -> None:
    old = ticket.issue(tmp_path, "r1", now=0)
    assert ticket.valid(tmp_path, "r1", old, now=ticket.VALID_S - 1)
    assert not ticket.valid(tmp_path, "r1", old, now=ticket.VALID_S + 1)


def test_a_ticket_of_another_studio_is_refused(tmp_path: Path) -> None:
    assert not ticket.valid(tmp_path / "mine", "r1", ticket.issue(tmp_path / "theirs", "r1"))


def test_the_key_is_for_its_owner_alone(tmp_path: Path) -> None:
    ticket.issue(tmp_path, "r1")
    assert (tmp_path / ticket.KEY_FILE).stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == [tmp_path / ticket.KEY_FILE]


@given(st.text())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nonsense_is_refused_quietly(tmp_path: Path, said: str) -> None:
    assert not ticket.valid(tmp_path, "r1", said)
