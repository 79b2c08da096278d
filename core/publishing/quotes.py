"""The words a footnote quotes: short, whole sentences, taken verbatim from the passage."""

import re

from core.models import Passage, Sentence, Span

LONGEST_QUOTE = 400
"""Characters; about three sentences: enough to check a claim, little enough to be a quotation."""

_ABBREVIATIONS = ("Dr", "Mr", "Ms", "Mrs", "St", "No", "Fig", "Prof", "vs", "cf", "al", "e.g", "i.e", "ca")
_BREAK = re.compile(
    "".join(rf"(?<!\b{re.escape(word)}\.)" for word in _ABBREVIATIONS)
    + r"(?:(?<=[.!?…])|(?<=[.!?…][\"'”’)\]]))\s+(?=\W*[^\Wa-z_])|\s*\n\s*|(?<=[。！？])"
)
"""Where a sentence ends: the white space before the next one (a capital or a figure), or a line's end."""
_WORD = re.compile(r"\w+")


def quote(sentence: Sentence, passage: Passage) -> tuple[Span, str]:
    """The words of a passage that a sentence rests on.

    The judge's quote where it lies in this passage; otherwise the whole passage when it is
    short, otherwise its sentence that shares most words with the citing one.

    Returns:
        The span (offsets into the passage's snapshot) and its text: white space runs are
        one space, at most `LONGEST_QUOTE` characters, cut after a whole sentence where
        there is one, otherwise after a whole word with an ellipsis.
    """
    span = _judged(sentence, passage)
    if span is None and len(passage.text) > LONGEST_QUOTE:
        span = _best(sentence.text, passage)
    span = span or Span(start=passage.start, end=passage.start + len(passage.text))
    text = passage.text[span.start - passage.start : span.end - passage.start]
    return span, shorten(" ".join(text.split()), LONGEST_QUOTE)


def shorten(text: str, longest: int) -> str:
    """The text, or as many whole sentences of it as fit; failing that whole words and `…`.

    >>> shorten("One thing. Another thing.", 15)
    'One thing.'
    >>> shorten("A sentence without an end in sight", 20)
    'A sentence without…'
    """
    if len(text) <= longest:
        return text
    ends = [match.start() for match in _BREAK.finditer(text) if match.start() <= longest]
    if ends and ends[-1]:
        return text[: ends[-1]].rstrip()
    head = text[: longest - 1]
    words = head if text[longest - 1].isspace() else head.rpartition(" ")[0] or head
    return words.rstrip() + "…"


def _judged(sentence: Sentence, passage: Passage) -> Span | None:
    verdict = sentence.verdict
    if verdict is None or verdict.quote is None or verdict.passage_id != passage.id:
        return None
    span = verdict.quote
    end = passage.start + len(passage.text)
    inside = passage.start <= span.start < span.end <= end
    blank = not passage.text[span.start - passage.start : span.end - passage.start].strip()
    return span if inside and not blank else None


def _best(claim: str, passage: Passage) -> Span:
    wanted = set(_WORD.findall(claim.casefold()))
    pieces, start = [], 0
    for match in [*_BREAK.finditer(passage.text), None]:
        end = match.start() if match else len(passage.text)
        if passage.text[start:end].strip():
            pieces.append(Span(start=passage.start + start, end=passage.start + end))
        start = match.end() if match else end

    def shared(piece: Span) -> int:
        text = passage.text[piece.start - passage.start : piece.end - passage.start]
        return len(wanted & set(_WORD.findall(text.casefold())))

    whole = Span(start=passage.start, end=passage.start + len(passage.text))
    return max(pieces, key=shared, default=whole)
