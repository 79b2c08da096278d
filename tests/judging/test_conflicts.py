import html
import re
from pathlib import Path

import pytest

from core.judging.conflicts import disagree, find
from core.models import Passage

LIBRARY = Path(__file__).parents[2] / "samples" / "library"


def test_two_sources_with_different_numbers_for_the_same_thing_conflict(passage):
    first = passage("Old houses. The Aldermoor field trial measured a median seasonal performance factor of 2.9.")
    second = passage("Over two winters, the Aldermoor trial found a median seasonal performance factor of 3.6.")
    (found,) = find([first, second])
    assert (found.kind, found.first, found.second) == ("contradiction", first.id, second.id)
    assert "Aldermoor" in found.subject
    assert found.first_quote.endswith("2.9.")


def test_an_older_amount_is_outdated_and_stands_first(passage):
    new = passage("The Home Heat Grant pays £7,000 for a heat pump.", published="2026-02-03")
    old = passage("The Home Heat Grant pays £3,200 for a heat pump.", published="2017-05-16")
    (found,) = find([new, old])
    assert (found.kind, found.first, found.second) == ("outdated", old.id, new.id)


def test_a_source_that_says_what_it_replaces_needs_no_dates(passage):
    new = passage("The Home Heat Grant pays £7,000. This replaced the grant of £3,200.")
    (found,) = find([passage("The Home Heat Grant pays £3,200."), new])
    assert found.kind == "outdated"


def test_two_measurements_years_apart_are_a_contradiction_not_an_update(passage):
    first = passage("The Aldermoor trial measured a factor of 2.9.", published="2020-01-01")
    (found,) = find([first, passage("The Aldermoor trial measured a factor of 3.6.", published="2025-01-01")])
    assert found.kind == "contradiction"


def test_a_source_does_not_contradict_itself(passage):
    text = "The Aldermoor trial measured a factor of {}."
    assert find([passage(text.format(2.9), source=5), passage(text.format(3.6), source=5)]) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Part of the Stable ABI since version 3.9.", "Part of the Stable ABI since version 3.7."),
        ("Unemployment in Arl was 5.2 % in 2021.", "Unemployment in Arl was 6.1 % in 2023."),
        (
            "The grant pays £7,000 towards an air-source heat pump.",
            "The grant pays £7,500 towards a ground-source heat pump.",
        ),
        ("The Arl trial measured a factor of 2.9.", "The Brackwell trial measured a factor of 3.1."),
        ("Homes below 45 °C reached a factor of 3.2 in Arl.", "Homes above 50 °C reached a factor of 2.4 in Arl."),
        ("The Arl bridge is 300 metres long.", "The Arl bridge is 0.3 km long."),
        ("The Arl trial covered 164 homes.", "The Arl trial covered about 160 homes."),
        ("Nurses in Arl slept 5.4 hours after a night shift.", "Nurses in Arl slept 7.1 hours after a day shift."),
        ("The Arl trial covered 164 homes.", "The Arl trial did not cover 20 homes."),
    ],
)
def test_different_years_kinds_names_and_units_are_no_conflict(first: str, second: str):
    assert disagree(first, second) is None


def _library() -> list[Passage]:
    """Paragraphs of the sample library as passages, with the dates of their documents."""
    passages: list[Passage] = []
    for source, path in enumerate(sorted(p for p in LIBRARY.rglob("*") if p.suffix in (".md", ".html"))):
        text = path.read_text(encoding="utf-8")
        dated = re.search(r"^date: (\S+)|\"date\" content=\"([^\"]+)", text, re.MULTILINE)
        published = next(filter(None, dated.groups()), None) if dated else None
        if path.suffix == ".html":
            text = html.unescape(re.sub(r"(?s)<head>.*?</head>|<!--.*?-->|<[^>]+>", "", text))
        text = re.sub(r"(?s)\A---.*?---\n", "", text)
        for paragraph in filter(str.strip, re.split(r"\n\n+", text)):
            passages.append(
                Passage(
                    id=len(passages), source_id=source, snapshot_id=source, start=0, end=len(paragraph), text=paragraph,
                    published=published, url=path.name,
                )
            )  # fmt: skip
    return passages


def test_the_sample_librarys_planted_conflicts_are_found_and_nothing_else():
    passages = _library()
    url = {passage.id: passage.url for passage in passages}
    found = {(conflict.kind, url[conflict.first], url[conflict.second]) for conflict in find(passages)}
    assert found == {
        ("contradiction", "aldermoor-field-trial-results.md", "aldermoor-two-winters.html"),
        ("contradiction", "corvane-roster-study.md", "corvane-wellbeing-bulletin.md"),
        ("outdated", "home-heat-grant-2017.html", "home-heat-grant-2026.md"),
        ("outdated", "canopy-plan-2018.html", "eastmarch-canopy-strategy-2026.md"),
    }


def test_when_two_pages_were_last_changed_is_no_disagreement():
    first, second = "2022-03-12 10:15:03 UTC", "2022-05-08 17:30:02 UTC"
    assert disagree(f"This page last modified on {first}.", f"This page last modified on {second}.") is None
