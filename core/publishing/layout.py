"""The order and numbering of an article: what refers to what, before any markup.

HTML, Markdown and text are all written from this, so a footnote has the same number in
every one of them and none can point at nothing.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from core.errors import PublishError
from core.models import Article, ArticleSentence, Label, Quote, Reference, SentenceKind
from core.publishing.article import slugify
from core.publishing.wording import VERDICTS, web_address

SOUND = (Label.SUPPORTED, Label.PARTLY, Label.NOT_CHECKABLE)


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A footnote's mark in the text."""

    number: int
    occurrence: int
    """Counted per footnote from 1."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A sentence with its marks."""

    text: str
    marks: tuple[Mark, ...]
    label: Label | None
    warning: int = 0
    """Number in the list of unverified sentences; 0 when it is sound."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """A section; the introduction has an empty heading."""

    id: str
    heading: str
    paragraphs: tuple[tuple[Line, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Footnote:
    quote: Quote
    reference: Reference
    occurrences: int


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A reference with a followable address and the footnotes that rest on it."""

    reference: Reference
    address: str | None
    footnotes: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Warned:
    """A claim that is published although it is not supported."""

    number: int
    text: str
    verdict: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Layout:
    parts: tuple[Part, ...]
    footnotes: tuple[Footnote, ...]
    entries: tuple[Entry, ...]
    warned: tuple[Warned, ...]

    def opens_with(self, dek: str) -> bool:
        """Whether the text itself begins with the dek, which then need not stand above it as well."""
        opening = self.parts[0].paragraphs[0] if self.parts and self.parts[0].paragraphs else ()
        return " ".join(line.text for line in opening).startswith(dek)


def lay_out(article: Article) -> Layout:
    """Number the marks, footnotes, references and warnings of an article.

    Raises:
        PublishError: a sentence cites a footnote, or a footnote a reference, that the article lacks.
    """
    counter = _Counter(article)
    parts = tuple(
        Part(
            id=identifier,
            heading=section.heading,
            paragraphs=tuple(tuple(counter.line(s) for s in paragraph) for paragraph in section.paragraphs),
        )
        for identifier, section in zip(_identifiers(article), article.sections, strict=True)
    )
    return Layout(
        parts=parts,
        footnotes=tuple(counter.footnotes()),
        entries=tuple(counter.entries()),
        warned=tuple(counter.warned),
    )


class _Counter:
    """Counts occurrences while the sentences are gone through in reading order."""

    def __init__(self, article: Article) -> None:
        self._quotes = {quote.number: quote for quote in article.quotes}
        self._references = {reference.number: reference for reference in article.references}
        self._seen: defaultdict[int, int] = defaultdict(int)
        self.warned: list[Warned] = []

    def line(self, sentence: ArticleSentence) -> Line:
        return Line(
            text=sentence.text,
            marks=tuple(self._mark(number) for number in dict.fromkeys(sentence.quotes)),
            label=sentence.label,
            warning=self._warn(sentence),
        )

    def _mark(self, number: int) -> Mark:
        if number not in self._quotes:
            raise _dangling(f"A sentence cites footnote {number}, which the article does not have.")
        self._seen[number] += 1
        return Mark(number=number, occurrence=self._seen[number])

    def _warn(self, sentence: ArticleSentence) -> int:
        """A claim without support is never published in silence, overridden or not."""
        sound = sentence.kind is not SentenceKind.CLAIM or sentence.label in SOUND
        if sound and not sentence.overridden:
            return 0
        number = len(self.warned) + 1
        verdict = VERDICTS[sentence.label]
        self.warned.append(Warned(number=number, text=sentence.text, verdict=verdict, reason=sentence.reason))
        return number

    def footnotes(self) -> Iterator[Footnote]:
        for number, quote in sorted(self._quotes.items()):
            if quote.reference not in self._references:
                raise _dangling(f"Footnote {number} rests on reference {quote.reference}, which is missing.")
            reference = self._references[quote.reference]
            yield Footnote(quote=quote, reference=reference, occurrences=self._seen[number])

    def entries(self) -> Iterator[Entry]:
        for number, reference in sorted(self._references.items()):
            cited = tuple(n for n, quote in sorted(self._quotes.items()) if quote.reference == number)
            yield Entry(reference=reference, address=web_address(reference.url), footnotes=cited)


def _identifiers(article: Article) -> Iterator[str]:
    taken: set[str] = set()
    for position, section in enumerate(article.sections, 1):
        wished = f"s-{slugify(section.heading)}" if section.heading else "introduction"
        identifier = wished if wished not in taken else f"{wished}-{position}"
        while identifier in taken:
            identifier += "-x"
        taken.add(identifier)
        yield identifier


def _dangling(message: str) -> PublishError:
    return PublishError(message, remedy="Assemble the article anew from its draft, then publish again.")
