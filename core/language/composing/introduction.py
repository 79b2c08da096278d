"""The introduction: two to four sentences of the sources that answer the topic.

First the sentence that answers most directly, then what supports it, last its condition or
limit. Sources put such sentences at their top, and sections leave them alone (see
`aims.answers_topic`), so the introduction seldom has to repeat one.
"""

import re
from collections.abc import Collection, Sequence

from core.language.composing.aims import OPENING, aim, answers_topic, defines, on_topic
from core.language.composing.candidates import Unit, units
from core.language.composing.extracts import Extract, extracts, standing
from core.language.composing.facts import same_fact, stated_in
from core.language.composing.openings import Leaning
from core.language.composing.order import Role, role
from core.language.composing.relevance import IDENTIFIER, reading
from core.language.composing.section import marked
from core.language.composing.sketch import sketch
from core.language.composing.subject import on_subject
from core.language.composing.terms import content, coverage, idf, likeness, stem
from core.language.composing.topics import DEGREES, Kind, Topic, understand
from core.language.tasks import FrameInput

MOST, LEAST = 4, 2
FLOOR = 0.6
"""Share of the best sentence's score below which nothing is taken."""
REPEATED = 0.8
"""What a sentence of the body is worth in the introduction, against one that is new."""
_HELPS = r"\bhelps?\b|\bbest\b|\bprotects?\b|\bimproves?\b|\bdecides?\b|\bsafe steps?\b|\bbetter than\b"
_DOES = (
    r"\b(?:lower|raise|shorten|too little|reduce|increase|disrupt|affect|cause|harm|improve|delay|suppress)\w*\b|"
    r"\bleads? to\b|\bhelps?\b|\bcannot\b"
)
_VERDICT = {
    Kind.WORTH: r"\bworth\b|\bpays? off\b|\bworthwhile\b|\bmakes? (?:little |no )?sense\b|\brepays?\b",
    Kind.COST: r"[£$€]\s?\d|\bcosts? (?:about|the same|more|less|twice|between)\b|\bprice\b|\bcheaper\b|\bdearer\b",
    Kind.COMPARE: r"\bthan\b|\bwhile\b|\bwhereas\b|\bunlike\b|\bboth\b|\bdiffer|\bsame\b|\binstead of\b",
    Kind.WHY: r"\bbecause\b|\bcauses?\b|\breason\b|\bdue to\b|\bso that\b",
    Kind.HOW: r"\bvia\b|\bby \w+ing\b|\bmoves?\b|\bworks (?:by|like)\b|\buses?\b|\bperforms?\b|\bconsists? of\b",
    Kind.HOW_TO: _HELPS,
    Kind.HOW_DO: _HELPS,
    Kind.WHEN: r"\bworthwhile\b|\bbenefits?\b|(?<!^)\bonly (?:if|when)\b|\brule of thumb\b|\bmakes? sense\b|"
    r"\bcan be improved\b|\bbest (?:time|done)\b|\bthe right time\b",
    Kind.AFFECT: _DOES,
    Kind.WHETHER: _DOES,
}
_ANY = r"\bis an?\b|\bare\b|\bshows?\b|\bdepends?\b|\bby \w+ing\b"
ANSWERS = 0.28
"""For a sentence that has the words of an answer to this kind of topic."""
SHORT = 4
"""Sentences of a body that needs no introduction, where that could only say the same again."""
STRAY = 0.3
"""Taken off a sentence that leaves a half of the topic out."""
NARROWS = 0.15
"""Taken off a sentence that begins with the case it holds for."""
_NARROWS = re.compile(
    r"^(?:if|when|where|for|in|on|with|without|sometimes|unless|once|although|while)\b", re.IGNORECASE
)
NEAR = 0.7
"""Share of the best sentence's score from which one with the words of an answer goes first."""


def introduce(frame: FrameInput) -> str:
    """The introduction's prose, one sentence a line with its markers; empty without usable evidence."""
    topic = understand(frame.topic)
    items = list({item.number: item for evidence in frame.evidence for item in evidence.used}.values())
    found = on_subject(extracts(items), frame.topic)
    weights = idf([extract.terms for extract in found])
    body = [sketch(sentence.text) for sentence in frame.draft.sentences]
    standing = [unit for unit in units(found, _about(topic)) if len(unit.extracts) == 1]
    best = max((item.score for item in items), default=0.0) or 1.0
    scored = [(unit.first, _answers(unit, topic, weights, best)) for unit in standing]
    # A sentence of the body comes back only where nothing else answers nearly as well.
    fresh = {id(extract): extract for extract, _ in scored if not any(same_fact(extract, other) for other in body)}
    taken = _chosen([pair for pair in scored if id(pair[0]) in fresh], frame.words, weights, topic)
    best_fresh = max((score for extract, score in scored if id(extract) in fresh), default=0.0)
    short = len(taken) < LEAST or best_fresh < REPEATED * max(score for _, score in scored)
    if short or not _is_answer(taken[0].text, topic) or not _all_told(taken, topic):
        every = [(e, s if id(e) in fresh else REPEATED * s) for e, s in scored]
        taken = _chosen(every, frame.words, weights, topic, fresh.keys())
    if body and len(body) <= SHORT and not any(id(extract) in fresh for extract in taken):
        return ""
    return "\n".join(f"{extract.text} {marked((extract.number, *_also(extract, found)))}" for extract in taken)


def _parts(topic: Topic) -> list[frozenset[str]]:
    """The halves of a topic that an answer must both speak of; of a list, each thing by itself."""
    if topic.parts and topic.kind is not Kind.COMPARE:
        return [frozenset(content(part)) for part in topic.parts]
    if topic.kind is Kind.WHEN and topic.other:
        return [frozenset(content(topic.act)), frozenset(content(topic.other)[-1:])]
    verb = "" if topic.kind is Kind.AFFECT else topic.verb
    # "sleep better" is spoken of by sentences on sleep: "better" alone says nothing.
    what = "" if topic.other.lower() in DEGREES else topic.other
    other = "" if topic.kind is Kind.COST else f"{verb} {what}"
    return [frozenset(content(part)) for part in (topic.subject, other) if content(part)]


def _about(topic: Topic) -> frozenset[str]:
    return frozenset(content(f"{topic.subject} {topic.verb} {topic.other}"))


def _spoken_of(extract: Extract, topic: Topic, weights: dict[str, float]) -> float:
    """How much a sentence speaks of each half of the topic, or of one thing of its list; in [0, 1]."""
    if topic.parts and topic.kind is not Kind.COMPARE:
        return float(any(part <= extract.terms for part in _parts(topic)))
    return min((coverage(part, extract.terms, weights) for part in _parts(topic)), default=0.0)


def _all_told(taken: Sequence[Extract], topic: Topic) -> bool:
    """Whether each thing that the topic lists has been spoken of; True where it lists none."""
    if not topic.parts or topic.kind is Kind.COMPARE:
        return True
    return all(any(part <= extract.terms for extract in taken) for part in _parts(topic))


def _is_answer(text: str, topic: Topic) -> bool:
    """Whether a sentence has the words of an answer: those of its kind, or the topic's own verb."""
    if re.search(_VERDICT.get(topic.kind, _ANY), text, re.IGNORECASE):
        return True
    return bool(topic.verb) and topic.kind in _DOING and stem(topic.verb) in content(text)


def _answers(unit: Unit, topic: Topic, weights: dict[str, float], best: float) -> float:
    """How well a sentence answers the topic as a whole, in about [0, 1]."""
    extract = unit.first
    passage = extract.item.passage
    about = _about(topic)
    each = _spoken_of(extract, topic, weights)
    wanted = aim(topic.text, "", "")
    covered = 0.4 * each + 0.6 * on_topic(extract, wanted, weights)
    # A title that is the topic over again: its first sentences answer it.
    titled = coverage(about, frozenset(content(passage.title)), weights)
    leads = passage.start < OPENING and " > " not in passage.heading and not extract.listed
    opening = (1.0 if extract.place == 0 else 0.6 if extract.place < 3 else 0.2) if leads else 0.0
    counted = 0 if topic.kind is Kind.COST else len(extract.numbers)
    narrow = 0.06 * min(3, len(extract.names - about)) + 0.03 * min(3, counted)
    score = 0.34 * covered + 0.12 * titled + 0.2 * opening + 0.08 * standing(extract, best)
    score += ANSWERS if _is_answer(extract.text, topic) else 0.0
    score -= 0.35 * min(2, len(IDENTIFIER.findall(extract.text)))
    score -= STRAY if each == 0 else 0.0
    score -= NARROWS if _NARROWS.match(extract.text) else 0.0
    score += 0.08 if answers_topic(extract, wanted) else 0.0
    score += 0.14 * reading(extract) - narrow - (0.12 if unit.leaning is Leaning.LIGHT else 0.0)
    score -= 0.1 if role(extract.text) is Role.ADVICE and topic.kind not in _ADVISED else 0.0
    return score + (0.1 if defines(extract, about) else 0.0)


_DOING = frozenset({Kind.AFFECT, Kind.WHETHER, Kind.WHY})
_ADVISED = frozenset({Kind.HOW_TO, Kind.HOW_DO, Kind.WHEN})


def _chosen(
    scored: Sequence[tuple[Extract, float]],
    words: int,
    weights: dict[str, float],
    topic: Topic,
    fresh: Collection[int] | None = None,
) -> list[Extract]:
    """An answer, support, and a condition where there is one; in reading order.

    Args:
        fresh: ids of what the body does not say; what supports the answer should rather be of them.
    """
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
        fitting = left
        if slot == "answer":
            top = left[0][1] if left else 0.0
            fitting = [(e, s) for e, s in left if s >= NEAR * top and _is_answer(e.text, topic)] or left
        elif fresh is not None and (not topic.parts or topic.kind is Kind.COMPARE):
            fitting = [(e, s if id(e) in fresh else REPEATED * s) for e, s in left]
        best = max(fitting, key=lambda pair: pair[1] + _bonus(pair[0], slot, taken, weights, topic), default=None)
        if best is None or len(taken) >= LEAST and total + best[0].words > 1.15 * words:
            break
        taken.append(best[0])
        left = [pair for pair in left if pair[0] is not best[0]]
    return _ordered(taken)


def _bonus(extract: Extract, slot: str, taken: Sequence[Extract], weights: dict[str, float], topic: Topic) -> float:
    part = role(extract.text)
    bonus = -0.3 * max((likeness(extract.terms, one.terms, weights) for one in taken), default=0.0)
    if topic.parts and topic.kind is not Kind.COMPARE:
        # Of the things a topic lists, each has its turn.
        told = [any(part <= one.terms for one in taken) for part in _parts(topic)]
        bonus += 0.2 * any(p <= extract.terms and not t for p, t in zip(_parts(topic), told, strict=True))
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
