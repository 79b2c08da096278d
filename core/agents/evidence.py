"""Evidence for one question: what was read in the run is ranked, connected and put into the token budget.

Ranking costs some fifty times what choosing from it costs, so what was found for a question is kept until something
that it rests on changes: the pages read, or the queries asked for it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from core.agents.connections import connected
from core.agents.reranking import reranking
from core.errors import LanguageError
from core.events import Kind
from core.models import Evidence, Flag, Passage, Question, Step
from core.retrieval.abstain import sufficient
from core.retrieval.context import assemble
from core.retrieval.index import before
from core.retrieval.rerank import Reranker
from core.retrieval.retrieve import Ranked, retrieve
from core.runtime import Context, LeftOut

PER_QUESTION = 40
"""Passages ranked per question before the token budget decides."""


@dataclass(frozen=True)
class Held:
    """Everything read in a run so far."""

    snapshots: tuple[int, ...]
    orders: Mapping[int, Sequence[Flag]]
    """Source id -> where it tries to instruct a model."""
    left_out: LeftOut

    def clean(self, passage: Passage | None) -> Passage | None:
        """The passage, unless an instruction to a model stands in it or a person left it out: never evidence."""
        if passage is None or self.left_out.holds(passage):
            return None
        flags = self.orders.get(passage.source_id, ())
        return None if any(flag.start < passage.end and passage.start < flag.end for flag in flags) else passage


def held(context: Context) -> Held:
    """What was read up to now; what the brief does not ask for, repeats and excluded sources left out."""
    met = context.store.sources.of_run(context.run_id)
    sources = context.store.sources.many(item.source_id for item in met if item.source_id)
    orders = {source.id: [flag for flag in source.flags if flag.kind == "injection"] for source in sources.values()}
    return Held(
        tuple(context.store.sources.snapshots_of_run(context.run_id)),
        {source: flags for source, flags in orders.items() if flags},
        context.left_out,
    )


def passages_for(
    text: str,
    queries: Sequence[str],
    context: Context,
    *,
    limit: int,
    read: Held | None = None,
    reranker: Reranker | None = None,
) -> list[Ranked]:
    """What was read in this run on a question or claim, best first; never what is refused.

    Args:
        read: what was read, where that is known already.

    Raises:
        LanguageError: the reranker cannot be had.
    """
    read = read or held(context)
    if not read.snapshots:
        return []
    ranked = retrieve(
        text, queries, context.store.passages, context.holdings.embedder, limit=limit, snapshots=read.snapshots,
        reranker=reranker,
    )  # fmt: skip
    return [one for one in ranked if read.clean(one.passage)]


@dataclass(frozen=True)
class _Found:
    """What was found for a question, and what that rests on."""

    queries: tuple[str, ...]
    snapshots: tuple[int, ...]
    ranked: Sequence[Ranked]
    reasons: Mapping[int, str]
    """Passage id -> how it was come by."""
    note: str


class Gathering:
    """The evidence of a run's questions, as more is read and asked."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._found: dict[int, _Found] = {}
        """By question id."""

    def evidence_for(self, question: Question, queries: Sequence[str] = ()) -> Evidence:
        """The passages for one question, from everything read in this run, within the token budget.

        Args:
            queries: all that was asked for it.
        """
        context, index = self._context, self._context.store.passages
        with context.span(f"retrieve: {question.section}", "RETRIEVER", input=question.text) as span:
            read = held(context)
            found = self._found.get(question.id)
            if found is None or (found.queries, found.snapshots) != (tuple(queries), read.snapshots):
                found = self._found[question.id] = self._find(question, queries, read)
            items, note = assemble(
                found.ranked,
                budget_tokens=context.settings.evidence_tokens,
                number=lambda passage_id: context.store.evidence.number(context.run_id, passage_id),
                before=lambda passage: read.clean(before(index, passage)),
                against=_against(context, read),
            )
            items = tuple(replace(item, reason=found.reasons.get(item.passage.id, "")) for item in items)
            answer = sufficient(question.text, items, index, context.holdings.embedder)
            note = note if answer.enough else answer.note
            evidence = Evidence(
                question_id=question.id, items=items, sufficient=answer.enough, confidence=answer.probability,
                queries=tuple(queries), note="; ".join(part for part in (note, found.note) if part),
            )  # fmt: skip
            span.documents(evidence.used)
        return evidence

    def _find(self, question: Question, queries: Sequence[str], read: Held) -> _Found:
        context, note = self._context, ""

        def ranked(text: str, queries: Sequence[str] = (), reranker: Reranker | None = None) -> list[Ranked]:
            return passages_for(text, queries, context, limit=PER_QUESTION, read=read, reranker=reranker)

        reranker = reranking(context)
        try:
            first = ranked(question.text, queries, reranker)
        except LanguageError as error:
            assert reranker is not None, "nothing else of retrieval asks a model"
            note = f"not reranked: {reranker.name} did not answer"
            context.emit(
                Kind.FALLBACK, Step.RESEARCH, role="reranker", model=reranker.name, to="the built-in order",
                reason=error.message,
                note=f"Reranker: {reranker.name} did not answer; “{question.section}” is in the built-in order.",
            )  # fmt: skip
            first = ranked(question.text, queries)
        everything, reasons = connected(question.text, first, ranked, read.clean, read.snapshots, context)
        return _Found(tuple(queries), read.snapshots, everything, reasons, note)


def _against(context: Context, read: Held) -> Callable[[Passage], Sequence[Passage]]:
    """Passage -> those found to disagree with it; none before disagreements were looked for."""
    others: dict[int, list[int]] = {}
    for conflict in context.store.evidence.conflicts(context.run_id):
        others.setdefault(conflict.first, []).append(conflict.second)
        others.setdefault(conflict.second, []).append(conflict.first)
    passages = context.store.passages.passages(others)
    clean = {id_: passage for id_, passage in passages.items() if read.clean(passage)}
    return lambda passage: [clean[id_] for id_ in others.get(passage.id, ()) if id_ in clean]
