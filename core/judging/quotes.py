"""Verbatim words: find a quote in a text whatever its white space, quotation marks and dashes.

Writers, extractors and models change these without changing a word; nothing else is forgiven.
"""

import re
import unicodedata

from core.models import Span

_SAME = str.maketrans(
    {**dict.fromkeys("‘’‚‛′`´", "'"), **dict.fromkeys("“”„‟″«»", '"'), **dict.fromkeys("‐‑‒–—―−", "-")}
)
_INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")


def normalise(text: str) -> str:
    """The text with one kind of quotation mark, dash and single spaces; ligatures and widths undone."""
    if text.isascii():
        return " ".join(text.replace("`", "'").split())  # the same, at once
    return normalise_with_offsets(text)[0]


def normalise_with_offsets(text: str) -> tuple[str, list[int]]:
    """As `normalise`, and for every character of the result the offset it comes from.

    The list has one more entry than the result: the end of the text.
    """
    characters: list[str] = []
    offsets: list[int] = []
    for offset, character in enumerate(text):
        if character in _INVISIBLE:
            continue
        for plain in _plain(character):
            if plain == " " and (not characters or characters[-1] == " "):
                continue
            characters.append(plain)
            offsets.append(offset)
    if characters and characters[-1] == " ":
        characters.pop()
        offsets.pop()
    offsets.append(offsets[-1] + 1 if offsets else 0)
    return "".join(characters), offsets


def _plain(character: str) -> str:
    if character.isascii():
        plain = "'" if character == "`" else character
    else:
        plain = unicodedata.normalize("NFKC", character.translate(_SAME)).translate(_SAME)
    return "".join(" " if part.isspace() else part for part in plain)


def locate(quote: str, text: str) -> Span | None:
    """Where `quote` stands in `text`, first place; None when its words are not there verbatim.

    >>> locate('the "old"  house', "In the “old” house."), locate("the new house", "In the “old” house.")
    (Span(start=3, end=18), None)
    """
    wanted = normalise(quote)
    plain, offsets = normalise_with_offsets(text)
    found = plain.find(wanted) if wanted else -1
    if found < 0:
        return None
    return Span(start=offsets[found], end=offsets[found + len(wanted) - 1] + 1)


def bare(sentence: str) -> str:
    """A sentence for comparing word for word: no citation markers, outer marks or case of its first letter.

    >>> bare('“The  grant pays £7,000.”[3]') == bare("the grant pays £7,000")
    True
    """
    plain = normalise(re.sub(r"\s*\[\d+(?:,\s*\d+)*\]", "", sentence)).strip(" \"'.:;,*_")
    return plain[:1].lower() + plain[1:]
