"""Bytes to text when the declared encoding cannot be trusted.

Order: byte order mark; what server or page declare, if the bytes agree; UTF-8; UTF-8 with a few
broken places; a guess among the encodings the web is written in; windows-1252. The WHATWG
Encoding Standard's rule that "iso-8859-1" and "ascii" mean windows-1252 is kept.
"""

import codecs
import re
from collections.abc import Iterator

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_MEANT = {
    "iso-8859-1": "windows-1252",
    "iso8859-1": "windows-1252",
    "latin-1": "windows-1252",
    "latin1": "windows-1252",
    "ascii": "windows-1252",
    "us-ascii": "windows-1252",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "iso-8859-9": "windows-1254",
}
_GUESSES = (
    "utf_8", "cp1252", "cp932", "euc_jp", "cp949", "gb18030", "big5",
    "cp1251", "koi8_r", "cp1250", "cp1253", "cp1254", "cp1255", "cp1256", "utf_16",
)  # fmt: skip
_DECLARED = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE)
_MULTIBYTE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+")
SAMPLE_BYTES = 20_000
"""What the guess looks at; more costs time and seldom changes it."""


def decode(body: bytes, *, charset: str | None = None) -> tuple[str, str]:
    """Text of a file or page.

    Args:
        charset: what the server claims.

    Returns:
        `(text, note)`; the note is empty, or says in words what was wrong with the declaration.
    """
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body.decode(name, errors="replace"), ""
    declared = list(_declarations(body, charset))
    for name in [*declared, "utf-8"]:
        text = _strict(body, name)
        if text is not None:
            wrong = declared and name not in declared
            return text, f"declared as {declared[0]}, read as {name}" if wrong else ""
    if _mostly_utf8(body):
        return body.decode("utf-8", errors="replace"), "some characters are damaged"
    name = _guess(body)
    note = f"declared as {declared[0]}, read as {name}" if declared else ""
    return body.decode(name, errors="replace"), note


def _declarations(body: bytes, charset: str | None) -> Iterator[str]:
    found = _DECLARED.search(body[:4_000])
    for claim in (charset, found and found.group(1).decode("ascii")):
        if claim:
            name = claim.strip().lower()
            yield _MEANT.get(name, name)


def _strict(body: bytes, name: str) -> str | None:
    try:
        text = body.decode(name)
    except (LookupError, UnicodeError, ValueError):
        return None
    # A codec such as "base64" or "rot13" is no text encoding; an 8-bit one accepts any UTF-8 page.
    if not isinstance(text, str) or (name == "windows-1252" and _is_utf8(body)):
        return None
    return text


def _is_utf8(body: bytes) -> bool:
    if not _MULTIBYTE.search(body):
        return False
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _mostly_utf8(body: bytes) -> bool:
    """UTF-8 with a few broken bytes, as after a cut: far more sound than damaged sequences."""
    damaged = body.decode("utf-8", errors="replace").count("\ufffd")
    return len(_MULTIBYTE.findall(body)) > 20 * damaged


def _guess(body: bytes) -> str:
    from charset_normalizer import from_bytes

    # Markup is ASCII in every encoding and only dilutes the evidence.
    sample = re.sub(rb"<[^>]{0,2000}>", b" ", body)[:SAMPLE_BYTES]
    best = from_bytes(sample, cp_isolation=list(_GUESSES), threshold=0.4).best()
    return best.encoding if best and best.encoding != "ascii" else "windows-1252"
