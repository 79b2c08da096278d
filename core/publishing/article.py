"""From a finished draft to the one payload every target renders.

The draft points at passages by id; an article carries the words themselves, so that a
published page can be read, and its claims checked, without the database it came from.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence

from core.errors import PublishError
from core.models import (
    Article,
    ArticleSection,
    ArticleSentence,
    Draft,
    DraftSection,
    Label,
    Passage,
    Quote,
    Reference,
    Scorecard,
    SentenceKind,
    Source,
    Span,
    Update,
)
from core.models import Sentence as DraftSentence
from core.publishing.quotes import quote

LONGEST_SLUG = 60
LONGEST_DEK = 200
MOST_TAGS = 6

_WITHOUT_DECOMPOSITION = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i", "'": "", "’": ""}
)


def slugify(title: str) -> str:
    """The last part of an article's address: short, lower case, words joined by hyphens.

    Latin letters lose their accents; other scripts stay as they are, since an address may
    hold them and a made-up spelling helps nobody. At most `LONGEST_SLUG` characters, cut
    between words where possible; `article` when nothing is left. A slug is its own slug.

    >>> slugify("Où trouver l’énergie? Heat pumps in 2026")
    'ou-trouver-lenergie-heat-pumps-in-2026'
    >>> slugify("熱ポンプ入門"), slugify("../../etc/passwd"), slugify("!?")
    ('熱ポンプ入門', 'etc-passwd', 'article')
    """
    lowered = unicodedata.normalize("NFKC", title).casefold().translate(_WITHOUT_DECOMPOSITION)
    letters = "".join(_kept(character) for character in unicodedata.normalize("NFC", lowered))
    words = letters.split()
    slug = ""
    for word in words:
        longer = f"{slug}-{word}" if slug else word[:LONGEST_SLUG]
        if len(longer) > LONGEST_SLUG:
            break
        slug = longer
    return slug or "article"


def _kept(character: str) -> str:
    base = unicodedata.normalize("NFKD", character)[0]
    if base.isascii():
        return base if base.isalnum() else " "
    return character if unicodedata.category(character)[0] in "LNM" else " "


def assemble(
    draft: Draft,
    *,
    key: str,
    passages: Mapping[int, Passage],
    sources: Mapping[int, Source],
    scorecard: Scorecard,
    method: str,
    verified_at: str,
    published_at: str,
    modified_at: str | None = None,
    limitations: Sequence[str] = (),
    phrases: Iterable[str] = (),
    overrides: Mapping[int, str] | None = None,
    below_gate: Sequence[str] = (),
    updates: Sequence[Update] = (),
    language: str = "en",
    approved_by: str = "",
) -> Article:
    """Turn a judged draft into an article.

    Args:
        key: the article's idempotency key, the same for every version and target.
        passages: passage id -> passage, for every passage the draft cites.
        sources: source id -> source, for every source of those passages. Near-duplicates
            stay separate references: each is what a sentence was really judged against.
        method: how the article was made, truthfully, in one or two sentences.
        verified_at, published_at, modified_at: ISO 8601; `modified_at` is `published_at` if not given.
        limitations: what the reader should know was not found or was cut. The draft's NOTE
            sentences leave the body and follow these.
        phrases: key phrases of the topic, best first; the first `MOST_TAGS` become tags.
        overrides: sentence id -> why a person let it stand against the judge.
        below_gate: reasons given for publishing below the gate as a whole.
        approved_by: who approved; only the part before the `@` of an address is published.

    Returns:
        The article. Footnotes are the distinct (passage, quoted span) pairs, numbered in
        order of first citation, as are the references. Sections left empty are dropped.
        The dek is made of the first whole sound sentences, at most `LONGEST_DEK` characters.

    Raises:
        PublishError: a cited passage or its source is not held, or there is nothing to publish.
    """
    reasons = overrides or {}
    notes = _Notes(passages, sources)
    sections = tuple(_sections(draft.sections, notes, reasons))
    if not sections:
        raise PublishError("The draft has no sentences.", remedy="Write the article first, then publish it.")
    said = (sentence.text for sentence in draft.sentences if sentence.kind is SentenceKind.NOTE)
    return Article(
        key=key,
        title=draft.title,
        slug=slugify(draft.title),
        dek=_dek(sections),
        sections=sections,
        quotes=tuple(notes.quotes),
        references=tuple(notes.references.values()),
        limitations=tuple(dict.fromkeys([*limitations, *said])),
        method=method,
        tags=_tags(phrases),
        scorecard=scorecard,
        verified_at=verified_at,
        published_at=published_at,
        modified_at=modified_at or published_at,
        updates=tuple(updates),
        language=language,
        approved_by=approved_by.partition("@")[0],
        overrides=tuple(dict.fromkeys([*below_gate, *reasons.values()])),
    )


class _Notes:
    """Footnotes and references, numbered as they are first cited."""

    def __init__(self, passages: Mapping[int, Passage], sources: Mapping[int, Source]) -> None:
        self._passages = passages
        self._sources = sources
        self._numbers: dict[tuple[int, Span], int] = {}
        self.quotes: list[Quote] = []
        self.references: dict[int, Reference] = {}

    def cite(self, sentence: DraftSentence) -> tuple[int, ...]:
        """The footnote numbers of a sentence, each once, in order of citation."""
        passages = [self._passage(citation.passage_id) for citation in sentence.citations]
        return tuple(dict.fromkeys(self._footnote(sentence, passage) for passage in passages))

    def _passage(self, passage_id: int) -> Passage:
        passage = self._passages.get(passage_id)
        if passage is None or passage.source_id not in self._sources:
            missing = f"passage {passage_id}" if passage is None else f"the source of passage {passage_id}"
            raise PublishError(
                f"The draft cites {missing}, which is not held.",
                remedy="Judge the draft again, so that every citation rests on a stored passage.",
            )
        return passage

    def _footnote(self, sentence: DraftSentence, passage: Passage) -> int:
        span, text = quote(sentence, passage)
        number = self._numbers.get((passage.id, span))
        if number is None:
            number = self._numbers[passage.id, span] = len(self.quotes) + 1
            reference = self._reference(self._sources[passage.source_id])
            self.quotes.append(Quote(number=number, text=text, reference=reference, page=passage.page))
        return number

    def _reference(self, source: Source) -> int:
        if source.id not in self.references:
            self.references[source.id] = Reference(
                number=len(self.references) + 1,
                title=source.title,
                url=source.url if source.url.startswith(("http://", "https://")) else None,
                author=source.author,
                site=source.site,
                published=source.published,
                fetched_at=source.fetched_at,
                text_hash=source.text_hash,
            )
        return self.references[source.id].number


def _sections(sections: Iterable[DraftSection], notes: _Notes, reasons: Mapping[int, str]) -> Iterator[ArticleSection]:
    for section in sections:
        paragraphs: dict[int, list[ArticleSentence]] = {}
        for sentence in section.sentences:
            if sentence.kind is not SentenceKind.NOTE:
                out = ArticleSentence(
                    text=sentence.text,
                    kind=sentence.kind,
                    quotes=notes.cite(sentence),
                    label=sentence.verdict.label if sentence.verdict else None,
                    overridden=sentence.id in reasons,
                    reason=reasons.get(sentence.id, ""),
                )
                paragraphs.setdefault(sentence.paragraph, []).append(out)
        if paragraphs:
            yield ArticleSection(heading=section.heading, paragraphs=tuple(tuple(p) for p in paragraphs.values()))


def _dek(sections: Sequence[ArticleSection]) -> str:
    """Whole sentences of the opening that carry no warning; empty when even one is too long."""
    opening = [sentence for paragraph in sections[0].paragraphs for sentence in paragraph]
    dek = ""
    for sentence in opening:
        sound = sentence.kind is SentenceKind.TRANSITION or sentence.label is Label.SUPPORTED
        longer = f"{dek} {sentence.text}".strip()
        if sentence.overridden or not sound or len(longer) > LONGEST_DEK:
            if dek:
                break
            continue
        dek = longer
    return dek


def _tags(phrases: Iterable[str]) -> tuple[str, ...]:
    """The phrases as given, each once by its slug."""
    tags: dict[str, str] = {}
    for phrase in phrases:
        tag = " ".join(phrase.split())
        if tag:
            tags.setdefault(slugify(tag), tag)
    return tuple(list(tags.values())[:MOST_TAGS])
