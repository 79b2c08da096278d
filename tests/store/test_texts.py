"""Sources, passages and drafts: every character comes back, at the offsets that were written."""

import sqlite3
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.models import (
    Brief,
    Citation,
    Document,
    Draft,
    DraftSection,
    Evidence,
    EvidenceItem,
    Flag,
    Label,
    Page,
    Score,
    Section,
    Sentence,
    SentenceKind,
    Span,
    Verdict,
)
from core.retrieval.chunk import chunk
from core.retrieval.index import match_expression
from core.store import Store
from core.store.database import text_hash

SAME_STORE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
TEXT = "Tides rise and fall. The Moon pulls the sea.\n\nIn Fundy the tide rises 16 metres — “the most” 🌊 on Earth.\n"


def document(text: str = TEXT, url: str = "https://a.example/tides", **more: object) -> Document:
    given_ = {"title": "Tides", "media_type": "text/plain", "fetched_at": "2026-01-01T00:00:00Z"}
    return Document(url=url, text=text, **given_ | more)


def kept(store: Store, text: str = TEXT, url: str = "https://a.example/tides", **more: object) -> list[int]:
    source, _ = store.sources.add(document(text, url), **more)
    return store.passages.add(store.sources.snapshot(source.snapshot_id), chunk(text))


@SAME_STORE
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=300))
def test_passages_are_the_snapshots_own_words(store: Store, text: str):
    source, _ = store.sources.add(document(text, url=f"https://a.example/{text_hash(text)}"))
    snapshot = store.sources.snapshot(source.snapshot_id)
    assert snapshot.text == text
    assert snapshot.text_hash == text_hash(text)
    for passage in store.passages.passages(store.passages.add(snapshot, chunk(text))).values():
        assert passage.text == text[passage.start : passage.end]
        assert passage.section_start <= passage.start < passage.end <= passage.section_end


def test_a_text_is_stored_once_however_many_sources_and_drafts_hold_it(store: Store):
    for i in range(3):
        store.sources.add(document(url=f"https://{i}.example"))
    run_id = store.runs.add(Brief(topic="tides"))
    sentence = Sentence(text=TEXT)
    section = DraftSection(heading="", question_id=None, sentences=(sentence, sentence))
    store.drafts.add(Draft(run_id=run_id, title="Tides", sections=(section,)))
    with closing(sqlite3.connect(store.database.path)) as c:
        assert c.execute("SELECT count(*) FROM texts WHERE text = ?", (TEXT,)).fetchone()[0] == 1
        assert c.execute("SELECT count(*) FROM texts").fetchone()[0] == 1


def test_a_page_that_changed_gets_a_new_snapshot_and_keeps_the_old(store: Store):
    first, new = store.sources.add(document())
    again, new_again = store.sources.add(document())
    changed, new_text = store.sources.add(document(TEXT + "Corrected."))
    assert (new, new_again, new_text) == (True, False, True)
    assert first.snapshot_id == again.snapshot_id != changed.snapshot_id
    assert first.id == changed.id
    assert store.sources.snapshot(first.snapshot_id).text == TEXT
    back, _ = store.sources.add(document())
    assert back.snapshot_id == first.snapshot_id


def test_flags_and_pages_come_back(store: Store):
    flag = Flag(kind="injection", start=3, end=9, note="orders")
    source, _ = store.sources.add(
        document(flags=(flag,), pages=(Page(number=1, start=0, end=45), Page(number=2, start=45, end=len(TEXT))))
    )
    snapshot = store.sources.snapshot(source.snapshot_id)
    assert source.flags == snapshot.flags == (flag,)
    section = Section(start=0, end=len(TEXT), heading="", passages=(Span(start=0, end=20), Span(start=46, end=60)))
    passages = store.passages.passages(store.passages.add(snapshot, [section]))
    assert [passage.page for passage in sorted(passages.values(), key=lambda p: p.start)] == [1, 2]


# --- searching ---------------------------------------------------------------


@SAME_STORE
@given(
    st.one_of(
        st.text(max_size=80),
        st.sampled_from(
            ['"', "AND OR NOT", "tide*", "col:tide", "(", "^tide", "'; --", "NEAR(a b)", "-", "🌊", "x" * 5000]
        ),
    )
)
def test_no_query_breaks_the_full_text_search(store: Store, query: str):
    kept(store, collection="sea")
    match = match_expression(query)
    if match:
        store.passages.lexical(match, 5)
        store.passages.documents(match, 5)


def test_words_find_their_passages_best_first_and_excluded_sources_stay_out(store: Store):
    kept(store, "The tide rises. The tide falls. The tide turns.", "https://tide.example", collection="sea")
    kept(store, "Bees dance on the comb; the tide of work rises.", "https://bees.example", collection="bees")
    found = store.passages.documents(match_expression("tides"), 5)
    assert [store.sources.get(source).site or store.sources.get(source).url for source, _, _ in found] == [
        "https://tide.example", "https://bees.example",
    ]  # fmt: skip
    bees = Brief(topic="bees", collections=("bees",))
    assert [s for s, _, _ in store.passages.documents(match_expression("tides"), 5, bees)] == [found[1][0]]
    store.sources.change(found[0][0], excluded=True)
    assert [s for s, _, _ in store.passages.documents(match_expression("tides"), 5)] == [found[1][0]]


# --- drafts and evidence ---------------------------------------------------------------


def test_a_draft_comes_back_with_citations_and_verdicts(store: Store):
    run_id = store.runs.add(Brief(topic="tides"))
    passage_id = kept(store)[0]
    verdict = Verdict(
        label=Label.PARTLY, score=0.4, reason="a hedge is lost", judge="alignment", passage_id=passage_id,
        quote=Span(start=2, end=9), doubtful=True,
    )  # fmt: skip
    sentences = (
        Sentence(
            text="One.",
            citations=(Citation(number=2, passage_id=passage_id), Citation(number=1, passage_id=passage_id)),
        ),
        Sentence(text="Two.", kind=SentenceKind.NOTE, paragraph=1, verdict=verdict),
    )
    sections = (
        DraftSection(heading="", question_id=None, sentences=()),
        DraftSection(heading="Tides", question_id=3, sentences=sentences),
    )
    draft = store.drafts.add(Draft(run_id=run_id, title="Tides", sections=sections))
    back = store.drafts.get(draft.id)
    assert back == draft
    assert [(s.text, s.kind, s.paragraph, s.citations, s.verdict) for s in back.sentences] == [
        (s.text, s.kind, s.paragraph, s.citations, s.verdict) for s in sentences
    ]
    assert [section.heading for section in back.sections] == ["", "Tides"]
    second = store.drafts.add(Draft(run_id=run_id, title="Tides", sections=sections, base_id=draft.id))
    assert (draft.version, second.version) == (1, 2)
    rewritten = store.drafts.put_section(second.id, 1, [Sentence(text="Three.")])
    assert [s.text for s in store.drafts.get(second.id).sentences] == [s.text for s in rewritten] == ["Three."]
    assert store.drafts.get(draft.id) == draft


def test_a_passage_keeps_its_number_in_every_version(store: Store):
    run_id = store.runs.add(Brief(topic="tides"))
    text = "\n\n".join(f"# Part {i}\n\n" + f"Sentence {i} about the tides of the sea. " * 30 for i in range(4))
    passages = list(store.passages.passages(kept(store, text)).values())
    assert len(passages) >= 3
    scores = {"lexical": Score(rank=0, score=2.5)}

    def evidence(*chosen: int, left_out: int | None = None) -> Evidence:
        items = [EvidenceItem(number=0, passage=passages[i], score=1.0, scores=scores) for i in chosen]
        if left_out is not None:
            items.append(
                EvidenceItem(number=0, passage=passages[left_out], score=0.1, left_out="over the token budget")
            )
        return Evidence(question_id=1, items=tuple(items))

    first = store.evidence.put(run_id, evidence(0, 1, left_out=2))
    assert [item.number for item in first.items] == [1, 2, 0]
    again = store.evidence.put(run_id, evidence(2, 1))
    assert [item.number for item in again.items] == [3, 2]
    assert store.evidence.number(run_id, passages[0].id) == 1
    assert store.evidence.of_question(run_id, 1) == again
    assert store.evidence.numbers(run_id) == {n: passages[i].id for n, i in ((1, 0), (2, 1), (3, 2))}


@pytest.mark.parametrize("value", ["plain", {"writer": "m"}, ["library", "wikipedia"], 3, 0.5, True, "ünï 🌊"])
def test_settings_come_back_and_go(store: Store, value: object):
    store.settings.save({"a": value, "b": 1})
    assert store.settings.load() == {"a": value, "b": 1}
    store.settings.save({"a": None})
    assert store.settings.load() == {"b": 1}
