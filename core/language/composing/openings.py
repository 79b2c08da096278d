"""Does a sentence lean on the one before it?

A sentence torn from its place may point back: `These homes ...`, `The same heat pump ...`,
`therefore`. Such a sentence may stand only right after the sentence it followed in the
source. Pointing back is known by closed word classes and, for `The advisers ...`, by the
noun having been brought in just before (givenness; Prince, 1981).
"""

import re
from enum import IntEnum

from core.language.composing.english import AUXILIARIES, VERBS, WORD
from core.language.composing.terms import stem
from core.language.composing.wordlists import listed


class Leaning(IntEnum):
    """How much a sentence needs the one before it."""

    NONE = 0
    LIGHT = 1
    """Better after its neighbour, bearable alone."""
    FULL = 2
    """Not to be understood alone."""


_CONNECTIVE = re.compile(
    r"^(?:however|but|also|and|or|so|yet|still|thus|therefore|hence|then|instead|otherwise|"
    r"besides|anyway|anyhow|moreover|furthermore|"
    r"additionally|likewise|similarly|conversely|consequently|accordingly|meanwhile|nevertheless|nonetheless|"
    r"alternatively|indeed|afterwards|again|finally|lastly|next|secondly|thirdly|firstly|first,|"
    r"second,|third,|too|"
    r"in (?:addition|contrast|fact|particular|turn|other words|that case|this case|this way|"
    r"those|these|such|both|short|"
    r"summary|conclusion|return|response|practice,|the same|comparison|effect,|the end|the meantime|all,)|"
    r"(?:for|as an?) (?:example|instance)|for (?:this|that|these|those)|by (?:contrast|"
    r"comparison|then|this|that)|on the (?:other|contrary)|on (?:that|this|top)|"
    r"as (?:a (?:result|consequence)|such|mentioned|noted|described|discussed|shown|above|"
    r"before|well|seen|expected)|"
    r"at (?:that|this|the same|these|those)|after (?:that|this|these|which)|before (?:that|"
    r"this)|because of (?:this|that)|"
    r"due to (?:this|that)|despite (?:this|that)|even (?:so|then|now)|rather|that (?:is|said)|"
    r"to (?:this|that) end|"
    r"what(?:'s| is) more|not only|nor|neither|either|either way|if so|if not|worse|better|equally|"
    r"according to (?:this|that|the)|with (?:this|that|these|those)|under (?:this|these|those|that)|"
    r"of (?:these|those|them|the)|from (?:this|these|then|there)|during (?:this|that|these|those)|"
    r"since then|until then|here|there,|elsewhere|more generally|specifically|namely|importantly|crucially|"
    r"unlike (?:this|that|these|those)|like (?:this|that|these|those)|only then|all (?:of "
    r")?(?:these|this|those|that)|"
    r"most of (?:these|this|those|them)|many of (?:these|those|them)|some of (?:these|those|"
    r"them)|one of (?:these|those|them)|"
    r"one such|another|others|other|such|same|similar|the same|the (?:latter|former|other|"
    r"others|rest|remaining|"
    r"remainder|above|following|previous|resulting|corresponding|second|third|next|last|"
    r"difference|reason|result|answer|"
    r"exception|two|three|four|five|six|seven|eight|nine|ten|difference is|point|idea|problem|"
    r"alternative|opposite|"
    r"reverse|trick|solution|effect|gap|saving|change|increase|decrease)|both|each of|neither of|none of|"
    r"(?:several|some|many|most|few|all|both|any) (?:are|is|were|was|have|has|had|can|will|may|do|did)|"
    r"this|that|these|those(?! who\b| whose\b| with\b| without\b)|"
    r"it|he|she|they|him|her|them|his|hers|their|theirs|its|who|which|"
    r"where\b(?=[^,]*\.$)|"
    r"this is why|similar to)\b",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"^(?:\w+ly|of course|in practice|in general|by default), ", re.IGNORECASE)
_EXPLETIVE = re.compile(
    r"^it (?:is|was|can be|may be|has been|seems|appears) (?:also |not |therefore |often |"
    r"usually |now |still |widely |generally |"
    r"well |very |more |less |only )?(?:possible|impossible|important|likely|unlikely|clear|"
    r"unclear|known|estimated|"
    r"recommended|common|easy|difficult|hard|worth|necessary|believed|thought|true|safe|unusual|"
    r"advisable|expected|"
    r"essential|best|better|rare|useful|helpful|established|assumed|argued|said|reported|found|shown|"
    r"suggested|accepted|understood|sensible|normal|wise|illegal|legal|required) (?:to|that|for(?=.* to )|"
    r"how|whether|when|if|in|among|by)\b|"
    r"^it takes\b|^it (?:costs|pays|helps) to\b",
    re.IGNORECASE,
)
_THAT_CLAUSE = re.compile(r"^that\s+\w+\s+\w+.*\b(?:is|was|means|shows|suggests|remains)\b", re.IGNORECASE)
_DEMONSTRATIVE = re.compile(
    r"\b(?P<which>this|these|those|such|(?:on|at|in|of|by|for|from|with|to|under|after|during) "
    r"that)\s+(?P<next>[\w’'-]+)(?:\s+(?P<after>[\w’'-]+))?",
    re.IGNORECASE,
)
_PREPOSED = re.compile(r"\b(?:with|in|of|under|for|from|on|by|at|during) $", re.IGNORECASE)
_POINTING_FORWARD = frozenset(
    listed(
        """
        who that which of in with whose where for from without on at as used made to working living
        under between near already
        """
    )
)
_THEREFORE = re.compile(
    r"\b(?:therefore|thus|hence|consequently|instead(?! of)|nevertheless|nonetheless|likewise|"
    r"conversely|however|"
    r"in turn|by contrast|in contrast(?! to)|as a result(?! of)|for example|for instance|"
    r"accordingly|similarly|"
    r"(?<!would )(?<!could )(?<!might )(?<!that )(?<!which )otherwise|"
    r"the same (?!\w+(?: \w+)? (?:as|that|for all)\b)|the (?:latter|former)|"
    r"respectively|too\.|as well\.|"
    r"correspondingly|(?:is|are) an? exceptions?(?! to))\b|, too\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\b(?:all|the|both) (?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b(?! "
    r"(?:of|hundred|thousand|per))"
    r"(?! [\w-]+ (?:that|who|which|of|in)\b)(?! [A-Z])|"
    r"\b(?:[Tt]he|in the|this) example\b|\bboth (?!(?:[\w-]+ "
    r"){1,4}and\b|of\b)\w+s\b",
)
_NAMELESS = re.compile(
    r"\b[Tt]he (?P<noun>option|parameter|argument|setting|directive|script|flag|utility|command|function|method|"
    r"statement)s?\b(?! (?:of|to|that|which|called|named|for|in|line|is set|[A-Z`'\"“]))"
)
_ALSO = re.compile(r"\b(?:also|even|too|again|still|another|additional|further|other|others|alike)\b", re.IGNORECASE)
_PRONOUN = re.compile(r"\b(?:it|they|them|he|she|its|their|his|her)\b", re.IGNORECASE)
_DEFINITE = re.compile(
    r"^(?:the|all the|most of the|half of the|many of the|some of the|\w+ of the)\s+((?:[\w’'-]+\s+){1,6})",
    re.IGNORECASE,
)
_BARE_COUNT = re.compile(
    r"^(?:about |almost |nearly |only |around |more than )?(?:one|two|three|four|five|six|seven|"
    r"eight|nine|ten|eleven|twelve|half|most|\d+)\s+(?:of|in)?\s*(?:them|these|those|the)?\b",
    re.IGNORECASE,
)
_ONE_OF_MANY = frozenset(
    stem(word)
    for word in listed(
        """
        survey study trial report author authors result method example table owner house home household
        system association programme scheme team company researcher participant volunteer group patient
        article experiment sample data finding analysis model measure option case condition rule problem
        project test building town city street machine device function object option value parameter
        argument method module tool software paper guide page chapter answer council office agency
        department board committee review man woman child
        """
    )
)
_THE = re.compile(
    r"\bthe (?P<noun>[a-z]+)\b(?! (?:of|that|which|who|in|for|on|between|from|with|to)\b)(?! "
    r"[a-z]+(?:s|er|ion|ment)\b)"
)
_NAMED_ELSEWHERE = frozenset(
    stem(word)
    for word in listed(
        """
        trial study survey report county programme cohort association council strategy scheme owners
        sample experiment project author authors participants tenants advisers volunteers
        """
    )
)
_LINKS = frozenset(
    listed(
        """
        of in on at for from with by to and or that which who is are was were has have had can may must
        should will would could than between within below above under over
        """
    )
)


def leaning(text: str, before: tuple[str, ...], known: frozenset[str], heading: str = "") -> Leaning:
    """How much `text` needs the sentence before it.

    Args:
        text: the sentence.
        before: the sentences of the same passage before it, nearest last.
        known: stems a reader of the article knows: the topic's and the question's.
        heading: the passage's title and headings, which the article's reader does not see.
    """
    if _EXPLETIVE.match(text):
        return Leaning.LIGHT
    opening = _COMMENT.sub("", text.lstrip("\"“'("))
    if _CONNECTIVE.match(opening) and not _THAT_CLAUSE.match(opening):
        return Leaning.FULL
    if _THEREFORE.search(text) or _COUNTED.search(text) or _demonstrative(text) or _early_pronoun(text):
        return Leaning.FULL
    if _mentioned(text, before, heading) or _that_noun(text, before) or _nameless(text):
        return Leaning.FULL
    given = _given(text, before, known, heading)
    if given is not Leaning.NONE:
        return given
    if _ALSO.search(" ".join(text.split()[:8])):
        return Leaning.LIGHT
    return Leaning.NONE


def _known_by_name(head: list[str], before: tuple[str, ...], known: frozenset[str]) -> bool:
    """`The Lockside trees ...` after a sentence on Lockside; a trial, a grant or a plan is told by its name."""
    names = {stem(word) for word in head if word[:1].isupper()}
    last = head[-1]
    if last[:1].isupper() or stem(last) in _NAMED_ELSEWHERE | _ONE_OF_MANY or names & known:
        return False
    return any(stem(word) in names for word in WORD.findall(" ".join(before)))


def _mentioned(text: str, before: tuple[str, ...], heading: str) -> bool:
    """`... in the trial`: one of many of its kind, named earlier in the source and not in this sentence."""
    around = {stem(word) for word in WORD.findall(f"{heading} {' '.join(before)}")}
    for match in _THE.finditer(text):
        noun = stem(match["noun"])
        if noun in _NAMED_ELSEWHERE and noun in around:
            earlier = {stem(word) for word in WORD.findall(text[: match.start()])}
            if noun not in earlier:
                return True
    return False


def _nameless(text: str) -> bool:
    """`the contents of the option`: of a kind of which there are many, and nothing in the sentence says which."""
    return any(match["noun"] not in text[: match.start()].lower() for match in _NAMELESS.finditer(text))


def _that_noun(text: str, before: tuple[str, ...]) -> bool:
    """`... lowers that median price`: not the `that` of `shows that prices fell`."""
    nearest = {stem(word) for word in WORD.findall(" ".join(before[-2:]))}
    for match in _OBJECT_THAT.finditer(text):
        verb = match["verb"].lower()
        nouns = {stem(word) for word in match["noun"].split()}
        if verb in VERBS and verb not in AUXILIARIES and stem(verb) not in _SAYS and nouns & nearest:
            return True
    return False


_OBJECT_THAT = re.compile(r"\b(?P<verb>\w+) that (?P<noun>\w+(?: \w+)?)")
_SAYS = frozenset(
    stem(word)
    for word in listed(
        """
        show say find mean suggest report know think believe expect estimate state assume ensure prove indicate argue
        note require recommend agree provide tell explain conclude confirm reveal see hope fear feel learn insist
        """
    )
)


def _demonstrative(text: str) -> bool:
    """`that day`, `these results`: nothing within the sentence that they could point at."""
    for match in _DEMONSTRATIVE.finditer(text):
        following = match["next"].lower()
        which = match["which"].lower()
        if which in {"these", "those", "this"} and following in _POINTING_FORWARD:
            if which == "those":
                continue
            return True
        if which == "such" and following in {"as", "a", "an"}:
            if following == "as":
                continue
            return True
        earlier = {stem(word) for word in WORD.findall(text[: match.start()])}
        after = (match["after"] or "").lower()
        if stem(following) in earlier or after not in _LINKS and stem(after) in earlier:
            continue
        if which.endswith(" that") and following in VERBS:
            continue
        if which == "such" and match.start() > 0 and not _PREPOSED.search(text[: match.start()]):
            continue
        # "to do this makes" is no demonstrative; "these functions" is, though `functions` can be a verb.
        finite = following in AUXILIARIES or following.endswith("s") == (which in {"this", "such"})
        if match.start() > 25 and following in VERBS and (finite or which.endswith(" that")):
            continue
        return True
    return False


def _early_pronoun(text: str) -> bool:
    """A pronoun before anything it could stand for."""
    match = _PRONOUN.search(text)
    if not match:
        return False
    earlier = text[: match.start()]
    nouns = [word for word in WORD.findall(earlier) if len(word) > 3 and word.lower() not in VERBS]
    return (
        len(WORD.findall(earlier)) <= 3
        or len(nouns) < 2
        and not re.search(r"\b(?:a|an|the|every|each|most|many)\b", earlier, re.IGNORECASE)
    )


def _given(text: str, before: tuple[str, ...], known: frozenset[str], heading: str) -> Leaning:
    """`The advisers ...` after `... visited by heating advisers`: brought in just before."""
    match = _DEFINITE.match(text)
    if match:
        head: list[str] = []
        for word in match.group(1).lower().split():
            if word in _LINKS or (head and word in VERBS):
                break
            head.append(word)
        rest = WORD.findall(text[match.start(1) :].lower())
        bound = len(rest) > len(head) and rest[len(head)] in {
            "of",
            "that",
            "which",
            "who",
            "in",
            "on",
            "for",
            "with",
            "between",
            "from",
            "to",
        }
        named = any(word[:1].isupper() for word in text[match.start(1) : match.end(1)].split()[: len(head)])
        stems = [stem(word) for word in head]
        if named and _known_by_name(text[match.start(1) : match.end(1)].split()[: len(head)], before, known):
            return Leaning.FULL
        if stems and not named and stems[-1] not in known:
            nearest = {stem(w) for w in WORD.findall(" ".join(before[-2:]))}
            if stems[-1] in nearest:
                return Leaning.LIGHT if bound or len(stems) > 2 else Leaning.FULL
            if not bound and len(stems) == 1:
                around = {stem(w) for w in WORD.findall(f"{heading} {' '.join(before)}")}
                return Leaning.FULL if stems[-1] in _ONE_OF_MANY or stems[-1] in around else Leaning.LIGHT
        return Leaning.NONE
    if _BARE_COUNT.match(text) and before and not any(word[:1].isupper() for word in text.split()[1:]):
        return Leaning.LIGHT
    return Leaning.NONE
