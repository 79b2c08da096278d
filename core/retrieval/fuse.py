"""Fusion: the list by words and the list by vectors become one.

A convex sum of both scores, each on a scale that means the same for every question: BM25 over its
theoretical maximum, so that a weak best hit stays weak and vectors decide when words do not match;
cosines between those of the first and the last of their list. Ranks alone (reciprocal rank fusion)
throw the difference between a strong and a weak list away and did worse than BM25 by itself.
Method: convex combination with theoretical minimum and maximum (Bruch, Gai & Ingber, TOIS 2023).
"""

from collections.abc import Sequence

from core.models import Score

DENSE_WEIGHT = 0.1
"""The static vectors' share. benchmarks/retrieval.md: more costs words found at 200, less loses paraphrases."""


def fuse(
    lexical: Sequence[tuple[int, float]],
    highest: float,
    dense: Sequence[tuple[int, float]],
    *,
    dense_weight: float = DENSE_WEIGHT,
) -> list[tuple[int, float, dict[str, Score]]]:
    """Merge two lists for one query, best first.

    Args:
        lexical: `(passage id, BM25)`, best first.
        highest: the BM25 no passage can exceed (`index.ceiling`), above 0.
        dense: `(passage id, cosine)`, best first; may be empty.
        dense_weight: the dense list's share, in [0, 1].

    Returns:
        `(passage id, score, scores)`, highest score first, ties by id. Scores lie in [0, 1] and can be
        compared between questions. `scores` holds rank (0 is best) and score of each list that has the
        passage: `lexical` BM25 over its maximum, `dense` the cosine.

    >>> for passage, score, scores in fuse([(7, 6.0), (8, 1.5)], 10.0, [(9, 0.5), (7, 0.1)]):
    ...     print(passage, round(score, 3), sorted(scores))
    7 0.54 ['dense', 'lexical']
    8 0.135 ['lexical']
    9 0.1 ['dense']
    """
    scores: dict[int, dict[str, Score]] = {}
    total: dict[int, float] = {}
    for rank, (passage, bm25) in enumerate(lexical):
        share = min(bm25 / highest, 1.0)
        scores.setdefault(passage, {})["lexical"] = Score(rank=rank, score=share)
        total[passage] = (1 - dense_weight) * share
    if dense:
        last = dense[-1][1]
        spread = dense[0][1] - last
        for rank, (passage, cosine) in enumerate(dense):
            scores.setdefault(passage, {})["dense"] = Score(rank=rank, score=cosine)
            share = (cosine - last) / spread if spread > 0 else 1.0
            total[passage] = total.get(passage, 0.0) + dense_weight * share
    order = sorted(total, key=lambda passage: (-total[passage], passage))
    return [(passage, total[passage], scores[passage]) for passage in order]
