"""Acronyms: which a sentence uses, and which sentence spells them out.

An expansion is `long form (LF)` or `LF (long form)` whose initials fit, in the spirit of
Schwartz & Hearst (PSB 2003), with the simpler test that initials of the words just before
the bracket spell the acronym.
"""

import re

from core.language.composing.wordlists import listed

_ACRONYM = re.compile(r"\b(?:[A-Z]{2,6}\d?s?|[A-Z][a-z]?[A-Z]{1,4})\b")
_BRACKET = re.compile(r"\(([A-Z][A-Za-z]{1,6})s?\)")
_REVERSED = re.compile(r"\b([A-Z]{2,6})s? \(([a-z][^()]{5,60})\)")
FAMILIAR = frozenset(
    listed(
        """
        UK US USA EU UN TV PC CO2 DNA RNA HIV AIDS GPS NASA NHS BBC VAT GDP AM PM OK LED PDF HTML HTTP
        HTTPS URL XML JSON CSV SQL API CPU GPU RAM USB WHO UV ID IT AI kW kWh MW GW DC AC TB GB MB KB
        GMT UTC FAQ CEO NATO OECD EEG
        """
    )
)
_ROMAN = re.compile(r"^[IVXLC]+$")


def used(text: str) -> frozenset[str]:
    """Acronyms in a sentence that a general reader may not know, without a plural `s`."""
    found = {match.group().removesuffix("s") for match in _ACRONYM.finditer(text)}
    return frozenset(a for a in found if a not in FAMILIAR and not _ROMAN.match(a) and sum(c.isupper() for c in a) >= 2)


def expanded(text: str) -> frozenset[str]:
    """Acronyms that the sentence spells out.

    >>> sorted(expanded("The seasonal performance factor (SPF) is a ratio."))
    ['SPF']
    """
    found = set()
    for match in _BRACKET.finditer(text):
        if _fits(match.group(1), text[: match.start()].split()):
            found.add(match.group(1).removesuffix("s"))
    for match in _REVERSED.finditer(text):
        if _fits(match.group(1), match.group(2).split()):
            found.add(match.group(1))
    return frozenset(found)


def _fits(acronym: str, words: list[str]) -> bool:
    letters = [char.lower() for char in acronym.removesuffix("s")]
    initials = [part[0].lower() for word in words for part in re.split(r"[-/]", word.strip("\"'(“”,")) if part]
    small = [
        i for i, word in zip(initials, words, strict=False) if word.lower() not in {"of", "and", "the", "for", "in"}
    ]
    for row in (initials, small):
        if row[-len(letters) :] == letters:
            return True
    return (
        bool(words)
        and words[-1][:1].lower() == letters[0]
        and len(letters) <= 3
        and all(char in words[-1].lower() for char in letters)
    )
