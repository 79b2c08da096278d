"""The systems that are compared: baselines, ours, and ours without each part.

To measure a part, add one `System` to `SYSTEMS`: a name, the shelf it is asked of, and how it is asked. A part that is
an argument of `retrieve` is left out by that argument, one that is a constant of its module by `changed`.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from benchmarks.retrieval.shelves import Shelf
from core.models import Passage
from core.retrieval import retrieve as retrieving
from core.retrieval.abstain import sufficient
from core.retrieval.context import Numbering, assemble
from core.retrieval.embed import Embedder
from core.retrieval.index import before, match_expression
from core.retrieval.nearest import nearest
from core.retrieval.retrieve import Ranked, retrieve
from core.settings import Settings

LIMIT = 40
"""Passages asked for: more than 1,000 words hold."""

Ask = Callable[[str, Shelf], Sequence[Passage]]


@dataclass(frozen=True, kw_only=True)
class System:
    name: str
    role: str
    """`baseline`, `ours`, ours `without` a part, ours with `another` value of a setting."""
    ask: Ask
    shelf: str = "galley"
    sets: tuple[str, ...] = ("public", "single", "multi")
    """Question sets that it is asked."""


# --- ours ---------------------------------------------------------------


def ranked(question: str, shelf: Shelf, **arguments: Any) -> list[Ranked]:
    """As the product retrieves, over the whole shelf."""
    embedder = arguments.pop("embedder", shelf.embedder)
    return retrieve(question, [], shelf.index, embedder, limit=LIMIT, **arguments)


def ours(**arguments: Any) -> Ask:
    return lambda question, shelf: [one.passage for one in ranked(question, shelf, **arguments)]


def assembled(question: str, shelf: Shelf) -> list[Passage]:
    """What is put before the writer, in that order: off the question left out, two of a source first."""
    return [item.passage for item in evidence(question, shelf, shelf.index) if not item.left_out]


def enough(question: str, shelf: Shelf, index: Any) -> bool:
    """Whether Galley says that it has the evidence, asked of `index`."""
    return sufficient(question, evidence(question, shelf, index), index, shelf.embedder).enough


def evidence(question: str, shelf: Shelf, index: Any) -> Sequence[Any]:
    found = retrieve(question, [], index, shelf.embedder, limit=LIMIT)
    budget = Settings.model_fields["evidence_tokens"].default
    items, _ = assemble(found, budget_tokens=budget, number=Numbering(), before=lambda passage: before(index, passage))
    return items


@contextmanager
def changed(module: ModuleType, **constants: Any) -> Iterator[None]:
    """A module with other constants, for as long as this lasts."""
    was = {name: getattr(module, name) for name in constants}
    try:
        for name, value in constants.items():
            setattr(module, name, value)
        yield
    finally:
        for name, value in was.items():
            setattr(module, name, value)


def ours_with(module: ModuleType, **constants: Any) -> Ask:
    def ask(question: str, shelf: Shelf) -> list[Passage]:
        with changed(module, **constants):
            return ours()(question, shelf)

    return ask


# --- baselines ---------------------------------------------------------------


def by_words(question: str, shelf: Shelf) -> list[Passage]:
    match = match_expression(question)
    return _passages([id_ for id_, _ in shelf.index.lexical(match, LIMIT)] if match else [], shelf)


def by_vectors(embedder: Embedder | None = None) -> Ask:
    def ask(question: str, shelf: Shelf) -> list[Passage]:
        model = embedder or shelf.embedder
        if embedder:
            shelf.embed(embedder)
        ids, matrix = shelf.index.vectors(model.name)
        return _passages([id_ for id_, _ in nearest(model.embed([question])[0], ids, matrix, LIMIT)], shelf)

    return ask


def _passages(ids: Sequence[int], shelf: Shelf) -> list[Passage]:
    found = shelf.index.passages(ids)
    return [found[id_] for id_ in ids]


SYSTEMS = [
    System(name="windows of 150 words, BM25", role="baseline", shelf="windows", ask=by_words),
    System(name="windows of 150 words, word vectors", role="baseline", shelf="windows", ask=by_vectors()),
    System(name="ours", role="ours", ask=ours()),
    System(name="ours, as put before the writer", role="without", ask=assembled),
    System(name="without vectors", role="without", ask=ours(embedder=None)),
    System(name="without words (vectors alone)", role="without", ask=ours(dense_weight=1.0)),
    System(name="without a second look at the best", role="without", ask=ours_with(retrieving, POOL=0)),
    System(name="without structure (cut anywhere)", role="without", shelf="cut-anywhere", ask=ours()),
    System(name="without titles and headings", role="without", shelf="no-titles", ask=ours()),
    System(name="without near-duplicate collapse", role="without", ask=ours_with(retrieving, SAME=2.0)),
    System(name="without common direction taken out", role="without", ask=ours_with(retrieving, MANY=10**9)),
    System(name="passages of 120 tokens, at most 220", role="another", shelf="smaller", ask=ours()),
    System(name="passages of 200 tokens, at most 300", role="another", shelf="larger", ask=ours()),
    System(name="vectors' share 5 %", role="another", ask=ours(dense_weight=0.05)),
    System(name="vectors' share 20 %", role="another", ask=ours(dense_weight=0.2)),
]


def with_minilm(minilm: Embedder, *, everywhere: bool) -> list[System]:
    """`SYSTEMS` and the windows with a sentence transformer's vectors, on the public set alone or everywhere."""
    row = System(
        name="windows of 150 words, MiniLM", role="baseline", shelf="windows", ask=by_vectors(minilm),
        sets=("public", "single", "multi") if everywhere else ("public",),
    )  # fmt: skip
    return [*SYSTEMS[:2], row, *SYSTEMS[2:]]
