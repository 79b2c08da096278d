"""Asking on: what to search for besides a question and the plan's queries.

Before retrieval a model may guess an answer, whose words find what the question's own do not; after it, what is
missing and what was found tell what to ask next. Without a model there are no guesses, and the next queries come
from the question's own words.
"""

from collections.abc import Sequence

from core.agents.fence import fenced, one_line
from core.errors import BudgetSpent, LanguageError
from core.events import Kind
from core.language.tasks import GuessesAnswer, GuessesInput, QueriesAnswer, QueriesInput, Task
from core.models import Evidence, Passage, Question, Step
from core.retrieval.abstain import unspoken
from core.runtime import Context

BEST_READ = 5
"""Passages whose headings are shown to whoever asks on."""


def guesses(questions: Sequence[Question], context: Context) -> dict[int, tuple[str, ...]]:
    """Question id -> a sentence that would answer it: searched with and shown to people, never evidence.

    One request for all questions; none without a model. Of 40 questions on Debian's documentation, recall of the
    answer's words at 200 went from 30 to 72 % with guesses by somebody who knows the field; with the guess made
    for quite another question it fell to 20 %.
    Method: Gao et al., Precise Zero-Shot Dense Retrieval without Relevance Labels (ACL 2023).
    """
    if not questions or context.model_for("researcher") == "extractive":
        return {}
    task = GuessesInput(topic=context.brief.topic, questions=tuple(question.text for question in questions))
    listed = "\n".join(f"{n}. {text}" for n, text in enumerate(task.questions, 1))
    try:
        answer = context.ask(
            Task(
                name="guesses", role="researcher", system=SYSTEM, input=task, answer=GuessesAnswer,
                user=GUESS.format(topic=task.topic, questions=listed), max_tokens=100 + 60 * len(questions),
            )
        )  # fmt: skip
    except (LanguageError, BudgetSpent) as error:
        _skipped("guessed answers to search with", 0, error, context)
        return {}
    guessed = {guess.question: guess.sentence.strip() for guess in answer.guesses}
    return {question.id: (guessed[n],) for n, question in enumerate(questions, 1) if guessed.get(n)}


def further_queries(question: Question, asked: Sequence[str], found: Evidence, context: Context) -> tuple[str, ...]:
    """Queries that were not tried yet, for what the evidence misses; empty when nothing comes to mind."""
    absent = unspoken(question.text, found.used, context.store.passages, context.holdings.embedder)
    about = tuple(dict.fromkeys(_headed(item.passage) for item in found.used[:BEST_READ]))
    task = QueriesInput(
        topic=context.brief.topic, question=question.text, tried=(question.text, *asked), missing=", ".join(absent),
        found=about,
    )  # fmt: skip
    try:
        answer = context.ask(
            Task(
                name="queries", role="researcher", system=SYSTEM, input=task, answer=QueriesAnswer, max_tokens=200,
                user=PROMPT.format(
                    found=fenced(about), topic=task.topic, question=task.question, tried="; ".join(task.tried),
                    missing=found.note,
                ),
            )
        )  # fmt: skip
    except (LanguageError, BudgetSpent) as error:
        _skipped("a second search", question.id, error, context)
        return ()
    return tuple(query for query in dict.fromkeys(answer.queries) if query.strip() and query not in task.tried)


def _headed(passage: Passage) -> str:
    return one_line(" > ".join(part for part in (passage.title, passage.heading) if part))


def _skipped(what: str, question_id: int, error: LanguageError | BudgetSpent, context: Context) -> None:
    context.emit(
        Kind.SKIPPED, Step.RESEARCH, question_id=question_id, url="", title=what, reason=error.message
    )  # fmt: skip


SYSTEM = "You find sources. You answer in JSON only."

GUESS = """\
Topic: {topic}
Questions:
{questions}
For each question write one sentence, at most 30 words, as it could stand in a page that answers it, with the terms
such a page would use. A guess is enough: it is only searched with. Give the question's number with each."""

PROMPT = """\
{found}

These are the headings under which the best passages stand so far.
Topic: {topic}
Question: {question}
Already searched for: {tried}
What is missing: {missing}
Give up to 3 other short search queries that could find it: other words, narrower or broader."""
