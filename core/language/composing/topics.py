"""What kind of question a topic is, and what it is about.

A topic comes as people type it: a question, a comparison, a noun phrase, a word in capitals,
another language. The subject must be a phrase that can follow `of`; where the grammar of a
topic cannot be told, the whole topic is the subject and only questions that fit any phrase
are asked.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from core.language.composing.english import AUXILIARIES, BASE_VERBS, STOP_WORDS, VERBS, WORD, is_plural

LONGEST_TITLE = 90


class Kind(StrEnum):
    """What a topic asks."""

    WORTH = "worth"
    COMPARE = "compare"
    HOW = "how it works"
    HOW_TO = "how to"
    AFFECT = "effect"
    WHY = "why"
    WHAT = "what"
    WHETHER = "whether"
    PHRASE = "phrase"


@dataclass(frozen=True)
class Topic:
    """A topic understood."""

    text: str
    kind: Kind
    subject: str
    """A noun phrase, or the whole topic."""
    other: str = ""
    """The second thing compared, what is affected, or what the subject is asked to do."""
    verb: str = ""
    """What the subject does to `other`, without ending; empty where it is not said."""

    @property
    def plural(self) -> bool:
        return is_plural(self.subject)


_BE = r"(?:is|are|was|were)"
_PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (
            Kind.WORTH,
            rf"^{_BE} (?P<subject>(?!it\b|there\b).+?) (?:really |still |actually )?worth (?:it|the (?:money|cost|price|effort|trouble)|\w+ing)\b(?P<rest>.*)$",
        ),
        (
            Kind.WORTH,
            r"^(?:is it worth|is there a (?:case|point) (?:for|in)) (?:(?:getting|buying|installing|fitting|having|using|planting|taking|doing|owning|learning|switching to) )?(?P<subject>.+)$",
        ),
        (
            Kind.WORTH,
            r"^should (?:i|we|you|one|people|homeowners|households) (?:get|buy|install|fit|have|use|plant|take|own|choose|switch to|learn) (?P<subject>.+)$",
        ),
        (Kind.COMPARE, r"^(?:what (?:is|are) the )?differences? between (?P<subject>.+?) and (?P<other>.+)$"),
        (
            Kind.COMPARE,
            r"^(?:how (?:do|does) )?(?P<subject>.+?) (?:compares? (?:with|to)|versus|vs\.?|compared (?:with|to)) (?P<other>.+)$",
        ),
        (
            Kind.COMPARE,
            r"^(?:a )?compar(?:e|ing|ison of|ison between) (?P<subject>.+?) (?:and|with|to|versus) (?P<other>.+)$",
        ),
        (
            Kind.COMPARE,
            r"^(?:which is better[:,]?|what is better[:,]?|is it better to (?:use|have|choose)) (?P<subject>.+?),? or (?P<other>.+)$",
        ),
        (
            Kind.AFFECT,
            r"^(?:how|what effects?) (?:do|does|did|can|could|have|has|is|are) (?P<subject>.+?) (?P<verb>affect|influence|change|shape|impact|harm|damage|improve|help|hurt|cool|protect|reduce|lower|raise|disrupt)s? (?P<other>.+)$",
        ),
        (Kind.AFFECT, r"^(?:the )?(?:effects?|impacts?|influence|consequences) of (?P<subject>.+?) on (?P<other>.+)$"),
        (
            Kind.HOW,
            r"^how (?:do|does|did) (?P<subject>.+?) (?:really |actually )?(?:work|function|operate)s?\b(?P<rest>.*)$",
        ),
        (Kind.HOW, r"^how (?P<subject>.+?) (?:works?|functions?)\b(?P<rest>.*)$"),
        (
            Kind.HOW_TO,
            r"^how (?:to|can (?:i|we|you|one|people|\w+ workers?)|should (?:i|we|you|one|people)|do (?:i|we|you|people)) (?P<subject>.+)$",
        ),
        (Kind.WHY, r"^why (?:do|does|did|is|are|was|were|can|should|has|have) (?P<subject>.+)$"),
        (Kind.WHAT, rf"^(?:what|who) {_BE} (?P<subject>.+?)(?: and how (?:do|does) (?:it|they) work)?$"),
        (
            Kind.WHAT,
            r"^what (?:do|does) (?:we know about|(?:the )?(?:evidence|research|science|studies) (?:say|show)s? about) (?P<subject>.+)$",
        ),
        (Kind.WHETHER, rf"^(?:do|does|did|can|could|will|would|may|might|should|has|have|{_BE}) (?P<subject>.+)$"),
    )
)
_LEADING = re.compile(
    r"^(?:please )?(?:write|give me|create|draft|make|produce|i want|i need)?(?: me)?(?: an?| the)?(?: short| long| brief| detailed)?"
    r"(?: article| report| essay| overview| piece| post| introduction| guide| summary| explainer)s? (?:about|on|of|to|for) ",
    re.IGNORECASE,
)


def understand(topic: str) -> Topic:
    """A topic's kind and subject; never fails.

    >>> understand("Are heat pumps worth it in old houses?").subject
    'heat pumps in old houses'
    """
    text = " ".join(topic.split()).strip(" .?!:;-–—\"'“”¿¡")
    text = _LEADING.sub("", text) or text
    if not WORD.search(text):
        return Topic(text or "the topic", Kind.PHRASE, text or "the topic")
    # A part after a colon or a second question narrows the first; the first says what it is about.
    main = re.split(r"(?:[?!]\s+|\s+[-–—]\s+|:\s+)", text, maxsplit=1)[0]
    for kind, pattern in _PATTERNS:
        match = pattern.match(main)
        if not match:
            continue
        groups = match.groupdict()
        subject = f"{groups['subject']} {(groups.get('rest') or '').strip()}".strip(" ,")
        other = (groups.get("other") or "").strip(" ,")
        verb = groups.get("verb") or ""
        if kind in {Kind.WHY, Kind.WHETHER}:
            subject, other = _before_the_verb(subject)
            first, _, rest = other.partition(" ")
            if first.lower() in BASE_VERBS:
                verb, other = first.lower(), rest
        return Topic(text, kind, _phrase(subject) or main, _phrase(other), verb)
    return Topic(text, Kind.PHRASE, _phrase(main))


def title(topic: str) -> str:
    """The topic as a title: sentence case, at most 90 characters, nothing added."""
    text = " ".join(topic.split()).strip(" .:;-–—")
    text = _LEADING.sub("", text) or text or "Untitled"
    letters = [char for char in text if char.isalpha()]
    if len(letters) > 8 and sum(char.isupper() for char in letters) > 0.8 * len(letters):
        text = text.lower()
    text = text[:1].upper() + text[1:]
    if understand(topic).kind is not Kind.PHRASE and not text.endswith(("?", "!", ".")) and _asks(text):
        text += "?"
    if len(text) > LONGEST_TITLE:
        text = text[: LONGEST_TITLE - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"
    return text


def _asks(text: str) -> bool:
    first = text.split()[0].lower()
    second = text.split()[1].lower() if len(text.split()) > 1 else ""
    if first == "how" and second not in {"do", "does", "did", "can", "should", "is", "are", "much", "many"}:
        return False
    return first in {"how", "why", "what", "which", "who", "when", "where"} or first in AUXILIARIES


def _before_the_verb(clause: str) -> tuple[str, str]:
    """`leaves change colour` -> (`leaves`, `change colour`); all of it where no verb is known."""
    words = clause.split()
    for index in range(1, len(words)):
        word = words[index].lower().strip(",")
        if (
            word in {"in", "of", "for", "on", "at", "with", "from", "to", "by", "a", "the"}
            or index == 1
            and words[0].lower() in {"the", "a", "an"}
        ):
            continue
        if word in VERBS or word in {
            "good",
            "bad",
            "safe",
            "effective",
            "important",
            "green",
            "blue",
            "necessary",
            "possible",
            "harmful",
            "healthy",
        }:
            rest = " ".join(words[index:])
            place = re.search(r"\b(?:in|for|during|at)\s+(?:an? |the )?[\w -]+$", rest)
            subject = " ".join(words[:index])
            return subject, rest if not place else rest
    return clause, ""


def _phrase(text: str) -> str:
    """A noun phrase in running text: no leading article, lower-case first letter unless a name."""
    text = re.sub(r"^(?:an?|the)\s+", "", text.strip(" ,.?!"), flags=re.IGNORECASE)
    words = text.split()
    if not words:
        return ""
    letters = [char for char in text if char.isalpha()]
    if len(letters) > 8 and sum(char.isupper() for char in letters) > 0.8 * len(letters):
        return text.lower()
    first = words[0]
    later = [word for word in words[1:] if word.lower() not in STOP_WORDS]
    titled = bool(later) and sum(word[:1].isupper() for word in later) > 0.5 * len(later)
    plain_first = first[:1].isupper() and first[1:].islower() and not titled and first.lower().rstrip("s") not in _NAMES
    if plain_first and not first.endswith(("'s", "’s")):
        words[0] = first.lower()
    return " ".join(words)


_NAMES = frozenset(
    ["python", "java", "javascript", "rust", "linux", "windows", "google", "apple", "europe", "britain", "england", "france", "germany", "paris", "london", "berlin", "china", "india", "japan", "africa", "america", "american", "european", "british", "french", "german", "english", "chinese", "japanese", "indian", "kubernetes", "docker", "postgres", "postgresql", "sqlite", "mysql", "bitcoin", "ethereum", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "march", "april", "june", "july", "august", "september", "october", "november", "december", "alzheimer", "parkinson", "einstein", "darwin"]
)
