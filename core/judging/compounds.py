"""Quantities that are told in more than a number and its unit, found.

Shares ("two in three"), fractions, ratings, heights, durations ("a year and a half"), how often ("twice a day") and
how many times as much ("doubled").
"""

import re
from collections.abc import Iterator

from core.judging.bounds import bound
from core.judging.quantities import FACTOR, Quantity
from core.judging.units import FRACTIONS, PERIODS, SPELLINGS, UNITS, WORDS, YEAR_S
from core.judging.words import stem

_FEW = r"(?:\d{1,3}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_SHARE = re.compile(
    rf"\b(?P<count>one|{_FEW})\s+(?:in|out\s+of)\s+(?:every\s+)?(?P<of>{_FEW}|fourteen|fifteen|twenty)\b"
    r"(?!\s*(?:%|per\s*cent|years?|months?|weeks?|days?|hours?|[.,]\d))",
    re.IGNORECASE,
)
_RATING = re.compile(
    r"\b(?P<number>\d{1,2}(?:\.\d+)?)(?P<stars>[\s-]stars?)?\s*(?:out\s+of|/)\s*(?:5|10|100)\b(?P<more>[\s-]stars?\b)?",
    re.IGNORECASE,
)
_HEIGHT = re.compile(r"(?<![\w.'])(\d)['′’]\s?(\d{1,2})(?:[\"″”]|\b)(?!['’])")
_TIME_UNIT = r"(hours?|minutes?|days?|weeks?|months?|years?|decades?)"
_DURATION = re.compile(
    rf"\b(?:(?:(an?|one|{_FEW})\s+{_TIME_UNIT}\s+and\s+a\s+(half|quarter))|(?:(one|{_FEW})\s+and\s+a\s+(half|quarter)\s+"
    rf"{_TIME_UNIT})|(?:(one|{_FEW})\s+{_TIME_UNIT},?\s+(?:and\s+)?(one|{_FEW})\s+{_TIME_UNIT}))\b",
    re.IGNORECASE,
)
_OFTEN = re.compile(
    rf"\b(?:(?P<times>once|twice|{_FEW} times)\s+(?:an?|per|each|every)\s+(?P<period>hour|day|week|month|year)"
    rf"|every\s+(?P<hours>{_FEW})\s+(?P<unit>hours|days|weeks|months|years))\b",
    re.IGNORECASE,
)
_FACTORS = {"doubl": 2.0, "tripl": 3.0, "trebl": 3.0, "quadrupl": 4.0, "halv": 0.5}
_FACTOR = re.compile(rf"\b({'|'.join(_FACTORS)})ed\b", re.IGNORECASE)
_HALF_A = re.compile(rf"\bhalf an? (?P<unit>{SPELLINGS})(?![\w²])", re.IGNORECASE)
_FRACTION = re.compile(
    r"\b(?:(?:(?P<count>one|two|three|four)[\s-]|(?P<article>an?)\s)?(?P<part>half|thirds?|quarters?|fifths?|tenths?)"
    r"(?:(?=\s+(?:of|the|will|would|are|were|is|was|have|had|do|did|can|could|said|say)\b)|"
    r"(?<=\b(?:by|to) a [a-z]{5})\b|(?<=\b(?:by|to) a [a-z]{7})\b|(?<=\bby half)\b))",
    re.IGNORECASE,
)


def shares(text: str) -> Iterator[Quantity]:
    """`two in three homes` as a percentage."""
    for match in _SHARE.finditer(text):
        count, of = _small(match["count"]), _small(match["of"])
        if 0 < count < of:
            value = 100 * count / of
            yield Quantity(*match.span(), match.group(), value, value, "percent", bound="about", spelled=True)


def fractions(text: str) -> Iterator[Quantity]:
    """`a third of`, `by half`, as a percentage."""
    for match in _FRACTION.finditer(text):
        part = match["part"].lower()
        if part not in ("half",) and not match["count"] and not match["article"]:
            continue  # "the third of May" counts nothing
        value = 100 * WORDS.get((match["count"] or "one").lower(), 1.0) / FRACTIONS[part]
        by = text[: match.start()].endswith("by ")
        open_to = bound(text, *match.span(), "percent") or "about"
        yield Quantity(*match.span(), match.group(), value, value, "percent", bound=open_to, spelled=True, by=by)


def factors(text: str) -> Iterator[Quantity]:
    """`doubled`, `halved`."""
    for match in _FACTOR.finditer(text):
        value = _FACTORS[match[1].lower()]
        yield Quantity(*match.span(), match.group(), value, value, FACTOR, spelled=True)


def half_units(text: str) -> Iterator[Quantity]:
    """`half a cubic metre`."""
    for match in _HALF_A.finditer(text):
        measure, size = UNITS[match["unit"].lower()]
        yield Quantity(*match.span(), match.group(), size / 2, size / 2, measure)


def times(text: str) -> Iterator[Quantity]:
    """`twice a day`, `every twelve hours`: how often, as times a year."""
    for match in _OFTEN.finditer(text):
        if match["hours"]:
            rate = YEAR_S / (_small(match["hours"]) * UNITS[match["unit"].lower()][1])
        else:
            times = match["times"].lower()
            count = {"once": 1.0, "twice": 2.0}.get(times) or _small(times.split()[0])
            rate = count * YEAR_S / PERIODS[match["period"].lower()]
        yield Quantity(*match.span(), match.group(), rate, rate, "times a year")


def ratings(text: str) -> Iterator[Quantity]:
    """`3.5 out of 5 stars`: what counts is the 3.5; the 5 is its scale."""
    for match in _RATING.finditer(text):
        if match["stars"] or match["more"] or "." in match["number"]:
            value = float(match["number"])
            yield Quantity(*match.span(), match.group(), value, value, "", (stem("stars"),))


def heights(text: str) -> Iterator[Quantity]:
    """`5'3"`: feet and inches."""
    for match in _HEIGHT.finditer(text):
        value = 0.3048 * (int(match[1]) + int(match[2]) / 12)
        yield Quantity(*match.span(), match.group(), value, value, "length")


def durations(text: str) -> Iterator[Quantity]:
    """`2 hours 15 minutes`, `a year and a half`."""
    part = {"half": 0.5, "quarter": 0.25}
    for match in _DURATION.finditer(text):
        a, unit, half, b, half_b, unit_b, c, unit_c, d, unit_d = match.groups()
        if a:
            value = (_small(a) + part[half.lower()]) * UNITS[unit.lower()][1]
        elif b:
            value = (_small(b) + part[half_b.lower()]) * UNITS[unit_b.lower()][1]
        else:
            value = _small(c) * UNITS[unit_c.lower()][1] + _small(d) * UNITS[unit_d.lower()][1]
        yield Quantity(
            *match.span(), match.group(), value, value, "time", bound=bound(text, match.start(), match.end(), "time")
        )


def _small(word: str) -> float:
    return float(word) if word[0].isdigit() else WORDS.get(word.lower(), 1.0)  # "a", "an"
