"""Quantities: values with their units, and when two of them agree or conflict.

Wrong numbers are what readers forgive least and what a program finds best. Two values are compared only
when they measure the same thing; a rounded value agrees with the value it rounds. They are found in text by `numerals`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from core.judging.units import CURRENCIES, YEAR_S

TURNED = {"at least": "at most", "at most": "at least"}


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number of a sentence; `low` equals `high` unless it is a range."""

    start: int
    end: int
    text: str
    low: float
    """In the base unit of its measure."""
    high: float
    measure: str
    """`percent`, `GBP`, `length`, `year`, `day of year`, `clock`, ...; empty for a bare count."""
    nouns: tuple[str, ...] = ()
    """Stems of the words after a bare count."""
    bound: str = ""
    """`about`, `at least`, `at most` or empty."""
    spelled: bool = False
    """In words: 'two', 'half'."""
    turned: bool = False
    """A denial made its bound: "not more than"."""
    step: float = 0.0
    """What one of its last digit is worth in the base unit: 0.1 of "2.9", 1e5 of "1.6 million"; 0 if unknown."""
    digits: int = 0
    """How many digits it is given to, without leading zeros."""
    per: float = 0.0
    """Seconds of the period of a rate ("a month"); 0 for what is no rate."""
    change: int = 0
    """Of a range told as "from 50 to 40": 1 when it rises, -1 when it falls."""
    by: bool = False
    """Told as a change: "by 10 per cent"."""
    named: bool = False
    """Part of a name, as in "Form 1040"; its noun is the name."""


FACTOR = "factor"
"""Of "doubled", "halved"."""
_CLOSE = 0.006  # 12.34 for 12.3; below that two values are two values
_NEAR = 0.1  # "about", "nearly"
_TEMPERATURES = {"celsius", "fahrenheit"}


def same_measure(first: Quantity, second: Quantity) -> bool:
    """Do both measure the same kind of thing, so that a difference means something?"""
    if {first.measure, second.measure} == _TEMPERATURES:
        return True
    if first.measure or second.measure:
        return first.measure == second.measure
    return bool(set(first.nouns) & set(second.nouns)) or not first.nouns and not second.nouns


def agree(claim: Quantity, source: Quantity) -> bool:
    """Does the source's value bear out the claim's? Rounded values, ranges and bounds are honoured.

    Bare numbers agree by value alone, whatever their nouns.

    >>> from core.judging.numerals import find
    >>> claim, source = find("nearly 3,000 homes")[0], find("2,950 homes")[0]
    >>> agree(claim, source), agree(source, claim)
    (True, False)
    """
    if source.change and (claim.by or claim.measure == "points"):
        return _is_change(claim, source)
    if {claim.measure, source.measure} == _TEMPERATURES:
        return _as_hot(claim, source)
    if claim.measure != source.measure and claim.measure and source.measure:
        return _is_same_degree(claim, source)
    if claim.named and source.named:
        return (claim.low, claim.high) == (source.low, source.high)
    if _against(claim, source) or _is_other_unit(claim, source):
        return False
    claim = _per(claim, source)
    if _same(claim.low, source.low, claim.measure) and _same(claim.high, source.high, claim.measure):
        return True
    if claim.measure == "day of year":
        return claim.low <= source.low and source.high <= claim.high  # a finer date is more than the source says
    if claim.low == claim.high and source.low != source.high:
        if claim.bound in TURNED and claim.measure != "year":
            return claim.low <= source.low if claim.bound == "at least" else claim.low >= source.high
        return claim.low in (source.low, source.high)
    if claim.low != claim.high:
        return claim.measure == "year" and claim.low <= source.low and source.high <= claim.high  # "the 1990s"
    wanted, held = claim.low, source.low
    if _rounds(claim, source):
        return True
    if claim.measure == "year":
        near = {"about": abs(wanted - held) <= 3, "at least": held >= wanted, "at most": held <= wanted}
        return near.get(claim.bound, False)
    if claim.bound == "about":
        return abs(wanted - held) <= _NEAR * abs(held)
    if claim.bound == source.bound in TURNED:
        return 0.9 * wanted <= held <= 1.1 * wanted and (held - wanted) * (1 if claim.bound == "at least" else -1) >= 0
    if claim.bound == "at least":
        return wanted <= held <= 1.5 * wanted
    if claim.bound == "at most":
        return 0.6 * wanted <= held <= wanted
    return False


def _same(first: float, second: float, measure: str) -> bool:
    if first == second:
        return True
    if measure in ("year", "clock", "day of year"):
        return False
    return abs(first - second) <= _CLOSE * max(abs(first), abs(second)) and max(abs(first), abs(second)) > 20


def _rounds(claim: Quantity, source: Quantity) -> bool:
    """Is the claim's value the source's, given to fewer digits? One digit alone may be many values."""
    finer = 0 < source.step < claim.step and claim.digits >= 2
    return finer and claim.measure != "year" and abs(claim.low - source.low) <= claim.step / 2 * (1 + 1e-9)


def _against(claim: Quantity, source: Quantity) -> bool:
    """The same value with the opposite bound, or the same change the other way."""
    turned = TURNED.get(claim.bound) == source.bound and claim.low == source.low
    return turned or claim.change * source.change < 0


def _per(claim: Quantity, source: Quantity) -> Quantity:
    """The claim's rate by the period of the source's."""
    if not (claim.per and source.per) or claim.per == source.per:
        return claim
    share = source.per / claim.per
    return replace(claim, low=claim.low * share, high=claim.high * share, step=0.0)


def _is_same_degree(claim: Quantity, source: Quantity) -> bool:
    """ "375 degrees" where the other says of which scale."""
    measures = {claim.measure, source.measure}
    return "degrees" in measures and bool(measures & _TEMPERATURES) and claim.low == source.low


def _as_hot(claim: Quantity, source: Quantity) -> bool:
    """Both the same temperature, or the same difference between two, to a degree of rounding."""
    celsius, fahrenheit = (claim, source) if claim.measure == "celsius" else (source, claim)
    return any(abs(celsius.low * 1.8 + zero - fahrenheit.low) <= 1.0 for zero in (0.0, 32.0))


def _is_change(claim: Quantity, source: Quantity) -> bool:
    """Does "by 10" follow from "from 40 to 50"? Of percentages it does in points only."""
    apart = source.high - source.low
    if claim.measure == "percent":
        before = source.low if source.change > 0 else source.high
        return before != 0 and abs(100 * apart / before - claim.low) <= max(0.5, 0.02 * claim.low)
    fits = claim.measure == source.measure or (claim.measure, source.measure) == ("points", "percent")
    return fits and abs(apart - claim.low) <= 0.02 * apart


def reckoned(claim: Quantity, held: Sequence[Quantity]) -> bool:
    """Does it follow from two values of one sentence: a change from their difference, years gone by from two dates?

    >>> from core.judging.numerals import find
    >>> reckoned(find("rose by £2,500")[0], find("It was £5,000 in 2021 and £7,500 in 2023."))
    True
    """
    if any(_follows(claim, value) for value in held):
        return True
    for first, second in combinations([value for value in held if value.low == value.high], 2):
        if _is_product(claim, first, second) or _is_product(claim, second, first):
            return True
        if first.measure != second.measure:
            continue
        if claim.measure == FACTOR and first.low and second.low:
            return abs(second.low / first.low - claim.low) <= _NEAR * claim.low
        apart = abs(first.low - second.low)
        if first.measure == "year":
            years = claim.low / YEAR_S
            if claim.measure == "time" and years >= 2 and abs(years - apart) <= 1:
                return True
        elif claim.by and apart and claim.measure == first.measure and _same(claim.low, apart, claim.measure):
            return True
    return False


def _follows(claim: Quantity, held: Quantity) -> bool:
    """A rise by 100 per cent from "doubled"; "doubled" from a rise "from 4,200 to 8,400"."""
    if held.measure == FACTOR and claim.by and claim.measure == "percent":
        return abs(100 * (held.low - 1) - claim.low) <= 1
    grown = claim.measure == FACTOR and held.change and held.low
    return bool(grown) and abs((held.high / held.low if held.change > 0 else held.low / held.high) - claim.low) < _NEAR


def _is_product(claim: Quantity, first: Quantity, second: Quantity) -> bool:
    """500 mg a day from 250 mg twice a day; 2062 from 1986 and every 76 years; from 4,200 to 8,400 from "doubled"."""
    if second.measure == "times a year" and claim.per and claim.measure == first.measure:
        return _same(claim.low, first.low * second.low * claim.per / YEAR_S, claim.measure)
    if (first.measure, second.measure, claim.measure) == ("year", "times a year", "year"):
        return abs(first.low + 1 / second.low - claim.low) < 0.5
    if second.measure == FACTOR and claim.change > 0 and claim.low:
        return claim.high == first.low and abs(claim.high / claim.low - second.low) <= _CLOSE * second.low
    return False


def conflict(claim: Quantity, source: Quantity) -> bool:
    """Can both not be true of the same thing? Only values of the same measure conflict."""
    if {claim.measure, source.measure} <= CURRENCIES and claim.measure != source.measure:
        return claim.low == source.low and claim.high == source.high  # the amount kept, the currency changed
    if claim.by and (claim.measure, source.measure) == ("percent", FACTOR):
        return not _follows(claim, source)
    if not same_measure(claim, source) or agree(claim, source) or agree(source, claim):
        return False
    if claim.by != source.by and claim.measure != "percent":
        return False  # a change and a level
    if _is_other_unit(claim, source):
        return True
    if _against(claim, source) or {claim.measure, source.measure} == _TEMPERATURES:
        return True
    claim = _per(claim, source)
    if claim.spelled and not claim.measure or source.spelled and not source.measure:
        return claim.low != source.low
    apart = claim.high < source.low or source.high < claim.low
    bounded = {claim.bound, source.bound} & {"at least", "at most"}
    if bounded and apart:
        return not _open_towards(claim, source) and not _open_towards(source, claim)
    return apart


def _is_other_unit(claim: Quantity, source: Quantity) -> bool:
    """The figure kept and the unit changed: 200 mph for 200 km/h."""
    figures = [re.findall(r"\d[\d,.]*", one.text) for one in (claim, source)]
    same_figure = len(figures[0]) == 1 and figures[0] == figures[1]
    return (
        same_figure and bool(claim.measure) and claim.measure == source.measure and not _same(claim.low, source.low, "")
    )


def _open_towards(bounded: Quantity, other: Quantity) -> bool:
    return (
        bounded.bound == "at least"
        and other.low > bounded.low
        or bounded.bound == "at most"
        and other.low < bounded.low
    )
