"""Which paragraphs of the evidence speak of the article's subject at all.

Retrieval gives the nearest there is, and where a library says nothing of solar power the nearest are heat pumps. What
is said of those is true, cited and off the point, so it must not fill the article. A paragraph is on the subject when
its passage, with the title and headings above it, has most words of the subject before its qualifiers, or just its
head where nearly all of the evidence has that (street trees, where urban trees are asked about). A proper name is
asked for more strictly: pages on two databases share nearly all their words, and what is true of one is false of the
other. Where nothing is on the subject, what has the words that narrow its head is as near as it gets: solar panels
tell something of solar power, white roofs tell nothing of green ones.
"""

import math
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from core.language.composing.english import is_english
from core.language.composing.extracts import Extract
from core.language.composing.first_look import MOST_WORDS
from core.language.composing.terms import content, stem
from core.language.composing.topics import DEGREES, QUALIFIED, proper, understand
from core.models import Passage

OWN_MATTER = 0.5
"""Share of a source's passages above which a name in them, two at least, makes the source one on that name."""
OF_ITS_KIND = 0.75
"""Share of the passages that have the subject's head, from which a passage with the head alone is on the subject."""
FEWEST = 5
"""Passages from which `nearly all` says something."""
_WRAPPED = re.compile(
    r"^(?:(?:the|a|an|some|best|good|main|common|key|most|important|different) )*(?:tips|ways|methods|guides?|advice|"
    r"practices|roles?|benefits?|advantages|disadvantages|pros|cons|history|future|impacts?|effects?|causes|reasons|"
    r"basics|importance|rise|fall|state|use|uses|overview|principles|problems?|risks?|types|kinds|examples|facts|science|"
    r"introduction|meaning)(?: and \w+)? (?:of|for|to|in|on|about|behind|against|with) ",
    re.IGNORECASE,
)

_DEGREES = frozenset(stem(word) for word in DEGREES)


@dataclass(frozen=True)
class Thing:
    """One thing that a topic is about."""

    words: frozenset[str]
    """Stems of its common words."""
    names: frozenset[str]
    """Stems of its proper names, one of which must be spoken of."""
    head: str = ""
    """Stem of its last word: what it is a kind of."""
    acronym: str = ""

    @property
    def narrowing(self) -> frozenset[str]:
        """Stems of the words that tell it from others of its kind."""
        return (self.words | self.names) - {self.head}


def on_subject(extracts: Sequence[Extract], topic: str) -> list[Extract]:
    """The sentences whose paragraph speaks of the topic's subject, in order; none where nothing does.

    Sentences in another language than English are left in: their words tell nothing.
    """
    things = things_of(topic)
    passages = {extract.item.passage for extract in extracts}
    foreign = {passage.id for passage in passages if not is_english(passage.text)}
    known = [(thing, _sources_on(thing.names, passages), _of_a_kind(thing.head, passages)) for thing in things]
    paragraphs: dict[tuple[int, int], set[str]] = {}
    for extract in extracts:
        paragraphs.setdefault((extract.number, extract.block), set()).update(extract.terms)

    def speaks(extract: Extract) -> bool:
        passage = extract.item.passage
        here = paragraphs[extract.number, extract.block]
        return passage.id in foreign or any(
            (_spoken(thing, passage) or common and thing.head in around(passage))
            and (not thing.names or passage.source_id in sources or _names(thing.names, {*here, *_above(passage)}))
            for thing, sources, common in known
        )

    def near(extract: Extract) -> bool:
        return any(thing.narrowing and thing.narrowing <= extract.terms - extract.names for thing in things)

    return [extract for extract in extracts if speaks(extract)] or [extract for extract in extracts if near(extract)]


def things_of(topic: str) -> tuple[Thing, ...]:
    """What a topic is about: each thing of a list or comparison, else its subject without qualifiers.

    >>> [sorted(thing.words) for thing in things_of("the role of sleep in learning")]
    [['sleep']]
    """
    understood = understand(topic)
    names = frozenset(one for word in proper(topic) for one in content(word))
    found = []
    for part in understood.parts or (understood.subject,):
        core = QUALIFIED.split(_WRAPPED.sub("", part), maxsplit=1)[0]
        stems = content(core) or content(topic)
        initials = [word[0] for word in re.split(r"[\s-]+", core) if content(word)]
        acronym = "".join(initials).upper() if len(initials) > 2 else ""
        words = frozenset(stems) - _DEGREES
        if understood.thing:  # "how to back up a database": "back" and "up" tell nothing by themselves
            words = words - {stems[0]} | {stem(understood.thing)}
        found.append(Thing(words - names, words & names, stems[-1] if stems else "", acronym))
    return tuple(found)


def around(passage: Passage) -> frozenset[str]:
    """Stems of a passage with its title and headings."""
    return _stems(f"{passage.title} {passage.heading} {passage.text}")


@lru_cache(maxsize=2048)
def _stems(text: str) -> frozenset[str]:
    return frozenset(content(text))


def _spoken(thing: Thing, passage: Passage) -> bool:
    """Whether the passage has most of the thing's words, or the initials that stand for them."""
    if thing.acronym and thing.acronym in f"{passage.title} {passage.heading} {passage.text}".split():
        return True
    return len(thing.words & around(passage)) >= math.ceil(MOST_WORDS * len(thing.words))


def _names(names: frozenset[str], bag: Collection[str]) -> bool:
    """Whether one of the names is in the bag, be it as a part: `postgres` is in `postgresql`."""
    return any(one in bag or len(one) > 3 and any(held.startswith(one) for held in bag) for one in names)


def _sources_on(names: frozenset[str], passages: Collection[Passage]) -> set[int]:
    """Sources that are about the name: it stands in their title or address, or in most of their passages."""
    if not names:
        return set()
    all_ = Counter(passage.source_id for passage in passages)
    holding = Counter(passage.source_id for passage in passages if _names(names, _stems(passage.text)))
    titled = {p.source_id for p in passages if _names(names, _stems(f"{p.title} {p.url} {p.site or ''}"))}
    return titled | {source for source, count in holding.items() if count > max(1, OWN_MATTER * all_[source])}


def _of_a_kind(head: str, passages: Collection[Passage]) -> bool:
    """Whether nearly all of the evidence, if there is more than a little, speaks of the subject's head."""
    enough = len(passages) >= FEWEST
    return enough and sum(head in around(passage) for passage in passages) >= OF_ITS_KIND * len(passages)


def _above(passage: Passage) -> frozenset[str]:
    return _stems(f"{passage.title} {passage.heading}")
