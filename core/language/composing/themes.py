"""Themes: what the samples speak of beside the topic itself and the usual facets.

A theme is a phrase that stands in headings, is spoken of mainly under those headings (so it
is what they are about), and is mentioned by more than one document but not by all (then it
belongs to the topic). Two single words that share documents make one theme together:
"Soil and roots" says more than either.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.language.composing.facets import FACETS
from core.language.composing.phrases import Phrase
from core.language.composing.sections import PossibleSection, section_on
from core.language.composing.terms import content, stem
from core.language.composing.topics import Topic
from core.language.composing.wordlists import listed

MOST = 3
GO_TOGETHER = 0.06
"""Share of passages under one heading that two words must have in common to make one theme."""
_TOO_WIDE = frozenset(
    stem(word)
    for word in listed(
        """
        house home worker work time water street city people person year price result use reader nurse
        wall building room garden cause help life day night system area group country world user example
        introduction conclusion summary overview reference note faq evidence hum bed sys error
        documentation document module function object telephone child drive gas row morning evening
        afternoon tablet quotation application factor test share ground air staff rest weather
        """
    )
)


@dataclass(frozen=True)
class _Unit:
    """A heading with the text below it."""

    document: int
    heading: frozenset[str]
    stems: tuple[str, ...]


def themes(topic: Topic, texts: Sequence[str], found: Sequence[Phrase], taken: frozenset[str]) -> list[PossibleSection]:
    """Up to three sections, the most spoken of first.

    Args:
        texts: the samples; the first line is the title, `#` begins a heading.
        found: their key phrases.
        taken: stems that other sections' headings have.
    """
    units = [unit for number, text in enumerate(texts) for unit in _units(number, text)]
    closed = set(content(topic.text)) | {stem(head) for facet in FACETS for head in facet.heads} | _TOO_WIDE
    rows = []
    for phrase in found:
        own = set(phrase.stems)
        if own & closed or own & taken or not phrase.text.islower() or phrase.documents < min(2, len(texts)):
            continue
        score = _spoken_of(phrase, topic, units, len(texts))
        if score > 0:
            rows.append((score, phrase))
    rows.sort(key=lambda row: (-row[0], row[1].text))
    where = {phrase: _places(phrase, units) for _, phrase in rows}
    return _sections(topic, {phrase: score for score, phrase in rows}, where)


def _sections(
    topic: Topic, scores: Mapping[Phrase, float], where: Mapping[Phrase, frozenset[int]]
) -> list[PossibleSection]:
    ranked = list(scores)
    sections: list[PossibleSection] = []
    used: set[str] = set()
    for phrase in ranked:
        if len(sections) == MOST:
            break
        if used & set(phrase.stems):
            continue
        used |= set(phrase.stems)
        partner = None
        if len(phrase.stems) == 1:
            near = {p: _together(where[phrase], where[p]) for p in ranked if not used & set(p.stems)}
            near = {
                p: share for p, share in near.items() if share >= GO_TOGETHER and scores[p] >= 0.35 * scores[phrase]
            }
            partner = max(near, key=lambda p: near[p] * scores[p], default=None)
            used |= set(partner.stems) if partner else set()
        sections.append(section_on(phrase, topic, partner))
    return sections


def _spoken_of(phrase: Phrase, topic: Topic, units: Sequence[_Unit], documents: int) -> float:
    """How much the phrase is what some headings are about; 0 when none is."""
    size = len(phrase.stems)
    about = frozenset(content(topic.subject))
    under = total = related = 0
    for unit in units:
        count = sum(unit.stems[i : i + size] == phrase.stems for i in range(len(unit.stems) - size + 1))
        total += count
        here = unit.heading | set(unit.stems)
        related += count if topic.core & here and len(about & here) >= 0.5 * len(about) else 0
        under += count if set(phrase.stems) <= unit.heading else 0
    if total < 4 or not under or related < 0.5 * total:
        return 0.0
    share = phrase.documents / documents
    # What every document speaks of is the topic; a phrase of two words is narrower than a word.
    everywhere = max(0.15 if size == 1 else 0.5, 1.15 - share) if documents > 2 else 1.0
    return related / total * under**0.5 * (under / total) * everywhere * (1.3 if size > 1 else 1.0)


def _units(number: int, text: str) -> list[_Unit]:
    title, _, body = text.partition("\n")
    above = frozenset(content(title))
    parts = re.split(r"^#+ (.*)$", body, flags=re.MULTILINE)
    units = [_Unit(number, above, tuple(content(parts[0])))]
    for heading, below in zip(parts[1::2], parts[2::2], strict=False):
        # A document on one thing alone has it in its title; its headings are about parts of it.
        units.append(_Unit(number, above | frozenset(content(heading)), tuple(content(below))))
    return units


def _places(phrase: Phrase, units: Sequence[_Unit]) -> frozenset[int]:
    size = len(phrase.stems)
    return frozenset(
        number
        for number, unit in enumerate(units)
        if any(unit.stems[i : i + size] == phrase.stems for i in range(len(unit.stems) - size + 1))
    )


def _together(one: frozenset[int], other: frozenset[int]) -> float:
    return len(one & other) / (len(one | other) or 1)
