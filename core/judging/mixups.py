"""The right words in the wrong places: values, names and verbs that a passage says of something else.

Words alone cannot tell "£7,500 in 2023" from "£7,500 in 2021" where a passage gives both years. What
can be told: a passage's sentence falls into clauses; when one of them has all of the claim but a
value or a name, has another in its place, and the claim's own stands in the clause beside it, the two were
mixed up. Every rule wants nearly all of the claim's words in one sentence of the passage: where the wording
is free it stays silent. How often each was right: tests/judging/pairs/README.md.
"""

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from itertools import combinations

from core.judging import quantities, words
from core.judging.features import Read, share
from core.judging.features import read_claim as read  # kept: the same clauses come again
from core.judging.quantities import Quantity

_ALL = 0.9
"""Share of the claim's other words, by rarity, that one clause must have."""
_FEWEST_WORDS = 5
_HALVES = re.compile(r"\s*(?:;|:\s|,?\s+(?:and|but|while|whereas|after|before|unlike)\s+|,\s+)\s*", re.IGNORECASE)
_TITLES = frozenset({"the", "dr", "mr", "mrs", "ms", "prof", "judge"})
_PRONOUNS = words.listed("he she it they this these those we i you")
_COMPARED = re.compile(
    r"\b(more|less|fewer|higher|lower|larger|smaller|better|worse|[a-z]{2,}er)\b(?:\s+\w+)?\s+than\b"
)
_SIDE = re.compile(
    r"\b(?P<verb>[a-z]+(?:ed|s)|spoke|ruled|stood|fought)\s+(?P<side>for|against|in favour of)\b", re.IGNORECASE
)
_AGENT = re.compile(
    r"\b(?P<verb>[a-z]+ed|made|led|built|won|sold|written|brought|bought|held|run|found|given|taken|beaten|known|grown)"
    r"\s+by\s+(?P<agent>the\s+[a-z]+|(?:the\s+)?[A-Z][\w&'-]*(?:\s+(?:of\s+)?[A-Z][\w&'-]*)*)"
)
_AFTER_AGENTS = re.compile(
    r"[;.]\s|\s(?:against|in|at|on|after|before|with|from|for|who|which|that|starring)\s"
    r"|\s(?:and|but)\s+(?:(?:was|were|is|are)\s+)?[a-z]+\s+by\s",
    re.IGNORECASE,
)


def found(claim: Read, sentence: Read) -> str:
    """The reason, in words, when the claim mixes up what the passage's sentence says; else empty."""
    clause = clause_on(claim, sentence)
    crossed = [_crossed(part, sentence) for part in parts(claim)]
    return (
        next(filter(None, crossed), "")
        or _turned_round(claim, clause)
        or _another_name(claim, clause)
        or _other_side(claim, sentence)
        or _other_agent(claim, sentence)
        or _compared(claim, sentence)
    )


# --- across clauses ---------------------------------------------------------------


def parts(sentence: Read) -> list[Read]:
    """The sentence's clauses: cut at ";", ",", "and", "but", where both sides hold a value of one kind, a word
    and its opposite, or a name and something said of it."""
    cuts = [match.span() for match in _HALVES.finditer(sentence.text)]
    ends = [start for start, _ in cuts[1:]] + [len(sentence.text)]
    pieces: list[Read] = []
    begin = 0
    for (start, end), following in zip(cuts, ends, strict=False):
        piece = read(sentence.text[begin:start])
        if _parallel(piece, read(sentence.text[end:following])):
            pieces.append(piece)
            begin = end
    return [*pieces, read(sentence.text[begin:])]


def _parallel(left: Read, right: Read) -> bool:
    if re.search(r"\bbetween\b[^,;]*$", left.text, re.IGNORECASE):
        return False
    measures = {quantity.measure for quantity in left.quantities} & {quantity.measure for quantity in right.quantities}
    against = words.opposites()
    opposed = any(against[stem] & right.stem_set for stem in left.stem_set if stem in against)
    told_of = bool(capitalised(left)) and bool(capitalised(right)) and bool(_bare(left)) and bool(_bare(right))
    return bool(measures) or opposed or told_of


def _bare(part: Read) -> frozenset[str]:
    """Stems of the clause without its names and values."""
    return part.subject - _stems(capitalised(part))


def _stems(found_words: Iterable[str]) -> frozenset[str]:
    return frozenset(words.content(found_words))


def _told_first(sentence: Read) -> list[str]:
    """What the sentence is about, and every clause of it: its first words, unless a pronoun stands there."""
    if not sentence.tokens or sentence.tokens[0] in _PRONOUNS:
        return []
    return [stem for stem in sentence.stems if not stem[0].isdigit()][:2]


def _crossed(claim: Read, sentence: Read) -> str:
    pieces = parts(sentence)
    if len(pieces) < 2:
        return ""
    about = _told_first(sentence)
    shared = frozenset(about[:1])
    wanted = (_bare(claim) | _stems(claim.names)) - _stems(_opening(claim))
    if not wanted:
        return ""
    homes = [n for n, piece in enumerate(pieces) if share(wanted, piece.subject | shared) >= _ALL]
    reasons = []
    for n in homes:
        others = [piece for m, piece in enumerate(pieces) if m != n]
        reasons.append(_value_of_another(claim, pieces[n], others) or _name_of_another(claim, pieces[n], others))
    if reasons and all(reasons):
        return reasons[0]
    return _opposite_of_another(claim, pieces, frozenset(about)) if not homes else ""


def _value_of_another(claim: Read, home: Read, others: Sequence[Read]) -> str:
    for wanted in claim.quantities:
        if any(quantities.agree(wanted, held) for held in home.quantities):
            continue
        elsewhere = any(quantities.agree(wanted, held) for piece in others for held in piece.quantities)
        rivals = [
            held
            for held in home.quantities
            if _same_kind(wanted, held) and not any(quantities.agree(one, held) for one in claim.quantities)
        ]
        if elsewhere and rivals:
            return f"The passage says {rivals[0].text.strip()} of it; {wanted.text.strip()} it says of something else."
    return ""


def _same_kind(wanted: Quantity, held: Quantity) -> bool:
    bare = not wanted.measure and not held.measure and not (wanted.nouns and held.nouns)
    return bare or quantities.same_measure(wanted, held)


def _name_of_another(claim: Read, home: Read, others: Sequence[Read]) -> str:
    """Only where both open their clause: what is said is said of them."""
    said, held = _opening(claim), _opening(home)
    own, rivals = [name for name in said if name not in held], [name for name in held if name not in said]
    against = words.opposites()
    if any(words.stem(token) in against.get(words.stem(other), ()) for token in claim.tokens for other in home.tokens):
        return ""
    if not own or not rivals or set(own) & set(home.tokens) or set(rivals) & set(claim.tokens):
        return ""
    if alike(claim, home, _stems([*said, *held, *claim.names, *home.names])) < _ALL:
        return ""
    if any(all(name in piece.tokens for name in own) for piece in others):
        return f"The passage says it of {_title(rivals)}, not of {_title(own)}."
    return ""


def _opposite_of_another(claim: Read, pieces: Sequence[Read], about: frozenset[str]) -> str:
    """ "Prices fell in the north" where they rose in the north and fell in the south."""
    against = words.opposites()
    for n, home in enumerate(pieces):
        if home.negated != claim.negated:
            continue
        for stem in claim.stem_set - home.stem_set:
            rest = claim.stem_set - about - {stem}
            elsewhere = any(stem in piece.stem_set for m, piece in enumerate(pieces) if m != n)
            rivals = against.get(stem, frozenset()) & home.stem_set - claim.stem_set
            if rest and rivals and elsewhere and rest <= home.stem_set:
                return f"The passage says “{_spelled(home, rivals)}” of it, and “{_spelled(claim, {stem})}” of another."
    return ""


def _spelled(part: Read, stems: Iterable[str]) -> str:
    return next((token for token in part.tokens if set(words.content([token])) & set(stems)), "")


def _opening(part: Read) -> list[str]:
    """The names a clause begins with, behind an article or a title."""
    found: list[str] = []
    for token in part.tokens:
        if token in _TITLES and not found:
            continue
        if token not in capitalised(part):
            break
        found.append(token)
    return found


def capitalised(part: Read) -> frozenset[str]:
    """Its names, and its first word if that is capitalised and none of the commonest."""
    opening = re.match(r"(?:[Tt]he\s+)?([A-Z][\w-]+)", part.text)
    first = opening[1].lower() if opening else ""
    return frozenset(part.names) | ({first} if first and first not in words.STOP else frozenset())


def _title(names: Sequence[str]) -> str:
    return " ".join(name.title() for name in names[:3])


# --- who did what to whom ---------------------------------------------------------------


def _turned_round(claim: Read, sentence: Read) -> str:
    """The two names around the same verb, exchanged."""
    own = [token for token in dict.fromkeys(claim.tokens) if token in capitalised(claim)]
    named = _stems(own) | _stems(capitalised(sentence))
    for first, second in combinations(own, 2):
        said, held = _between(claim, first, second), _between(sentence, second, first)
        if said is None or held is None:
            continue
        stems, said_stems = _stems(held) - named, _stems(said) - named
        if stems and stems == said_stems and ("by" in said) == ("by" in held):
            return f"The passage has {second.title()} and {first.title()} the other way round."
    return ""


def _another_name(claim: Read, clause: Read) -> str:
    """The same words but for one name."""
    if len(claim.tokens) < _FEWEST_WORDS:
        return ""
    codes = SequenceMatcher(None, claim.tokens, clause.tokens, autojunk=False).get_opcodes()
    changes = [(claim.tokens[a:b], clause.tokens[c:d]) for kind, a, b, c, d in codes if kind != "equal"]
    if len(changes) != 1 or not all(len(side) == 1 for side in changes[0]):
        return ""
    said, held = (side[0] for side in changes[0])
    if any(said in words.tokens(value.text) for value in claim.quantities):
        return ""  # a month or a unit
    apart = said[:3] != held[:3] or said[-3:] != held[-3:]  # "Smith's", "Smiths"
    if said in claim.names and held in clause.names and said not in clause.tokens and apart:
        return f"The passage says {held.title()} where the sentence says {said.title()}."
    return ""


def _other_side(claim: Read, sentence: Read) -> str:
    """For where the passage has those who are named against."""
    said = _SIDE.search(claim.text)
    if said is None or claim.negated:
        return ""
    for piece in parts(sentence):
        held, named = _SIDE.search(piece.text), _opening(piece)
        if held is None or piece.negated or not named or not set(named) <= set(claim.tokens):
            continue
        if _same_verb(said["verb"], held["verb"]) and (said["side"].lower() == "against") != (
            held["side"].lower() == "against"
        ):
            return f"The passage says that {_title(named)} {held['verb']} {held['side']} it, not {said['side']}."
    return ""


def _other_agent(claim: Read, sentence: Read) -> str:
    """Done by somebody whom the passage names beside it, not as the one who did it."""
    for said in _AGENT.finditer(claim.text):
        agent = _named_in(said["agent"])
        held = [found for found in _AGENT.finditer(sentence.text) if _same_verb(said["verb"], found["verb"])]
        if len(held) != 1 or not agent or not agent <= set(sentence.tokens):
            continue
        doers = _named_in(_AFTER_AGENTS.split(sentence.text[held[0].start("agent") :], maxsplit=1)[0])
        if doers and not doers & agent:
            return f"The passage says “{held[0].group()}” where the sentence says “{said.group()}”."
    return ""


def _named_in(text: str) -> set[str]:
    return set(words.tokens(text)) - {"the", "a", "an", "of"}


def _same_verb(one: str, other: str) -> bool:
    return words.stem(one.lower()) == words.stem(other.lower())


def _between(read_: Read, first: str, second: str) -> tuple[str, ...] | None:
    """The tokens between the only places of two names, in this order."""
    if read_.tokens.count(first) != 1 or read_.tokens.count(second) != 1:
        return None
    start, end = read_.tokens.index(first), read_.tokens.index(second)
    return read_.tokens[start + 1 : end] if start < end else None


def _compared(claim: Read, sentence: Read) -> str:
    """ "A more than B" where the passage has "B more than A"."""
    said, held = _COMPARED.search(claim.text), _COMPARED.search(sentence.text)
    if not said or not held or said.group(1).lower() != held.group(1).lower() or claim.negated != sentence.negated:
        return ""
    (left, right), (held_left, held_right) = _sides(claim, said), _sides(sentence, held)
    exchanged = len(right) == 1 and right <= held_left and bool(held_right) and held_right <= left
    return "The passage compares the two the other way round." if exchanged else ""


def _sides(part: Read, match: re.Match[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Stems before a comparison, and those it compares with."""
    after = re.split(r"[,;]|\b(?:but|and|in|at|on|over|for)\b", part.text[match.end() :], maxsplit=1)[0]
    before = re.split(r"[,;]|\b(?:but|and)\b", part.text[: match.start()])[-1]
    left, right = (frozenset(words.content(words.tokens(text))) for text in (before, after))
    return left - right, right - left


# --- one clause ---------------------------------------------------------------


def clause_on(claim: Read, sentence: Read, ignored: frozenset[str] = frozenset()) -> Read:
    """The clause of the sentence whose words are most nearly the claim's; the whole where none is nearer.

    A clause behind the first stands without its subject: the sentence's first words do not count there, nor anywhere
    the `ignored` stems.
    """
    about = frozenset(_told_first(sentence))
    pieces = [(read(text), about if n else frozenset()) for n, text in enumerate(_HALVES.split(sentence.text)) if text]
    return max([(sentence, frozenset()), *pieces], key=lambda piece: alike(claim, piece[0], piece[1] | ignored))[0]


def alike(first: Read, second: Read, ignored: frozenset[str] = frozenset()) -> float:
    """Words both have of all words of both, by rarity."""
    union = (first.stem_set | second.stem_set) - ignored
    shared = (first.stem_set & second.stem_set) - ignored
    return words.weight(shared) / (words.weight(union) or 1.0)
