"""Retrieval for questions of several documents: each part is asked for, and what was found is dealt in turn.

A question made of parts is asked once whole and once for each part; the lists take turns, a document not
shown yet before one that was. That is done only where the parts' best passages stand in different documents;
every other question is left as it is. The graph then says why each passage is here: which parts it names, or
by what it hangs together with another part. Walking the graph for further passages was measured, and found no
more than asking the parts did (benchmarks/graph.md).
Method: explicit query aspects (Santos, Macdonald & Ounis, WWW 2010), dealt round robin.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from core.models import Passage, Score
from core.retrieval.graph.build import MOST_PASSAGES, Graph, build
from core.retrieval.graph.entities import asked
from core.retrieval.graph.parts import Part, parts
from core.retrieval.retrieve import Ranked
from core.retrieval.words import content_words, stems

LOOK = 2
"""How far down its list a turn looks for a document not shown yet. On the `tune` questions 1 covers fewer
documents, 3 loses words of the answers, 12 loses a quarter of them."""


@dataclass(frozen=True, kw_only=True)
class Connected:
    """The passages for a question of several documents."""

    ranked: list[Ranked]
    """In the order dealt; `scores` has `graph`, with the place in it. Repeats last."""
    parts: tuple[Part, ...]
    lists: tuple[Sequence[Ranked], ...]
    """What was found for the whole question, then for each part."""


def connect(
    question: str, found: Sequence[Ranked], ask: Callable[[str], Sequence[Ranked]], *, limit: int = 40
) -> Connected | None:
    """The passages that answer a question of several documents.

    Args:
        question: in words.
        found: what `retrieve` found for it.
        ask: finds for the query of one part, in the same snapshots.

    Returns:
        None for a question that is better answered by `found`: one of a single part, which costs a look at
        its words, or one whose parts are best answered by one document, which costs a search for each.
    """
    found_parts = parts(question)
    asked_for = [ask(part.query) for part in found_parts]
    homes = {one[0].passage.source_id for one in asked_for if one}
    if len(homes) < 2 or not all(asked_for):
        return None
    lists = (found, *asked_for)
    return Connected(ranked=deal(lists, limit=limit), parts=found_parts, lists=lists)


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
            if not one or len(dealt) == limit:
                continue
            near = one[:LOOK]
            item = next((each for each in near if each.passage.source_id not in documents), near[0])
            documents.add(item.passage.source_id)
            place = Score(rank=len(dealt), score=1 - len(dealt) / limit)
            dealt[item.passage.id] = replace(item, scores={**item.scores, "graph": place})
    repeats = {item.passage.id: item for one in lists for item in one if item.repeats is not None}
    return [*dealt.values(), *(item for id_, item in repeats.items() if id_ not in dealt)]


def around(lists: Sequence[Sequence[Ranked]], passages_of: Callable[[int], Sequence[Passage]]) -> Graph:
    """The graph of the documents that were found, best first, as many as fit: for libraries too large for one graph."""
    held: list[Passage] = []
    for snapshot in dict.fromkeys(item.passage.snapshot_id for item in _turns(lists)):
        own = passages_of(snapshot)
        if len(held) + len(own) <= MOST_PASSAGES:
            held.extend(own)
    return build(held)


def _turns(lists: Sequence[Sequence[Ranked]]) -> Iterable[Ranked]:
    for n in range(max((len(one) for one in lists), default=0)):
        yield from (one[n] for one in lists if n < len(one))


def reasons(graph: Graph, connected: Connected) -> Mapping[int, str]:
    """Passage id -> why it is here, for a person: the parts it names, and what leads from it to another part."""
    named = {part.name: _known(graph, part) for part in connected.parts}
    said = {}
    for item in connected.ranked:
        own = graph.of_passage.get(item.passage.id, [])
        names = [name for name, entities in named.items() if not entities.isdisjoint(own)]
        if len(names) > 1:
            said[item.passage.id] = " and ".join(f"“{name}”" for name in names) + " are both named here"
        elif names:
            bridge = _bridge(graph, own, named, names[0])
            said[item.passage.id] = f"on “{names[0]}”" + (f"; {bridge}" if bridge else "")
    return said


def _known(graph: Graph, part: Part) -> frozenset[int]:
    """The entities that a part names, or else those that have its words in them."""
    named = asked(part.name, graph.numbers)
    if named:
        return frozenset(named)
    words = {" ".join(found) for found in stems(content_words(part.name)).values()}
    return frozenset(n for n, entity in enumerate(graph.entities) if not words.isdisjoint(entity.key))


def _bridge(graph: Graph, own: Sequence[int], named: Mapping[str, frozenset[int]], name: str) -> str:
    """The most telling thing that a passage on one part shares with passages on another."""
    for other, entities in named.items():
        there = frozenset().union(*(graph.holders[n] for n in entities))
        for n in own if other != name else ():
            entity = graph.entities[n]
            if n not in entities and len(entity.key) > 1 and not graph.holders[n].isdisjoint(there):
                return f"“{entity.name}” leads to “{other}”"
    return ""
