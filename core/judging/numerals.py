"""Numerals: the quantities of a text, found.

A value is brought to its base unit (3 kW is 3,000 W); counts carry the noun they count. What only looks like a
quantity is left out or marked: ranks, "24/7", and numbers that belong to a name ("Form 1040", "Windows 10").
"""

import re
from collections.abc import Callable, Iterator

from core.judging.bounds import bound, is_turned
from core.judging.compounds import durations, factors, fractions, half_units, heights, ratings, shares, times
from core.judging.dates import clocks, dates, periods, quarters
from core.judging.quantities import Quantity
from core.judging.units import MONEY, PERIODS, SCALES, SMALL, SPELLINGS, TENS, UNITS, WORDS, YEAR_S
from core.judging.words import STOP, listed, stem

_DIGITS = r"\d{1,3}(?:[,\u00a0\u202f ]\d{3}(?!\d))+(?:\.\d+)?|\d+(?:\.\d+)?"
_WORD_NUMBER = rf"(?:{'|'.join(TENS)})(?:-(?:{'|'.join(SMALL[1:10])}))?|{'|'.join(reversed(SMALL))}|dozen"
_ONE_WORD = rf"(?:{'|'.join(TENS)}|{'|'.join(reversed(SMALL))}|hundred|thousand|million|billion)"
_LONG = re.compile(rf"\b{_ONE_WORD}(?:(?:\s+|-|\s+and\s+){_ONE_WORD})+\b", re.IGNORECASE)
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
_RATE = re.compile(r"\s*(?:an?|per|each|every|in\s+an?|/)\s*(hour|day|week|month|year)\b", re.IGNORECASE)
_NUMBER = re.compile(
    rf"(?<![\w.,])(?<![^\W\d]-)(?P<minus>(?<![\w\s])[−-]|(?<=\s)−|(?<=[a-z]\s)-|\bminus\s)?(?P<sign>us\$|[£$€¥]|\b(?:gbp|usd|eur)\s?)?"
    rf"(?P<number>{_DIGITS}|\b(?:{_WORD_NUMBER})\b)(?![.,]?\d|st\b|nd\b|rd\b|th\b|['’]?s\b)"
    r"(?:\s?(?P<scale>dozen|hundred|thousand|million|billion|trillion|bn|mn|tn|k|m)\b)?"
    rf"(?:[\s-]?(?P<unit>{SPELLINGS})(?![\w²]))?",
    re.IGNORECASE,
)
_JOINT = re.compile(r"\s*(?:to|[-–])\s*", re.IGNORECASE)
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
    open_to = bound(text, start, end, measure)
    label = "" if measure or spelled or match["scale"] or open_to else _label(before, bool(nouns))
    return Quantity(
        start, end, text[start:end], min(value, high), max(value, high), measure,
        (f"no. {label}",) if label else nouns, open_to, spelled, named=bool(label),
        turned=is_turned(before, measure), step=step, digits=digits, change=change,
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
    (dates, ()), (clocks, ()), (periods, ()), (quarters, ()),
    (times, ("once", "twice", "times", "every")),
    (ratings, ()), (heights, ()),
    (shares, ("in", "out")),
    (durations, ("hour", "minute", "day", "week", "month", "year", "decade")),
    (half_units, ("half",)),
    (fractions, ("half", "third", "quarter", "fifth", "tenth")),
    (factors, ("doubl", "tripl", "trebl", "quadrupl", "halv")),
    (_long_words, ("hundred", "thousand")),
    (_numbers, ("",)),
)  # fmt: skip
"""Each with words of which it needs one; those without need a digit. The order decides who takes a place first."""
