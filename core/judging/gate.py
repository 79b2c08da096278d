"""The gate: may this draft go out as it is?

One contradicted sentence closes it whatever the mean, and so does one nobody judged; only then
does the share of supported claims count, of the article and of each section. Where the score is an
estimate that could as well lie on the other side, or most verdicts are doubtful, it says that a person should
look; that closes the gate only where the settings say so.

The article's threshold would be wrong for sections: of sections in which every claim is truly supported, the
deterministic judge alone would put 14 to 31 in 100 below 0.8, for they have few claims; below 0.6 it puts 0.1 to 4 in
100 (three to ten claims, computed from its rates in benchmarks/judge.md).
"""

from core.models import Draft, Gate, Label, Scorecard, SectionScore, Sentence, SentenceKind

FEWEST_CLAIMS = 5
"""Fewer claims than these are no sample; a person can read them all."""
FEWEST_IN_SECTION = 3
"""A section with fewer claims has no share worth the name; its claims still count in the article's."""
MOST_DOUBTFUL = 0.5
"""Share of claims with a doubtful verdict from which the score as a whole is in doubt."""


def open_claims(draft: Draft) -> list[Sentence]:
    """The claims that may go out with a person's reason only: all that are not found supported, in order."""
    return [
        sentence
        for sentence in draft.sentences
        if sentence.kind is SentenceKind.CLAIM
        and (sentence.verdict is None or sentence.verdict.label is not Label.SUPPORTED)
    ]


def decide(
    scorecard: Scorecard, *, threshold: float = 0.8, section_threshold: float = 0.0, certain: bool = False
) -> Gate:
    """Open or closed, with reasons in words, most serious first.

    Args:
        threshold: least faithfulness of the article.
        section_threshold: the same of each section with three claims or more; 0 asks for none.
        certain: close it, too, where a person should look.

    >>> from core.models import Scorecard
    >>> decide(Scorecard(faithfulness=0.75, claims=4, supported=3, unsupported=1)).reasons
    ('Faithfulness is 0.75, below 0.80: 1 of 4 claims is not fully supported.',)
    """
    reasons = []
    if scorecard.claims == 0:
        reasons.append("There is no claim in it that could be checked.")
    if scorecard.contradicted:
        where = _where(scorecard, "contradicted")
        reasons.append(f"{_claims(scorecard.contradicted)} contradicted by what {_it(scorecard.contradicted)}{where}.")
    if scorecard.unjudged:
        reasons.append(f"{_claims(scorecard.unjudged)} not judged yet{_where(scorecard, 'unjudged')}.")
    if scorecard.claims and scorecard.faithfulness < threshold:
        reasons.append(_below("Faithfulness is", scorecard.faithfulness, threshold, scorecard))
    for section in scorecard.sections:
        share = section.faithfulness
        if share is not None and share < section_threshold and section.claims >= FEWEST_IN_SECTION:
            reasons.append(_below(f"In {_name(section)} faithfulness is", share, section_threshold, section))
    remarks = _remarks(scorecard, threshold)
    if certain:
        reasons += remarks
    return Gate(
        passed=not reasons, reasons=tuple(reasons), remarks=() if certain else tuple(remarks), threshold=threshold,
        section_threshold=section_threshold,
    )  # fmt: skip


def _remarks(scorecard: Scorecard, threshold: float) -> list[str]:
    """Why the score should not be taken at its word."""
    remarks = []
    low, high = scorecard.faithfulness_low, scorecard.faithfulness_high
    if low is not None and high is not None:
        if 0 < scorecard.claims < FEWEST_CLAIMS:
            remarks.append(f"A person should look: {_claims(scorecard.claims)} too few for an estimate.")
        elif low < threshold <= high:
            remarks.append(
                f"A person should look: without a model judge the share of claims that hold is an estimate between "
                f"{low:.2f} and {high:.2f}, on either side of {threshold:.2f}."
            )
    if scorecard.claims and scorecard.doubtful / scorecard.claims > MOST_DOUBTFUL:
        remarks.append(
            f"A person should look: the verdict on {scorecard.doubtful} of {scorecard.claims} claims is doubtful."
        )
    return remarks


def _below(what: str, share: float, threshold: float, counted: Scorecard | SectionScore) -> str:
    short = counted.claims - counted.supported
    return (
        f"{what} {share:.2f}, below {threshold:.2f}: {short} of {counted.claims} "
        f"claims {'is' if short == 1 else 'are'} not fully supported."
    )


def _where(scorecard: Scorecard, what: str) -> str:
    """The sections it happened in, where they are known."""
    found = [_name(section) for section in scorecard.sections if getattr(section, what)]
    return f", in {' and in '.join(found)}" if found else ""


def _name(section: SectionScore) -> str:
    return f"“{section.heading}”" if section.heading else "the introduction"


def _claims(count: int) -> str:
    return "1 claim is" if count == 1 else f"{count} claims are"


def _it(count: int) -> str:
    return "it cites" if count == 1 else "they cite"
