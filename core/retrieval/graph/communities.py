"""Communities: the themes of what was read, each with a digest in the sources' own sentences.

Entities that keep company are one theme. Method: Leiden (Traag, Waltman & van Eck, 2019) in
Microsoft's implementation; the same entities always give the same themes. A digest is extractive:
the sentences that carry most of a theme's central entities, from different documents where it can be.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass

from core.retrieval.graph.build import Graph
from core.retrieval.graph.entities import sentences

SEED = 7
CENTRAL = 8
"""Entities that stand for a theme."""
LEAST = 3
"""Entities below which company is chance and no theme."""
SHORTEST, LONGEST = 40, 400
"""Characters of a sentence that a digest may quote."""


@dataclass(frozen=True, kw_only=True)
class Community:
    """One theme."""

    entities: tuple[int, ...]
    """Numbers in `Graph.entities`, the most central first."""
    passages: tuple[int, ...]
    """Ids of passages with two or more of its entities, those with the most first."""


@dataclass(frozen=True, kw_only=True)
class Cited:
    """A sentence with where it stands in its snapshot."""

    passage_id: int
    start: int
    end: int
    text: str


def communities(graph: Graph) -> tuple[Community, ...]:
    """The themes of a graph, the largest (by passages) first; none when nothing keeps company."""
    import graspologic_native

    edges = [(str(r.first), str(r.second), r.weight) for r in graph.relations]
    if not edges:
        return ()
    _, member = graspologic_native.leiden(edges, seed=SEED)
    degree: Counter[int] = Counter()
    for relation in graph.relations:
        if member[str(relation.first)] == member[str(relation.second)]:
            degree[relation.first] += relation.weight
            degree[relation.second] += relation.weight
    grouped: dict[int, list[int]] = defaultdict(list)
    for name, group in member.items():
        grouped[group].append(int(name))
    made = []
    for entities in grouped.values():
        if len(entities) >= LEAST:
            entities.sort(key=lambda n: (-degree[n], n))
            weight: Counter[int] = Counter()
            held: Counter[int] = Counter()
            for n in entities:
                held.update(graph.holders[n])
                weight.update({id_: degree[n] for id_ in graph.holders[n]})
            passages = sorted((id_ for id_, count in held.items() if count > 1), key=lambda id_: (-weight[id_], id_))
            made.append(Community(entities=tuple(entities), passages=tuple(passages)))
    return tuple(sorted(made, key=lambda c: (-len(c.passages), c.entities)))


def digest(graph: Graph, community: Community, *, most: int = 3) -> tuple[Cited, ...]:
    """What the sources say of a theme: their own sentences, best first, word for word."""
    central = {n: CENTRAL - place for place, n in enumerate(community.entities[:CENTRAL])}
    found: list[tuple[int, Cited]] = []
    for id_ in community.passages[: 4 * most]:
        passage = graph.passages[id_]
        carried: dict[int, set[int]] = defaultdict(set)
        for n in central:
            for mention in graph.entities[n].mentions:
                if mention.passage_id == id_:
                    carried[mention.sentence].add(n)
        for number, (start, end) in enumerate(sentences(passage)):
            text = passage.text[start - passage.start : end - passage.start]
            if SHORTEST <= len(text) <= LONGEST and len(carried[number]) > 1:
                worth = sum(central[n] for n in carried[number])
                found.append((worth, Cited(passage_id=id_, start=start, end=end, text=text)))
    chosen: list[Cited] = []
    sources: set[int] = set()
    found.sort(key=lambda pair: (-pair[0], pair[1].passage_id, pair[1].start))
    for again in (False, True):
        for _, cited in found:
            source = graph.passages[cited.passage_id].source_id
            if len(chosen) < most and cited not in chosen and (again or source not in sources):
                chosen.append(cited)
                sources.add(source)
    return tuple(chosen)
