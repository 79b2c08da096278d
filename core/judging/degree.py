"""How much, how surely: what a claim says more strongly than the passage does in the same words.

"Most" is not "all", "may" is not "does", "the second tallest" is not "the tallest". Only sentences that say
nearly the same are compared, so that the stronger word is all that is added. A stronger claim is partly
supported; a word that leaves no room for the other's ("few" for "most") contradicts.
"""

import functools
import re
from collections.abc import Callable

from core.judging import words
from core.judging.clauses import alike, content
from core.judging.features import Read, read_claim, share
from core.judging.finding import Finding, partly, turned
from core.judging.units import WORDS
from core.models import Label

Stronger = tuple[Label, str] | None
"""What the claim says more strongly, and the reason."""
_SAME = 0.75
"""Overlap of both sentences' words by rarity from which one is the other but for its strength."""
_STRENGTH = {
    "no": 0, "none": 0, "nobody": 0, "few": 1, "some": 2, "several": 2, "many": 3, "half": 3, "most": 4, "majority": 4,
    "almost all": 5, "nearly all": 5, "all": 6, "every": 6, "each": 6,
}  # fmt: skip
_COUNTS = "two three four five six seven eight nine ten eleven twelve"
_COUNT = rf"(?:\d+|{_COUNTS.replace(' ', '|')})"
_QUANTIFIER = re.compile(
    r"\b(?P<only>only\s+)?(?P<word>(?:almost|nearly) all|almost none|no|none|nobody|few|some|several|many|half|most|"
    rf"majority|all|every(?! \d| other| few)|each|(?:at least )?{_COUNT}(?=\s+of\s))\b(?:\s+one)?(?:\s+of)?"
    rf"(?:\s+(?:the|its|their|these|those))?(?:\s+(?P<whole>{_COUNT}))?\s+(?P<noun>[a-z]{{3,}})",
    re.IGNORECASE,
)
_OFTEN = {
    "never": 0,
    "rarely": 1,
    "sometimes": 2,
    "often": 3,
    "usually": 4,
    "generally": 4,
    "typically": 4,
    "always": 6,
}
_HEDGE = re.compile(
    r"\b((?-i:may|might|could)|expected to|planned to|suggests? that)\s+(?:be\s+)?(?:\w+\s+)?", re.IGNORECASE
)
"""Not "can", "likely", "appears": where people labelled sentences, 19 of 22 without these were called supported."""
_HEDGING = words.listed("may might could can possible possibly perhaps expected planned suggest suggests according")
_REPORTED = re.compile(
    r"\b(den(?:y|ies|ied)|disputed?|disputes|rejected|rejects|doubt(?:s|ed)?|alleged?|alleges|claimed|claims)"
    r"\s+(?:the claim\s+)?that\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"^(?P<main>.{12,}?),?\s+(?P<word>if|unless|provided that|as long as|on condition that)\s+"
    r"(?P<condition>[^,;]{8,}?)[.;]?$",
    re.IGNORECASE,
)
_CONDITIONAL = words.listed(
    "if unless provided when where whether may might could would condition depending as once until"
)
_FRAMED = re.compile(
    r"\bit (?:is|was|may be|might be|seems|would be) (?P<frame>(?:not )?(?:impossible|possible|conceivable|unclear"
    r"|doubtful|uncertain|unlikely|hoped|feared|expected|planned))\s+(?:that|whether|if)\b",
    re.IGNORECASE,
)
_ONLY = re.compile(
    r"^only\s+(?P<who>[\w-]+(?: [\w-]+)?)\s+(?P<may>may|can|could|must|are|is|will|should)\b(?P<rest>.+)$",
    re.IGNORECASE,
)
_ANYONE = re.compile(
    r"^(?P<who>anyone|anybody|everyone|everybody|all [a-z]+|non-?[\w-]+)\s+(?:may|can|could|must|are|is|will|should)\b",
    re.IGNORECASE,
)
_WIDEST = re.compile(
    r"\b(?P<top>(?:most|least) [a-z]+|[a-z]+est|only|first|last)\b[^,;]*?\b(?P<where>(?:in|of) the [a-z]{4,})\b",
    re.IGNORECASE,
)
_WILL = words.listed("will is expected planned are be been has have")
_WITHIN = 0.95
_RANKED = re.compile(
    r"\b(?:the\s+)?(second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|\d+(?:nd|rd|th))[\s-]+(most\s+\w+|\w+est)\b",
    re.I,
)


def found(claim: Read, sentence: Read) -> Finding | None:
    """The difference in strength between two sentences that else say the same."""
    for name, rule in _RULES.items():
        said = rule(claim, sentence)
        if said:
            label, reason = said
            return (turned if label is Label.CONTRADICTED else partly)(name, reason)
    return None


def _is_same(claim: Read, sentence: Read, *ignored: str) -> bool:
    return alike(claim, sentence, frozenset(words.content(ignored))) >= _SAME


def _quantifier(claim: Read, sentence: Read) -> Stronger:
    told = list(_QUANTIFIER.finditer(claim.text))
    if not told or not _is_same(claim, sentence, *_STRENGTH, *_COUNTS.split(), "majority", "only"):
        return None
    held = {words.stem(match["noun"].lower()): match for match in _QUANTIFIER.finditer(sentence.text)}
    for match in told:
        other = held.get(words.stem(match["noun"].lower()))
        if other is None:
            continue
        said, passage = _strength(match), _strength(other)
        reason = f"The passage says “{other['word'].lower()}”, the sentence “{match['word'].lower()}”."
        if said == passage and bool(match["only"]) == bool(other["only"]):
            continue
        if _excludes(said, passage) or _excludes(passage, said) or match["only"] and passage > said:
            return (Label.CONTRADICTED, reason)
        if said > passage:
            return (Label.PARTLY, reason)
    return None


def _strength(match: re.Match[str]) -> int:
    word = " ".join(match["word"].lower().split())
    if word == "almost none":
        return 1
    return _STRENGTH[word] if word in _STRENGTH else _strength_of_count(word, match["whole"])


def _strength_of_count(part: str, whole: str | None) -> int:
    """ "Three of the five" are most, "two of the five" some."""
    counts = [
        float(WORDS.get(text.lower().removeprefix("at least "), 0) or _digits(text)) for text in (part, whole or "")
    ]
    return 4 if 2 * counts[0] > counts[1] > 0 else 2


def _digits(text: str) -> float:
    found = re.search(r"\d+", text)
    return float(found[0]) if found else 0.0


def _excludes(one: int, other: int) -> bool:
    """Can both not be true? None against any, few against most, all against almost all."""
    return one == 0 < other or one == 1 and other >= 3 or one == 6 and other == 5


def _frequency(claim: Read, sentence: Read) -> Stronger:
    said = [token for token in claim.tokens if token in _OFTEN]
    held = [token for token in sentence.tokens if token in _OFTEN]
    if not said or not held or not _is_same(claim, sentence, *_OFTEN):
        return None
    reason = f"The passage says “{held[0]}”, the sentence “{said[0]}”."
    if (_OFTEN[said[0]] == 0) != (_OFTEN[held[0]] == 0):
        return (Label.CONTRADICTED, reason)
    return (Label.PARTLY, reason) if _OFTEN[said[0]] == 6 > _OFTEN[held[0]] else None


def _rank(claim: Read, sentence: Read) -> Stronger:
    """The tallest where the passage has the second tallest."""
    held, said = _RANKED.search(sentence.text), _RANKED.search(claim.text)
    if held is None or not _is_same(claim, sentence, held[1], *((said[1],) if said else ())):
        return None
    top = re.search(rf"\b{re.escape(held[2])}\b", claim.text, re.IGNORECASE)
    if top and (said is None or said[1].lower() != held[1].lower()):
        one = f"{said[1]} {said[2]}" if said else held[2]
        return (Label.CONTRADICTED, f"The passage says the {held[1]} {held[2]}, the sentence the {one}.")
    return None


def _up_to(claim: Read, sentence: Read) -> Stronger:
    """A bound told as the value itself."""
    for wanted in claim.quantities:
        for held in sentence.quantities:
            lost = held.bound in ("at least", "at most") and not wanted.bound and (sentence.hedged or not claim.hedged)
            if (
                lost
                and (wanted.low, wanted.high, wanted.measure) == (held.low, held.high, held.measure)
                and not (claim.negated or sentence.negated)
            ):
                reason = f"The passage says {held.bound} {held.text.strip()}, the sentence {wanted.text.strip()}."
                return (Label.PARTLY, reason) if _is_same(claim, sentence, *_HEDGING) else None
    return None


def _hedge(claim: Read, sentence: Read) -> Stronger:
    """The hedge before a verb that both have, left out."""
    if not _HEDGING.isdisjoint(claim.tokens) or claim.hedged or not claim.text[:1].isupper():
        return None
    for hedge in _HEDGE.finditer(sentence.text):
        following = words.content(words.tokens(hedge.group() + sentence.text[hedge.end() :]))
        verbs = [stem for stem in following if stem not in words.content(words.tokens(hedge[1]))][:1]
        if set(verbs) & claim.stem_set and _is_same(claim, sentence, *hedge[1].split(), "study"):
            return (Label.PARTLY, f"The passage says it with “{hedge[1]}”, the sentence without.")
    return None


def _condition(claim: Read, sentence: Read) -> Stronger:
    """The passage's condition said as a fact."""
    found = _CONDITION.search(sentence.text)
    if found is None or not _CONDITIONAL.isdisjoint(claim.tokens):
        return None
    condition = read_claim(found["condition"])
    light = _light()
    wanted = claim.stem_set - light
    told = f"{found['word'].lower()} {found['condition'].strip(' .')}"
    subject = frozenset(sentence.stems[:2])
    if (
        len(wanted) > 1
        and condition.stem_set - light <= wanted
        and share(wanted, condition.stem_set | subject) >= _WITHIN
    ):
        return (Label.PARTLY, f"The passage has it as a condition: “{told}”.")
    return None


@functools.cache
def _light() -> frozenset[str]:
    return frozenset(words.content(_WILL))


def _reported(claim: Read, sentence: Read) -> Stronger:
    """What the passage says was denied, doubted or only alleged, told as so."""
    said = _REPORTED.search(sentence.text)
    if said is None or _REPORTED.search(claim.text) or alike(claim, read_claim(sentence.text[said.end() :])) < _SAME:
        return None
    return (Label.PARTLY, f"The passage says that it was “{said[1]}”, not that it is so.")


def _framed(claim: Read, sentence: Read) -> Stronger:
    """What the passage says may be or is feared, told as so."""
    said = _FRAMED.search(sentence.text)
    if said is None or not _HEDGING.isdisjoint(claim.tokens) or _FRAMED.search(claim.text):
        return None
    if alike(claim, read_claim(sentence.text[said.end() :])) < _SAME:
        return None
    return Label.PARTLY, f"The passage says that it is “{said['frame']}”, not that it is so."


def _only(claim: Read, sentence: Read) -> Stronger:
    """Only those, told of others or of all; or "only" said of another word."""
    held = _ONLY.match(sentence.text)
    if held is None:
        return None
    who = content(words.tokens(held["who"]))
    rest = content(words.tokens(held["rest"]))
    others = _ANYONE.match(claim.text)
    if others and rest and share(rest, claim.stem_set) >= _WITHIN and claim.negated == sentence.negated:
        return Label.CONTRADICTED, f"The passage says that “only {held['who']}” {held['may']}, not “{others['who']}”."
    moved = "only" in claim.tokens and claim.tokens[0] != "only" and share(who | rest, claim.stem_set) >= _WITHIN
    if moved and not claim.negated:
        return Label.PARTLY, f"The passage says “only {held['who']}”; the sentence has “only” elsewhere."
    return None


def _widest(claim: Read, sentence: Read) -> Stronger:
    """The longest in the country where the passage has the longest in the province."""
    said, held = _WIDEST.search(claim.text), _WIDEST.search(sentence.text)
    if said is None or held is None or said["top"].lower() != held["top"].lower():
        return None
    if said["where"].lower() == held["where"].lower() or said["where"].lower() in sentence.text.lower():
        return None
    if not _is_same(claim, sentence, said["where"].split()[-1].lower(), held["where"].split()[-1].lower()):
        return None
    return Label.PARTLY, f"The passage says {held['top']} {held['where']}, the sentence {said['where']}."


_RULES: dict[str, Callable[[Read, Read], Stronger]] = {
    "none, some, most or all": _quantifier,
    "always or never": _frequency,
    "a rank lost": _rank,
    "a bound lost": _up_to,
    "a condition told as a fact": _condition,
    "a hedge lost": _hedge,
    "told as so what was denied or doubted": _reported,
    "told as so what may be": _framed,
    "of only those told of others": _only,
    "a superlative's scope": _widest,
}
