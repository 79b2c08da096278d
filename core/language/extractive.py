"""The language backend without a language model.

It answers the same tasks as a model would, from the tasks' typed inputs: articles are
composed of the sources' own sentences, each with its citation; plans come from question
templates and key phrases. It needs no key, no network and no model file, gives the same
answer every time, and never writes a factual sentence of its own.
"""

from collections.abc import Callable
from typing import Any, cast

from core.errors import Cancelled, LanguageError
from core.language.composing.editing import remarks
from core.language.composing.introduction import introduce
from core.language.composing.plan import make_plan
from core.language.composing.queries import further
from core.language.composing.rewriting import rewrite
from core.language.composing.section import compose
from core.language.tasks import (
    Answer,
    EditInput,
    FrameInput,
    JudgeInput,
    PlanInput,
    QueriesInput,
    RelationsAnswer,
    RelationsInput,
    Reply,
    RewriteInput,
    Task,
    WriteInput,
)

METHOD = "Composed from the sources' own sentences; no language model was used."
"""What an article made with this backend says of itself."""

_ANSWERS: dict[type, Callable[[Any], Any]] = {
    PlanInput: make_plan,
    QueriesInput: further,
    RelationsInput: lambda _: RelationsAnswer(),  # none is named without a model: the graph's own stand unnamed
    WriteInput: compose,
    FrameInput: introduce,
    RewriteInput: rewrite,
    EditInput: remarks,
}


class Extractive:
    """Answers tasks without a model; `Reply.model` is `extractive` and `calls` is empty."""

    name = "extractive"

    def ask(
        self,
        task: Task[Answer],
        *,
        on_text: Callable[[str], None] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Reply[Answer]:
        """Answer a task from its typed input.

        Prose is empty when the evidence holds no sentence that may stand: the caller says so.

        Args:
            on_text: called with each line of prose, line end included.

        Raises:
            LanguageError: the task needs a model (judging does).
            Cancelled: `cancelled` said so.
        """
        if cancelled():
            raise Cancelled
        value = self._answer(task.input)
        if isinstance(value, str) and on_text is not None:
            for line in value.splitlines(keepends=True):
                if cancelled():
                    raise Cancelled
                on_text(line)
        return Reply(value=cast(Answer, value), model=self.name)

    def _answer(self, given: object) -> object:
        if isinstance(given, JudgeInput):
            raise LanguageError(
                "There is no model to judge with.",
                remedy="Name a model for judging under Settings › Models; the alignment judge works without one.",
            )
        answer = _ANSWERS.get(type(given))
        if answer is None:
            raise LanguageError(
                f"Without a model, {type(given).__name__} cannot be answered.",
                remedy="Name a model under Settings › Models.",
            )
        return answer(given)
