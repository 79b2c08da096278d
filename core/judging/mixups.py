"""The right words in the wrong places: values, names and verbs that a passage says of something else.

Words alone cannot tell "£7,500 in 2023" from "£7,500 in 2021" where a passage gives both years. What
can be told: a passage's sentence falls into clauses; when one of them has all of the claim but a
value or a name, has another in its place, and the claim's own stands in the clause beside it, the two were
mixed up. Every rule wants nearly all of the claim's words in one sentence of the passage: where the wording
is free it stays silent. How often each was right: tests/judging/pairs/README.md.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import combinations

from core.judging import quantities, words
from core.judging.clauses import alike, bare, capitalised, changes, clause_on, content, opening_names, parts, told_first
from core.judging.features import Read, is_aside, share
from core.judging.finding import Finding, turned
from core.judging.quantities import Quantity

_ALL = 0.9
"""Share of the claim's other words, by rarity, that one clause must have."""
_FEWEST_WORDS = 5
_FEWEST_STEMS = 2
_ELLIPTIC = re.compile(r"(?:in|into|to|at|on|from|for|by|of|with)\b", re.IGNORECASE)
_COMPARED = re.compile(r"\b(more|less|worse|[a-z]{2,}er)\b(?:\s+\w+)?\s+than\b", re.IGNORECASE)
_SIDE = re.compile(
    r"\b(?P<verb>[a-z]+(?:ed|s)|spoke|ruled|stood|fought)\s+(?P<side>for|against|in favour of)\b", re.IGNORECASE
)
_AGENT = re.compile(
    r"(?<!\bas )\b(?P<verb>[a-z]+ed|made|led|built|won|sold|written|brought|bought|held|run|found|given|taken|beaten"
    r"|known|grown)"
    r"\s+by\s+(?P<agent>the\s+[a-z]+|(?:the\s+)?[A-Z][\w&'-]*(?:\s+(?:of\s+)?[A-Z][\w&'-]*)*)"
)
_AFTER_AGENTS = re.compile(
    r"[;.]\s|\s(?:against|in|at|on|after|before|with|from|for|who|which|that|starring)\s"
    r"|\s(?:and|but)\s+(?:(?:was|were|is|are)\s+)?[a-z]+\s+by\s",
    re.IGNORECASE,
)


def found(claim: Read, sentence: Read) -> Finding | None:
    """What the claim mixes up of what the passage's sentence says."""
    clause = clause_on(claim, sentence)
    return (
        _crossed(claim, sentence)
        or turned("two names exchanged", _turned_round(claim, clause))
        or turned("another name, all else the same", _another_name(claim, clause))
        or turned("for and against", _other_side(claim, sentence))
        or turned("by whom it was done", _other_agent(claim, sentence))
        or turned("a comparison turned round", _compared(claim, sentence))
    )


# --- across clauses ---------------------------------------------------------------


def _crossed(claim: Read, sentence: Read) -> Finding | None:
    pieces = parts(sentence)
    if len(pieces) < 2:
        return None
    about = told_first(sentence)
    for part in parts(claim):
        found = _crossed_part(part, claim, pieces, about)
        if found:
            return found
    return None


def _crossed_part(part: Read, claim: Read, pieces: Sequence[Read], about: Sequence[str]) -> Finding | None:
    shared = frozenset(about[:1])
    wanted = (bare(part) | content(part.names)) - content(opening_names(part))
    if not wanted:
        return None
    homes = [n for n, piece in enumerate(pieces) if share(wanted, piece.subject | shared) >= _ALL]
    values, names = [], []
    for n in homes:
        others = [piece for m, piece in enumerate(pieces) if m != n]
        values.append(_value_of_another(part, pieces[n], others, shared))
        names.append(_name_of_another(part, claim, pieces[n], others))
    if homes and all(value or name for value, name in zip(values, names, strict=True)):
        return turned("a value of another clause", values[0]) or turned("a name of another clause", names[0])
    if homes:
        return None
    return turned("a word of another clause", _opposite_of_another(part, pieces, frozenset(about)))


def _value_of_another(claim: Read, home: Read, others: Sequence[Read], shared: frozenset[str]) -> str:
    """Not where the other clause explains the claim as well: it has a word of it that the first lacks, or is told with
    the first's verb ("inducted into one in 1998 and into another in 2001") and the claim does not say of which."""
    foreign = claim.subject - home.stem_set - shared
    placed = any(quantities.agree(wanted, held) for wanted in claim.quantities for held in home.quantities)
    vague = not placed and len(bare(claim)) < _FEWEST_STEMS
    others = [piece for piece in others if not foreign & piece.stem_set and not (vague and _ELLIPTIC.match(piece.text))]
    for wanted in claim.quantities:
        if any(quantities.agree(wanted, held) for held in home.quantities):
            continue
        elsewhere = any(quantities.agree(wanted, held) for piece in others for held in piece.quantities)
        rivals = [
            held
            for held in home.quantities
            if _same_kind(wanted, held)
            and not is_aside(held, home, claim)
            and not any(quantities.agree(one, held) for one in claim.quantities)
        ]
        if elsewhere and rivals:
            return f"The passage says {rivals[0].text.strip()} of it; {wanted.text.strip()} it says of something else."
    return ""


def _same_kind(wanted: Quantity, held: Quantity) -> bool:
    """A bare number may count what the other does, but for a number word in a name: "Two and a Half Men"."""
    counts = not wanted.measure and not held.measure and not (wanted.nouns and held.nouns)
    named = any(value.spelled and not value.nouns for value in (wanted, held))
    return counts and not named or quantities.same_measure(wanted, held)


def _name_of_another(claim: Read, whole: Read, home: Read, others: Sequence[Read]) -> str:
    """Only where both open their clause: what is said is said of them. A sentence that has both told of both."""
    said, held = opening_names(claim), opening_names(home)
    own, rivals = [name for name in said if name not in held], [name for name in held if name not in said]
    against = words.opposites()
    if any(words.stem(token) in against.get(words.stem(other), ()) for token in claim.tokens for other in home.tokens):
        return ""
    if not own or not rivals or set(own) & set(home.tokens) or set(rivals) & set(whole.tokens):
        return ""
    if alike(claim, home, content([*said, *held, *claim.names, *home.names])) < _ALL:
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


def _title(names: Sequence[str]) -> str:
    return " ".join(name.title() for name in names[:3])


# --- who did what to whom ---------------------------------------------------------------


def _turned_round(claim: Read, sentence: Read) -> str:
    """The two names around the same verb, exchanged."""
    capitals = capitalised(claim)
    own = [token for token in dict.fromkeys(claim.tokens) if token in capitals]
    named = content(own) | content(capitalised(sentence))
    for first, second in combinations(own, 2):
        said, held = _between(claim, first, second), _between(sentence, second, first)
        if said is None or held is None:
            continue
        stems, said_stems = content(held) - named, content(said) - named
        if stems and stems == said_stems and ("by" in said) == ("by" in held):
            return f"The passage has {second.title()} and {first.title()} the other way round."
    return ""


def _another_name(claim: Read, clause: Read) -> str:
    """The same words but for one name."""
    if len(claim.tokens) < _FEWEST_WORDS:
        return ""
    differing = changes(claim.tokens, clause.tokens)
    if len(differing) != 1 or not all(len(side) == 1 for side in differing[0]):
        return ""
    said, held = (side[0] for side in differing[0])
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
        held, named = _SIDE.search(piece.text), opening_names(piece)
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
    """ "A more than B" where the passage has "B more than A", or "less than B"."""
    said, held = _COMPARED.search(claim.text), list(_COMPARED.finditer(sentence.text))
    if not said or not held or claim.negated != sentence.negated:
        return ""
    word, (left, right) = _way(said[1], sentence), _sides(claim, said)
    if word == held[0][1].lower():
        held_left, held_right = _sides(sentence, held[0])
        if len(right) == 1 and right <= held_left and held_right and held_right <= left:
            return "The passage compares the two the other way round."
    against = words.opposites().get(words.stem(word), frozenset())
    with_it = [match for match in held if right and right <= _sides(sentence, match)[1]]
    if len(with_it) == 1 and words.stem(with_it[0][1].lower()) in against and left & sentence.stem_set:
        return f"The passage says “{with_it[0][1]} than” where the sentence says “{said[1]} than”."
    return ""


def _way(word: str, sentence: Read) -> str:
    """Cheaper is "less" where the passage has it of what things cost."""
    price = {"cheaper": "less", "dearer": "more"} if "cost" in sentence.stem_set else {}
    return price.get(word.lower(), word.lower())


def _sides(part: Read, match: re.Match[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Stems before a comparison, and those it compares with."""
    after = re.split(r"[,;]|\b(?:but|and|in|at|on|over|for)\b", part.text[match.end() :], maxsplit=1)[0]
    before = re.split(r"[,;]|\b(?:but|and)\b", part.text[: match.start()])[-1]
    left, right = (frozenset(words.content(words.tokens(text))) for text in (before, after))
    return left - right, right - left
