"""Dates, times of day and periods of a text, found: a date gives its year and its day as two quantities."""

import re
from collections.abc import Iterator

from core.judging.bounds import bound
from core.judging.quantities import Quantity
from core.judging.units import MONTHS

_ORDINALS = ("first", "second", "third", "fourth")
_QUARTER = re.compile(
    rf"\bQ(?P<digit>[1-4])\b|\b(?P<word>{'|'.join(_ORDINALS)}) quarter(?=\s+of\s+\d{{4}})", re.IGNORECASE
)
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DATE = re.compile(
    rf"\b(?:(?P<iso>\d{{4}}-\d{{2}}-\d{{2}})|(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?)?(?-i:(?=[A-Z])){_MONTH}"
    rf"(?:\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)\b)?(?:,?\s+(?:of\s+)?(?P<year>\d{{4}}))?)\b",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"\b(\d{1,2})(?:[:.](\d{1,2}))?\s*([ap])\.?m\b\.?|\b([01]?\d|2[0-4]):([0-5]?\d)\b", re.IGNORECASE)
_PERIOD = re.compile(
    r"\b(?:(?P<decade>1[5-9]\d0|20\d0)'?s|(?<=\bthe )['’]?(?P<short>[2-9]0)['’]?s|"
    r"(?P<century>\d{1,2})(?:st|nd|rd|th)[\s-](?:century|centuries))\b",
    re.IGNORECASE,
)


def dates(text: str) -> Iterator[Quantity]:
    """`3 May 2017`, `2017-05-03`: a year and a day of the year."""
    for match in _DATE.finditer(text):
        start, end = match.span()
        if match["iso"]:
            year, month, day = (int(part) for part in match["iso"].split("-"))
        else:
            year, day = int(match["year"] or 0), int(match["day"] or match["day2"] or 0)
            if not year and not day:
                continue  # a month alone, or the verb "may", says no number
            month = 1 + MONTHS.index(match["month"].lower()[:3])
        if year:
            yield Quantity(start, end, match.group(), year, year, "year", bound=bound(text, start, end, "year"))
        yield Quantity(start, end, match.group(), 100 * month + day, 100 * month + (day or 99), "day of year")


def clocks(text: str) -> Iterator[Quantity]:
    """`9:30`, `5 pm`, in minutes of the day."""
    for match in _CLOCK.finditer(text):
        hour, minute, half, hour24, minute24 = match.groups()
        minutes = (
            int(hour24) * 60 + int(minute24)
            if hour24
            else (int(hour) % 12 + 12 * (half.lower() == "p")) * 60 + int(minute or 0)
        )
        yield Quantity(*match.span(), match.group(), minutes, minutes, "clock")


def periods(text: str) -> Iterator[Quantity]:
    """`the 1990s`, `the 20th century`, as years."""
    for match in _PERIOD.finditer(text):
        if match["short"]:
            first, last = 1900 + int(match["short"]), 1909 + int(match["short"])
        else:
            first = int(match["decade"]) if match["decade"] else 100 * int(match["century"]) - 100
            last = first + (9 if match["decade"] and first % 100 else 99)
        yield Quantity(*match.span(), match.group(), first, last, "year")


def quarters(text: str) -> Iterator[Quantity]:
    """`Q3`, `the third quarter of 2022`."""
    for match in _QUARTER.finditer(text):
        number = float(match["digit"] or 1 + _ORDINALS.index(match["word"].lower()))
        yield Quantity(*match.span(), match.group(), number, number, "quarter")
