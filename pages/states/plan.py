"""The plan waits for a person: change it, have it rewritten, or approve it."""

from typing import Any

import pandas as pd
import streamlit as st

from core.models import Plan, Run
from pages.components import session
from pages.components.door import studio
from pages.components.figures import ago, count, plain
from pages.components.live import live
from pages.components.shell import flash, heading, person, problem, told
from pages.components.words import state

COLUMNS = {
    "order": st.column_config.NumberColumn("No.", help="Change the numbers to reorder", width=56, step=1),
    "use": st.column_config.CheckboxColumn("Use", width=56, default=True),
    "section": st.column_config.TextColumn("Section", width=190),
    "text": st.column_config.TextColumn("Question it answers", width=520),
    "queries": st.column_config.ListColumn("Queries", width=340, help="What is searched for"),
}


def plan(run: Run) -> None:
    """Draw the plan; every button is one decision."""
    shown = studio().plan(run.id)
    st.set_page_config(page_title=f"Needs you · {run.title}")
    if shown is None:
        problem("The plan could not be found.", "Stop this run on the Runs page and start it again.")
        return
    slot = st.container()
    rows = _table(run, shown)
    _feedback(run)
    if shown.why:
        with st.expander("Why this plan", type="compact"):
            st.markdown(plain(shown.why))
    questions, faults = read_rows(rows)
    with slot:
        facts = f"{count(len(shown.questions), 'section')} · version {shown.version} · {ago(run.created_at)}"
        heading(shown.title, state(run.status), facts, lambda: _buttons(run, shown, questions, faults))
        st.markdown(estimate(run, sum(question["use"] for question in questions)))
        for fault in faults:
            problem(fault, "Correct it in the table below.")
    live(run, compact="quiet")


def frame_of(shown: Plan) -> pd.DataFrame:
    """The plan as the table's rows, numbered from 1."""
    return pd.DataFrame(
        [
            {"order": place, "use": q.use, "section": q.section, "text": q.text, "queries": list(q.queries)}
            for place, q in enumerate(shown.questions, 1)
        ],
        columns=list(COLUMNS),
    )


def read_rows(rows: pd.DataFrame) -> tuple[list[dict[str, Any]], list[str]]:
    """The table as a person left it: questions in their order, and what is wrong with it.

    An empty new row is left out; a row without a number comes last.
    """
    questions, faults = [], []
    numbered = rows.assign(order=pd.to_numeric(rows["order"], errors="coerce"))
    for row in numbered.sort_values("order", kind="stable", na_position="last").to_dict("records"):
        section, text = (str(row[name] or "").strip() if not pd.isna(row[name]) else "" for name in ("section", "text"))
        queries = [str(query).strip() for query in row["queries"]] if isinstance(row["queries"], list | tuple) else []
        if not section and not text:
            continue
        if not text:
            faults.append(f"The section {section!r} asks no question.")
        use = True if row["use"] is None or pd.isna(row["use"]) else bool(row["use"])
        questions.append(
            {
                "section": section or text.rstrip("?"),
                "text": text,
                "queries": [q for q in queries if q] or [text],
                "use": use,
            }
        )
    if not any(question["use"] for question in questions):
        faults.append("No question is in use.")
    return questions, faults


def _table(run: Run, shown: Plan) -> pd.DataFrame:
    st.caption("Change any cell, add a row at the bottom, untick what you do not want, renumber to reorder.")
    return st.data_editor(
        frame_of(shown),
        key=session.of("plan", run.id, shown.version),
        column_config=COLUMNS,
        num_rows="dynamic",
        hide_index=True,
        row_height=52,
        alt="The plan: sections, questions and queries",
    )


def _feedback(run: Run) -> None:
    with (
        st.form(session.of("rewrite", run.id), border=False, clear_on_submit=True),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        said = st.text_input(
            "Tell the planner what to change", placeholder="For example: add a section on flats, drop the outlook"
        )
        if st.form_submit_button("Rewrite plan", icon=":material/refresh:"):
            with told():
                studio().decide(run.id, "rewrite_plan", by=person(), data={"feedback": said.strip()})
                st.rerun()


def _buttons(run: Run, shown: Plan, questions: list[dict[str, Any]], faults: list[str]) -> None:
    def stop() -> None:
        with told():
            studio().stop(run.id)
            flash("Stopped. Nothing was researched.")

    def approve() -> None:
        with told():
            studio().decide(run.id, "approve_plan", by=person(), data={"title": shown.title, "questions": questions})

    st.button("Stop", icon=":material/stop:", on_click=stop)
    st.button(
        "Approve and start",
        type="primary",
        icon=":material/play_arrow:",
        shortcut="Ctrl+Enter",
        on_click=approve,
        disabled=bool(faults),
    )


def estimate(run: Run, questions: int) -> str:
    """What the approved plan will take, in one line of Markdown: money, tokens, time, pages; and what that rests on."""
    most = count(questions * studio().settings.pages_per_question, "page")
    pages = f"{count(questions, 'question')}, up to {most} to read"
    found = studio().estimate(run.brief, questions)
    return f"**Estimate:** {plain(found.told)}. {pages}. {plain(found.degrades)}"
