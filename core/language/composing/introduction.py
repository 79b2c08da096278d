"""The introduction: two to four sentences of the sources that answer the topic.

First the sentence that answers most directly, then what supports it, last its condition or
limit. Sources put such sentences at their top, and sections leave them alone (they fit no
single section), so the introduction seldom has to repeat one.
"""

import re
from collections.abc import Sequence

from core.language.composing.aims import OPENING
from core.language.composing.candidates import Unit, units
from core.language.composing.extracts import Extract, extracts
from core.language.composing.facts import same_fact, stated_in
from core.language.composing.openings import Leaning
from core.language.composing.order import Role, role
from core.language.composing.relevance import reading
from core.language.composing.section import marked
from core.language.composing.sketch import sketch
from core.language.composing.terms import content, coverage, idf, likeness
from core.language.composing.topics import Kind, Topic, understand
from core.language.tasks import FrameInput

MOST, LEAST = 4, 2
_VERDICT = {
    Kind.WORTH: r"\bworth\b|\bpays?\b|\bsaves?\b|\bpractical choice\b|\bgood candidate\b|\bsuits?\b|\bbenefits?\b",
    Kind.COMPARE: r"\bthan\b|\bwhile\b|\bwhereas\b|\bbetter\b|\bpractical choice\b|\bboth\b|\bdiffer",
    Kind.WHY: r"\bbecause\b|\bcauses?\b|\breason\b|\bdue to\b|\bso that\b",
    Kind.HOW: r"\bby \w+ing\b|\bmoves?\b|\bworks?\b|\buses?\b|\bkeeps?\b",
    Kind.AFFECT: r"\b(?:lower|raise|reduce|cool|increase|disrupt|shorten|affect|cause|harm|improve)\w*\b|\bleads? to\b",
}
_ANY = r"\bcan\b|\bis an?\b|\bare\b|\bshows?\b|\bdepends?\b"


def introduce(frame: FrameInput) -> str:
    """The introduction's prose, one sentence a line with its markers; empty without usable evidence."""
    topic = understand(frame.topic)
    items = list({item.number: item for evidence in frame.evidence for item in evidence.used}.values())
    found = extracts(items)
    parts = [frozenset(content(part)) for part in (topic.subject, f"{topic.verb} {topic.other}") if content(part)]
    about = frozenset().union(*parts)
    weights = idf([extract.terms for extract in found])
    body = [sketch(sentence.text) for sentence in frame.draft.sentences]
    standing = [unit for unit in units(found, about) if len(unit.extracts) == 1]
    best = max((item.score for item in items), default=0.0) or 1.0
    scored = [(unit, _answers(unit, topic, parts, weights, best)) for unit in standing]
    fresh = [(u, s) for u, s in scored if not any(same_fact(u.core, other) for other in body)]
    taken = _chosen(fresh, frame.words, weights)
    if len(taken) < LEAST:
        taken = _chosen(scored, frame.words, weights)
    return "\n".join(f"{unit.core.text} {marked((unit.core.number, *_also(unit.core, standing)))}" for unit in taken)


def _answers(unit: Unit, topic: Topic, parts: Sequence[frozenset[str]], weights: dict[str, float], best: float) -> float:
    """How well a sentence answers the topic as a whole, in about [0, 1]."""
    core = unit.core
    verdict = re.search(_VERDICT.get(topic.kind, _ANY), core.text, re.IGNORECASE) is not None
    about = frozenset().union(*parts)
    # Both halves of "how does A affect B" must be there; one alone is another topic.
    covered = min(coverage(part, core.terms, weights) for part in parts) if parts else 0.0
    covered = 0.6 * covered + 0.4 * coverage(about, core.terms, weights)
    # A title that is the topic over again: its first sentences answer it.
    titled = coverage(about, frozenset(content(core.item.passage.title)), weights)
    opening = 1.0 if core.place == 0 and not core.item.passage.heading.count(">") else 0.5 if core.place < 3 else 0.0
    general = 0.12 if not core.numbers else 0.0
    narrow = 0.06 * min(3, len(core.names - about))
    return (
        0.38 * covered
        + 0.16 * titled
        + 0.12 * verdict
        + 0.12 * opening
        + general
        + 0.08 * core.item.score / best
        + 0.12 * reading(unit)
        - narrow
    )


def _chosen(scored: Sequence[tuple[Unit, float]], words: int, weights: dict[str, float]) -> list[Unit]:
    """An answer, support, and a condition where there is one; in that order."""
    order = sorted(scored, key=lambda p: (-p[1], p[0].core.number, p[0].core.place))
    if not order:
        return []
    floor = 0.6 * order[0][1]
    taken: list[Unit] = []
    total = 0
    for slot in ("answer", "support", "condition", "support"):
        best = max(
            (pair for pair in order if pair[1] >= floor and _free(pair[0], taken)),
            key=lambda pair: pair[1] + _slot(pair[0], slot) - 0.3 * _alike(pair[0].core, taken, weights),
            default=None,
        )
        if best is None or len(taken) == MOST or (len(taken) >= LEAST and total + best[0].words > words * 1.1):
            break
        taken.append(best[0])
        total += best[0].words
    return _ordered(taken)


def _free(unit: Unit, taken: Sequence[Unit]) -> bool:
    return not any(same_fact(unit.core, other.core) for other in taken) and not (
        taken and unit.leaning is Leaning.LIGHT and unit.core.before not in [t.core for t in taken]
    )


def _slot(unit: Unit, slot: str) -> float:
    part = role(unit.core.text)
    if slot == "answer":
        return 0.1 if part is not Role.ADVICE and unit.leaning is Leaning.NONE else -0.2
    if slot == "condition":
        return 0.15 if part is Role.LIMIT else 0.0
    return 0.08 if part in {Role.FINDING, Role.MECHANISM, Role.COMPARISON} else 0.0


def _alike(extract: Extract, taken: Sequence[Unit], weights: dict[str, float]) -> float:
    return max((likeness(extract.terms, other.core.terms, weights) for other in taken), default=0.0)


def _ordered(taken: list[Unit]) -> list[Unit]:
    """The answer stays first; sentences of one passage keep its order; conditions come last."""
    head, rest = taken[:1], taken[1:]
    rest.sort(key=lambda u: (role(u.core.text) in {Role.LIMIT, Role.ADVICE}, taken.index(u)))
    return head + rest


def _also(core: Extract, standing: Sequence[Unit]) -> tuple[int, ...]:
    return tuple(
        dict.fromkeys(
            unit.core.number
            for unit in standing
            if unit.core.source != core.source
            and same_fact(core, unit.core)
            and stated_in(core, unit.core.item.passage.text)
        )
    )[:1]
