"""Every version of the article, with what each changed in the scores."""

import streamlit as st

from core.models import Draft, DraftSummary, Run
from pages.components import session
from pages.components.door import studio
from pages.components.figures import ago, count, plain, share
from pages.components.words import ORIGINS


def versions(run: Run, shown: Draft) -> None:
    """Newest first; any can be opened at its own address."""
    found = studio().drafts(run.id)
    for place, summary in enumerate(found):
        earlier = found[place + 1] if place + 1 < len(found) else None
        _version(run, summary, earlier, shown.id)


def _version(run: Run, summary: DraftSummary, earlier: DraftSummary | None, shown: int) -> None:
    with st.container(border=True, key=session.of("version", summary.id)):
        who, score, weak, act = st.columns([4, 2, 3, 2], vertical_alignment="center")
        with who:
            present = " · the present one" if summary.id == run.draft_id else ""
            st.markdown(f"**Version {summary.version}** {ORIGINS.get(summary.origin, plain(summary.origin))}{present}")
            about = [
                ago(summary.created_at),
                count(summary.sentences, "sentence"),
                count(summary.words, "word"),
                plain(summary.note),
            ]
            st.caption(" · ".join(part for part in about if part))
        card = summary.scorecard
        with score:
            if card:
                st.metric("Faithfulness", share(card.faithfulness), delta(summary, earlier))
            else:
                st.caption("not scored")
        with weak:
            if card:
                st.caption(
                    f"{card.supported} supported, {card.partly} partly, {card.unsupported + card.contradicted} not"
                )
        with act:
            if summary.id == shown:
                st.caption("shown now")
            else:
                st.page_link(
                    "studio.py",
                    label="Open",
                    query_params={"run": run.id, "draft": str(summary.id)},
                    icon=":material/visibility:",
                )


def delta(summary: DraftSummary, earlier: DraftSummary | None) -> str | None:
    """The change of faithfulness in points; None when there is nothing to compare or no change."""
    if earlier is None or summary.scorecard is None or earlier.scorecard is None:
        return None
    points = round((summary.scorecard.faithfulness - earlier.scorecard.faithfulness) * 100)
    return f"{points:+d} points" if points else None
