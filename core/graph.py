"""The loop in one screen, and the only adapter between agents and LangGraph.

A step that finished is never done again: its result is checkpointed before the next one
starts (`durability="sync"`). What was cut short starts over, so every agent may be
repeated safely. A run never ends by itself; it rests at the desk, where a person (or
nobody) takes it from.
"""

import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime
from langgraph.types import Command, RetryPolicy, Send, interrupt

from core.agents import desk, editor, planner, publisher, researcher, reviser, synthesizer
from core.agents.state import RunState, Update
from core.errors import BriefError, GalleyError, PublishError, SettingsError
from core.events import Kind
from core.models import Step
from core.runtime import Context
from core.store.database import in_words

Agent = Callable[[RunState, Context], Update]
RETRY = RetryPolicy(max_attempts=3, initial_interval=1.0, retry_on=lambda error: getattr(error, "retryable", False))


def build(checkpoints: SqliteSaver) -> CompiledStateGraph:
    """The loop, ready to run."""
    graph = StateGraph(RunState, context_schema=Context)
    graph.add_node("plan", _node("plan", planner.plan, Step.PLAN), retry_policy=RETRY)
    graph.add_node("ask_plan", _ask_plan)
    graph.add_node("approve_plan", _node("approve_plan", desk.approved_plan, Step.PLAN))
    graph.add_node("research", _node("research", researcher.research, Step.RESEARCH), retry_policy=RETRY)
    graph.add_node("gather", _node("gather", researcher.gather, Step.RESEARCH), retry_policy=RETRY)
    graph.add_node("outline", _node("outline", synthesizer.outline, Step.WRITE))
    graph.add_node("write", _node("write", synthesizer.write, Step.WRITE), retry_policy=RETRY)
    graph.add_node("frame", _node("frame", synthesizer.frame, Step.WRITE), retry_policy=RETRY)
    graph.add_node("judge", _node("judge", desk.judge_again, Step.JUDGE), retry_policy=RETRY)
    graph.add_node("revise", _node("revise", reviser.revise, Step.REVISE), retry_policy=RETRY)
    graph.add_node("settle", _node("settle", reviser.settle, Step.REVISE))
    graph.add_node("edit", _node("edit", editor.edit, Step.EDIT), retry_policy=RETRY)
    graph.add_node("desk", _desk)
    graph.add_node("apply", _node("apply", desk.apply, Step.REVIEW))
    graph.add_node("publish", _node("publish", publisher.publish, Step.PUBLISH))

    graph.add_conditional_edges(START, _begin, ["plan", "approve_plan", "outline", "judge", "edit", "desk"])
    graph.add_edge("plan", "ask_plan")
    graph.add_conditional_edges("ask_plan", _plan_answer, ["plan", "approve_plan"])
    graph.add_conditional_edges("approve_plan", _researchers, ["research", "gather"])
    graph.add_edge("research", "gather")
    graph.add_conditional_edges("gather", lambda s: "outline" if s.evidence else END, ["outline", END])
    graph.add_conditional_edges("outline", _writers, ["write"])
    graph.add_edge("write", "frame")
    for judged in ("frame", "judge", "revise", "settle"):
        graph.add_conditional_edges(judged, _after_judging, ["revise", "settle", "edit", "desk", END])
    graph.add_conditional_edges("edit", _after_editing, ["publish", "desk"])
    graph.add_conditional_edges("desk", _desk_answer, ["apply", "publish", "outline", "desk"])
    graph.add_edge("apply", "desk")
    graph.add_edge("publish", "desk")
    return graph.compile(checkpointer=checkpoints, name="galley")


# --- the ways from one step to the next ---------------------------------------------------------------


def _begin(state: RunState) -> str:
    """Where a run begins: with its plan, or with the step at which it branches off another run.

    It knows the state alone, for it is also asked where no run is under way.
    """
    return {"research": "approve_plan", "write": "outline", "review": "desk"}.get(state.enter, state.enter)


def _plan_answer(state: RunState) -> str:
    return "plan" if state.feedback else "approve_plan"


def _researchers(state: RunState, runtime: Runtime[Context]) -> "str | list[Send]":
    plan = runtime.context.store.plans.get(state.plan_id)
    asked = [q.id for q in plan.questions if q.use and q.id not in state.held]
    return [Send("research", replace(state, question_id=question_id)) for question_id in asked] or "gather"


def _writers(state: RunState, runtime: Runtime[Context]) -> list[Send]:
    context = runtime.context
    draft = context.store.drafts.get(state.draft_id)
    places = [place for place, section in enumerate(draft.sections) if section.question_id is not None]
    if context.model_for("writer") != "extractive":
        places.append(0)  # the introduction, beside the sections
    return [Send("write", replace(state, position=place)) for place in places]


def _after_judging(state: RunState, runtime: Runtime[Context]) -> str:
    if not state.evidence:
        return END
    if state.flawless:
        return "edit"
    if state.round < runtime.context.brief.max_revisions and not state.stalled:
        return "revise"
    if not state.passed:
        return "desk"
    return "settle" if runtime.context.brief.autopilot else "edit"


def _after_editing(state: RunState, runtime: Runtime[Context]) -> str:
    brief = runtime.context.brief
    return "publish" if brief.autopilot and brief.target and state.passed else "desk"


def _desk_answer(state: RunState) -> str:
    ways = dict.fromkeys(("publish", "unpublish", "delete_there", "keep_theirs", "reschedule"), "publish")
    ways |= {"send_back": "outline"} | dict.fromkeys(("edit", "accept_note", "reject_note"), "apply")
    return ways.get(state.decision.get("kind", ""), "desk")


# --- where a person decides ---------------------------------------------------------------


def _ask_plan(state: RunState, runtime: Runtime[Context]) -> Update:
    if runtime.context.brief.autopilot:
        return {}
    answer = interrupt({"for": "plan"})
    return {
        "feedback": answer.get("feedback", "") if answer["kind"] == "rewrite_plan" else "",
        "decision": answer,
        "decided": answer["id"],
    }


def _desk(state: RunState, runtime: Runtime[Context]) -> Update:
    answer = interrupt({"for": "desk"})
    notes = answer.get("note", "") if answer["kind"] == "send_back" else ""
    return {"decision": answer, "decided": answer["id"], "notes": notes}


# --- agents as nodes ---------------------------------------------------------------


def _node(name: str, agent: Agent, step: Step) -> Callable[[RunState, Runtime[Context]], Update]:
    """An agent with its events and its span around it."""

    def run(state: RunState, runtime: Runtime[Context]) -> Update:
        context = runtime.context
        context.check()
        key, label = _named(name, state, context)
        if context.attempt > 1 and (done := context.store.events.result(context.run_id, key)) is not None:
            return done  # finished and told, but a crash came before the checkpoint
        if context.attempt > 1 and context.store.events.started(context.run_id, key):
            context.emit(Kind.STEP_REDONE, step, key=key, label=label)
        context.store.runs.set(context.run_id, attempt=context.attempt, step=step)
        context.emit(Kind.STEP_STARTED, step, key=key, label=label)
        began = time.monotonic()
        with context.span(f"{name}: {label}" if label else name, "AGENT"):
            update = agent(state, context)
        seconds = round(time.monotonic() - began, 3)
        context.emit(Kind.STEP_FINISHED, step, key=key, label=label, seconds=seconds, update=update)
        return update

    return run


def _named(name: str, state: RunState, context: Context) -> tuple[str, str]:
    """`(key, label)`: the key names this execution of the step once and for all."""
    match name:
        case "research":
            plan = context.store.plans.get(state.plan_id)
            section = next(q.section for q in plan.questions if q.id == state.question_id)
            return f"research:{state.question_id}", section
        case "write":
            heading = context.store.drafts.get(state.draft_id).sections[state.position].heading
            return f"write:{state.draft_id}:{state.position}", heading or "Introduction"
        case "plan" | "approve_plan" | "gather":
            return f"{name}:{state.plan_id}", ""
        case _:
            decided = state.decision.get("id", 0)
            return f"{name}:{state.draft_id}:{state.round}:{decided}", ""


# --- running it ---------------------------------------------------------------


def open_checkpoints(database: Path) -> SqliteSaver:
    """LangGraph's checkpoints, beside everything else in the one database."""
    connection = sqlite3.connect(database, check_same_thread=False, timeout=30)
    connection.execute("PRAGMA synchronous = NORMAL")
    saver = SqliteSaver(
        connection, serde=JsonPlusSerializer(allowed_msgpack_modules=[(RunState.__module__, "RunState")])
    )
    saver.setup()
    return saver


def forget_steps(checkpoints: SqliteSaver, run_id: str) -> int:
    """Drop all checkpoints of a run but the last, from which it goes on; returns how many went.

    A run that rests needs no other: where it can be branched from is told by its events.
    """
    older = (
        " WHERE thread_id = ? AND checkpoint_id < (SELECT max(checkpoint_id) FROM checkpoints"
        " WHERE thread_id = ? AND checkpoint_ns = {0}.checkpoint_ns)"
    )
    with checkpoints.cursor() as cursor:
        cursor.execute(f"DELETE FROM writes{older.format('writes')}", (run_id, run_id))
        return cursor.execute(f"DELETE FROM checkpoints{older.format('checkpoints')}", (run_id, run_id)).rowcount


class StaleDecision(GalleyError):
    """A decision that nothing waits for."""


_ASKED_AFTER = {"approve_plan": "plan", "apply": "apply", "publish": "publish"}
"""Step that carries out a decision -> the step after which that decision is asked for."""


def taken_up(graph: CompiledStateGraph, run_id: str) -> int:
    """The id of the newest decision that the run went on from; 0 when there is none."""
    return int(graph.get_state({"configurable": {"thread_id": run_id}}).values.get("decided", 0))


def advance(
    graph: CompiledStateGraph, context: Context, decision: dict[str, Any] | None
) -> tuple[str | None, RunState]:
    """Run until the next decision is needed.

    Args:
        decision: what a person said, when the run waits for it.

    Returns:
        What it waits for (`plan`, `desk`), or None when it has ended for want of evidence; and its state.

    Raises:
        StaleDecision: the run does not wait for a decision.
        GalleyError: a step failed; all finished steps are kept. A decision that cannot be carried
            out is dropped, so that the person can decide otherwise.
    """
    config = {"configurable": {"thread_id": context.run_id}, "recursion_limit": 200, "max_concurrency": 16}
    snapshot = graph.get_state(config)
    if decision is not None and not snapshot.interrupts:
        raise StaleDecision("The run was not waiting for this.", remedy="Look at the run and decide again.")
    if snapshot.created_at is None:
        begins = context.store.runs.begins_with(context.run_id)
        todo: Any = RunState(run_id=context.run_id, **begins | {"held": tuple(begins.get("held", ()))})
    elif snapshot.interrupts and decision is None:
        return snapshot.interrupts[0].value["for"], _state(snapshot.values)
    else:
        if not snapshot.next and not _state(snapshot.values).evidence:  # there may be something to find now
            graph.update_state(config, {"evidence": True, "held": ()}, as_node=START)
        todo = Command(resume=decision) if decision is not None else None
    try:
        graph.invoke(todo, config, context=context, durability="sync")
    except (BriefError, PublishError, SettingsError):
        snapshot = graph.get_state(config)
        step = next(iter(snapshot.next), "")
        if step in _ASKED_AFTER and snapshot.values.get("decision"):
            graph.update_state(config, {"decision": {}}, as_node=_ASKED_AFTER[step])
        raise
    except sqlite3.Error as error:  # of the checkpoints' own connection
        raise in_words(error, context.store.database.path) from error
    finally:
        _end_transaction(graph)
    snapshot = graph.get_state(config)
    if isinstance(graph.checkpointer, SqliteSaver):
        forget_steps(graph.checkpointer, context.run_id)
    waits = snapshot.interrupts[0].value["for"] if snapshot.interrupts else None
    return waits, _state(snapshot.values)


def _end_transaction(graph: CompiledStateGraph) -> None:
    """A commit that found the disk full leaves its transaction open, and with it everybody else waiting."""
    saver = graph.checkpointer
    if isinstance(saver, SqliteSaver):
        with saver.lock:  # held from the first statement to the commit: none of another run is under way
            if saver.conn.in_transaction:
                saver.conn.rollback()


def _state(values: dict[str, Any]) -> RunState:
    return RunState(**values)
