"""Inspect: one step of a run, or one sentence back to its evidence; everything that was in and came out."""

import streamlit as st

from core.events import Kind
from core.models import Call, Draft, Event, Run, Sentence
from core.studio import StepView
from pages.components.door import studio
from pages.components.figures import count, duration, money, plain, short
from pages.components.links import open_run, open_step
from pages.components.shell import guard, heading, nothing, run_from_address
from pages.components.words import STEPS, state, verdict
from pages.states.again import again, told_changes
from pages.states.evidence import table

MOST_EVENTS = 2000


def page() -> None:
    run = run_from_address()
    if run is None:
        heading("Inspect")
        nothing("No run is chosen.", "Open a run from the Runs page, then a sentence or a step of it.")
        st.page_link("runs.py", label="See all runs", icon=":material/history:")
        return
    st.set_page_config(page_title=f"Inspect · {run.title}")
    heading(run.title, state(run.status), f"run {run.id}")
    with st.container(horizontal=True):
        open_run(run.id, "Back to the run")
        phoenix = studio().phoenix_url()
        if phoenix and run.trace_id:
            st.page_link(phoenix, label="Trace in Phoenix", icon=":material/account_tree:")
    if run.fork:
        st.caption(f"Branched off another run at the step “{STEPS[run.fork.step]}”: {told_changes(run)}")
        open_run(run.fork.run_id, "Open that run")
    asked = st.query_params.get("sentence", "")
    if asked.isdigit():
        _sentence(run, int(asked))
        return
    _steps(run)


# --- one sentence ---------------------------------------------------------------


def _sentence(run: Run, sentence_id: int) -> None:
    found = find(run, sentence_id)
    if found is None:
        nothing("This sentence is in no version of the article.", "It may belong to another run.")
        return
    draft, sentence, question_id = found
    word = verdict(sentence.verdict.label if sentence.verdict else None, sentence.kind)
    with st.container(border=True):
        st.text(sentence.text)
        st.markdown(
            f":{word.color}[{word.symbol} **{word.text}**]"
            + (f" · {sentence.verdict.score:.0%}" if sentence.verdict else "")
        )
        if sentence.verdict:
            st.caption(
                f"{plain(sentence.verdict.reason)} · judged by {plain(sentence.verdict.judge)}"
                f" · in version {draft.version}"
            )
    for diagnosis in studio().diagnoses(draft.id):
        if diagnosis.sentence_id == sentence_id:
            st.markdown(
                f"**Why it failed:** {plain(str(diagnosis.cause))} ({plain(diagnosis.failure)})."
                f" {plain(diagnosis.reason)}"
            )
    st.subheader("What it cites", anchor=False)
    passages = studio().passages([c.passage_id for c in sentence.citations])
    for citation in sentence.citations:
        passage = passages.get(citation.passage_id)
        if passage:
            with st.container(border=True):
                st.text(passage.text)
                st.caption(
                    f"[{citation.number}] {plain(passage.title or passage.url)}"
                    f" · characters {passage.start:,} to {passage.end:,} of snapshot {passage.snapshot_id}"
                )
                st.page_link(
                    "library.py",
                    label="Open the snapshot",
                    query_params={"source": str(passage.source_id)},
                    icon=":material/description:",
                )
    if not sentence.citations:
        st.caption("Nothing.")
    for evidence in studio().evidence(run.id):
        if question_id is None or evidence.question_id == question_id:
            st.subheader("Evidence it was written from", anchor=False)
            st.dataframe(table(evidence), hide_index=True, alt="Evidence with every rank and score")


def find(run: Run, sentence_id: int) -> tuple[Draft, Sentence, int | None] | None:
    """The draft that holds a sentence, the sentence, and the question of its section."""
    for summary in studio().drafts(run.id):
        draft = studio().draft(summary.id)
        for section in draft.sections:
            for sentence in section.sentences:
                if sentence.id == sentence_id:
                    return draft, sentence, section.question_id
    return None


# --- steps ---------------------------------------------------------------


def _steps(run: Run) -> None:
    steps = studio().steps(run.id)
    if not steps:
        nothing("No step has begun.", "The engine has not taken this run up yet.")
        return
    asked = st.query_params.get("step", "")
    chosen = next((step for step in steps if asked.isdigit() and step.seq == int(asked)), steps[-1])
    if asked:
        st.query_params["step"] = asked  # a link within a page leaves the address as it was
    menu, body = st.columns([1, 3], gap="large")
    with menu:
        st.subheader("Steps", anchor=False)
        for step in steps:
            took = f" · {duration(step.seconds)}" if step.seconds is not None else ""
            label = f"{name_of(step)}{took}"
            if step.seq == chosen.seq:
                st.markdown(f":primary[:material/arrow_right: **{plain(label)}**]")
            else:
                open_step(run.id, step.seq, plain(label))
    with body:
        _step(run, chosen)


def name_of(step: StepView) -> str:
    """`Research: Costs and grants`, `Plan`."""
    word = STEPS.get(step.step, step.step)
    return f"{word}: {step.label}" if step.label else word


def events_of(step: StepView, after: list[Event]) -> list[Event]:
    """The events of one execution of a step, out of all events since it started.

    Steps run side by side: an event that names another question or section is not its own.
    """
    kind, *ids = step.key.split(":")
    own = {"research": ("question_id", 0), "write": ("section", 1)}.get(kind)
    found = []
    for event in after:
        stepped = event.kind in {Kind.STEP_STARTED, Kind.STEP_FINISHED, Kind.STEP_REDONE}
        if stepped and event.data.get("key") != step.key:
            continue
        if own and own[0] in event.data and str(event.data[own[0]]) != ids[own[1]]:
            continue
        found.append(event)
        if event.kind == Kind.STEP_FINISHED:
            break
    return found


def _step(run: Run, step: StepView) -> None:
    events = events_of(step, studio().events(run.id, after=step.seq - 1, limit=MOST_EVENTS))
    st.subheader(plain(name_of(step)), anchor=False)
    st.caption(
        f"{step.status} · {count(len(events), 'event')}"
        + (f" · {duration(step.seconds)}" if step.seconds is not None else "")
    )
    if step.status == "done":
        again(run, step)
    _calls(run, step, events)
    for evidence in studio().evidence(run.id):
        if step.key == f"research:{evidence.question_id}":
            st.markdown("**Evidence it assembled**")
            st.dataframe(table(evidence), hide_index=True, alt="Evidence with every rank and score")
    st.markdown("**Events**")
    if not events:
        st.caption("None yet.")
        return
    st.dataframe(
        [
            {"No.": e.seq, "Time": e.at[11:23], "What": str(e.kind).replace("_", " "), "Data": told(e)}
            for e in events
            if e.kind != Kind.TEXT
        ],
        hide_index=True,
        height=460,
        alt="Events of this step",
        column_config={
            "No.": st.column_config.NumberColumn(width=60),
            "Data": st.column_config.TextColumn(width="large"),
        },
    )


def told(event: Event) -> str:
    """An event's data on one line: `title: X · words: 900`."""
    return short(" · ".join(f"{name}: {value}" for name, value in event.data.items() if value not in ("", None)), 400)


def _calls(run: Run, step: StepView, events: list[Event]) -> None:
    if not events:
        return
    first, last = events[0].at, events[-1].at
    calls: list[Call] = [call for call in studio().calls(run.id) if first <= call.at <= last]
    st.markdown("**Model calls**")
    if not calls:
        st.caption("None. This step asked no model.")
        return
    st.dataframe(
        [
            {
                "Role": c.role,
                "Task": c.task,
                "Model": c.model,
                "Status": c.status,
                "Tokens in": c.tokens_in,
                "Tokens out": c.tokens_out,
                "Cost": money(c.cost_usd),
                "Seconds": c.seconds,
                "Error": c.error,
            }
            for c in calls
        ],
        hide_index=True,
        alt="Model calls of this step",
    )


guard()
page()
