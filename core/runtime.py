"""What an agent holds while it works: the run's brief, the store, models, search, reading.

Agents do no input or output but through their context. It is made once per run and
worker; everything in it is safe to use from several threads.
"""

import contextlib
import contextvars
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

from core import continuing
from core.errors import Cancelled, GalleyError
from core.events import Kind
from core.holdings import Holdings
from core.language.fitting import fit
from core.language.router import EXTRACTIVE
from core.language.tasks import Answer, Language, Reply, Task
from core.models import Brief, Passage, Step
from core.reading.web import Client
from core.search import Engine, Outages, SearchResult, search_all
from core.settings import Settings
from core.store import Store
from core.tracing import Span, Tracer

FRAME_S = 0.1
"""Streamed text is written down at most ten times a second."""

WANTS_S = 0.25
"""How old an answer to "did a person stop or pause this?" may be."""

_STEPS = {"planner": Step.PLAN, "writer": Step.WRITE, "editor": Step.EDIT, "judge": Step.JUDGE}

Item = TypeVar("Item")
Result = TypeVar("Result")


class Paused(GalleyError):
    """A person paused the run."""

    def __init__(self) -> None:
        super().__init__("The run is paused.", remedy="Resume it to go on from here.")


class Searcher:
    """The run's search engines, and what is known of their outages."""

    def __init__(self, engines: Sequence[Engine], *, allow: Sequence[str] = (), deny: Sequence[str] = ()) -> None:
        self._engines = list(engines)
        self._allow, self._deny = allow, deny
        self._outages = Outages()
        self.names = tuple(engine.name for engine in engines)

    def search(
        self, queries: Sequence[str], *, limit: int, cancelled: Callable[[], bool] = lambda: False
    ) -> SearchResult:
        """Every query on every engine at once, merged; see `search_all`."""
        return search_all(
            queries, self._engines, limit=limit, allow=self._allow, deny=self._deny, cancelled=cancelled,
            outages=self._outages,
        )  # fmt: skip


@dataclass(frozen=True)
class LeftOut:
    """What a person left out of a branch: it is no evidence there, wherever it is found again."""

    passages: Set[int]
    sources: Set[int]
    back: Set[int]
    """Passages put in again."""
    said: Set[tuple[str, ...]]
    """The words of the passages left out: a copy elsewhere is left out too."""

    def holds(self, passage: Passage) -> bool:
        if passage.id in self.back:
            return False
        return (
            passage.id in self.passages
            or passage.source_id in self.sources
            or bool(self.said and tuple(passage.text.split()) in self.said)
        )


@dataclass
class Context:
    """One run's working surroundings."""

    run_id: str
    attempt: int
    brief: Brief
    settings: Settings
    store: Store
    language: Language
    searcher: Searcher
    client: Client
    holdings: Holdings
    tracer: Tracer
    lost: threading.Event = field(default_factory=threading.Event)
    """Set when the lease has gone to another worker."""
    _wants: tuple[float, bool, bool] = (0.0, False, False)
    _once: dict[str, Future[Any]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    # --- saying ---

    def emit(self, kind: Kind, step: Step, /, **data: Any) -> None:
        """Append an event to the run's story."""
        self.store.events.add(self.run_id, kind, step, data, attempt=self.attempt)

    def prose(self, section: int, heading: str) -> "Prose":
        """A sink for streamed text of one section."""
        return Prose(self, section, heading)

    @contextlib.contextmanager
    def span(self, name: str, kind: str, input: Any = None) -> Iterator[Span]:
        with self.tracer.span(name, kind, session=self.run_id, input=input) as span:
            yield span

    # --- asking ---

    def ask(self, task: Task[Answer], *, prose: "Prose | None" = None) -> Answer:
        """A model's answer (or the extractive backend's); see `reply`."""
        return self.reply(task, prose=prose).value

    def reply(self, task: Task[Answer], *, prose: "Prose | None" = None) -> Reply[Answer]:
        """An answer with the model that gave it, which need not be the role's own; traced.

        What does not fit into the model's context is left out of the prompt, and told.

        Raises:
            LanguageError, BudgetSpent, Cancelled: see `Language.ask`.
        """
        self.check()
        if self.model_for(task.role) != EXTRACTIVE:
            task, left_out = fit(task, self.settings.context_tokens)
            if left_out:
                self.emit(
                    Kind.SKIPPED, _STEPS.get(task.role, Step.RESEARCH), question_id=0, url="", title=task.name,
                    reason=f"{left_out} of its passages did not fit into what the model reads at once.",
                )  # fmt: skip
        lines = self._begun(task, prose) if prose and self.attempt > 1 else ""
        with self.span(f"{task.role}: {task.name}", "LLM", input=task.user) as span:
            reply = self.language.ask(
                continuing.going_on(task, lines) if lines else task,
                on_text=prose.add if prose else None,
                on_restart=(lambda: prose.restart(f"{lines}\n" if lines else "")) if prose else None,
                cancelled=self.stopped,
            )
            span.set(
                llm__model_name=reply.model,
                llm__token_count__prompt=sum(call.tokens_in for call in reply.calls) or None,
                llm__token_count__completion=sum(call.tokens_out for call in reply.calls) or None,
            )
            if lines:
                reply = self._whole(task, lines, reply)
            span.output(reply.value if isinstance(reply.value, str) else reply.value.model_dump_json())
        if prose:
            prose.flush()
        return reply

    def _begun(self, task: Task[Any], prose: "Prose") -> str:
        """The lines that were written of this text before a crash; readers see them as its beginning, and no more."""
        shown, lines = continuing.begun(self.store, self.run_id, task, self._models_for(task.role), prose.section)
        if shown:
            prose.restart(f"{lines}\n" if lines else "")
        return lines

    def _whole(self, task: Task[Any], lines: str, reply: Reply[Any]) -> Reply[Any]:
        if reply.model == EXTRACTIVE:
            return reply  # composed anew, for it goes on from nothing
        text = continuing.joined(lines, reply.value)
        continuing.keep(self.store, self.run_id, task, reply.model, text)
        return replace(reply, value=text)

    @property
    def has_model_judge(self) -> bool:
        return self.model_for("judge") != EXTRACTIVE

    def model_for(self, role: str) -> str:
        return self.brief.models.get(role) or self.settings.model_for(role)

    def _models_for(self, role: str) -> list[str]:
        """Every model that may answer for a role, its own first; none where that is composing without one."""
        own = self.model_for(role)
        if own == EXTRACTIVE:
            return []
        named = (own, *self.settings.fallbacks_for(role), self.settings.small_for(role))
        return [model for model in dict.fromkeys(named) if model and model != EXTRACTIVE]

    def steering(self, notes: str = "") -> str:
        """What people asked for so far while the run went on, oldest first, after `notes`."""
        said = [d.data.get("note", "") for d in self.store.decisions.of_run(self.run_id) if d.kind == "steer"]
        return " ".join(part for part in (notes, *said) if part)

    @cached_property
    def left_out(self) -> LeftOut:
        """What people left out of this branch; nothing in a run that is none."""
        passages, sources, back = self.store.runs.left_out(self.run_id)
        held = self.store.passages.passages(passages).values()
        return LeftOut(passages, sources, back, {tuple(passage.text.split()) for passage in held})

    # --- stopping ---

    def stopped(self) -> bool:
        """Whether this work should end now: stopped, paused, or taken over."""
        at, cancel, pause = self._wants
        if time.monotonic() - at > WANTS_S:
            cancel, pause = self.store.runs.wants(self.run_id)
            self._wants = (time.monotonic(), cancel, pause)
        return cancel or pause or self.lost.is_set()

    def check(self) -> None:
        """Raise if the run was stopped or paused.

        Raises:
            Cancelled, Paused
        """
        if self.stopped():
            if self._wants[2] and not self._wants[1]:
                raise Paused
            raise Cancelled

    # --- working side by side ---

    def map(self, work: Callable[[Item], Result], items: Iterable[Item], *, at_once: int = 8) -> list[Result]:
        """`work` on every item, several at once; results in order. The first error is raised at the end."""
        todo = list(items)
        if len(todo) <= 1:
            return [work(item) for item in todo]
        with ThreadPoolExecutor(min(at_once, len(todo))) as pool:
            futures = [pool.submit(contextvars.copy_context().run, work, item) for item in todo]
        return [future.result() for future in futures]

    def once(self, key: str, work: Callable[[], Result], *, keep: Callable[[Result], bool] = lambda _: True) -> Result:
        """`work` done once per key in this run; whoever asks meanwhile waits for the same result.

        Args:
            keep: whether a result holds for those who ask later, too.
        """
        with self._lock:
            future = self._once.get(key)
            mine = future is None
            if future is None:
                future = self._once[key] = Future()
        if mine:
            try:
                result = work()
                if not keep(result):
                    with self._lock:
                        del self._once[key]
                future.set_result(result)
            except BaseException as error:
                future.set_exception(error)
                raise
        return future.result()


class Prose:
    """Collects a section's streamed text and writes it down in frames, and with each line that ends: a text that a
    crash cuts short goes on from its whole lines."""

    def __init__(self, context: Context, section: int, heading: str) -> None:
        self._context = context
        self.section = section
        self._heading = heading
        self._pending = ""
        self._last = time.monotonic()

    def add(self, piece: str) -> None:
        self._pending += piece
        if "\n" in piece or time.monotonic() - self._last >= FRAME_S:
            self.flush()

    def restart(self, lines: str = "") -> None:
        """What was streamed of this section is void but for these lines; a new attempt begins."""
        self._pending = ""
        self._say(lines, restart=True)

    def flush(self) -> None:
        if self._pending:
            self._say(self._pending)
            self._pending = ""

    def _say(self, text: str, **more: Any) -> None:
        self._last = time.monotonic()
        self._context.emit(Kind.TEXT, Step.WRITE, section=self.section, heading=self._heading, text=text, **more)
