"""Runs: everything that was started, found again."""

import streamlit as st

from core.models import Run, Status
from pages.components import session
from pages.components.door import studio
from pages.components.figures import ago, count, money, plain, short
from pages.components.links import open_run
from pages.components.paging import other_pages, paged
from pages.components.shell import flash, guard, heading, nothing, told
from pages.components.words import STEPS, standing, state
from pages.states.again import told_changes
from pages.states.comparison import comparison

SIZE = 20
ANY = "any state"
SEVERAL_LINES = 72
"""Pixels of a row; from 65 on Streamlit breaks lines in it."""
_Row = tuple[Run, str, str, str]
"""A run, its state, its cost and its address, as both shapes of the table say them."""


def page() -> None:
    st.set_page_config(page_title="Runs · Galley")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        search = st.text_input(
            "Search",
            key=session.SEARCH,
            type="search",
            live=True,
            bind="query-params",
            placeholder="Topic or title",
            width=340,
        )
        options = [ANY, *[str(status) for status in Status]]
        status = st.selectbox(
            "State", options, key=session.STATUS, bind="query-params", width=220,
            format_func=lambda s: s if s == ANY else state(s).text,
        )  # fmt: skip
    wanted = None if status == ANY else status
    found = paged(lambda number: studio().runs(search=search or "", status=wanted, page=number, size=SIZE))
    if not found.rows:
        if search or status != ANY:
            nothing("Nothing matches.", "Clear the search, or choose another state.")
        else:
            nothing("There are no runs yet.", "Write a topic in the Studio; every run is kept here.")
        return
    st.caption(count(found.total, "run"))
    chosen = _table(list(found.rows))
    other_pages(found.total, SIZE)
    if len(chosen) == 1:
        _one(chosen[0])
    elif len(chosen) == 2:
        comparison(*chosen)
    elif chosen:
        st.caption("Tick two runs to compare them.")
    else:
        st.caption("Tick a run to open or delete it, two to compare them.")


def _table(rows: list[Run]) -> list[Run]:
    """The runs in both shapes, of which the window's width shows one; returns those that are ticked."""
    said = [
        (run, f"{word.symbol} {word.text}", money(run.cost_usd, run.unpriced), f"/?run={run.id}")
        for run in rows
        for word in [standing(run)]
    ]
    with st.container(key="runs_wide"):
        picked = _wide(said)
    with st.container(key="runs_narrow"):
        picked = picked or _narrow(said)
    return [rows[place] for place in picked if place < len(rows)]


def _narrow(rows: list[_Row]) -> list[int]:
    """What a phone has room for."""
    return st.dataframe(
        [
            {
                "Title": short(run.title, 65),
                "State, cost": f"{stands} {cost}",
                "Open": address,
            }
            for run, stands, cost, address in rows
        ],
        hide_index=True,
        row_height=SEVERAL_LINES,
        on_select="rerun",
        selection_mode="multi-row",
        key="run_list",
        alt="Runs",
        column_config={
            "Title": st.column_config.TextColumn(width=162),
            "State, cost": st.column_config.TextColumn(width=102),
            "Open": st.column_config.LinkColumn(display_text="Open", width=56),
        },
    ).selection.rows


def _wide(rows: list[_Row]) -> list[int]:
    scores = studio().faithfulness([run.draft_id for run, *_ in rows if run.draft_id])
    return st.dataframe(
        [
            {
                "Title": run.title,
                "State": stands,
                "Faithfulness": score[0] * 100 if (score := scores.get(run.draft_id or 0)) else None,
                "Claims": str(score[1]) if score else "",
                "Cost": cost,
                "Started": ago(run.created_at),
                "Branch": f"from {STEPS[run.fork.step]}" if run.fork else "",
                "Open": address,
            }
            for run, stands, cost, address in rows
        ],
        hide_index=True,
        height="content",
        on_select="rerun",
        selection_mode="multi-row",
        key="run_table",
        alt="Runs",
        column_config={
            "Title": st.column_config.TextColumn(width="large"),
            "Faithfulness": st.column_config.ProgressColumn(min_value=0, max_value=100, format="%.0f %%"),
            "Open": st.column_config.LinkColumn(display_text="Open", width="small"),
        },
    ).selection.rows


def _one(run: Run) -> None:
    def delete() -> None:
        with told():
            studio().delete(run.id)
            st.session_state[session.DELETED] = run.id

    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain(run.title)}**", width="content")
        open_run(run.id, "Open")
        st.button("Delete", icon=":material/delete:", on_click=delete)
    if run.fork:
        st.caption(f"Branched off at the step “{STEPS[run.fork.step]}”: {told_changes(run)}")
        open_run(run.fork.run_id, "Open the run it branched off")
        original = studio().run(run.fork.run_id)
        if original and st.toggle("Compare with it", key=session.of("compare", run.id)):
            comparison(original, run)
    for branch in studio().branches(run.id):
        open_run(branch.id, f"Branch from {STEPS[branch.fork.step] if branch.fork else ''}: {told_changes(branch)}")


def _restore() -> None:
    run_id = st.session_state.get(session.DELETED)
    if not run_id:
        return

    def restore() -> None:
        with told():
            studio().restore(run_id)
            st.session_state[session.DELETED] = None
            flash("The run is back.")

    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(":material/delete: The run was deleted.", width="content")
        st.button("Restore", icon=":material/undo:", on_click=restore)


guard()
heading("Runs")
_restore()
page()
