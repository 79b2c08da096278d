"""The script that `app.py` runs: the menu around every page."""

from pathlib import Path

import streamlit as st

from pages.components.shell import guard, top

st.set_page_config(page_title="Galley", page_icon="📰", layout="wide", initial_sidebar_state="collapsed")

st.html(Path(__file__).resolve().parent / "components" / "beyond_theme.css")
page = st.navigation(
    [
        st.Page("studio.py", title="Studio", icon=":material/edit_note:", default=True),
        st.Page("runs.py", title="Runs", icon=":material/history:", url_path="runs"),
        st.Page("library.py", title="Library", icon=":material/local_library:", url_path="library"),
        st.Page("quality.py", title="Quality", icon=":material/verified:", url_path="quality"),
        st.Page("costs.py", title="Costs", icon=":material/payments:", url_path="costs"),
        st.Page("settings.py", title="Settings", icon=":material/settings:", url_path="settings"),
        st.Page("inspect.py", title="Inspect", icon=":material/troubleshoot:", url_path="inspect", visibility="hidden"),
    ],
    position="top",
)
guard()
top()
page.run()
