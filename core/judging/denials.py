"""Denials and opposites: the passage's own words in the opposite sense.

A denial counts only with what it denies: "nobody knows how many, but it takes 100" denies nothing of the hundred. So
each denying word is taken with the word that follows it, and speaks only where the other side has that word and
does not deny it. "Not all" denies nothing of what holds for some.
"""

import functools

from core.judging import numerals, quantities, words
from core.judging.clauses import alike, changes, clause_on
from core.judging.features import Comparison, Read, share
from core.judging.finding import CONFLICT_SCORE, Finding, turned
from core.models import Label

_SAME_WORDS = 0.75
"""Overlap of both sentences' words by rarity from which a denial on one side only turns the meaning around."""
_FEWEST_ALTERED, _MOST_ALTERED = 5, 4
"""Words a sentence must have, and by how many the two may differ in length, to be one the other's altered copy. The
rule spoke on 2 of 16,474 labelled claims that no other rule had decided, right both times (benchmarks/judge.md); its
use is text that people edit, where it is what catches a slip."""
_LONGEST_PLACE, _ALL = 2, 0.9
_DENYING = frozenset({"do", "does", "did"})
_PARTIAL = {("all",), ("every",), ("only",), ("just",), ("both",), ("always",), ("necessarily",), ("everyone",)}


def altered(claim: Read, sentence: Read) -> Finding | None:
    """The sentence is the passage's own words but for its numbers or a denial.

    Ranges, bounds and "only" make no difference then: `at least 12 months` does not bear out `at least 52 months`.
    """
    reason = alteration(claim, sentence)
    if not reason:
        return None
    return Finding("the same words but one", Label.CONTRADICTED, reason, CONFLICT_SCORE, doubtful=False)


def alteration(claim: Read, sentence: Read) -> str:
    """The same as a reason; empty when it is not so."""
    if len(claim.tokens) < _FEWEST_ALTERED or abs(len(claim.tokens) - len(sentence.tokens)) > _MOST_ALTERED:
        return ""
    differing = changes(claim.tokens, sentence.tokens)
    if not differing:
        return ""
    if all(said and held and all(t[0].isdigit() for t in said + held) for said, held in differing):
        if all(_agree(" ".join(said), " ".join(held)) for said, held in differing):
            return ""
        said, held = (" and ".join(" ".join(side[n]) for side in differing) for n in (0, 1))
        return f"The passage says {held} where the sentence says {said}, in the same words."
    denials = all(
        token in _DENYING or words.is_negated([token]) for pair in differing for side in pair for token in side
    )
    if denials and claim.negated != sentence.negated:
        return (
            "The sentence denies, in the same words, what the passage says."
            if claim.negated
            else "The passage denies what the sentence says in the same words."
        )
    return ""


def _agree(said: str, held: str) -> bool:
    pairs = zip(numerals.find(said), numerals.find(held), strict=False)
    return all(quantities.agree(one, other) for one, other in pairs)


def found(claim: Read, comparison: Comparison, sentence: Read) -> Finding | None:
    """The sentence has nearly the words of the passage's sentence, or of a clause of it, in the opposite sense."""
    clause = clause_on(claim, sentence, frozenset(stem for pair in comparison.opposites for stem in pair))
    opposed = [pair for pair in comparison.opposites if pair[1] in clause.stem_set] or _one_opposite(claim, clause)
    opposed_stems = frozenset(stem for pair in opposed for stem in pair)
    ignored = opposed_stems | _denials()
    if clause is not sentence:
        ignored |= frozenset(sentence.stems[:2]) - clause.stem_set
    if alike(claim, clause, ignored) < _SAME_WORDS:
        return _in_its_place(claim, sentence)
    denying = [
        words.is_negated([token for token in read.tokens if words.stem(token) not in opposed_stems])
        for read in (claim, clause)
    ]
    unequal = denying[0] != denying[1] and not _same_bound(claim, sentence)
    denied = unequal and "only" not in claim.tokens + clause.tokens
    if opposed and ("few" in claim.tokens) != ("few" in clause.tokens):
        return None  # "few are unsafe" where "most are safe"
    if opposed and not denied:
        said, held = (_spelled(stem, read) for stem, read in zip(opposed[0], (claim, clause), strict=True))
        return turned("the opposite word", f"The passage says “{held}” where the sentence says “{said}”.")
    if not denied or opposed:
        return None
    if claim.negated and any(first in clause.stem_set for first, *_ in _denied(claim) - _denied(sentence)):
        return turned("a denial on one side", "The sentence denies what the passage says.")
    if not claim.negated and any(first in claim.stem_set for first, *_ in _denied(clause)):
        return turned("a denial on one side", "The passage denies what the sentence says.")
    return None


def _in_its_place(claim: Read, sentence: Read) -> Finding | None:
    """A word's opposite between the same words, in a claim that has all else from the passage's sentence."""
    if claim.negated != sentence.negated:
        return None
    against = words.opposites()
    for said, held in changes(claim.tokens, sentence.tokens):
        if not said or not held or len(said) > _LONGEST_PLACE or len(held) > _LONGEST_PLACE:
            continue
        for word in said:
            opposed = [other for other in held if words.stem(other) in against.get(words.stem(word), ())]
            rest = claim.stem_set - frozenset(words.content(said))
            if opposed and word not in sentence.tokens and share(rest, sentence.stem_set) >= _ALL:
                reason = f"The passage says “{opposed[0]}” where the sentence says “{word}”."
                return turned("the opposite word in its place", reason)
    return None


def _denied(part: Read) -> frozenset[tuple[str, ...]]:
    """For each denying word the two stems that follow it, or the one before it where none does."""
    found: set[tuple[str, ...]] = set()
    for at, token in enumerate(part.tokens):
        if not words.is_negated([token]) or part.tokens[at + 1 : at + 2] in _PARTIAL:
            continue
        stems = [stem for stem in words.content(part.tokens[at + 1 :]) if stem not in _denials()]
        before = [stem for stem in words.content(part.tokens[:at]) if stem not in _denials()]
        found.add(tuple(stems[:2] or before[-1:]))
    return frozenset(found - {()})


def _same_bound(claim: Read, sentence: Read) -> bool:
    """Is the denial on one side only that of a bound: "no more than 30" for "at most 30"?"""
    return any(
        (wanted.turned or held.turned) and wanted.bound == held.bound and quantities.agree(wanted, held)
        for wanted in claim.quantities
        for held in sentence.quantities
    )


def _one_opposite(claim: Read, clause: Read) -> list[tuple[str, str]]:
    """The stems of the one word by which they differ, when it is the other's opposite: "before" for "after"."""
    differing = changes(claim.tokens, clause.tokens)
    if len(differing) != 1 or [len(side) for side in differing[0]] != [1, 1]:
        return []
    said, held = (words.stem(side[0]) for side in differing[0])
    return [(said, held)] if held in words.opposites().get(said, ()) else []


@functools.cache
def _denials() -> frozenset[str]:
    """Stems of the words that deny: "failed to show" has the words of "showed"."""
    return frozenset(words.content([*words.NEGATIONS, "ever"]))


def _spelled(stem: str, read: Read) -> str:
    return next((token for token in read.tokens if words.stem(token) == stem), stem)
