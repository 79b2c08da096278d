"""Of a page its article is kept, whole, and its frame is not."""

import contextlib

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import ReadError
from core.reading.extract import extract
from core.reading.formats.article import article_of
from core.reading.formats.frame import main_of, take_frame

PROSE = (
    "The pump moves heat from the cold outside to the warm inside, which takes less power than making it. "
    "The colder it is outside the harder that becomes, and so its makers give two figures instead of only one."
)
MENU = "".join(f"<li><a href='/{n}'>Department number {n}</a></li>" for n in range(12))
TEASERS = "".join(
    f"<div class='card-x{n}'><a href='/s{n}'><h3>Ten things about heat you never knew, part {n}</h3></a>"
    f"<div>Our reporter {n} went there, and what he saw surprised everybody.</div></div>"
    for n in range(8)
)


def article(body: str, head: str = "") -> str:
    page = f"<html><head><title>x</title>{head}</head><body>{body}</body></html>"
    return article_of(lxml.html.document_fromstring(page), "")


def docbook(body: str) -> str:
    return article(
        "<div class='navheader'><table><tr><th colspan='2'>9.9. Quotas</th></tr><tr><td><a href='a'>Prev</a></td>"
        "<td><a href='b'>Next</a></td></tr></table><hr></div>"
        f"<div class='section'><div class='titlepage'><h2 class='title'>9.9. Quotas</h2></div>{body}</div>"
        "<div class='navfooter'><a href='a'>Prev</a> <a href='b'>Next</a></div>"
    )


def test_documentation_is_read_whole_whatever_its_elements_are_called():
    text = docbook(
        f"<div class='toc'><dl><dt><a href='#a'>9.9.1. Limits</a></dt></dl></div><div class='para'>{PROSE}</div>"
        "<div class='sidebar'><div class='titlepage'><p class='title'><strong>NOTE</strong> Blocks</p></div>"
        "<div class='para'>A block is a part of a disk.</div></div>"
        "<div class='section'><div class='titlepage'><h3 class='title'>9.9.1. Limits</h3></div>"
        "<dl class='variablelist'><dt>soft</dt><dd><p>May be passed.</p></dd></dl><pre>edquota</pre></div>"
    )
    assert text == (
        f"## 9.9. Quotas\n\n{PROSE}\n\nNOTE Blocks\n\nA block is a part of a disk.\n\n### 9.9.1. Limits\n\n"
        "soft\nMay be passed.\n\n```\nedquota\n```"
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2_000), st.sampled_from("<>/\"'&; =adivl")), max_size=60))
def test_a_page_with_broken_markup_is_read_or_refused_and_nothing_else(changes):
    page = list(f"<html><body>{NEWS.replace('{article}', STORY)}</body></html>")
    for place, sign in changes:
        page[-1 - place % len(page)] = sign
    with contextlib.suppress(ReadError):
        extract("".join(page).encode(), url="https://a.example", media_type="text/html", fetched_at="2026-01-01")


def test_a_page_that_is_nothing_but_its_contents_keeps_them():
    contents = "".join(f"<dt><a href='{n}'>1.{n}. The chapter on pumps number {n}</a></dt>" for n in range(9))
    text = docbook(f"<div class='toc'><dl>{contents}</dl></div>")
    assert "1.8. The chapter on pumps number 8" in text
    assert "Prev" not in text


NEWS = (
    f"<div id='site-header'><div class='logo'>Heat Weekly</div><ul class='main-menu'>{MENU}</ul></div>"
    "<div class='cookie-banner'>We value your privacy. Accept all cookies to go on reading this page.</div>{article}"
    f"<div class='rail'>{TEASERS}</div><div class='newsletter-signup'>Sign up for our weekly letter on heat.</div>"
    "<div id='footer'>All rights reserved by Heat Weekly Limited, London.</div>"
)
STORY = (
    f"<h1>Pumps in winter</h1><div class='share-buttons'><a href='/t'>Tweet this</a></div><p>{PROSE}</p><p>{PROSE}</p>"
    f"<h2>What it costs</h2><p>A year costs nine hundred pounds. {PROSE}</p><table><tr><th>Year</th><th>Pounds</th>"
    "</tr><tr><td>2024</td><td>900</td></tr></table><p>The prices fell. They may fall again, says everybody.</p>"
)


@pytest.mark.parametrize("wrap", ["<article>{}</article>", "<div class='post-content'>{}</div>", "<main>{}</main>"])
@pytest.mark.parametrize("head", ["", "<meta property='og:type' content='article'>"])
def test_of_a_news_page_the_story_is_kept_with_its_headings_and_tables(wrap, head):
    text = article(NEWS.replace("{article}", wrap.format(STORY)), head)
    assert text.startswith("# Pumps in winter\n\n")
    assert "\n\n## What it costs\n\nA year costs" in text
    assert "| 2024 | 900 |" in text
    assert "They may fall again" in text
    for frame in ("Department", "privacy", "Ten things", "reporter", "weekly letter", "Tweet", "rights"):
        assert frame not in text


def test_a_story_outside_of_what_calls_itself_the_main_part_is_found():
    page = f"<main><div>{'Most read today in the world. ' * 12}</div></main><div class='post-content'>{STORY}</div>"
    text = article(page, "<meta property='og:type' content='article'>")
    assert "A year costs nine hundred pounds" in text


def test_a_story_in_an_element_named_like_frame_is_found():
    text = article(f"<div class='newsletter'>{STORY}</div><div class='rail'>{TEASERS * 4}</div>")
    assert "A year costs nine hundred pounds" in text


def test_words_with_hidden_hyphens_are_the_same_words():
    story = STORY.replace("winter", "win\u00adter").replace("prices", "pri\u00adces").replace("moves", "mo\u200bves")
    text = article(
        NEWS.replace("{article}", f"<article>{story}</article>"), "<meta property='og:type' content='article'>"
    )
    assert "They may fall again" in text
    assert "Ten things" not in text


def test_a_heading_goes_with_its_section():
    related = f"<h2>You may also like</h2><div class='related-posts'><ul>{MENU}</ul></div>"
    story = NEWS.replace("{article}", f"<article>{STORY}{related}</article>")
    for head in ("", "<meta property='og:type' content='article'>"):
        text = article(story, head)
        assert "What it costs" in text
        assert "You may also like" not in text
        assert "Department" not in text


def test_mottos_before_the_first_heading_and_links_after_the_last_words_are_no_text():
    text = article(
        "<div>Small. Fast. Reliable.</div><p><a href='/'>Up</a></p><h1>Vacuum</h1>"
        + f"<p>{PROSE}</p>" * 8
        + "<p>So it is.</p><p><a href='/n'>Next: The pages after</a></p>"
    )
    assert text.startswith("# Vacuum")
    assert text.endswith("So it is.")


def frameless(body: str) -> str:
    tree = lxml.html.document_fromstring(f"<html><body>{body}</body></html>").find("body")
    take_frame(tree)
    return " ".join(tree.text_content().split())


def test_names_are_compared_whole_and_what_holds_the_page_is_no_frame():
    page = (
        "<div class='page with-sidebar menu'><div class='titlepage'>A title.</div><div class='information'>B.</div>"
        f"<header><h1>C.</h1></header><aside class='note'>D.</aside><p>{PROSE}</p><aside>E.</aside></div>"
        "<div class='nav-bar'>F.</div><div role='navigation'>G.</div><footer>H.</footer>"
        "<div class='sidebar'>I am told.</div>"
        "<div id='sidebar'><a href='/'>J.</a></div>K."
    )
    assert frameless(page) == f"A title.B.C.D.{PROSE}I am told.K."


def test_the_main_part_is_believed_if_it_is_most_of_what_is_left():
    tree = lxml.html.document_fromstring(f"<html><body><p>x</p><main>{PROSE}</main></body></html>").find("body")
    assert main_of(tree).tag == "main"
    tree = lxml.html.document_fromstring(f"<html><body><p>{PROSE}</p><main>x</main></body></html>").find("body")
    assert main_of(tree).tag == "body"
