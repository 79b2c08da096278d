"""What is decided by rule, and in which order: the first rule that speaks is heard.

Another number for the same thing, and the same words but one, contradict on their own. All else is doubtful: values
and names that the passage says of something else (`mixups`), a denial on one side (`denials`), a stronger word
(`degree`). A number that no passage holds cannot be supported. How often each was right: benchmarks/judge.md, rules.
"""

import re
from collections.abc import Sequence

from core.judging import degree, denials, mixups, reckoning, replaced, scope, words
from core.judging.features import Comparison, Prepared, Read, read_claim, share
from core.judging.finding import CONFLICT_SCORE, UNSURE_SCORE, Finding, partly
from core.models import Label

_SAME_SUBJECT = 0.5
"""Share of the claim's words, by rarity and without its numbers, in the sentence whose number is set against its
own; of all its words in the sentence whose wording is compared with its own."""


def decide(claim: Read, comparison: Comparison, sources: Sequence[Prepared], before: str) -> Finding | None:
    """What the first rule says that has something to say; None where the score decides."""
    if comparison.conflicts and comparison.same_subject >= _SAME_SUBJECT and not _missing_names(claim, comparison):
        said, held = comparison.conflicts[0]
        reason = f"The passage says {held.text.strip()}, the sentence {said.text.strip()}."
        return Finding("another number", Label.CONTRADICTED, reason, CONFLICT_SCORE, doubtful=False)
    sentence = sources[comparison.source].sentences[comparison.best]
    return (
        denials.altered(claim, sentence)
        or _on_the_wording(claim, comparison, sentence, _sentence_before(comparison, sources))
        or reckoning.found(claim, sentence)
        or _number_missing(comparison, sources)
        or _unnamed(claim, before, sources)
    )


def _on_the_wording(claim: Read, comparison: Comparison, sentence: Read, before: Read | None) -> Finding | None:
    if share(claim.stem_set, sentence.stem_set) < _SAME_SUBJECT:
        return None
    return (
        denials.found(claim, comparison, sentence)
        or mixups.found(claim, sentence)
        or degree.found(claim, sentence)
        or scope.found(claim, sentence, before)
        or replaced.found(claim, sentence, _missing_names(claim, comparison))
    )


def _sentence_before(comparison: Comparison, sources: Sequence[Prepared]) -> Read | None:
    return sources[comparison.source].sentences[comparison.best - 1] if comparison.best else None


def _number_missing(comparison: Comparison, sources: Sequence[Prepared]) -> Finding | None:
    missing = dict.fromkeys(
        quantity.text.strip() for quantity in comparison.missing_quantities if not (quantity.spelled or quantity.named)
    )
    if not missing:
        return None
    label = Label.PARTLY if comparison.cover_window >= _SAME_SUBJECT else Label.UNSUPPORTED
    listed, many = ", ".join(missing), len(missing) > 1
    reason = f"The number{'s' * many} {listed} {'are' if many else 'is'} not in the {these(sources)}."
    return Finding("number missing", label, reason, UNSURE_SCORE, doubtful=False)


def _missing_names(claim: Read, comparison: Comparison) -> list[str]:
    """Names of the claim in no source, without the months and units within its values."""
    within = {token for value in claim.quantities for token in words.tokens(value.text)}
    return [name for name in comparison.missing_names if name not in within]


def _unnamed(claim: Read, before: str, sources: Sequence[Prepared]) -> Finding | None:
    """What the sentence's opening pronoun seems to stand for, when no passage, heading or title names it."""
    if claim.names or not re.match(r"(?:he|she|it|they|his|her|its|their)\b", claim.text, re.IGNORECASE):
        return None
    named = read_claim(before).names
    known = frozenset().union(*(source.stem_set | source.context for source in sources))
    if not named or any(stem in known for name in named for stem in words.content(words.tokens(name))):
        return None
    shown = ", ".join(name.title() for name in named[:3])
    reason = f"The {these(sources)} never {'mention' if len(sources) > 1 else 'mentions'} {shown}."
    return partly("what a pronoun stands for is missing", reason)


def these(sources: Sequence[Prepared]) -> str:
    """The word for them in a reason."""
    return "passages" if len(sources) > 1 else "passage"
