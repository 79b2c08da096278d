"""The sections a plan can have: slots of an outline filled with a topic's words.

A heading names its facet in plain words; where at least three of the samples speak of the
same thing (noise among the limits, grants among the costs), it is named too. A question is
a sentence whatever the topic, with or without samples.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.language.composing.english import is_plural
from core.language.composing.facets import BY_NAME, Facet
from core.language.composing.first_look import FirstLook
from core.language.composing.outlines import ASIDE, OUTLINES, SEARCH_WORDS, Slot
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
_SAME_AS_LIMITS = frozenset(listed("limits risks problems drawbacks"))


@dataclass(frozen=True)
class PossibleSection:
    """A section that could be in the plan."""

    facet: str
    """Name of its facet or part, or `theme`."""
    heading: str
    question: str
    queries: tuple[str, ...]

    @property
    def stems(self) -> frozenset[str]:
        return frozenset(content(self.heading))


def slots(topic: Topic) -> tuple[Slot, ...]:
    """The outline for a topic."""
    return ASIDE if topic.clause else OUTLINES[topic.kind]


def section_for(facet: Facet, topic: Topic) -> PossibleSection:
    """The section on one facet, for any topic."""
    every = (*slots(topic), *OUTLINES[Kind.WORTH], *OUTLINES[Kind.PHRASE], *OUTLINES[Kind.WHETHER])
    own = ASIDE if topic.clause else every
    slot = next((slot for slot in own if slot.facet == facet.name), None)
    if slot is None:
        question = f"What is known about the {facet.name} of {topic.subject}?"
        if topic.clause:
            question = f"What is known of the {facet.name} with regard to this: {topic.clause}?"
        slot = Slot(facet.name, facet.name, facet.name, question)
    return fill(slot, topic, None, ())


def fill(slot: Slot, topic: Topic, seen: FirstLook | None, found: Sequence[Phrase]) -> PossibleSection:
    """A slot with the topic's words in it, and the samples' word for its facet where they agree on one."""
    words = _words(slot, topic)
    nouns = _nouns(BY_NAME[slot.facet], topic, seen, found) if seen and slot.facet in BY_NAME else []
    named = words["s"] or "{s}" not in slot.heading
    if topic.kind is Kind.WHETHER and "{verb}" in slot.heading and not topic.verb:
        named = ""  # "How remote work is good" would take the answer for granted
    heading = _enriched(slot, topic, nouns) or (slot.heading if named else slot.bare).format(**words)
    if len(heading.split()) > MOST_HEADING_WORDS:
        # "How trees survive drought and heat", where "young street trees" is too long.
        last = words["s"].split(" ")[-1]
        heading = slot.heading.format(**words | {"s": last}) if named else heading
    if not 2 <= len(heading.split()) <= MOST_HEADING_WORDS or heading.split()[-1] in {"on", "of", "in", "for"}:
        heading = slot.bare.format(**words)
    question = _sentence(slot.question.format(**words))
    return PossibleSection(slot.facet, sentence_case(heading), question, queries(slot, topic, words["one"], nouns))


def parts(topic: Topic) -> list[PossibleSection]:
    """A section for each thing of a list that the topic names."""
    if topic.kind is Kind.COMPARE or not topic.parts:
        return []
    found = []
    for one in topic.parts:
        do = "do" if is_plural(one) else "does"
        question = _sentence(f"How {do} {one} {topic.verb} {topic.other}?")
        heading = f"What {one} {do}"
        query = " ".join(dict.fromkeys(f"{one} {keywords_of(topic.other)} {topic.verb}".split()))
        found.append(PossibleSection(f"part {one}", sentence_case(heading), question, (query, f"{one} effect")))
    return found


def section_on(text: str, topic: Topic) -> PossibleSection:
    """The section on a theme that the samples share."""
    does = "do" if is_plural(text) else "does"
    about = f"in this: {topic.clause}" if topic.clause else f"for {topic.subject}"
    question = f"Why {does} {text} matter {about}?"
    words = [*keywords(topic).split(), *text.replace(" and ", " ").split()]
    return PossibleSection(
        "theme", sentence_case(text), question, (" ".join(dict.fromkeys(words)), text.replace(" and ", " "))
    )


def queries(slot: Slot, topic: Topic, one: str, nouns: Sequence[str]) -> tuple[str, ...]:
    """One to three keyword queries: the subject with the facet's words, the samples' own first."""
    if slot.facet.startswith("part"):
        found = [f"{one} {keywords_of(topic.where)}", f"{one} explained"]
    else:
        base = keywords(topic)
        usual = SEARCH_WORDS[slot.facet].split()
        name = short(topic.subject)
        works = topic.kind in {Kind.WORTH, Kind.WHAT, Kind.HOW} and slot.facet == "mechanism" and name
        found = [f"how {name} {'work' if is_plural(name) else 'works'}"] if works else []
        found += [f"{base} {' '.join(nouns[:2])}"] if nouns else []
        found += [f"{base} {' '.join(usual)}", f"{_shortest(topic)} {' '.join(usual[:2])}"]
    unique = (" ".join(dict.fromkeys(query.split())) for query in found)
    return tuple(dict.fromkeys(unique))[:3]


def keywords(topic: Topic) -> str:
    """The topic's content words in order, for a search box."""
    joined = f"{topic.thing} {topic.subject} {topic.verb} {topic.other} {topic.where}"
    return keywords_of(topic.clause or joined) or topic.text


def keywords_of(text: str) -> str:
    """The content words of a text, each once, in order."""
    return " ".join(dict.fromkeys(word for word in re.findall(r"[^\W_][\w’'-]*", text) if content(word)))


def sentence_case(text: str) -> str:
    text = " ".join(text.split())
    return text[:1].upper() + text[1:]


def third_person(verb: str) -> str:
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ies"
    return verb + ("es" if verb.endswith(("s", "x", "z", "ch", "sh", "o")) else "s")


def _shortest(topic: Topic) -> str:
    return keywords_of(short(topic.subject)) or keywords(topic)


def _sentence(text: str) -> str:
    text = sentence_case(text.rstrip(" ?.!"))
    return re.sub(r"\s+([,?])", r"\1", text) + "?"


def _words(slot: Slot, topic: Topic) -> dict[str, str]:
    """What stands for the names in a slot's texts."""
    comparing = topic.kind is Kind.COMPARE
    both = f"{topic.subject} and {topic.other} {topic.where}".strip() if comparing else topic.subject
    many = comparing or topic.plural
    one = topic.parts[int(slot.facet[-1]) - 1] if slot.facet.startswith("part ") and topic.parts else ""
    name = "" if topic.clause or comparing else short(topic.subject)
    if slot.facet.startswith("part"):
        many = is_plural(one)
        name = one
    purpose = f" to {topic.verb}" if topic.kind is Kind.COST and topic.verb else ""
    return {
        "S": both, "s": name, "kept": name or both, "do_not": "do not" if many else "does not",
        "both": both, "O": topic.other, "o": _object(name, topic), "one": one,
        "first": topic.subject, "second": topic.other, "first_are": "are" if topic.plural else "is",
        "whole": _whole(topic), "act": topic.act or "this", "clause": topic.clause,
        "base": topic.verb or "be", "verb": _verb(topic, many),
        "how": "why" if topic.kind is Kind.WHY else "when" if topic.text.lower().startswith("when") else "how",
        "are": "are" if many else "is", "do": "do" if many else "does", "they": "they" if many else "it",
        "es": "" if many else "s", "purpose": purpose,
        "against": f" compared with {topic.other}" if topic.kind is Kind.COST and topic.other else "",
    }  # fmt: skip


def _verb(topic: Topic, many: bool) -> str:
    """What the subject does, agreeing with it; what it is said to be follows `are`."""
    if not topic.verb:
        return ("are" if many else "is") if topic.other else ""
    return topic.verb if many else third_person(topic.verb)


def _object(name: str, topic: Topic) -> str:
    """What the verb is done to, as long as a heading carries it."""
    if len(f"how {name.split(' ')[-1]} {topic.verb} {topic.other}".split()) <= MOST_HEADING_WORDS:
        return topic.other
    return QUALIFIED.split(f" {topic.other}")[0].strip()


def _whole(topic: Topic) -> str:
    """The topic as a question."""
    text = re.split(r"[?!]\s", topic.text)[0].rstrip("?.! ")
    if text.lower().startswith("when to ") and topic.act:
        return f"When is the right time for {topic.act}"
    if re.match(r"(?:how|why|what|when|where|which|who|is|are|do|does|did|can|could|should|will|would)\b", text, re.I):
        if topic.kind is Kind.HOW and not re.match(r"how (?:do|does|did)\b", text, re.I):
            return f"How {'do' if topic.plural else 'does'} {topic.subject} work"
        return re.sub(r"^how to ", "How can one ", text, flags=re.I)
    if topic.kind is Kind.AFFECT:
        return f"How {'do' if topic.plural else 'does'} {topic.subject} affect {topic.other}"
    if topic.kind is Kind.HOW:
        return f"How {'do' if topic.plural else 'does'} {topic.subject} work"
    return f"What is known about {topic.subject}"


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def _plural(phrase: str) -> str:
    return phrase if phrase.split()[-1].lower() in _UNCOUNTED else plural(phrase)


def _nouns(facet: Facet, topic: Topic, seen: FirstLook, found: Sequence[Phrase]) -> list[str]:
    """Up to two names for the facet, each used on the topic by three samples or more; the widest spread first."""
    about = set(content(f"{topic.subject} {topic.other} {topic.verb}"))
    spread: dict[str, set[int]] = {}
    for one in seen.looks:
        for word in set(re.findall(r"[a-z]+", one.text)):
            head = _singular(word)
            if head in facet.heads and not set(content(head)) & about:
                spread.setdefault(head, set()).add(one.document)
    rows = [(len(documents), -facet.heads.index(head), head) for head, documents in spread.items()]
    names = [_plural(head) for count, _, head in sorted(rows, reverse=True) if count >= seen.few]
    longer = [
        _plural(phrase.text)
        for phrase in found
        if len(phrase.stems) == 2 and phrase.documents >= seen.few and phrase.text.islower()
        and _singular(phrase.text.split()[-1]) in facet.heads and not set(phrase.stems) & about
    ]  # fmt: skip
    return list(dict.fromkeys([*longer[:1], *names]))[:3]


def _enriched(slot: Slot, topic: Topic, nouns: Sequence[str]) -> str:
    """A heading with the samples' own names for the facet; empty where the slot's own is better."""
    single = [noun for noun in nouns if " " not in noun]
    pair = next((noun for noun in nouns if " " in noun), "")
    if slot.facet == "performance" and pair == "":
        return ""
    if slot.facet == "costs" and topic.kind is not Kind.COMPARE:
        others = [noun for noun in single if noun not in {"costs", "prices"}]
        return f"costs and {others[0]}" if others else ""
    if slot.facet == "limits":
        others = [noun for noun in single if noun not in _SAME_AS_LIMITS]
        return f"{others[0]} and other limits" if others and slot.heading == "Limits and risks" else ""
    if slot.facet == "practice" and slot.heading.startswith("{s}") and len(single) > 1:
        return f"{single[0]} and {single[1]}"
    if slot.facet == "evidence" and pair:
        return f"evidence from {pair}"
    return ""
