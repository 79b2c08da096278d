"""The worker: claims runs, executes the graph, keeps its leases; takes files into the library.

Any number may run. One whose process ends loses its runs at once, one that falls silent after
a lease; another goes on from the last finished step. A run that waits for a person holds nothing.
"""

import logging
import os
import secrets
import shutil
import signal
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from types import FrameType

from core.agents.publisher import publish_due
from core.errors import Cancelled, DiskFull, GalleyError, NoEvidence, StoreError
from core.events import Kind
from core.graph import StaleDecision, advance, build, open_checkpoints, taken_up
from core.library import embed_missing, take_in
from core.models import Decision, Ingest, Run, Status, Step
from core.runtime import Context, Paused
from core.store.database import LEAST_FREE, now
from core.store.events import LeaseLost
from core.store.runs import LEASE_S
from core.verification.schedule import check_due
from core.wanted import left_out
from core.warming import warm
from core.wiring import Process, context_for, settings_now

POLL_S = 0.1
MISSING_EVERY_S = 600.0
"""Between two looks for missing vectors."""
DUE_AGAIN_S = 300.0
"""After a publication that was due failed, until it is tried again."""
ROOM_S = 2.0
"""Between two looks whether a full disk has room again."""
WATCH_S = 2.0
"""Between two looks for a published article that a person wants to be looked at again."""
SCHEDULE_S = 60.0
"""Between two looks at the schedule of all of them, while nothing is due."""
_LOG = logging.getLogger(__name__)


class Worker:
    """Executes runs until told to stop.

    Args:
        process: what all runs of this process share.
    """

    def __init__(self, process: Process) -> None:
        self.id = f"w{os.getpid()}-{secrets.token_hex(3)}"
        self._process = process
        self._store = process.store
        self._only: tuple[str, ...] = ()
        self._graph = build(open_checkpoints(process.settings.database))
        self._stopping = threading.Event()
        self._active: dict[str, Context] = {}
        self._lock = threading.Lock()

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """End soon: runs are given back between steps and go on elsewhere."""
        self._stopping.set()
        with self._lock:
            for context in self._active.values():
                context.lost.set()

    def announce(self) -> None:
        """Say that this worker is alive."""
        self._store.runs.worker_beat(self.id, os.getpid())

    def restrict(self, run_ids: tuple[str, ...]) -> None:
        """Work on nothing but these runs, and end when each of them rests."""
        self._only = run_ids

    def work(self) -> None:
        """Claim and execute until `stop`; when restricted, until those runs rest."""
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, self.stop)
            signal.signal(signal.SIGINT, self.stop)
        beats = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        beats.start()
        warming = threading.Thread(target=warm, args=(self._process,), name="warming", daemon=True)
        warming.start()
        library = threading.Thread(target=self._take_in, name="library", daemon=True)
        library.start()
        due = threading.Thread(target=self._publish_due, name="due", daemon=True)
        due.start()
        watch = threading.Thread(target=self._watch, name="watch", daemon=True)
        watch.start()
        slots = max(self._process.settings.run_slots, len(self._only))
        self._store.presence.show(self.id)
        with ThreadPoolExecutor(slots, thread_name_prefix="run") as pool:
            running: set[Future[None]] = set()
            look_for_room = 0.0
            while not self._stopping.wait(POLL_S):
                running = {future for future in running if not future.done()}
                if time.monotonic() >= look_for_room:
                    self._go_on_where_there_is_room()
                    look_for_room = time.monotonic() + ROOM_S
                if len(running) < slots and (run := self._claimed()):
                    running.add(pool.submit(self._execute, run))
                elif self._only and not running and self._at_rest():
                    break
        self._stopping.set()
        beats.join()
        warming.join()
        library.join()
        due.join()
        watch.join()
        try:
            self._store.runs.worker_gone(self.id)
            self._store.presence.leave(self.id)
        except StoreError as error:  # it counts as gone when its process has ended
            _LOG.warning("leaving: %s", error)
        self._process.tracer.close()

    def _claimed(self) -> Run | None:
        try:
            for ended in self._store.presence.ended():
                self._store.runs.worker_gone(ended)
            return self._store.runs.claim(self.id, only=self._only)
        except StoreError as error:  # a full disk or a held lock may pass; the next look tries again
            _LOG.warning("claim: %s", error)
            self._stopping.wait(ROOM_S)
            return None

    def _go_on_where_there_is_room(self) -> None:
        """Runs that a full disk paused are queued again once there is room."""
        try:
            if shutil.disk_usage(self._process.settings.data).free > LEAST_FREE:
                self._store.database.put_room_aside()
            waiting = [run for run in self._store.runs.without_room() if not self._only or run.id in self._only]
            if waiting and self._store.database.has_room():
                for run in waiting:
                    self._store.runs.set(run.id, status=Status.QUEUED, error=None)
                    self._store.events.add(run.id, Kind.RESUMED, run.step, {})
        except (StoreError, OSError) as error:
            _LOG.warning("room: %s", error)

    def _at_rest(self) -> bool:
        ended = (Status.PAUSED, Status.CANCELLED, Status.FAILED)  # an open decision waits with them
        runs = [run for run_id in self._only if (run := self._store.runs.get(run_id)) and run.status not in ended]
        return not any(
            run.status in (Status.QUEUED, Status.RUNNING) or self._store.decisions.open(run.id) for run in runs
        )

    # --- leases ---

    def _beat(self) -> None:
        while True:
            with self._lock:
                active = list(self._active.values())
            try:
                self.announce()
                for context in active:
                    if not self._store.runs.beat(context.run_id, context.attempt):
                        context.lost.set()
            except StoreError as error:  # a full disk or a held lock may pass; the next beat tries again
                _LOG.warning("heartbeat: %s", error)
            if self._stopping.wait(LEASE_S / 3):
                if not active:
                    return
                time.sleep(POLL_S)  # what is under way comes to its end; the lease is kept until then

    # --- one run ---

    def _execute(self, run: Run) -> None:
        try:
            context = context_for(run, self._process)
        except GalleyError as error:
            self._failed(run, error)
            self._let_go(run)
            return
        with self._lock:
            self._active[run.id] = context
        if self._stopping.is_set():
            context.lost.set()
        try:
            self._advance(run, context)
        except LeaseLost:
            pass  # it goes on elsewhere; nothing of it may be touched here
        except (Paused, Cancelled):  # which of the two stopped it is what the person said, not who noticed first
            if not context.lost.is_set():
                stop, pause = self._store.runs.wants(run.id)
                paused = pause and not stop
                self._rest(
                    run, Status.PAUSED if paused else Status.CANCELLED, Kind.PAUSED if paused else Kind.CANCELLED
                )
        except DiskFull as error:
            self._wait_for_room(run, error)
        except GalleyError as error:
            self._failed(run, error)
        except Exception as error:  # noqa: BLE001 - a fault of ours must not take other runs along
            _LOG.exception("run %s", run.id)
            self._failed(run, _unforeseen(error))
        finally:
            with self._lock:
                self._active.pop(run.id, None)
            self._let_go(run)

    def _wait_for_room(self, run: Run, error: DiskFull) -> None:
        """Pause the run and say why. Where not even that has room, its lease runs out and it is taken up again."""
        _LOG.warning("run %s: %s", run.id, error)
        try:
            self._store.database.use_room_aside()
            if self._set(run, status=Status.PAUSED, error=error.as_dict()):
                self._store.events.add(run.id, Kind.PAUSED, run.step, error.as_dict(), attempt=run.attempt)
        except DiskFull:
            _LOG.warning("run %s: there is no room to say so", run.id)

    def _let_go(self, run: Run) -> None:
        try:
            self._store.runs.release(run.id, run.attempt)
        except StoreError as error:  # the lease runs out by itself
            _LOG.warning("run %s: %s", run.id, error)

    def _advance(self, run: Run, context: Context) -> None:
        self._set(run, status=Status.RUNNING, error=None)
        context.emit(Kind.RUN_CLAIMED, run.step, worker=self.id, attempt=run.attempt)
        decision = self._next_decision(run)
        answer = None
        if decision:
            answer = {**decision.data, "kind": decision.kind, "by": decision.by, "id": decision.id}
            context.emit(Kind.DECIDED, run.step, kind=decision.kind, by=decision.by)
        with context.span(run.brief.topic, "CHAIN", input=run.brief.topic) as span:
            self._set(run, trace_id=span.trace_id)
            try:
                waits, state = advance(self._graph, context, answer)
            except StaleDecision as error:
                if decision:
                    self._store.decisions.handled(decision.id)
                waits, state = advance(self._graph, context, None)
                context.emit(Kind.SKIPPED, run.step, question_id=0, url="", title=decision.kind if decision else "",
                             reason=error.message)  # fmt: skip
        if decision:
            self._store.decisions.handled(decision.id)
        self._come_to_rest(run, waits, passed=state.passed)

    def _next_decision(self, run: Run) -> Decision | None:
        """The oldest open decision; one that a crash cut short is gone on from, not acted on again."""
        acted_on = taken_up(self._graph, run.id)
        for decision in self._store.decisions.open(run.id):
            if decision.id > acted_on:
                return decision
            self._store.decisions.handled(decision.id)
        return None

    def _no_evidence(self, run: Run) -> NoEvidence:
        said = "Nothing that was found says enough about this topic to write from."
        remedy = "Add documents to the library, switch on another search engine, or reword the topic."
        if others := left_out(self._store.sources.of_run(run.id)):
            said += f" It was not allowed to use {', '.join(others)}."
            remedy = "Start anew with wider dates, or with more kinds or languages of sources; what was read is kept."
        return NoEvidence(said, remedy=remedy)

    def _come_to_rest(self, run: Run, waits: str | None, *, passed: bool) -> None:
        if waits is None:
            status, step = Status.NO_EVIDENCE, Step.RESEARCH
            self._set(run, error=self._no_evidence(run).as_dict())
        elif waits == "plan":
            status, step = Status.PLAN, Step.PLAN
        else:
            status, step = self._at_the_desk(run, passed=passed), Step.REVIEW
        self._rest(run, status, Kind.WAITING, waits="plan" if status is Status.PLAN else status.value, step=step)

    def _at_the_desk(self, run: Run, *, passed: bool) -> Status:
        publications = self._store.publications.of_run(run.id)
        if any(p.public for p in publications):
            return Status.PUBLISHED
        if any(p.error for p in publications):
            return Status.REVIEW
        touched = any(d.kind != "steer" for d in self._store.decisions.of_run(run.id))
        if run.brief.autopilot and not touched:
            return Status.FINISHED if passed else Status.GATE
        return Status.REVIEW

    def _rest(self, run: Run, status: Status, kind: Kind, *, step: Step | None = None, **data: str) -> None:
        values: dict[str, object] = {"status": status, "cancel": 0, "finished_at": now()}
        if step:
            values["step"] = step
        with self._store.database.write():  # a kill between the two would leave the story without its end
            if self._set(run, **values):
                self._store.events.add(run.id, kind, step or run.step, data, attempt=run.attempt)

    def _failed(self, run: Run, error: GalleyError) -> None:
        for decision in self._store.decisions.open(run.id):
            self._store.decisions.handled(decision.id)
        with self._store.database.write():
            if self._set(run, status=Status.FAILED, error=error.as_dict(), finished_at=now()):
                self._store.events.add(run.id, Kind.FAILED, run.step, error.as_dict(), attempt=run.attempt)

    def _set(self, run: Run, **values: object) -> bool:
        return self._store.runs.set(run.id, attempt=run.attempt, **values)

    # --- articles that live on ---

    def _watch(self) -> None:
        schedule_at = 0.0
        while not self._stopping.wait(WATCH_S):
            scheduled = time.monotonic() >= schedule_at
            try:
                if not self._only:
                    found = check_due(self._process, self.id, stopped=self._stopping.is_set, asked_only=not scheduled)
                    if scheduled and found is None:
                        schedule_at = time.monotonic() + SCHEDULE_S
            except StoreError as error:  # a full disk or a held lock may pass; the next look tries again
                _LOG.warning("watch: %s", error)
            except Exception:  # noqa: BLE001 - a fault of ours must not end all watching
                _LOG.exception("watch")

    # --- the library ---

    def _take_in(self) -> None:
        """What people add; and while nothing is added, vectors that are missing."""
        look_again = 0.0
        while not self._stopping.wait(POLL_S * 5):
            if self._only:
                continue
            try:
                if ingest := self._store.ingests.claim(self.id):
                    self._take_in_one(ingest)
                elif time.monotonic() >= look_again:
                    embed_missing(self._process, stopped=self._has_better_to_do)
                    look_again = time.monotonic() + MISSING_EVERY_S
            except GalleyError as error:  # a full disk or a held lock may pass; the next look tries again
                _LOG.warning("library: %s", error)

    def _take_in_one(self, ingest: Ingest) -> None:
        try:
            take_in(ingest, self._process, stopped=self._stopping.is_set)
        except GalleyError as error:
            self._store.ingests.fail(ingest.id, str(error))
        except Exception as error:  # noqa: BLE001 - a fault of ours must not end all taking in
            _LOG.exception("ingest %d", ingest.id)
            self._store.ingests.fail(ingest.id, str(_unforeseen(error)))

    def _has_better_to_do(self) -> bool:
        return self._stopping.is_set() or self._store.ingests.busy()

    # --- what waits for its time ---

    def _publish_due(self) -> None:
        """Publish what is due; the row's lease keeps two workers from doing it both."""
        again: dict[int, float] = {}
        while not self._only and not self._stopping.wait(POLL_S * 5):
            try:
                for publication in self._store.publications.due(now()):
                    if time.monotonic() >= again.get(publication.id, 0.0):
                        again[publication.id] = time.monotonic() + DUE_AGAIN_S
                        publish_due(self._store, settings_now(self._process), publication)
                        self._show_published(publication.run_id)
            except GalleyError as error:  # the store may be busy; the next look tries again
                _LOG.warning("due: %s", error)

    def _show_published(self, run_id: str) -> None:
        run = self._store.runs.get(run_id)
        if run and run.status in (Status.REVIEW, Status.GATE, Status.FINISHED, Status.PUBLISHED):
            self._store.runs.set(run.id, status=self._at_the_desk(run, passed=True))


def _unforeseen(error: Exception) -> GalleyError:
    """A fault in Galley itself, told as such; the traceback goes to the worker's log."""
    return GalleyError(
        f"Something in Galley broke: {type(error).__name__}: {error}"[:500],
        remedy="Everything finished is kept. Resume the run; if it breaks again, report the worker's log.",
    )
