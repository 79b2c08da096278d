"""A plan without a model: question templates by kind of topic, filled from what was found.

The samples decide which facets there is anything to say about, give the headings their
words, and add up to two themes that they keep coming back to and no facet covers. The order
is that of an explanation.
"""

import re
from collections.abc import Sequence

from core.language.composing.extracts import sentences
from core.language.composing.facets import BY_NAME, FACETS, touch
from core.language.composing.feedback import applied
from core.language.composing.phrases import Phrase, phrases
from core.language.composing.plain import plain
from core.language.composing.sections import Draftable, keywords, section_for, section_on
from core.language.composing.terms import content, stem
from core.language.composing.topics import Kind, Topic, title, understand
from core.language.tasks import PlanAnswer, PlanInput, PlannedQuestion

SKELETONS: dict[Kind, tuple[str, ...]] = {
    Kind.WORTH: ("mechanism", "performance", "costs", "limits", "practice", "rules"),
    Kind.COMPARE: ("mechanism", "performance", "costs", "limits", "practice", "effects"),
    Kind.HOW: ("mechanism", "performance", "limits", "practice", "effects"),
    Kind.HOW_TO: ("practice", "evidence", "limits", "costs", "effects"),
    Kind.AFFECT: ("mechanism", "effects", "evidence", "limits", "practice", "outlook"),
    Kind.WHY: ("mechanism", "effects", "evidence", "limits", "practice"),
    Kind.WHAT: ("mechanism", "effects", "performance", "costs", "limits", "practice"),
    Kind.WHETHER: ("mechanism", "evidence", "effects", "costs", "limits", "practice"),
    Kind.PHRASE: ("mechanism", "effects", "evidence", "costs", "limits", "practice"),
}
"""Facets a plan takes for each kind of topic, the most needed first; told apart by editors' habit, not measured."""
_SLOT = {facet.name: index for index, facet in enumerate(FACETS)} | {"theme": 2.5}
MOST_SAMPLE = 20_000
"""Characters of one sample that are looked at."""


def make_plan(asked: PlanInput) -> PlanAnswer:
    """A valid plan for any topic, with or without samples; a person's feedback is applied to the previous one."""
    if asked.previous is not None and asked.feedback.strip():
        return applied(asked, _fresh(asked))
    return _answer(asked, _fresh(asked))


def size(words: int) -> int:
    """How many sections an article of so many words has: three to six."""
    return 3 if words < 450 else 4 if words < 800 else 5 if words < 1700 else 6


def _fresh(asked: PlanInput) -> list[Draftable]:
    """Sections in order, as many as the length carries."""
    topic = understand(asked.topic)
    texts = [f"{name}.\n{plain(text[:MOST_SAMPLE]).text}" for name, text in asked.samples if text.strip()]
    found = phrases(texts) if texts else []
    count = size(asked.words)
    strengths = _strengths(asked.samples)
    skeleton = SKELETONS[topic.kind]
    drafts = [
        section_for(BY_NAME[name], topic, found, strengths.get(name, 0.0))
        for name in skeleton
        if not texts or name == skeleton[0] or strengths.get(name, 0.0) >= 0.04
    ]
    themes = _themes(topic, found, drafts[: count - 1]) if texts else []
    room = 1 if count < 6 else 2
    chosen = _distinct([*drafts[:2], *themes[:room], *drafts[2:], *themes[room:]])[:count]
    if len(chosen) < min(count, 4):
        spare = [
            section_for(BY_NAME[name], topic, found, 0.0) for name in (*skeleton, "outlook", "comparison", "evidence")
        ]
        chosen = _distinct([*chosen, *spare])[: min(count, 4)]
    lead = skeleton[0]
    return sorted(chosen, key=lambda d: -1 if d.facet == lead else _SLOT[d.facet])


def _answer(asked: PlanInput, drafts: Sequence[Draftable]) -> PlanAnswer:
    base = keywords(understand(asked.topic))
    return PlanAnswer(
        title=title(asked.topic),
        questions=[
            PlannedQuestion(section=d.heading, question=d.question, queries=list(d.queries or (base,))) for d in drafts
        ],
        why=_why(asked),
    )


def _why(asked: PlanInput) -> str:
    if not asked.samples:
        return "From question templates for this kind of topic; nothing was found yet to fit them to."
    return (
        f"From question templates, fitted to the key phrases of {len(asked.samples)} "
        f"{'sources' if len(asked.samples) > 1 else 'source'} that a first search brought up; no language model was used."
    )


def _strengths(samples: Sequence[tuple[str, str]]) -> dict[str, float]:
    """Share of the samples' sentences that are about each facet."""
    counts = dict.fromkeys(BY_NAME, 0.0)
    total = 0
    for _, text in samples:
        for sentence in sentences(text[:MOST_SAMPLE]):
            total += 1
            terms = frozenset(content(sentence))
            for facet in FACETS:
                if terms & facet.strong or facet.name == "costs" and re.search(r"[£$€]\s?\d", sentence):
                    counts[facet.name] += touch(facet, sentence, terms) >= 0.35
    return {name: count / total for name, count in counts.items()} if total else {}


def _themes(topic: Topic, found: Sequence[Phrase], drafts: Sequence[Draftable]) -> list[Draftable]:
    """Sections on phrases that many samples share and that neither topic nor facets name."""
    about = set(content(topic.text))
    covered = set().union(*(d.stems for d in drafts)) if drafts else set()
    heads = {stem(head) for facet in FACETS for head in facet.heads}
    themes = []
    for phrase in found:
        own = set(phrase.stems)
        if own & about or own & covered or own & heads or phrase.documents < 2 or len(phrase.stems) < 2:
            continue
        themes.append(section_on(phrase, topic, phrase.score))
        covered |= own
        if len(themes) == 3:
            break
    return themes


def _distinct(drafts: Sequence[Draftable]) -> list[Draftable]:
    """Without sections whose heading or question another one has."""
    kept: list[Draftable] = []
    for draft in drafts:
        same = any(
            draft.heading.lower() == other.heading.lower()
            or draft.question == other.question
            or draft.facet == other.facet != "theme"
            or (draft.stems and len(draft.stems & other.stems) > 0.6 * len(draft.stems | other.stems))
            for other in kept
        )
        if not same:
            kept.append(draft)
    return kept
