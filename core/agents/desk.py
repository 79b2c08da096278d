"""The person's desk: what a person changed becomes the next version, judged where it changed."""

from dataclasses import replace

from core.agents import editor, judge
from core.agents.reviser import verdict_of
from core.agents.state import RunState, Update
from core.errors import BriefError
from core.events import Kind
from core.markdown import from_markdown
from core.models import Plan, Question, Step
from core.runtime import Context
from core.store.drafts import carry_verdicts


def approved_plan(state: RunState, context: Context) -> Update:
    """The plan as the person approved it; edits make a new version. Nothing is done without any question."""
    data = state.decision
    shown = context.store.plans.get(state.plan_id)
    rows = data.get("questions")
    if rows is None:
        return {"decision": {}}
    questions = tuple(
        Question(
            section=str(row["section"]).strip() or str(row["text"])[:60], text=str(row["text"]).strip(),
            queries=tuple(q for q in (str(q).strip() for q in row.get("queries", ())) if q),
            use=bool(row.get("use", True)),
        )
        for row in rows
        if str(row.get("text") or "").strip()
    )  # fmt: skip
    if not any(q.use for q in questions):
        raise BriefError("The plan has no question left.", remedy="Keep or add at least one question.")
    title = str(data.get("title") or shown.title)
    before = [(q.section, q.text, q.queries, q.use) for q in shown.questions]
    if title == shown.title and [(q.section, q.text, q.queries, q.use) for q in questions] == before:
        return {"decision": {}}
    plan = context.store.plans.add(Plan(run_id=context.run_id, title=title, questions=questions, origin="person"))
    context.store.runs.set(context.run_id, attempt=context.attempt, title=title)
    context.emit(Kind.PLANNED, Step.PLAN, plan_id=plan.id, version=plan.version, title=title, questions=len(questions))
    return {"plan_id": plan.id, "decision": {}}


def judge_again(state: RunState, context: Context) -> Update:
    """A draft that came along from another run: what has no verdict is judged, and the gate is asked anew."""
    draft = judge.judge_draft(context, context.store.drafts.get(state.draft_id))
    return verdict_of(draft.id, context)


def apply(state: RunState, context: Context) -> Update:
    """What the person did to the draft: an edit, a note accepted or rejected."""
    decision = state.decision
    kind = decision["kind"]
    if kind == "edit":
        return _edited(decision, context)
    notes = {note.id: note for note in context.store.drafts.notes(state.draft_id)}
    note = notes.get(int(decision["note_id"]))
    if note is None:
        return {"decision": {}}
    context.store.drafts.set_note(note.id, "accepted" if kind == "accept_note" else "rejected")
    if kind == "reject_note":
        return {"decision": {}}
    draft = editor.apply(context, context.store.drafts.get(state.draft_id), [note])
    return {"draft_id": draft.id, "decision": {}, **verdict_of(draft.id, context)}


def _edited(decision: dict[str, object], context: Context) -> Update:
    base = context.store.drafts.get(int(str(decision["draft_id"])))
    edited = from_markdown(str(decision["markdown"]), base, context.store.evidence.numbers(context.run_id))
    edited = replace(carry_verdicts(edited, base), note=str(decision.get("note") or "edited by hand"))
    draft = judge.judge_draft(context, context.store.drafts.add(edited))
    context.store.runs.set(context.run_id, attempt=context.attempt, draft_id=draft.id)
    context.emit(
        Kind.DRAFTED, Step.REVIEW, draft_id=draft.id, version=draft.version, origin=draft.origin,
        sentences=len(draft.sentences), words=sum(len(s.text.split()) for s in draft.sentences),
    )  # fmt: skip
    return {"draft_id": draft.id, "decision": {}, **verdict_of(draft.id, context)}
