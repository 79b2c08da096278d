"""Branches: a run gone on with from one of its steps, with something changed there.

A branch is a run of its own. What the original had when the step began is copied into it as
rows (plan, sources, evidence, drafts; texts are shared, for they are kept by hash), so that
nothing before the step is done or paid for again and the original stays as it is. The state
comes from the original's events, not from its checkpoints, of which only the last is kept.
Equal requests after the step are answered by the call ledger.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from core.errors import BriefError
from core.events import Kind
from core.models import Brief, Draft, Event, Evidence, EvidenceItem, Fork, Plan, Question, Run, Step
from core.settings import ROLES
from core.store import Store

STEPS = ("plan", "research", "write", "judge", "edit", "review")
"""Where a branch may begin, in order."""

_BEGINS = {
    "plan": "plan", "approve_plan": "research", "research": "research", "gather": "research", "outline": "write",
    "write": "write", "frame": "judge", "judge": "judge", "revise": "judge", "settle": "judge", "edit": "edit",
    "apply": "review", "publish": "review",
}  # fmt: skip
"""Node of the graph -> where a branch from it begins."""

_LAST = {
    "topic": "plan", "language": "plan", "engines": "research", "urls": "research", "collections": "research",
    "allow": "research", "deny": "research", "published_from": "research", "published_to": "research",
    "dated_only": "research", "kinds": "research", "languages": "research", "words": "write", "notes": "write",
    "exclude": "write", "include": "write", "exclude_source": "write", "audience": "edit", "tone": "edit",
    "gate": "judge", "max_revisions": "judge", "budget_usd": "edit", "autopilot": "edit", "target": "review",
    "model.planner": "plan", "model.researcher": "research", "model.writer": "judge", "model.judge": "edit",
    "model.editor": "edit",
}  # fmt: skip
"""What can be changed -> the last step at which changing it still does something."""

_FIRST = {
    "question": "research", "queries": "research", "use": "research", "exclude_source": "research",
    "exclude": "write", "include": "write",
}  # fmt: skip
"""What is a run's own -> the first step at which it stands."""

_LISTS = ("engines", "urls", "collections", "allow", "deny", "kinds", "languages")
_WHERE = {*_LISTS, "published_from", "published_to", "dated_only"}
"""What decides which sources are found and used."""
_IDS = ("exclude", "include", "exclude_source")
_NUMBERS: dict[str, type] = {"words": int, "max_revisions": int, "gate": float, "budget_usd": float}


@dataclass(frozen=True, kw_only=True)
class Point:
    """A step of a run at which a branch can begin."""

    seq: int
    """Number of the event with which it was started."""
    step: str
    """One of `STEPS`."""
    label: str
    state: dict[str, Any] = field(default_factory=dict)
    """The graph's state as the step found it."""


def points(store: Store, run_id: str) -> list[Point]:
    """The finished steps of a run, in the order they were started."""
    kinds = (Kind.STEP_STARTED.value, Kind.STEP_FINISHED.value)
    events = store.events.after(run_id, limit=10_000, kinds=kinds)
    finished = {event.data["key"] for event in events if event.kind == Kind.STEP_FINISHED}
    notes = {d.id: str(d.data.get("note", "")) for d in store.decisions.of_run(run_id) if d.kind == "send_back"}
    state: dict[str, Any] = dict(store.runs.begins_with(run_id))
    found: list[Point] = []
    for event in events:
        if event.kind == Kind.STEP_FINISHED:
            state |= event.data["update"]
        elif event.data["key"] in finished:
            found.append(_point(event, state, notes))
    return _with_approved_plans(found, events)


def _point(event: Event, state: Mapping[str, Any], notes: Mapping[int, str]) -> Point:
    node, *ids = str(event.data["key"]).split(":")
    names = ("plan_id", "draft_id", "round", "passed", "flawless")
    at = {name: state[name] for name in names if name in state}
    if node in ("revise", "settle", "edit", "apply", "publish", "judge", "frame"):
        at["draft_id"] = int(ids[0])  # the key says for certain what it worked on
    if node in ("outline", "write"):
        said = int(ids[2]) if node == "outline" else 0
        at |= {"round": 0, "notes": notes.get(said, "")}
    return Point(seq=event.seq, step=_BEGINS[node], label=event.data["label"], state=at)


def _with_approved_plans(found: list[Point], events: Sequence[Event]) -> list[Point]:
    """Approving a plan may make a new one: a branch there begins with the plan that was approved."""
    approved = {
        e.data["key"]: e.data["update"].get("plan_id") for e in events if e.kind == Kind.STEP_FINISHED
    }  # fmt: skip
    keys = {e.seq: e.data["key"] for e in events if e.kind == Kind.STEP_STARTED}
    return [
        replace(point, state=point.state | {"plan_id": plan})
        if keys[point.seq].startswith("approve_plan:") and (plan := approved.get(keys[point.seq]))
        else point
        for point in found
    ]


def point_at(store: Store, run_id: str, at: str | int) -> Point:
    """The point of a run with this event number, or the last one that begins at a step of this name.

    Raises:
        BriefError: there is none.
    """
    found = points(store, run_id)
    name = {"revise": "judge", "gather": "research"}.get(str(at), str(at))
    chosen = [p for p in found if (p.seq == int(at) if str(at).isdigit() else p.step == name)]
    if not chosen and name == "review" and (run := store.runs.get(run_id)) and run.draft_id:
        last = replace(found[-1], step="review", label="")
        chosen = [replace(last, state=last.state | {"draft_id": run.draft_id})]
    if not chosen:
        names = ", ".join(dict.fromkeys(point.step for point in found)) or "none yet"
        raise BriefError(
            f"The run {run_id} has no finished step {at!r}.", remedy=f"Branch from one of its steps: {names}."
        )
    return chosen[-1]


# --- what is changed ---------------------------------------------------------------


def changed_brief(brief: Brief, changes: Mapping[str, Any]) -> Brief:
    """The brief of a branch: changed, and without a target unless one is given, for it is a trial.

    Raises:
        BriefError: a value makes no sense.
    """
    values: dict[str, Any] = {"target": None}
    models = dict(brief.models)
    for name, value in changes.items():
        if name.startswith("model."):
            models[name.removeprefix("model.")] = str(value)
        elif name in _LISTS:
            values[name] = tuple(_listed(value))
        elif name in _NUMBERS:
            values[name] = _number(name, value)
        elif name in ("autopilot", "dated_only"):
            values[name] = str(value).lower() in ("1", "true", "yes", "on")
        elif name in Brief.__dataclass_fields__:
            values[name] = str(value).strip()
    changed = replace(brief, models=models, **values)
    if changed.gate is not None and not 0 <= changed.gate <= 1:
        raise BriefError(f"A gate of {changed.gate} makes no sense.", remedy="Give a share between 0 and 1.")
    return changed


def check(point: Point, changes: Mapping[str, Any]) -> None:
    """Whether each change is one this step still looks at.

    Raises:
        BriefError: a name is unknown, or what it changes was used before this step.
    """
    for name in changes:
        kind = name.split(".")[0]
        last = "research" if kind in ("question", "queries", "use") else _LAST.get(name)
        if last is None:
            known = ", ".join([*_LAST, "question.N", "queries.N", "use.N"])
            raise BriefError(f"There is nothing called {name!r} to change.", remedy=f"Change one of: {known}.")
        if STEPS.index(point.step) > STEPS.index(last):
            raise BriefError(
                f"{name!r} was used before the step {point.step!r}; changing it here would do nothing.",
                remedy=f"Branch from {last!r} or earlier.",
            )
        first = _FIRST.get(kind, "plan")
        if STEPS.index(point.step) < STEPS.index(first):
            raise BriefError(
                f"{name!r} does not stand yet at the step {point.step!r}: it is made after it.",
                remedy=f"Branch from {first!r}.",
            )


def _number(name: str, value: Any) -> float | int:
    try:
        return _NUMBERS[name](value)
    except (TypeError, ValueError) as error:
        raise BriefError(f"{name!r} is to be a number, not {value!r}.", remedy="Give a number.") from error


def _listed(value: Any) -> list[str]:
    parts = value.replace(";", ",").split(",") if isinstance(value, str) else value
    return [str(part).strip() for part in parts if str(part).strip()]


def _ids(changes: Mapping[str, Any], name: str) -> set[int]:
    given = _listed(changes.get(name, ()))
    if not all(part.isdigit() for part in given):
        raise BriefError(f"{name!r} is to be numbers, not {changes[name]!r}.", remedy="Give ids such as 3,7.")
    return {int(part) for part in given}


# --- branching ---------------------------------------------------------------


def branch(
    store: Store, run: Run, point: Point, brief: Brief, changes: Mapping[str, Any], *, by: str,
    reserved_for: str | None = None,
) -> str:  # fmt: skip
    """Queue a run that begins at a step of another, with all that stood before it; returns its id.

    Args:
        brief: the branch's own, see `changed_brief`.
        changes: what was changed, by name; see `check`. `exclude` and `include` hold passage ids,
            `exclude_source` source ids; `question.2`, `queries.2` and `use.2` are of the plan's second row.

    Raises:
        BriefError: see `check`; or the plan has no question left, or there is no such row.
    """
    check(point, changes)
    ids = {name: sorted(_ids(changes, name)) for name in _IDS if name in changes}
    fork = Fork(run_id=run.id, seq=point.seq, step=point.step, changes={**changes, **ids})
    with store.database.write():  # all of it or nothing
        new = store.runs.add(brief, reserved_for)
        state: dict[str, Any] = {"enter": point.step}
        if point.step != "plan":
            state |= _copied(store, run, new, point, changes)
            title = store.plans.get(state["plan_id"]).title
            store.runs.set(new, title=title, step=_first(point.step), draft_id=state.get("draft_id"))
        store.runs.branch(new, fork, state)
        for said in store.decisions.of_run(run.id):
            if said.kind == "steer":
                store.decisions.add(new, "steer", by=said.by, data=said.data, handled=True)
        if notes := str(changes.get("notes", "")).strip():
            store.decisions.add(new, "steer", by=by, data={"note": notes}, handled=True)
        data = {"topic": brief.topic, "by": by, "forked_from": run.id, "from_step": point.step}
        store.events.add(new, Kind.RUN_QUEUED, _first(point.step), data)
    return new


def _first(step: str) -> Step:
    return Step.REVIEW if step == "review" else Step(step)


def _copied(store: Store, run: Run, new: str, point: Point, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Rows of the original as rows of the branch; the state it begins with."""
    plan = store.plans.get(point.state["plan_id"])
    rows = _changed_questions(plan, changes)
    copy = store.plans.add(replace(plan, run_id=new, questions=rows))
    new_ids = {old.id: fresh.id for old, fresh in zip(plan.questions, copy.questions, strict=False)}
    held = {
        old.id: new_ids[old.id]
        for old, row in zip(plan.questions, rows, strict=False)
        if point.step != "research" or (old.text, old.queries) == (row.text, row.queries)
    }
    if point.step == "research" and _WHERE & changes.keys():
        held = {}  # searched elsewhere, or for other sources: for every question
    refused = _ids(changes, "exclude_source")
    _copy_sources(store, run.id, new, held, refused)
    state: dict[str, Any] = {"plan_id": copy.id, "held": sorted(held.values())}
    if point.step == "research":
        return state
    _copy_evidence(store, run.id, new, {**held, 0: 0}, changes, refused)
    state |= {name: point.state[name] for name in ("round", "passed", "flawless", "notes") if name in point.state}
    if point.step != "write":
        judged = point.step != "judge" or "model.judge" not in changes
        state["draft_id"] = _copy_drafts(store, run.id, new, point.state["draft_id"], held, judged=judged)
    return state


def _changed_questions(plan: Plan, changes: Mapping[str, Any]) -> tuple[Question, ...]:
    rows = list(plan.questions)
    for name, value in changes.items():
        kind, _, place = name.partition(".")
        if kind not in ("question", "queries", "use"):
            continue
        number = int(place) if place.isdigit() else 0
        if not 1 <= number <= len(rows) + (kind == "question"):
            raise BriefError(f"The plan has no question {place!r}.", remedy=f"It has questions 1 to {len(rows)}.")
        if number == len(rows) + 1:
            rows.append(Question(section=str(value).rstrip("?")[:60], text=str(value), queries=(str(value),)))
            continue
        row = rows[number - 1]
        if kind == "question":
            queries = row.queries if f"queries.{number}" in changes else (str(value),)
            row = replace(row, text=str(value).strip(), queries=queries)
        elif kind == "queries":
            row = replace(row, queries=tuple(_listed(value)))
        else:
            row = replace(row, use=str(value).lower() in ("1", "true", "yes", "on"))
        rows[number - 1] = row
    if not any(row.use and row.text for row in rows):
        raise BriefError("The plan has no question left.", remedy="Keep at least one question.")
    return tuple(rows)


def _copy_sources(store: Store, run_id: str, new: str, held: Mapping[int, int], refused: Collection[int]) -> None:
    for item in store.sources.of_run(run_id):
        out = item.source_id in refused
        question = held.get(item.question_id)
        if question is None and not out:
            continue
        if out:  # noted as met: neither read again nor searched in
            item = replace(item, status="skipped", reason="left out in this branch")
        store.sources.note(new, replace(item, question_id=question or 0))


def _copy_evidence(
    store: Store, run_id: str, new: str, questions: Mapping[int, int], changes: Mapping[str, Any],
    refused: Collection[int],
) -> None:  # fmt: skip
    out, into = _ids(changes, "exclude"), _ids(changes, "include")
    numbers = store.evidence.numbers(run_id)
    conflicts = store.evidence.conflicts(run_id)
    met = store.passages.passages({*numbers.values(), *(side for c in conflicts for side in (c.first, c.second))})
    gone = {id_ for id_, passage in met.items() if id_ in out or passage.source_id in refused} - into
    for number in sorted(numbers):  # in order: a marker means the same passage in both runs
        if numbers[number] not in gone:
            store.evidence.number(new, numbers[number])
    for evidence in store.evidence.of_run(run_id):
        if evidence.question_id in questions:
            kept = _chosen(evidence, out, into, refused)
            store.evidence.put(new, replace(kept, question_id=questions[evidence.question_id]))
    store.evidence.put_conflicts(new, (c for c in conflicts if not {c.first, c.second} & gone))


def _chosen(evidence: Evidence, out: Collection[int], into: Collection[int], refused: Collection[int]) -> Evidence:
    """Evidence with a person's choice: used ones first, then those left out."""

    def chosen(item: EvidenceItem) -> EvidenceItem:
        if item.passage.id in out or item.passage.source_id in refused:
            return replace(item, left_out="left out by a person")
        return replace(item, left_out="", reason="put in by a person") if item.passage.id in into else item

    items = [chosen(item) for item in evidence.items]
    return replace(evidence, items=tuple(sorted(items, key=lambda item: bool(item.left_out))))


def _copy_drafts(
    store: Store, run_id: str, new: str, draft_id: int, questions: Mapping[int, int], *, judged: bool
) -> int:
    """Every version up to this one, under its own number; returns the copy of this one."""
    ids: dict[int, int] = {}
    for summary in sorted(store.drafts.of_run(run_id), key=lambda s: s.version):
        if summary.id > draft_id:
            continue
        draft = store.drafts.get(summary.id)
        copy = store.drafts.add(_moved(draft, new, ids, questions, judged=judged or summary.id != draft_id))
        ids[draft.id] = copy.id
        if scores := store.drafts.scores(draft.id):
            store.drafts.put_scores(copy.id, *scores)
        places = {old.id: fresh.id for old, fresh in zip(draft.sentences, copy.sentences, strict=True)}
        notes = [replace(note, sentence_id=places[note.sentence_id]) for note in store.drafts.notes(draft.id)]
        store.drafts.put_notes(copy.id, notes)
    return ids[draft_id]


def _moved(draft: Draft, new: str, ids: Mapping[int, int], questions: Mapping[int, int], *, judged: bool) -> Draft:
    sections = tuple(
        replace(
            section,
            question_id=questions.get(section.question_id) if section.question_id else section.question_id,
            sentences=section.sentences if judged else tuple(replace(s, verdict=None) for s in section.sentences),
        )
        for section in draft.sections
    )
    return replace(draft, run_id=new, base_id=ids.get(draft.base_id or 0), sections=sections)


def options(point: Point) -> tuple[str, ...]:
    """The names of what can be changed at a step; those of single questions left out."""
    here = STEPS.index(point.step)
    return tuple(
        name for name, last in _LAST.items() if STEPS.index(_FIRST.get(name, "plan")) <= here <= STEPS.index(last)
    )


assert {name.removeprefix("model.") for name in _LAST if name.startswith("model.")} == set(ROLES)
