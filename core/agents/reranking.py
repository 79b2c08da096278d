"""The reranking model, where one is configured, as retrieval asks it: traced, paid for, let be when it is down."""

import time
from collections.abc import Sequence

from core.errors import BudgetSpent, LanguageError, TransientLanguageError
from core.language.rerank import rerank_task
from core.runtime import Context

REST_S = 60.0
"""Left alone so long once it failed: a run asks it with every question."""


class Reranking:
    """A `core.retrieval.rerank.Reranker` that asks the endpoint of the settings."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._rests_until = 0.0

    @property
    def name(self) -> str:
        return self._context.settings.rerank_model

    def rerank(self, question: str, texts: Sequence[str]) -> list[float]:
        """How well each text answers the question, on the model's own scale: larger is better.

        Raises:
            LanguageError: it does not answer, did not a moment ago, or the budget is spent.
            Cancelled
        """
        if time.monotonic() < self._rests_until:
            raise TransientLanguageError(
                f"{self.name!r} did not answer a moment ago and is left alone for now.",
                remedy="Check the reranker's endpoint in Settings.",
            )
        with self._context.span("rerank", "RERANKER", input=question) as span:
            try:
                reply = self._context.language.ask(rerank_task(question, texts), cancelled=self._context.stopped)
            except BudgetSpent as error:
                raise LanguageError(error.message, remedy=error.remedy) from error
            except LanguageError:
                self._rests_until = time.monotonic() + REST_S
                raise
            span.output(reply.value.scores)
        return reply.value.scores


def reranking(context: Context) -> Reranking | None:
    """The run's own, or None where no endpoint is configured."""
    if not context.settings.rerank_base_url:
        return None
    return context.once("reranking", lambda: Reranking(context))
