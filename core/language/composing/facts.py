"""When two sentences state the same fact, and when they disagree about one.

Both questions are asked of content stems and figures. The same fact: nearly the same
words, or the same telling figures with a good share of the words. A disagreement: the same
words and names, the same kind of figure, another value, from another source. Where either
answer is in doubt it is no: a repetition is a smaller fault than a wrong "the sources
disagree".
"""

import re

from core.language.composing.extracts import Extract
from core.language.composing.plain import plain
from core.language.composing.terms import content, figures, likeness, years

SAME_WORDS = 0.7
SAME_FIGURES = 0.3
"""Likeness of words that suffices when two telling figures agree."""
ONE_FIGURE = 0.45
DISAGREEING = 0.75

_UNIT = re.compile(
    r"(?P<currency>[£$€¥])\s?\d|\d(?:[\d.,  ]*\d)?(?:\s(?:million|billion|"
    r"thousand))?[\s-]?(?P<unit>°\s?C|°\s?F|per cent|percent|%|[A-Za-z]+)?"
)
_UNDATED = re.compile(r"\b(?:18|19|20)\d\d\b")


def same_fact(one: Extract, other: Extract) -> bool:
    """Whether the two state the same fact, in the same or other words."""
    if one.text == other.text:
        return True
    words = likeness(one.terms, other.terms)
    shared = len(one.terms & other.terms) / (min(len(one.terms), len(other.terms)) or 1)
    bare = one.numbers == other.numbers or not (one.numbers and other.numbers)
    # Without figures only a near copy is the same fact; negation must agree.
    if bare and words >= SAME_WORDS and _negated(one.text) == _negated(other.text):
        return True
    telling = (one.numbers & other.numbers) - years(one.numbers)
    if not telling or (one.numbers ^ other.numbers) and not _one_holds_the_other(one, other):
        many = len(telling) >= 2 and len(telling) >= 0.6 * min(len(one.numbers), len(other.numbers))
        return many and max(words, shared * 0.7) >= SAME_FIGURES
    if len(telling) >= 2:
        return max(words, shared * 0.7) >= SAME_FIGURES
    return words >= ONE_FIGURE or shared >= 0.7


def stated_in(sentence: Extract, passage: str) -> bool:
    """Whether a passage holds every content word and every figure of the sentence."""
    text = plain(passage).text
    return sentence.terms <= frozenset(content(text)) and sentence.numbers <= figures(text)


def disagree(one: Extract, other: Extract) -> bool:
    """Whether two sources give different values for what the words say is the same thing."""
    if one.source == other.source or not one.numbers or not other.numbers:
        return False
    if one.numbers & other.numbers - years(one.numbers):
        return False
    if one.names != other.names or years(one.numbers) != years(other.numbers):
        return False
    if _negated(one.text) != _negated(other.text) or _kinds(one.text) != _kinds(other.text):
        return False
    return len(one.terms) >= 4 and likeness(one.terms, other.terms) >= DISAGREEING


def _kinds(text: str) -> tuple[str, ...]:
    """The units a sentence counts in, sorted: figures of other kinds cannot disagree."""
    return tuple(
        sorted((m["currency"] or (m["unit"] or "").lower().rstrip("s")) for m in _UNIT.finditer(_UNDATED.sub("", text)))
    )


def _one_holds_the_other(one: Extract, other: Extract) -> bool:
    return one.numbers <= other.numbers or other.numbers <= one.numbers


def _negated(text: str) -> bool:
    return bool(re.search(r"\b(?:not|no|never|cannot|without|neither|nor|hardly|few)\b|n['’]t\b", text, re.IGNORECASE))
