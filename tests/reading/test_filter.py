import doctest

import pytest

from core.errors import RefusedError
from core.reading import filter as filter_module
from core.reading.filter import check_site, relevance, site_allowed

PUMPS = (
    "# Heat pump noise\n\nA heat pump is about as loud as a refrigerator at four metres. Neighbours complain most "
    "about pumps in narrow yards. The planning rules set a limit of 42 decibels at the nearest window. " * 3
)
HOTEL = (
    "# Grand Hotel\n\nRooms from £90 a night with breakfast, a warm pool and a view of the sea. Neighbours of the "
    "old harbour will love the noise-free garden. Book before March and save on your stay in the city. " * 3
)


@pytest.mark.parametrize(
    "query",
    ["heat pump noise limits neighbours", "how loud are heat pumps?", "noise of heat pumps near neighbouring windows"],
)
def test_a_page_about_the_question_passes_and_another_does_not(query):
    assert relevance(PUMPS, title="Heat pump noise", queries=[query]).relevant
    assert not relevance(HOTEL, title="Grand Hotel", queries=[query]).relevant


def test_the_best_fitting_query_counts_and_the_reason_names_it():
    scored = relevance(PUMPS, title="Heat pump noise", queries=["roman emperors", "heat pump noise"])
    assert scored.relevant
    assert scored.reason == "3 of 3 words of “heat pump noise”, 3 in title or lead"


def test_scores_lie_between_0_and_1_and_no_query_passes_everything():
    assert relevance("noise", title="noise", queries=["noise"]).score == 1.0
    assert relevance("", title="", queries=["noise"]).score == 0.0
    assert relevance(PUMPS, title="", queries=[]).score == 1.0
    assert relevance("The Who are a band.", title="The Who", queries=["the who"]).relevant


def test_other_languages_are_compared_by_their_own_stems():
    text = "Die Wärmepumpen sind leise. Lärm stört die Nachbarn kaum, wenn die Wärmepumpe richtig steht."
    assert (
        relevance(text, title="Leise Wärmepumpen", queries=["Lärm durch leise Wärmepumpe"], language="de").score > 0.7
    )
    assert relevance("热泵", title="热泵", queries=["热泵"], language="zh").score == 1.0


@pytest.mark.parametrize(
    ("url", "allow", "deny", "allowed"),
    [
        ("https://who.int/a", [], [], True),
        ("https://www.who.int/a", ["who.int"], [], True),
        ("https://awho.int/a", ["who.int"], [], False),
        ("https://who.int.evil.example/", ["who.int"], [], False),
        ("https://WHO.int./a", [" *.Who.int "], [], True),
        ("https://blog.example.org/", [], ["example.org"], False),
        ("https://blog.example.org/", ["example.org"], ["blog.example.org"], False),
        ("https://example.com/", [], [""], True),
        ("library:c/x.md", ["who.int"], [], True),
        ("http://[broken", [], [], False),
    ],
)
def test_sites_are_matched_by_whole_host_names(url, allow, deny, allowed):
    assert site_allowed(url, allow=allow, deny=deny) is allowed


def test_a_denied_site_says_how_to_change_it():
    with pytest.raises(RefusedError, match="not among the sites"):
        check_site("https://x.example/", deny=["x.example"])


def test_examples():
    assert doctest.testmod(filter_module).failed == 0
