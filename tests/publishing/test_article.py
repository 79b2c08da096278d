"""From draft to article: what a reader would miss if a footnote, a reason or a slug were wrong."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import PublishError
from core.models import DraftSection, Label, Passage, Sentence
from core.publishing.article import LONGEST_SLUG, slugify
from core.publishing.quotes import LONGEST_QUOTE, quote, shorten
from core.publishing.record import Record, as_data, content_hash, from_data, record_from


def test_footnotes_are_numbered_as_first_cited_and_shared_by_the_same_quote(make):
    article = make()
    assert [q.text for q in article.quotes] == [
        "The median factor was 2.9.",
        "Half of the homes",
        "A median home used 4,300 kilowatt-hours of electricity a year.",
    ]
    cited = [s.quotes for section in article.sections for p in section.paragraphs for s in p]
    assert cited == [(1,), (2,), (1,), (), (3,)]
    assert [(r.number, r.url) for r in article.references] == [
        (1, "https://fieldnotes.example/trial?a=1&b=2"),
        (2, None),
    ]
    assert article.quotes[2].page == 12


def test_notes_become_limitations_and_leave_the_body(make):
    article = make(limitations=("One region only.",))
    assert article.limitations == ("One region only.", "No source gives a price for 2026.")
    assert "price for 2026" not in str(article.sections)


def test_an_overridden_sentence_keeps_its_reason_and_only_it(make):
    article = make(overrides={4: "Our installer confirmed it."}, approved_by="mia@example.org")
    marked = [s for section in article.sections for p in section.paragraphs for s in p if s.overridden]
    assert [(s.text, s.reason) for s in marked] == [("It used 4,300 kWh.", "Our installer confirmed it.")]
    assert article.overrides == ("Our installer confirmed it.",)
    assert article.approved_by == "mia"


def test_a_citation_nobody_holds_is_refused(make, passages):
    with pytest.raises(PublishError, match="passage 2"):
        make(passages={1: passages[1]})
    with pytest.raises(PublishError, match="source of passage 1"):
        make(sources={})


def test_dek_is_whole_sound_sentences(make, draft):
    opening = draft.sections[0].sentences[0]
    endless = replace(opening, text="A sentence that never ends " * 10)
    false = replace(opening, text="False.", verdict=replace(opening.verdict, label=Label.CONTRADICTED))
    short = replace(opening, text="It is short.")
    section = DraftSection(heading="", question_id=None, sentences=(endless, false, short))
    assert make(replace(draft, sections=(section,))).dek == "It is short."
    assert make().dek == "The median factor was 2.9."


def test_a_long_passage_is_quoted_by_its_closest_sentence():
    text = (
        "Nothing of interest here. " * 30 + "The median seasonal factor was 2.9 in Dr. Shaw's trial. " + "More. " * 30
    )
    passage = Passage(id=1, source_id=1, snapshot_id=1, start=50, end=50 + len(text), text=text)
    span, words = quote(Sentence(text="The median seasonal factor was 2.9."), passage)
    assert words == "The median seasonal factor was 2.9 in Dr. Shaw's trial."
    assert text[span.start - 50 : span.end - 50] == words


def test_times_and_slug_are_not_content_but_every_word_is(make):
    article = make()
    later = replace(article, verified_at="2027-01-01", modified_at="2027-01-01", published_at="2027", slug="x")
    assert content_hash(later) == content_hash(article)
    assert content_hash(replace(article, method=article.method + " ")) != content_hash(article)


def test_an_article_survives_its_record(make):
    article = make(overrides={4: "\x0b because\u2028"}, language="pt-BR")
    assert from_data(as_data(article)) == article
    record = Record(key="a", slug="b", published_at="c", article=article)
    assert record_from(record.as_bytes()) == record
    with pytest.raises(ValueError, match="missing"):
        record_from(b"{}")


def test_where_a_cover_lies_is_neither_content_nor_told(make, cover):
    article = replace(make(), cover=cover, description="d", canonical_url="https://a.example/")
    moved = replace(article, cover=replace(cover, path="/elsewhere.png"))
    assert content_hash(moved) == content_hash(article)
    assert from_data(as_data(article)) == replace(article, cover=replace(cover, path=""))
    for other in (make(), replace(article, description="e"), replace(article, canonical_url=None)):
        assert content_hash(other) != content_hash(article)


@given(st.text(max_size=200))
def test_a_slug_is_safe_short_and_its_own_slug(title):
    slug = slugify(title)
    assert 0 < len(slug) <= LONGEST_SLUG
    assert slugify(slug) == slug
    assert not set(slug) & set("/\\.?#% \x00")
    assert not slug.startswith("-")
    assert not slug.endswith("-")


@given(st.text(alphabet='ab .!?\n"A1。…', max_size=300), st.integers(5, 80))
def test_a_shortened_text_is_a_beginning(text, longest):
    short = shorten(text, longest)
    assert len(short) <= longest
    assert text.startswith(short.removesuffix("…"))


@given(st.text(max_size=900), st.text(max_size=80))
def test_a_quote_is_the_passages_own_words(text, sentence):
    passage = Passage(id=1, source_id=1, snapshot_id=1, start=7, end=7 + len(text), text=text)
    span, words = quote(Sentence(text=sentence), passage)
    assert 7 <= span.start <= span.end <= 7 + len(text)
    assert len(words) <= LONGEST_QUOTE
    assert words.removesuffix("…") in " ".join(text.split())
