"""What every page starts with: may this person be here, is the engine alive, what was just done."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st

from core.errors import GalleyError
from core.models import Run
from pages.components import session
from pages.components.door import engine, start_engine, studio
from pages.components.figures import plain
from pages.components.words import Word


def guard() -> None:
    """Stop unless this person may see the page.

    Called by the frame and again by every page: a page must hold even when it is reached
    without the frame. Without a configured sign-in the studio is one person's, on loopback.
    """
    if signs_in() and not st.user.is_logged_in:
        st.title("Sign in")
        st.write("This studio asks who you are before it shows anything.")
        st.button("Sign in", type="primary", on_click=st.login)
        st.stop()


def signs_in() -> bool:
    """Whether `[auth]` stands in secrets.toml."""
    try:
        return "auth" in st.secrets
    except FileNotFoundError:
        return False


def person() -> str:
    """Who decides: the signed-in address, or `you`."""
    if signs_in() and st.user.is_logged_in:
        return str(st.user.get("email") or st.user.get("name") or "you")
    return "you"


def flash(text: str) -> None:
    """Say one sentence at the top of the next page."""
    st.session_state[session.FLASH] = text


def top() -> None:
    """The engine's banner while it is not running, and the last button's sentence.

    Both have their places also while they are silent: a page that moved down or up would lose half-typed words.
    """
    banner, sentence = st.empty(), st.empty()
    if engine() != "running":
        with banner.container():
            st.fragment(_banner, run_every=1)()
    if said := st.session_state.pop(session.FLASH, None):
        sentence.success(plain(said), icon=":material/check:")


def _banner() -> None:
    now = engine()
    if now == "running":
        st.rerun()
    if now == "starting":
        st.caption(":material/progress_activity: The engine is starting.")
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="engine"):
        st.markdown(
            ":orange[:material/power_off:] **The engine is not running.** What you decide is kept until it does.",
            width="content",
        )
        if st.button("Start the engine", icon=":material/play_arrow:"):
            with told():
                start_engine()
                st.rerun()
        st.markdown(":small[or by hand: `python -m core worker`]", width="content")


@contextmanager
def told() -> Iterator[None]:
    """Show an error of Galley where it happened, with its remedy, and go on."""
    try:
        yield
    except GalleyError as error:
        problem(error.message, error.remedy)


def problem(message: str, remedy: str) -> None:
    """What happened and what to do."""
    st.error(f"**{plain(message)}**  \n{plain(remedy)}", icon=":material/error:")


def badge(word: Word) -> None:
    """A state as symbol and word."""
    st.badge(word.text, icon=word.icon or None, color=word.color)  # type: ignore[arg-type]


def heading(title: str, word: Word | None = None, facts: str = "", actions: Callable[[], Any] | None = None) -> None:
    """A page's head: title, state, facts in one line, buttons at the right."""
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        st.title(plain(title), anchor=False)
        if word or facts:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                if word:
                    badge(word)
                if facts:
                    st.caption(facts, width="content")
    if actions:
        with right, st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="bottom"):
            actions()


def nothing(text: str, remedy: str = "") -> None:
    """An empty state: what would be here, and the next step."""
    with st.container(border=True):
        st.markdown(f"**{text}**")
        if remedy:
            st.caption(remedy)


def run_from_address() -> Run | None:
    """The run named by `?run=`; explains itself and stops when there is none such."""
    run_id = st.query_params.get("run")
    if not run_id:
        return None
    run = studio().run(run_id)
    if run is None:
        st.title("No such run", anchor=False)
        st.write("The address names a run that is not in this studio's database.")
        st.page_link("runs.py", label="See all runs", icon=":material/history:")
        st.stop()
    return run
