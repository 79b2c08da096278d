"""Abstaining: whether the evidence for a question holds its answer, as a probability, and what is missing in words.

The ranker's own estimate of the best passage carries it, set against how near the rest come and how much hangs
on one word: a logistic model fitted on questions asked with their answer in the index and again with it taken
out (weights.json; `benchmarks/retrieval/fit_abstaining.py`). Eleven further signs were tried and told nothing
more: words covered softly or exactly, by one passage or several, the rarest word, sentence and passage vectors,
agreement of the lists, an answer of the kind asked for. A near miss looks much like an answer: this is a reason
to search more and to say so, not a judgement. Whether a sentence is supported is the judge's to say.
Method: selective answering by a calibrated model over retrieval's own signs (Kamath, Jia & Liang, ACL 2020).
"""

import math
import re
from collections.abc import Sequence
from typing import NamedTuple

from core.models import EvidenceItem, Passage
from core.retrieval.embed import Embedder
from core.retrieval.index import Index
from core.retrieval.rerank import weights
from core.retrieval.signals import Asked, spoken_of

SIGNS = ("likeliest", "rest", "heaviest")
"""What `signs` returns, in order: the log odds that the best passage holds an answer, the mean of the sixth to the
fifteenth's, and the share of the question's weight that its heaviest word has."""
BEST = 5
SPOKEN = 0.5
"""Closeness from which a passage speaks of a word."""

_ASKS = {
    "a number": re.compile(
        r"\bhow (?:many|much|long|often|far|old|large|big|high|fast|deep)\b|\b(?:number|percentage|percent|amount|share"
        r"|total|average|maximum|minimum|limit|rate|cost|price|population|size) of\b", re.I,
    ),
    "a date": re.compile(r"\bwhen (?:did|was|were|is|will)\b|\b(?:what|which) (?:year|date|day|month|century)\b", re.I),
    "a name": re.compile(r"\bwho(?:se|m)?\b|\b(?:what|which) (?:country|city|person|company|state|name)\b", re.I),
}  # fmt: skip
_GIVES = {
    "a number": re.compile(
        r"\d[\d.,]*|\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|hundred|thousand|million|billion|half"
        r"|no limit|unlimited|once|twice)\b", re.I,
    ),
    "a date": re.compile(
        r"\b(?:1\d{3}|20\d\d)\b|\b(?:January|February|March|April|May|June|July|August|September|October|November"
        r"|December)\b|\b(?:century|yesterday|today)\b"
    ),
    "a name": re.compile(r"(?<=[a-z,;:’'(\"“] )[A-Z][\w’'-]+"),
}  # fmt: skip


class Sufficiency(NamedTuple):
    """The answer to: do we have the evidence?"""

    enough: bool
    note: str
    """What was found and what is missing, for a person and for the next search."""
    probability: float
    """That the passages used hold the answer."""


def sufficient(
    question: str, items: Sequence[EvidenceItem], index: Index, embedder: Embedder | None = None
) -> Sufficiency:
    """Whether the evidence used is enough to write from.

    Args:
        items: as assembled for this question; those left out do not count.
        index: for what the question's words weigh.
        embedder: as given to `retrieve`.
    """
    used = [item for item in items if not item.left_out]
    if not used:
        return Sufficiency(False, "no passage was found for this question", 0.0)
    asked = Asked(question, index)
    if not asked.words:
        return Sufficiency(True, "the question names nothing to look for", 1.0)
    model = weights("abstaining")
    odds = sum(weight * sign for weight, sign in zip(model.weights, signs(asked, used), strict=True)) + model.bias
    probability = 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))
    best = [item.passage for item in sorted(used, key=lambda item: -item.score)[:BEST]]
    return Sufficiency(probability >= model.threshold, _note(question, asked, best, probability, embedder), probability)


def unspoken(question: str, items: Sequence[EvidenceItem], index: Index, embedder: Embedder | None) -> list[str]:
    """The question's words that none of the best passages speaks of, in its order."""
    asked = Asked(question, index)
    best = [item.passage for item in sorted(items, key=lambda item: -item.score)[:BEST] if not item.left_out]
    return _unspoken(asked, best, embedder) if best else list(asked.words)


def _unspoken(asked: Asked, best: Sequence[Passage], embedder: Embedder | None) -> list[str]:
    held = spoken_of(asked, best, embedder).max(axis=1)
    return [word for word, closest in zip(asked.words, held, strict=True) if closest < SPOKEN]


def signs(asked: Asked, used: Sequence[EvidenceItem]) -> tuple[float, float, float]:
    """One number for each of `SIGNS`."""
    odds = sorted((_log_odds(item.score) for item in used), reverse=True)
    rest = odds[BEST : 3 * BEST] or odds
    return odds[0], sum(rest) / len(rest), max(asked.weights)


def _log_odds(probability: float) -> float:
    within = min(max(probability, 1e-4), 1 - 1e-4)
    return math.log(within / (1 - within))


def _note(question: str, asked: Asked, best: Sequence[Passage], probability: float, embedder: Embedder | None) -> str:
    notes = [f"the passages hold the answer with a likelihood of {probability:.0%}"]
    if absent := _unspoken(asked, best, embedder):
        notes.append(f"no passage speaks of {', '.join(repr(word) for word in absent)}")
    wanted = next((kind for kind, pattern in _ASKS.items() if pattern.search(question)), "")
    if wanted and not _given(wanted, question, [passage.text for passage in best]):
        notes.append(f"{wanted} is asked for, and the best passages give none")
    if len({passage.source_id for passage in best}) == 1:
        notes.append("the best evidence is from one source")
    return "; ".join(notes)


def _given(wanted: str, question: str, texts: Sequence[str]) -> bool:
    own = question.lower()
    return any(match[0].lower() not in own for text in texts for match in _GIVES[wanted].finditer(text))
