"""What a record holds: the values of `record.json`, written and read by one type.

Everything refers to texts by their SHA-256; the texts lie beside it in the same file. What
is not told: prompts' secrets, addresses of people who approved, paths of the machine.
"""

import json
from dataclasses import asdict, dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from core.models import (
    Article,
    Call,
    Conflict,
    Decision,
    Diagnosis,
    Draft,
    Gate,
    Note,
    Plan,
    Publication,
    Receipt,
    Run,
    Score,
    Scorecard,
)


@dataclass(frozen=True, kw_only=True)
class Versions:
    """What made and judged the article."""

    galley: str
    judge: str
    """SHA-256 of the deterministic judge's weights."""
    models: dict[str, str]
    """Role -> model; `extractive` means none."""


@dataclass(frozen=True, kw_only=True)
class HeldSource:
    """A source, cited or put before the writer."""

    id: int
    url: str
    title: str
    site: str | None
    author: str | None
    published: str | None
    media_type: str


@dataclass(frozen=True, kw_only=True)
class HeldSnapshot:
    """A snapshot; the text of a cited one is the file `texts/<text_hash>.txt`."""

    id: int
    source_id: int
    text_hash: str
    fetched_at: str
    cited: bool
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, kw_only=True)
class HeldPassage:
    """A span of a snapshot. The words of a cited one are repeated, so that its offsets can be tested."""

    id: int
    source_id: int
    snapshot_id: int
    start: int
    end: int
    heading: str
    page: int | None
    text: str = ""
    """Empty for a passage that is not cited."""


@dataclass(frozen=True, kw_only=True)
class HeldQuote:
    """The words of a passage that a verdict rests on."""

    sentence_id: int
    passage_id: int
    text: str


@dataclass(frozen=True, kw_only=True)
class HeldItem:
    """A passage put before the writer, or left out and why."""

    question_id: int
    passage_id: int
    number: int
    score: float
    scores: dict[str, Score]
    left_out: str


@dataclass(frozen=True, kw_only=True)
class Version:
    """One version of the draft on the way to this one."""

    version: int
    origin: str
    note: str
    created_at: str
    scorecard: Scorecard | None
    passed: bool | None
    diagnoses: tuple[tuple[str, Diagnosis], ...]
    """`(sentence, why it failed)`."""


@dataclass(frozen=True, kw_only=True)
class HeldCall:
    """A model request; its words are the files `calls/<hash>.txt`, without secrets."""

    call: Call
    request: str | None
    """SHA-256 of the file."""
    answer: str | None


@dataclass(frozen=True, kw_only=True)
class Record:
    """All that is known of one article."""

    versions: Versions
    run: Run
    plan: Plan | None
    draft: Draft
    scorecard: Scorecard
    gate: Gate
    threshold: float
    """Faithfulness the gate asked for; what it asked of each section stands in its answer."""
    article: Article | None
    """As targets were given it; None when it may not be published as it stands."""
    quotes: tuple[HeldQuote, ...]
    passages: tuple[HeldPassage, ...]
    snapshots: tuple[HeldSnapshot, ...]
    sources: tuple[HeldSource, ...]
    evidence: tuple[HeldItem, ...]
    conflicts: tuple[Conflict, ...]
    history: tuple[Version, ...]
    notes: tuple[Note, ...]
    decisions: tuple[Decision, ...]
    publications: tuple[Publication, ...]
    receipts: tuple[Receipt, ...]
    calls: tuple[HeldCall, ...]


_RECORD = TypeAdapter(Record)


def to_json(record: Record) -> bytes:
    """`record.json`: the same values give the same bytes."""
    return as_json(asdict(record))


def from_json(body: bytes) -> Record:
    """The record that `to_json` wrote.

    Raises:
        ValueError: it is no record, or one of another shape; says where.
    """
    try:
        return _RECORD.validate_json(body)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"{where}: {first['msg']}") from error


def as_json(values: dict[str, Any]) -> bytes:
    """Readable JSON in one fixed way; half a surrogate pair, which no file can hold, becomes `?`."""
    written = json.dumps(values, ensure_ascii=False, sort_keys=True, indent=1)
    return written.encode("utf-8", "replace") + b"\n"
