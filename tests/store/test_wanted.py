"""The sources a brief asks for: the same by SQL, for a whole library, as one by one."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.models import KINDS, Brief, Document, Section, Source, Span
from core.store import Store

PUBLISHED = [None, "", "2019", "2024", "2024-06", "2024-06-15", "2024-06-15T08:00", "2026-01-01"]
LANGUAGES = [None, "", "en", "de"]
DAYS = [None, "2019-12-31", "2024-06-01", "2024-06-15", "2024-06-16", "2025-01-01"]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, list[Source]]:
    """A document of every date, language and two kinds; all of them match `tide`."""
    store = Store(Path(tmp_path_factory.mktemp("wanted")) / "galley.db")
    kept = []
    for published in PUBLISHED:
        for language in LANGUAGES:
            for kind in ("web", "pdf"):
                document = Document(
                    url=f"library:sea/{len(kept)}", title="Tides", text="The tide rises.", media_type=KINDS[kind],
                    published=published, language=language, fetched_at="2026-01-01T00:00:00Z",
                )  # fmt: skip
                source, _ = store.sources.add(document, collection="sea")
                section = Section(start=0, end=15, heading="", passages=(Span(start=0, end=15),))
                store.passages.add(store.sources.snapshot(source.snapshot_id), [section])
                kept.append(source)
    return store, kept


briefs = st.builds(
    Brief, topic=st.just("tides"), published_from=st.sampled_from(DAYS), published_to=st.sampled_from(DAYS),
    dated_only=st.booleans(), kinds=st.sets(st.sampled_from(["web", "pdf", "word"])).map(tuple),
    languages=st.sets(st.sampled_from(["en", "de", "fr"])).map(tuple),
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(brief=briefs)
def test_a_library_is_searched_for_just_what_the_brief_asks_for(library: tuple[Store, list[Source]], brief: Brief):
    store, kept = library
    found = {source for source, _, _ in store.passages.documents('"tide"', 100, brief)}
    assert found == {source.id for source in kept if not brief.outside(source)}


def source(**facts: object) -> Source:
    given = {"published": None, "media_type": "text/html", "language": None}
    return Source(
        id=1, url="https://a.example", title="A", author=None, site=None, collection=None, snapshot_id=1,
        text_hash="x", fetched_at="2026-01-01T00:00:00Z", words=10, **given | facts,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "facts", "why"),
    [
        (
            {"published_from": "2024-01-01"},
            {"published": "2023-12-31"},
            "outside the dates you asked for: published 2023",
        ),
        ({"published_from": "2024-01-01"}, {"published": "2024-01-01"}, ""),
        ({"published_to": "2024-01-31"}, {"published": "2024-01-31T23:59:00Z"}, ""),
        ({"published_to": "2024-01-31"}, {"published": "2024-02-01"}, "outside the dates"),
        ({"published_from": "2024-06-01"}, {"published": "2024"}, ""),
        ({"published_from": "2024-06-01"}, {}, ""),
        ({"published_from": "2024-06-01", "dated_only": True}, {}, "without a date"),
        ({"dated_only": True}, {"published": "1850"}, ""),
        ({"kinds": ("pdf",)}, {}, "of a kind you did not ask for: web"),
        (
            {"kinds": ("pdf",)},
            {"media_type": "application/epub+zip"},
            "of a kind you did not ask for: application/epub",
        ),
        ({"languages": ("de",)}, {"language": "en"}, "in a language you did not ask for: en"),
        ({"languages": ("de",)}, {}, ""),
    ],
)
def test_what_is_left_out_is_told_with_its_reason(asked: dict[str, object], facts: dict[str, object], why: str):
    said = Brief(topic="x", **asked).outside(source(**facts))
    assert said.startswith(why)
    assert bool(said) == bool(why)


def test_a_brief_for_any_source_filters_nothing():
    assert not Brief(topic="x", allow=("a.example",)).filtered
    assert Brief(topic="x", dated_only=True).filtered
