"""The gate: may this draft go out as it is?

One contradicted sentence closes it whatever the mean, and so does one nobody judged; only then
does the share of supported claims count.
"""

from core.models import Draft, Gate, Label, Scorecard, Sentence, SentenceKind


def open_claims(draft: Draft) -> list[Sentence]:
    """The claims that may go out with a person's reason only: all that are not found supported, in order."""
    return [
        sentence
        for sentence in draft.sentences
        if sentence.kind is SentenceKind.CLAIM
        and (sentence.verdict is None or sentence.verdict.label is not Label.SUPPORTED)
    ]


def decide(scorecard: Scorecard, *, threshold: float = 0.8) -> Gate:
    """Open or closed, with reasons in words, most serious first.

    >>> from core.models import Scorecard
    >>> decide(Scorecard(faithfulness=0.75, claims=4, supported=3, unsupported=1)).reasons
    ('Faithfulness is 0.75, below 0.80: 1 of 4 claims is not fully supported.',)
    """
    reasons = []
    if scorecard.claims == 0:
        reasons.append("There is no claim in it that could be checked.")
    if scorecard.contradicted:
        reasons.append(f"{_claims(scorecard.contradicted)} contradicted by what {_it(scorecard.contradicted)}.")
    if scorecard.unjudged:
        reasons.append(f"{_claims(scorecard.unjudged)} not judged yet.")
    if scorecard.claims and scorecard.faithfulness < threshold:
        short = scorecard.claims - scorecard.supported
        reasons.append(
            f"Faithfulness is {scorecard.faithfulness:.2f}, below {threshold:.2f}: {short} of {scorecard.claims} "
            f"claims {'is' if short == 1 else 'are'} not fully supported."
        )
    return Gate(passed=not reasons, reasons=tuple(reasons))


def _claims(count: int) -> str:
    return "1 claim is" if count == 1 else f"{count} claims are"


def _it(count: int) -> str:
    return "it cites" if count == 1 else "they cite"
