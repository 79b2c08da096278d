"""Dates, kinds and languages of sources: what a brief does not ask for is kept and told, and never evidence."""

from collections.abc import Callable, Iterator

import pytest

from core.events import Kind
from core.models import KINDS, Run, Status
from tests.agents.small_house import House
from tests.reading.site import Site


@pytest.fixture
def site() -> Iterator[Site]:
    served = Site()
    yield served
    served.close()


def used_in(house: House, run: Run) -> set[str | None]:
    """When each passage put before the writer was published."""
    return {item.passage.published for found in house.studio.evidence(run.id) for item in found.used}


def outside(house: House, run: Run) -> dict[str, str]:
    """Title -> why, of what was left out."""
    return {s.title: s.reason for s in house.studio.sources(run.id) if s.status == "outside"}


def test_what_was_published_too_early_is_told_and_not_used(house: House):
    everything = used_in(house, house.to_review())
    assert min(str(day) for day in everything) < "2025-06-01"
    run = house.to_review(published_from="2025-06", published_to="2026")
    assert run.brief.published_from == "2025-06-01"
    assert run.brief.published_to == "2026-12-31"
    assert min(str(day) for day in used_in(house, run)) >= "2025-06-01"
    told = outside(house, run)
    assert told["How a heat pump heats a house"] == "outside the dates you asked for: published 2025-02-11"
    skipped = {e.data["title"]: e.data["reason"] for e in house.events(run.id, Kind.SKIPPED)}
    assert skipped["How a heat pump heats a house"].startswith("Outside the dates")
    assert house.studio.library(search="How a heat pump heats a house").total == 1, "it is kept"


def test_one_kind_of_source(house: House):
    run = house.to_review(kinds=("web",))
    read = {s.source_id for s in house.studio.sources(run.id) if s.status == "read" and s.source_id}
    assert {house.studio.source(source).media_type for source in read} == {KINDS["web"]}
    assert "of a kind you did not ask for: markdown" in outside(house, run).values()


def test_a_language(house: House):
    run = house.work(house.start(languages=("de-AT",), autopilot=True))
    assert run.brief.languages == ("de",)
    assert run.status is Status.NO_EVIDENCE, "the sample library is in English, also where it does not say so"
    assert set(outside(house, run).values()) == {"in a language you did not ask for: en"}


def test_a_run_whose_dates_leave_nothing_says_so(house: House):
    run = house.work(house.start(published_to="1999-12-31", autopilot=True))
    assert run.status is Status.NO_EVIDENCE
    assert run.error
    assert "outside the dates you asked for" in run.error["message"]
    assert "Start anew" in run.error["remedy"]


def test_a_branch_may_ask_for_other_dates(house: House):
    run = house.to_review()
    branch = house.work(house.studio.fork(run.id, "research", {"published_from": "2025-06-01", "dated_only": "yes"}))
    assert branch.brief.dated_only
    assert min(str(day) for day in used_in(house, branch)) >= "2025-06-01"
    wider = house.work(house.studio.fork(branch.id, "research", {"published_from": ""}))
    assert wider.brief.published_from is None
    assert min(str(day) for day in used_in(house, wider)) < "2025-06-01"


def page(title: str, day: str, language: str, text: str) -> str:
    paragraphs = "".join(f"<p>{line}</p>" for line in text.strip().splitlines())
    return (
        f'<!doctype html><html lang="{language}"><head><title>{title}</title><meta name="date" content="{day}"></head>'
        f"<body><main><h1>{title}</h1>{paragraphs}</main></body></html>"
    )


def test_pages_of_the_web_are_read_kept_and_told(new_house: Callable[..., House], site: Site):
    text = "\n".join(f"The river barrier at Aldermoor protects {n},400 homes from river floods." for n in range(8, 16))
    old = site.html("/old", page("The barrier in 2014", "2014-05-06", "en", text))
    new = site.html("/new", page("The barrier now", "2025-05-06", "en", text.replace("protects", "now protects")))
    foreign = site.html("/fremd", page("Das Sperrwerk", "2025-05-06", "de", text.replace("protects", "still protects")))
    house = new_house(allow_private_addresses=True)
    run = house.to_review(
        "What does the Aldermoor river barrier protect?", urls=(old, new, foreign), published_from="2020",
        languages=("en",),
    )  # fmt: skip
    became = {s.url: s.status for s in house.studio.sources(run.id) if s.url in (old, new, foreign)}
    assert became == {old: "outside", new: "read", foreign: "outside"}
    told = house.studio.left_out(run.id)
    assert "1 page in a language you did not ask for" in told
    assert any(line.endswith("outside the dates you asked for") for line in told)
    urls = {item.passage.url for found in house.studio.evidence(run.id) for item in found.items}
    assert new in urls
    assert not urls & {old, foreign}
    assert house.studio.library(search="The barrier in 2014").total == 1, "it is kept"
