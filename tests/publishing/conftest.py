"""A small judged draft, its passages and sources, and a site in a temporary folder."""

import hashlib
import struct
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.models import (
    Article,
    Citation,
    Draft,
    DraftSection,
    Label,
    Passage,
    Picture,
    Scorecard,
    Sentence,
    SentenceKind,
    Source,
    Span,
    Verdict,
)
from core.publishing.article import assemble
from core.publishing.site import Site

TRIAL = (
    "The trial monitored 164 homes built before 1945. The median factor was 2.9. "
    "Half of the homes fell between 2.6 and 3.2."
)
COSTS = "A median home used 4,300 kilowatt-hours of electricity a year."


def passage(number: int, source: int, text: str, **more: Any) -> Passage:
    start = 1000 * number
    return Passage(
        id=number, source_id=source, snapshot_id=source, start=start, end=start + len(text), text=text, **more
    )


def source(number: int, title: str, url: str) -> Source:
    return Source(
        id=number,
        url=url,
        title=title,
        author="Miriam Askew",
        site="Field Notes",
        published="2024-12-05",
        media_type="text/html",
        collection=None,
        snapshot_id=number,
        text_hash=f"{number}a" * 32,
        fetched_at="2026-11-20T10:00:00+00:00",
        words=300,
    )


def claim(number: int, text: str, *cited: Passage, quoted: str = "", label: Label = Label.SUPPORTED) -> Sentence:
    """A judged sentence; `quoted` are the words of the first cited passage the judge pointed at."""
    quote = None
    if quoted:
        start = cited[0].start + cited[0].text.index(quoted)
        quote = Span(start=start, end=start + len(quoted))
    verdict = Verdict(
        label=label,
        score=0.9,
        reason="",
        judge="alignment",
        passage_id=cited[0].id if cited else None,
        quote=quote,
    )
    citations = tuple(Citation(number=p.id, passage_id=p.id) for p in cited)
    return Sentence(id=number, text=text, citations=citations, verdict=verdict)


PASSAGES = {1: passage(1, 1, TRIAL), 2: passage(2, 2, COSTS, page=12)}
SOURCES = {
    1: source(1, "What 164 old houses tell us", "https://fieldnotes.example/trial?a=1&b=2"),
    2: source(2, "Running costs", "library:heat/costs.pdf"),
}
FULL = Scorecard(faithfulness=1.0, citation_accuracy=0.999, claims=4, supported=4)


def written() -> Draft:
    first, second = PASSAGES[1], PASSAGES[2]
    note = Sentence(id=9, text="No source gives a price for 2026.", kind=SentenceKind.NOTE)
    lead = Sentence(id=8, text="What does it cost?", kind=SentenceKind.TRANSITION)
    return Draft(
        title="Do heat pumps keep old houses warm?",
        sections=(
            DraftSection(
                heading="",
                question_id=None,
                sentences=(claim(1, "The median factor was 2.9.", first, quoted="The median factor was 2.9."),),
            ),
            DraftSection(
                heading="Results",
                question_id=1,
                sentences=(
                    claim(2, "Half of them reached 2.6 to 3.2.", first, quoted="Half of the homes"),
                    replace(claim(3, "The median was 2.9.", first, quoted="The median factor was 2.9."), paragraph=1),
                ),
            ),
            DraftSection(
                heading="Costs", question_id=2, sentences=(lead, claim(4, "It used 4,300 kWh.", second), note)
            ),
        ),
    )


def assembled(given: Draft | None = None, **more: Any) -> Article:
    values: dict[str, Any] = {
        "key": "run-1",
        "passages": PASSAGES,
        "sources": SOURCES,
        "scorecard": FULL,
        "method": "Composed from the sources' own sentences; no language model was used.",
        "verified_at": "2026-11-22T09:00:00+00:00",
        "published_at": "2026-11-22T10:00:00+00:00",
        "phrases": ("heat pumps", "old houses"),
    }
    return assemble(given or written(), **(values | more))


@pytest.fixture
def draft() -> Draft:
    return written()


@pytest.fixture
def passages() -> dict[int, Passage]:
    return PASSAGES


@pytest.fixture
def make() -> Callable[..., Article]:
    return assembled


@pytest.fixture
def cover(tmp_path: Path) -> Picture:
    """A real picture of one red pixel."""
    return a_picture(tmp_path / "cover.png")


def a_picture(path: Path) -> Picture:
    """Write a PNG of one red pixel there."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixel = zlib.compress(b"\0\xc8\x20\x20")
    content = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixel) + chunk(b"IEND", b"")
    path.write_bytes(content)
    return Picture(
        path=str(path), hash=hashlib.sha256(content).hexdigest(), media_type="image/png", alt="A heat pump <outside>",
        width=1, height=1,
    )  # fmt: skip


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(path=tmp_path / "site", title="The Proof", base_url="https://proof.example/blog")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "site"
