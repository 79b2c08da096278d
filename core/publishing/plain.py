"""An article as Markdown and as text: for export, and for targets that take no HTML.

Markdown is CommonMark with `[^1]` footnotes. What was written is text, so every character
that Markdown would read as markup is escaped: by a backslash where every dialect knows it, else
by its HTML code. Braces too, since Jekyll, Eleventy and dev.to look for Liquid in the text, and
Hugo for shortcodes, before they read any Markdown.
"""

import re
from collections.abc import Iterator
from urllib.parse import quote

from core.models import Article
from core.publishing.layout import Entry, Footnote, Layout, Line, Mark, Warned, lay_out
from core.publishing.wording import day, printable, scores, verified

_MARKUP = re.compile(r"([\\`*_\[\]|$])")
_CODED = re.compile(r"[<>{}~^]|&(?=#?\w+;)")
_CODES = re.compile(r"&#(\d+);")
_BLOCK = re.compile(r"^(?:([#+=:-])|(\d{1,9})([.)]))")


def escape(text: str) -> str:
    """One line of Markdown that reads as the text; runs of white space become one space.

    >>> escape("1. *not* a list")
    '1\\\\. \\\\*not\\\\* a list'
    """
    line = _MARKUP.sub(r"\\\1", " ".join(printable(text).split()))
    line = _CODED.sub(lambda m: f"&#{ord(m[0])};", line)
    return _BLOCK.sub(lambda m: f"\\{m[1]}" if m[1] else f"{m[2]}\\{m[3]}", line)


def unescape(line: str) -> str:
    """The text that `escape` was given, and Markdown by others as a person would read it."""
    return _CODES.sub(lambda m: chr(int(m[1])), re.sub(r"\\(?=[!-/:-@\[-`{-~])", "", line))


def markdown(article: Article) -> str:
    """The whole article as a Markdown document, ending in its footnotes.

    Raises:
        PublishError: a footnote or reference that is cited is missing.
    """
    blocks = [f"# {escape(article.title)}"]
    if article.dek and not lay_out(article).opens_with(article.dek):
        blocks.append(f"*{escape(article.dek)}*")
    blocks.append(f"Published {day(article.published_at)}.")
    return "\n\n".join([*blocks, body(article)])


def body(article: Article, *, anchors: bool = False, carry_key: bool = False) -> str:
    """The article as Markdown without its title and dek: for places that have fields for them.

    Args:
        anchors: footnotes as links of our own HTML, for dialects without the `[^1]` syntax.
        carry_key: end in the article's key, for places where nothing else can carry it.

    Raises:
        PublishError: a footnote or reference that is cited is missing.
    """
    layout = lay_out(article)
    blocks = [f"{escape(verified(article))}."]
    for part in layout.parts:
        if part.heading:
            blocks.append(f"## {escape(part.heading)}")
        blocks += [" ".join(_marked(line, anchors) for line in paragraph) for paragraph in part.paragraphs]
    if anchors and layout.footnotes:
        blocks += ["## Footnotes", "\n".join(map(_anchored, layout.footnotes))]
    blocks += _apparatus(article, layout)
    if carry_key:
        blocks.append(f"Record `{printable(article.key).replace('`', '')}`")
    if not anchors:
        blocks += [_footnote(note) for note in layout.footnotes]
    return "\n\n".join(blocks) + "\n"


def text(article: Article) -> str:
    """The whole article as plain text, with `[1]` for footnotes.

    Raises:
        PublishError: a footnote or reference that is cited is missing.
    """
    layout = lay_out(article)
    dek = "" if layout.opens_with(article.dek) else article.dek
    blocks = [article.title, dek, f"{verified(article)}."]
    for part in layout.parts:
        blocks.append(part.heading)
        blocks += [" ".join(map(_numbered, paragraph)) for paragraph in part.paragraphs]
    for heading, lines in (
        ("Published without support", [f"{w.text} ({_doubt(w)})" for w in layout.warned]),
        ("Limitations", [f"- {limitation}" for limitation in article.limitations]),
        ("Updates", [f"{day(update.at)}: {update.text}" for update in article.updates]),
        ("Footnotes", [f"[{n.quote.number}] “{n.quote.text}” {_from(n)}" for n in layout.footnotes]),
        ("References", [f"{e.reference.number}. {_described(e)} {e.address or ''}" for e in layout.entries]),
        ("How this article was checked", [article.method]),
    ):
        if lines:
            blocks += [heading, "\n".join(lines)]
    return printable("\n\n".join(block for block in blocks if block)) + "\n"


def _marked(line: Line, anchors: bool) -> str:
    warning = " **(unverified)**" if line.warning else ""
    # A space between two marks, or themes show 1 and 2 as 12.
    return escape(line.text) + warning + " ".join(_mark(m) if anchors else f"[^{m.number}]" for m in line.marks)


def _mark(mark: Mark) -> str:
    return f'<sup><a href="#fn-{mark.number}" id="fnref-{mark.number}-{mark.occurrence}">{mark.number}</a></sup>'


def _anchored(note: Footnote) -> str:
    number = note.quote.number
    back = "".join(f' <a href="#fnref-{number}-{place}">↩︎</a>' for place in range(1, note.occurrences + 1))
    return f'{number}. <span id="fn-{number}"></span>“{escape(note.quote.text)}” {escape(_from(note))}{back}'


def _numbered(line: Line) -> str:
    warning = " (unverified)" if line.warning else ""
    return line.text + warning + "".join(f" [{mark.number}]" for mark in line.marks)


def _footnote(note: Footnote) -> str:
    return f"[^{note.quote.number}]: “{escape(note.quote.text)}” {escape(_from(note))}"


def _apparatus(article: Article, layout: Layout) -> Iterator[str]:
    """The sections below the text, each with its heading, those without content left out."""
    if layout.warned:
        yield "## Published without support"
        yield "\n".join(f"- {escape(w.text)} ({escape(_doubt(w))})" for w in layout.warned)
    if article.limitations:
        yield "## Limitations"
        yield "\n".join(f"- {escape(limitation)}" for limitation in article.limitations)
    if article.updates:
        yield "## Updates"
        yield "\n".join(f"- {escape(day(update.at))}: {escape(update.text)}" for update in article.updates)
    yield "## How this article was checked"
    yield escape(article.method)
    if article.scorecard.claims:
        yield "\n".join(f"- {name}: {value}" for name, value, _ in scores(article.scorecard))
    if layout.entries:
        yield "## References"
        yield "\n".join(f"{e.reference.number}. {escape(_described(e))}{_link(e)}" for e in layout.entries)


def _doubt(warned: Warned) -> str:
    return f"{warned.verdict}; {warned.reason or 'no reason was recorded'}"


def _from(note: Footnote) -> str:
    page = f", p. {note.quote.page}" if note.quote.page is not None else ""
    return (
        f"({note.reference.title or note.reference.site or 'Untitled source'}, reference {note.reference.number}{page})"
    )


def _described(entry: Entry) -> str:
    reference = entry.reference
    said = [reference.author, reference.title or "Untitled source", reference.site]
    dates = f"Fetched {day(reference.fetched_at)}"
    if reference.published:
        dates = f"Published {day(reference.published)}. {dates}"
    return f"{'. '.join(part for part in said if part)}. {dates}. Snapshot {reference.text_hash[:12]}."


def _link(entry: Entry) -> str:
    address = re.sub(r"[\s<>{}\\\x00-\x1f]", lambda found: quote(found[0]), printable(entry.address or ""))
    return f" <{address}>" if address else ""
