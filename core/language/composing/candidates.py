"""What may be chosen for a section: units of one to three sentences that stand on their own.

A unit is a sentence with the neighbours before it that it cannot do without. What leans on
a sentence that may not stand, or on nothing, is no candidate.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from core.language.composing.extracts import Extract
from core.language.composing.guards import refusal
from core.language.composing.openings import Leaning, leaning

LONGEST_UNIT = 3


@dataclass(frozen=True, eq=False)
class Unit:
    """Sentences of one passage that follow each other there and belong together."""

    extracts: tuple[Extract, ...]
    leaning: Leaning
    """Of its first sentence: `NONE` or `LIGHT`."""

    @property
    def core(self) -> Extract:
        """The sentence the unit is about: its last."""
        return self.extracts[-1]

    @property
    def words(self) -> int:
        return sum(extract.words for extract in self.extracts)

    @property
    def terms(self) -> frozenset[str]:
        return frozenset().union(*(extract.terms for extract in self.extracts))

    @property
    def numbers(self) -> frozenset[str]:
        return frozenset().union(*(extract.numbers for extract in self.extracts))


def units(extracts: Sequence[Extract], known: frozenset[str]) -> list[Unit]:
    """One unit for every sentence that may stand, in the order of the extracts.

    Args:
        extracts: sentences of the evidence.
        known: stems a reader of the article knows without being told.
    """
    allowed = {id(extract): not refusal(extract.text) for extract in extracts}
    found = []
    for extract in extracts:
        if not allowed[id(extract)]:
            continue
        unit = _unit(extract, allowed, known)
        if unit:
            found.append(unit)
    return found


def _unit(extract: Extract, allowed: dict[int, bool], known: frozenset[str]) -> Unit | None:
    chain = [extract]
    while True:
        first = chain[0]
        passage = first.item.passage
        lean = leaning(first.text, _texts_before(first), known, f"{passage.title} {passage.heading}")
        if lean is not Leaning.FULL:
            return Unit(tuple(chain), lean)
        before = first.before
        if before is None or len(chain) == LONGEST_UNIT or not allowed.get(id(before), not refusal(before.text)):
            return None
        chain.insert(0, before)


def _texts_before(extract: Extract) -> tuple[str, ...]:
    texts: list[str] = []
    while extract.before is not None and len(texts) < 3:
        extract = extract.before
        texts.insert(0, extract.text)
    return tuple(texts)
