"""How a published article stands today: its sources looked at again, updates proposed, its record.

Nothing here changes what readers see: taking over an update makes a version at the desk,
which is published like any other.
"""

import difflib
import re

import streamlit as st

from core.errors import GalleyError
from core.models import Finding, Run, Standing, Verification, Watch
from pages.components import session
from pages.components.door import studio
from pages.components.figures import ago, count, moment, plain
from pages.components.shell import badge, flash, nothing, person, problem, told
from pages.components.words import Word

STANDINGS = {
    Standing.CURRENT: Word("Current", "✓", "green", ":material/check:"),
    Standing.CHANGED: Word("Changed, still supported", "≈", "blue", ":material/edit_note:"),
    Standing.GONE: Word("Gone", "✖", "red", ":material/link_off:"),
    Standing.CONTRADICTED: Word("Contradicted now", "⇄", "violet", ":material/swap_horiz:"),
    Standing.UNREACHABLE: Word("Not reachable", "…", "gray", ":material/cloud_off:"),
    Standing.SNAPSHOT: Word("Snapshot only", "○", "gray", ":material/inventory_2:"),
}
"""Standing -> how it is shown; never by colour alone."""
_MOST_SHOWN = 40


def draw(run: Run) -> None:
    """The view of one run: when its sources were looked at, what was found, what is proposed, its record."""
    watch, found = studio().verifying.watch(run.id), studio().verifying.newest(run.id)
    _head(run, watch, found)
    if watch is None:
        nothing("Readers do not see this article.", "Once it is published, its sources are looked at again and again.")
    elif found is None:
        nothing("Its sources have not been looked at since it was published.", "“Verify again” does it now.")
    if found:
        _sums(found)
        if found.proposal == "open":
            _proposal(run, found)
        elif found.proposal:
            st.caption(f"The update was {found.proposal} by {plain(found.decided_by)}, {ago(found.decided_at)}.")
        for one in found.findings[:_MOST_SHOWN]:
            _finding(one)
        if len(found.findings) > _MOST_SHOWN:
            st.caption(f"{count(len(found.findings) - _MOST_SHOWN, 'further sentence')} not shown here.")
        _sources(found)


def update_row(run: Run, found: Verification) -> None:
    """One proposed update in the list of what waits for a person."""
    with st.container(border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            badge(Word("Sources changed", "≈", "orange", ":material/update:"))
            st.markdown(plain(run.title), width="content")
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            st.caption(f"{_affected(found)} · {ago(found.at)}", width="content")
            st.page_link(
                "studio.py", label="Look", query_params={"run": run.id, session.STUDIO_TAB: TAB},
                icon=":material/chevron_right:", icon_position="right",
            )  # fmt: skip


TAB = "Verify again"
"""The name of the tab this view stands under."""


# --- when, and the record ---------------------------------------------------------------


def _head(run: Run, watch: Watch | None, found: Verification | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if watch:
            st.button(
                "Verify again", icon=":material/fact_check:", disabled=watch.working, on_click=_ask, args=(run.id,),
                help="Ask every cited page whether it still says what the article says.",
            )  # fmt: skip
        st.download_button(
            "Download the record", lambda: studio().verifying.record(run.id), f"{run.id}.zip", "application/zip",
            icon=":material/verified:", key=session.of("record", run.id), on_click="ignore",
            help="One file that proves the article: anyone checks it offline with `python -m core verify FILE`.",
        )  # fmt: skip
    if watch and watch.working:
        st.fragment(_waiting, run_every=2)(run.id)
    said = []
    if found:
        said.append(f"Looked at {ago(found.at)} by {plain('the schedule' if found.by == 'schedule' else found.by)}")
    if watch and watch.due_at and not watch.working:
        said.append(f"next look on {moment(watch.due_at):%-d %b %Y}")
    try:
        fingerprint = studio().verifying.fingerprint()
    except GalleyError as error:
        problem(error.message, error.remedy)
        fingerprint = None
    if fingerprint:
        said.append(f"records are signed by `{fingerprint}`")
    st.caption(" · ".join(said) if said else "The record is signed with a key made at its first download.")


def _ask(run_id: str) -> None:
    with told():
        studio().verifying.ask(run_id, by=person())


def _waiting(run_id: str) -> None:
    """Watches until the worker is done, then draws the page anew."""
    watch = studio().verifying.watch(run_id)
    if watch is None or not watch.working:
        st.rerun()
    st.caption(":material/progress_activity: The sources are being looked at.")


# --- what was found ---------------------------------------------------------------


def _affected(found: Verification) -> str:
    changed = sum(found.counts.get(state, 0) for state in (Standing.CHANGED, Standing.GONE, Standing.CONTRADICTED))
    return f"{count(changed, 'sentence')} affected"


def _sums(found: Verification) -> None:
    with st.container(horizontal=True):
        for state, word in STANDINGS.items():
            if number := found.counts.get(state, 0):
                st.badge(f"{number} {word.text.lower()}", icon=word.icon, color=word.color)  # type: ignore[arg-type]
    if found.holding < found.claims:
        problem(
            f"{count(found.claims - found.holding, 'claim')} not borne out by the stored snapshots.",
            "Run `python -m core verify` with the run's id to see which, and why.",
        )
    else:
        st.caption(f"All {count(found.claims, 'claim')} hold by the stored snapshots.")


def _proposal(run: Run, found: Verification) -> None:
    def accept() -> None:
        with told():
            studio().verifying.accept(found.id, by=person())
            flash("Taken over as a new version. It is being judged; publish it when you are content.")
            st.session_state[session.STUDIO_TAB] = "Article"

    def dismiss() -> None:
        with told():
            studio().verifying.dismiss(found.id, by=person())

    with st.container(border=True, key=session.of("update", found.id)):
        st.markdown(f"**An update is proposed** · {_affected(found)}")
        left_over = sum(not one.proposed and one.state in (Standing.GONE, Standing.CONTRADICTED)
                        for one in found.findings)  # fmt: skip
        if found.proposed_id is None:
            st.caption("Nothing could be written in their place. Edit or cut these sentences, or leave them.")
        elif left_over:
            st.caption(f"{count(left_over, 'sentence')} could not be written anew: look at each yourself.")
        with st.container(horizontal=True, vertical_alignment="center"):
            if found.proposed_id is not None:
                st.button("Take it over", type="primary", icon=":material/done_all:", on_click=accept)
                st.page_link(
                    "studio.py", label="See the proposed version", icon=":material/visibility:",
                    query_params={"run": run.id, "draft": str(found.proposed_id)},
                )  # fmt: skip
            st.button("Leave the article as it is", on_click=dismiss)


def _finding(one: Finding) -> None:
    before, after = marked(one.before, one.after)
    with st.container(border=True, key=session.of("finding", one.sentence_id)):
        with st.container(horizontal=True, vertical_alignment="center"):
            badge(STANDINGS[one.state])
            st.markdown(f"**{plain(one.sentence)}**", width="content")
        st.markdown(plain(one.reason))
        if one.after:
            was, now = st.columns(2)
            was.caption("Then")
            was.markdown(before)
            now.caption("Now")
            now.markdown(after)
        elif one.before and one.state is Standing.GONE:
            st.caption("It rested on")
            st.markdown(plain(one.before))
        if one.proposed and one.proposed != one.sentence:
            st.markdown(f":material/subdirectory_arrow_right: Proposed: {plain(one.proposed)}")
        elif one.proposed:
            st.caption("The sentence stays; it would be cited from the new text.")
        st.caption(f"{plain(one.title)} · {plain(one.url)}")


def marked(before: str, after: str) -> tuple[str, str]:
    """Both texts with the words that differ marked, safe for Markdown slots.

    >>> marked("It costs 9 pounds", "It costs 12 pounds")
    ('It costs :red-background[9] pounds', 'It costs :green-background[12] pounds')
    """
    was, now = (re.findall(r"\S+", text) for text in (before, after))
    left, right = [], []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        gone, new = plain(" ".join(was[a:b])), plain(" ".join(now[c:d]))
        left.append(gone if kind == "equal" or not gone else f":red-background[{gone}]")
        right.append(new if kind == "equal" or not new else f":green-background[{new}]")
    return " ".join(filter(None, left)), " ".join(filter(None, right))


def _sources(found: Verification) -> None:
    st.subheader("Its sources today", anchor=False)
    st.dataframe(
        [
            {
                "Source": look.title, "Today": "Text changed" if look.state is Standing.CHANGED
                else STANDINGS[look.state].text, "What was seen": look.message, "Address": look.url,
            }
            for look in found.looks
        ],
        hide_index=True, alt="Cited sources and how they stand today",
    )  # fmt: skip
