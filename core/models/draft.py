"""The article while it is written."""

from dataclasses import dataclass
from enum import StrEnum

from core.models.judgement import Scorecard, Verdict


@dataclass(frozen=True, kw_only=True)
class DraftSummary:
    """A draft's row in the list of versions."""

    id: int
    version: int
    origin: str
    note: str
    created_at: str
    base_id: int | None
    sentences: int
    words: int
    scorecard: "Scorecard | None" = None
    passed: bool | None = None


class SentenceKind(StrEnum):
    """What a sentence is, as far as evidence goes."""

    CLAIM = "claim"
    TRANSITION = "transition"
    """Says nothing that could be false: leads over, announces, asks."""
    NOTE = "note"
    """Galley speaking of its own work: limits, method. Stands outside the gate, marked as such."""


@dataclass(frozen=True, kw_only=True)
class Citation:
    """A sentence's pointer to a passage."""

    number: int
    """The evidence number within the run."""
    passage_id: int


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """One sentence of a draft."""

    id: int = 0
    text: str
    kind: SentenceKind = SentenceKind.CLAIM
    paragraph: int = 0
    """Counted within its section from 0."""
    citations: tuple[Citation, ...] = ()
    verdict: "Verdict | None" = None
    """None means: not judged yet."""


@dataclass(frozen=True, kw_only=True)
class DraftSection:
    """A heading with its sentences. The introduction has an empty heading."""

    heading: str
    question_id: int | None
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A version of the article."""

    id: int = 0
    run_id: str = ""
    version: int = 1
    origin: str = "synthesizer"
    """`synthesizer`, `revision`, `editor`, `person`."""
    base_id: int | None = None
    note: str = ""
    title: str
    sections: tuple[DraftSection, ...]
    created_at: str = ""

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        return tuple(sentence for section in self.sections for sentence in section.sentences)
