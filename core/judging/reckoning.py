"""What follows from two values of one sentence, and does not fit the claim: a change, its direction, years gone by.

Only where the passage's sentence has exactly two values of a kind, so that it is clear which are meant. Doubtful: the
sentence may speak of another change than its own two values.
"""

import re

from core.judging import words
from core.judging.features import Read, share
from core.judging.finding import Finding, turned
from core.judging.quantities import Quantity
from core.judging.units import YEAR_S

_NEAR, _SAME_SUBJECT = 0.05, 0.8
_SPANNING = words.listed("took lasted lived age aged years old")
_UP = words.listed("rose rise rises risen increased increases grew grown climbed soared gained jumped went")
_DOWN = words.listed("fell fall falls fallen decreased decreases dropped drops shrank declined declines sank plunged")
_SPAN = re.compile(r"\b(?:took|lasted|lived|aged?|for|over|died (?:at|aged))\b", re.IGNORECASE)
_BEGIN = words.listed("began begun started starts opened founded born launched from since")
_END = words.listed("ended ends finished closed completed died dissolved to until")


def found(claim: Read, sentence: Read) -> Finding | None:
    """A change or a span of the claim that the passage's two values do not give."""
    return turned("a reckoning", _change(claim, sentence) or _direction(claim, sentence) or _span(claim, sentence))


def _pair(sentence: Read, measure: str) -> tuple[Quantity, Quantity] | None:
    """The only two values of a measure, in order."""
    held = [value for value in sentence.quantities if value.measure == measure]
    exact = len(held) == 2 and all(value.low == value.high and not value.by for value in held)
    return (held[0], held[1]) if exact and held[0].low != held[1].low else None


def _change(claim: Read, sentence: Read) -> str:
    for wanted in claim.quantities:
        measured = wanted.by and wanted.measure not in ("", "percent", "points")
        pair = _pair(sentence, wanted.measure) if measured else None
        if pair is None or wanted.low != wanted.high:
            continue
        apart = abs(pair[0].low - pair[1].low)
        if abs(wanted.low - apart) > _NEAR * apart and any(wanted.low == one.low for one in pair):
            return f"The passage has {pair[0].text.strip()} and {pair[1].text.strip()}: not a change {_by(wanted)}."
    return ""


def _by(wanted: Quantity) -> str:
    return f"by {wanted.text.strip()}"


def _direction(claim: Read, sentence: Read) -> str:
    """It fell between two years, where the passage gives a smaller value for the first."""
    up, down = not _UP.isdisjoint(claim.tokens), not _DOWN.isdisjoint(claim.tokens)
    years = _pair(sentence, "year")
    if up == down or claim.negated or years is None or len(sentence.quantities) != 4:
        return ""
    told = {end for value in claim.quantities if value.measure == "year" for end in (value.low, value.high)}
    if told != {year.low for year in years}:
        return ""
    measures = {value.measure for value in sentence.quantities} - {"year"}
    values = _pair(sentence, measures.pop()) if len(measures) == 1 else None
    subject = claim.subject - frozenset(words.content(_UP | _DOWN))
    if values is None or not subject or share(subject, sentence.stem_set) < 1.0:
        return ""
    rises = (values[0].low < values[1].low) == (years[0].low < years[1].low)
    if rises == up:
        return ""
    return (
        f"The passage has {values[0].text.strip()} in {years[0].text} and {values[1].text.strip()} in {years[1].text}."
    )


def _span(claim: Read, sentence: Read) -> str:
    years = _pair(sentence, "year")
    tokens = set(sentence.tokens)
    if years is None or not _SPAN.search(claim.text) or not _BEGIN & tokens or not _END & tokens:
        return ""
    of = claim.subject - frozenset(words.content(_SPANNING))
    if not of or share(of, sentence.stem_set) < _SAME_SUBJECT:
        return ""
    apart = abs(years[0].low - years[1].low)
    told = {"time": YEAR_S, "age": 1.0, "": 1.0}
    for wanted in claim.quantities:
        if wanted.measure not in told or wanted.low != wanted.high or not wanted.measure and "age" not in claim.tokens:
            continue
        said = wanted.low / told[wanted.measure]
        if said >= 2 and abs(said - apart) > max(1.0, _NEAR * apart) and not _is_told(wanted, sentence):
            told_of = f"From {years[0].text} to {years[1].text} it is {apart:.0f} years"
            return f"{told_of}, the sentence says {wanted.text.strip()}."
    return ""


def _is_told(wanted: Quantity, sentence: Read) -> bool:
    return any(value.measure == wanted.measure and value.measure for value in sentence.quantities)
