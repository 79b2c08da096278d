"""A picture of a graph: few entities, their strongest relations and themes, and where to draw them."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.retrieval.graph.build import Graph, Relation
from core.retrieval.graph.communities import communities

if TYPE_CHECKING:
    import numpy as np

    Points = np.ndarray[Any, np.dtype[np.float64]]

MOST_NODES = 60
EDGES_A_NODE = 2
ROUNDS = 60
"""Of the layout: points hardly move after."""


@dataclass(frozen=True, kw_only=True)
class Node:
    """An entity to draw."""

    name: str
    kind: str
    """`name`, `term`, `code`, `quantity`."""
    community: int
    """0 is the largest theme; -1 belongs to none."""
    passages: tuple[int, ...]
    """Ids of the passages it stands in."""
    x: float
    y: float
    """Both in [-1, 1]."""


@dataclass(frozen=True, kw_only=True)
class Edge:
    """A relation to draw."""

    first: int
    """Place in `Picture.nodes`."""
    second: int
    weight: float
    """In (0, 1]; 1 is the strongest."""
    passages: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Picture:
    """What there is to draw; the same graph always gives the same picture."""

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    themes: tuple[str, ...] = ()
    """One a community, in its number's order: the names of its central entities."""


def picture(graph: Graph, *, passages: Collection[int] | None = None, most: int = MOST_NODES) -> Picture:
    """The part of a graph that tells most.

    Args:
        passages: draw what stands in these only, such as the evidence; None draws all.
        most: nodes.
    """
    kept = [r for r in graph.relations if passages is None or not set(r.passages).isdisjoint(passages)]
    degree: Counter[int] = Counter()
    for relation in kept:
        degree[relation.first] += relation.weight
        degree[relation.second] += relation.weight
    shown = sorted(degree, key=lambda n: (-degree[n], n))[:most]
    place = {n: at for at, n in enumerate(shown)}
    edges = _strongest([r for r in kept if r.first in place and r.second in place], EDGES_A_NODE * most)
    themes = [c for c in communities(graph) if not place.keys().isdisjoint(c.entities)]
    member = {n: number for number, theme in enumerate(themes) for n in theme.entities}
    points = _layout(len(shown), [(place[r.first], place[r.second], r.weight) for r in edges])
    top = edges[0].weight if edges else 1.0
    return Picture(
        nodes=tuple(
            Node(
                name=graph.entities[n].name, kind=graph.entities[n].kind, community=member.get(n, -1),
                passages=tuple(sorted(graph.holders[n])), x=float(points[at, 0]), y=float(points[at, 1]),
            )
            for n, at in place.items()
        ),
        edges=tuple(
            Edge(first=place[r.first], second=place[r.second], weight=r.weight / top, passages=r.passages)
            for r in edges
        ),
        themes=tuple(", ".join(graph.entities[n].name for n in theme.entities if n in place) for theme in themes),
    )  # fmt: skip


def _strongest(relations: list[Relation], most: int) -> list[Relation]:
    """The strongest, every entity's own strongest among them, so that none is drawn without a line."""
    first: dict[int, Relation] = {}
    for relation in relations:
        first.setdefault(relation.first, relation)
        first.setdefault(relation.second, relation)
    needed = {id(relation) for relation in first.values()}
    free = max(0, most - len(needed))
    rest = {id(relation) for relation in [r for r in relations if id(r) not in needed][:free]}
    return [relation for relation in relations if id(relation) in needed or id(relation) in rest]


def _layout(count: int, edges: list[tuple[int, int, float]]) -> "Points":
    """Points that related entities pull together and all others push apart.

    Method: force-directed placement (Fruchterman & Reingold, 1991), from a circle, without chance.
    """
    import numpy as np

    angle = np.arange(count) * 2.399963  # the golden angle: neighbours in rank start far apart
    at = np.sqrt((np.arange(count) + 0.5) / max(count, 1))[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    pull = np.zeros((count, count))
    for first, second, _ in edges:
        pull[first, second] = pull[second, first] = 1.0
    near = 1 / np.sqrt(max(count, 1))
    for step in range(ROUNDS):
        apart = at[:, None] - at[None]
        distance = np.maximum(np.linalg.norm(apart, axis=2), 0.01)
        force = near**2 / distance**2 - pull * distance / near
        move = (apart * force[:, :, None]).sum(axis=1) - 0.3 * at
        length = np.maximum(np.linalg.norm(move, axis=1, keepdims=True), 1e-9)
        at = at + move / length * np.minimum(length, 0.1 * (1 - step / ROUNDS))
    return at / max(float(np.abs(at).max(initial=0.0)), 1e-9)
