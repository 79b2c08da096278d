"""What agents ask of a language backend: tasks, typed in and typed out.

An agent renders its prompt and hands over the same facts as a typed input, so that a
backend with a model reads the prompt and a backend without one reads the input. The
answer is a pydantic model (asked for as a JSON schema) or, for prose, plain text.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Literal, Protocol, TypeVar

from pydantic import BaseModel, Field

from core.models import Call, Draft, Evidence, Plan

Answer = TypeVar("Answer")


@dataclass(frozen=True, kw_only=True)
class Task(Generic[Answer]):
    """One request to a language backend.

    `system` and `user` are the rendered prompt; `input` holds the same facts typed.
    """

    name: str
    role: str
    """`planner`, `researcher`, `writer`, `editor`, `judge`: what the router routes by."""
    system: str
    user: str
    input: Any
    answer: type[Answer]
    """A pydantic model, or `str` for prose."""
    max_tokens: int = 2000
    temperature: float = 0.0
    attempt: int = 0
    """Part of the ledger's key: a deliberate repeat (k judgings) is another request."""


@dataclass(frozen=True, kw_only=True)
class Reply(Generic[Answer]):
    """A task's answer and what it took."""

    value: Answer
    model: str
    calls: tuple[Call, ...] = ()
    """Empty when no model was asked; the ledger's answers have status `done` and cost 0."""


class Language(Protocol):
    """A backend, or the router over several: answers tasks."""

    def ask(
        self,
        task: Task[Answer],
        *,
        on_text: Callable[[str], None] | None = None,
        on_restart: Callable[[], None] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Reply[Answer]:
        """Answer a task.

        Args:
            on_text: called with each piece of prose as it arrives (prose tasks only).
            on_restart: called when a new attempt begins: what `on_text` brought so far is void.
            cancelled: asked between pieces; when true the request is dropped.

        Raises:
            LanguageError: no usable answer; `TransientLanguageError` when later may be better.
            BudgetSpent: the run's money is used up.
            Cancelled: `cancelled` said so.
        """


# --- plan ---------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class PlanInput:
    topic: str
    audience: str
    tone: str
    words: int
    feedback: str = ""
    """What a person wants changed in `previous`."""
    previous: Plan | None = None
    samples: tuple[tuple[str, str], ...] = ()
    """`(title, text)` of what a first search brought up: what there is to write about."""


class PlannedQuestion(BaseModel):
    section: str = Field(description="Section heading, 2 to 6 words, no colon")
    question: str = Field(description="The question this section answers")
    queries: list[str] = Field(description="1 to 3 search queries", max_length=4)


class PlanAnswer(BaseModel):
    title: str = Field(description="Title of the article, at most 90 characters")
    questions: list[PlannedQuestion] = Field(min_length=1, max_length=8)
    why: str = Field(default="", description="One sentence: why these questions, in this order")


# --- follow-up queries ---------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class QueriesInput:
    topic: str
    question: str
    tried: tuple[str, ...]
    missing: str
    """The question's words that no passage speaks of."""
    found: tuple[str, ...] = ()
    """Titles and headings of the best passages so far."""


class QueriesAnswer(BaseModel):
    queries: list[str] = Field(max_length=4)


# --- relations ---------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class RelationsInput:
    """Passages to read for how the things they name stand to each other."""

    question: str
    passages: tuple[tuple[int, str], ...]
    """`(passage id, text)`."""


class ReadRelation(BaseModel):
    passage: int
    subject: str = Field(description="A name or term, in the passage's very words")
    relation: str = Field(description="1 to 4 words, as a verb: replaces, is part of, costs less than")
    object: str = Field(description="A name or term, in the passage's very words")


class RelationsAnswer(BaseModel):
    relations: list[ReadRelation] = Field(default_factory=list, max_length=24)


@dataclass(frozen=True, kw_only=True)
class GuessesInput:
    topic: str
    questions: tuple[str, ...]


class Guess(BaseModel):
    question: int = Field(description="Number of the question")
    sentence: str = Field(description="A sentence that could answer it")


class GuessesAnswer(BaseModel):
    guesses: list[Guess]


# --- write ---------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class WriteInput:
    """One section to write from its evidence.

    The answer is prose: one sentence a line, each ending in its markers `[3]` or `[3][8]`
    (evidence numbers), blank lines between paragraphs, no heading.
    """

    topic: str
    title: str
    section: str
    question: str
    evidence: Evidence
    words: int
    audience: str
    tone: str
    outline: tuple[str, ...] = ()
    """All section headings in order."""
    position: int = 0
    questions: tuple[str, ...] = ()
    """All sections' questions, in the order of `outline`: tells a section what is the others' matter."""
    taken: tuple[str, ...] = ()
    """Sentences that stand elsewhere in the article already and are not to be repeated."""
    notes: str = ""
    """What a person asked for."""


@dataclass(frozen=True, kw_only=True)
class FrameInput:
    """The introduction, written last, from finished sections.

    The answer is prose in the same form as `WriteInput`'s: it answers the topic in two to
    four sentences, each with the markers of the sentences it sums up.
    """

    topic: str
    title: str
    audience: str
    tone: str
    draft: Draft
    evidence: tuple[Evidence, ...]
    words: int = 90


# --- revise ---------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class RewriteInput:
    """One failed sentence and the passage it should have been written from.

    The answer is prose: one sentence with its markers, or the single word CUT.
    """

    sentence: str
    reason: str
    """The judge's words."""
    before: str
    after: str
    passages: tuple[tuple[int, str], ...]
    """`(evidence number, text)`; more than one from disagreeing sources: attribute to each."""
    conflict: bool = False


# --- edit ---------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class EditInput:
    """A section's sentences, numbered from 0, with the text of their passages and the style to keep."""

    section: str
    sentences: tuple[str, ...]
    passages: tuple[str, ...]
    style: str
    audience: str
    tone: str


class EditNote(BaseModel):
    sentence: int = Field(description="Number of the sentence")
    kind: Literal["accuracy", "tone", "style", "length", "acronym", "hedging"]
    text: str = Field(description="The sentence as it should read, without markers")
    why: str = Field(description="One short reason")


class EditAnswer(BaseModel):
    notes: list[EditNote] = Field(default_factory=list, max_length=12)


# --- judge ---------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class JudgeClaim:
    """One sentence to judge, with the sentence before it for its pronouns."""

    number: int
    text: str
    before: str
    passages: tuple[tuple[int, str], ...]
    """`(passage id, text)`, the cited ones first."""


@dataclass(frozen=True, kw_only=True)
class JudgeInput:
    claims: tuple[JudgeClaim, ...]


class JudgedQuote(BaseModel):
    passage: int
    text: str = Field(description="Verbatim words of the passage")


class JudgedClaim(BaseModel):
    """Quote first, then the verdict: the order is part of the method (see judging.model_judge)."""

    claim: int
    quotes: list[JudgedQuote] = Field(default_factory=list)
    missing: list[str] = Field(default_factory=list, description="What the passages do not say")
    conflict: list[str] = Field(default_factory=list, description="What the passages say otherwise")
    verdict: Literal["supported", "partial", "contradicted", "no_evidence"]
    confidence: int = Field(ge=0, le=100)


class JudgeAnswer(BaseModel):
    claims: list[JudgedClaim]
