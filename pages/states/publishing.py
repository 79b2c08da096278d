"""The publish panel: where the article goes, how it stands there, when, and what it will look like.

The ticks are remembered with the run, so that one click on Publish means the same wherever
the page is opened; everything else that is shown comes from the publications' rows.
"""

from functools import partial

import streamlit as st

from core.models import Draft, Publication, Run, TargetForm
from pages.components import session
from pages.components.door import studio
from pages.components.figures import moment, plain
from pages.components.shell import nothing, person, told
from pages.components.words import CAPABILITIES
from pages.states.details import details
from pages.states.preview import previews
from pages.states.standing import decide, local, moment_input, standing, title_of, trouble

FILES = {"Web page": "html", "PDF": "pdf", "Word": "docx", "Markdown": "md"}
KEPT = ("footnotes", "media", "description", "canonical_url", "structured_data")
"""What a reader or a search engine would miss where a target does not carry it."""


def publishing(run: Run, draft: Draft, *, editable: bool, reasons: list[str]) -> None:
    """The publish panel.

    Args:
        editable: the newest version, and nothing is being carried out.
        reasons: why publishing needs a person's reason; empty when it does not.
    """
    rows = {row.target: row for row in studio().publications(run.id)}
    forms = studio().publishing.offered()
    known = [form.name for form in forms]
    ticked = studio().publishing.chosen(run)
    may = studio().publishing.may_publish(person())
    if not may:
        st.info("Only approvers publish here. You can look at everything.", icon=":material/lock:")
    for form in forms:
        _target(run, draft, form, rows.get(form.name), ticked, editable=editable and may)
    for name in rows.keys() - known:
        _row(run, draft, rows[name], editable=editable and may)
    _more(run, known)
    if editable and may:
        _go(run, draft, [form for form in forms if form.name in ticked], rows, reasons)
    details(run, editable=editable and may)
    previews(run, draft, forms)


# --- one target ---------------------------------------------------------------


def _target(
    run: Run, draft: Draft, form: TargetForm, row: Publication | None, ticked: list[str], *, editable: bool
) -> None:
    key = session.of("to", run.id, form.name)

    def tick() -> None:
        names = [name for name in ticked if name != form.name] + ([form.name] if st.session_state[key] else [])
        studio().publishing.tick(run.id, names, by=person())

    with st.container(border=True, key=session.of("target", run.id, form.name)):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.checkbox(
                f"**{plain(form.title)}**", form.name in ticked, key=key, on_change=tick, disabled=not editable,
                width="content",
            )  # fmt: skip
            if row:
                standing(draft, row)
                _actions(run, row, form, editable=editable)
            else:
                st.caption(plain(form.about), width="content")
        if form.name in ticked or (row and row.public):
            _lost(form, row)
        if row and row.error:
            trouble(run, row, editable=editable)


def _lost(form: TargetForm, row: Publication | None) -> None:
    """What this target did not carry, as it said itself; before the first time, what it cannot."""
    receipts = studio().publishing.receipts(row.id) if row else []
    lost = [CAPABILITIES[name] for name in KEPT if name not in form.can]
    if receipts and receipts[0].lost:
        said = " ".join(receipts[0].lost)
    elif lost:
        said = f"Does not carry {', '.join(lost)}."
    else:
        return
    st.caption(f":orange[:material/content_cut:] {plain(said)}")


def _row(run: Run, draft: Draft, row: Publication, *, editable: bool) -> None:
    """A target that was published to and is not set up any more."""
    with st.container(border=True, key=session.of("gone", row.id)):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(title_of(row.target))}**", width="content")
            standing(draft, row)
        if row.error:
            trouble(run, row, editable=editable)


def _actions(run: Run, row: Publication, form: TargetForm, *, editable: bool) -> None:
    with st.popover("", icon=":material/more_horiz:", key=session.of("more", row.id), help="What else can be done"):
        if row.publish_at:
            _reschedule(run, row, editable=editable)
        if row.public and "unpublish" in form.can:
            st.button(
                "Take it down", icon=":material/visibility_off:", disabled=not editable, on_click=decide,
                args=(run, "unpublish", [row.target]), key=session.of("down", row.id), width="stretch",
            )  # fmt: skip
        if row.status == "withdrawn":
            st.button(
                "Bring it back", icon=":material/undo:", disabled=not editable, on_click=decide,
                args=(run, "publish", [row.target]), key=session.of("back", row.id), width="stretch",
            )  # fmt: skip
        if row.public and row.url:
            _look(row)
        if "delete" in form.can and row.version and row.status != "deleted":
            _delete(run, row, editable=editable)
        _receipts(row)


def _look(row: Publication) -> None:
    if st.button(
        "Look at the public page again", icon=":material/visibility:", key=session.of("look", row.id), width="stretch"
    ):
        with told():
            seen = studio().publishing.check_page(row.id)
            (st.success if seen.ok else st.warning)(plain(seen.said))


def _delete(run: Run, row: Publication, *, editable: bool) -> None:
    sure = st.checkbox(
        f"Delete it at {plain(title_of(row.target))} for good", key=session.of("sure", row.id), disabled=not editable
    )
    st.button(
        "Delete", icon=":material/delete:", disabled=not (editable and sure), on_click=decide,
        args=(run, "delete_there", [row.target]), key=session.of("delete", row.id), width="stretch",
    )  # fmt: skip


def _receipts(row: Publication) -> None:
    receipts = studio().publishing.receipts(row.id)
    if not receipts:
        return
    st.caption("Receipts, newest first")
    for receipt in receipts[:10]:
        st.markdown(f":small[{plain(receipt.status)} · {local(receipt.at)} · `{receipt.content_hash[:12]}`]")


def _reschedule(run: Run, row: Publication, *, editable: bool) -> None:
    when = moment_input("Publish at", session.of("when", row.id), moment(row.publish_at or ""))
    st.button(
        "Move it to then", icon=":material/schedule:", disabled=not editable, on_click=decide,
        args=(run, "reschedule", [row.target]), kwargs={"at": when.isoformat()}, key=session.of("move", row.id),
        width="stretch",
    )  # fmt: skip
    st.button(
        "Call it off", icon=":material/event_busy:", disabled=not editable, on_click=decide,
        args=(run, "reschedule", [row.target]), kwargs={"at": None}, key=session.of("off", row.id), width="stretch",
    )  # fmt: skip


def _more(run: Run, known: list[str]) -> None:
    others = [form.title for form in studio().publishing.targets() if form.name not in known]
    with st.container(horizontal=True, vertical_alignment="center"):
        if others:
            st.caption(f"Could also go to {plain(', '.join(others))}.", width="content")
        st.page_link(
            "settings.py", label="Set up targets", icon=":material/settings:", query_params={"tab": "Publishing"}
        )
        with st.popover("Download", icon=":material/download:"):
            for label, ending in FILES.items():
                st.download_button(
                    label, partial(studio().publishing.file, run.id, ending), f"{run.id}.{ending}", on_click="ignore",
                    key=session.of("file", run.id, ending), width="stretch",
                )  # fmt: skip


# --- now or later ---------------------------------------------------------------


def _go(run: Run, draft: Draft, forms: list[TargetForm], rows: dict[str, Publication], reasons: list[str]) -> None:
    if not forms:
        nothing("Nothing is ticked.", "Tick where the article is to go.")
        return
    update = any(row.public for row in rows.values())
    with st.container(horizontal=True, vertical_alignment="bottom"):
        ways = ["Now", "Later"]
        if all("drafts" in form.can and not (form.name in rows and rows[form.name].public) for form in forms):
            ways.append("As a draft")
        way = st.segmented_control("When", ways, default="Now", required=True, key=session.of("later", run.id))
        when = moment_input("Publish at", session.of("at", run.id), None) if way == "Later" else None
        note = ""
        if update:
            note = st.text_input(
                "What changed, for readers", key=session.of("what", run.id, draft.id),
                placeholder="for example: figures for 2026 added", width=360,
            )  # fmt: skip
        reason = studio().publishing.reason_given(run.id) or ""
        if reasons:
            reason = st.text_input(
                "Why publish although not everything is supported?", reason, key=session.of("why", run.id, draft.id),
                placeholder="It is printed with the article.", width=360,
            )  # fmt: skip
        names = ", ".join(form.title for form in forms)
        st.button(
            f"{'Schedule' if when else 'Send'} to {plain(names)}", type="primary",
            icon=":material/schedule:" if when else ":material/publish:",
            disabled=bool(reasons) and not reason.strip(), on_click=decide,
            args=(run, "publish", [form.name for form in forms]),
            kwargs={
                "at": when.isoformat() if when else None, "draft": way == "As a draft" or None,
                "note": note.strip() or None, "reason": reason or None,
            },
            key=session.of("go", run.id),
        )  # fmt: skip
