"""What a sentence is about: content stems, figures, names; and how alike two sentences are.

Stems come from Snowball's English stemmer (Porter 2); rare terms count more than common
ones by inverse document frequency over the sentences at hand (Spärck Jones, 1972).
"""

import math
import re
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from snowballstemmer import stemmer

from core.language.composing.english import STOP_WORDS, WORD
from core.language.composing.wordlists import listed

_STEMMING = threading.Lock()
"""Snowball keeps the word it works on in itself: two threads at once give wrong stems, or fall over."""
_NUMBER = re.compile(
    r"(?P<sign>[−–-](?=\d)(?<![\w)][−–-]))?(?P<currency>[£$€¥])?\s?(?P<value>\d{1,3}(?:[,  "
    r"]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?P<scale>\s?(?:million|billion|thousand|bn)\b)?"
)
_SPELLED = {
    word: str(value)
    for value, word in enumerate(
        listed(
            """
        zero one two three four five six seven eight nine ten eleven twelve
        """
        )
    )
    if value >= 2
}
_NAME = re.compile(r"(?<![.!?:]\s)(?<!^)(?<![\"“(])\b[A-Z][\w’'-]*[a-z][\w’'-]*|\b[A-Z]{2,}[A-Za-z0-9]*\b")


_threads = threading.local()


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A word's stem, lower case; a possessive ending is dropped."""
    word = word.lower().replace("’", "'")
    word = word[:-2] if word.endswith("'s") else word
    with _STEMMING:
        return _stemmer().stemWord(word)


def _stemmer() -> Any:
    """This thread's stemmer: it keeps the word it works on in itself, and sections are written side by side."""
    if not hasattr(_threads, "stemmer"):
        _threads.stemmer = stemmer("english")
    return _threads.stemmer


def content(text: str) -> list[str]:
    """Stems of the content words in order; figures and function words are left out."""
    found = []
    for word in WORD.findall(text):
        low = word.lower()
        if low in STOP_WORDS or low[0].isdigit() or (len(low) < 3 and not word.isupper()):
            continue
        found.append(stem(low))
        if "-" in low:
            found.extend(stem(part) for part in low.split("-") if len(part) > 2 and part not in STOP_WORDS)
    return found


def figures(text: str) -> frozenset[str]:
    """The numbers a text states, in one spelling: `£12,800` -> `£12800`, `three` -> `3`."""
    found = set()
    for match in _NUMBER.finditer(text):
        value = re.sub(r"[,\s]", "", match["value"])
        sign = "-" if match["sign"] else ""
        found.add(sign + (match["currency"] or "") + value + (match["scale"] or "").strip())
    found.update(_SPELLED[word] for word in WORD.findall(text.lower()) if word in _SPELLED)
    return frozenset(found)


def years(numbers: Iterable[str]) -> frozenset[str]:
    """Those numbers that look like years."""
    return frozenset(n for n in numbers if len(n) == 4 and n.isdigit() and 1800 <= int(n) <= 2100)


def names(text: str) -> frozenset[str]:
    """Capitalised words inside the sentence, and words in capitals anywhere, as stems."""
    return frozenset(stem(match.group()) for match in _NAME.finditer(text))


def idf(bags: Iterable[frozenset[str]]) -> dict[str, float]:
    """Inverse document frequency of each term over bags of terms; a term in every bag is near 0.1."""
    bags = list(bags)
    counts = Counter(term for bag in bags for term in bag)
    return {term: 0.1 + math.log((len(bags) + 1) / (count + 0.5)) for term, count in counts.items()}


def weight(terms: Iterable[str], weights: Mapping[str, float], unknown: float = 1.0) -> float:
    return sum(weights.get(term, unknown) for term in terms)


def coverage(wanted: Iterable[str], bag: frozenset[str], weights: Mapping[str, float], unknown: float = 1.0) -> float:
    """Share of the wanted terms' weight that the bag holds, in [0, 1]; 0 when nothing is wanted."""
    wanted = list(wanted)
    total = weight(wanted, weights, unknown)
    return weight((term for term in wanted if term in bag), weights, unknown) / total if total else 0.0


def likeness(one: frozenset[str], other: frozenset[str], weights: Mapping[str, float] | None = None) -> float:
    """Jaccard likeness of two bags, weighted by idf where given, in [0, 1]."""
    union = one | other
    if not union:
        return 0.0
    if weights is None:
        return len(one & other) / len(union)
    return weight(one & other, weights) / (weight(union, weights) or 1.0)
