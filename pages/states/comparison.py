"""Two runs side by side: what each was asked, how it scores, what it cost, and where the articles differ."""

import streamlit as st

from core.models import Run
from pages.components import session
from pages.components.door import studio
from pages.components.figures import duration, money, plain, short
from pages.components.links import open_run
from pages.components.sources import asked_for
from pages.components.words import SCORE_GROUPS, SCORES, STEPS, standing
from pages.states.again import told_changes
from pages.states.preview import changes, words_changed
from pages.states.scores import told

MOST_DIFFERENCES = 60
"""Sentences shown of two articles that differ."""


def comparison(first: Run, second: Run) -> None:
    """One table of both, the older one first, and the sentences that differ."""
    runs = sorted((first, second), key=lambda run: run.created_at)
    st.subheader("Side by side", anchor=False)
    for side, run in zip(("Left", "Right"), runs, strict=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            branch = f", a branch from {STEPS[run.fork.step]}: {told_changes(run)}" if run.fork else ""
            st.markdown(f"**{side}:** {plain(short(run.title, 70))}{branch}", width="content")
            open_run(run.id, "Open")
    left, right = (_facts(run) for run in runs)
    st.dataframe(
        [
            {"": name, "Left": one, "Right": other, "Differs": "≠" if one != other else ""}
            for (name, one), (_, other) in zip(left.items(), right.items(), strict=True)
        ],
        hide_index=True, height="content", alt="Facts and scores of both runs",
        column_config={
            "": st.column_config.TextColumn(pinned=True, width=150),
            "Differs": st.column_config.TextColumn(width=64),
        },
    )  # fmt: skip
    drafts = [run.draft_id for run in runs if run.draft_id]
    if len(drafts) == 2:
        with st.expander(
            "What differs in the articles: left (−) and right (+)",
            key=session.of("differs", runs[0].id, runs[1].id), on_change="rerun",
        ) as box:  # fmt: skip
            if box.open:
                _difference(studio().markdown(drafts[0]), studio().markdown(drafts[1]))


def _facts(run: Run) -> dict[str, str]:
    card = studio().scorecard(run.draft_id) if run.draft_id else None
    read = {source.source_id for source in studio().sources(run.id) if source.status == "read"}
    return {
        "State": standing(run).text,
        "Topic": run.brief.topic,
        "Words asked for": f"{run.brief.words:,}",
        "Sources asked for": asked_for(run.brief) or "any",
        "Sources read": str(len(read)),
        "Versions": str(len(studio().drafts(run.id))),
        "Claims supported": str(card.supported) if card else "",
        "Partly supported": str(card.partly) if card else "",
        "Not supported": str(card.unsupported + card.contradicted) if card else "",
        **{
            SCORES[name].label: told(name, card) if card else ""
            for names in SCORE_GROUPS.values() for name in names
        },
        "Cost": money(run.cost_usd, run.unpriced),
        "Tokens": f"{run.tokens_in + run.tokens_out:,}",
        "Worked": duration(studio().progress(run.id).elapsed_s),
    }  # fmt: skip


def _difference(left: str, right: str) -> None:
    """Two articles sentence by sentence, where they differ."""
    pairs = changes(left, right)
    if not pairs:
        st.caption("No word differs.")
    for old, new in pairs[:MOST_DIFFERENCES]:
        before, after = words_changed(old, new)
        st.markdown("\n\n".join(part for part in (before and f"− {before}", after and f"\\+ {after}") if part))
    if len(pairs) > MOST_DIFFERENCES:
        st.caption(f"{len(pairs) - MOST_DIFFERENCES} more differ.")
