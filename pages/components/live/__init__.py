"""The live view of a run: timeline, draft so far, sources, passages, scores.

The browser listens to the feed itself, so nothing of the page reruns while the engine
works; Python hears of it only when the run comes to rest or goes on (`phase`).
"""

from pathlib import Path
from typing import Literal

import streamlit as st

from core.models import Run
from pages.components import session, ticket
from pages.components.browser import script, style
from pages.components.door import studio
from pages.components.live.feed import frame
from pages.components.words import STEPS

_HERE = Path(__file__).resolve().parent
_LIVE = st.components.v2.component(
    "galley_live",
    html="<div class='root'></div>",
    css=style(_HERE, "live.css"),
    js=script(_HERE, "live.js"),
)
POLL_S = 1.0


def live(run: Run, *, compact: Literal["", "bar", "quiet"] = "") -> None:
    """Draw the run as it goes; reruns the page when its status changes.

    Args:
        compact: `bar` for only the line and the bar, while the engine works beside a finished draft;
            `quiet` for nothing at all, to notice that something happened elsewhere.
    """
    polling = bool(st.session_state.get(session.FEED_FALLBACK))
    st.fragment(_draw, run_every=POLL_S if polling else None)(run, compact, polling)


def _draw(run: Run, compact: str, polling: bool) -> None:
    key = session.of("live", run.id, "beside" if compact else "full")
    result = _LIVE(
        key=key,
        data={
            "run": run.id,
            "title": run.title,
            "status": str(run.status),
            "steps": [[str(step), label] for step, label in STEPS.items()],
            "seq": studio().last_seq(run.id),
            "token": ticket.issue(studio().settings.data, run.id),
            "compact": compact,
            "polling": polling,
            "frame": frame(studio(), run.id, 0, most=100_000) if polling else None,
        },
        on_phase_change=lambda: None,
        on_fallback_change=lambda: None,
    )
    if result.get("fallback") and not polling:
        st.session_state[session.FEED_FALLBACK] = True
        st.rerun()
    if result.get("phase"):
        st.rerun()
