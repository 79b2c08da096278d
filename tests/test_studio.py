"""The one door: what screens and the command line may ask, and what it refuses."""

import pytest

from core.errors import BriefError, ConflictError, SettingsError
from core.models import Brief, Status
from core.studio import Studio
from tests.agents.small_house import House, house, new_house, samples

__all__ = ["house", "new_house", "samples"]


def test_a_second_studio_sees_the_same(house: House):
    run = house.to_review()
    other = Studio(house.studio._given)
    assert other.run(run.id) == house.run(run.id)
    assert other.draft(run.draft_id) == house.draft(run.id)
    assert other.events(run.id) == house.studio.events(run.id)
    assert other.progress(run.id).counts == house.studio.progress(run.id).counts


def test_runs_are_found_hidden_and_brought_back(house: House):
    tides, bees = house.start("Why do 100% of tides turn?"), house.start("Why do bees dance?")
    assert [run.id for run in house.studio.runs().rows] == [bees, tides]
    assert [run.id for run in house.studio.runs(search="100%").rows] == [tides]
    assert house.studio.runs(search="100_").total == 0, "what is typed is looked for as it is"
    house.studio.delete(tides)
    assert [run.id for run in house.studio.runs().rows] == [bees]
    assert [run.id for run in house.studio.runs(deleted=True).rows] == [tides]
    assert house.run(tides).status is Status.CANCELLED
    house.studio.restore(tides)
    assert house.studio.runs().total == 2


def test_pages_of_runs_do_not_overlap(house: House):
    ids = [house.start(f"topic {i}") for i in range(7)]
    pages = [house.studio.runs(page=page, size=3) for page in (1, 2, 3)]
    assert [run.id for page in pages for run in page.rows] == ids[::-1]
    assert {page.total for page in pages} == {7}


@pytest.mark.parametrize(
    ("brief", "words"),
    [
        (Brief(topic=" \n "), "no topic"),
        (Brief(topic="?!"), "no topic"),
        (Brief(topic="x" * 501), "501 characters"),
        (Brief(topic="tides", words=50), "50 words"),
        (Brief(topic="tides", engines=("altavista",)), "altavista"),
        (Brief(topic="tides", target="geocities"), "geocities"),
        (
            Brief(topic="tides", published_from="2025-01-01", published_to="2024-12-31"),
            "the first day is after the last",
        ),
        (Brief(topic="tides", published_to="last spring"), "'last spring' is not a date"),
        (Brief(topic="tides", published_from="2024-13"), "is not a date"),
        (Brief(topic="tides", kinds=("scroll",)), "scroll"),
        (Brief(topic="tides", languages=("German!",)), "is not a language"),
        (Brief(topic="tides", models={"writer": "gpt-none"}), "gpt-none"),
    ],
)
def test_a_brief_that_cannot_be_worked_on_is_refused_before_it_is_queued(house: House, brief: Brief, words: str):
    with pytest.raises(BriefError, match=words) as told:
        house.studio.start(brief)
    assert told.value.remedy
    assert house.studio.runs().total == 0


def test_dates_that_are_not_whole_days_are_taken_at_their_widest(house: House):
    brief = Brief(
        topic="tides", published_from="2024", published_to="2024-02", kinds=("PDF", "pdf"), languages=("EN-gb",)
    )
    kept = house.run(house.studio.start(brief)).brief
    assert (kept.published_from, kept.published_to) == ("2024-01-01", "2024-02-29")
    assert (kept.kinds, kept.languages) == (("pdf",), ("en",))


def test_decisions_for_runs_that_are_not_there_or_do_not_wait(house: House):
    with pytest.raises(BriefError):
        house.studio.decide("r00000000", "approve_plan")
    run_id = house.start()
    for kind in ("approve_plan", "publish", "edit", "send_back"):
        with pytest.raises(ConflictError):
            house.studio.decide(run_id, kind)
    with pytest.raises(ConflictError):
        house.studio.resume(run_id)
    house.studio.stop(run_id)
    assert house.run(run_id).status is Status.CANCELLED
    house.studio.resume(run_id)
    assert house.run(run_id).status is Status.QUEUED


def test_settings_that_make_no_sense_are_not_saved(house: House):
    with pytest.raises(SettingsError, match="gate"):
        house.studio.save_settings({"gate": 2})
    house.studio.save_settings({"gate": 0.9, "openai_api_key": "sk-never-stored"})
    assert house.studio.settings.gate == 0.9
    assert house.row("SELECT count(*) FROM settings WHERE value LIKE '%sk-never%'")[0] == 0
    house.studio.save_settings({"gate": None})
    assert house.studio.settings.gate == 0.8


def test_uploads_cannot_leave_their_folder(house: House):
    house.studio.add_files([("../../etc/tides.md", b"# Tides\n"), ("..", b"x")], collection="../../up")
    written = [path for path in (house.data / "library").rglob("*") if path.is_file()]
    assert {path.name for path in written} >= {"tides.md"}
    assert not (house.data.parent / "etc").exists()


def test_the_version_changes_when_somebody_writes(house: House):
    before = house.studio.version()
    Studio(house.studio._given).start(Brief(topic="tides"))
    assert house.studio.version() != before


def test_excluding_a_source_keeps_it_out_of_the_next_run(house: House):
    first = house.to_review("Do street trees cool a hot city?")
    read = next(s for s in house.studio.sources(first.id) if s.status == "read")
    assert first.id in [run.id for run in house.studio.citing(read.source_id)] or read.source_id
    house.studio.exclude(read.source_id)
    second = house.to_review("Do street trees cool a hot city?")
    assert read.source_id not in {s.source_id for s in house.studio.sources(second.id)}
