"""The run rests without an article to review: what happened, what was kept, what next."""

import streamlit as st

from core.models import Run, Status
from pages.components import session
from pages.components.arriving import arrivals, arriving
from pages.components.door import studio
from pages.components.figures import ago, count, plain
from pages.components.links import open_step
from pages.components.shell import flash, heading, problem, told
from pages.components.words import BUDGET_SPENT, STEPS, standing
from pages.states.review import tabs
from pages.states.standing import notices


def ended(run: Run) -> None:
    st.set_page_config(page_title=f"{standing(run).text} · {run.title}")
    heading(
        run.title,
        standing(run),
        f"{ago(run.finished_at or run.started_at or run.created_at)}",
        lambda: _buttons(run),
    )
    if standing(run) is BUDGET_SPENT and run.error:
        st.warning(
            f"**{plain(run.error['message'])}** {plain(run.error['remedy'])} Or leave it at what there is.",
            icon=BUDGET_SPENT.icon,
        )
    elif run.error:
        problem(run.error.get("message", "The run failed."), run.error.get("remedy", ""))
    elif run.status == Status.CANCELLED:
        st.info("A person stopped this run. It can go on from the step it was in.", icon=":material/stop_circle:")
    _kept(run)
    drafts = (summary.id for summary in studio().drafts(run.id) if summary.sentences)
    if draft_id := run.draft_id or next(drafts, None):
        draft = studio().draft(draft_id)
        if not run.draft_id:
            st.caption("What was written so far is below; it is not finished.")
        notices(run, draft, working=True)  # told, not changed: the desk is closed
        tabs(run, draft, editable=False)
    else:
        _found(run)


def _buttons(run: Run) -> None:
    def resume() -> None:
        with told():
            studio().resume(run.id, budget_usd=budget)

    def again() -> None:
        with told():
            st.query_params["run"] = studio().start(run.brief)
            flash("Started again with the same brief.")

    budget = None
    if standing(run) is BUDGET_SPENT:
        spent = max(run.brief.budget_usd or 0.0, run.cost_usd)
        budget = st.number_input(
            "New budget, $", min_value=spent, value=2 * spent, format="%.4f", key=session.of("budget", run.id)
        )
    if run.status in {Status.CANCELLED, Status.FAILED}:
        going_on = run.status == Status.CANCELLED or budget
        word = "Go on" if going_on else "Back to the desk" if run.draft_id else "Retry this step"
        st.button(word, type="primary", icon=":material/play_arrow:", on_click=resume)
    st.button("Start anew", icon=":material/restart_alt:", on_click=again)


def _add_samples() -> None:
    with told():
        studio().add_sample_library()
        flash("The sample library is being read; start the run anew when it is there.")


def _leave(run: Run) -> None:
    with told():
        studio().stop(run.id)


def _kept(run: Run) -> None:
    counts = studio().progress(run.id).counts
    kept = [
        count(counts[name], one)
        for name, one in (("sources", "page"), ("passages", "passage"), ("sentences", "sentence"))
        if counts.get(name)
    ]
    what = ", ".join(kept) + " are kept." if kept else "Nothing had been read yet."
    st.caption(f"It got to step {STEPS[run.step]}. {what}")
    with st.container(horizontal=True, vertical_alignment="center"):
        if run.status == Status.NO_EVIDENCE:
            if not studio().collections() and not arriving():
                st.button("Add the sample library", icon=":material/library_add:", on_click=_add_samples)
            st.page_link("library.py", label="Add sources", icon=":material/upload:")
        if standing(run) is BUDGET_SPENT:
            st.button("Leave it", icon=":material/stop:", on_click=_leave, args=(run,), help="It waits for you no more")
        if run.status in {Status.NO_EVIDENCE, Status.FAILED}:
            st.page_link("settings.py", label="Change settings", icon=":material/settings:")
        open_step(run.id)
    if run.status == Status.NO_EVIDENCE:
        arrivals()


def _found(run: Run) -> None:
    plan = studio().plan(run.id)
    if plan:
        st.subheader("The plan", anchor=False)
        for place, question in enumerate(plan.questions, 1):
            st.markdown(f"{place}. **{plain(question.section)}** {plain(question.text)}")
    sources = studio().sources(run.id)
    if sources:
        st.subheader("What was looked at", anchor=False)
        st.dataframe(
            [
                {"Title": s.title or s.url, "What became of it": s.status, "Why": s.reason, "Engine": s.engine}
                for s in sources
            ],
            hide_index=True, alt="Pages looked at",
        )  # fmt: skip
