"""What a first search brought up, as a planner looks at it: which sentences are on the topic, and under what headings.

A sentence is on the topic when it and the titles above it hold most words of the
topic's subject. Everything a plan takes from the samples is counted over such sentences and
over documents: one document that dwells on a thing does not make it a section.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.language.composing.extracts import sentences
from core.language.composing.facets import FACETS, Facet, touch
from core.language.composing.plain import plain
from core.language.composing.terms import content
from core.language.composing.topics import Topic

MOST_SAMPLE = 20_000
"""Characters of one sample that are looked at."""
MOST_WORDS = 0.6
"""Share of the subject's words."""
TOUCHED = 0.35
TWICE = 2
"""Sentences on the topic from which a document speaks of a facet."""


@dataclass(frozen=True)
class Look:
    """A sentence of the samples that is on the topic."""

    document: int
    above: frozenset[str]
    """Stems of its document's title and its own heading."""
    heading: str
    text: str
    terms: frozenset[str]


@dataclass(frozen=True)
class FirstLook:
    """The samples, looked through."""

    documents: int
    texts: tuple[str, ...]
    """Each with its title as first line and `#` before headings."""
    looks: tuple[Look, ...]
    facets: dict[str, float]
    """Facet name -> in how many documents sentences on the topic speak of it, headings counting double."""

    @property
    def few(self) -> int:
        """Documents from which something is spoken of widely: three, or fewer where there are fewer."""
        return min(3, max(1, self.documents))


def look(topic: Topic, samples: Sequence[tuple[str, str]]) -> FirstLook:
    """Look through `(title, text)` samples; empty ones are left out."""
    texts = tuple(
        f"{title.strip(' ¶')}.\n{plain(text[:MOST_SAMPLE], keep_headings=True).text}"
        for title, text in samples
        if text.strip()
    )
    looks = tuple(one for number, text in enumerate(texts) for one in _on_topic(number, text, topic))
    return FirstLook(len(texts), texts, looks, {facet.name: _spoken_of(facet, looks) for facet in FACETS})


def _on_topic(number: int, text: str, topic: Topic) -> list[Look]:
    cores = [(core, math.ceil(MOST_WORDS * len(core))) for core in topic.cores]
    own = frozenset(content(topic.other)).union(*topic.cores)
    title, _, body = text.partition("\n")
    parts = re.split(r"^#+ (.*)$", body, flags=re.MULTILINE)
    found = []
    for heading, below in zip(["", *parts[1::2]], parts[0::2], strict=False):
        above = frozenset(content(f"{title} {heading}"))
        for sentence in sentences(below):
            terms = frozenset(content(sentence))
            here = terms | above
            if terms & own and any(len(core & here) >= least for core, least in cores):
                found.append(Look(number, above, heading, sentence, terms))
    return found


def _spoken_of(facet: Facet, looks: Sequence[Look]) -> float:
    spoken: dict[int, int] = {}
    headed: set[int] = set()
    for one in looks:
        if one.heading and facet.asks.search(one.heading):
            headed.add(one.document)
        # A cheap test first: the signs are regular expressions.
        if (one.terms & facet.strong or one.terms & facet.cues) and touch(facet, one.text, one.terms) >= TOUCHED:
            spoken[one.document] = spoken.get(one.document, 0) + 1
    return sum(count >= TWICE for count in spoken.values()) + len(headed)
