"""What a reader sees of a page's elements stands in the text, each word once, as the kind of block it is."""

import re

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.reading.formats.markup import blocks_of, markdown
from core.reading.normal import normal


def whole(body):
    return lxml.html.document_fromstring(f"<html><body>{body}</body></html>").find("body")


def text(body):
    return normal(markdown(blocks_of(whole(body))))


def test_docbook_headings_keep_their_level_and_place():
    body = (
        "<div class='sect1'><div class='titlepage'><div><div><h2 class='title' style='clear: both'><a id='x'></a>"
        "25.1. Routine <span class='application'>Vacuuming</span></h2></div></div><hr /></div><p>Some need it.</p>"
        "<div class='sect2'><div class='titlepage'><div><div><h3 class='title'>25.1.1. Basics <a href='#b'>¶</a></h3>"
        "</div></div></div><div class='para'>It frees <code>dead_tuples</code> of <em>one</em> table.</div></div></div>"
    )
    assert text(body) == (
        "## 25.1. Routine Vacuuming\n\nSome need it.\n\n### 25.1.1. Basics\n\nIt frees `dead_tuples` of one table."
    )


def test_a_term_stands_right_above_its_definition():
    body = (
        "<dl><dt><code>FULL</code></dt><dt>-f</dt><dd><p>Takes a lock.</p><p>Takes long.</p></dd>"
        "<dt>FREEZE</dt><dd>Freezes.<ul><li>all</li></ul></dd></dl><p>After.</p>"
    )
    assert text(body) == "`FULL`\n-f\nTakes a lock.\n\nTakes long.\n\nFREEZE\nFreezes.\n\n- all\n\nAfter."


def test_lists_keep_numbers_nesting_and_their_items_paragraphs():
    body = (
        "<ol start='3'><li>Stop.<ul><li>Gently,</li><li><p>or not.</p></li></ul></li>"
        "<li><p>Copy:</p><pre>cp a b\n  cp c d</pre><p>Then wait.</p></li><li>   </li><li>Start.</li></ol>"
    )
    assert text(body) == (
        "3. Stop.\n   - Gently,\n   - or not.\n4. Copy:\n\n```\ncp a b\n  cp c d\n```\n\n   Then wait.\n\n6. Start."
    )


def test_code_keeps_its_lines_and_its_own_fences_and_loses_line_numbers():
    body = (
        "<table class='highlighttable'><tr><td class='linenos'><pre>1\n2</pre></td><td><pre><span>if x:</span><br>"
        "    y(<b>1</b>)\n</pre></td></tr></table><pre>```\nfenced\n```</pre>"
    )
    assert text(body) == "```\nif x:\n    y(1)\n```\n\n````\n```\nfenced\n```\n````"


def test_a_table_of_data_keeps_its_columns():
    body = (
        "<table><caption>Sizes</caption><thead><tr><th></th><th>Name</th><th colspan='2'>Bytes</th></tr></thead>"
        "<tr><td></td><td rowspan='2'>int</td><td>2</td><td>a|b</td></tr><tr><td></td><td>4</td><td><p>x</p><p>y</p>"
        "</td></tr></table>"
    )
    assert text(body) == "Sizes\n\n| Name | Bytes |  |\n|---|---|---|\n| int | 2 | a\\|b |\n|  | 4 | x y |"


def test_a_table_that_lays_out_the_page_is_no_table():
    note = "<table><tr><td rowspan='2'><img alt='[Tip]'></td><th>Tip</th></tr><tr><td>Wait.</td></tr></table>"
    frame = "<table><tr><td>Menu</td><td><h1>Title</h1><p>Text.</p></td></tr></table>"
    assert text(note) == "Tip\n\nWait."
    assert text(frame) == "Menu\n\n# Title\n\nText."


def test_names_and_brackets_stand_as_they_are_and_nothing_becomes_a_heading_by_accident():
    assert text("<p>Set max_wal_size [MB] to *1* or _2_.</p><p># not a heading</p><p>| not a row</p>") == (
        "Set max_wal_size [MB] to *1* or _2_.\n\n\\# not a heading\n\n\\| not a row"
    )


def test_powers_stay_numbers_and_footnote_marks_go():
    assert text("<p>10<sup>6</sup> of H<sub>2</sub>O, 1<sup>st</sup> time<sup><a href='#fn1'>1</a></sup>.</p>") == (
        "10^6 of H2O, 1st time."
    )


def test_two_line_breaks_are_a_new_paragraph_and_one_is_a_new_line():
    assert text("<div>One<br>two<br> <br>three</div>") == "One\ntwo\n\nthree"


def test_how_much_of_a_block_is_links_is_known():
    page = whole("<p><a href='/a'>Go on</a></p><ul><li>see <a href='/b'>her</a></li></ul>")
    assert [round(block.linked, 1) for block in blocks_of(page)] == [1.0, 0.4]


WORDS = st.lists(st.sampled_from("abcdefghij").map(lambda letter: f"w{letter}"), min_size=1, max_size=4).map(" ".join)
LEAVES = st.one_of(
    WORDS,
    *(
        WORDS.map(lambda words, tag=tag: f"<{tag}>{words}</{tag}>")
        for tag in ("p", "h1", "h4", "pre", "div", "span", "a")
    ),
    WORDS.map(lambda words: f"<table><tr><td>{words}</td><td>{words}</td></tr><tr><td>{words}</td></tr></table>"),
)


def wrapped(inner):
    parts = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        parts.map(lambda parts: f"<ul>{''.join(f'<li>{part}</li>' for part in parts)}</ul>"),
        parts.map(lambda parts: f"<ol>{''.join(f'<li>{part}</li>' for part in parts)}</ol>"),
        parts.map(lambda parts: f"<dl>{''.join(f'<dt>wz</dt><dd>{part}</dd>' for part in parts)}</dl>"),
        parts.map(lambda parts: f"<section>{' '.join(parts)}</section>"),
        parts.map(lambda parts: f"<blockquote>{' '.join(parts)}</blockquote>"),
    )


@settings(max_examples=150, deadline=None)
@given(st.lists(st.recursive(LEAVES, wrapped, max_leaves=12), min_size=1, max_size=4).map(" ".join))
def test_every_word_of_a_page_stands_in_its_text_once_and_in_order(body):
    tree = whole(body)
    seen = re.findall(r"w[a-jz]", tree.text_content())
    assert re.findall(r"w[a-jz]", markdown(blocks_of(tree))) == seen


@pytest.mark.parametrize(
    "body", ["", "<p> </p>", "<ul><li></li></ul>", "<table></table>", "<dl><dt></dt></dl>", "<hr>"]
)
def test_elements_that_say_nothing_are_no_blocks(body):
    assert text(body) == ""
