import pytest

from core.judging.numerals import find
from core.judging.quantities import agree, conflict


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
        ("a third will wait", 100 / 3, 100 / 3, "percent"),
        ("3.5 out of 5 stars", 3.5, 3.5, ""),
        ("4 stars out of 5", 4, 4, ""),
        ("2 out of 5 homes", 40, 40, "percent"),
        ("5'3\" tall", 1.6002, 1.6002, "length"),
        ("back in the 80s", 1980, 1989, "year"),
        ("the 1965 Watts riots", 1965, 1965, "year"),
        ("8:0 PM", 1200, 1200, "clock"),
    ],
)
def test_values_come_in_base_units(text: str, low: float, high: float, measure: str):
    found = only(text)
    assert (found.low, found.high, found.measure) == (pytest.approx(low), pytest.approx(high), measure)


@pytest.mark.parametrize(
    "text", ["COVID-19", "an F-16", "open 24/7", "in his 30's", "one of them", "in May we left", "version v2"]
)
def test_what_only_looks_like_a_number_is_none(text: str):
    assert find(text) == []


@pytest.mark.parametrize(
    "text", ["on Windows 10, follow", "in boxes 1,2,3, and 5", "Form 1040 is due", "Andre 3000, a singer"]
)
def test_a_number_that_belongs_to_a_name_counts_nothing(text: str):
    found = find(text)
    assert found
    assert all(quantity.named for quantity in found)


@pytest.mark.parametrize(
    "text", ["In Brackwell 164 homes were warm", "It costs 1,234,567 here", "Of 80 patients, 20 left"]
)
def test_a_count_behind_a_name_stays_a_count(text: str):
    assert not any(quantity.named for quantity in find(text))


def test_a_confidence_level_is_no_share_of_anything():
    assert not conflict(find("cut by a third")[0], find("a ratio (95% CI: low)")[0])


def test_names_with_numbers_conflict_only_with_their_like():
    form, other, box = only("on Form 1040"), only("on Form 1041"), only("in box 5")
    assert conflict(form, other)
    assert not conflict(form, box)


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
