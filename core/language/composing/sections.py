"""The sections a plan can have: headings and questions for each facet, in words of the topic.

A heading is built from noun phrases that the samples themselves use ("Running costs and
grants"), never from a bare template, unless there are no samples to build it from.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.language.composing.english import is_plural
from core.language.composing.facets import BY_NAME, Facet
from core.language.composing.phrases import Phrase
from core.language.composing.terms import content, stem
from core.language.composing.topics import Kind, Topic

MOST_HEADING_WORDS = 6
_UNCOUNTED = frozenset(
    ["efficiency", "performance", "health", "comfort", "noise", "design", "care", "safety", "research", "installation", "maintenance", "planning", "monitoring", "funding", "output", "damage", "training", "speed", "capacity", "productivity", "accuracy", "consent", "law", "policy", "danger", "timing", "budget", "light", "permission", "outlook", "shade", "sleep", "water", "heat"]
)
_PREPOSITION = re.compile(
    r"\s+(?:in|of|for|on|at|with|from|to|by|as|during|under|after|among|around|near|across|between)\s+", re.IGNORECASE
)


@dataclass(frozen=True)
class Draftable:
    """A section that could be in the plan."""

    facet: str
    heading: str
    question: str
    queries: tuple[str, ...]
    strength: float
    """How much the samples have to say about it; 0 without samples."""

    @property
    def stems(self) -> frozenset[str]:
        return frozenset(content(self.heading))


def short(subject: str) -> str:
    """The subject without its qualifiers: `heat pumps in old houses` -> `heat pumps`."""
    return _PREPOSITION.split(subject, maxsplit=1)[0]


def section_for(facet: Facet, topic: Topic, found: Sequence[Phrase], strength: float) -> Draftable:
    """The section on one facet, with a heading from the phrases found where they allow one."""
    nouns = _nouns(facet, topic, found)
    heading = _HEADINGS.get(facet.name, _joined)(topic, nouns, found)
    heading = heading if 1 <= len(heading.split()) <= MOST_HEADING_WORDS else _plain(facet, topic)
    return Draftable(
        facet.name, sentence_case(heading), _question(facet, topic, nouns), queries(topic, facet, nouns), strength
    )


def section_on(phrase: Phrase, topic: Topic, strength: float, partner: Phrase | None = None) -> Draftable:
    """The section on a theme that the samples keep talking about."""
    theme = phrase.text
    heading = f"{theme} and {partner.text}" if partner else _fuller(theme, topic)
    joined = f"{theme} and {partner.text}" if partner else theme
    does = "do" if is_plural(joined) else "does"
    question = f"Why {does} {joined} matter for {topic.subject}?"
    words = [keywords(topic), *phrase.text.split(), *(partner.text.split() if partner else [])]
    return Draftable("theme", sentence_case(heading), question, (" ".join(dict.fromkeys(words)),), strength)


def queries(topic: Topic, facet: Facet, nouns: Sequence[str]) -> tuple[str, ...]:
    """One to three keyword queries, the most specific first."""
    base = keywords(topic)
    spoken = list(nouns[:2]) or [" ".join(facet.heads[:2])]
    found = [f"{base} {noun}" for noun in spoken if noun]
    if facet.name in {"mechanism", "basics"} and topic.kind in {Kind.WORTH, Kind.HOW, Kind.WHAT}:
        found = [f"how {short(topic.subject)} work", f"{short(topic.subject)} definition explained"]
    defaults = _QUERY_WORDS.get(facet.name, "")
    if defaults:
        found.append(f"{base} {defaults}")
    return tuple(dict.fromkeys(" ".join(dict.fromkeys(q.split())) for q in found if q.strip()))[:3] or (base,)


def keywords(topic: Topic) -> str:
    """The topic's content words in order, for a search box."""
    words = re.findall(r"[^\W_][\w'’-]*", f"{topic.subject} {topic.other}".strip())
    kept = [word for word in words if content(word)]
    return " ".join(dict.fromkeys(kept)) or topic.text


def third_person(verb: str) -> str:
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ies"
    return verb + ("es" if verb.endswith(("s", "x", "z", "ch", "sh", "o")) else "s")


def sentence_case(text: str) -> str:
    text = " ".join(text.split())
    return text[:1].upper() + text[1:]


def _nouns(facet: Facet, topic: Topic, found: Sequence[Phrase]) -> list[str]:
    """Up to two phrases of the samples that name the facet, with different heads."""
    about = set(content(f"{topic.subject} {topic.other} {topic.verb}"))
    rows: list[tuple[float, str, str]] = []
    heads = {stem(head): rank for rank, head in enumerate(facet.heads)}
    for phrase in found:
        if phrase.head not in heads:
            continue
        words = [w for w, s in zip(phrase.text.split(), phrase.stems, strict=False) if s not in about]
        if words and words[-1].islower():
            # One study's name says nothing of the others: "Aldermoor field trial" -> "field trial".
            words = [word for word in words if word.islower()]
        if not words or stem(words[-1]) not in heads:
            continue
        text = _plural(" ".join(words))
        rows.append(
            (phrase.score * (1.0 - 0.06 * heads[phrase.head]) * (1.3 if len(words) > 1 else 1.0), text, phrase.head)
        )
    kept: list[str] = []
    used: set[str] = set()
    for _, text, head in sorted(rows, key=lambda row: (-row[0], row[1])):
        stems = set(content(text))
        if head in used or stems & used:
            continue
        kept.append(text)
        used |= stems | {head}
        if len(kept) == 2:
            break
    return kept


def _plural(phrase: str) -> str:
    head, _, last = phrase.rpartition(" ")
    if last.lower() in _UNCOUNTED or last.endswith("s"):
        return phrase
    if last.endswith("y") and last[-2] not in "aeiou":
        last = last[:-1] + "ies"
    elif last.endswith(("ch", "sh", "x", "z")):
        last += "es"
    else:
        last += "s"
    return f"{head} {last}".strip()


def _joined(topic: Topic, nouns: Sequence[str], _: Sequence[Phrase]) -> str:
    if len(nouns) >= 2:
        both = f"{nouns[0]} and {nouns[1]}"
        return both if len(both.split()) <= 5 else nouns[0]
    return _fuller(nouns[0], topic) if nouns else ""


def _fuller(noun: str, topic: Topic) -> str:
    """One noun alone says too little: `Costs` -> `Costs of heat pumps`."""
    if len(noun.split()) > 1:
        return noun
    return (
        f"{noun} and {short(topic.subject)}"
        if noun in {"light", "shade"}
        else f"{noun} of {short(topic.subject)}"
        if _possessed(noun)
        else f"{noun} with {short(topic.subject)}"
    )


def _possessed(noun: str) -> bool:
    return noun.lower() not in {
        "noise",
        "installation",
        "comfort",
        "light",
        "grants",
        "tariffs",
        "complaints",
        "trials",
        "studies",
        "surveys",
        "rules",
        "permission",
        "mistakes",
    }


def _mechanism(topic: Topic, nouns: Sequence[str], found: Sequence[Phrase]) -> str:
    name = short(topic.subject)
    if topic.kind in {Kind.WORTH, Kind.HOW, Kind.WHAT} and " and " not in name:
        return f"how {name} {'work' if is_plural(name) else 'works'}"
    if topic.verb and topic.kind in {Kind.AFFECT, Kind.WHETHER, Kind.WHY}:
        asks = "why" if topic.kind is Kind.WHY else "how"
        verb = topic.verb if topic.plural else third_person(topic.verb)
        return f"{asks} {short(topic.subject)} {verb} {topic.other}"
    if topic.kind is Kind.COMPARE:
        return f"{short(topic.subject)} and {short(topic.other)} explained"
    return _joined(topic, nouns, found)


def _performance(topic: Topic, nouns: Sequence[str], found: Sequence[Phrase]) -> str:
    trials = _nouns(BY_NAME["evidence"], topic, found)
    if nouns and trials:
        return f"{nouns[0]} in {trials[0]}"
    return _joined(topic, nouns, found)


def _evidence(topic: Topic, nouns: Sequence[str], _: Sequence[Phrase]) -> str:
    return "evidence from " + " and ".join(nouns[:2]) if nouns else ""


_HEADINGS: dict[str, Callable[[Topic, Sequence[str], Sequence[Phrase]], str]] = {
    "mechanism": _mechanism,
    "performance": _performance,
    "evidence": _evidence,
}
_QUERY_WORDS = {
    "basics": "definition explained",
    "mechanism": "how it works explained",
    "effects": "effects",
    "evidence": "study results",
    "performance": "efficiency measured",
    "costs": "cost",
    "comparison": "comparison alternatives",
    "limits": "problems risks",
    "practice": "guidance recommendations",
    "rules": "rules permission",
    "outlook": "open questions research",
}


def _plain(facet: Facet, topic: Topic) -> str:
    """The heading where the samples name nothing."""
    name = short(topic.subject)
    if len(name.split()) > 3:
        name = ""
    work = "work" if is_plural(name) else "works"
    of = f" of {name}" if name else ""
    on = f" on {name}" if name else ""
    return {
        "basics": f"basics{of}",
        "mechanism": f"how {name} {work}"
        if name and " and " not in name and topic.kind in {Kind.WORTH, Kind.HOW, Kind.WHAT}
        else f"background{on}"
        if name
        else "background and causes",
        "effects": f"effects{of}",
        "evidence": f"evidence{on}" if name else "what has been found",
        "performance": f"performance{of}" if name else "performance in practice",
        "costs": f"costs{of}" if name else "costs and savings",
        "comparison": f"alternatives to {name}" if name else "comparison with alternatives",
        "limits": f"limits and risks{of}" if len(name.split()) < 3 else "limits and risks",
        "practice": f"{name} in practice" if name else "in everyday practice",
        "rules": f"rules for {name}" if name else "rules and permissions",
        "outlook": "open questions",
    }[facet.name]


def _question(facet: Facet, topic: Topic, nouns: Sequence[str]) -> str:
    subject, plural = topic.subject, topic.plural
    be, do = ("are", "do") if plural else ("is", "does")
    they = "they" if plural else "it"
    if topic.kind is Kind.COMPARE and topic.other:
        return _comparing(facet, topic)
    if facet.name == "mechanism":
        if topic.kind in {Kind.WHY, Kind.AFFECT, Kind.HOW, Kind.WHETHER} and topic.text:
            return _as_question(topic)
        if topic.kind in {Kind.WORTH, Kind.WHAT}:
            return (
                f"What {be} {subject}, and how {do} {they} work?"
                if " and " not in subject
                else f"How {do} {subject} work?"
            )
        return f"What lies behind {subject}?"
    about = {
        "basics": f"What {be} {subject}?",
        "effects": f"What effects {do} {subject} have{f' on {topic.other}' if topic.kind is Kind.AFFECT else ''}?",
        "evidence": f"What have {' and '.join(nouns) if nouns else 'studies'} found about {subject}?",
        "performance": f"How well {do} {subject} perform in practice?",
        "costs": f"What {do} {subject} cost, and what can be saved?",
        "comparison": f"How {do} {subject} compare with the alternatives?",
        "limits": f"What are the limits and risks of {subject}?",
        "practice": f"What should be considered in practice with {subject}?",
        "rules": f"Which rules apply to {subject}?",
        "outlook": f"What is still uncertain about {subject}?",
    }
    return about[facet.name]


def _comparing(facet: Facet, topic: Topic) -> str:
    both = f"{topic.subject} and {topic.other}"
    return {
        "basics": f"What are {both}?",
        "mechanism": f"What are {both}, and how do they work?",
        "effects": f"How do the effects of {both} differ?",
        "evidence": f"What have studies found about {both}?",
        "performance": f"How do {both} compare in performance?",
        "costs": f"How do {both} compare in cost?",
        "comparison": f"Where do {both} differ most?",
        "limits": f"What are the limits and risks of {both}?",
        "practice": f"When is {topic.subject} the better choice, and when {topic.other}?"
        if not topic.plural
        else f"When are {topic.subject} the better choice, and when {topic.other}?",
        "rules": f"Which rules apply to {both}?",
        "outlook": f"What is still uncertain about {both}?",
    }[facet.name]


def _as_question(topic: Topic) -> str:
    text = re.split(r"[?]\s", topic.text)[0].rstrip("?.! ")
    if topic.kind is Kind.AFFECT and not re.match(r"(?:how|what)\b", text, re.IGNORECASE):
        return f"How {'do' if topic.plural else 'does'} {topic.subject} affect {topic.other}?"
    return sentence_case(text) + "?"
