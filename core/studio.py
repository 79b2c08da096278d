"""The one door for screens and the command line.

It reads rows and writes briefs and decisions; all work is a worker's. Everything it
returns is made from the database, so a reload, a second tab and another browser see the
same.
"""

import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core import fork
from core.errors import BriefError, ConflictError, PublishError
from core.estimate import Estimate, estimate
from core.events import Kind
from core.judging_door import JudgingDoor
from core.markdown import to_markdown
from core.models import (
    Brief,
    Call,
    Conflict,
    Diagnosis,
    Draft,
    DraftSummary,
    Event,
    Evidence,
    Gate,
    Ingest,
    Note,
    Passage,
    Plan,
    Publication,
    Run,
    RunSource,
    Scorecard,
    Snapshot,
    Source,
    Status,
    Step,
)
from core.progress import Progress, StepView, progress, steps
from core.publishing_door import PublishingDoor
from core.settings import ROOT, SECRET, Settings, load
from core.store import Store
from core.verification_door import VerificationDoor
from core.wanted import left_out, sources_asked_for

if TYPE_CHECKING:
    from core.doctor import Check
    from core.retrieval.graph.picture import Picture

LONGEST_TOPIC = 500
SAMPLES = ROOT / "samples" / "library"

WAITING = (Status.PLAN, Status.REVIEW, Status.GATE)
UNDER_WAY = (Status.QUEUED, Status.RUNNING, Status.PAUSED)
AT_THE_DESK = (Status.REVIEW, Status.GATE, Status.FINISHED, Status.PUBLISHED)

PUBLISHING = ("publish", "unpublish", "delete_there", "keep_theirs", "reschedule")
"""Decisions about what readers see; only approvers take them."""

_ACCEPTED: dict[str, tuple[Status, ...]] = {
    "approve_plan": (Status.PLAN,),
    "rewrite_plan": (Status.PLAN,),
    **dict.fromkeys(("edit", "send_back", "accept_note", "reject_note", *PUBLISHING), AT_THE_DESK),
    "steer": (Status.QUEUED, Status.RUNNING, Status.PAUSED, Status.PLAN),
}
"""Decision -> the states in which a run waits for it."""


@dataclass(frozen=True)
class RunPage:
    rows: tuple[Run, ...]
    total: int


@dataclass(frozen=True)
class SourcePage:
    rows: tuple[Source, ...]
    total: int


class Studio:
    """Galley as a person sees it.

    Args:
        settings: for tests and the command line; from the environment and the database otherwise.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self._given = settings or load()
        self.store = Store(self._given.database)
        self.publishing = PublishingDoor(self.store, lambda: self.settings, self.save_settings)
        """Targets, details, previews, receipts."""
        self.judging = JudgingDoor(self.store, lambda: self.settings, self.save_settings)
        """How good the judges are, what each decided, the trial of a model judge."""
        self.verifying = VerificationDoor(self.store, lambda: self.settings, self.decide)
        """Published articles looked at again, proposed updates, records."""

    # --- settings ---

    @property
    def settings(self) -> Settings:
        """As they are now."""
        return load(self.store.settings.load(), data=self._given.data)

    def save_settings(self, values: dict[str, Any]) -> Settings:
        """Set these; None takes one back to its default.

        Raises:
            SettingsError: a value makes no sense; nothing is saved.
        """
        values = {key: value for key, value in values.items() if key not in SECRET}
        merged = {**self.store.settings.load(), **values}
        load({key: value for key, value in merged.items() if value is not None}, {}, data=self._given.data)
        self.store.settings.save(values)
        return self.settings

    # --- starting and deciding ---

    def start(self, brief: Brief, *, by: str = "you", reserved_for: str | None = None) -> str:
        """Queue a brief; returns the run's id.

        Args:
            reserved_for: the worker that is to take it, for as long as a lease lasts.

        Raises:
            BriefError: the topic is empty, too long or says nothing; or an engine, a target or a model is unknown.
        """
        brief = self._checked(brief)
        run_id = self.store.runs.add(brief, reserved_for)
        self.store.events.add(run_id, Kind.RUN_QUEUED, Step.PLAN, {"topic": brief.topic, "by": by})
        return run_id

    def _checked(self, brief: Brief) -> Brief:
        """The brief with what it leaves open taken from the settings."""
        topic = " ".join(brief.topic.split())
        if not any(character.isalnum() for character in topic):
            raise BriefError("There is no topic.", remedy="Say in a sentence what the article is to be about.")
        if len(topic) > LONGEST_TOPIC:
            raise BriefError(
                f"The topic has {len(topic):,} characters; at most {LONGEST_TOPIC} are read.",
                remedy="Say it in a sentence or two; add long material to the library instead.",
            )
        if not 100 <= brief.words <= 10_000:
            raise BriefError(
                f"An article of {brief.words:,} words cannot be planned.", remedy="Choose 100 to 10,000 words."
            )
        settings = self.settings
        engines = tuple(brief.engines) or settings.engines
        self._check_engines(engines)
        self._check_target(brief.target)
        self._check_models(brief.models, settings)
        budget = brief.budget_usd if brief.budget_usd is not None else settings.budget_usd
        brief = replace(brief, topic=topic, engines=engines, budget_usd=budget)
        return replace(brief, **sources_asked_for(brief))

    def _check_engines(self, engines: tuple[str, ...]) -> None:
        from core.search import ENGINES

        unknown = [name for name in engines if name not in ENGINES.names()]
        if unknown:
            raise BriefError(
                f"There is no search engine {', '.join(unknown)}.",
                remedy=f"Choose from: {', '.join(ENGINES.names())}.",
            )

    def _check_target(self, target: str | None) -> None:
        from core import publishing  # noqa: F401 - puts the targets on their shelf
        from core.publishing.target import TARGETS

        if target and target not in TARGETS.names():
            raise BriefError(
                f"There is no target {target!r} to publish to.", remedy=f"Choose from: {', '.join(TARGETS.names())}."
            )

    def _check_models(self, models: dict[str, str], settings: Settings) -> None:
        wanted = sorted({model for model in models.values() if model != "extractive"})
        if wanted and not (settings.base_url or settings.openai_api_key):
            raise BriefError(
                f"Nothing is set up that could answer as {', '.join(wanted)}.",
                remedy="Set OPENAI_API_KEY or OPENAI_BASE_URL, or choose `extractive`, which needs none.",
            )

    def estimate(self, brief: Brief, questions: int | None = None) -> Estimate:
        """What a run of this brief will take: money, tokens and time, as ranges, and what they rest on.

        Raises:
            BriefError: the brief cannot be worked on.
        """
        return estimate(self.store, self.settings, self._checked(brief), questions)

    def fork(
        self, run_id: str, at: str | int, changes: Mapping[str, Any], *, by: str = "you",
        reserved_for: str | None = None,
    ) -> str:  # fmt: skip
        """Queue a branch of a run that begins at one of its finished steps, with something changed there.

        Args:
            at: the number of the event with which the step was started, or a step's name: `plan`, `research`,
                `write`, `judge`, `edit`, `review`; then it is the last one of that name.
            changes: name -> value, see `core.fork.branch`.

        Returns:
            The branch's id; the run itself stays as it is.

        Raises:
            BriefError: there is no such run or step, or a change makes no sense there.
        """
        run = self._existing(run_id)
        point = fork.point_at(self.store, run_id, at)
        fork.check(point, changes)
        brief = self._checked(fork.changed_brief(run.brief, changes))
        return fork.branch(self.store, run, point, brief, changes, by=by, reserved_for=reserved_for)

    def forkable(self, run_id: str) -> list[tuple[int, str, tuple[str, ...]]]:
        """`(event number, step, names of what can be changed)` of each step at which a branch can begin."""
        return [(point.seq, point.step, fork.options(point)) for point in fork.points(self.store, run_id)]

    def branches(self, run_id: str) -> list[Run]:
        """What branched off a run, newest first."""
        return self.store.runs.branches(run_id)

    def decide(self, run_id: str, kind: str, *, by: str = "you", data: dict[str, Any] | None = None) -> None:
        """Say something to a run; a worker acts on it.

        Raises:
            ConflictError: the run does not wait for that, or somebody else was faster.
            BriefError: there is no such run.
            PublishError: something is not supported, and no reason is given; this person may not publish; or a
                target is not set up.
        """
        run = self._existing(run_id)
        if run.status not in _ACCEPTED[kind]:
            raise ConflictError(
                f"The run is “{run.status.value.replace('_', ' ')}” now and does not wait for this.",
                remedy="Reload to see where it stands.",
            )
        if kind in PUBLISHING:
            data = self.publishing.checked_decision(kind, data or {}, by=by)
        if kind == "steer":
            self.store.decisions.add(run_id, kind, by=by, data=data, handled=True)
            self.store.events.add(
                run_id, Kind.DECIDED, run.step, {"kind": kind, "by": by, "note": (data or {}).get("note", "")}
            )
            return
        if kind == "edit" and (data or {}).get("draft_id") != run.draft_id:
            raise ConflictError(
                "There is a newer version of the article than the one you edited.",
                remedy="Copy your changes, reload, and make them again in the newest version.",
            )
        if kind == "publish" and not str((data or {}).get("reason") or "").strip():
            self._check_supported(run)
        if not self.store.decisions.add_if_awaited(run_id, kind, by=by, data=data, statuses=_ACCEPTED[kind]):
            raise ConflictError("A decision is being carried out.", remedy="Wait a moment, then decide again.")

    def _check_supported(self, run: Run) -> None:
        """What is not supported goes out with a reason only; said here, before a worker is asked."""
        from core.judging.gate import open_claims

        held = open_claims(self.store.drafts.get(run.draft_id)) if run.draft_id else []
        if held:
            raise PublishError(
                f"{len(held)} sentence{'s are' if len(held) > 1 else ' is'} not supported by what is cited.",
                remedy="Repair or cut what is marked, or publish with a reason.",
            )

    def stop(self, run_id: str) -> None:
        """End a run; what is finished is kept, and it can be resumed."""
        run = self._existing(run_id)
        self.store.runs.set(run_id, cancel=1, pause=0)
        if run.status is not Status.RUNNING:
            self.store.runs.set(run_id, status=Status.CANCELLED, error=None)
            self.store.events.add(run_id, Kind.CANCELLED, run.step, {})

    def pause(self, run_id: str) -> None:
        run = self._existing(run_id)
        self.store.runs.set(run_id, pause=1)
        if run.status is Status.QUEUED:
            self.store.runs.set(run_id, status=Status.PAUSED)
            self.store.events.add(run_id, Kind.PAUSED, run.step, {})

    def resume(self, run_id: str, *, budget_usd: float | None = None) -> None:
        """Go on with a paused, stopped or failed run from its last finished step.

        Args:
            budget_usd: what the run may cost in all from now on; None leaves it.

        Raises:
            ConflictError: the run is none of these.
        """
        run = self._existing(run_id)
        if run.status not in (Status.PAUSED, Status.CANCELLED, Status.FAILED, Status.NO_EVIDENCE):
            raise ConflictError("The run is neither paused nor ended.", remedy="Nothing to do.")
        if budget_usd is not None:
            self.store.runs.set_budget(run_id, budget_usd)
        self.store.runs.set(run_id, status=Status.QUEUED, cancel=0, pause=0, error=None)
        self.store.events.add(run_id, Kind.RESUMED, run.step, {})

    def delete(self, run_id: str) -> None:
        """Hide a run; `restore` brings it back."""
        if self._existing(run_id).status in UNDER_WAY:
            self.stop(run_id)
        self.store.runs.set(run_id, deleted_at=datetime.now(UTC).isoformat())

    def restore(self, run_id: str) -> None:
        self.store.runs.set(run_id, deleted_at=None)

    def _existing(self, run_id: str) -> Run:
        run = self.store.runs.get(run_id)
        if run is None:
            raise BriefError(f"There is no run {run_id!r}.", remedy="`python -m core runs` lists them.")
        return run

    # --- looking at runs ---

    def run(self, run_id: str) -> Run | None:
        return self.store.runs.get(run_id)

    def runs(
        self, search: str = "", status: str | None = None, page: int = 1, size: int = 50, *, deleted: bool = False
    ) -> RunPage:
        rows, total = self.store.runs.page(search=search, status=status, page=page, size=size, deleted=deleted)
        return RunPage(tuple(rows), total)

    def waiting(self) -> list[Run]:
        """Runs that wait for a person, newest first: also those that have no money left to go on with."""
        waiting = [*self.store.runs.with_status(*WAITING), *self.store.runs.without_money()]
        return sorted(waiting, key=lambda run: run.created_at, reverse=True)

    def running(self) -> list[Run]:
        return self.store.runs.with_status(*UNDER_WAY)

    def plan(self, run_id: str) -> Plan | None:
        return self.store.plans.newest(run_id)

    def events(self, run_id: str, after: int = 0, limit: int = 500) -> list[Event]:
        return self.store.events.after(run_id, after, limit=limit)

    def last_seq(self, run_id: str) -> int:
        return self.store.events.last_seq(run_id)

    def version(self) -> int:
        """Changes when anything was written; for watching cheaply."""
        return self.store.database.version()

    def progress(self, run_id: str) -> Progress:
        return progress(self.store, self._existing(run_id))

    def steps(self, run_id: str) -> list[StepView]:
        return steps(self.store, run_id)

    # --- the article and what it rests on ---

    def drafts(self, run_id: str) -> list[DraftSummary]:
        return self.store.drafts.of_run(run_id)

    def draft(self, draft_id: int) -> Draft:
        return self.store.drafts.get(draft_id)

    def markdown(self, draft_id: int) -> str:
        """The draft as working Markdown, one sentence a line."""
        return to_markdown(self.store.drafts.get(draft_id))

    def evidence(self, run_id: str) -> list[Evidence]:
        return self.store.evidence.of_run(run_id)

    def evidence_map(self, run_id: str, *, most: int = 40) -> "Picture":
        """What the run's evidence speaks of, and what keeps company there: at most `most` entities."""
        from core.retrieval.graph.build import MOST_PASSAGES, build
        from core.retrieval.graph.picture import picture

        used = {item.passage.id: item.passage for found in self.evidence(run_id) for item in found.used}
        return picture(build(list(used.values())[:MOST_PASSAGES]), most=most)

    def passage(self, passage_id: int) -> Passage | None:
        return self.store.passages.passages([passage_id]).get(passage_id)

    def passages(self, ids: list[int]) -> dict[int, Passage]:
        return self.store.passages.passages(ids)

    def snapshot(self, snapshot_id: int) -> Snapshot:
        return self.store.sources.snapshot(snapshot_id)

    def sources(self, run_id: str) -> list[RunSource]:
        return self.store.sources.of_run(run_id)

    def left_out(self, run_id: str) -> tuple[str, ...]:
        """What the brief's dates, kinds and languages kept out: `2 pages outside the dates you asked for`, ..."""
        return left_out(self.sources(run_id))

    def conflicts(self, run_id: str) -> list[Conflict]:
        return self.store.evidence.conflicts(run_id)

    def notes(self, draft_id: int) -> list[Note]:
        return self.store.drafts.notes(draft_id)

    def diagnoses(self, draft_id: int) -> list[Diagnosis]:
        return self.store.drafts.diagnoses(draft_id)

    def scorecard(self, draft_id: int) -> Scorecard | None:
        scores = self.store.drafts.scores(draft_id)
        return scores[0] if scores else None

    def faithfulness(self, draft_ids: Sequence[int]) -> dict[int, tuple[float, int]]:
        """Draft -> `(faithfulness, claims)` of those that are scored."""
        return self.store.drafts.faithfulness(draft_ids)

    def gate(self, draft_id: int) -> Gate | None:
        scores = self.store.drafts.scores(draft_id)
        return scores[1] if scores else None

    # --- money, quality, publications ---

    def calls(self, run_id: str) -> list[Call]:
        return self.store.calls.of_run(run_id)

    def notices(self, run_id: str) -> list[tuple[str, int]]:
        """What changed a run's models or stopped its spending, in words, and how often; in order of first sight."""
        kinds = (Kind.FALLBACK.value, Kind.BUDGET.value)
        return list(Counter(e.data["note"] for e in self.store.events.after(run_id, limit=5000, kinds=kinds)).items())

    def costs(self, days: int = 30) -> list[dict[str, Any]]:
        return self.store.calls.by_day(days)

    def askers(self, limit: int) -> list[tuple[str, str, str, str | None]]:
        """`(run id, title, when it was begun, step it branched off at)` of the newest runs that asked a model."""
        return self.store.calls.askers(limit)

    def quality(self, limit: int) -> list[dict[str, Any]]:
        """`run_id`, `title`, `at` and the scores of each run's present draft, newest first.

        A score that did not exist yet when an article was judged is not among its scores.
        """
        return self.store.drafts.scored(limit)

    def publications(self, run_id: str | None = None) -> list[Publication]:
        return self.store.publications.of_run(run_id) if run_id else self.store.publications.recent()

    # --- the library ---

    def library(self, search: str = "", page: int = 1, size: int = 50) -> SourcePage:
        rows, total = self.store.sources.library(search=search, page=page, size=size)
        return SourcePage(tuple(rows), total)

    def source(self, source_id: int) -> Source:
        return self.store.sources.get(source_id)

    def collections(self) -> list[tuple[str, int]]:
        return self.store.sources.collections()

    def add_files(self, uploads: list[tuple[str, bytes]], collection: str = "uploads") -> int:
        """Put uploaded files into the library's folder and queue them; returns the ingest's id."""
        folder = self._given.data / "library" / _folder_name(collection)
        folder.mkdir(parents=True, exist_ok=True)
        for name, body in uploads:
            (folder / (Path(name).name.lstrip(".") or "unnamed")).write_bytes(body)
        return self.store.ingests.add("folder", str(folder), collection=collection)

    def add_folder(self, path: str, collection: str | None = None) -> int:
        """Queue a folder (or a file) of this machine for the library.

        Raises:
            BriefError: there is no such folder.
        """
        folder = Path(path).expanduser().resolve()
        if not folder.exists():
            raise BriefError(f"There is no folder {str(folder)!r}.", remedy="Check the path.")
        return self.store.ingests.add("folder", str(folder), collection=collection or folder.name)

    def add_url(self, url: str, collection: str = "pages") -> int:
        if not url.strip().startswith(("http://", "https://")):
            raise BriefError(f"{url!r} is not a web address.", remedy="It must begin with http:// or https://.")
        return self.store.ingests.add("url", url.strip(), collection=collection)

    def add_sample_library(self) -> list[int]:
        """Queue the sample documents, one collection a subject."""
        return [
            self.store.ingests.add("folder", str(folder), collection=folder.name)
            for folder in sorted(SAMPLES.iterdir())
            if folder.is_dir()
        ]

    def ingests(self) -> list[Ingest]:
        return self.store.ingests.recent()

    def exclude(self, source_id: int, excluded: bool = True) -> None:
        """Keep a source out of (or take it back into) all further runs."""
        self.store.sources.change(source_id, excluded=excluded)

    def citing(self, source_id: int) -> list[Run]:
        runs = (self.store.runs.get(run_id) for run_id in self.store.sources.runs_citing(source_id))
        return [run for run in runs if run]

    # --- processes ---

    def worker_alive(self) -> bool:
        return self.store.runs.workers_alive() > 0

    def ensure_worker(self) -> None:
        """Start a worker process when none is alive."""
        if not self.worker_alive():
            log = self._given.data / "worker.log"
            with log.open("ab") as out:
                subprocess.Popen(
                    [sys.executable, "-m", "core", "worker"], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out,
                    stderr=out, start_new_session=True,
                )  # fmt: skip

    def site_url(self) -> str:
        return f"http://127.0.0.1:{self.settings.site_port}/"

    def phoenix_url(self) -> str | None:
        return self.settings.phoenix

    def local_servers(self) -> list[tuple[str, str, list[str]]]:
        """`(name, address, models)` of model servers on their usual ports of this machine."""
        from core.language.local import find_local_servers

        return [(s.name, s.base_url, list(s.models)) for s in find_local_servers()]

    def doctor(self) -> "list[Check]":
        """What is well and what is not, each with a remedy."""
        from core.doctor import examine

        return examine(self.settings, self.store)


def _folder_name(collection: str) -> str:
    kept = "".join(c if c.isalnum() or c in "-_ " else "-" for c in collection).strip()
    return kept or "uploads"
