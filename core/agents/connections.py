"""Questions of several documents: their evidence is dealt from each part, with a reason for each passage.

The graph of a run is built once for all its questions, when the first of them needs it. Where a model is
there it reads the passages once more and says in words how the things they name stand to each other; what it
says of a passage is kept only where both things stand in that passage, word for word.
"""

from collections.abc import Callable, Mapping, Sequence

from core.agents.fence import fenced, one_line
from core.errors import BudgetSpent, LanguageError
from core.events import Kind
from core.language.tasks import RelationsAnswer, RelationsInput, Task
from core.models import Passage, Step
from core.retrieval.graph.build import MOST_PASSAGES, Graph, build
from core.retrieval.graph.search import around, connect, reasons
from core.retrieval.retrieve import Ranked
from core.runtime import Context

READ_AGAIN = 12
"""Passages a model is given for one question, in one request: some 1,800 tokens."""


def connected(
    question: str,
    found: Sequence[Ranked],
    find: Callable[[str], Sequence[Ranked]],
    clean: Callable[[Passage], Passage | None],
    snapshots: Sequence[int],
    context: Context,
) -> tuple[list[Ranked], Mapping[int, str]]:
    """The passages for a question and why each is there.

    Args:
        found: what retrieval found for the question.
        find: finds for one part of it.
        clean: the passage, or None where it tries to instruct a model.
        snapshots: all that was read in this run.

    Returns:
        `found` as it is and no reasons, for a question that the graph's router leaves alone.
    """
    answer = connect(question, found, find)
    if answer is None:
        return list(found), {}
    why = reasons(_graph(answer.lists, clean, snapshots, context), answer)
    distinct = [item.passage for item in answer.ranked if item.repeats is None]
    return answer.ranked, {**why, **_in_words(question, distinct[:READ_AGAIN], context)}


def _graph(
    lists: Sequence[Sequence[Ranked]],
    clean: Callable[[Passage], Passage | None],
    snapshots: Sequence[int],
    context: Context,
) -> Graph:
    """That of all that was read in this run, once; in a run on a large library that of what was found."""

    def passages_of(snapshot: int) -> list[Passage]:
        return [passage for passage in context.store.passages.of_snapshot(snapshot) if clean(passage)]

    def whole() -> Graph | None:
        held = [passage for snapshot in snapshots for passage in passages_of(snapshot)]
        return build(held) if len(held) <= MOST_PASSAGES else None

    return context.once(f"graph of {sorted(snapshots)}", whole) or around(lists, passages_of)


def _in_words(question: str, passages: Sequence[Passage], context: Context) -> dict[int, str]:
    """Passage id -> what a model reads in it of how things stand to each other; nothing without a model."""
    task = RelationsInput(
        question=question, passages=tuple((passage.id, one_line(passage.text)) for passage in passages)
    )
    shown = fenced(f"[{id_}] {text}" for id_, text in task.passages)
    try:
        answer = context.ask(
            Task(
                name="relations", role="researcher", system=SYSTEM, input=task, answer=RelationsAnswer, max_tokens=900,
                user=PROMPT.format(question=question, passages=shown),
            )
        )  # fmt: skip
    except (LanguageError, BudgetSpent) as error:
        context.emit(Kind.SKIPPED, Step.RESEARCH, url="", title="reading how things are related", reason=error.message)
        return {}
    texts = {id_: text.casefold() for id_, text in task.passages}
    said: dict[int, str] = {}
    for one in answer.relations:
        text = texts.get(one.passage, "")
        if one.subject and one.object and one.subject.casefold() in text and one.object.casefold() in text:
            said.setdefault(one.passage, f"{one.subject} {one.relation} {one.object}")
    return said


SYSTEM = "You read passages and note how things are related. You answer in JSON only."

PROMPT = """\
Question: {question}
Passages, each with its number:
{passages}
For each passage that says how one thing named in the question stands to another thing, give the passage's number,
the subject and the object in the passage's very words, and the relation in 1 to 4 words. Leave out what no passage
says."""
