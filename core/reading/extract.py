"""Bytes to a Document: find the reader, bring its text into normal form, say what is wrong with it.

Whatever the bytes are, the answer is a Document with usable text or a ReadError with a remedy.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from urllib.parse import quote, urlsplit

from core.errors import ReadError
from core.models import Document, Flag, Page
from core.reading import injection
from core.reading.formats import markdown, pdf, plain, webpage, word
from core.reading.language import language_of
from core.reading.normal import count_words, normal, one_line
from core.reading.readers import READERS, Reader, Reading
from core.reading.web import Response

BUILT_IN = (webpage, pdf, word, markdown, plain)
"""Imported so that they stand on the shelf."""
MIN_WORDS = 25
"""Fewer on a web page is a menu, a cookie wall or an error text."""
MIN_FILE_WORDS = 5
"""A person put the file there: a short note is meant."""
MOST_FILE_BYTES = 50_000_000
SHORT_WORDS = 250
"""A page this short that asks for a subscription shows only its beginning."""
_PAYWALL = re.compile(
    r"\b(?:(?:subscribe|sign\s+in|log\s+in|register|create\s+an?\s+(?:free\s+)?account)\s+(?:now\s+)?to\s+"
    r"(?:continue|keep|read|unlock|access|view)\b|(?:already\s+a\s+subscriber|subscribers?[\s-]only|"
    r"this\s+(?:article|content|story|page)\s+is\s+(?:only\s+(?:available\s+)?(?:for|to)|reserved\s+for|exclusively\s+for)\s+"
    r"(?:\w+\s+)?(?:subscribers|members)|become\s+a\s+(?:subscriber|member)\s+to\s+(?:read|continue)|"
    r"to\s+continue\s+reading,?\s+(?:please\s+)?(?:subscribe|sign|log|register)))",
    re.IGNORECASE,
)
_BREAKS_OFF = re.compile(
    r"(?:…|\.\.\.|\[…\]|\[\.\.\.\])\s*(?:(?:read|continue|see)\s+(?:more|reading|full\s+\w+).{0,40})?$", re.IGNORECASE
)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def extract(
    body: bytes,
    *,
    url: str,
    media_type: str,
    fetched_at: str,
    charset: str | None = None,
    truncated: bool = False,
    etag: str | None = None,
    last_modified: str | None = None,
    min_words: int = MIN_WORDS,
) -> Document:
    """A document from bytes.

    Args:
        url: the final address; its suffix helps when the media type says nothing.
        media_type: as the server says, may be empty; bytes that plainly are something else win.
        charset: the encoding the server claims.
        truncated: the body was cut at the client's limit.
        min_words: fewer than this is an error.

    Returns:
        The text in normal form (see normal.py); `pages` of PDFs as offsets; flags for
        instructions, paywalls, cuts and wrong encodings.

    Raises:
        ReadError: of a kind nobody reads, broken, locked, or without enough text.
    """
    reader = _reader(body, media_type, url)
    reading = reader.read(body, url=url, charset=charset)
    text, pages = _paged(reading.page_texts) if reading.page_texts else (normal(reading.text), ())
    flags = [*reading.flags, *_text_flags(text, reading), *_hidden_flags(reading.hidden)]
    if truncated:
        flags.append(Flag(kind="truncated", start=len(text), end=len(text), note="the page is longer than is read"))
    _check_enough(text, flags, url, min_words)
    return Document(
        url=url,
        title=one_line(reading.title) or _name(url),
        text=text,
        media_type=reader.media_types[0],
        author=reading.author,
        site=reading.site or urlsplit(url).hostname,
        published=reading.published,
        language=reading.language or language_of(text),
        pages=pages,
        flags=tuple(flags),
        fetched_at=fetched_at,
        etag=etag,
        last_modified=last_modified,
        links=reading.links,
        listing=reading.listing,
    )


def extract_response(response: Response, *, min_words: int = MIN_WORDS) -> Document:
    """A document from what the client read; raises as `extract`."""
    return extract(
        response.body,
        url=response.url,
        media_type=response.media_type,
        fetched_at=response.fetched_at,
        charset=response.charset,
        truncated=response.truncated,
        etag=response.headers.get("etag"),
        last_modified=response.headers.get("last-modified"),
        min_words=min_words,
    )


def read_file(path: Path, *, collection: str, root: Path | None = None) -> Document:
    """A document from a file of the library.

    Args:
        collection: the library collection it belongs to.
        root: the collection's folder; the address holds the path below it. None: the file's name.

    Returns:
        As `extract`, with the address `library:<collection>/<path>` (percent-encoded where
        needed); site, author and date are those the file itself names.

    Raises:
        ReadError: not there, too large, or as `extract`.
    """
    try:
        size = path.stat().st_size
        if size > MOST_FILE_BYTES:
            raise ReadError(
                f"{path.name} has {size // 1_000_000} MB; at most {MOST_FILE_BYTES // 1_000_000} are read.",
                remedy="Split it into smaller files.",
            )
        body = path.read_bytes()
        below = path.relative_to(root) if root else Path(path.name)
    except (OSError, ValueError) as error:
        raise ReadError(
            f"The file {path.name!r} cannot be read ({error}).", remedy="Check that it is there and readable."
        ) from error
    document = extract(
        body,
        url=f"library:{quote(collection)}/{quote(below.as_posix())}",
        media_type="",
        fetched_at=datetime.now(UTC).isoformat(timespec="seconds"),
        min_words=MIN_FILE_WORDS,
    )
    return replace(document, site=document.site or collection)


def file_suffixes() -> list[str]:
    """Suffixes of files that can be read, for upload forms: `.html`, `.pdf`, ..."""
    return sorted({suffix for reader in _readers() for suffix in reader.suffixes})


def _readers() -> Iterator[Reader]:
    return map(_created, READERS.names())


@cache
def _created(name: str) -> Reader:
    return READERS.create(name)


def _reader(body: bytes, media_type: str, url: str) -> Reader:
    kind = _sniffed(body, media_type, _suffix(url))
    for reader in _readers():
        if kind in reader.media_types:
            return reader
    raise ReadError(
        f"Files of the kind {kind[:60]!r} cannot be read.",
        remedy=f"Save it as one of: {', '.join(file_suffixes())}.",
    )


def _sniffed(body: bytes, media_type: str, suffix: str) -> str:
    """The media type, by the first bytes where they are plain, then as declared, then by suffix."""
    if not body.strip():
        raise ReadError("There is nothing in it.", remedy="Check the address or the file.")
    head = body[:1_024].lstrip().lower()
    if head.startswith(b"%pdf-"):
        return "application/pdf"
    if body.startswith(b"PK\x03\x04"):
        return word.Word.media_types[0] if b"word/" in body else "application/zip"
    by_suffix = next((r.media_types[0] for r in _readers() if suffix in r.suffixes), "")
    if by_suffix == "application/pdf" and media_type in ("", "application/octet-stream"):
        return by_suffix  # let the PDF reader say that it is broken
    if body[:2] not in (b"\xff\xfe", b"\xfe\xff") and len(_CONTROL.findall(body[:4_096])) > 4:
        raise ReadError("It is a binary file, not text.", remedy="Give a page, a PDF or a text file.")
    if head.startswith((b"<!doctype html", b"<html", b"\xef\xbb\xbf<!doctype html", b"\xef\xbb\xbf<html")):
        return "text/html"
    if media_type in ("", "application/octet-stream", "binary/octet-stream", "text/plain"):
        return by_suffix or ("text/html" if b"<body" in head or b"<head" in head else "text/plain")
    return media_type


def _suffix(url: str) -> str:
    try:
        return Path(urlsplit(url).path).suffix.lower()
    except ValueError:
        return ""


def _name(url: str) -> str:
    """A title for want of a better one: the last part of the address, or the host."""
    parts = urlsplit(url)
    last = parts.path.rstrip("/").rpartition("/")[2]
    return one_line(last.rpartition(".")[0].replace("-", " ") or last) or parts.hostname or url


def _paged(texts: Sequence[str]) -> tuple[str, tuple[Page, ...]]:
    """Pages joined; a sentence that runs over a page break stays in one paragraph."""
    text = ""
    pages: list[Page] = []
    for number, page in enumerate(texts, start=1):
        page = normal(page)
        if not page:
            continue
        last = text.rpartition("\n")[2]
        runs_on = last and not re.match(r"[#|]", last) and not re.search(r"[.!?:…][\"'”’)\]]*$", last)
        if runs_on and page[0].islower():
            whole = pdf.joined(text, page)
            start = len(whole) - len(page)
            text = whole
        else:
            text += "\n\n" if text else ""
            start = len(text)
            text += page
        if pages and pages[-1].end > start:
            pages[-1] = replace(pages[-1], end=start)
        pages.append(Page(number=number, start=start, end=len(text)))
    return text, tuple(pages)


def _text_flags(text: str, reading: Reading) -> Iterator[Flag]:
    yield from injection.scan(text)
    known = {flag.kind for flag in reading.flags}
    words = count_words(text)
    window = 0 if words < SHORT_WORDS else max(0, len(text) - 600)
    wall = _PAYWALL.search(text, window)
    if wall and "paywall" not in known:
        yield Flag(kind="paywall", start=wall.start(), end=wall.end(), note=f"“{one_line(wall.group())}”")
    cut = _BREAKS_OFF.search(text, max(0, len(text) - 120))
    if cut and "truncated" not in known:
        yield Flag(kind="truncated", start=cut.start(), end=cut.end(), note="the text breaks off")


def _hidden_flags(hidden: Sequence[str]) -> Iterator[Flag]:
    """Orders to a model where no reader sees them; they have no place in the text, so 0 to 0."""
    for text in hidden:
        for flag in injection.scan(text):
            yield Flag(kind="injection", start=0, end=0, note=f"hidden in the page, {flag.note}")


def _check_enough(text: str, flags: Sequence[Flag], url: str, min_words: int) -> None:
    words = count_words(text)
    if any(flag.kind == "paywall" for flag in flags) and words < 3 * min_words:
        raise ReadError(
            f"{_name(url)!r} is behind a paywall: only {words} words can be read.",
            remedy="Open it with your subscription and add it to the library if you may use it.",
        )
    if words < min_words:
        raise ReadError(
            f"{_name(url)!r} holds too little text ({words} words).",
            remedy="If its text appears only in a browser, save the page from there and add the file to the library.",
        )
