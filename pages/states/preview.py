"""Before anything is sent: the page as a target will show it, the requests, what is lost, what differs."""

import difflib

import streamlit as st

from core.errors import GalleyError
from core.models import Draft, Preview, Run, TargetForm
from pages.components import session
from pages.components.door import studio
from pages.components.figures import plain
from pages.components.page import page
from pages.components.shell import problem
from pages.states.editing import words_changed

FRESH_S = 60
"""How long a target's answer is good for while one looks around."""


def previews(run: Run, draft: Draft, forms: list[TargetForm]) -> None:
    """Choose a target and see what publishing there would do."""
    st.subheader("Before it goes out", anchor=False)
    st.fragment(_chosen)(run, draft, forms)


def _chosen(run: Run, draft: Draft, forms: list[TargetForm]) -> None:
    titles = {form.name: form.title for form in forms}
    name = st.segmented_control(
        "Preview at", list(titles), format_func=lambda one: titles[one], key=session.of("preview", run.id),
        label_visibility="collapsed",
    )  # fmt: skip
    if not name:
        st.caption("Choose a target to see the page as it will show it, what will be sent, and what it cannot carry.")
        return
    seen = _asked(run, name)
    if seen is None:
        return
    for lost in seen.lost:
        st.markdown(f":orange[:material/content_cut:] Will be lost here: {plain(lost)}")
    if seen.edited:
        st.warning("Somebody changed the article there since we published it.", icon=":material/edit_note:")
    tabs = ["Page", "What is sent", "Difference"]
    bodies = st.tabs(tabs, key=session.of("previewed", run.id), on_change="rerun")
    for body, label in zip(bodies, tabs, strict=True):
        if body.open:
            with body:
                if label == "Page":
                    page(seen.page, title=f"Preview at {titles[name]}", key=session.of("page", draft.id, name))
                elif label == "What is sent":
                    _requests(seen)
                else:
                    _difference(seen)


def difference(run: Run, target: str) -> None:
    """What stands at the target against what would be sent."""
    seen = _asked(run, target)
    if seen:
        _difference(seen)


def _asked(run: Run, target: str) -> Preview | None:
    mark = hash((studio().publishing.details(run.id), tuple(p for p in _marks(run))))
    try:
        with st.spinner("Asking the target"):
            return _preview(run.id, run.draft_id or 0, target, mark)
    except GalleyError as error:
        problem(error.message, error.remedy)
        return None


def _marks(run: Run) -> list[tuple[str, str, int]]:
    return [(p.target, p.status, p.version) for p in studio().publications(run.id)]


@st.cache_data(ttl=FRESH_S, show_spinner=False, max_entries=50)
def _preview(run_id: str, draft_id: int, target: str, mark: int) -> Preview:
    return studio().publishing.preview(run_id, target)


def _requests(seen: Preview) -> None:
    if not seen.requests:
        st.caption("Nothing would be sent: the same article stands there already.")
    for request in seen.requests:
        st.code(request, language=None, wrap_lines=True)


def _difference(seen: Preview) -> None:
    if seen.standing is None:
        st.caption("Nothing stands there yet.")
        return
    changed = changes(seen.standing, seen.sent)
    if not changed:
        st.caption("No word differs from what stands there.")
    for old, new in changed:
        with st.container(border=True):
            before, after = words_changed(old, new)
            if before:
                st.markdown(f"− {before}")
            if after:
                st.markdown(f"\\+ {after}")


def changes(standing: str, sent: str) -> list[tuple[str, str]]:
    """Paragraphs that differ, as `(there, here)`; an empty side means gone or new.

    >>> changes("a\\nb", "a\\nc\\nd")
    [('b', 'c'), ('', 'd')]
    """
    old, new = ([line for line in text.splitlines() if line.strip()] for text in (standing, sent))
    found = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            for step in range(max(b - a, d - c)):
                found.append((old[a + step] if a + step < b else "", new[c + step] if c + step < d else ""))
    return found
