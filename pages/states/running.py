"""The engine works: the live view, and a word to the agents."""

import streamlit as st

from core.events import Kind
from core.models import Run, Status, Step
from core.studio import PUBLISHING
from pages.components import session
from pages.components.door import studio
from pages.components.figures import ago
from pages.components.live import live
from pages.components.shell import flash, heading, person, problem, told
from pages.components.words import state


def running(run: Run) -> None:
    st.set_page_config(page_title=f"{run.title} · Galley")
    started = f"started {ago(run.started_at)}" if run.started_at else "waits for the engine"
    heading(run.title, state(run.status), started, lambda: _buttons(run))
    if run.status == Status.PAUSED and run.error:
        problem(run.error["message"], run.error["remedy"])
    live(run)


def judging_an_edit(run: Run) -> bool:
    """Whether the engine is only working on a finished draft that a person changed.

    True from the person's edit until the run rests again: the article stays on the screen.
    """
    if not run.draft_id:
        return False
    seq = studio().last_seq(run.id)
    for event in reversed(studio().events(run.id, after=max(0, seq - 400), limit=400)):
        if event.kind == Kind.WAITING:
            return run.step in {Step.REVIEW, Step.PUBLISH}  # taken up, and not yet said what for
        if event.kind == Kind.DECIDED:
            return event.data.get("kind") in {
                "edit",
                "accept_note",
                "reject_note",
                "verify",
                *PUBLISHING,
            }
    return False


def _buttons(run: Run) -> None:
    def stop() -> None:
        with told():
            studio().stop(run.id)
            flash("Stopping after the present step. What is done is kept.")

    def pause() -> None:
        with told():
            studio().pause(run.id)

    def resume() -> None:
        with told():
            studio().resume(run.id)

    _steer(run)
    if run.status == Status.PAUSED or run.pause:
        st.button("Resume", icon=":material/play_arrow:", on_click=resume, type="primary")
    else:
        st.button("Pause", icon=":material/pause:", on_click=pause)
    st.button("Stop", icon=":material/stop:", on_click=stop)


def _steer(run: Run) -> None:
    with (
        st.popover("Steer", icon=":material/explore:"),
        st.form(session.of("steer", run.id), clear_on_submit=True, border=False),
    ):
        said = st.text_area(
            "A word to the agents", placeholder="For example: prefer field trials over makers' figures", width=360
        )
        if st.form_submit_button("Tell them", type="primary") and said.strip():
            with told():
                studio().decide(run.id, "steer", by=person(), data={"note": said.strip()})
                st.caption(":material/check: Noted. The next step takes it into account.")
