"""Which sentence can open a section: the most general that answers its question.

A section opens with what holds for the whole subject: a definition where one is asked for,
a statement about the subject as such, the first sentence of its paragraph. Details (figures,
single places and studies, examples, advice) follow. The weights are editorial.
"""

import re

from core.language.composing.acronyms import expanded, used
from core.language.composing.aims import Aim, affinity, defines, on_topic
from core.language.composing.extracts import Extract, standing
from core.language.composing.order import Role, role
from core.language.composing.relevance import reading
from core.language.composing.terms import content, years

_SUMS_UP = re.compile(
    r"\b(?:depends?|decides?|mainly|mostly|usually|generally|most|more than|main|chief\w*|all|every|always|"
    r"both|can|costs?|refers? to|consists? of|allows?|technique|way of)\b",
    re.IGNORECASE,
)
_CONCEDES = re.compile(r"\b(?:still|even|although|though|but|just|sometimes|some)\b", re.IGNORECASE)
_STUDY = re.compile(
    r"^(?:in|during|among|at) (?:an? |the )?\w+|\b(?:survey|study|trial|sample|monitoring|review)\b", re.I
)
_COUNTED = frozenset({"performance", "costs", "upfront", "running", "savings", "support", "evidence"})
_DETAIL = re.compile(r"\bexample\b|\bfor instance\b|\bone (?:house|home|worker|street|tree|city)\b", re.IGNORECASE)
FIRST_WORDS = 7
"""Words within which a sentence on the subject names it."""


def generality(extract: Extract, wanted: Aim, weights: dict[str, float]) -> float:
    """How well a sentence would open a section; about 0 for a detail, about 1 for a definition.

    Args:
        weights: idf over the sections' aims.
    """
    text = extract.text
    part = role(text)
    start = set(content(" ".join(text.split()[:FIRST_WORDS])))
    named = len(start & set(wanted.phrase)) / (len(wanted.phrase) or 1)
    wished = wanted.own & start
    score = 0.5 * affinity(extract, wanted, weights) + 0.3 * max(named, 1.0 if wished else 0.0) + 0.2 * reading(extract)
    score += 0.35 if wanted.explains and defines(extract, wanted.topic | wanted.own) else 0.0
    score += 0.3 * on_topic(extract, wanted, {})
    score += 0.12 if _SUMS_UP.search(text) else 0.0
    score += 0.15 if extract.before is None or extract.before.block != extract.block else 0.0
    score += 0.1 * standing(extract)
    asks_for = {facet.name for facet in wanted.facets}
    figure = 0.04 if asks_for & _COUNTED else 0.12
    score -= figure * min(3, len(extract.numbers - years(extract.numbers))) + 0.1 * len(years(extract.numbers))
    score -= 0.1 * min(2, _before_the_subject(extract, wanted))
    score -= 0.15 if _CONCEDES.search(text) else 0.0
    score -= 0.25 if _STUDY.search(text) and "evidence" not in asks_for else 0.0
    score -= 0.15 * min(2, len(extract.names - wanted.topic - wanted.own))
    score -= 0.3 if extract.listed else 0.0
    score -= 0.5 if _DETAIL.search(text) else 0.0
    score -= 1.0 if used(text) - expanded(text) else 0.0
    score -= 0.2 if part is Role.ADVICE and "practice" not in asks_for else 0.0
    score -= 0.2 if part is Role.LIMIT and not asks_for & {"limits", "outlook"} else 0.0
    return score


def _before_the_subject(extract: Extract, wanted: Aim) -> int:
    """Content words before the subject that are not the section's own: a `hybrid` heat pump is not every one."""
    cues = wanted.own.union(*(facet.cues | facet.strong for facet in wanted.facets)) if wanted.facets else wanted.own
    count = 0
    for stem in extract.stems[:FIRST_WORDS]:
        if stem in wanted.phrase or stem in wanted.own:
            return count
        count += stem not in cues
    return count
