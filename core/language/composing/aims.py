"""What each section of an article is after, and which section a paragraph of a source belongs to.

Sections are written apart from each other, so they cannot look at each other's text. To
keep one sentence from standing in two of them, every section applies the same rule to every
paragraph of its evidence: it belongs to the section whose heading and question it fits best.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.language.composing.extracts import Extract
from core.language.composing.facets import BY_NAME, Facet, asked, touch
from core.language.composing.terms import content, coverage, idf
from core.language.composing.topics import DEGREES, Kind, short, understand

_ASKING = frozenset(
    content(
        "what how why which where when who does known found say said source sources matter matters "
        "part play role main "
        "most important question answer topic section overview introduction people person thing "
        "work works look like "
        "happen affect show shows evidence practice well far good bad really true explain "
        "explained come use used "
        "count counting figures figure add up known still uncertain reach go goes wrong consider "
        "before choosing learn "
        "compare differ different change help helps limits risks perform cost costs does keep "
        "regard saved considered "
        "means meaning pays off stake stands stand way helped choose chosen choosing dearer low happens follows "
        "short answer go about observed better alternatives where price whole lower raise "
        "lie lies behind effect effects have rules apply background studies study basics open questions"
    )
)
"""Words of a question that say what kind of answer is wanted, not what about; facets stand for them."""
_THEME = re.compile(r"^why (?:do|does) .* matter\b|^what part (?:do|does) ", re.IGNORECASE)
_EXPLAINS = re.compile(
    r"(?:how (?:do|does|can|an?|the|\w+(?: [\w'’-]+){0,3} (?:works?|cools?|"
    r"affects?))\b(?!.*\b(?:perform|compare|differ)\b))|"
    r"what (?:is|are) (?!the |still |known |at )|what (?:do|does) .+ mean\b|why |basics\b|background\b|.* explained$",
    re.IGNORECASE,
)
_DEFINES = re.compile(
    r"^(?:an? |the )?(?P<what>[\w' -]{3,50}?) (?:is|are) (?:\w+ly )?(?:not (?=[^.]*, but ))?"
    r"(?:an? |the |any |one of |called |known as )|"
    r"^(?:an? |the )?(?P<means>[\w' -]{3,50}?) (?:refers? to|means|consists? of) |"
    r"^(?:an? |the )?(?P<works>[\w' -]{3,50}?) works? (?:like|by)\b",
    re.IGNORECASE,
)
_NAMED_SO = re.compile(r"\b(?:known as|called) (?:an? |the )?[\"“]?(?P<what>[\w' -]{3,40})", re.IGNORECASE)
OPENING = 1500
"""Characters of a source within which its opening stands."""


NOBODY = -1
FITS = 0.18
"""Fit from which a paragraph belongs to a section for its own sake."""


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
    phrase: tuple[str, ...] = ()
    """Stems of the topic's subject, in order."""
    acronym: str = ""
    """Initials of a subject of three words or more: `GIL` for `global interpreter lock`."""


def aim(topic: str, heading: str, question: str) -> Aim:
    """The aim of a section from its heading and question."""
    asked_about = understand(topic)
    about = frozenset(content(f"{asked_about.subject} {asked_about.verb} {asked_about.other}"))
    subject = short(asked_about.subject) or asked_about.subject
    phrase = tuple(content(subject))
    acronym = "".join(word[0] for word in subject.split() if content(word)).upper() if len(phrase) > 2 else ""
    own = frozenset(content(f"{heading} {question}")) - about - _ASKING
    named = _parts_named(asked_about.parts, question)
    if named:
        own |= named
        if asked_about.kind is not Kind.COMPARE:
            return Aim(own, about, (), False, phrase, acronym)
    if _THEME.search(question):
        return Aim(own, about, (), False, phrase, acronym)
    # "sleep better" in the topic does not make every question one of comparing.
    bare = question
    for words in (asked_about.act, asked_about.other if asked_about.kind is not Kind.COMPARE else ""):
        bare = bare.replace(words, "") if words else bare
    facets = tuple(dict.fromkeys((*asked(heading), *asked(bare))))
    explains = bool(_EXPLAINS.match(heading) or _EXPLAINS.match(question))
    if explains:
        facets = tuple(dict.fromkeys((BY_NAME["mechanism"], BY_NAME["basics"], *facets)))
        if asked_about.kind is Kind.HOW_DO:
            # How trees survive drought is told by sentences on surviving and drought, not by any on trees.
            what = "" if asked_about.other.lower() in DEGREES else asked_about.other
            own |= frozenset(content(f"{asked_about.verb} {what}"))
    # A facet's own nouns say no more than the facet: "Costs and bills" is about costs, not about the word.
    own -= frozenset().union(*(facet.strong for facet in facets)) if facets else frozenset()
    return Aim(own, about, facets[:3], explains, phrase, acronym)


def _parts_named(parts: Sequence[str], question: str) -> frozenset[str]:
    """What sets the parts that a question names apart from those it does not; empty where it names all or none."""
    asked_for = frozenset(content(question))
    bags = [frozenset(content(part)) for part in parts]
    here = [bag for bag in bags if bag <= asked_for]
    if not here or len(here) == len(bags):
        return frozenset()
    return frozenset().union(*here) - frozenset().union(*(bag for bag in bags if bag not in here))


def aims(topic: str, outline: Sequence[str], questions: Sequence[str]) -> list[Aim]:
    """The aims of all sections, in order; questions may be missing."""
    padded = [*questions, *[""] * (len(outline) - len(questions))]
    return [aim(topic, heading, question) for heading, question in zip(outline, padded, strict=False)]


def affinity(extract: Extract, wanted: Aim, weights: dict[str, float]) -> float:
    """How well a sentence fits an aim, beyond fitting the topic; in [0, 1].

    Args:
        weights: idf over the sections' aims.
    """
    passage = extract.item.passage
    around = frozenset(content(f"{passage.heading} {passage.title}")) | extract.terms
    # A word in the sentence counts three times one that only its passage's heading or title has.
    words = (2 * coverage(wanted.own, extract.terms, weights) + coverage(wanted.own, around, weights)) / 3
    side = 0.0
    for facet in wanted.facets:
        here = touch(facet, extract.text, extract.terms)
        above = 1.0 if facet.asks.search(passage.heading) else 0.7 if facet.asks.search(passage.title) else 0.0
        side = max(side, 0.65 * here + 0.35 * above)
    if wanted.own:
        return 0.55 * words + 0.45 * side if wanted.facets else words
    about = on_topic(extract, wanted, {})
    if wanted.explains:
        return 0.55 * side + 0.25 * about + (0.2 if defines(extract, wanted.topic) else 0.0)
    return 0.6 * side + 0.2 * about


def on_topic(extract: Extract, wanted: Aim, weights: dict[str, float]) -> float:
    """How much a sentence speaks of the topic, in [0, 1]: its words, better still as the phrase they form."""
    if wanted.acronym and wanted.acronym in extract.text.split():
        return 1.0
    covered = coverage(wanted.topic, extract.terms, weights)
    return 0.6 * covered + 0.4 * _longest_run(wanted.phrase, extract.stems) / (len(wanted.phrase) or 1)


def _longest_run(phrase: tuple[str, ...], stems: tuple[str, ...]) -> int:
    """Length of the longest piece of the phrase that stands in the stems unbroken."""
    for size in range(len(phrase), 0, -1):
        pieces = {phrase[i : i + size] for i in range(len(phrase) - size + 1)}
        if any(stems[i : i + size] in pieces for i in range(len(stems) - size + 1)):
            return size
    return 0


def defines(extract: Extract, topic: frozenset[str]) -> bool:
    """Whether the sentence says what something of the topic is: `A heat pump is an electric machine ...`, `... known
    as vacuuming`."""
    named = _NAMED_SO.search(extract.text)
    if named and topic & set(content(named["what"])[:1]):
        return True
    match = _DEFINES.match(extract.text)
    if not match:
        return False
    what = set(content(match["what"] or match["means"] or match["works"]))
    return bool(topic & what) and len(what - topic) <= 1


def answers_topic(extract: Extract, wanted: Aim) -> bool:
    """Whether the sentence opens a source and speaks of the whole topic: the introduction's matter."""
    passage = extract.item.passage
    leads = extract.place == 0 and not extract.listed and passage.start < OPENING and " > " not in passage.heading
    # A sentence with figures is a finding; it belongs where its subject is treated.
    return leads and len(extract.numbers) < 2 and len(wanted.topic & extract.terms) >= 0.6 * len(wanted.topic)


def weights_of(all_aims: Sequence[Aim]) -> dict[str, float]:
    """Rare words among the sections' aims set them apart; shared ones do not."""
    return idf([a.own for a in all_aims])


def owned(
    extracts: Sequence[Extract], all_aims: Sequence[Aim], position: int, weights: dict[str, float]
) -> tuple[dict[int, float], set[int]]:
    """Extract id -> fit of its paragraph, for those that belong to the section at `position`; and those of nobody.

    Whole paragraphs belong, so that sentences that follow each other stay together. A
    paragraph fits as well as its two best sentences; ties go to the earlier section, so
    that exactly one section owns it.
    """
    blocks: dict[tuple[int, int], list[Extract]] = {}
    for extract in extracts:
        blocks.setdefault((extract.number, extract.block), []).append(extract)
    background = next((i for i, wanted in enumerate(all_aims) if wanted.explains), 0)
    mine: dict[int, float] = {}
    free: set[int] = set()
    for block in blocks.values():
        fits = [_fit([affinity(extract, wanted, weights) for extract in block]) for wanted in all_aims]
        owner = max(range(len(fits)), key=lambda i: (round(fits[i], 6), -i))
        # What fits nowhere in particular is background, if it says what the topic is.
        if fits[owner] < FITS:
            owner = background if any(defines(extract, all_aims[background].topic) for extract in block) else NOBODY
        if owner == position:
            mine.update((id(extract), fits[position]) for extract in block)
        elif owner == NOBODY:
            free.update(id(extract) for extract in block)
    return mine, free


def _fit(values: list[float]) -> float:
    best = sorted(values, reverse=True)[:2]
    return sum(best) / len(best)
