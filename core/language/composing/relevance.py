"""How well a unit answers a section's question.

Five parts: the question's own words, the topic's words, the facet asked for (`what does it
cost?` is answered by a sum in pounds, whatever its words), the retriever's score of the
passage, and how well the sentence reads alone. The first and the retriever's were measured
(idf overlap 0.35, passage score 0.2 of a mix that found 79 % of gold evidence in five
sentences); the others are editorial.
"""

import re

from core.language.composing.aims import Aim, affinity, answers_topic
from core.language.composing.candidates import Unit
from core.language.composing.extracts import Extract
from core.language.composing.guards import addresses_reader
from core.language.composing.openings import Leaning
from core.language.composing.terms import content, coverage

OWN, TOPIC, PASSAGE, READING = 0.45, 0.2, 0.2, 0.15
DEFINITION = 0.25
"""For a sentence that says what the subject is, in a section that should."""
RESERVED = 0.2
"""Taken off a sentence that answers the topic as a whole: the introduction wants it."""

_FLEETING = re.compile(
    r"\b(?:today|yesterday|tomorrow|now|nowadays|currently|recently|at present|this (?:year|month|week|season|winter|summer|spring|"
    r"autumn)|last (?:year|month|week|winter|summer|spring|autumn)|next (?:year|month|week|spring|summer|autumn|winter)|"
    r"(?:first|last|every) (?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)|ago|so far|to date|upcoming|"
    r"will be (?:published|held|announced))\b",
    re.IGNORECASE,
)
_DEFINES = re.compile(
    r"^(?:an? |the )?(?P<what>[\w' -]{3,50}?) (?:is|are) (?:an? |the |any |one of |called |known as )|"
    r"^(?:an? |the )?(?P<works>[\w' -]{3,50}?) works? (?:like|by)\b",
    re.IGNORECASE,
)
_PROCEDURE = re.compile(
    r"^(?:an? |the )?(?:\w+ )?(?:report|survey|trial|study|review|measurements?|association|prices?|figures|example)\b.*"
    r"\b(?:covers?|includes?|come from|counts?|was (?:carried|conducted)|left out|assumes?)\b",
    re.IGNORECASE,
)


def relevance(unit: Unit, wanted: Aim, weights: dict[str, float], aim_weights: dict[str, float], best: float) -> float:
    """A unit's score for a section, in about [0, 1].

    Args:
        weights: idf over the evidence's sentences.
        aim_weights: idf over the sections' aims.
        best: the highest retriever score among the evidence.
    """
    core = unit.core
    item = core.item
    score = (
        OWN * affinity(core, wanted, aim_weights)
        + TOPIC * coverage(wanted.topic, core.terms, weights)
        + PASSAGE * (item.score / best if best > 0 else 0.0)
        + READING * reading(unit)
    )
    if wanted.explains and defines(core, wanted.topic):
        score += DEFINITION
    if answers_topic(core, wanted, weights):
        score -= RESERVED
    return score * (0.9 if len(unit.extracts) > 1 else 1.0)


def defines(extract: Extract, topic: frozenset[str]) -> bool:
    """Whether the sentence says what something of the topic is: `A heat pump is an electric machine ...`."""
    match = _DEFINES.match(extract.text)
    if not match:
        return False
    what = set(content(match["what"] or match["works"]))
    return bool(topic & what) and len(what - topic) <= 1


def reading(unit: Unit) -> float:
    """How well a unit reads as part of an article, in [0, 1]."""
    core = unit.core
    good = 1.0
    good -= 0.3 if core.words < 9 else 0.0
    good -= 0.3 if core.words > 34 else 0.0
    good -= 0.25 if core.listed else 0.0
    good -= 0.4 if addresses_reader(core.text) else 0.0
    good -= 0.5 if _FLEETING.search(core.text) else 0.0
    good -= 0.3 if unit.leaning is Leaning.LIGHT else 0.0
    good -= 0.2 if _PROCEDURE.search(core.text) else 0.0
    good -= 0.3 if '"' in core.text or "“" in core.text else 0.0
    good -= 0.15 * min(2, core.text.count("(") + core.text.count(";"))
    good += 0.1 if _leads(core) else 0.0
    return max(0.0, min(1.0, good))


def _leads(extract: Extract) -> bool:
    return extract.before is None and not extract.listed
