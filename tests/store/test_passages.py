"""Search by words stays true when it is cut short, and keeps to what it is told to search."""

import random

import pytest

from core.models import Brief, Document, Section, Span
from core.store import Store, lexical
from core.store.lexical import ranked

WORDS = [f"w{letter}{other}" for letter in "abcdefgh" for other in "abcdefgh"]


def keep(store: Store, number: int, text: str, collection: str | None = "all") -> None:
    document = Document(
        url=f"https://a.example/{number}", title=f"n{number}", text=text, media_type="text/plain",
        fetched_at="2026-01-01T00:00:00Z",
    )  # fmt: skip
    source, _ = store.sources.add(document, collection=collection)
    section = Section(start=0, end=len(text), heading="", passages=(Span(start=0, end=len(text)),))
    store.passages.add(store.sources.snapshot(source.snapshot_id), [section])


@pytest.fixture
def full(store: Store) -> Store:
    """300 passages in which the words of the front are frequent and those of the end rare."""
    chance = random.Random(1)
    with store.database.write():
        for number in range(300):
            drawn = [WORDS[int(len(WORDS) * chance.random() ** 3)] for _ in range(12)]
            keep(store, number, " ".join(drawn), collection="few" if number % 50 == 0 else "many")
    return store


def test_the_best_passages_are_the_same_when_not_every_match_is_scored(full: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lexical, "MOST_SCORED", 60)
    shared = 0
    for rare in range(30, 60, 3):
        match = " OR ".join(f'"{word}"' for word in (WORDS[0], WORDS[1], WORDS[5], WORDS[rare], WORDS[rare + 2]))
        with full.database.read() as c:
            every = dict(ranked(c, match, 5))
        found = full.passages.lexical(match, 5)
        assert found[0][1] == pytest.approx(max(every.values())), "the best one, with the same score"
        shared += len(every.keys() & dict(found).keys())
    assert shared >= 45, "of 50"


@pytest.mark.parametrize("match", ['"wzz"', '"waa" OR "wzz"', '"waa"', "waa AND wab", '"waa wab"', "w*"])
def test_any_expression_is_answered_when_matches_are_too_many(full: Store, monkeypatch: pytest.MonkeyPatch, match: str):
    monkeypatch.setattr(lexical, "MOST_SCORED", 10)
    with full.database.read() as c:
        held = bool(ranked(c, match, 1))
    assert bool(full.passages.lexical(match, 5)) == held


def test_a_collection_of_few_documents_is_searched_to_its_end(full: Store):
    match = " OR ".join(f'"{word}"' for word in WORDS[:6])
    found = full.passages.documents(match, 5, Brief(topic="few", collections=("few",)))
    assert len(found) == 5
    assert all(full.sources.get(source).collection == "few" for source, _, _ in found)


def test_excluded_sources_are_found_by_no_list(full: Store):
    match = f'"{WORDS[0]}"'
    best = full.passages.passages([full.passages.lexical(match, 1)[0][0]]).popitem()[1]
    full.sources.change(best.source_id, excluded=True)
    assert best.id not in [id_ for id_, _ in full.passages.lexical(match, 300)]
    assert best.source_id not in [source for source, _, _ in full.passages.documents(match, 300)]
    assert [id_ for id_, _ in full.passages.lexical(match, 5, [best.snapshot_id])] == [best.id], "asked for by name"


def test_a_transaction_inside_another_is_a_part_of_it(store: Store):
    def broken() -> None:
        with store.database.write():
            keep(store, 1, "the tide")
            assert store.passages.passages_count() == 1, "its own thread sees what it has written"
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    assert store.passages.passages_count() == 0
    keep(store, 1, "the tide")
    assert store.passages.passages_count() == 1
