"""What kind of question a topic is, and what it is about.

A topic comes as people type it: a question, a comparison, a noun phrase, a word in capitals,
another language. The subject must be a phrase that can follow `of`; where the grammar of a
topic cannot be told, the whole topic is the subject and only questions that fit any phrase
are asked.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from core.language.composing.english import AUXILIARIES, BASE_VERBS, STOP_WORDS, WORD, is_plural
from core.language.composing.terms import content
from core.language.composing.wordlists import listed

LONGEST_TITLE = 90


class Kind(StrEnum):
    """What a topic asks."""

    WORTH = "worth"
    COMPARE = "compare"
    COST = "cost"
    HOW = "how it works"
    HOW_TO = "how to"
    HOW_DO = "how they do it"
    WHEN = "when"
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
    clause: str = ""
    """For topics whose grammar cannot be told: the whole of it, to follow a colon."""
    where: str = ""
    """What narrows a comparison: `in Python`."""
    act: str = ""
    """What is done or to be done, as a noun: `sleeping better`, `partitioning`."""
    thing: str = ""
    """A phrasal verb as the noun it makes, to search for: `backup` of `how to back up a database`."""
    parts: tuple[str, ...] = ()
    """Things that the topic names side by side: what is compared, or listed."""

    @property
    def plural(self) -> bool:
        return is_plural(self.subject)

    @property
    def core(self) -> frozenset[str]:
        """Stems of the subject before its qualifiers: heat and pump for `heat pumps in old houses`."""
        return frozenset(content(QUALIFIED.split(self.subject, maxsplit=1)[0]))

    @property
    def cores(self) -> tuple[frozenset[str], ...]:
        """The cores of the things it names side by side, or of its subject."""
        return tuple(frozenset(content(QUALIFIED.split(part)[0])) for part in self.parts) or (self.core,)


QUALIFIED = re.compile(
    r"\s+(?:in|for|on|at|with|from|to|by|as|during|under|after|among|around|near|across|"
    r"between)\s+",
    re.IGNORECASE,
)
_BE = r"(?:is|are|was|were)"
_AGAINST = r"(?:compared (?:with|to)|versus|vs\.?|against)"
_VERBS = (
    r"(?P<verb>affect|influence|change|shape|impact|harm|damage|improve|help|hurt|cool|protect|"
    r"reduce|lower|raise|"
    r"disrupt|alter|disturb)s?"
)
_WHOM = r"(?:i|we|you|one|people)"
_GETTING = (
    r"(?:(?:getting|buying|installing|fitting|having|using|planting|taking|doing|owning|"
    r"learning|switching to) )?"
)
_PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (
            Kind.WORTH,
            rf"^{_BE} (?P<subject>(?!it\b|there\b).+?) (?:really |still |actually )?"
            r"worth (?:it|the (?:money|cost|price|effort|trouble)|\w+ing)\b(?P<rest>.*)$",
        ),
        (Kind.WORTH, rf"^(?:is it worth|is there a (?:case|point) (?:for|in)) {_GETTING}(?P<subject>.+)$"),
        (
            Kind.WORTH,
            r"^should (?:i|we|you|one|people|homeowners|households) (?:get|buy|install|fit|have|use|"
            r"plant|take|own|choose|"
            r"switch to|learn) (?P<subject>.+)$",
        ),
        (
            Kind.COST,
            r"^(?:how much|what) (?:do|does|did|would|will|should) it cost to (?P<clause>.+)$",
        ),
        (
            Kind.COST,
            r"^(?:how much|what) (?:do|does|did|would|will|should) (?P<subject>.+?) cost\b(?: to (?P<verb>.+?))?"
            rf"(?:,? {_AGAINST} (?P<other>.+))?$",
        ),
        (Kind.COST, r"^(?:the |what (?:is|are) the )?(?:costs?|prices?) of (?P<subject>.+)$"),
        (
            Kind.COMPARE,
            r"^how (?:do|does|are|is) (?P<subject>.+?) (?:and|from) (?P<other>.+?) "
            r"(?:differ|different|compare|distinguished)\b(?P<where>.*)$",
        ),
        (
            Kind.COMPARE,
            r"^how (?:do|does|are|is) (?P<subject>.+?) (?:differ|different) from (?P<other>.+)$",
        ),
        (Kind.WHEN, rf"^when (?:to|(?:should|must|can|do) {_WHOM}) (?P<clause>.+)$"),
        (
            Kind.WHEN,
            r"^when (?:should|must|can|is|are) (?P<subject>.+?) (?:be )?(?P<done>\w+ed)\b(?P<rest>.*)$",
        ),
        (Kind.WHEN, r"^when (?P<aux>should|must|can|do|does|is|are|will) (?P<subject>.+)$"),
        (Kind.COMPARE, r"^(?:what (?:is|are) the )?differences? between (?P<subject>.+?) and (?P<other>.+)$"),
        (
            Kind.COMPARE,
            r"^(?:how (?:do|does) )?(?P<subject>.+?) (?:compares? (?:with|to)|versus|vs\.?|compared "
            r"(?:with|to)) (?P<other>.+)$",
        ),
        (
            Kind.COMPARE,
            r"^(?:.*[:,] )?(?:a )?compar(?:e|ing|ison of|ison between) (?P<subject>.+?) (?:and|with|to|"
            r"versus) (?P<other>.+)$",
        ),
        (
            Kind.COMPARE,
            r"^(?:which is better[:,]?|what is better[:,]?|is it better to (?:use|have|choose)) "
            r"(?P<subject>.+?),? or (?P<other>.+)$",
        ),
        (Kind.HOW_TO, rf"^how (?:to|(?:can|should|do|could) {_WHOM}) (?P<clause>.+)$"),
        (Kind.AFFECT, rf"^how (?:do|does|did|can|could) (?P<subject>.+?) {_VERBS} (?P<other>.+)$"),
        (Kind.AFFECT, r"^what effects? (?:do|does|has|have) (?P<subject>.+?) (?:have |had )?on (?P<other>.+)$"),
        (
            Kind.AFFECT,
            r"^(?:the )?(?:effects?|impacts?|influence|consequences) of (?P<subject>.+?) on (?P<other>.+)$",
        ),
        (
            Kind.HOW,
            r"^how (?:do|does|did) (?P<subject>.+?) (?:really |actually )?(?:work|function|"
            r"operate)s?\b(?P<rest>.*)$",
        ),
        (Kind.HOW, r"^how (?P<subject>(?!to\b|can\b|do\b|does\b).+?) (?:works?|functions?)\b(?P<rest>.*)$"),
        (Kind.HOW_DO, r"^how (?P<aux>can|should|could|do|does|did) (?P<subject>.+)$"),
        (Kind.WHY, r"^why (?P<aux>do|does|did|is|are|was|were|can|should|has|have) (?P<subject>.+)$"),
        (Kind.WHAT, rf"^(?:what|who) {_BE} (?P<subject>.+?)(?: and how (?:do|does) (?:it|they) work)?$"),
        (
            Kind.WHAT,
            r"^what (?:do|does) (?:we know about|(?:the )?(?:evidence|research|science|studies) (?:say|"
            r"show)s? about) (?P<subject>.+)$",
        ),
        (
            Kind.WHETHER,
            rf"^(?P<aux>do|does|did|can|could|will|would|may|might|should|has|have|{_BE}) (?P<subject>.+)$",
        ),
    )
)
_ASKED_FOR = re.compile(
    r"^(?:please )?(?:(?:write|give me|create|draft|make|produce|i want|i need)(?: me)? )?(?:an? |the )?"
    r"(?:(?:short|long|brief|detailed|good) )?(?:article|report|essay|overview|piece|post|"
    r"introduction|guide|summary|explainer)s? "
    r"(?:about|on|of|to|for) ",
    re.IGNORECASE,
)
DEGREES = frozenset(listed("better more well faster longer best less worse"))
"""Words that say how, not what: alone they tell nothing of what a sentence is about."""
_ADJECTIVES = frozenset(
    listed(
        """
        good bad safe effective important green blue red necessary possible harmful healthy better worse
        dangerous sustainable reliable cheap expensive efficient useful useless real true false legal
        illegal rare common toxic profitable fair ethical secure easy difficult hard overrated
        underrated dead alive conscious renewable natural addictive contagious curable inevitable
        beneficial
        """
    )
)
_LITTLE = frozenset(listed("in of for on at with from to by a an the"))


def understand(topic: str) -> Topic:
    """A topic's kind and subject; never fails.

    >>> understand("Are heat pumps worth it in old houses?").subject
    'heat pumps in old houses'
    """
    text = " ".join(topic.split()).strip(" .?!:;-–—\"'“”¿¡")
    text = _ASKED_FOR.sub("", text) or text
    if not WORD.search(text):
        return Topic("the topic", Kind.PHRASE, "the topic")
    # A second question or a part after a dash narrows the first, which says what it is about.
    main = re.split(r"(?:[?!]\s+|\s+[-–—]\s+)", text, maxsplit=1)[0]
    for kind, pattern in _PATTERNS:
        match = pattern.match(main)
        if match:
            return _topic(text, kind, {name: value or "" for name, value in match.groupdict().items()})
    if ": " in main and len(main.split(": ", 1)[0].split()) > 1:
        main = main.split(": ", 1)[0]
    return Topic(text, Kind.PHRASE, _phrase(main), clause=_phrase(main) if _asks(main) else "")


def short(subject: str) -> str:
    """The subject without its qualifiers: `heat pumps in old houses` -> `heat pumps`; empty when it stays long."""
    name = QUALIFIED.split(subject, maxsplit=1)[0]
    return name if len(name.split()) <= 4 else ""


def title(topic: str) -> str:
    """The topic as a title: sentence case, at most 90 characters, nothing added."""
    text = " ".join(topic.split()).strip(" .:;-–—")
    text = _ASKED_FOR.sub("", text) or text
    if not WORD.search(text):
        return "Untitled"
    if _shouted(text):
        text = text.lower()
    text = text[:1].upper() + text[1:]
    if _asks(text) and not text.endswith(("?", "!")):
        text += "?"
    if len(text) > LONGEST_TITLE:
        text = text[: LONGEST_TITLE - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"
    return text


def _topic(text: str, kind: Kind, groups: dict[str, str]) -> Topic:
    names = proper(text)
    subject = f"{groups.get('subject', '')} {groups.get('rest', '').strip()}".strip(" ,")
    other = groups.get("other", "").strip(" ,.?!")
    verb = groups.get("verb", "").lower()
    if kind is Kind.COMPARE:
        one, other = _phrase(subject, names), _phrase(other, names)
        where = groups.get("where", "").strip(" ,")
        if not where and (qualified := _FOR_BOTH.match(other)):
            other, where = qualified["other"], qualified["where"]
        one = _with_head(one, other)
        return Topic(text, kind, one, other, where=where, parts=(one, other))
    if groups.get("clause"):
        return _without_subject(text, kind, groups["clause"])
    if groups.get("done"):
        act = gerund(groups["done"], past=True)
        what = _phrase(groups["subject"], names)
        return Topic(text, kind, f"{act} {what} {groups['rest'].strip()}".strip(), other=what, act=act)
    if "aux" in groups:
        aux = groups["aux"].lower()
        subject, verb, other = _parted(subject, aux)
        if not (verb or other):
            return Topic(text, kind, _phrase(text, names), clause=_phrase(text, names))
        act = f"{gerund(verb)} {other}".strip() if verb else ""
        kind = Kind.WHY if kind is Kind.WHEN else kind  # `when swallows migrate` is asked about like `why`
        parts = _listed(subject, names)
        return Topic(text, kind, _phrase(subject, names), other, verb, act=act, parts=parts)
    return Topic(text, kind, _phrase(subject, names), other, verb)


_FOR_BOTH = re.compile(r"^(?P<other>.+?) (?P<where>(?:for|in|on|at|during|under) .+)$", re.IGNORECASE)
"""`PostgreSQL for a small web application`: what narrows a comparison stands at its end, and holds for both."""


def _without_subject(text: str, kind: Kind, clause: str) -> Topic:
    """`how to learn the piano` is about `learning the piano`; the clause stands where an adverb comes first."""
    verb, _, rest = clause.partition(" ")
    if not verb.isalpha() or verb.lower() in _BEFORE_A_VERB or verb.lower().endswith("ly"):
        return Topic(text, kind, _phrase(text), clause=_phrase(text))
    act = f"{gerund(verb)} {rest}".strip(" ,.?!")
    particle = rest.partition(" ")[0].lower()
    return Topic(text, kind, act, act=act, thing=f"{verb.lower()}{particle}" if particle in _PARTICLES else "")


def _listed(subject: str, names: frozenset[str]) -> tuple[str, ...]:
    """`naps, caffeine and bright light` -> its three things; one thing alone is no list."""
    things = [part.strip() for part in re.split(r",\s*(?:and|or)?\s*|\s+(?:and|or)\s+", subject) if part.strip()]
    return tuple(_phrase(thing, names) for thing in things) if 1 < len(things) < 5 else ()


def gerund(verb: str, *, past: bool = False) -> str:
    """A verb as a noun.

    Args:
        past: it is given as a regular past participle.

    >>> gerund("take"), gerund("plan"), gerund("partitioned", past=True)
    ('taking', 'planning', 'partitioning')
    """
    verb = verb.lower()
    if past:
        return (verb[:-3] + "y" if verb.endswith("ied") else verb[:-2]) + "ing"
    if verb.endswith("ie"):
        return verb[:-2] + "ying"
    if verb.endswith("e") and not verb.endswith(("ee", "ye", "oe")) and len(verb) > 2:
        return verb[:-1] + "ing"
    if re.fullmatch(r"[^aeiou]*[aeiou][^aeiouwxy]", verb) and len(verb) > 2 or verb in {"begin", "transfer", "admit"}:
        return verb + verb[-1] + "ing"
    return verb + "ing"


_PARTICLES = frozenset(listed("up down out off back over in"))
_BEFORE_A_VERB = frozenset(listed("best better not also always never only just even ever well"))


def _parted(clause: str, aux: str) -> tuple[str, str, str]:
    """`leaves change colour` -> (`leaves`, `change`, `colour`); after `is`, a subject and what it is said to be.

    Subject alone where neither verb nor adjective is known.
    """
    words = clause.split()
    be = aux in {"is", "are", "was", "were"}
    after_plural = _after_plural(words)
    for index in range(after_plural or 1, len(words)):
        word = words[index].lower().strip(",")
        if words[index - 1].lower() in _LITTLE:
            continue
        rest = " ".join(words[index + 1 :]).strip(" ,.?!")
        if be and (word in _ADJECTIVES or word.endswith("ed") and len(word) > 4):
            return " ".join(words[:index]), "", f"{words[index]} {rest}".strip()
        if not be and word in BASE_VERBS:
            # Of verbs in a row the last is one ("shift work harms"), or the last but one at the end ("harm sleep").
            run = index
            while run + 1 < len(words) and words[run + 1].lower().strip(",") in BASE_VERBS:
                run += 1
            verb = run - 1 if run > index and run + 1 == len(words) else run
            return " ".join(words[:verb]), words[verb].lower(), " ".join(words[verb + 1 :]).strip(" ,.?!")
    if aux == "do":
        # After `do` the subject is plural: its last noun ends in s, and the next word is the verb, known or not.
        for index in range(1, len(words)):
            word = words[index]
            if words[index - 1].endswith("s") and word.islower() and not word.endswith("s") and word not in STOP_WORDS:
                return " ".join(words[:index]), word, " ".join(words[index + 1 :]).strip(" ,.?!")
    return clause, "", ""


def _after_plural(words: list[str]) -> int:
    """Where a known verb follows a plural: in `night shift workers sleep better` not `shift` is one. 0 where none."""
    for index in range(1, len(words)):
        if words[index].lower() in BASE_VERBS and re.search(r"[^s]s$", words[index - 1]):
            return index
    return 0


def plural(phrase: str) -> str:
    """A noun phrase in the plural: of its head, the last word before a preposition."""
    head, *qualified = re.split(r"(\s+(?:in|for|on|at|with|from|to|by|of)\s+)", phrase, maxsplit=1)
    if not head.endswith("s"):
        if head.endswith("y") and head[-2:-1] not in {"a", "e", "i", "o", "u"}:
            head = head[:-1] + "ies"
        else:
            head += "es" if head.endswith(("ch", "sh", "x", "z")) else "s"
    return head + "".join(qualified)


def _with_head(one: str, other: str) -> str:
    """`air-source` beside `ground-source heat pumps` -> `air-source heat pumps`."""
    first, _, head = other.partition(" ")
    return f"{one} {head}" if "-" in one and "-" in first and " " not in one and head else one


def _shouted(text: str) -> bool:
    letters = [char for char in text if char.isalpha()]
    return len(letters) > 8 and sum(char.isupper() for char in letters) > 0.8 * len(letters)


def _asks(text: str) -> bool:
    words = text.lower().split()
    if words[0] in {"how", "what", "who", "why", "when", "where", "which"} and len(words) > 1:
        return words[1] in AUXILIARIES or words[0] == "how" and words[1] in {"much", "many", "long", "far", "old"}
    return words[0] in AUXILIARIES and len(words) > 2


def proper(topic: str) -> frozenset[str]:
    """Words of a topic that are proper names, as they are written.

    Capitals inside a word tell one, and a capital first letter where the topic is not written all in title case.

    >>> sorted(proper("How does Exim deliver mail?")), sorted(proper("How Do Heat Pumps Work?"))
    (['Exim'], [])
    """
    found: set[str] = set()
    words = WORD.findall(topic)
    if _shouted(topic):
        return frozenset()
    titled = not any(word.islower() and word not in _SMALL for word in words[1:])
    for number, word in enumerate(words):
        inner = any(part[1:] != part[1:].lower() for part in re.split(r"[-‐‑]", word))
        started = number == 0 or re.search(rf"[.?!:]\s+{re.escape(word)}", topic)
        if inner or word[:1].isupper() and (word.lower().rstrip("s") in _NAMES or not started and not titled):
            found.add(word)
    return frozenset(found)


_SMALL = frozenset(listed("a an the of in on at to for and or by with vs from as"))


def _phrase(text: str, names: frozenset[str] = frozenset()) -> str:
    """A noun phrase in running text: lower-case first letter unless a name, no article unless `of` follows."""
    text = text.strip(" ,.?!")
    if not text:
        return ""
    if _shouted(text):
        text = text.lower()
    article = re.match(r"an?\s+(?P<one>.+)$", text, re.IGNORECASE)
    text = plural(article["one"]) if article else re.sub(r"^The ", "the ", text)
    words = text.split()
    first = words[0]
    later = [word for word in words[1:] if word.lower() not in STOP_WORDS]
    titled = bool(later) and sum(word[:1].isupper() for word in later) > 0.5 * len(later)
    known = first in names or first.lower().rstrip("s") in _NAMES
    name = titled or known or first.endswith(("'s", "’s")) or not text.isascii()
    if first[:1].isupper() and first[1:].islower() and not name:
        words[0] = first.lower()
    return " ".join(words)


_NAMES = frozenset(
    listed(
        """
        python java javascript rust linux windows google apple europe britain england france germany
        paris london berlin china india japan africa america asia american european british french
        german english chinese japanese indian kubernetes docker postgres postgresql sqlite mysql
        bitcoin ethereum monday tuesday wednesday thursday friday saturday sunday january february march
        april june july august september october november december alzheimer parkinson einstein darwin
        """
    )
)
