"""Retrieval for questions of several documents: each side is asked for, and what was found is dealt in turn.

A question that sets things side by side is asked once whole and once for each side; the lists take turns,
a document not shown yet before one that was. The graph of what was found decides whether to do so at all:
only where the sides are things that the passages know, and have documents of their own. And it says why
each passage is here: what it names of the question, or by what it hangs together with the other side.
Method: explicit query aspects (Santos, Macdonald & Ounis, WWW 2010), dealt round robin.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from core.models import Passage, Score
from core.retrieval.graph.build import MOST_PASSAGES, Graph, build
from core.retrieval.graph.entities import asked
from core.retrieval.graph.sides import Side, sides
from core.retrieval.retrieve import Ranked
from core.retrieval.words import content_words, stems

LOOK = 12
"""How far down its list a turn looks for a document not shown yet."""


@dataclass(frozen=True, kw_only=True)
class Connected:
    """The passages for a question of several documents."""

    ranked: list[Ranked]
    """In the order dealt; `scores` has `graph`, with the place in it. Repeats last."""
    reasons: Mapping[int, str]
    """Passage id -> why it is here, for a person."""
    graph: Graph
    sides: tuple[Side, ...]


def connect(
    question: str,
    found: Sequence[Ranked],
    ask: Callable[[str], Sequence[Ranked]],
    passages_of: Callable[[int], Sequence[Passage]],
    *,
    limit: int = 40,
) -> Connected | None:
    """The passages that answer a question which sets things side by side.

    Args:
        question: in words.
        found: what `retrieve` found for it.
        ask: finds for the question of one side, in the same snapshots.
        passages_of: a snapshot's passages.

    Returns:
        None for a question that is better answered by `found`: one without sides, or with sides that
        share a document. That costs a look at its words; else some 30 ms for each side and the graph.
    """
    asides = sides(question)
    if not asides:
        return None
    lists = [found, *(ask(side.query) for side in asides)]
    graph = build(around(lists, passages_of))
    if not _separate(graph, asides):
        return None
    ranked = deal(lists, limit=limit)
    return Connected(ranked=ranked, reasons=_reasons(graph, asides, ranked), graph=graph, sides=asides)


def around(lists: Sequence[Sequence[Ranked]], passages_of: Callable[[int], Sequence[Passage]]) -> list[Passage]:
    """The passages of the documents that were found, best documents first, as many as a graph may have."""
    held: list[Passage] = []
    for snapshot in dict.fromkeys(item.passage.snapshot_id for item in _turns(lists)):
        own = passages_of(snapshot)
        if len(held) + len(own) <= MOST_PASSAGES:
            held.extend(own)
    return held


def deal(lists: Sequence[Sequence[Ranked]], *, limit: int = 40) -> list[Ranked]:
    """Lists take turns; each gives its best passage of a document not shown yet, if it has one near.

    Returns:
        At most `limit` distinct passages, then the repeats. A passage keeps its score from the list that gave it.
    """
    left = [[item for item in one if item.repeats is None] for one in lists]
    dealt: dict[int, Ranked] = {}
    documents: set[int] = set()
    while any(left) and len(dealt) < limit:
        for n, one in enumerate(left):
            left[n] = one = [item for item in one if item.passage.id not in dealt]
            if not one:
                continue
            near = one[:LOOK]
            item = next((each for each in near if each.passage.source_id not in documents), near[0])
            documents.add(item.passage.source_id)
            place = Score(rank=len(dealt), score=1 - len(dealt) / limit)
            dealt[item.passage.id] = replace(item, scores={**item.scores, "graph": place})
    repeats = {item.passage.id: item for one in lists for item in one if item.repeats is not None}
    return [*list(dealt.values())[:limit], *(item for id_, item in repeats.items() if id_ not in dealt)]


def _turns(lists: Sequence[Sequence[Ranked]]) -> Iterable[Ranked]:
    for n in range(max((len(one) for one in lists), default=0)):
        yield from (one[n] for one in lists if n < len(one))


def _separate(graph: Graph, asides: Sequence[Side]) -> bool:
    """Whether each side is something the passages know, with a document that is more its own than the others'."""
    homes = [_home(graph, side) for side in asides]
    return None not in homes and len(set(homes)) > 1


def _home(graph: Graph, side: Side) -> int | None:
    """The source that says most of what is a side's own."""
    weight: dict[int, float] = defaultdict(float)
    for n in _known(graph, side):
        for id_, count in graph.entities[n].counts.items():
            weight[graph.passages[id_].source_id] += graph.worth[n] * count
    return max(weight, key=lambda source: (weight[source], -source), default=None)


def _known(graph: Graph, side: Side) -> frozenset[int]:
    """The entities that a side names, or else those that have its words in them."""
    named = asked(side.name, graph.numbers)
    if named:
        return frozenset(named)
    words = {" ".join(found) for found in stems(content_words(side.name)).values()}
    return frozenset(n for n, entity in enumerate(graph.entities) if not words.isdisjoint(entity.key))


def _reasons(graph: Graph, asides: Sequence[Side], ranked: Sequence[Ranked]) -> dict[int, str]:
    named = [_known(graph, side) for side in asides]
    reasons = {}
    for item in ranked:
        own = graph.of_passage.get(item.passage.id, [])
        names = [side.name for side, entities in zip(asides, named, strict=True) if entities & set(own)]
        if len(names) > 1:
            reasons[item.passage.id] = f"names {' and '.join(names)}"
        elif names:
            reasons[item.passage.id] = f"on {names[0]}{_bridge(graph, own, named, asides, names[0])}"
    return reasons


def _bridge(
    graph: Graph, own: Sequence[int], named: Sequence[frozenset[int]], asides: Sequence[Side], name: str
) -> str:
    """By what a passage on one side hangs together with another side: the most telling entity they share."""
    for side, entities in zip(asides, named, strict=True):
        if side.name == name:
            continue
        there = frozenset().union(*(graph.holders[n] for n in entities))
        for n in own:
            if n not in entities and " " in graph.entities[n].name and graph.holders[n] & there:
                return f"; {graph.entities[n].name} leads to {side.name}"
    return ""
