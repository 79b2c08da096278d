"""Numerals: the quantities of a text, found.

A value is brought to its base unit (3 kW is 3,000 W); counts carry the noun they count. What only looks like a
quantity is left out or marked: ranks, "24/7", and numbers that belong to a name ("Form 1040", "Windows 10").
"""

import re
from collections.abc import Callable, Iterator

from core.judging.quantities import FACTOR, TURNED, Quantity
from core.judging.units import (
    FRACTIONS,
    MONEY,
    MONTHS,
    PERIODS,
    SCALES,
    SMALL,
    TENS,
    UNITS,
    WORDS,
    YEAR_S,
)
from core.judging.words import STOP, listed, stem

_DIGITS = r"\d{1,3}(?:[,\u00a0\u202f ]\d{3}(?!\d))+(?:\.\d+)?|\d+(?:\.\d+)?"
_WORD_NUMBER = rf"(?:{'|'.join(TENS)})(?:-(?:{'|'.join(SMALL[1:10])}))?|{'|'.join(reversed(SMALL))}|dozen"
_ONE_WORD = rf"(?:{'|'.join(TENS)}|{'|'.join(reversed(SMALL))}|hundred|thousand|million|billion)"
_LONG = re.compile(rf"\b{_ONE_WORD}(?:(?:\s+|-|\s+and\s+){_ONE_WORD})+\b", re.IGNORECASE)
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
_TIGHT_LIST = re.compile(r"(?<![\w.,])\d{1,2}(?:,\d{1,2}){2,}(?!\d|[.,]\d)")
_ALWAYS = re.compile(r"\b24/7\b")
_LABEL = re.compile(
    r"(?P<word>[^\W\d_][\w&'’-]*)\s+(?:(?:no\.?|number)\s+)?(?:\d[\d.]*(?:\s*[,–-]\s*|,?\s+(?:and|or|to)\s+|\s+))*$"
)
_LABELS = listed(
    """box form page passage section table figure step chapter item line part volume season episode level phase stage
    version release room article schedule"""
)
"""Words whose number is a name."""
_CONFIDENCE = re.compile(r"\s*(?:CI\b|confidence\b|credible\b)")
_TIME_UNIT = r"(hours?|minutes?|days?|weeks?|months?|years?|decades?)"
_DURATION = re.compile(
    rf"\b(?:(?:(an?|one|{_FEW})\s+{_TIME_UNIT}\s+and\s+a\s+(half|quarter))|(?:(one|{_FEW})\s+and\s+a\s+(half|quarter)\s+"
    rf"{_TIME_UNIT})|(?:(one|{_FEW})\s+{_TIME_UNIT},?\s+(?:and\s+)?(one|{_FEW})\s+{_TIME_UNIT}))\b",
    re.IGNORECASE,
)
_ORDINALS = ("first", "second", "third", "fourth")
_QUARTER = re.compile(
    rf"\bQ(?P<digit>[1-4])\b|\b(?P<word>{'|'.join(_ORDINALS)}) quarter(?=\s+of\s+\d{{4}})", re.IGNORECASE
)
_OFTEN = re.compile(
    rf"\b(?:(?P<times>once|twice|{_FEW} times)\s+(?:an?|per|each|every)\s+(?P<period>hour|day|week|month|year)"
    rf"|every\s+(?P<hours>{_FEW})\s+(?P<unit>hours|days|weeks|months|years))\b",
    re.IGNORECASE,
)
_RATE = re.compile(r"\s*(?:an?|per|each|every|in\s+an?|/)\s*(hour|day|week|month|year)\b", re.IGNORECASE)
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
_UNIT = "|".join(re.escape(name) for name in sorted(UNITS, key=len, reverse=True))
_NUMBER = re.compile(
    rf"(?<![\w.,])(?<![^\W\d]-)(?P<minus>(?<![\w\s])[−-]|(?<=\s)−|(?<=[a-z]\s)-|\bminus\s)?(?P<sign>us\$|[£$€¥]|\b(?:gbp|usd|eur)\s?)?"
    rf"(?P<number>{_DIGITS}|\b(?:{_WORD_NUMBER})\b)(?![.,]?\d|st\b|nd\b|rd\b|th\b|['’]?s\b)"
    r"(?:\s?(?P<scale>dozen|hundred|thousand|million|billion|trillion|bn|mn|tn|k|m)\b)?"
    rf"(?:[\s-]?(?P<unit>{_UNIT})(?![\w²]))?",
    re.IGNORECASE,
)
_FACTORS = {"doubl": 2.0, "tripl": 3.0, "trebl": 3.0, "quadrupl": 4.0, "halv": 0.5}
_FACTOR = re.compile(rf"\b({'|'.join(_FACTORS)})ed\b", re.IGNORECASE)
_HALF_A = re.compile(rf"\bhalf an? (?P<unit>{_UNIT})(?![\w²])", re.IGNORECASE)
_PERIOD = re.compile(
    r"\b(?:(?P<decade>1[5-9]\d0|20\d0)'?s|(?<=\bthe )['’]?(?P<short>[2-9]0)['’]?s|"
    r"(?P<century>\d{1,2})(?:st|nd|rd|th)[\s-](?:century|centuries))\b",
    re.IGNORECASE,
)
_JOINT = re.compile(r"\s*(?:to|[-–])\s*", re.IGNORECASE)
_FRACTION = re.compile(
    r"\b(?:(?:(?P<count>one|two|three|four)[\s-]|(?P<article>an?)\s)?(?P<part>half|thirds?|quarters?|fifths?|tenths?)"
    r"(?:(?=\s+(?:of|the|will|would|are|were|is|was|have|had|do|did|can|could|said|say)\b)|"
    r"(?<=\b(?:by|to) a [a-z]{5})\b|(?<=\b(?:by|to) a [a-z]{7})\b|(?<=\bby half)\b))",
    re.IGNORECASE,
)
_BOUNDS = {
    name: re.compile(rf"\b(?:{words})\s+$", re.IGNORECASE)
    for name, words in {
        "about": "about|around|roughly|approximately|approx\\.|nearly|almost|close to|some|circa|just over|just under",
        "at least": "more than|over|above|at least|exceed(?:s|ed|ing)?|upwards of|minimum of|older than",
        "at most": "less than|fewer than|under|below|up to|at most|maximum of|as (?:much|many) as|younger than",
    }.items()
}
_BOUNDS_AFTER = {
    "at least": re.compile(r"\s*(?:years?\s+)?(?:or|and)\s+(?:more|older|above|over|higher|longer)\b", re.IGNORECASE),
    "at most": re.compile(
        r"\s*(?:years?\s+)?(?:or|and)\s+(?:less|fewer|younger|under|below|lower|shorter)\b", re.IGNORECASE
    ),
}
_TURNS = re.compile(r"(?:\b(?:no|not|nobody|never|cannot|none|without)|n['’]t)(?:\s+[a-z]+){0,2}\s+$", re.IGNORECASE)
_YEAR_BOUNDS = {
    "about": re.compile(r"\b(?:about|around|circa)\s+$", re.IGNORECASE),
    "at least": re.compile(r"\bafter\s+$", re.IGNORECASE),
    "at most": re.compile(r"\bbefore\s+$", re.IGNORECASE),
}


_DIGIT = re.compile(r"\d")
_COUNTING = re.compile(
    rf"\b(?:{'|'.join((*SMALL, *TENS))}|hundred|thousand|million|billion|dozen|half|thirds?|quarters?|fifths?|tenths?"
    r"|once|twice|(?:doubl|tripl|trebl|quadrupl|halv)ed)\b"
)
"""Without one of these and without a digit there is no quantity."""


def find(text: str) -> list[Quantity]:
    """The quantities of a text in order; a date gives its year and its day as two.

    >>> [(q.text, q.low, q.measure) for q in find("About 3 kW for 12 per cent of homes in 2024")]
    [('3 kW', 3000.0, 'power'), ('12 per cent', 12.0, 'percent'), ('2024', 2024.0, 'year')]
    """
    lower = text.lower()
    digits = _DIGIT.search(lower) is not None
    if not digits and not _COUNTING.search(lower):
        return []
    text = _TIGHT_LIST.sub(lambda match: match.group().replace(",", " "), text)
    text = _ALWAYS.sub(lambda match: " " * len(match.group()), text)
    found: list[Quantity] = []
    taken: list[tuple[int, int]] = []
    for finder, needed in _FINDERS:
        if not (any(word in lower for word in needed) if needed else digits):
            continue
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
            month = 1 + MONTHS.index(match["month"].lower()[:3])
        if year:
            yield Quantity(start, end, match.group(), year, year, "year", bound=_bound(text, start, end, "year"))
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
        if match["short"]:
            first, last = 1900 + int(match["short"]), 1909 + int(match["short"])
        else:
            first = int(match["decade"]) if match["decade"] else 100 * int(match["century"]) - 100
            last = first + (9 if match["decade"] and first % 100 else 99)
        yield Quantity(*match.span(), match.group(), first, last, "year")


def _fractions(text: str) -> Iterator[Quantity]:
    for match in _FRACTION.finditer(text):
        part = match["part"].lower()
        if part not in ("half",) and not match["count"] and not match["article"]:
            continue  # "the third of May" counts nothing
        value = 100 * WORDS.get((match["count"] or "one").lower(), 1.0) / FRACTIONS[part]
        by = text[: match.start()].endswith("by ")
        bound = _bound(text, *match.span(), "percent") or "about"
        yield Quantity(*match.span(), match.group(), value, value, "percent", bound=bound, spelled=True, by=by)


def _factors(text: str) -> Iterator[Quantity]:
    """`doubled`, `halved`."""
    for match in _FACTOR.finditer(text):
        value = _FACTORS[match[1].lower()]
        yield Quantity(*match.span(), match.group(), value, value, FACTOR, spelled=True)


def _half_units(text: str) -> Iterator[Quantity]:
    """`half a cubic metre`."""
    for match in _HALF_A.finditer(text):
        measure, size = UNITS[match["unit"].lower()]
        yield Quantity(*match.span(), match.group(), size / 2, size / 2, measure)


def _quarters(text: str) -> Iterator[Quantity]:
    """`Q3`, `the third quarter of 2022`."""
    for match in _QUARTER.finditer(text):
        number = float(match["digit"] or 1 + _ORDINALS.index(match["word"].lower()))
        yield Quantity(*match.span(), match.group(), number, number, "quarter")


def _times(text: str) -> Iterator[Quantity]:
    """`twice a day`, `every twelve hours`: how often, as times a year."""
    for match in _OFTEN.finditer(text):
        if match["hours"]:
            rate = YEAR_S / (_small(match["hours"]) * UNITS[match["unit"].lower()][1])
        else:
            times = match["times"].lower()
            count = {"once": 1.0, "twice": 2.0}.get(times) or _small(times.split()[0])
            rate = count * YEAR_S / PERIODS[match["period"].lower()]
        yield Quantity(*match.span(), match.group(), rate, rate, "times a year")


def _ratings(text: str) -> Iterator[Quantity]:
    """`3.5 out of 5 stars`: what counts is the 3.5; the 5 is its scale."""
    for match in _RATING.finditer(text):
        if match["stars"] or match["more"] or "." in match["number"]:
            value = float(match["number"])
            yield Quantity(*match.span(), match.group(), value, value, "", (stem("stars"),))


def _heights(text: str) -> Iterator[Quantity]:
    """`5'3"`: feet and inches."""
    for match in _HEIGHT.finditer(text):
        value = 0.3048 * (int(match[1]) + int(match[2]) / 12)
        yield Quantity(*match.span(), match.group(), value, value, "length")


def _shares(text: str) -> Iterator[Quantity]:
    """`two in three homes` as a percentage."""
    for match in _SHARE.finditer(text):
        count, of = _small(match["count"]), _small(match["of"])
        if 0 < count < of:
            value = 100 * count / of
            yield Quantity(*match.span(), match.group(), value, value, "percent", bound="about", spelled=True)


def _durations(text: str) -> Iterator[Quantity]:
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
            *match.span(), match.group(), value, value, "time", bound=_bound(text, match.start(), match.end(), "time")
        )


def _small(word: str) -> float:
    return float(word) if word[0].isdigit() else WORDS.get(word.lower(), 1.0)  # "a", "an"


def _long_words(text: str) -> Iterator[Quantity]:
    """`one thousand two hundred and fifty`."""
    for match in _LONG.finditer(text):
        parts = [part for part in re.split(r"[\s-]+", match.group().lower()) if part != "and"]
        if "hundred" not in parts[:-1] and "thousand" not in parts[:-1]:
            continue  # "twenty-five", "two million": read with the other numbers, units and all
        total = held = 0.0
        for part in parts:
            if part == "hundred":
                held = (held or 1.0) * 100
            elif part in SCALES:
                total, held = total + (held or 1.0) * SCALES[part], 0.0
            else:
                held += WORDS[part]
        nouns = _nouns(text[match.end() : match.end() + 60])
        yield Quantity(*match.span(), match.group(), total + held, total + held, "", nouns, spelled=True)


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
    if first["unit"] and not second["unit"]:
        return False  # "by 50 per cent to 8,400"
    joint = text[first.end() : second.start()]
    if joint.strip().lower() == "and":
        return bool(re.search(r"\bbetween\s+$", text[: first.start()], re.IGNORECASE))
    return _JOINT.fullmatch(joint) is not None


def _quantity(text: str, match: re.Match[str], upper: re.Match[str] | None) -> Quantity | None:
    last = upper or match
    start, end = match.start(), last.end()
    if match["unit"] and match["unit"].istitle() and re.fullmatch(r"1[5-9]\d\d|20\d\d", match["number"]):
        year = float(match["number"])  # "the 1965 Watts riots"
        return Quantity(start, match.end("number"), match["number"], year, year, "year")
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
    if measure == "percent" and _CONFIDENCE.match(text, end):
        measure = "confidence"
    if measure == "time" and re.match(r"[\s-]old\b", text[end:], re.IGNORECASE):
        measure, value, high = "age", value / YEAR_S, high / YEAR_S  # so that "19-year-old" agrees with ", 19,"
    before = text[max(0, start - 48) : start]
    told_as_change = re.search(r"\bfrom\s+(?:about\s+)?$", before, re.IGNORECASE)
    change = (high > value) - (high < value) if upper is not None and told_as_change else 0
    step, digits = _precision(match, value)
    rate = _RATE.match(text, end)
    nouns = () if measure else _nouns(text[end : end + 60])
    bound = _bound(text, start, end, measure)
    label = "" if measure or spelled or match["scale"] or bound else _label(before, bool(nouns))
    return Quantity(
        start, end, text[start:end], min(value, high), max(value, high), measure,
        (f"no. {label}",) if label else nouns, bound, spelled, named=bool(label),
        turned=_is_turned(before, measure), step=step, digits=digits, change=change,
        per=PERIODS[rate.group(1).lower()] if rate else 0.0,
        by=re.search(r"\bby\s+(?:about\s+|around\s+|some\s+)?$", before, re.IGNORECASE) is not None,
    )  # fmt: skip


def _label(before: str, counts: bool) -> str:
    """The stem of the name that a number belongs to ("Windows 10", "boxes 1, 2 and 5"); empty when it is a count.

    Args:
        counts: a noun follows it, so that only words that always bear a number take it.
    """
    found = _LABEL.search(before)
    if found is None:
        return ""
    word = found["word"]
    singular = word.lower().removesuffix("s")
    if singular in _LABELS or singular.removesuffix("e") in _LABELS:
        return stem(word.lower())
    named = word[0].isupper() and word.lower() not in STOP and not counts
    return stem(word.lower()) if named else ""


def _precision(match: re.Match[str], value: float) -> tuple[float, int]:
    """What one of the last digit is worth in the base unit, and the count of digits."""
    number = re.sub(r"[^\d.]", "", match["number"])
    digits = len(number.replace(".", "").lstrip("0"))
    if not digits:
        return 0.0, 0
    decimals = len(number.partition(".")[2])
    return 10.0**-decimals * abs(value) / float(number), digits


def _bound(text: str, start: int, end: int, measure: str) -> str:
    """Which side the value is open to; "not more than" is "at most"."""
    before = text[max(0, start - 48) : start]
    bounds = _YEAR_BOUNDS if measure == "year" else _BOUNDS
    for name, pattern in bounds.items():
        found = pattern.search(before)
        if found:
            return TURNED.get(name, name) if _TURNS.search(before[: found.start()]) else name
    return next((name for name, pattern in _BOUNDS_AFTER.items() if pattern.match(text, end)), "")


def _is_turned(before: str, measure: str) -> bool:
    found = [pattern.search(before) for pattern in (_YEAR_BOUNDS if measure == "year" else _BOUNDS).values()]
    return any(one is not None and _TURNS.search(before[: one.start()]) is not None for one in found)


def _value(match: re.Match[str], scale: str | None, unit: str | None, sign: str | None) -> tuple[float, str]:
    """A number in its base unit, and its measure."""
    spelled = match["number"].lower()
    if spelled[0].isdigit():
        value = float(re.sub(r"[^\d.]", "", spelled))
    else:
        value = sum(WORDS[part] for part in spelled.split("-"))
    if scale and scale.lower() == "m" and not sign:
        scale, unit = None, unit or "m"  # "5 m" is a length, "£5 m" an amount
    value *= SCALES[scale.lower()] if scale else 1.0
    if sign:
        return value, MONEY[sign.strip().lower()]
    if not unit or unit in ("M", "G", "L"):
        return value, ""
    measure, size = UNITS[unit.lower()]
    return value * size, measure


def _nouns(rest: str) -> tuple[str, ...]:
    """Stems of up to three words after a count: "164 old terraced homes were" -> old, terrac, home."""
    nouns: list[str] = []
    for word in re.findall(r"[^\W\d_]+|[^\w\s-]", rest):
        if not word[0].isalpha() or word.lower() in STOP or len(nouns) == 3:
            break
        nouns.append(stem(word.lower()))
    return tuple(nouns)


_FINDERS: tuple[tuple[Callable[[str], Iterator[Quantity]], tuple[str, ...]], ...] = (
    (_dates, ()), (_clocks, ()), (_periods, ()), (_quarters, ()),
    (_times, ("once", "twice", "times", "every")),
    (_ratings, ()), (_heights, ()),
    (_shares, ("in", "out")),
    (_durations, ("hour", "minute", "day", "week", "month", "year", "decade")),
    (_half_units, ("half",)),
    (_fractions, ("half", "third", "quarter", "fifth", "tenth")),
    (_factors, ("doubl", "tripl", "trebl", "quadrupl", "halv")),
    (_long_words, ("hundred", "thousand")),
    (_numbers, ("",)),
)  # fmt: skip
"""Each with words of which it needs one; those without need a digit. The order decides who takes a place first."""
