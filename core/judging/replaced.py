"""Another word in the passage's own sentence: a kind, a day, a name that no source has, where all else is the same.

"Green roofs" where the passage has "white roofs", Sundays where it has weekdays. Only where the word says of which
kind a thing is, before the same noun: another verb is mostly a synonym ("select" for "choose": 0 right and 6 wrong on
what models wrote). A name at the beginning mostly stands for the passage's pronoun. What is left may still be a
synonym, so the verdict is "partly", doubtful.
"""

import re
from collections.abc import Sequence

from core.judging import words
from core.judging.clauses import changes, clause_on, content, opening_names, parts
from core.judging.features import Read, share
from core.judging.finding import Finding, partly

_FEWEST_WORDS, _FEWEST_STEMS, _ALL = 6, 2, 0.95
_WEEKDAYS = words.listed("mondays tuesdays wednesdays thursdays fridays")
_DAYS = {
    **{day: frozenset({day}) for day in (*sorted(_WEEKDAYS), "saturdays", "sundays")},
    "weekdays": _WEEKDAYS,
    "weekends": words.listed("saturdays sundays"),
}
_DAY = re.compile(rf"\b(?:{'|'.join(_DAYS)})\b", re.IGNORECASE)
_PRAISE = words.listed("famous renowned legendary noted celebrated prominent popular great major big large huge")
"""They say of no kind."""
_SETTING = re.compile(r"^(?:In|On|For|With|At|Under)\s+((?:the\s+)?[A-Z][\w.+-]*(?:\s+[A-Z][\w.+-]*)*),\s")


def found(claim: Read, sentence: Read, unknown: Sequence[str]) -> Finding | None:
    """What the claim puts in the place of the passage's word.

    Args:
        unknown: names of the claim in no source.
    """
    return (
        partly("another kind, all else the same", _another_kind(claim, sentence))
        or partly("another day", _another_day(claim, sentence))
        or partly("a name that no source has, all else the same", _unknown_name(claim, sentence, unknown))
        or partly("a setting that no source has", _setting(claim, unknown))
    )


def _another_kind(claim: Read, sentence: Read) -> str:
    if len(claim.tokens) < _FEWEST_WORDS:
        return ""
    for part in dict.fromkeys((sentence.tokens, clause_on(claim, sentence).tokens)):
        differing = changes(claim.tokens, part)
        if len(differing) != 1 or not all(len(side) == 1 for side in differing[0]):
            continue
        said, held = (side[0] for side in differing[0])
        at = next(n for n, token in enumerate(claim.tokens) if token == said and part[n : n + 1] != (said,))
        before, after = claim.tokens[:at][-1:], claim.tokens[at + 1 : at + 2]
        if not words.content([said]) or not words.content([held]) or said[0].isdigit() or held[0].isdigit():
            continue
        noun = after[0] if words.content(after) and after[0] in claim.text and not after[0].endswith("ly") else ""
        if before == ("to",) or not noun or said[:3] == held[:3] or {said, held} & _PRAISE:
            continue
        if said not in sentence.tokens and held not in claim.tokens:
            return f"The passage says “{held} {noun}” where the sentence says “{said} {noun}”."
    return ""


def _another_day(claim: Read, sentence: Read) -> str:
    said, held = ([day.lower() for day in _DAY.findall(part.text)] for part in (claim, sentence))
    if not said or not held or any(_DAYS[one] & _DAYS[other] for one in said for other in held):
        return ""
    rest = claim.stem_set - content(said)
    if len(rest) < _FEWEST_STEMS or share(rest, sentence.stem_set) < _ALL:
        return ""
    return f"The passage says it of {held[0].title()}, the sentence of {said[0].title()}."


def _unknown_name(claim: Read, sentence: Read, unknown: Sequence[str]) -> str:
    if not unknown or not set(sentence.names) - set(claim.names):
        return ""
    ours = set(opening_names(claim))
    beside = [set(opening_names(part)) for part in parts(sentence)]
    if not ours.isdisjoint(unknown) and not any(ours & one and ours - one and one - ours for one in beside):
        return ""  # for the passage's pronoun, or its fuller name
    rest = claim.stem_set - content(word for name in unknown for word in words.tokens(name))
    if len(rest) < _FEWEST_STEMS or share(rest, sentence.stem_set) < _ALL:
        return ""
    if any(len(name) < 4 or any(token[:3] == name[:3] for token in sentence.tokens) for name in unknown):
        return ""  # "California" for "CA", "England" for "English"
    return f"The passage says it without {' '.join(name.title() for name in unknown)}."


def _setting(claim: Read, unknown: Sequence[str]) -> str:
    match = _SETTING.match(claim.text)
    if match is None or not set(words.tokens(match[1])) - {"the"} <= set(unknown):
        return ""
    return f"The passage never mentions {match[1]}."
