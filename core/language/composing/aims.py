"""What each section of an article is after, and which section a sentence belongs to.

Sections are written apart from each other, so they cannot look at each other's text. To
keep one sentence from standing in two of them, every section applies the same rule to every
sentence: it belongs to the section whose heading and question it fits best.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from core.language.composing.extracts import Extract
from core.language.composing.facets import Facet, asked, touch
from core.language.composing.terms import content, coverage, idf

_ASKING = frozenset(
    content(
        "what how why which where when who does known found say said source sources matter matters part play role main "
        "most important question answer topic section overview introduction people person thing work works look like "
        "happen affect show shows evidence practice well far good bad really true explain explained come use used "
        "count counting figures figure add up known still uncertain reach go goes wrong consider before choosing learn "
        "compare differ different change help helps limits risks perform cost costs does keep"
    )
)
OPENING = 1500
"""Characters of a source within which its opening stands."""


@dataclass(frozen=True)
class Aim:
    """What one section is after.

    `own` are the stems that set the section apart from the topic; `topic` the topic's.
    """

    own: frozenset[str]
    topic: frozenset[str]
    facets: tuple[Facet, ...]
    explains: bool = False
    """The section says what the subject is or how it works."""


def aim(topic: str, heading: str, question: str) -> Aim:
    """The aim of a section from its heading and question."""
    about = frozenset(content(topic))
    facets = asked(heading) or asked(question)
    facets = tuple(dict.fromkeys((*asked(heading), *asked(question)))) if question else facets
    own = frozenset(content(f"{heading} {question}")) - about
    telling = own - _ASKING
    return Aim(telling, about, facets[:3], any(f.name in {"basics", "mechanism"} for f in facets))


def aims(topic: str, outline: Sequence[str], questions: Sequence[str]) -> list[Aim]:
    """The aims of all sections, in order; questions may be missing."""
    padded = [*questions, *[""] * (len(outline) - len(questions))]
    return [aim(topic, heading, question) for heading, question in zip(outline, padded, strict=False)]


def affinity(extract: Extract, wanted: Aim, weights: dict[str, float]) -> float:
    """How well a sentence fits an aim, beyond fitting the topic; in [0, 1]."""
    passage = extract.item.passage
    around = frozenset(content(f"{passage.heading} {passage.title}")) | extract.terms
    # A word in the sentence counts three times one that only its passage's heading or title has.
    words = (2 * coverage(wanted.own, extract.terms, weights) + coverage(wanted.own, around, weights)) / 3
    facets = [touch(facet, extract.text, extract.terms) for facet in wanted.facets]
    heading = [touch(facet, passage.heading, content(passage.heading)) for facet in wanted.facets]
    side = max(facets, default=0.0) * 0.75 + max(heading, default=0.0) * 0.25
    if not wanted.own:
        return 0.7 * side
    return 0.55 * words + 0.45 * side


def answers_topic(extract: Extract, wanted: Aim, weights: dict[str, float]) -> bool:
    """Whether the sentence opens a source and speaks of the whole topic: the introduction's matter."""
    passage = extract.item.passage
    leads = extract.place == 0 and not extract.listed and passage.start < OPENING and " > " not in passage.heading
    return leads and coverage(wanted.topic, extract.terms, weights) >= 0.6


def weights_of(all_aims: Sequence[Aim]) -> dict[str, float]:
    """Rare words among the sections' aims set them apart; shared ones do not."""
    return idf([a.own for a in all_aims])


def belongs(extract: Extract, all_aims: Sequence[Aim], position: int, weights: dict[str, float]) -> bool:
    """Whether the sentence belongs to the section at `position` rather than to another.

    Ties go to the earlier section, so that exactly one section owns a sentence.
    """
    if len(all_aims) < 2:
        return True
    fits = [affinity(extract, wanted, weights) for wanted in all_aims]
    return max(range(len(fits)), key=lambda i: (round(fits[i], 6), -i)) == position
