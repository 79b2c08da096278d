"""How an article stands at a target: live or not, seen or not, and what to do where something is wrong."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from core.models import Draft, Publication, Run
from pages.components import session
from pages.components.door import studio
from pages.components.figures import ago, moment, plain
from pages.components.shell import badge, person, problem, told
from pages.components.words import PUBLICATIONS
from pages.states.preview import difference

SAID = {
    "live": "Published to", "withdrawn": "Taken down at", "sending": "Being sent to", "draft": "A draft stands at",
    "edited": "Changed by somebody at", "kept": "Their version kept at", "failed": "Not taken by",
    "unknown": "No answer from",
}  # fmt: skip


def decide(run: Run, kind: str, targets: list[str], **data: object) -> None:
    """Say it to the run, and tell the person what went wrong if it cannot be said."""
    with told():
        studio().decide(run.id, kind, by=person(), data={"targets": targets, **data})


def title_of(target: str) -> str:
    """A target's name as people write it."""
    return next((form.title for form in studio().publishing.targets() if form.name == target), target)


def standing(draft: Draft, row: Publication) -> None:
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
        return
    receipts = studio().publishing.receipts(row.id) if row.status in ("draft", "scheduled") else []
    if receipts and receipts[0].preview_url:
        st.link_button("Preview there", receipts[0].preview_url, icon=":material/open_in_new:")


# --- what went wrong there ---------------------------------------------------------------


def trouble(run: Run, row: Publication, *, editable: bool) -> None:
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
            args=(run, "publish", [row.target]), kwargs={"reason": _reason(run)},
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
            args=(run, "publish", [row.target]), kwargs={"overwrite": [row.target], "reason": _reason(run)},
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
                    run.id,
                    "publish",
                    by=person(),
                    data={"targets": [row.target], "reason": _reason(run)},
                )
                st.rerun()


def _reason(run: Run) -> str | None:
    """What somebody already said for publishing this run below the gate."""
    return studio().publishing.reason_given(run.id)


# --- times ---------------------------------------------------------------


def moment_input(label: str, key: str, value: datetime | None) -> datetime:
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
            why, remedy = plain(row.error.get("message", "")), plain(row.error.get("remedy", ""))
            st.markdown(f":small[:red[{why}] {remedy}]", width="content")
        if row.public and row.url:
            st.link_button("View", row.url, icon=":material/open_in_new:")
        if row.status == "live" and not working and studio().publishing.may_publish(person()):
            st.button(
                "Undo", icon=":material/undo:", on_click=decide, args=(run, "unpublish", [row.target]),
                key=session.of("undo", row.id),
            )  # fmt: skip
