"""Library: the sources that are held, and the way in for more."""

import streamlit as st

from core.models import Source
from pages.components import session
from pages.components.arriving import arrivals, arriving
from pages.components.door import studio
from pages.components.figures import ago, count, plain
from pages.components.links import open_run
from pages.components.paging import other_pages, paged
from pages.components.shell import flash, guard, heading, nothing, told

SIZE = 50
TYPES = ["md", "txt", "html", "htm", "pdf"]
MOST_MB = 25


def page() -> None:
    st.set_page_config(page_title="Library · Galley")
    asked = st.query_params.get("source", "")
    if asked.isdigit() and _opened(int(asked)):
        return
    heading("Library")
    with st.expander("Add sources", icon=":material/library_add:", expanded=not studio().library(size=1).total):
        _add()
    arrivals()
    _sources()


# --- the way in ---------------------------------------------------------------


def _add() -> None:
    files, folder, address, sample = st.tabs(
        ["Upload files", "Add a folder", "Add an address", "Sample library"], key="add"
    )
    with files, st.form("files", border=False, clear_on_submit=True):
        chosen = st.file_uploader(
            "Markdown, text, HTML or PDF", type=TYPES, accept_multiple_files=True, max_upload_size=MOST_MB
        )
        name = st.text_input("Collection", "uploads", width=260)
        if st.form_submit_button("Add to the library", icon=":material/upload:") and chosen:
            with told():
                studio().add_files(
                    [(file.name, file.getvalue()) for file in chosen], collection=name.strip() or "uploads"
                )
                flash(f"{count(len(chosen), 'file')} on the way in.")
                st.rerun()
    with folder, st.form("folder", border=False):
        path = st.text_input("Path of a folder on this machine", placeholder="/home/me/papers")
        name = st.text_input("Collection", placeholder="the folder's name", width=260)
        if st.form_submit_button("Add the folder", icon=":material/folder_open:") and path.strip():
            with told():
                studio().add_folder(path.strip(), name.strip() or None)
                flash("The folder is being read.")
                st.rerun()
    with address, st.form("address", border=False, clear_on_submit=True):
        url = st.text_input("Address of a page or PDF", type="url", placeholder="https://")
        if st.form_submit_button("Add the page", icon=":material/link:") and url.strip():
            with told():
                studio().add_url(url.strip())
                flash("The page is being fetched.")
                st.rerun()
    with sample:
        st.caption(
            "Three small collections on heat pumps, street trees and sleep,"
            " with disagreements and outdated figures to notice."
        )
        if st.button("Add the sample library", icon=":material/library_add:"):
            with told():
                studio().add_sample_library()
                flash("The sample library is being read.")
                st.rerun()


# --- what is held ---------------------------------------------------------------


def _sources() -> None:
    collections = studio().collections()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        search = st.text_input(
            "Search inside the library", key=session.SEARCH, type="search", live=True, bind="query-params", width=340
        )
        with_excluded = st.toggle("Show excluded", key=session.EXCLUDED, bind="query-params")
    found = paged(lambda number: studio().library(search=search or "", page=number, size=SIZE))
    rows = [source for source in found.rows if with_excluded or not source.excluded]
    if not rows:
        if search:
            nothing("No source matches.", "Try other words; titles and texts are searched.")
        elif not arriving():
            nothing(
                "The library is empty.",
                "Upload files, add a folder or an address, or take the sample library to begin with.",
            )
        return
    shown = " · ".join(f"{plain(name)} ({size})" for name, size in collections)
    st.caption(f"{count(found.total, 'source')}" + (f" in {shown}" if shown else ""))
    picked = st.dataframe(
        [_row(source) for source in rows],
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key="source_table",
        alt="Sources",
        column_config={
            "Title": st.column_config.TextColumn(width="large"),
            "Open": st.column_config.LinkColumn(display_text="Open", width="small"),
        },
    )
    other_pages(found.total, SIZE)
    chosen = [rows[place] for place in picked.selection.rows if place < len(rows)]
    if chosen:
        _one(chosen[0])


def _row(source: Source) -> dict[str, object]:
    marks = [f"⚑ {flag.kind}" for flag in source.flags]
    if source.duplicate_of:
        marks.append(f"≡ repeats {source.duplicate_of}")
    if source.excluded:
        marks.append("excluded")
    return {
        "Title": source.title or source.url,
        "Collection": source.collection or "web",
        "Words": source.words,
        "Published": source.published or "",
        "Fetched": ago(source.fetched_at),
        "Remarks": ", ".join(marks),
        "Open": f"/library?source={source.id}",
    }


def _one(source: Source) -> None:
    def turn() -> None:
        with told():
            studio().exclude(source.id, not source.excluded)

    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain(source.title or source.url)}**", width="content")
        st.page_link("library.py", label="Open", query_params={"source": str(source.id)}, icon=":material/open_in_new:")
        word = "Use again" if source.excluded else "Exclude from research"
        st.button(word, icon=":material/block:", on_click=turn)


# --- one source ---------------------------------------------------------------


def _opened(source_id: int) -> bool:
    """Draw one source with its snapshot; False when there is none such."""
    try:
        source = studio().source(source_id)
    except LookupError:
        nothing("This source is not held.", "The address names one that is not in this library.")
        return False
    snapshot = studio().snapshot(source.snapshot_id)
    st.set_page_config(page_title=f"{source.title} · Library")
    st.page_link("library.py", label="All sources", icon=":material/arrow_back:")
    facts = [
        source.site,
        source.author,
        source.published,
        count(source.words, "word"),
        f"fetched {ago(source.fetched_at)}",
    ]
    heading(source.title or source.url, None, plain(" · ".join(part for part in facts if part)))
    st.caption(f"SHA-256 {snapshot.text_hash}")
    if source.url.startswith(("http://", "https://")):
        st.link_button("Open the page", source.url, icon=":material/open_in_new:")
    for flag in snapshot.flags:
        st.warning(f"**{plain(flag.kind)}**: {plain(flag.note)}", icon=":material/flag:")
        st.text(snapshot.text[max(0, flag.start - 60) : flag.end + 60])
    if source.duplicate_of:
        st.info(f"It repeats source {source.duplicate_of} and is counted once with it.", icon=":material/content_copy:")
    text, used = st.columns([3, 1], gap="large")
    with text, st.container(height=640, border=True):
        st.text(snapshot.text)
    with used:
        st.subheader("Cited by", anchor=False)
        citing = studio().citing(source_id)
        for run in citing:
            open_run(run.id, plain(run.title))
        if not citing:
            st.caption("No article cites it yet.")
    return True


guard()
page()
