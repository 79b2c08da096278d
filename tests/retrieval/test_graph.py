"""The graph of what was read: relations, themes, its picture, and questions of several documents."""

import pytest

from core.models import Passage
from core.retrieval.graph.build import MOST_PASSAGES, Graph, build
from core.retrieval.graph.communities import communities, digest
from core.retrieval.graph.picture import picture
from core.retrieval.graph.search import Connected, around, connect, deal, reasons
from core.retrieval.retrieve import Ranked, retrieve
from tests.retrieval.memory_index import MemoryIndex

LEDGER = (
    "# Ledger\n\nThe Ledger engine keeps a write lock while it checkpoints its journal file.",
    "# Ledger storage\n\nA journal file of the Ledger engine grows until the write lock is free. The Ledger engine is"
    " small.\n\n## Isolation levels\n\nIsolation levels of the Ledger engine are serial: a reader sees no half change.",
    "# Ledger speed\n\nIsolation levels cost the Ledger engine little. The write lock of the Ledger engine is short.",
)
QUARRY = "# Quarry\n\nIn the Quarry server, isolation levels are chosen for each session. The Quarry server has four."
GARDEN = (
    "# Bees\n\nSolitary bees nest in hollow stems. Hollow stems should face the morning sun.",
    "# Stems\n\nCut hollow stems for solitary bees in the morning sun of early spring.",
)
QUESTION = "How do isolation levels in Ledger differ from those in Quarry?"


@pytest.fixture(scope="module")
def index() -> MemoryIndex:
    index = MemoryIndex()
    for text in (*LEDGER, QUARRY, *GARDEN):
        index.add(text)
    return index


def everything(index: MemoryIndex) -> list[Passage]:
    return list(index.passages(range(1, index.passages_count() + 1)).values())


@pytest.fixture(scope="module")
def graph(index: MemoryIndex) -> Graph:
    return build(everything(index))


def ask(index: MemoryIndex, question: str) -> tuple[list[Ranked], Connected | None]:
    found = retrieve(question, [], index, None)
    return found, connect(question, found, lambda query: retrieve(query, [], index, None))


def test_a_comparison_is_answered_by_both_documents_first(index: MemoryIndex):
    found, connected = ask(index, QUESTION)
    assert connected is not None
    assert {item.passage.snapshot_id for item in connected.ranked[:2]} == {2, 4}
    assert {item.passage.id for item in found} <= {item.passage.id for item in connected.ranked}


def test_a_person_can_read_why_each_passage_is_there_and_in_which_place(index: MemoryIndex):
    _, connected = ask(index, QUESTION)
    assert connected is not None
    for place, item in enumerate(connected.ranked):
        assert item.scores["graph"].rank == place
        assert 0 < item.scores["graph"].score <= 1
    graph = around(connected.lists, lambda snapshot: [p for p in everything(index) if p.snapshot_id == snapshot])
    said = reasons(graph, connected)
    quarry = next(item.passage for item in connected.ranked if "Quarry" in item.passage.text)
    assert said[quarry.id] == "on “Quarry”; “isolation levels” leads to “Ledger”"


@pytest.mark.parametrize("question", ["Where do solitary bees nest?", "How do dragons differ from unicorns?", ""])
def test_other_questions_go_without_the_graph(index: MemoryIndex, question: str):
    assert ask(index, question)[1] is None


def test_parts_with_one_document_go_without_the_graph(index: MemoryIndex):
    assert ask(index, "How does cutting hollow stems compare with early spring?")[1] is None


def test_what_is_dealt_is_dealt_once(index: MemoryIndex):
    found = retrieve("Ledger engine", [], index, None)
    dealt = deal([found, found, []], limit=3)
    ids = [item.passage.id for item in dealt]
    assert len(ids) == len(set(ids)) == 3


def test_themes_keep_what_belongs_together_apart_from_the_rest(graph: Graph):
    themes = communities(graph)
    names = [{graph.entities[n].name for n in theme.entities} for theme in themes]
    bees = next(own for own in names if any("bees" in name for name in own))
    assert not any("Ledger" in name for name in bees)
    assert communities(graph) == themes


def test_a_digest_is_the_sources_own_sentences(graph: Graph):
    for theme in communities(graph):
        for cited in digest(graph, theme):
            passage = graph.passages[cited.passage_id]
            assert cited.text == passage.text[cited.start - passage.start : cited.end - passage.start]


def test_a_relation_tells_where_both_stand(graph: Graph):
    for relation in graph.relations:
        for id_ in relation.passages:
            assert {relation.first, relation.second} <= set(graph.of_passage[id_])


def test_a_picture_is_small_whole_and_always_the_same(graph: Graph):
    drawn = picture(graph, most=4)
    assert len(drawn.nodes) <= 4
    assert all(-1 <= node.x <= 1 and -1 <= node.y <= 1 for node in drawn.nodes)
    assert all(edge.first < len(drawn.nodes) > edge.second and 0 < edge.weight <= 1 for edge in drawn.edges)
    assert picture(graph, most=4) == drawn


def test_a_picture_of_nothing_is_empty():
    assert picture(build([])).nodes == ()
    assert communities(build([])) == ()


def test_a_whole_library_is_refused():
    many = [
        Passage(id=n, source_id=1, snapshot_id=1, start=0, end=1, text="a") for n in range(MOST_PASSAGES + 1)
    ]  # fmt: skip
    with pytest.raises(ValueError, match="more than a graph"):
        build(many)
