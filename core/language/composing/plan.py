"""A plan without a model: question templates by kind of topic, filled from what was found.

The samples decide which facets there is anything to say about, give the headings their
words, and add up to three themes of their own. The order is that of an explanation.
"""

from collections.abc import Sequence

from core.language.composing.extracts import sentences
from core.language.composing.facets import BY_NAME, FACETS, touch
from core.language.composing.feedback import applied
from core.language.composing.phrases import phrases
from core.language.composing.plain import plain
from core.language.composing.sections import PossibleSection, section_for
from core.language.composing.terms import content
from core.language.composing.themes import themes
from core.language.composing.topics import Kind, Topic, title, understand
from core.language.tasks import PlanAnswer, PlanInput, PlannedQuestion

SKELETONS: dict[Kind, tuple[str, ...]] = {
    Kind.WORTH: ("mechanism", "performance", "costs", "limits", "practice", "rules"),
    Kind.COMPARE: ("mechanism", "performance", "costs", "limits", "practice", "effects"),
    Kind.HOW: ("mechanism", "performance", "limits", "practice", "effects"),
    Kind.HOW_TO: ("practice", "evidence", "limits", "costs"),
    Kind.AFFECT: ("mechanism", "evidence", "limits", "practice", "outlook"),
    Kind.WHY: ("mechanism", "evidence", "practice", "limits", "outlook"),
    Kind.WHAT: ("mechanism", "effects", "performance", "limits", "practice", "costs"),
    Kind.WHETHER: ("mechanism", "evidence", "limits", "costs", "practice", "effects"),
    Kind.PHRASE: ("mechanism", "effects", "evidence", "limits", "practice", "costs"),
}
"""Facets a plan takes for each kind of topic, the most needed first: an editor's habit, not measured."""
_PLACE = {facet.name: float(place) for place, facet in enumerate(FACETS)} | {"theme": 2.5}
_NEEDS_SAMPLES = {"costs": {Kind.WORTH, Kind.COMPARE}, "rules": {Kind.WORTH}}
"""Facets that only these kinds of topics take where no sample speaks of them."""
MOST_SAMPLE = 20_000
"""Characters of one sample that are looked at."""
FEWEST = 8
"""Sentences with the subject's words from which the others are left aside."""
SPOKEN_OF = 0.04
"""Share of the samples' sentences from which a facet is worth a section."""


def make_plan(asked: PlanInput) -> PlanAnswer:
    """A valid plan for any topic, with or without samples; a person's feedback is applied to the previous one."""
    fresh = _fresh(asked)
    if asked.previous is not None and asked.feedback.strip():
        return applied(asked, fresh)
    rows = [PlannedQuestion(section=s.heading, question=s.question, queries=list(s.queries)) for s in fresh]
    return PlanAnswer(title=title(asked.topic), questions=rows, why=_why(asked))


def size(words: int) -> int:
    """How many sections an article of so many words has: three to six."""
    return 3 if words < 450 else 4 if words < 700 else 5 if words < 1000 else 6


def _fresh(asked: PlanInput) -> list[PossibleSection]:
    """Sections in order, as many as the length carries."""
    topic = understand(asked.topic)
    texts = [
        f"{name}.\n{plain(text[:MOST_SAMPLE], keep_headings=True).text}" for name, text in asked.samples if text.strip()
    ]
    found = phrases(texts) if texts else []
    spoken = _spoken_of(topic, asked.samples)
    skeleton = SKELETONS[topic.kind]
    wanted = [
        name
        for name in skeleton
        if name == skeleton[0]
        or (spoken.get(name, 0.0) >= SPOKEN_OF if texts else topic.kind in _NEEDS_SAMPLES.get(name, {topic.kind}))
    ]
    facets = [section_for(BY_NAME[name], topic, found) for name in wanted]
    # Themes of the samples go before facets for which the samples have no word.
    named = [s for s in facets if s.facet == skeleton[0] or s.named or not texts]
    own = themes(topic, texts, found, frozenset().union(*(s.stems for s in named))) if texts else []
    unnamed = [s for s in facets if s not in named]
    spare = [section_for(BY_NAME[name], topic, found) for name in (*skeleton, "outlook") if name not in _NEEDS_SAMPLES]
    count = size(asked.words)
    ranked = [*named[:2], *own[:1], *named[2:3], *own[1:2], *named[3:], *unnamed, *own[2:]]
    chosen = _distinct(ranked)[:count]
    if len(chosen) < min(count, 4):
        chosen = _distinct([*chosen, *spare])[: min(count, 4)]
    return sorted(chosen, key=lambda s: -1.0 if s.facet == skeleton[0] else _PLACE[s.facet])


def _why(asked: PlanInput) -> str:
    count = len(asked.samples)
    if not count:
        return "From question templates for this kind of topic; nothing was found yet to fit them to."
    sources = "sources" if count > 1 else "source"
    return (
        f"From question templates, fitted to the key phrases of {count} {sources} that a first search brought up; "
        "no language model was used."
    )


def _spoken_of(topic: Topic, samples: Sequence[tuple[str, str]]) -> dict[str, float]:
    """Share of the samples' sentences on the topic that are about each facet."""
    every = [
        (sentence, frozenset(content(sentence))) for _, text in samples for sentence in sentences(text[:MOST_SAMPLE])
    ]
    own = [(sentence, terms) for sentence, terms in every if topic.core & terms]
    counted = own if len(own) >= FEWEST else every
    counts = dict.fromkeys(BY_NAME, 0.0)
    for sentence, terms in counted:
        for facet in FACETS:
            # A cheap test first: the signs are regular expressions.
            if (terms & facet.strong or terms & facet.cues) and touch(facet, sentence, terms) >= 0.35:
                counts[facet.name] += 1
    return {name: count / len(counted) for name, count in counts.items()} if counted else {}


def _distinct(sections: Sequence[PossibleSection]) -> list[PossibleSection]:
    """Without sections whose heading, question or facet another one has."""
    kept: list[PossibleSection] = []
    for section in sections:
        same = any(
            section.heading.lower() == other.heading.lower()
            or section.question == other.question
            or section.facet == other.facet != "theme"
            or (section.stems and len(section.stems & other.stems) > 0.6 * len(section.stems | other.stems))
            for other in kept
        )
        if not same:
            kept.append(section)
    return kept
