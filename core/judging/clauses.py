"""The clauses of a sentence that a passage and a claim are compared by, and how alike two of them are.

Finer than `sentences.clauses`, which cuts a claim into claims: here what stands beside each other with values or
names of its own ("£5,000 in 2021 and £7,500 in 2023") is told apart, subject or not.
"""

import functools
import re
from collections.abc import Iterable
from difflib import SequenceMatcher

from core.judging import features, words
from core.judging.features import Read

_HALVES = re.compile(
    r"\s*(?:;|:\s(?!\s*(?:(?:over|about|up to)?\s*\W?\d|true\b|false\b|yes\b|no\b|none\b|not\b))"
    r"|,?\s+(?:and|but|while|whereas|after|before|unlike)\s+|,\s+)\s*",
    re.IGNORECASE,
)
"""Not behind the colon of "validated: False" or "total: £295", where the clause is the label."""
_TITLES = frozenset({"the", "dr", "mr", "mrs", "ms", "prof", "judge"})
_PRONOUNS = words.listed("he she it they this these those we i you")


@functools.lru_cache(maxsize=8192)
def read(text: str) -> Read:
    """Take a clause apart. Kept: the same clauses come again."""
    return features.read(features.without_signs(text))


@functools.lru_cache(maxsize=4096)
def changes(said: tuple[str, ...], held: tuple[str, ...]) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """Where two runs of words differ: the first's words and the second's that stand in their place."""
    codes = SequenceMatcher(None, said, held, autojunk=False).get_opcodes()
    return tuple((said[a:b], held[c:d]) for kind, a, b, c, d in codes if kind != "equal")


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
    told_of = bool(capitalised(left)) and bool(opening_names(right)) and bool(bare(left)) and bool(bare(right))
    return bool(measures) or opposed or told_of


def bare(part: Read) -> frozenset[str]:
    """Stems of the clause without its names and values."""
    return part.subject - content(capitalised(part))


def content(found_words: Iterable[str]) -> frozenset[str]:
    """Those of the words that carry meaning."""
    return frozenset(words.content(found_words))


def told_first(sentence: Read) -> list[str]:
    """What the sentence is about, and every clause of it: its first words, unless a pronoun stands there."""
    if not sentence.tokens or sentence.tokens[0] in _PRONOUNS:
        return []
    return [stem for stem in sentence.stems if not stem[0].isdigit()][:2]


def opening_names(part: Read) -> list[str]:
    """The names a clause begins with, behind an article or a title."""
    found: list[str] = []
    capitals = capitalised(part)
    for token in part.tokens:
        if token in _TITLES and not found:
            continue
        if token not in capitals:
            break
        found.append(token)
    return found


def capitalised(part: Read) -> frozenset[str]:
    """Its names, and its first word if that is capitalised and none of the commonest."""
    opening = re.match(r"(?:[Tt]he\s+)?([A-Z][\w-]+)", part.text)
    first = opening[1].lower() if opening else ""
    return frozenset(part.names) | ({first} if first and first not in words.STOP else frozenset())


def clause_on(claim: Read, sentence: Read, ignored: frozenset[str] = frozenset()) -> Read:
    """The clause of the sentence whose words are most nearly the claim's; the whole where none is nearer.

    A clause behind the first stands without its subject: the sentence's first words do not count there, nor anywhere
    the `ignored` stems.
    """
    about = frozenset(told_first(sentence))
    pieces = [(read(text), about if n else frozenset()) for n, text in enumerate(_HALVES.split(sentence.text)) if text]
    return max([(sentence, frozenset()), *pieces], key=lambda piece: alike(claim, piece[0], piece[1] | ignored))[0]


def alike(first: Read, second: Read, ignored: frozenset[str] = frozenset()) -> float:
    """Words both have of all words of both, by rarity."""
    union = (first.stem_set | second.stem_set) - ignored
    shared = (first.stem_set & second.stem_set) - ignored
    return words.weight(shared) / (words.weight(union) or 1.0)
