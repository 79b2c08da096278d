"""How far a run is, from its events: the same rows that the live view and the replay read."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from core.events import Kind
from core.models import Event, Label, Run, Status, Step
from core.store import Store

SHARES = {
    Step.PLAN: 0.05, Step.RESEARCH: 0.30, Step.WRITE: 0.35, Step.JUDGE: 0.05, Step.REVISE: 0.10,
    Step.EDIT: 0.10, Step.REVIEW: 0.0, Step.PUBLISH: 0.05,
}  # fmt: skip
"""Share of a run's time that each step usually takes, until past runs say otherwise."""

ORDER = list(Step)
COUNTED = {
    Kind.READ: "sources", Kind.SKIPPED: "skipped", Kind.DUPLICATE: "duplicates", Kind.FLAGGED: "flagged",
    Kind.CONFLICT: "conflicts", Kind.CALLED: "calls",
}  # fmt: skip


@dataclass(frozen=True)
class Progress:
    """Where a run stands. `left_s` is a range in seconds, None when nothing can be said."""

    step_index: int
    steps: int
    fraction: float
    elapsed_s: float
    left_s: tuple[float, float] | None
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class StepView:
    """One execution of a step, with the events that fell into it."""

    seq: int
    step: str
    label: str
    key: str
    started_at: str
    seconds: float | None
    status: str
    """`running`, `done`, `cut short`."""
    events: int


def progress(store: Store, run: Run) -> Progress:
    """How far the run is; reads the run's events once, text pieces left out."""
    kinds = tuple(kind.value for kind in Kind if kind is not Kind.TEXT)
    events = store.events.after(run.id, limit=5000, kinds=kinds)
    index = ORDER.index(run.step)
    resting = run.status not in (Status.QUEUED, Status.RUNNING, Status.PAUSED)
    fraction = 1.0 if resting and run.status is not Status.PLAN else _fraction(run, events)
    elapsed = worked_s(events, resting=resting)
    left = None
    if not resting and fraction >= 0.05 and elapsed >= 2:
        rest = elapsed * (1 - fraction) / fraction
        left = (round(rest * 0.7, 1), round(rest * 1.5, 1))
    return Progress(index, len(ORDER), round(fraction, 3), round(elapsed, 1), left, _counts(events))


def _fraction(run: Run, events: list[Event]) -> float:
    done = sum(SHARES[step] for step in ORDER[: ORDER.index(run.step)])
    started = sum(e.kind == Kind.STEP_STARTED and e.step == run.step for e in events)
    finished = sum(e.kind == Kind.STEP_FINISHED and e.step == run.step for e in events)
    return min(0.99, done + SHARES[run.step] * (finished / started if started else 0.0))


def worked_s(events: list[Event], *, resting: bool) -> float:
    """Seconds from each claim to the rest that followed; time spent waiting for a person does not count."""
    total, since = 0.0, None
    rests = {Kind.WAITING, Kind.FAILED, Kind.CANCELLED, Kind.PAUSED}
    for event in events:
        at = datetime.fromisoformat(event.at)
        if event.kind == Kind.RUN_CLAIMED and since is None:
            since = at
        elif event.kind in rests and since is not None:
            total, since = total + (at - since).total_seconds(), None
    if since is not None and not resting:
        total += (datetime.now(UTC) - since).total_seconds()
    return total


def _counts(events: list[Event]) -> dict[str, int]:
    counts = dict.fromkeys(("questions", "sources", "passages", "sentences", "judged", "supported"), 0)
    counts |= dict.fromkeys(COUNTED.values(), 0)
    labels: dict[int, str] = {}
    for event in events:
        if event.kind in COUNTED:
            counts[COUNTED[Kind(event.kind)]] += 1
        elif event.kind == Kind.PLANNED:
            counts["questions"] = event.data["questions"]
        elif event.kind == Kind.ASSEMBLED:
            counts["passages"] += event.data["used"]
        elif event.kind == Kind.WRITTEN:
            counts["sentences"] += event.data["sentences"]
        elif event.kind == Kind.DRAFTED:
            counts["sentences"] = event.data["sentences"]
        elif event.kind == Kind.JUDGED:
            verdicts = event.data["verdicts"]
            labels |= {sentence: label for sentence, label, _ in verdicts if label != Label.NOT_CHECKABLE}
    counts["judged"] = len(labels)
    counts["supported"] = sum(label == "supported" for label in labels.values())
    return counts


def steps(store: Store, run_id: str) -> list[StepView]:
    """Every execution of every step, in order of its start."""
    views: dict[str, StepView] = {}
    all_events = store.events.after(run_id, limit=10_000)
    ends = {e.data["key"]: e for e in all_events if e.kind == Kind.STEP_FINISHED}
    open_keys: list[str] = []
    counts: dict[str, int] = {}
    for event in all_events:
        if event.kind == Kind.STEP_STARTED:
            open_keys.append(event.data["key"])
        for key in open_keys:
            counts[key] = counts.get(key, 0) + 1
        if event.kind == Kind.STEP_FINISHED and event.data["key"] in open_keys:
            open_keys.remove(event.data["key"])
    run = store.runs.get(run_id)
    unfinished = "running" if run and run.status is Status.RUNNING else "cut short"
    for event in all_events:
        if event.kind != Kind.STEP_STARTED:
            continue
        key = event.data["key"]
        end = ends.get(key)
        views[key] = StepView(
            seq=event.seq, step=event.step, label=event.data["label"], key=key, started_at=event.at,
            seconds=end.data["seconds"] if end else None, status="done" if end else unfinished,
            events=counts.get(key, 0),
        )  # fmt: skip
    return list(views.values())
