"""What the benchmark's figures rest on: spans that are found again, measures that count what they say."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.questions import HERE, SETS, WORD, described, found, half_of, load, pages
from benchmarks.questions.write import joined, rows
from benchmarks.retrieval.measure import BUDGETS, MEASURES, difference, scored
from benchmarks.retrieval.sets import Asked, Page
from benchmarks.retrieval.shelves import windows
from core.errors import ReadError
from core.models import Document, Passage
from core.store import Store

TEXT = "# Locks\n\nA writer waits five seconds. Then it gives up.\n\nA reader never waits.\n"
URL = "library:sea/locks.html"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    store = Store(tmp_path / "galley.db")
    page = Document(url=URL, title="Locks", text=TEXT, media_type="text/html", fetched_at="2026-01-01T00:00:00Z")
    store.sources.add(page, collection="sea")
    return tmp_path


@given(st.lists(st.sampled_from(["tide", "Moon", "7", "*pulls*", "sea.", "\n\n"]), min_size=3, max_size=40), st.data())
def test_a_kept_span_is_found_where_it_was(words, data):
    text = " ".join(words)
    places = [match.span() for match in WORD.finditer(text)]
    if places:
        first = data.draw(st.integers(0, len(places) - 1))
        last = data.draw(st.integers(first, len(places) - 1))
        start, end = places[first][0], places[last][1]
        assert (start, end) in found(described("p", text, start, end), text)


def test_a_changed_page_is_an_error_with_the_question_s_id(data, monkeypatch, tmp_path):
    span = described(URL, TEXT, TEXT.index("A writer"), TEXT.index(" Then"))
    row = {"id": "single-007", "question": "How long?", "kind": "number", "half": "tune", "spans": [span]}
    (tmp_path / "single.jsonl").write_text(json.dumps(row))
    monkeypatch.setattr("benchmarks.questions.HERE", tmp_path)
    (question,) = load(data)
    gold = question.spans[0]
    assert TEXT[gold.start : gold.end] == "A writer waits five seconds"
    (tmp_path / "single.jsonl").write_text(json.dumps(row | {"spans": [span | {"sha256": "0" * 16}]}))
    with pytest.raises(ReadError, match="single-007"):
        load(data)


def test_a_draft_becomes_a_row_and_a_copied_span_is_refused(data):
    draft = "number: How long is waited?\nsea/locks.html | A writer waits | five seconds"
    everything = {URL: joined(TEXT)}
    (row,) = rows(draft, pages(data), everything, 1, "single")
    assert (row["id"], row["kind"], row["spans"][0]["words"]) == ("single-001", "number", 5)
    (refused,) = rows(draft, pages(data), everything | {"library:sea/copy.html": joined(TEXT)}, 1, "single")
    assert isinstance(refused, ReadError)


@pytest.mark.parametrize("name", SETS)
def test_every_question_has_its_own_id_and_the_half_of_its_pages(name):
    kept = [json.loads(line) for line in (HERE / f"{name}.jsonl").read_text("utf-8").splitlines()]
    assert len({row["id"] for row in kept}) == len(kept) == len({row["question"] for row in kept})
    for row in kept:
        assert row["half"] == half_of([span["page"] for span in row.get("spans", [])] or [row["question"]])


def test_words_are_counted_up_to_the_budget_and_order_by_gain():
    page = Page(URL, "Locks", TEXT)
    answer = tuple(page.words(TEXT.index("A writer"), TEXT.index(" Then")))
    asked = Asked(id="1", text="?", kind="number", half="tune", gold=(answer,))
    passages = {
        n: Passage(id=n, source_id=1, snapshot_id=1, start=a, end=b, text=TEXT[a:b], url=URL)
        for n, (a, b) in enumerate([(0, 7), (9, 36), (37, 55), (57, len(TEXT))])
    }
    best = dict(zip(MEASURES, scored([passages[1], passages[3]], asked, {URL: page}, {1: 1.0}), strict=True))
    assert best[f"recall@{BUDGETS[0]}"] == 1.0
    assert best[f"precision@{BUDGETS[0]}"] == 5 / 9
    assert best["ndcg@10"] == 1.0
    late = dict(zip(MEASURES, scored([passages[3], passages[1]], asked, {URL: page}, {1: 1.0}), strict=True))
    assert late["ndcg@10"] == pytest.approx(0.6309, abs=1e-4)


def test_a_difference_that_is_none_is_not_significant():
    scores = np.random.default_rng(7).random((50, len(MEASURES)))
    same = difference(scores, scores, "ndcg@10")
    assert (same.mean, same.p) == (0.0, 1.0)
    better = difference(scores + 0.2, scores, "ndcg@10")
    assert better.low > 0
    assert better.p <= 0.001


def test_windows_cover_every_word_once():
    spans = [span for section in windows(TEXT, 4) for span in section.passages]
    assert " ".join(TEXT[span.start : span.end] for span in spans).split() == TEXT.split()
