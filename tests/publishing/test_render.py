"""What a reader sees, and what a hostile source cannot make of it."""

import json
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html as parser
from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin

from core.errors import PublishError
from core.models import Label, Update
from core.publishing.plain import escape, markdown, text
from core.publishing.render import html, sanitise
from core.publishing.structured_data import as_script, structured_data
from core.publishing.wording import day, printable, scores, verified

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'&\x00\u202e"


def parsed(article, **more):
    return parser.fragment_fromstring(str(html(article, **more)))


def test_every_footnote_mark_has_its_footnote_and_every_footnote_its_ways_back(make):
    tree = parsed(make(overrides={4: "why"}), title=True)
    ids = Counter(tree.xpath("//@id"))
    assert max(ids.values()) == 1
    targets = [href.removeprefix("#") for href in tree.xpath("//a/@href") if href.startswith("#")]
    assert set(targets) <= set(ids)
    marks = tree.xpath("//sup/a")
    assert [mark.text for mark in marks] == ["1", "2", "1", "3"]
    for mark in marks:
        note = tree.get_element_by_id(mark.get("href")[1:])
        assert f"#{mark.get('id')}" in note.xpath(".//a[@role='doc-backlink']/@href")


def test_footnotes_quote_the_passage_and_name_page_and_source(make):
    note = parsed(make()).get_element_by_id("fn-3")
    assert note.findtext("q") == "A median home used 4,300 kilowatt-hours of electricity a year."
    assert "Running costs" in note.text_content()
    assert "p. 12" in note.text_content()


def test_references_link_to_the_web_only(make):
    tree = parsed(make())
    assert tree.xpath("//*[@id='ref-1']//cite/a/@href") == ["https://fieldnotes.example/trial?a=1&b=2"]
    assert tree.xpath("//*[@id='ref-2']//cite/a/@href") == []
    assert "5 December 2024" in tree.get_element_by_id("ref-1").text_content()
    assert "1a1a1a1a1a1a" in tree.get_element_by_id("ref-1").text_content()


def test_the_verified_line_never_rounds_up(make):
    article = make()
    card = replace(article.scorecard, faithfulness=0.9999, claims=24, supported=23)
    line = verified(replace(article, scorecard=card))
    assert line == "Verified on 22 November 2026: 23 of 24 claims supported, faithfulness 0.99"
    assert line in html(replace(article, scorecard=card))
    unchecked = replace(article, scorecard=replace(card, claims=0, supported=0))
    assert verified(unchecked) == "Verified on 22 November 2026: no checkable claims"


def test_a_reader_is_told_how_sure_the_score_is_and_whom_the_article_rests_on(make):
    article = make()
    sure = {name: (value, meaning) for name, value, meaning in scores(article.scorecard)}
    assert "without a model" not in sure["Faithfulness"][1]
    assert "Independent voices" not in sure, "an article from before it was measured"
    card = replace(
        article.scorecard, faithfulness=0.958, faithfulness_low=0.891, faithfulness_high=0.979, voices=2.37,
        cited_sources=4, age_years=1.96,
    )  # fmt: skip
    told = {name: (value, meaning) for name, value, meaning in scores(card)}
    assert told["Faithfulness"][1].endswith("judged without a model, so likely between 0.89 and 0.97")
    assert told["Independent voices"][0] == "2.3"
    assert "the sources cited (4)" in told["Independent voices"][1]
    assert told["Median source age (years)"][0] == "1.9"
    assert "without a model" in html(replace(article, scorecard=card))


def test_an_override_is_visible_where_it_stands_with_its_reason(make):
    tree = parsed(make(overrides={4: "Our installer confirmed it."}))
    (sentence,) = tree.xpath("//span[@class='unverified']")
    assert sentence.text == "It used 4,300 kWh."
    assert "Our installer confirmed it." in tree.get_element_by_id("unverified-1").text_content()


@pytest.mark.parametrize("label", [Label.UNSUPPORTED, Label.CONTRADICTED, None])
def test_an_unsupported_claim_is_never_published_in_silence(make, label):
    article = _relabelled(make(), label)
    assert len(parsed(article).xpath("//span[@class='unverified']")) == 4
    assert "No reason was recorded" in html(article)
    assert markdown(article).count("**(unverified)**") == 4
    assert structured_data(article, url="https://a.example/", publisher="P", publisher_url="/").get("hasPart") is None


def test_a_sound_article_has_no_warnings(make):
    assert "unverified" not in html(make())


def test_updates_limitations_and_method_are_told(make):
    shown = html(make(updates=(Update(at="2026-12-01", text="Corrected 146 to 164."),)))
    for told in ("1 December 2026", "Corrected 146 to 164.", "No source gives a price", "no language model was used"):
        assert told in shown


def test_hostile_words_stay_words(make):
    article = _with_words(make(), HOSTILE)
    shown = str(html(article, title=True))
    tree = parser.fragment_fromstring(shown)
    assert not tree.xpath("//script | //img | //style | //iframe | //*[@onerror]")
    assert "alert(1)" in tree.xpath("//h1")[0].text_content()
    assert not tree.xpath("//a[starts-with(@href, 'javascript:')]")
    data = as_script(structured_data(article, url="https://a.example/", publisher=HOSTILE, publisher_url="/"))
    assert "<" not in data
    assert json.loads(data)["headline"] == HOSTILE.replace("\u202e", "")


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//evil.example", "https://[", "x"]
)
def test_an_address_that_is_no_web_address_is_not_linked(make, url):
    article = make()
    references = tuple(replace(r, url=url) for r in article.references)
    assert not parsed(replace(article, references=references)).xpath("//*[@id='references']//cite/a")


def test_the_allow_list_drops_what_no_template_of_ours_writes():
    shown = sanitise(
        '<p onclick="x()" style="x">a<script>b</script><iframe src="/"></iframe><a href="vbscript:x">c</a>'
    )
    assert shown == "<p>a<a>c</a></p>"


def test_a_dangling_footnote_is_refused(make):
    article = make()
    with pytest.raises(PublishError, match="footnote 3"):
        html(replace(article, quotes=article.quotes[:2]))
    with pytest.raises(PublishError, match="reference 2"):
        markdown(replace(article, references=article.references[:1]))


def test_markdown_footnotes_resolve_in_a_real_renderer(make):
    rendered = _renderer().render(markdown(_with_words(make(), "# *a* <b> [x](y) `c` | 1. &amp; ~~d~~")))
    tree = parser.fromstring(rendered)
    assert len(tree.xpath("//section[@class='footnotes']//li")) == 3
    assert not tree.xpath("//em[not(starts-with(., '#'))] | //code | //b | //s | //table")
    assert "[^" not in tree.text_content()
    assert tree.xpath("//h1")[0].text_content() == "# *a* <b> [x](y) `c` | 1. &amp; ~~d~~"


def test_text_has_every_sentence_quote_and_address(make):
    told = text(make())
    for part in ("It used 4,300 kWh. [3]", "[3] “A median home", "https://fieldnotes.example/trial?a=1&b=2"):
        assert part in told


@settings(max_examples=150)
@given(st.text(max_size=60))
def test_escaped_markdown_reads_as_it_was_written(words):
    rendered = _renderer().render(escape(words))
    expected = " ".join(printable(words).split())
    shown = parser.fromstring(rendered).text_content().strip() if rendered.strip() else ""
    assert " ".join(shown.split()) == " ".join(expected.split())


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(words=st.text(min_size=1, max_size=60))
def test_any_title_and_sentence_is_shown_as_it_is(make, words):
    tree = parsed(_with_words(make(), words), title=True)
    assert tree.xpath("//h1")[0].text_content().split() == printable(words).split()
    assert not tree.xpath("//*[@id='introduction']/p/*[not(self::sup)]")


@pytest.mark.parametrize(
    ("when", "words"),
    [("2026-11-22", "22 November 2026"), ("2024", "2024"), ("2024-13-01", "2024-13-01"), ("", ""), ("20241", "20241")],
)
def test_days_read_as_words_or_stay(when, words):
    assert day(when) == words


def test_structured_data_names_what_each_claim_rests_on(make):
    data = structured_data(make(), url="https://a.example/p/", publisher="P", publisher_url="https://a.example/")
    assert data["@type"] == "Article"
    assert data["datePublished"] == "2026-11-22T10:00:00+00:00"
    assert [c["@id"] for c in data["citation"]] == ["https://a.example/p/#ref-1", "https://a.example/p/#ref-2"]
    assert "url" not in data["citation"][1]
    assert len(data["hasPart"]) == 4
    assert data["hasPart"][3]["citation"] == [{"@id": "https://a.example/p/#ref-2"}]
    assert data["hasPart"][3]["appearance"] == {"@id": "https://a.example/p/"}
    assert json.loads(as_script(data)) == data


def _renderer():
    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).use(footnote_plugin)


def _relabelled(article, label):
    sections = tuple(
        replace(section, paragraphs=tuple(tuple(replace(s, label=label) for s in p) for p in section.paragraphs))
        for section in article.sections
    )
    return replace(article, sections=sections)


def _with_words(article, words):
    """The article with these words in every place a stranger could put some."""
    sections = tuple(
        replace(
            section,
            heading=words,
            paragraphs=tuple(tuple(replace(s, text=words) for s in p) for p in section.paragraphs),
        )
        for section in article.sections
    )
    return replace(
        article,
        title=words,
        dek=words + " dek",
        method=words,
        limitations=(words,),
        sections=sections,
        quotes=tuple(replace(q, text=words) for q in article.quotes),
        references=tuple(
            replace(r, title=words, author=words, site=words, published=words, url="javascript:alert(1)")
            for r in article.references
        ),
        overrides=(words,),
        updates=(Update(at=words, text=words),),
        approved_by=words,
        tags=(words,),
        language=words,
    )
