"""The introduction: two to four sentences of the sources that answer the topic.

First the sentence that answers most directly, then what supports it, last its condition or
limit. Sources put such sentences at their top, and sections leave them alone (see
`aims.answers_topic`), so the introduction seldom has to repeat one.
"""

import re
from collections.abc import Sequence

from core.language.composing.aims import OPENING, aim, answers_topic, defines, on_topic
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
FLOOR = 0.6
"""Share of the best sentence's score below which nothing is taken."""
REPEATED = 0.7
"""What a sentence of the body is worth in the introduction, against one that is new."""
_VERDICT = {
    Kind.WORTH: r"\bworth\b|\bpays?\b|\bsaves?\b|\bpractical choice\b|\bgood candidate\b|\bsuits?\b|"
    r"\bbenefits?\b",
    Kind.COMPARE: r"\bthan\b|\bwhile\b|\bwhereas\b|\bbetter\b|\bpractical choice\b|\bboth\b|\bdiffer",
    Kind.WHY: r"\bbecause\b|\bcauses?\b|\breason\b|\bdue to\b|\bso that\b",
    Kind.HOW: r"\bby \w+ing\b|\bmoves?\b|\bworks?\b|\buses?\b|\bkeeps?\b",
    Kind.HOW_TO: r"\b(?:should|best|helps?|can|better|protects?)\b",
    Kind.AFFECT: r"\b(?:lower|raise|short|too little|reduce|cool|increase|disrupt|shorten|affect|cause|harm|"
    r"improve|less|more)\w*\b|\bleads? to\b",
}
_ANY = r"\bcan\b|\bis an?\b|\bare\b|\bshows?\b|\bdepends?\b|\bby \w+ing\b"


def introduce(frame: FrameInput) -> str:
    """The introduction's prose, one sentence a line with its markers; empty without usable evidence."""
    topic = understand(frame.topic)
    items = list({item.number: item for evidence in frame.evidence for item in evidence.used}.values())
    found = extracts(items)
    weights = idf([extract.terms for extract in found])
    body = [sketch(sentence.text) for sentence in frame.draft.sentences]
    standing = [unit for unit in units(found, _about(topic)) if len(unit.extracts) == 1]
    best = max((item.score for item in items), default=0.0) or 1.0
    scored = [(unit.first, _answers(unit, topic, weights, best)) for unit in standing]
    # A sentence of the body comes back only where nothing else answers half as well.
    fresh = {id(extract) for extract, _ in scored if not any(same_fact(extract, other) for other in body)}
    taken = _chosen([pair for pair in scored if id(pair[0]) in fresh], frame.words, weights)
    best_fresh = max((score for extract, score in scored if id(extract) in fresh), default=0.0)
    if len(taken) < LEAST or best_fresh < REPEATED * max(score for _, score in scored):
        taken = _chosen([(e, s if id(e) in fresh else REPEATED * s) for e, s in scored], frame.words, weights)
    return "\n".join(f"{extract.text} {marked((extract.number, *_also(extract, found)))}" for extract in taken)


def _parts(topic: Topic) -> list[frozenset[str]]:
    """The halves of a topic that an answer must both speak of."""
    verb = "" if topic.kind is Kind.AFFECT else topic.verb
    return [frozenset(content(part)) for part in (topic.subject, f"{verb} {topic.other}") if content(part)]


def _about(topic: Topic) -> frozenset[str]:
    return frozenset().union(*_parts(topic))


def _answers(unit: Unit, topic: Topic, weights: dict[str, float], best: float) -> float:
    """How well a sentence answers the topic as a whole, in about [0, 1]."""
    extract = unit.first
    passage = extract.item.passage
    parts, about = _parts(topic), _about(topic)
    each = min((coverage(part, extract.terms, weights) for part in parts), default=0.0)
    wanted = aim(topic.text, "", "")
    covered = 0.4 * each + 0.6 * on_topic(extract, wanted, weights)
    verdict = re.search(_VERDICT.get(topic.kind, _ANY), extract.text, re.IGNORECASE) is not None
    # A title that is the topic over again: its first sentences answer it.
    titled = coverage(about, frozenset(content(passage.title)), weights)
    leads = passage.start < OPENING and " > " not in passage.heading and not extract.listed
    opening = (1.0 if extract.place == 0 else 0.6 if extract.place < 3 else 0.2) if leads else 0.0
    narrow = 0.06 * min(3, len(extract.names - about)) + 0.03 * min(3, len(extract.numbers))
    score = 0.34 * covered + 0.12 * titled + 0.12 * verdict + 0.2 * opening + 0.08 * extract.item.score / best
    score += 0.08 if answers_topic(extract, wanted) else 0.0
    score += 0.14 * reading(extract) - narrow - (0.2 if unit.leaning is Leaning.LIGHT else 0.0)
    return score + (0.1 if defines(extract, about) else 0.0)


def _chosen(scored: Sequence[tuple[Extract, float]], words: int, weights: dict[str, float]) -> list[Extract]:
    """An answer, support, and a condition where there is one; in reading order."""
    if not scored:
        return []
    floor = FLOOR * max(score for _, score in scored)
    order = sorted(scored, key=lambda pair: (-pair[1], pair[0].number, pair[0].place))
    left = order
    taken: list[Extract] = []
    for slot in ("answer", "support", "condition", "support"):
        # Two sentences make an introduction, so only the third must be nearly as good as the first.
        least = floor if len(taken) >= LEAST else 0.7 * floor
        left = [(e, s) for e, s in left if s >= least and not any(same_fact(e, one) for one in taken)]
        total = sum(extract.words for extract in taken)
        best = max(left, key=lambda pair: pair[1] + _bonus(pair[0], slot, taken, weights), default=None)
        if best is None or len(taken) >= LEAST and total + best[0].words > 1.15 * words:
            break
        taken.append(best[0])
        left.remove(best)
    return _ordered(taken)


def _bonus(extract: Extract, slot: str, taken: Sequence[Extract], weights: dict[str, float]) -> float:
    part = role(extract.text)
    bonus = -0.3 * max((likeness(extract.terms, one.terms, weights) for one in taken), default=0.0)
    bonus += 0.06 * any(extract.before is one for one in taken)
    bonus -= 0.05 * sum(extract.source == one.source for one in taken)
    if slot == "answer":
        return bonus - (0.2 if part is Role.ADVICE else 0.0)
    if slot == "condition":
        return bonus + (0.12 if part is Role.LIMIT else 0.0)
    return bonus + (0.06 if part in {Role.FINDING, Role.MECHANISM, Role.COMPARISON} else 0.0)


def _ordered(taken: list[Extract]) -> list[Extract]:
    """The answer first, then its neighbours in their source, then the others; conditions and advice last."""
    head, rest = taken[:1], taken[1:]
    rest.sort(
        key=lambda e: (
            e.item is not head[0].item or e.place < head[0].place,
            role(e.text) in {Role.LIMIT, Role.ADVICE},
            taken.index(e),
        )
    )
    return head + rest


def _also(extract: Extract, found: Sequence[Extract]) -> tuple[int, ...]:
    """One further passage of another source that states the same fact in full."""
    for other in found:
        if other.source != extract.source and same_fact(extract, other) and stated_in(extract, other.item.passage.text):
            return (other.number,)
    return ()
