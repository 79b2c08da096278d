import pytest

from core.judging.quantities import agree, conflict, find


def only(text: str):
    (found,) = find(text)
    return found


@pytest.mark.parametrize(
    ("text", "low", "high", "measure"),
    [
        ("12 %", 12, 12, "percent"),
        ("twelve per cent", 12, 12, "percent"),
        ("£1.6 million", 1.6e6, 1.6e6, "GBP"),
        ("US$3bn", 3e9, 3e9, "USD"),
        ("4,300 kilowatt-hours", 4.3e6, 4.3e6, "energy"),
        ("between £90 and £140", 90, 140, "GBP"),
        ("2 to 3 million euros", 2e6, 3e6, "EUR"),
        ("−3 °C", -3, -3, "celsius"),
        ("in 2023–24", 2023, 2024, "year"),
        ("the 1990s", 1990, 1999, "year"),
        ("a factor of 2.9.", 2.9, 2.9, ""),
        ("two thirds of homes", 200 / 3, 200 / 3, "percent"),
    ],
)
def test_values_come_in_base_units(text: str, low: float, high: float, measure: str):
    found = only(text)
    assert (found.low, found.high, found.measure) == (pytest.approx(low), pytest.approx(high), measure)


@pytest.mark.parametrize("text", ["COVID-19", "an F-16", "one of them", "in May we left", "version v2"])
def test_what_only_looks_like_a_number_is_none(text: str):
    assert find(text) == []


def test_spans_point_at_the_words():
    text = "It rose from 3 April 2017 by 12 per cent."
    assert {text[q.start : q.end] for q in find(text)} == {"3 April 2017", "12 per cent"}


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("12 percent", "12 %"),
        ("3 kW", "3,000 watts"),
        ("0.3 km", "300 metres"),
        ("24 months", "two years"),
        ("nearly 3,000 homes", "2,950 homes"),
        ("more than 500 homes", "512 homes"),
        ("half of homes", "50 % of homes"),
        ("a 19-year-old player", "the player, 19, left"),
        ("in 2017", "on 3 April 2017"),
        ("in the 1990s", "in 1994"),
    ],
)
def test_the_same_value_in_other_words_agrees(claim: str, source: str):
    assert any(agree(a, b) for a in find(claim) for b in find(source))
    assert not any(conflict(a, b) for a in find(claim) for b in find(source))


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("21 %", "12 %"),
        ("£3,200", "£7,000"),
        ("in 2019", "in 2020"),
        ("164 homes", "146 homes"),
        ("at 2.9", "at 3.6"),
        ("3 kW", "3 W"),
    ],
)
def test_other_values_of_the_same_kind_conflict(claim: str, source: str):
    assert conflict(only(claim), only(source))


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("21 %", "12 homes"),
        ("164 homes", "12 schools"),
        ("between 2 and 4 km", "3 km"),
        ("5 km", "more than 3 km"),
        ("£5", "$6"),
    ],
)
def test_values_of_different_things_do_not_conflict(claim: str, source: str):
    assert not conflict(only(claim), only(source))
