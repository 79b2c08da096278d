"""Sentences: where they begin and end, whether they claim anything, and the writers' line format.

A sentence is the unit everything else counts by, so its borders must not move: a line break ends
a sentence first (headings, list items, cells), then punctuation does. The rules for abbreviations,
initials and decimals are sentencex's; what it does not know is mended here: citation markers after
the full stop belong to the sentence before them, and lines that were only wrapped are one line.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

import sentencex

from core.models import DISPUTE, SentenceKind, Span

Marked = tuple[str, tuple[int, ...]]
"""A sentence without its markers, and the evidence numbers it cites."""

_MARKER = re.compile(r"[\[【]\s*\^?(\d{1,4}(?:\s*[,;–-]\s*\^?\d{1,4})*)\s*[\]】]")
_LEADING_MARKERS = re.compile(rf"(?:\s*{_MARKER.pattern})+")
_MARKERS_BEFORE_STOP = re.compile(rf"(?:\s*{_MARKER.pattern})+\s*(?=[.,;:!?…])")
_MARKERS_BETWEEN_STOPS = re.compile(rf"([.!?…][\"'”’)]*)(?:\s*{_MARKER.pattern})+\s*\.(?!\w)")
_LETTER_OR_DIGIT = re.compile(r"\w")
_EMPHASIS = re.compile(r"(\*\*|__)(\S(?:.*?\S)?)\1|^(\*\*|__)([^*_.!?]+)\3(?=:?$)")
_LINE_SIGN = re.compile(r"\s*(?:#{1,6}\s+|[-*•+]\s+|\d{1,2}[.)]\s+|>\s*)*")
_STARTS_BLOCK = re.compile(r"\s*(?:#{1,6}\s|[-*•+]\s|\d{1,2}[.)]\s|[|>]|```|~~~)")
_ENDS_SENTENCE = re.compile(r"[.!?…:;][\"'”’)\]】\d]*\s*$")
_OPEN_ABBREVIATION = re.compile(r"\b(?:approx|ca|cf|resp|incl|excl|est|min|max|no|nos|p|pp|vol|fig|figs)\.\s*$", re.I)
_WRAPPED_AT = 55
"""A line at least this long, without a full stop, is taken for wrapped text; shorter ones are titles."""


def split(text: str) -> list[Span]:
    """Find the sentences of a text.

    Returns:
        Spans in order, not overlapping, without list signs, heading signs and outer white space.
        Every letter and digit of the text lies in exactly one span, save numbers of list items.

    >>> text = "It rose by 3.5 % in the U.S. last year.[3] Dr. Lee agrees."
    >>> [text[span.start : span.end] for span in split(text)]
    ['It rose by 3.5 % in the U.S. last year.[3]', 'Dr. Lee agrees.']
    """
    return [span for start, end in _blocks(text) for span in _split_block(text, start, end)]


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Lines, with wrapped lines of one paragraph taken together."""
    block_start, position = 0, 0
    for line in text.splitlines(keepends=True):
        end = position + len(line)
        following = text[end : end + 400].split("\n", 1)[0]
        wrapped = (
            len(line.rstrip()) >= _WRAPPED_AT
            and following.strip() != ""
            and not _ENDS_SENTENCE.search(line)
            and not _STARTS_BLOCK.match(following)
            and not line.lstrip().startswith(("#", "|", "```", "~~~"))
        )
        position = end
        if not wrapped:
            yield block_start, end
            block_start = end
    if block_start < len(text):
        yield block_start, len(text)


def _split_block(text: str, start: int, end: int) -> Iterator[Span]:
    start = _LINE_SIGN.match(text, start, end).end()  # type: ignore[union-attr]  # matches always
    block = text[start:end]
    borders: list[int] = []
    for piece in sentencex.get_sentence_boundaries("en", block[: _words_end(block)]):
        if borders and not _LETTER_OR_DIGIT.search(block, borders[-1], piece["end_index"]):
            borders[-1] = piece["end_index"]  # stray punctuation stays with the sentence before it
            continue
        borders.append(piece["end_index"])
    begin = 0
    for number, border in enumerate(borders):
        last = number == len(borders) - 1
        if last:
            border = len(block)
        elif _OPEN_ABBREVIATION.search(block[begin:border]):
            continue
        else:
            markers = _LEADING_MARKERS.match(block, border)
            border = markers.end() if markers else border
        if border <= begin:
            continue
        piece = block[begin:border]
        if _LETTER_OR_DIGIT.search(piece):
            left = len(piece) - len(piece.lstrip())
            yield Span(start=start + begin + left, end=start + begin + len(piece.rstrip()))
        begin = border


def _words_end(block: str) -> int:
    """Where the markers that end a block begin: a sentence has the same borders with its markers and without."""
    end = len(block.rstrip())
    while block[end - 1 : end] in {"]", "】"}:
        opening = max(block.rfind("[", 0, end), block.rfind("【", 0, end))
        if opening < 0 or not _MARKER.fullmatch(block, opening, end):
            break
        end = len(block[:opening].rstrip())
    return end or len(block)


_CLAUSE_BORDER = re.compile(r"\s*;\s+|,?\s+(?:but|while|whereas)\s+|,\s+and\s+", re.IGNORECASE)
_STARTS_CLAUSE = re.compile(
    r"(?:the|an?|this|that|these|those|it|he|she|they|we|its|his|her|their)\b|[A-Z£$€\d]", re.ASCII
)
_VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|had|does|do|did|can|could|will|would|may|might|must|should|rose|fell|grew|cost|"
    r"paid|gave|made|took|began|found|said|led|won|lost|became|went|came|\w{2,}ed)\b|(?<=\w\s)[a-z]{3,}s\b(?! of\b)",
)
_FEWEST_CLAUSE_WORDS = 4


def clauses(sentence: str) -> list[Span]:
    """The clauses of a compound sentence that could each stand as a claim of its own; one span when there is one.

    Cut at ";", ", and", "but", "while" and "whereas" where both sides have a subject and a verb, so that lists and
    shared subjects stay whole.

    >>> text = "The pump costs £12,400, and the grant pays £7,000."
    >>> [text[span.start : span.end] for span in clauses(text)]
    ['The pump costs £12,400', 'the grant pays £7,000.']
    """
    found: list[Span] = []
    begin = 0
    for border in _CLAUSE_BORDER.finditer(sentence):
        left, right = sentence[begin : border.start()], sentence[border.end() :]
        within_list = left[-1:].isdigit() and right[:1].isdigit()
        if not within_list and _STARTS_CLAUSE.match(right) and _stands_alone(left) and _stands_alone(right):
            found.append(Span(start=begin, end=border.start()))
            begin = border.end()
    return [*found, Span(start=begin, end=len(sentence))]


def _stands_alone(text: str) -> bool:
    return len(text.split()) >= _FEWEST_CLAUSE_WORDS and _VERB.search(text) is not None


# --- does it claim anything? ---------------------------------------------------------------

_ANNOUNCEMENT = re.compile(
    r"""^(?:(?:but|and|so|now|first|next|then|finally|below|here)\b[\s,]*)*(?:
        (?:this|the\s+(?:next|following|last|first|final|previous|rest\s+of\s+this))\s+
            (?:section|part|chapter|article|page|overview|paragraph)s?\s+
            (?:of\s+this\s+article\s+)?(?:will\s+)?
            (?:looks?|turns?|explains?|describes?|covers?|discuss(?:es)?|sets?\s+out|deals?|asks?|shows?|
               examines?|explores?|sums?\s+up|summari[sz]es?|introduces?|answers?|goes)\b
      | (?:let\s+us|let's|we)\s+(?:now\s+|first\s+|will\s+|then\s+)*
            (?:turn|look|begin|start|consider|move|examine|explore|return)\b
      | (?:is|are)\s+(?:what|how)\b
      | consider\s+the\s+following\b
      | to\s+(?:sum\s+up|begin|conclude|recap)\s*[.:]?$
      | (?:the\s+)?(?:details|examples?|results?|figures|reasons|answers?)\s+follows?\s*(?:below)?\s*[.:]?$
      | read\s+on\b | more\s+on\s+(?:this|that)\s+below\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_COMPARES = re.compile(
    r"\b(?:more|less|most|least|fewer|better|worse|best|worst|than|as\s+\w+\s+as|only|all|every|none|never|"
    r"always|because|since|although|whereas|why|that|is|are|was|were|has|have|can|cannot)\b|\b\w{3,}(?:er|est)\s+than\b",
    re.IGNORECASE,
)
_NUMBER_WORD = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundreds?|thousands?|millions?|"
    r"billions?|half|third|quarter|twice|double|per\s+cent|percent|majority)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<=[\w,;:)]\s)[\"'“‘(]?[A-Z][\w’'-]+|\b[A-Z]{2,}\b")
_ASSERTING_QUESTION = re.compile(
    r"\b(?:did|do)\s+you\s+know\b|,\s*(?:isn't|is|aren't|are|don't|do|doesn't|does)\s*\w+\s*\?", re.I
)
_LONGEST_ANNOUNCEMENT_WORDS = 22


def classify(sentence: str) -> SentenceKind:
    """Claim or transition? In doubt a claim: what is wrongly checked costs time, the reverse costs trust.

    A transition asks, or announces what comes, and holds no number, no name, no comparison and no assertion.

    >>> classify("The next section looks at costs.").value, classify("This section shows why pumps fail.").value
    ('transition', 'claim')
    """
    text = _MARKER.sub("", sentence).replace("’", "'").strip(" \t\n*_")
    if text == DISPUTE:
        return SentenceKind.TRANSITION
    if not re.search(r"[^\W\d_]", text):
        return SentenceKind.CLAIM if re.search(r"\d", text) else SentenceKind.TRANSITION
    if _NUMBER_WORD.search(text):
        return SentenceKind.CLAIM
    if re.search(r"\?[\"'”’)]*$", text):
        return SentenceKind.CLAIM if _ASSERTING_QUESTION.search(text) else SentenceKind.TRANSITION
    announcement = _ANNOUNCEMENT.match(text)
    if not announcement or len(text.split()) > _LONGEST_ANNOUNCEMENT_WORDS:
        return SentenceKind.CLAIM
    rest = text[announcement.end() :]
    return SentenceKind.CLAIM if _NAME.search(text) or _COMPARES.search(rest) else SentenceKind.TRANSITION


# --- working prose ---------------------------------------------------------------


def parse_prose(text: str) -> list[list[Marked]]:
    """Read a writer's prose: one sentence a line, ending in its markers; blank lines between paragraphs.

    Forgives what writers do: several sentences on a line (markers at its end then count for every
    claim of the line that has none of its own), markers before the full stop or inside the
    sentence, list signs, emphasis, code fences; drops headings and rules.

    Returns:
        Paragraphs in order, none empty, of sentences with their numbers in order of mention, each once.

    >>> parse_prose("The grant pays £7,000 [3][8].\\nIt closes in 2028. [4]")
    [[('The grant pays £7,000.', (3, 8)), ('It closes in 2028.', (4,))]]
    """
    paragraphs: list[list[Marked]] = [[]]
    for line in text.splitlines():
        stripped = line.strip()
        if not stripped or re.match(r"#{1,6}\s", stripped) or re.fullmatch(r"(\*\*|__)[^*_.!?]+\1:?", stripped):
            paragraphs.append([])
        elif not stripped.startswith(("```", "~~~")):
            _add_line(paragraphs[-1], stripped)
    return [paragraph for paragraph in paragraphs if paragraph]


def _add_line(paragraph: list[Marked], line: str) -> None:
    line = _without_emphasis(line)
    found: list[Marked] = []
    for span in split(line):
        piece = line[span.start : span.end]
        sentences = _settled(piece)
        if not sentences and found:  # markers set apart: the sentence before them
            found[-1] = (found[-1][0], _once((*found[-1][1], *_numbers(piece))))
        found.extend((sentence, _numbers(piece)) for sentence in sentences)
    if not found:
        loose = _numbers(line)  # a line of markers only: the sentence above it
        if loose and paragraph:
            paragraph[-1] = (paragraph[-1][0], _once((*paragraph[-1][1], *loose)))
        return
    last = found[-1][1]
    paragraph.extend(
        (sentence, numbers or (last if classify(sentence) is SentenceKind.CLAIM else ())) for sentence, numbers in found
    )


def _settled(piece: str) -> list[str]:
    """The piece without markers; where that leaves several sentences, those; none without a letter."""
    bare = _without_markers(piece)
    while (again := _without_markers(bare)) != bare:  # what goes may lay bare more that has to go
        bare = again
    if not re.search(r"[^\W\d_]", bare):
        return []
    parts = [bare[span.start : span.end] for span in split(bare)]
    return parts if parts == [bare] else [sentence for part in parts for sentence in _settled(part)]


def _without_markers(piece: str) -> str:
    bare = _MARKERS_BETWEEN_STOPS.sub(r"\1", _without_emphasis(piece))
    bare = _MARKERS_BEFORE_STOP.sub("", bare)
    bare = re.sub(r"\s+", " ", _MARKER.sub(" ", bare))
    bare = re.sub(r"(?:\s*[,;:])+\s*(?=[.!?])", "", bare)  # "It is so [3], [4]." leaves ", ."
    bare = re.sub(r"(?<=[.!?…\"'”’)])(?:\s+[^\w\s]+)+$", "", bare)  # stray punctuation after the end
    bare = re.sub(r"(?<=[.!?…])[,;:]+$", "", bare)
    return bare.rstrip(" •*–-").lstrip().removeprefix("```").removeprefix("~~~")


def _without_emphasis(text: str) -> str:
    return _EMPHASIS.sub(r"\2\4", text) if "**" in text or "__" in text else text


def _numbers(piece: str) -> tuple[int, ...]:
    numbers: list[int] = []
    for marker in _MARKER.finditer(piece):
        for part in re.split(r"[,;]", marker.group(1).replace("^", "")):
            ends = [int(end) for end in re.split(r"[–-]", part)]
            numbers.extend(range(ends[0], ends[-1] + 1) if 0 <= ends[-1] - ends[0] <= 20 else ends)
    return _once(numbers)


def _once(numbers: Iterable[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(number for number in numbers if number > 0))


def render_prose(paragraphs: Sequence[Sequence[Marked]]) -> str:
    """Write paragraphs as working prose; `parse_prose` reads the same paragraphs back.

    >>> render_prose([[("It rose.", (3, 8))], [("It fell.", ())]])
    'It rose. [3][8]\\n\\nIt fell.'
    """
    return "\n\n".join(
        "\n".join(
            sentence + (" " + "".join(f"[{number}]" for number in numbers) if numbers else "")
            for sentence, numbers in paragraph
        )
        for paragraph in paragraphs
    )
