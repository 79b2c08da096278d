"""Markdown taken off a text, with the way back to where every character stood.

Sentences are taken word for word from passages, and a reader should not see `**`, link
targets or another site's `[12]` in them. Everything removed here is mark-up or a foreign
reference marker, never a word, so a sentence that was cut from `plain(text).text` can be
found again in the source. Only the inline rules of CommonMark that occur in extracted pages
are followed; what looks doubtful (a lone `*`, `__init__`) is left as it is.
"""

import re
from dataclasses import dataclass

_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'"})

# Every pattern deletes what lies outside its groups and keeps the groups.
_LINE_MARKS = re.compile(r"^[ \t]*(?:>[ \t]?|#{1,6}[ \t]+|[-*+•][ \t]+|\d{1,3}[.)][ \t]+)+", re.MULTILINE)
_KEEPING = (
    re.compile(r"!\[[^\]\n]*\]\([^)\n]*\)"),
    re.compile(r"\[([^\[\]\n]*)\]\((?:[^()\n]|\([^()\n]*\))*\)"),
    re.compile(r"(?<!\*)\*\*(?=\S)(.+?)(?<=\S)\*\*(?!\*)", re.DOTALL),
    re.compile(r"(?<![\w*])\*(?=[^\s*])([^*]+?)(?<=[^\s*])\*(?![\w*])"),
    re.compile(r"(?<![\w_])__(?=\S)([^_]+? [^_]+?)(?<=\S)__(?![\w_])"),
    re.compile(r"(?<![\w_])_(?=[^\s_])([^_]+?)(?<=[^\s_])_(?![\w_])"),
    re.compile(r"~~(?=\S)(.+?)(?<=\S)~~"),
)
_CODE = re.compile(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_FOREIGN_MARKERS = re.compile(
    r"[ \t]?\[(?:\^[\w-]+|\d{1,3}(?:[,–-]\s?\d{1,3})*|citation needed|edit|(?<=[.,;:]\[)[a-z])\]"
)
_ESCAPES = re.compile(r"\\(?=[\\`*_{}\[\]()#+.!~|>-])")


@dataclass(frozen=True)
class Plain:
    """A text without mark-up.

    `offsets[i]` is where `text[i]` stood in the original; it has one entry more than
    `text`, so that `offsets[len(text)]` is the original's length.
    """

    text: str
    offsets: tuple[int, ...]


def plain(text: str, *, keep_headings: bool = False) -> Plain:
    """Take Markdown's marks and foreign reference markers off `text`; words stay untouched.

    Args:
        keep_headings: leave the `#` before headings.

    >>> plain("**Heat** pumps [work](https://a.example/b) well.[3]").text
    'Heat pumps work well.'
    """
    gone = bytearray(len(text))
    shielded = bytearray(len(text))
    for match in _CODE.finditer(text):
        _delete(gone, match.start(), match.start(2))
        _delete(gone, match.end(2), match.end())
        _delete(shielded, match.start(2), match.end(2))
    for pattern in (_LINE_MARKS, _FOREIGN_MARKERS, _ESCAPES, *_KEEPING):
        for match in pattern.finditer(text):
            if shielded[match.start()] or keep_headings and match.group().startswith("#"):
                continue
            if pattern.groups and match.start(1) >= 0:
                _delete(gone, match.start(), match.start(1))
                _delete(gone, match.end(1), match.end())
            else:
                _delete(gone, match.start(), match.end())
    kept = [index for index in range(len(text)) if not gone[index]]
    return Plain("".join(text[index] for index in kept), (*kept, len(text)))


def normalise(text: str) -> str:
    """One space between words, straight quotes: the form in which verbatim is compared."""
    return " ".join(text.translate(_QUOTES).split())


def verbatim(sentence: str, passage: str) -> bool:
    """Whether `sentence` stands in `passage` word for word, mark-up, quotes and white space aside."""
    return normalise(sentence) in normalise(plain(passage).text)


def _delete(gone: bytearray, start: int, end: int) -> None:
    gone[start:end] = b"\x01" * (end - start)
