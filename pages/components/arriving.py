"""What is on its way into the library, and how far it is, until it is there."""

import math

import streamlit as st

from core.models import Ingest
from pages.components.door import studio
from pages.components.figures import count, plain

EVERY_S = 1.0
LEAST_TIMED = 5
"""Files after which a rate says something."""


def arrivals() -> None:
    """A part of the page that looks again by itself while something is on its way."""
    busy = arriving()
    st.fragment(shown, run_every=EVERY_S if busy else None)(busy)


def arriving() -> bool:
    """Whether anything is on its way."""
    return any(ingest.status in {"queued", "running"} for ingest in studio().ingests())


def shown(was_busy: bool) -> None:
    """What is on its way in, and what failed lately; quiet when all is done.

    Args:
        was_busy: whether anything was on its way when the page was drawn: when it is there, the whole page is out
            of date, and drawn anew.
    """
    found = studio().ingests()
    busy = [ingest for ingest in found if ingest.status in {"queued", "running"}]
    if was_busy and not busy:
        st.rerun()
    for ingest in reversed(busy):
        share = (ingest.done + ingest.failed) / ingest.total if ingest.total else 0.0
        st.progress(min(1.0, share), text=f"Reading {plain(ingest.collection)}: {_how_far(ingest)}")
    for ingest in found[:3]:
        if ingest.status == "failed" or ingest.failed:
            st.warning(
                f"{plain(ingest.collection)}: {count(ingest.failed, 'file')} could not be read."
                f" {plain(ingest.message)}",
                icon=":material/warning:",
            )


def _how_far(ingest: Ingest) -> str:
    """`310 of 10,000 files, 4,200 passages · 12.1 files a second · 13 minutes left`."""
    if not ingest.total:
        return "waiting"
    said = f"{ingest.done:,} of {count(ingest.total, 'file')}, {count(ingest.passages, 'passage')}"
    worked = ingest.done + ingest.failed - ingest.unchanged
    if worked < LEAST_TIMED or not ingest.seconds:
        return said
    rate = worked / ingest.seconds
    left = (ingest.total - ingest.done - ingest.failed) / rate
    until = count(math.ceil(left / 60), "minute") if left > 90 else count(math.ceil(left), "second")
    return f"{said} · {rate:,.1f} files a second · {until} left"
