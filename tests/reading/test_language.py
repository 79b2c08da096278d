"""The language of a page: as it says, or else as it reads, or unknown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.reading.extract import extract
from core.reading.language import language_of

ENGLISH = "Heat pumps keep old houses warm through the winter when their radiators are large enough. " * 4
GERMAN = "Die Wärmepumpe heizt ein altes Haus auch im Winter, wenn die Heizkörper groß genug sind. " * 4


def read(text: str, declared: str = "") -> str | None:
    body = f"<!doctype html><html{declared}><body><main><h1>A page</h1><p>{text}</p></main></body></html>"
    return extract(body.encode(), url="https://a.example/", media_type="text/html", fetched_at="").language


@pytest.mark.parametrize(("text", "language"), [(ENGLISH, "en"), (GERMAN, "de")])
def test_a_page_that_does_not_say_its_language_is_read_for_it(text: str, language: str):
    assert read(text) == language


def test_what_a_page_says_itself_stands():
    assert read(GERMAN, ' lang="de-AT"') == "de"
    assert read(ENGLISH, ' lang="fr"') == "fr"


@pytest.mark.parametrize(
    "text", ["", "12345", "| 1 | 2 |\n| 3 | 4 |", "Heat pump", "🌊🌊🌊", ENGLISH[:90] + GERMAN[:90]]
)
def test_what_cannot_be_told_stays_unknown(text: str):
    assert language_of(text) is None


@given(st.text(max_size=200))
def test_no_text_breaks_it(text: str):
    assert language_of(text) is None or language_of(text)
