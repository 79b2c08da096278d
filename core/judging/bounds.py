"""Which side a value is open to: "about", "at least", "not more than", "or older"."""

import re

from core.judging.quantities import TURNED

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


def bound(text: str, start: int, end: int, measure: str) -> str:
    """Which side the value is open to; "not more than" is "at most"."""
    before = text[max(0, start - 48) : start]
    bounds = _YEAR_BOUNDS if measure == "year" else _BOUNDS
    for name, pattern in bounds.items():
        found = pattern.search(before)
        if found:
            return TURNED.get(name, name) if _TURNS.search(before[: found.start()]) else name
    return next((name for name, pattern in _BOUNDS_AFTER.items() if pattern.match(text, end)), "")


def is_turned(before: str, measure: str) -> bool:
    """Does a denial stand before the bound at the end of this text: "not more than"?"""
    found = [pattern.search(before) for pattern in (_YEAR_BOUNDS if measure == "year" else _BOUNDS).values()]
    return any(one is not None and _TURNS.search(before[: one.start()]) is not None for one in found)
