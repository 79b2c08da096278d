"""The graph of some passages: entities, where they stand, and which stand together.

Relations between entities are what a person looks at and communities are made of: two stand together
more often than chance would have it, in one sentence before in one passage. Rare entities tell more: two
passages that share `libapt-pkg` have more to do with each other than two that share `file`.
Built in memory for one set of passages, some 1,500 at most; never over a whole library.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from core.models import Passage
from core.retrieval.graph.entities import Entity, Key, Kind, entities

MOST_PASSAGES = 1_500
"""What a graph is built over at most."""
PER_PASSAGE = 12
"""Entities of a passage, the most telling, whose company is counted: pairs grow with the square."""
APART = 0.25
"""What standing in one passage counts, where standing in one sentence counts 1."""


LONE = 0.6
"""What a single common word tells, where a term of several words tells 1."""


@dataclass(frozen=True, kw_only=True)
class Relation:
    """Two entities that stand together."""

    first: int
    """Number of the entity in `Graph.entities`; smaller than `second`."""
    second: int
    weight: float
    """Above 0: how often together, over what chance would have."""
    passages: tuple[int, ...]
    """Ids, those with both in one sentence first."""


class Graph:
    """Entities and passages; made by `build`."""

    def __init__(self, passages: Mapping[int, Passage], found: Sequence[Entity]) -> None:
        self.passages = dict(passages)
        self.entities = tuple(found)
        self.numbers: dict[Key, int] = {key: n for n, entity in enumerate(found) for key in (entity.key, *entity.also)}
        self.worth = [self._worth(entity) for entity in found]
        """How much an entity tells: its inverse document frequency, less for quantities."""

    def _worth(self, entity: Entity) -> float:
        telling = _TELLING[entity.kind] * (1.0 if len(entity.key) > 1 or entity.kind is not Kind.TERM else LONE)
        return math.log((len(self.passages) + 1) / len(entity.counts)) * telling

    @cached_property
    def holders(self) -> list[frozenset[int]]:
        """For each entity the ids of its passages."""
        return [frozenset(entity.counts) for entity in self.entities]

    @cached_property
    def of_passage(self) -> dict[int, list[int]]:
        """Passage id -> its entities, the most telling first."""
        held: dict[int, list[int]] = {id_: [] for id_ in self.passages}
        for n, entity in enumerate(self.entities):
            for id_ in entity.counts:
                held[id_].append(n)
        for own in held.values():
            own.sort(key=lambda n: (-self.worth[n], n))
        return held

    @cached_property
    def relations(self) -> tuple[Relation, ...]:
        """Which entities stand together more than by chance, strongest first."""
        together: dict[tuple[int, int], float] = defaultdict(float)
        where: dict[tuple[int, int], list[int]] = defaultdict(list)
        sentences = self._sentences()
        for id_, own in self.of_passage.items():
            for pair in combinations(sorted(own[:PER_PASSAGE]), 2):
                if self._overlap(*pair):
                    continue
                close = not sentences[id_, pair[0]].isdisjoint(sentences[id_, pair[1]])
                together[pair] += 1.0 if close else APART
                where[pair].insert(0, id_) if close else where[pair].append(id_)
        total = len(self.passages)
        made = []
        for (a, b), often in together.items():
            if often < 1:
                continue
            lift = math.log(often * total / (len(self.holders[a]) * len(self.holders[b])))
            if lift > 0:
                made.append(Relation(first=a, second=b, weight=often * lift, passages=tuple(where[a, b])))
        return tuple(sorted(made, key=lambda r: (-r.weight, r.first, r.second)))

    def _sentences(self) -> dict[tuple[int, int], set[int]]:
        found: dict[tuple[int, int], set[int]] = defaultdict(set)
        for n, entity in enumerate(self.entities):
            for mention in entity.mentions:
                found[mention.passage_id, n].add(mention.sentence)
        return found

    def _overlap(self, a: int, b: int) -> bool:
        """Whether they share a word: parts of one phrase always stand together."""
        return not set(self.entities[a].key).isdisjoint(self.entities[b].key)


_TELLING = {Kind.NAME: 1.25, Kind.CODE: 1.25, Kind.TERM: 1.0, Kind.QUANTITY: 0.25}


def build(passages: Iterable[Passage]) -> Graph:
    """The graph of these passages; 1,500 of technical text take 0.6 to 1 CPU second.

    Raises:
        ValueError: more than `MOST_PASSAGES`.
    """
    held = {passage.id: passage for passage in passages}
    if len(held) > MOST_PASSAGES:
        raise ValueError(f"{len(held)} passages are more than a graph is built over ({MOST_PASSAGES})")
    return Graph(held, entities(list(held.values())))
