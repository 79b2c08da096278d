"""A whole page in a sandboxed frame: no script runs in it, and it cannot reach the studio.

Streamlit's own frame lets scripts run with the studio's rights, which is not for a page that
is made of strangers' words.
"""

from pathlib import Path

import streamlit as st

_PAGE = st.components.v2.component(
    "galley_page",
    html="<div class='root'></div>",
    js=(Path(__file__).resolve().parent / "page.js").read_text("utf-8"),
)


def page(html: str, *, title: str, key: str, height: int = 640) -> None:
    """Show a page; `title` is what a screen reader says of the frame."""
    _PAGE(key=key, data={"html": html, "title": title, "height": height})
