"""The sections a plan can have: headings and questions for each facet, in words of the topic.

A heading is built from noun phrases that the samples themselves use ("Running costs and
grants"), never from a bare template, unless there are no samples to build it from.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.language.composing.english import is_plural
from core.language.composing.facets import BY_NAME, Facet
from core.language.composing.phrases import Phrase
from core.language.composing.terms import content
from core.language.composing.topics import QUALIFIED, Kind, Topic, plural, short
from core.language.composing.wordlists import listed

MOST_HEADING_WORDS = 6
_UNCOUNTED = frozenset(
    listed(
        """
        efficiency performance health comfort noise design care safety research installation maintenance
        planning monitoring funding output damage training speed capacity productivity accuracy consent
        law policy danger timing budget light permission outlook planting scheduling setting routine
        shade sleep water heat impact
        """
    )
)
_TELLS_HOW = frozenset({Kind.WORTH, Kind.HOW, Kind.WHAT})


@dataclass(frozen=True)
class PossibleSection:
    """A section that could be in the plan."""

    facet: str
    """Name of its facet, or `theme`."""
    heading: str
    question: str
    queries: tuple[str, ...]
    named: bool = False
    """The samples have words of their own for it."""

    @property
    def stems(self) -> frozenset[str]:
        return frozenset(content(self.heading))


def section_for(facet: Facet, topic: Topic, found: Sequence[Phrase]) -> PossibleSection:
    """The section on one facet, with a heading from the phrases found where they allow one."""
    nouns = _nouns(facet, topic, found)
    heading = _heading(facet, topic, nouns, found)
    if not 1 <= len(heading.split()) <= MOST_HEADING_WORDS:
        heading = _plain(facet, topic)
    return PossibleSection(
        facet.name, sentence_case(heading), _question(facet, topic, nouns), queries(topic, facet, nouns), bool(nouns)
    )


def section_on(phrase: Phrase, topic: Topic, partner: Phrase | None = None) -> PossibleSection:
    """The section on a theme, or on two that go together."""
    joined = f"{phrase.text} and {partner.text}" if partner else phrase.text
    does = "do" if is_plural(joined) else "does"
    question = f"Why {does} {joined} matter for {topic.subject}?"
    if topic.clause:
        question = f"Why {does} {joined} matter for {topic.clause}?"
    words = [*keywords(topic).split(), *joined.replace(" and ", " ").split()]
    heading = sentence_case(joined if " " in joined else f"the role of {joined}")
    return PossibleSection("theme", heading, question, (" ".join(dict.fromkeys(words)),), True)


def queries(topic: Topic, facet: Facet, nouns: Sequence[str]) -> tuple[str, ...]:
    """One to three keyword queries, the most specific first."""
    base = keywords(topic)
    found = [f"{base} {noun}" for noun in nouns[:2]]
    if facet.name in {"mechanism", "basics"} and topic.kind in _TELLS_HOW and short(topic.subject):
        found.insert(0, f"how {short(topic.subject)} {'work' if is_plural(short(topic.subject)) else 'works'}")
    found.append(f"{base} {_QUERY_WORDS.get(facet.name, '')}")
    unique = (" ".join(dict.fromkeys(query.split())) for query in found)
    return tuple(dict.fromkeys(unique))[:3]


def keywords(topic: Topic) -> str:
    """The topic's content words in order, for a search box."""
    text = topic.clause or f"{topic.subject} {topic.verb} {topic.other}"
    words = [word for word in re.findall(r"[^\W_][\w'’-]*", text) if content(word)]
    return " ".join(dict.fromkeys(words)) or topic.text


def sentence_case(text: str) -> str:
    text = " ".join(text.split())
    return text[:1].upper() + text[1:]


def third_person(verb: str) -> str:
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ies"
    return verb + ("es" if verb.endswith(("s", "x", "z", "ch", "sh", "o")) else "s")


def _nouns(facet: Facet, topic: Topic, found: Sequence[Phrase]) -> list[str]:
    """Up to two phrases of the samples that name the facet, with different heads."""
    about = set(content(f"{topic.subject} {topic.other} {topic.verb}"))
    heads = {head: rank for rank, head in enumerate(facet.heads)}
    rows: list[tuple[float, str]] = []
    for phrase in found:
        # By the word, not the stem, which would take "installer" for "installation".
        head = _singular(phrase.text.split()[-1].lower())
        words = [w for w, s in zip(phrase.text.split(), phrase.stems, strict=False) if s not in about]
        if head not in heads or not words or _singular(words[-1].lower()) != head or not phrase.text.islower():
            continue
        rank = 1.0 - 0.06 * heads[head]
        rows.append((phrase.score * rank * (1.5 if len(words) > 1 else 1.0), _plural(" ".join(words))))
    kept: list[str] = []
    used: set[str] = set()
    for _, text in sorted(rows, key=lambda row: (-row[0], row[1])):
        stems = set(content(text))
        if not stems & used:
            kept.append(text)
            used |= stems
    return kept[:2]


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def _plural(phrase: str) -> str:
    return phrase if phrase.split()[-1].lower() in _UNCOUNTED else plural(phrase)


def _heading(facet: Facet, topic: Topic, nouns: Sequence[str], found: Sequence[Phrase]) -> str:
    if facet.name == "mechanism":
        return _how(topic)
    if facet.name == "evidence":
        return "evidence from " + " and ".join(nouns[:2]) if nouns else ""
    if facet.name == "performance" and nouns:
        trials = _nouns(BY_NAME["evidence"], topic, found)
        if trials:
            return f"{nouns[0]} in {trials[0]}"
    if len(nouns) == 2:
        both = f"{nouns[0]} and {nouns[1]}"
        return both if len(both.split()) <= 5 else nouns[0]
    return _of(nouns[0], facet, topic) if nouns else ""


def _how(topic: Topic) -> str:
    """`How heat pumps work`, `Why leaves change colour`; empty where the topic's grammar does not allow it."""
    name = short(topic.subject)
    if not name or topic.clause:
        return ""
    if topic.kind in _TELLS_HOW and " and " not in name:
        return f"how {name} {'work' if is_plural(name) else 'works'}"
    if topic.kind is Kind.COMPARE:
        return _both(topic)
    if topic.verb and topic.kind in {Kind.AFFECT, Kind.WHETHER, Kind.WHY}:
        verb = topic.verb if topic.plural else third_person(topic.verb)
        other = topic.other if len(f"{name} {topic.other}".split()) <= 4 else QUALIFIED.split(topic.other)[0]
        return f"{'why' if topic.kind is Kind.WHY else 'how'} {name} {verb} {other}".strip()
    return ""


def _both(topic: Topic) -> str:
    """`Air-source and ground-source heat pumps`: a head that both share is said once."""
    one, other = short(topic.subject), short(topic.other)
    words, others = one.split(), other.split()
    while len(words) > 1 and len(others) > 1 and words[-1].lower() == others[-1].lower():
        words.pop()
        others.pop()
    return f"{' '.join(words)} and {other}"


def _of(noun: str, facet: Facet, topic: Topic) -> str:
    """One noun alone says too little: `Costs` -> `Costs of heat pumps`."""
    name = short(topic.subject)
    if " " in noun:
        return noun
    if topic.kind is Kind.COMPARE:
        return f"{noun} compared"
    if facet.name == "practice":
        return f"{noun} in practice"
    if noun in _POSSESSED and name and not topic.clause:
        return f"{noun} of {name}"
    return f"{noun} and limits" if facet.name == "limits" else f"the role of {noun}"


_POSSESSED = frozenset(
    listed("costs effects risks benefits limits dangers efficiency performance prices consequences drawbacks")
)

_QUERY_WORDS = {
    "basics": "definition explained",
    "mechanism": "explained",
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
    name = "" if topic.clause or topic.kind is Kind.COMPARE else short(topic.subject)
    of = f" of {name}" if name else ""
    return {
        "basics": f"basics{of}",
        "mechanism": f"background on {name}" if name else "background and causes",
        "effects": f"effects{of}" if name else "effects and consequences",
        "evidence": f"evidence on {name}" if name else "what studies found",
        "performance": f"performance{of}" if name else "performance compared",
        "costs": f"costs{of}" if name else "costs compared",
        "comparison": f"alternatives to {name}" if name else "differences that count",
        "limits": f"limits and risks{of}" if name and len(name.split()) < 3 else "limits and risks",
        "practice": f"{name} in practice"
        if name
        else "which suits whom"
        if topic.kind is Kind.COMPARE
        else "what helps",
        "rules": f"rules for {name}" if name else "rules and permissions",
        "outlook": f"open questions on {name}" if name and len(name.split()) < 4 else "open questions",
    }[facet.name]


def _question(facet: Facet, topic: Topic, nouns: Sequence[str]) -> str:
    subject = topic.subject
    if topic.kind is Kind.COMPARE and topic.other:
        return _comparing(facet, topic)
    if topic.clause:
        return _on_clause(facet, topic, nouns)
    if facet.name == "mechanism":
        return _mechanism_question(topic)
    be, do = ("are", "do") if topic.plural else ("is", "does")
    on = f" on {topic.other}" if topic.kind is Kind.AFFECT else ""
    considered = "before choosing" if topic.kind is Kind.WORTH else "in practice with"
    return {
        "basics": f"What {be} {subject}?",
        "effects": f"What effects {do} {subject} have{on}?"
        if " and " not in subject
        else f"What are the effects of {subject}?",
        "evidence": f"What have {' and '.join(nouns) if nouns else 'studies'} found about {subject}?",
        "performance": f"How well {do} {subject} perform in practice?",
        "costs": f"What {do} {subject} cost, and what can be saved?",
        "comparison": f"How {do} {subject} compare with the alternatives?",
        "limits": f"What are the limits and risks of {subject}?",
        "practice": f"What should be considered {considered} {subject}?",
        "rules": f"Which rules apply to {subject}?",
        "outlook": f"What is still uncertain about {subject}?",
    }[facet.name]


def _mechanism_question(topic: Topic) -> str:
    subject = topic.subject
    if (
        topic.kind in {Kind.WHY, Kind.HOW}
        or topic.kind in {Kind.AFFECT, Kind.WHETHER}
        and topic.text.split()[0].lower() != "the"
    ):
        text = re.split(r"[?]\s", topic.text)[0].rstrip("?.! ")
        if re.match(r"(?:effects?|impacts?|influence|consequences)\b", text, re.IGNORECASE) is None:
            return sentence_case(text) + "?"
    do, be, they = ("do", "are", "they") if topic.plural else ("does", "is", "it")
    if topic.kind is Kind.AFFECT:
        return f"How {do} {subject} affect {topic.other}?"
    if topic.kind in _TELLS_HOW:
        return (
            f"What {be} {subject}, and how {do} {they} work?" if " and " not in subject else f"How {do} {subject} work?"
        )
    return f"What lies behind {subject}?"


def _on_clause(facet: Facet, topic: Topic, nouns: Sequence[str]) -> str:
    """Questions that fit a clause such as `how to learn the piano`."""
    clause = topic.clause
    whole = sentence_case(topic.text.rstrip("?.! ")) + "?"
    return {
        "mechanism": whole if topic.kind is not Kind.HOW_TO else f"What is behind the question of {clause}?",
        "practice": whole,
        "effects": f"What changes once one knows {clause}?"
        if topic.kind is Kind.HOW_TO
        else f"What follows from this: {topic.text}?",
        "evidence": f"What have {' and '.join(nouns) if nouns else 'studies'} found on {clause}?",
        "limits": f"What goes wrong, and where are the limits: {clause}?",
        "costs": f"What does it cost: {clause}?",
        "outlook": f"What is still uncertain: {clause}?",
    }.get(facet.name, f"What is known of its {facet.name}: {clause}?")


def _comparing(facet: Facet, topic: Topic) -> str:
    both = f"{topic.subject} and {topic.other}"
    be = "are" if topic.plural else "is"
    return {
        "basics": f"What are {both}?",
        "mechanism": f"What are {both}, and how do they work?",
        "effects": f"How do the effects of {both} differ?",
        "evidence": f"What have studies found about {both}?",
        "performance": f"How do {both} compare in performance?",
        "costs": f"How do {both} compare in cost?",
        "comparison": f"Where do {both} differ most?",
        "limits": f"What are the limits and risks of {both}?",
        "practice": f"When {be} {topic.subject} the better choice, and when {topic.other}?",
        "rules": f"Which rules apply to {both}?",
        "outlook": f"What is still uncertain about {both}?",
    }[facet.name]
