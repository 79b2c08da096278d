"""Links between pages, each with what the other page needs to know."""

import streamlit as st


def open_step(run_id: str, seq: int | None = None, label: str = "Inspect the steps") -> None:
    """To the page that shows what one step was given and gave."""
    query = {"run": run_id} | ({"step": str(seq)} if seq is not None else {})
    st.page_link("inspect.py", label=label, query_params=query, icon=":material/troubleshoot:")


def open_run(run_id: str, label: str, draft: int | None = None) -> None:
    """To a run on the Studio page, or to one version of its article."""
    query = {"run": run_id} | ({"draft": str(draft)} if draft is not None else {})
    st.page_link("studio.py", label=label, query_params=query, icon=":material/open_in_new:")
