"""Retrieval: a question and its queries become passages, best first.

Each variant of the question gets a list by words and a list by vectors, fused (see `fuse`); the
variants are then added up, the question itself counting as much as all its queries together. The best
are looked at again, sentence by sentence (see `rerank`). Passages that say the same as a better one are
moved behind, with a note of which: a reprint is not a second source. Thinning what is left against
repetition (maximal marginal relevance) was tried and brought nothing, to questions of one document or several.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from core.models import Passage, Score
from core.retrieval.embed import Embedder
from core.retrieval.fuse import DENSE_WEIGHT, fuse
from core.retrieval.index import Index, ceiling, match_expression
from core.retrieval.nearest import nearest
from core.retrieval.rerank import Reranker, probabilities
from core.retrieval.signals import Asked, signals
from core.retrieval.words import content_words

if TYPE_CHECKING:
    from core.retrieval.embed import Matrix

LIST = 100
"""Length of each list before fusion; the fusion's scales were measured with it."""
POOL = 60
"""Candidates looked at again, at least; 0 leaves the fused order. 150 and 300 of them brought nothing."""
RERANKED = 30
"""Of these, how many a reranker is given: it costs by the passage."""
MANY = 30
"""Vectors from which on what they share is their topic rather than each one's own content."""
SAME = 0.7
"""Share of a passage's runs of three words that a better document has, from which it says the same: a
changed word costs three runs, so some seven in a passage of 160 tokens may differ."""
_Runs = set[tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """A passage found for a question."""

    passage: Passage
    score: float
    """How likely it holds an answer or a part of it, in [0, 1]."""
    scores: dict[str, Score] = field(default_factory=dict)
    """`lexical` and `dense`: best rank over the variants, with its score; and a reranker's by its name."""
    repeats: int | None = None
    """Id of the better passage that says the same."""


def retrieve(
    question: str,
    queries: Sequence[str],
    index: Index,
    embedder: Embedder | None,
    *,
    limit: int = 40,
    snapshots: Collection[int] | None = None,
    dense_weight: float = DENSE_WEIGHT,
    reranker: Reranker | None = None,
) -> list[Ranked]:
    """The passages that answer a question.

    Args:
        question: in words.
        queries: other ways to ask it; may be empty.
        embedder: None searches by words alone, as does an index that has no vectors yet.
        limit: of distinct passages returned, and of repeats after them.
        snapshots: search these only; None searches all.
        reranker: has the last word on the order of the best.

    Returns:
        Best first, then the repeats (`repeats` is set), best first. Empty when nothing matches.

    Raises:
        LanguageError: the reranker cannot be had.
    """
    ranked, direction = candidates(
        question, queries, index, embedder, count=max(POOL, 2 * limit), snapshots=snapshots,
        dense_weight=dense_weight,
    )  # fmt: skip
    if POOL:
        ranked = _looked_at_again(question, ranked, index, embedder, direction)
    if reranker is not None:
        ranked = _reranked(question, ranked, reranker)
    distinct, repeats = _collapse(ranked)
    return distinct[:limit] + repeats[:limit]


def candidates(
    question: str,
    queries: Sequence[str],
    index: Index,
    embedder: Embedder | None,
    *,
    count: int,
    snapshots: Collection[int] | None = None,
    dense_weight: float = DENSE_WEIGHT,
) -> "tuple[list[Ranked], Matrix | None]":
    """The first `count` by the fused lists alone, best first, and the question's vector; see `retrieve`."""
    variants = list(dict.fromkeys(text for text in (question, *queries) if text.strip()))
    total: dict[int, float] = {}
    scores: dict[int, dict[str, Score]] = {}
    dense, direction = _dense(variants, index, embedder, snapshots)
    for n, variant in enumerate(variants):
        share = 1.0 if len(variants) == 1 else 0.5 if n == 0 else 0.5 / (len(variants) - 1)
        match = match_expression(variant)
        lexical = index.lexical(match, LIST, snapshots) if match else []
        highest = ceiling(match, index) if lexical else 1.0
        for passage, score, own in fuse(lexical, highest, dense[n], dense_weight=dense_weight):
            total[passage] = total.get(passage, 0.0) + share * score
            best = scores.setdefault(passage, {})
            for name, each in own.items():
                if name not in best or each.rank < best[name].rank:
                    best[name] = each
    order = sorted(total, key=lambda passage: (-total[passage], passage))[:count]
    found = index.passages(order)
    ranked = [Ranked(passage=found[id_], score=total[id_], scores=scores[id_]) for id_ in order if id_ in found]
    return ranked, direction


def _looked_at_again(
    question: str, ranked: Sequence[Ranked], index: Index, embedder: Embedder | None, direction: "Matrix | None"
) -> list[Ranked]:
    """In the order of how likely each holds an answer, by its signals; that becomes its score."""
    table = signals(
        Asked(question, index), [item.passage for item in ranked], [item.score for item in ranked],
        [item.scores for item in ranked], embedder, direction,
    )  # fmt: skip
    again = [replace(item, score=p) for item, p in zip(ranked, probabilities(table), strict=True)]
    return sorted(again, key=lambda item: -item.score)


def _reranked(question: str, ranked: Sequence[Ranked], reranker: Reranker) -> list[Ranked]:
    """The first `RERANKED` in the reranker's order. They share out the scores they had among them, so that what
    scores mean stays the same whatever scale the reranker has."""
    first, rest = ranked[:RERANKED], ranked[RERANKED:]
    given = reranker.rerank(question, [item.passage.text for item in first])
    order = sorted(range(len(first)), key=lambda n: (-given[n], n))
    again = [
        replace(
            first[n], score=first[rank].score,
            scores=first[n].scores | {reranker.name: Score(rank=rank, score=given[n])},
        )
        for rank, n in enumerate(order)
    ]  # fmt: skip
    return again + list(rest)


def _dense(
    variants: Sequence[str], index: Index, embedder: Embedder | None, snapshots: Collection[int] | None
) -> "tuple[list[list[tuple[int, float]]], Matrix | None]":
    """One list by vectors for each variant, empty ones when there are no vectors; and the first variant's vector."""
    none: list[list[tuple[int, float]]] = [[] for _ in variants]
    if embedder is None or not variants:
        return none, None
    asked = embedder.embed(variants)
    ids, matrix = index.vectors(embedder.name, snapshots)
    if not len(ids):
        return none, asked[0]
    if len(ids) >= MANY:
        asked = _without_common(asked, matrix)
    return [nearest(vector, ids, matrix, LIST) if vector.any() else [] for vector in asked], asked[0]


def _without_common(asked: "Matrix", matrix: "Matrix") -> "Matrix":
    """The questions without what all passages share: in a library on heat pumps, `heat pump` tells nothing.

    Method: removal of the common direction (Mu & Viswanath, ICLR 2018), from the question alone.
    """
    import numpy as np

    common = matrix.mean(axis=0)
    common /= max(float(np.linalg.norm(common)), 1e-9)
    rest = asked - np.outer(asked @ common, common)
    return rest / np.maximum(np.linalg.norm(rest, axis=1, keepdims=True), 1e-9)


def _collapse(ranked: Sequence[Ranked]) -> tuple[list[Ranked], list[Ranked]]:
    """Passages that say something of their own, and those that repeat one of these.

    A reprint is rarely cut where the original was, so a passage is held against all better ones of a
    document together; the one it shares most with is named.
    """
    distinct: list[Ranked] = []
    repeats: list[Ranked] = []
    runs_of: dict[int, _Runs] = {}
    by_document: dict[int, tuple[_Runs, list[int]]] = {}
    for item in ranked:
        own = runs_of[item.passage.id] = _runs(item.passage.text)
        told = next((ids for runs, ids in by_document.values() if len(own & runs) >= SAME * len(own)), None)
        if told is not None:
            repeats.append(replace(item, repeats=max(told, key=lambda id_: len(own & runs_of[id_]))))
            continue
        distinct.append(item)
        runs, ids = by_document.setdefault(item.passage.snapshot_id, (set(), []))
        runs |= own
        ids.append(item.passage.id)
    return distinct, repeats


def _runs(text: str) -> _Runs:
    words = content_words(text)
    return {tuple(words[n : n + 3]) for n in range(max(1, len(words) - 2))}
