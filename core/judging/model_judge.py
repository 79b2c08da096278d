"""The model judge's answers, checked before they count.

A model says which words of which passage it rests on before it says what it thinks. Those words
must be there, verbatim but for white space and quotation marks; a quote that is not makes the whole
verdict void, whatever it says. Quote first, then missing, conflict, verdict, confidence:
an order that keeps the verdict from choosing its evidence.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from core.judging.quotes import locate
from core.models import Label, Passage, Span, Verdict

_LABELS = {
    "supported": Label.SUPPORTED,
    "partial": Label.PARTLY,
    "contradicted": Label.CONTRADICTED,
    "no_evidence": Label.UNSUPPORTED,
}
_GRAVITY = (Label.CONTRADICTED, Label.UNSUPPORTED, Label.PARTLY, Label.SUPPORTED, Label.NOT_CHECKABLE)
_UNSURE = 60
"""Confidence (0 to 100) below which a verdict is doubtful."""


class Quoted(Protocol):
    """Words a model says it took from a passage."""

    @property
    def passage(self) -> int: ...
    @property
    def text(self) -> str: ...


class Judged(Protocol):
    """A model's answer about one claim, as `language.tasks.JudgedClaim`."""

    @property
    def claim(self) -> int: ...
    @property
    def quotes(self) -> Sequence[Quoted]: ...
    @property
    def missing(self) -> Sequence[str]: ...
    @property
    def conflict(self) -> Sequence[str]: ...
    @property
    def verdict(self) -> str: ...
    @property
    def confidence(self) -> int: ...


class Asked(Protocol):
    """The claim as the model was shown it, as `language.tasks.JudgeClaim`."""

    @property
    def number(self) -> int: ...
    @property
    def passages(self) -> Sequence[tuple[int, str]]: ...


def verdict_from(judged: Judged, claim: Asked, passages: Mapping[int, Passage], model: str) -> Verdict | None:
    """Turn a model's answer about a claim into a verdict.

    Args:
        passages: by id; only those that `claim` was shown with count.

    Returns:
        None when the answer is void: it is about another claim, a quote names a passage the claim was not shown
        with or is not verbatim, or a verdict that needs words to rest on has none.
    """
    if judged.claim != claim.number:
        return None
    shown = {passage_id for passage_id, _ in claim.passages}
    places: list[tuple[Passage, Span]] = []
    for quote in judged.quotes:
        passage = passages.get(quote.passage) if quote.passage in shown else None
        place = locate(quote.text, passage.text) if passage else None
        if passage is None or place is None:
            return None
        places.append((passage, place))
    label = _LABELS[judged.verdict]
    if label is not Label.UNSUPPORTED and not places:
        return None
    verdict = Verdict(
        label=label, score=_score(label, judged.confidence), reason=_reason(judged), judge=f"model:{model}",
        doubtful=judged.confidence < _UNSURE,
    )  # fmt: skip
    if not places:
        return verdict
    passage, place = places[0]
    quote_span = Span(start=passage.start + place.start, end=passage.start + place.end)
    return replace(verdict, passage_id=passage.id, quote=quote_span)


def _score(label: Label, confidence: int) -> float:
    """Probability of support: surely supported 1, surely not 0, no more than 0.5 for a part."""
    half = confidence / 200
    if label is Label.SUPPORTED:
        return 0.5 + half
    return 0.5 if label is Label.PARTLY else 0.5 - half


def _reason(judged: Judged) -> str:
    parts = []
    if judged.conflict:
        parts.append(f"The passage says otherwise: {'; '.join(judged.conflict)}.")
    if judged.missing:
        parts.append(f"The passage does not say: {'; '.join(judged.missing)}.")
    plain = {
        "supported": "The passage says it.",
        "partial": "The passage says a part of it.",
        "contradicted": "The passage says otherwise.",
        "no_evidence": "The passage does not say it.",
    }
    return " ".join(parts).replace("..", ".") or plain[judged.verdict]


def combine(verdicts: Sequence[Verdict]) -> Verdict:
    """One verdict from several askings of one claim.

    Returns:
        The label most of them gave, the graver one on a tie, with the lowest score given; doubtful
        when they disagreed or any was.

    Raises:
        ValueError: no verdicts.
    """
    if not verdicts:
        raise ValueError("no verdicts to combine")
    counts = Counter(verdict.label for verdict in verdicts)
    label = max(counts, key=lambda one: (counts[one], -_GRAVITY.index(one)))
    chosen = min((verdict for verdict in verdicts if verdict.label is label), key=lambda verdict: verdict.score)
    score = min(verdict.score for verdict in verdicts)
    if len(counts) == 1:
        return replace(chosen, score=score, doubtful=any(verdict.doubtful for verdict in verdicts))
    said = ", ".join(f"{count} {one}" for one, count in counts.most_common())
    return replace(chosen, score=score, doubtful=True, reason=f"{chosen.reason} Asked {len(verdicts)} times: {said}.")
