"""How well a sentence answers a section's question.

Five parts: the question's own words, the topic's words, the facet asked for (`what does it
cost?` is answered by a sum in pounds, whatever its words), the retriever's score of the
passage, and how well the sentence reads alone. The first and the retriever's were measured
(idf overlap 0.35, passage score 0.2 of a mix that found 79 % of gold evidence in five
sentences); the others are editorial.
"""

import re

from core.language.composing.acronyms import expanded, used
from core.language.composing.aims import Aim, affinity, defines, on_topic
from core.language.composing.extracts import Extract, standing
from core.language.composing.guards import addresses_reader
from core.language.composing.subject import around
from core.language.composing.terms import content, coverage

OWN, TOPIC, PASSAGE, READING = 0.45, 0.2, 0.2, 0.15
DEFINITION = 0.25
"""For a sentence that says what the subject is, in a section that should."""

OFF_TOPIC = 0.3
"""Taken off a sentence whose passage has none of the topic's words; half of them are enough."""

DETAIL = 0.1
"""Taken off for each of the first two identifiers that the topic does not name: matter for a manual."""

NEWS = 0.1
"""Taken off a sentence of release notes: it says what changed, not what is."""

_FLEETING = re.compile(
    r"\b(?:today|yesterday|tomorrow|now|nowadays|currently|recently|at present|this (?:year|"
    r"month|week|season|winter|summer|spring|"
    r"autumn)|last (?:year|month|week|winter|summer|spring|autumn)|next (?:year|month|week|"
    r"spring|summer|autumn|winter)|"
    r"(?:first|last|every) (?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)|ago|so "
    r"far|to date|upcoming|"
    r"will be (?:published|held|announced))\b",
    re.IGNORECASE,
)
IDENTIFIER = re.compile(r"\b\w+_\w+|\b\w+\(\)|\b[a-z]+\.[a-z]\w*|\b[a-z]+[A-Z]\w*|\b[A-Z][a-z]+[A-Z]\w+")
_PROCEDURE = re.compile(
    r"^(?:an? |the )?(?:\w+ )?(?:report|survey|trial|study|review|measurements?|association|"
    r"prices?|figures|example)\b.*"
    r"\b(?:covers?|are typical|holds? only|includes?|come from|counts?|was (?:carried|conducted)|left out|assumes?)\b",
    re.IGNORECASE,
)


def relevance(
    extract: Extract, wanted: Aim, weights: dict[str, float], aim_weights: dict[str, float], best: float
) -> float:
    """A sentence's score for a section, in about [0, 1].

    Args:
        weights: idf over the evidence's sentences.
        aim_weights: idf over the sections' aims.
        best: the highest retriever score among the evidence.
    """
    item = extract.item
    score = (
        OWN * affinity(extract, wanted, aim_weights)
        + TOPIC * on_topic(extract, wanted, weights)
        + PASSAGE * standing(extract, best)
        + READING * reading(extract)
    )
    if wanted.explains and defines(extract, wanted.topic):
        score += DEFINITION
    score -= DETAIL * min(2, len(_identifiers(extract, wanted)))
    score -= NEWS if _NEWS.search(item.passage.title) else 0.0
    score -= OFF_TOPIC * (1 - min(1.0, 2 * coverage(wanted.topic, around(item.passage), {})))
    return score


_NEWS = re.compile(r"what[’']?s new|release (?:notes?|history)|change ?log|\brelease \d|news", re.IGNORECASE)


def _identifiers(extract: Extract, wanted: Aim) -> list[str]:
    return [one for one in IDENTIFIER.findall(extract.text) if not set(content(one)) & wanted.topic]


def reading(extract: Extract) -> float:
    """How well a sentence reads as part of an article, in [0, 1]."""
    text = extract.text
    good = 1.0
    good -= 0.3 if extract.words < 9 else 0.0
    good -= 0.3 if extract.words > 34 else 0.0
    good -= 0.25 if extract.listed else 0.0
    good -= 0.4 if addresses_reader(text) else 0.0
    good -= 0.5 if _FLEETING.search(text) else 0.0
    good -= 0.2 if _PROCEDURE.search(text) else 0.0
    good -= 0.3 if '"' in text or "“" in text else 0.0
    good -= 0.15 * min(2, text.count("(") + text.count(";"))
    good -= 0.25 * min(2, len(IDENTIFIER.findall(text)))
    good -= 0.25 if used(text) - expanded(text) else 0.0
    return max(0.0, good)
