"""A plan without a model: what a reader of this kind of topic needs, as far as the samples speak of it.

The outline for the kind of topic gives the sections and their order. The samples decide
which of them are taken, give some headings a word of their own, and add a theme that
several of them share under headings of their own.
"""

from collections.abc import Sequence

from core.language.composing.feedback import applied
from core.language.composing.first_look import look
from core.language.composing.phrases import phrases
from core.language.composing.sections import PossibleSection, fill, parts, section_on, slots
from core.language.composing.themes import themes
from core.language.composing.topics import Kind, title, understand
from core.language.tasks import PlanAnswer, PlanInput, PlannedQuestion

_OPEN = frozenset({Kind.HOW, Kind.HOW_TO, Kind.HOW_DO, Kind.WHAT, Kind.PHRASE})
"""Kinds of topics whose sides cannot be foreseen: two themes of the samples rather than one."""
_NEEDS_SAMPLES = dict.fromkeys(
    (Kind.HOW, Kind.HOW_DO, Kind.WHETHER, Kind.AFFECT, Kind.PHRASE, Kind.WHY), ("costs", "rules")
)
"""Facets these kinds of topics take only where samples speak of them."""
FEWEST = 4
"""Sections of a plan, even where the samples speak of fewer sides."""


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
    """Sections in reading order, as many as the length carries."""
    topic = understand(asked.topic)
    seen = look(topic, asked.samples)
    found = phrases(seen.texts) if seen.documents else []
    outline = slots(topic)
    every = [fill(slot, topic, seen if seen.documents else None, found) for slot in outline]
    needed = [section for section, slot in zip(every, outline, strict=True) if slot.must]
    # What at least three samples speak of comes next, the most spoken of first.
    spoken = sorted(
        (s for s in every if s not in needed and seen.facets.get(s.facet, 0.0) >= seen.few),
        key=lambda s: -seen.facets[s.facet],
    )
    named = parts(topic)
    unspoken: list[PossibleSection] = []
    if not seen.documents:
        spoken = [s for s in every if s not in needed and s.facet not in _NEEDS_SAMPLES.get(topic.kind, ())]
    else:
        unspoken = [s for s in needed if s is not every[0] and seen.facets.get(s.facet, 1.0) <= 0]
        needed = [s for s in needed if s not in unspoken]
    own = [section_on(text, topic) for text in themes(topic, seen, found)] if seen.documents else []
    count = size(asked.words)
    themed = 2 if topic.kind in _OPEN else 1
    ranked = [*named, *needed, *own[:themed], *spoken, *own[themed:]]
    if named:
        # The things the topic lists are its answer; the general slot would say the same again.
        ranked = [section for section in ranked if section is not every[0]]
    chosen = _distinct(ranked)[:count]
    if len(chosen) < FEWEST and seen.documents:
        rest = [section for section in every if section.facet in seen.facets and not named]
        rest.sort(key=lambda s: (-seen.facets[s.facet], s not in unspoken))
        chosen = _distinct([*chosen, *rest])[: min(count, FEWEST)]
    return sorted(chosen, key=lambda section: _place(section, every, named))


def _place(section: PossibleSection, every: Sequence[PossibleSection], named: Sequence[PossibleSection]) -> float:
    """Where it stands: parts first, then the outline's order; a theme after what it opens with."""
    if section in named:
        return -1.0
    return float(every.index(section)) if section in every else 0.5


def _why(asked: PlanInput) -> str:
    count = len(asked.samples)
    if not count:
        return "From question templates for this kind of topic; nothing was found yet to fit them to."
    sources = "sources" if count > 1 else "source"
    return (
        f"From question templates for this kind of topic, fitted to what {count} {sources} that a first search "
        "brought up speak of; no language model was used."
    )


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
