"""Evidence from a few texts, for tests."""

from core.language.extractive import Extractive
from core.language.tasks import Task, WriteInput
from core.models import Evidence, EvidenceItem, Passage


def item(number: int, text: str, *, source: int | None = None, heading: str = "", title: str = "", published: str = "",
         score: float = 1.0, start: int = 5000) -> EvidenceItem:  # fmt: skip
    source = number if source is None else source
    passage = Passage(
        id=number, source_id=source, snapshot_id=source, start=start, end=start + len(text), text=text, heading=heading,
        title=title, published=published or None,
    )  # fmt: skip
    return EvidenceItem(number=number, passage=passage, score=score)


def evidence(*items: EvidenceItem) -> Evidence:
    return Evidence(question_id=1, items=items)


def task(given: object, answer: type = str) -> Task:
    return Task(name="test", role="writer", system="", user="", input=given, answer=answer)


def write(*items: EvidenceItem, topic: str = "Heat pumps in old houses", section: str = "Costs of heat pumps",
          question: str = "What do heat pumps cost?", words: int = 150, **more: object) -> str:  # fmt: skip
    """A section from these passages."""
    given = WriteInput(
        topic=topic, title=topic, section=section, question=question, evidence=evidence(*items), words=words,
        audience="general reader", tone="neutral", **more,
    )  # fmt: skip
    return Extractive().ask(task(given)).value
