"""Files to keep, send and print: whole, alone, and deaf to what a source tries."""

import io
import re
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest
from docx import Document
from lxml import etree
from lxml import html as parser
from pypdf import PdfReader

from core.errors import PublishError
from core.models import Update
from core.publishing.formats.docx import docx
from core.publishing.formats.html import html
from core.publishing.formats.pdf import pdf
from core.publishing.plain import markdown

HOSTILE = '</script><script>alert(1)</script> #panic("no") $x$ *a* _b_ \\ {{ x }} "q" \x00\u202e &amp;'
SAID = '</script><script>alert(1)</script> #panic("no") $x$ *a* _b_ \\ {{ x }} "q" &amp;'
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def whole(make, cover):
    return replace(
        make(overrides={4: "Checked by phone."}),
        cover=cover,
        updates=(Update(at="2026-11-23", text="A figure was corrected."),),
        limitations=("No source gives a price.",),
        dek="A dek of its own.",
    )


def hostile(make, cover):
    article = whole(make, cover)
    sentence = replace(article.sections[0].paragraphs[0][0], text=HOSTILE)
    section = replace(article.sections[0], heading=HOSTILE, paragraphs=((sentence,),))
    return replace(
        article,
        title=HOSTILE,
        dek=HOSTILE,
        cover=replace(cover, alt=HOSTILE),
        sections=(section, *article.sections[1:]),
        quotes=tuple(replace(quote, text=HOSTILE) for quote in article.quotes),
        references=tuple(replace(reference, title=HOSTILE, author=HOSTILE) for reference in article.references),
        limitations=(HOSTILE,),
        method=HOSTILE,
    )


def pdf_text(content: bytes) -> str:
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return " ".join(text.replace("-\n", "").split())


def docx_text(content: bytes) -> str:
    document = etree.fromstring(ZipFile(io.BytesIO(content)).read("word/document.xml"))
    return " ".join("".join(t.text or "" for t in p.iter(f"{W}t")) for p in document.iter(f"{W}p"))


@pytest.mark.parametrize("read", [pdf_text, docx_text, None])
def test_every_format_holds_the_whole_article(make, cover, read):
    article = whole(make, cover)
    if read is None:
        text = parser.fromstring(html(article)).text_content()
    else:
        text = read(pdf(article) if read is pdf_text else docx(article))
    for part in (
        article.title,
        "A dek of its own.",
        "Half of them reached 2.6 to 3.2.",
        "Half of the homes",
        "Checked by phone.",
        "No source gives a price.",
        "A figure was corrected.",
        "What 164 old houses tell us",
        "1a1a1a1a1a1a",
        "no language model was used",
        "p. 12",
    ):
        assert part in " ".join(text.split()), part


@pytest.mark.parametrize("made", [html, pdf, markdown])
def test_the_same_article_gives_the_same_file(make, cover, made):
    assert made(whole(make, cover)) == made(whole(make, cover))


def test_an_html_file_asks_for_nothing_and_runs_nothing(make, cover):
    content = html(hostile(make, cover)).decode()
    tree = parser.fromstring(content)
    assert tree.xpath("//script | //link[not(@rel='canonical')] | //iframe") == []
    assert tree.xpath("//img/@src")[0].startswith("data:image/png;base64,")
    assert "url(" not in content
    assert not re.search(r"\son\w+=", content.partition("</style>")[2])


def test_sources_cannot_give_orders_to_the_typesetter(make, cover):
    text = pdf_text(pdf(hostile(make, cover)))
    assert '#panic("no") $x$ *a* _b_' in text


def test_a_pdf_has_a_title_an_outline_and_footnotes_on_their_page(make, cover):
    reader = PdfReader(io.BytesIO(pdf(whole(make, cover))))
    assert reader.metadata.title == make().title
    assert "Results" in [entry["/Title"] for entry in reader.outline if not isinstance(entry, list)]
    assert "The median factor was 2.9.” — What 164 old houses" in " ".join(reader.pages[0].extract_text().split())
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_a_pdf_in_other_letters_is_set(make):
    assert "Где тепло? Ζέστη" in pdf_text(pdf(replace(make(), title="Где тепло? Ζέστη", language="el")))


def test_letters_no_font_has_are_named_instead_of_left_out(make):
    with pytest.raises(PublishError, match="No font") as raised:
        pdf(replace(make(), title="A letter \U0001ffff0 nobody has"))
    assert "fonts-noto" in raised.value.remedy


def test_word_opens_headings_notes_and_links(make, cover):
    content = docx(whole(make, cover))
    document = Document(io.BytesIO(content))
    headings = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    assert headings[:2] == ["Results", "Costs"]
    xml = etree.fromstring(ZipFile(io.BytesIO(content)).read("word/document.xml"))
    marks = [mark.get(f"{W}name") for mark in xml.iter(f"{W}bookmarkStart")]
    assert len(marks) == len(set(marks))
    anchors = [link.get(f"{W}anchor") for link in xml.iter(f"{W}hyperlink") if link.get(f"{W}anchor")]
    assert anchors
    assert set(anchors) <= set(marks)
    links = [r.target_ref for r in document.part.rels.values() if r.is_external]
    assert links == ["https://fieldnotes.example/trial?a=1&b=2"]
    assert SAID in docx_text(docx(hostile(make, cover))).replace("  ", " ")


def test_a_picture_that_is_gone_is_named(make, cover):
    Path(cover.path).unlink()
    for made in (html, pdf, docx):
        with pytest.raises(PublishError, match="cannot be read"):
            made(replace(make(), cover=cover))
