"""Quantities: the numbers of a sentence with their units, and when two of them agree or conflict.

Wrong numbers are what readers forgive least and what a program finds best. A value is brought to
its base unit (3 kW is 3,000 W); counts carry the noun they count. Two values are compared only
when they measure the same thing; a rounded value agrees with the value it rounds.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.judging.words import STOP, stem

_SCALES = {
    "hundred": 1e2, "thousand": 1e3, "k": 1e3, "million": 1e6, "m": 1e6, "mn": 1e6,
    "billion": 1e9, "bn": 1e9, "trillion": 1e12, "tn": 1e12,
}  # fmt: skip
_MONEY = {"£": "GBP", "$": "USD", "€": "EUR", "¥": "JPY", "gbp": "GBP", "usd": "USD", "eur": "EUR", "us$": "USD"}


_YEAR_S = 31557600
_SCALED = {
    "power": {
        "w watt watts": 1, "kw kilowatt kilowatts": 1e3, "mw megawatt megawatts": 1e6, "gw gigawatt gigawatts": 1e9,
    },
    "energy": {
        "wh watt-hours": 1, "kwh kilowatt-hour kilowatt-hours": 1e3, "mwh megawatt-hour megawatt-hours": 1e6,
        "gwh gigawatt-hour gigawatt-hours": 1e9, "twh terawatt-hours": 1e12,
    },
    "length": {
        "mm millimetre millimetres millimeter millimeters": 1e-3,
        "cm centimetre centimetres centimeter centimeters": 1e-2,
        "m metre metres meter meters": 1,
        "km kilometre kilometres kilometer kilometers": 1e3,
        "mile miles": 1609.344, "ft foot feet": 0.3048, "inch inches": 0.0254,
    },
    "mass": {
        "mg milligram milligrams": 1e-3, "g gram grams": 1, "kg kilogram kilograms kilo kilos": 1e3,
        "tonne tonnes": 1e6,
    },
    "volume": {"ml millilitre millilitres milliliter milliliters": 1e-3, "l litre litres liter liters": 1},
    "time": {
        "second seconds": 1, "minute minutes min": 60, "hour hours": 3600, "day days": 86400, "week weeks": 604800,
        "month months": 2629800, "year years": _YEAR_S, "decade decades": 315576000,
        "century centuries": 3155760000,
    },
    "area": {"hectare hectares ha": 1e4, "acre acres": 4046.86, "m² m2": 1, "km² km2": 1e6},
}  # fmt: skip
"""Measure -> its units' spellings -> how many base units one is."""


def _units() -> dict[str, tuple[str, float]]:
    table = {
        "percent": ("%", "percent", "per cent", "pct"),
        "points": ("percentage point", "percentage points"),
        "USD": ("dollar", "dollars"),
        "EUR": ("euro", "euros"),
        "GBP": ("pound", "pounds"),  # as weights they still compare with each other
        "celsius": ("°c", "degrees celsius", "℃"),
        "fahrenheit": ("°f", "degrees fahrenheit"),
        "degrees": ("degrees", "degree", "°"),
        "decibel": ("db", "decibel", "decibels", "db(a)"),
    }
    units = {name: (measure, 1.0) for measure, spelled in table.items() for name in spelled}
    units["pence"] = ("GBP", 0.01)
    for measure, row in _SCALED.items():
        for names, factor in row.items():
            units |= {name: (measure, float(factor)) for name in names.split()}
    return units


_UNITS = _units()
_SMALL = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
          "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_WORDS = {word: float(value) for value, word in enumerate(_SMALL)} | {
    word: 20.0 + 10 * i for i, word in enumerate(_TENS)
}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FRACTIONS = {
    "half": 2,
    "halves": 2,
    "third": 3,
    "thirds": 3,
    "quarter": 4,
    "quarters": 4,
    "fifth": 5,
    "fifths": 5,
    "tenth": 10,
    "tenths": 10,
}

_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_WORD_NUMBER = rf"(?:{'|'.join(_TENS)})(?:-(?:{'|'.join(_SMALL[1:10])}))?|{'|'.join(reversed(_SMALL))}"
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DATE = re.compile(
    rf"\b(?:(?P<iso>\d{{4}}-\d{{2}}-\d{{2}})|(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?)?(?-i:(?=[A-Z])){_MONTH}"
    rf"(?:\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)\b)?(?:,?\s+(?:of\s+)?(?P<year>\d{{4}}))?)\b",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"\b(\d{1,2})(?:[:.](\d{2}))?\s*([ap])\.?m\b\.?|\b([01]?\d|2[0-4]):([0-5]?\d)\b", re.IGNORECASE)
_UNIT = "|".join(re.escape(name) for name in sorted(_UNITS, key=len, reverse=True))
_NUMBER = re.compile(
    rf"(?<![\w.,])(?<![^\W\d]-)(?P<minus>(?<![\w\s])[−-]|(?<=\s)−)?(?P<sign>us\$|[£$€¥]|\b(?:gbp|usd|eur)\s?)?"
    rf"(?P<number>{_DIGITS}|\b(?:{_WORD_NUMBER})\b)(?![.,]?\d|st\b|nd\b|rd\b|th\b)"
    r"(?:\s?(?P<scale>hundred|thousand|million|billion|trillion|bn|mn|tn|k|m)\b)?"
    rf"(?:[\s-]?(?P<unit>{_UNIT})(?![\w²]))?",
    re.IGNORECASE,
)
_PERIOD = re.compile(
    r"\b(?:(?P<decade>1[5-9]\d0|20\d0)'?s|(?P<century>\d{1,2})(?:st|nd|rd|th)[\s-](?:century|centuries))\b",
    re.IGNORECASE,
)
_JOINT = re.compile(r"\s*(?:to|[-–])\s*", re.IGNORECASE)
_FRACTION = re.compile(
    r"\b(?:(?:(?P<count>one|two|three|four)[\s-]|(?P<article>an?)\s)?(?P<part>half|thirds?|quarters?|fifths?|tenths?)(?=\s+(?:of|the)\b))",
    re.IGNORECASE,
)
_BOUNDS = {
    name: re.compile(rf"\b(?:{words})\s+$", re.IGNORECASE)
    for name, words in {
        "about": "about|around|roughly|approximately|approx\\.|nearly|almost|close to|some|circa|just over|just under",
        "at least": "more than|over|above|at least|exceed(?:s|ed|ing)?|upwards of|no (?:less|fewer) than|minimum of",
        "at most": "less than|fewer than|under|below|up to|at most|no more than|maximum of",
    }.items()
}
_YEAR_BOUNDS = {
    "about": re.compile(r"\b(?:about|around|circa)\s+$", re.IGNORECASE),
    "at least": re.compile(r"\bafter\s+$", re.IGNORECASE),
    "at most": re.compile(r"\bbefore\s+$", re.IGNORECASE),
}


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


def find(text: str) -> list[Quantity]:
    """The quantities of a text in order; a date gives its year and its day as two.

    >>> [(q.text, q.low, q.measure) for q in find("About 3 kW for 12 per cent of homes in 2024")]
    [('3 kW', 3000.0, 'power'), ('12 per cent', 12.0, 'percent'), ('2024', 2024.0, 'year')]
    """
    found: list[Quantity] = []
    taken: list[tuple[int, int]] = []
    for finder in (_dates, _clocks, _periods, _fractions, _numbers):
        for quantity in finder(text):
            if all(quantity.end <= start or quantity.start >= end for start, end in taken):
                found.append(quantity)
        taken = [(quantity.start, quantity.end) for quantity in found]
    return sorted(found, key=lambda quantity: quantity.start)


def _dates(text: str) -> Iterator[Quantity]:
    for match in _DATE.finditer(text):
        start, end = match.span()
        if match["iso"]:
            year, month, day = (int(part) for part in match["iso"].split("-"))
        else:
            year, day = int(match["year"] or 0), int(match["day"] or match["day2"] or 0)
            if not year and not day:
                continue  # a month alone, or the verb "may", says no number
            month = 1 + _MONTHS.index(match["month"].lower()[:3])
        if year:
            yield Quantity(start, end, match.group(), year, year, "year", bound=_bound(text, start, "year"))
        yield Quantity(start, end, match.group(), 100 * month + day, 100 * month + (day or 99), "day of year")


def _clocks(text: str) -> Iterator[Quantity]:
    for match in _CLOCK.finditer(text):
        hour, minute, half, hour24, minute24 = match.groups()
        minutes = (
            int(hour24) * 60 + int(minute24)
            if hour24
            else (int(hour) % 12 + 12 * (half.lower() == "p")) * 60 + int(minute or 0)
        )
        yield Quantity(*match.span(), match.group(), minutes, minutes, "clock")


def _periods(text: str) -> Iterator[Quantity]:
    for match in _PERIOD.finditer(text):
        first = int(match["decade"]) if match["decade"] else 100 * int(match["century"]) - 100
        last = first + (9 if match["decade"] and first % 100 else 99)
        yield Quantity(*match.span(), match.group(), first, last, "year")


def _fractions(text: str) -> Iterator[Quantity]:
    for match in _FRACTION.finditer(text):
        part = match["part"].lower()
        if part not in ("half",) and not match["count"] and not match["article"]:
            continue  # "the third of May" counts nothing
        value = 100 * _WORDS.get((match["count"] or "one").lower(), 1.0) / _FRACTIONS[part]
        yield Quantity(*match.span(), match.group(), value, value, "percent", bound="about", spelled=True)


def _numbers(text: str) -> Iterator[Quantity]:
    matches = list(_NUMBER.finditer(text))
    number = 0
    while number < len(matches):
        match = matches[number]
        upper = matches[number + 1] if number + 1 < len(matches) else None
        if upper is not None and not _is_range(text, match, upper):
            upper = None
        number += 2 if upper else 1
        quantity = _quantity(text, match, upper)
        if quantity is not None:
            yield quantity


def _is_range(text: str, first: re.Match[str], second: re.Match[str]) -> bool:
    joint = text[first.end() : second.start()]
    if joint.strip().lower() == "and":
        return bool(re.search(r"\bbetween\s+$", text[: first.start()], re.IGNORECASE))
    return _JOINT.fullmatch(joint) is not None


def _quantity(text: str, match: re.Match[str], upper: re.Match[str] | None) -> Quantity | None:
    last = upper or match
    start, end = match.start(), last.end()
    # "2 to 3 million pounds": what stands after the second number counts for both
    value, measure = _value(
        match, match["scale"] or last["scale"], match["unit"] or last["unit"], match["sign"] or last["sign"]
    )
    high = value
    if not measure and not match["scale"] and re.fullmatch(r"1[5-9]\d\d|20\d\d", match["number"]):
        measure = "year"
    if upper is not None:
        high, high_measure = _value(upper, upper["scale"], upper["unit"], upper["sign"] or match["sign"])
        measure = measure or high_measure
    elif match["minus"]:
        value = high = -value
    if upper is not None and measure == "year" and high < 100:
        high += value - value % 100  # "2023-24"
    spelled = not match["number"][0].isdigit()
    if spelled and match["number"].lower() in ("one", "zero") and not match["scale"] and upper is None:
        return None  # mostly a pronoun, or "one day"
    if measure == "time" and re.match(r"[\s-]old\b", text[end:], re.IGNORECASE):
        measure, value, high = "age", value / _YEAR_S, high / _YEAR_S  # so that "19-year-old" agrees with ", 19,"
    bound = _bound(text, start, measure)
    nouns = () if measure else _nouns(text[end : end + 60])
    return Quantity(start, end, text[start:end], min(value, high), max(value, high), measure, nouns, bound, spelled)


def _bound(text: str, start: int, measure: str) -> str:
    before = text[max(0, start - 24) : start]
    bounds = _YEAR_BOUNDS if measure == "year" else _BOUNDS
    return next((name for name, pattern in bounds.items() if pattern.search(before)), "")


def _value(match: re.Match[str], scale: str | None, unit: str | None, sign: str | None) -> tuple[float, str]:
    """A number in its base unit, and its measure."""
    spelled = match["number"].lower()
    if spelled[0].isdigit():
        value = float(spelled.replace(",", ""))
    else:
        value = sum(_WORDS[part] for part in spelled.split("-"))
    if scale and scale.lower() == "m" and not sign:
        scale, unit = None, unit or "m"  # "5 m" is a length, "£5 m" an amount
    value *= _SCALES[scale.lower()] if scale else 1.0
    if sign:
        return value, _MONEY[sign.strip().lower()]
    if not unit or unit in ("M", "G", "L"):
        return value, ""
    measure, size = _UNITS[unit.lower()]
    return value * size, measure


def _nouns(rest: str) -> tuple[str, ...]:
    """Stems of up to three words after a count: "164 old terraced homes were" -> old, terrac, home."""
    nouns: list[str] = []
    for word in re.findall(r"[^\W\d_]+|[^\w\s-]", rest):
        if not word[0].isalpha() or word.lower() in STOP or len(nouns) == 3:
            break
        nouns.append(stem(word.lower()))
    return tuple(nouns)


# --- comparing ---------------------------------------------------------------

_CLOSE = 0.006  # 12.34 for 12.3; below that two values are two values
_NEAR = 0.1  # "about", "nearly"


def same_measure(first: Quantity, second: Quantity) -> bool:
    """Do both measure the same kind of thing, so that a difference means something?"""
    if first.measure or second.measure:
        return first.measure == second.measure
    return bool(set(first.nouns) & set(second.nouns)) or not first.nouns and not second.nouns


def agree(claim: Quantity, source: Quantity) -> bool:
    """Does the source's value bear out the claim's? Rounded values, ranges and bounds are honoured.

    Bare numbers agree by value alone, whatever their nouns.

    >>> claim, source = find("nearly 3,000 homes")[0], find("2,950 homes")[0]
    >>> agree(claim, source), agree(source, claim)
    (True, False)
    """
    if claim.measure != source.measure and claim.measure and source.measure:
        return False
    if _same(claim.low, source.low, claim.measure) and _same(claim.high, source.high, claim.measure):
        return True
    if claim.measure == "day of year":
        return (
            source.low <= claim.low
            and claim.high <= source.high
            or claim.low <= source.low
            and source.high <= claim.high
        )
    if claim.low == claim.high and source.low != source.high:
        return claim.low in (source.low, source.high)
    if claim.low != claim.high:
        return claim.measure == "year" and claim.low <= source.low and source.high <= claim.high  # "the 1990s"
    wanted, held = claim.low, source.low
    if claim.measure == "year":
        near = {"about": abs(wanted - held) <= 3, "at least": held >= wanted, "at most": held <= wanted}
        return near.get(claim.bound, False)
    if claim.bound == "about":
        return abs(wanted - held) <= _NEAR * abs(held)
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


def conflict(claim: Quantity, source: Quantity) -> bool:
    """Can both not be true of the same thing? Only values of the same measure conflict."""
    if not same_measure(claim, source) or agree(claim, source) or agree(source, claim):
        return False
    if claim.spelled and not claim.measure or source.spelled and not source.measure:
        return claim.low != source.low
    apart = claim.high < source.low or source.high < claim.low
    bounded = {claim.bound, source.bound} & {"at least", "at most"}
    if bounded and apart:
        return not _open_towards(claim, source) and not _open_towards(source, claim)
    return apart


def _open_towards(bounded: Quantity, other: Quantity) -> bool:
    return (
        bounded.bound == "at least"
        and other.low > bounded.low
        or bounded.bound == "at most"
        and other.low < bounded.low
    )
