"""Where the article goes: targets and how it stands there, when, and what to do where something is wrong.

The ticks are remembered with the run, so that one click on Publish means the same wherever
the page is opened; everything else that is shown comes from the publications' rows.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from core.models import Draft, Publication, Run, TargetForm
from pages.components import session
from pages.components.door import studio
from pages.components.figures import ago, moment, plain
from pages.components.shell import badge, nothing, person, problem, told
from pages.components.words import CAPABILITIES, PUBLICATIONS
from pages.states.details import details
from pages.states.preview import difference, previews

KEPT = ("footnotes", "media", "description", "canonical_url", "structured_data")
"""What a reader or a search engine would miss where a target does not carry it."""
SAID = {
    "live": "Published to", "withdrawn": "Taken down at", "sending": "Being sent to", "draft": "A draft stands at",
    "edited": "Changed by somebody at", "kept": "Their version kept at", "failed": "Not taken by",
    "unknown": "No answer from",
}  # fmt: skip


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
    _more(known)
    if editable and may:
        _go(run, draft, [form for form in forms if form.name in ticked], rows, reasons)
    details(run, editable=editable and may)
    previews(run, draft, forms)


def decide(run: Run, kind: str, targets: list[str], **data: object) -> None:
    """Say it to the run, and tell the person what went wrong if it cannot be said."""
    with told():
        studio().decide(run.id, kind, by=person(), data={"targets": targets, **data})


def title_of(target: str) -> str:
    """A target's name as people write it."""
    return next((form.title for form in studio().publishing.targets() if form.name == target), target)


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
                _standing(run, draft, row)
                _actions(run, row, form, editable=editable)
            else:
                st.caption(plain(form.about), width="content")
        lost = [CAPABILITIES[name] for name in KEPT if name not in form.can]
        if form.name in ticked and lost:
            st.caption(f":orange[:material/content_cut:] Does not carry {plain(', '.join(lost))}.")
        if row and row.error:
            _trouble(run, row, editable=editable)


def _row(run: Run, draft: Draft, row: Publication, *, editable: bool) -> None:
    """A target that was published to and is not set up any more."""
    with st.container(border=True, key=session.of("gone", row.id)):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(title_of(row.target))}**", width="content")
            _standing(run, draft, row)
        if row.error:
            _trouble(run, row, editable=editable)


def _standing(run: Run, draft: Draft, row: Publication) -> None:
    """Badge, time, what the public page shows, and the link."""
    badge(PUBLICATIONS[row.status])
    parts = []
    if row.public and (row.modified_at or row.published_at):
        parts.append(ago(row.modified_at or row.published_at))
    if row.version > 1:
        parts.append(f"version {row.version}")
    if row.publish_at:
        parts.append(f"due {local(row.publish_at)}")
    if row.public and row.draft_id not in (None, draft.id):
        parts.append("this version is newer")
    st.caption(" · ".join(parts), width="content")
    if row.public and row.checked:
        mark = (
            ":green[:material/visibility:] page seen"
            if row.checked.ok
            else ":orange[:material/visibility_off:] not seen"
        )
        st.caption(mark, help=f"{plain(row.checked.said)} Looked at {ago(row.checked.at)}.", width="content")
    if row.public and row.url:
        st.link_button("View", row.url, icon=":material/open_in_new:")


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
    when = _moment_input("Publish at", session.of("when", row.id), moment(row.publish_at or ""))
    st.button(
        "Move it to then", icon=":material/schedule:", disabled=not editable, on_click=decide,
        args=(run, "reschedule", [row.target]), kwargs={"at": when.isoformat()}, key=session.of("move", row.id),
        width="stretch",
    )  # fmt: skip
    st.button(
        "Call it off", icon=":material/event_busy:", disabled=not editable, on_click=decide,
        args=(run, "reschedule", [row.target]), kwargs={"at": None}, key=session.of("off", row.id), width="stretch",
    )  # fmt: skip


def _more(known: list[str]) -> None:
    others = [form.title for form in studio().publishing.targets() if form.name not in known]
    with st.container(horizontal=True, vertical_alignment="center"):
        if others:
            st.caption(f"Could also go to {plain(', '.join(others))}.", width="content")
        st.page_link(
            "settings.py", label="Set up targets", icon=":material/settings:", query_params={"tab": "Publishing"}
        )


# --- what went wrong there ---------------------------------------------------------------


def _trouble(run: Run, row: Publication, *, editable: bool) -> None:
    error = row.error or {}
    problem(error.get("message", "The article was not taken."), error.get("remedy", "Try again."))
    kind = error.get("kind")
    if kind == "EditedThereError":
        _choose(run, row, editable=editable)
    elif kind == "SlugTakenError":
        _other_slug(run, row, editable=editable)
    elif editable:
        st.button(
            f"Try {plain(title_of(row.target))} again", icon=":material/refresh:", on_click=decide,
            args=(run, "publish", [row.target]), kwargs={"reason": _reason_given(run)},
            key=session.of("again", row.id),
        )  # fmt: skip


def _choose(run: Run, row: Publication, *, editable: bool) -> None:
    """Somebody changed it there: the two texts, and the choice."""
    with st.expander(
        "What differs: there (−) and here (+)", key=session.of("differs", row.id), on_change="rerun"
    ) as box:
        if box.open:
            difference(run, row.target)
    with st.container(horizontal=True):
        st.button(
            "Replace it with ours", icon=":material/publish:", disabled=not editable, on_click=decide,
            args=(run, "publish", [row.target]), kwargs={"overwrite": [row.target], "reason": _reason_given(run)},
            key=session.of("ours", row.id),
        )  # fmt: skip
        st.button(
            "Keep theirs", icon=":material/handshake:", disabled=not editable, on_click=decide,
            args=(run, "keep_theirs", [row.target]), key=session.of("theirs", row.id),
        )  # fmt: skip


def _other_slug(run: Run, row: Publication, *, editable: bool) -> None:
    with st.form(session.of("slug", row.id), border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        slug = st.text_input("Another address", f"{row.slug}-2", width=320)
        if st.form_submit_button("Publish there", icon=":material/publish:", disabled=not editable) and slug.strip():
            with told():
                mine = studio().publishing.details(run.id)
                studio().publishing.save_details(run.id, replace(mine, slug=slug), by=person())
                studio().decide(
                    run.id, "publish", by=person(), data={"targets": [row.target], "reason": _reason_given(run)}
                )
                st.rerun()


def _reason_given(run: Run) -> str | None:
    """The reason somebody already gave for publishing this run below the gate."""
    return studio().publishing.reason_given(run.id)


# --- now or later ---------------------------------------------------------------


def _go(run: Run, draft: Draft, forms: list[TargetForm], rows: dict[str, Publication], reasons: list[str]) -> None:
    if not forms:
        nothing("Nothing is ticked.", "Tick where the article is to go.")
        return
    update = any(row.public for row in rows.values())
    with st.container(horizontal=True, vertical_alignment="bottom"):
        later = st.segmented_control(
            "When", ["Now", "Later"], default="Now", required=True, key=session.of("later", run.id)
        ) == "Later"  # fmt: skip
        when = _moment_input("Publish at", session.of("at", run.id), None) if later else None
        note = ""
        if update:
            note = st.text_input(
                "What changed, for readers", key=session.of("what", run.id, draft.id),
                placeholder="for example: figures for 2026 added", width=360,
            )  # fmt: skip
        reason = _reason_given(run) or ""
        if reasons:
            reason = st.text_input(
                "Why publish although not everything is supported?", reason, key=session.of("why", run.id, draft.id),
                placeholder="It is printed with the article.", width=360,
            )  # fmt: skip
        names = ", ".join(form.title for form in forms)
        st.button(
            f"{'Schedule' if later else 'Send'} to {plain(names)}", type="primary",
            icon=":material/schedule:" if later else ":material/publish:",
            disabled=bool(reasons) and not reason.strip(), on_click=decide,
            args=(run, "publish", [form.name for form in forms]),
            kwargs={"at": when.isoformat() if when else None, "note": note.strip() or None, "reason": reason or None},
            key=session.of("go", run.id),
        )  # fmt: skip


def _moment_input(label: str, key: str, value: datetime | None) -> datetime:
    """A time in the reader's own zone, as an aware one."""
    zone = _zone()
    start = (value or datetime.now(UTC) + timedelta(hours=1)).astimezone(zone).replace(second=0, microsecond=0)
    said = st.datetime_input(f"{label} ({zone.key})", start.replace(tzinfo=None), key=key, width=240)
    return said.replace(tzinfo=zone)


def _zone() -> ZoneInfo:
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (KeyError, ValueError):
        return ZoneInfo("UTC")


def local(iso: str) -> str:
    """A time as the reader's clock shows it."""
    when = moment(iso).astimezone(_zone())
    return f"{when.day} {when:%b %Y, %H:%M}"


# --- above the article ---------------------------------------------------------------


def notices(run: Run, draft: Draft, *, working: bool) -> None:
    """One line for each place the article stands at or failed to get to."""
    rows = [row for row in studio().publications(run.id) if row.status not in ("planned", "deleted") or row.error]
    if not rows:
        return
    with st.container(border=True, key=session.of("standing", run.id)):
        for row in rows:
            _notice(run, draft, row, working=working)


def _notice(run: Run, draft: Draft, row: Publication, *, working: bool) -> None:
    word = PUBLICATIONS[row.status]
    with st.container(
        horizontal=True, vertical_alignment="center", key=session.of("receipt", row.id), horizontal_alignment="left"
    ):
        said = SAID.get(row.status, word.text)
        if row.publish_at:
            said = f"{'An update goes' if row.public else 'Goes'} out {local(row.publish_at)} to"
        st.markdown(
            f":{word.color}[{word.icon}] **{said}** {plain(title_of(row.target))}"
            + (f", {ago(row.modified_at or row.published_at)}" if row.public else ""),
            width="content",
        )
        if row.public and row.draft_id not in (None, draft.id):
            st.caption("this version is newer", width="content")
        if row.checked and not row.checked.ok and row.public:
            st.caption(f":orange[:material/visibility_off:] {plain(row.checked.said)}", width="content")
        if row.error:
            st.caption(
                f":red[{plain(row.error.get('message', ''))}] {plain(row.error.get('remedy', ''))}", width="content"
            )
        if row.public and row.url:
            st.link_button("View", row.url, icon=":material/open_in_new:")
        if row.status == "live" and not working and studio().publishing.may_publish(person()):
            st.button(
                "Undo", icon=":material/undo:", on_click=decide, args=(run, "unpublish", [row.target]),
                key=session.of("undo", row.id),
            )  # fmt: skip
