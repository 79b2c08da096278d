"""Whole articles through the backend, as the agents would make them.

`python -m tests.composing.article [FOLDER] [TOPIC]` prints one to be read by an editor.
"""

import re
import sys
import time
from pathlib import Path

from core.language.extractive import Extractive
from core.language.tasks import FrameInput, PlanAnswer, PlanInput, Task, WriteInput
from core.models import Citation, Draft, DraftSection, Evidence, Sentence
from tests.composing.shelf import Shelf, folder

LIBRARY = Path(__file__).parents[2] / "samples" / "library"


def asked(name: str, given: object, answer: type = str) -> Task:
    return Task(name=name, role="writer", system="", user="", input=given, answer=answer)


def compose(shelf: Shelf, topic: str, words: int = 1000) -> tuple[PlanAnswer, list[str], list[Evidence]]:
    """The plan, the prose of introduction and sections in order, and the sections' evidence."""
    writer = Extractive()
    plan = writer.ask(
        asked(
            "plan",
            PlanInput(
                topic=topic, audience="general reader", tone="neutral", words=words, samples=shelf.samples(topic)
            ),
            PlanAnswer,
        )
    ).value
    outline = tuple(q.section for q in plan.questions)
    questions = tuple(q.question for q in plan.questions)
    evidence = [shelf.evidence(q.question, *q.queries, question_id=i) for i, q in enumerate(plan.questions)]
    prose = []
    for i, q in enumerate(plan.questions):
        given = WriteInput(
            topic=topic,
            title=plan.title,
            section=q.section,
            question=q.question,
            evidence=evidence[i],
            words=(words - 90) // len(outline),
            audience="general reader",
            tone="neutral",
            outline=outline,
            position=i,
            questions=questions,
        )
        prose.append(writer.ask(asked("write", given)).value)
    sections = tuple(
        DraftSection(
            heading=h,
            question_id=i,
            sentences=tuple(
                Sentence(text=strip(line), citations=tuple(Citation(number=n, passage_id=n) for n in markers(line)))
                for line in text.splitlines()
                if line
            ),
        )
        for i, (h, text) in enumerate(zip(outline, prose, strict=True))
    )
    frame = FrameInput(
        topic=topic,
        title=plan.title,
        audience="",
        tone="",
        draft=Draft(title=plan.title, sections=sections),
        evidence=(*evidence, shelf.evidence(topic)),
    )
    return plan, [writer.ask(asked("frame", frame)).value, *prose], evidence


def markers(line: str) -> list[int]:
    found = re.search(r"(?:\[\d+\])+$", line)
    return [int(n) for n in re.findall(r"\d+", found.group())] if found else []


def strip(line: str) -> str:
    return re.sub(r"\s*(?:\[\d+\])+$", "", line)


def show(plan: PlanAnswer, prose: list[str]) -> None:
    print(f"# {plan.title}\n\n{prose[0]}\n")
    for q, text in zip(plan.questions, prose[1:], strict=True):
        print(f"## {q.section}\n   ({q.question} | {' / '.join(q.queries)})\n\n{text or '(nothing)'}\n")


if __name__ == "__main__":
    where = Path(sys.argv[1])
    shelf = Shelf(folder(where if where.is_absolute() else LIBRARY / where))
    for topic in sys.argv[2:]:
        began = time.process_time()
        plan, prose, _ = compose(shelf, topic)
        took = time.process_time() - began
        show(plan, prose)
        print(f"--- {took:.2f} CPU s, {sum(len(t.split()) for t in prose)} words\n")
