"""How many years of schooling a text asks for, by Flesch and Kincaid; English only.

Grade = 0.39 words a sentence + 11.8 syllables a word - 15.59 (Kincaid, Fishburne, Rogers & Chissom 1975, report
8-75 of the US Navy's training command). It sees lengths, not sense: a list of short words that nobody understands
reads as easy. Syllables are counted by groups of vowels, which is right for 9 of 10 English words; figures are left
out, since nobody agrees on how they are read.
"""

import re
from collections.abc import Sequence

_WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)?")
_VOWELS = re.compile(r"[aeiouy]+")
_FEWEST_WORDS = 100
"""The formula was fitted on texts of a hundred words and more."""


def grade(sentences: Sequence[str]) -> float | None:
    """The Flesch-Kincaid grade of a text given by its sentences, 0 at least; None under a hundred words.

    8 reads like a newspaper for everybody, 12 like the end of school, 16 and more like a scholarly paper.

    >>> grade(["The cat sat on the mat."]) is None
    True
    """
    words = [_WORD.findall(sentence) for sentence in sentences]
    counts = [len(found) for found in words if found]
    total = sum(counts)
    if total < _FEWEST_WORDS:
        return None
    syllables_in_all = sum(syllables(word) for found in words for word in found)
    return max(0.0, 0.39 * total / len(counts) + 11.8 * syllables_in_all / total - 15.59)


def syllables(word: str) -> int:
    """Syllables of an English word, estimated; 1 at least.

    >>> [syllables(word) for word in ("heat", "table", "measured", "efficiency", "needed", "house")]
    [1, 2, 2, 4, 2, 1]
    """
    plain = re.sub(r"['’].*", "", word.lower())
    count = len(_VOWELS.findall(plain))
    silent = re.search(r"[^aeiouylr]e$|[aeiou][lr]e$|[^aeioudt]ed$|[^aeiousxzcgh]es$", plain)
    apart = len(re.findall(r"(?<![tscg])i[ao]|[^q]u[ao]|eo", plain))
    return max(1, count - bool(silent) + apart)
