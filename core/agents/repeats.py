"""What sections written side by side both tell: the first telling stays.

A disagreement is told or left out as a whole, the line that leads over to it with both its sides: one side alone, or
the line without them, says nothing.
"""

from collections.abc import Iterator, Sequence
from itertools import takewhile

from core.models import DISPUTE, Sentence, SentenceKind

_DISPUTED = 3
"""Sentences that tell a disagreement: the line that leads over, and the two sides."""


def first_tellings(sections: Sequence[Sequence[Sentence]]) -> list[list[Sentence]]:
    """The sections in their order, without claims that an earlier sentence makes in the same words."""
    told: set[str] = set()
    kept = []
    for section in sections:
        fresh: list[Sentence] = []
        for together in _told_together(section):
            claims = {_words(one) for one in together if one.kind is SentenceKind.CLAIM}
            if claims - told or (not claims and together[0].text != DISPUTE):
                fresh += together
                told |= claims
        kept.append(fresh)
    return kept


def _told_together(section: Sequence[Sentence]) -> Iterator[list[Sentence]]:
    """Each sentence by itself, and those of a disagreement as one."""
    rest = list(section)
    while rest:
        ahead = rest[1 : _DISPUTED if rest[0].text == DISPUTE else 1]
        sides = takewhile(lambda one: one.paragraph == rest[0].paragraph and one.text != DISPUTE, ahead)
        together = [rest[0], *sides]
        yield together
        del rest[: len(together)]


def _words(sentence: Sentence) -> str:
    return " ".join(sentence.text.lower().split())
