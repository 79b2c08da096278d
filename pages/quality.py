"""Quality: the scores of every article over time, and how good the judges themselves are."""

from typing import Any

import streamlit as st

from core.models import JudgeMeasured
from pages.components import session
from pages.components.door import studio
from pages.components.figures import moment, plain, share
from pages.components.shell import guard, heading, nothing
from pages.components.words import SCORES, judge_name

SHOWN = ("faithfulness", "coverage", "citation_accuracy", "logic")
CHARTED = ("faithfulness", "coverage", "citation_accuracy", "answer_relevance")
DASHED = {"dash": "dash", "color": "#8a8578"}
NEWEST, MORE = 25, 200
"""Articles that are counted and shown at first, for a history may have thousands, and that a person may ask for."""
FAMILIES = {
    "ragtruth (natural share)": "Answers that models wrote, as they come",
    "ragtruth (dev)": "Answers that models wrote, more false ones",
    "factcg (dev)": "Claims over several documents",
    "fever (dev)": "Claims people wrote about Wikipedia",
    "halueval (dev)": "Answers that models were told to spoil",
    "summedits (dev)": "Summaries changed by one slip",
    "fm2 (dev)": "Claims people wrote to mislead",
    "all (dev)": "All of these but the first",
}


def page() -> None:
    st.set_page_config(page_title="Quality · Galley")
    heading("Quality")
    found, most = studio().quality(NEWEST + 1), NEWEST
    if len(found) > NEWEST and st.toggle(f"The newest {MORE} articles instead of {NEWEST}"):
        found, most = studio().quality(MORE), MORE
    if found:
        _articles(sorted(found[:most], key=lambda row: str(row["at"])))
    else:
        nothing("No article has been scored yet.", "Each article that is judged adds a point here.")
    _judges(most)


def _articles(rows: list[dict[str, Any]]) -> None:
    gate = studio().settings.gate
    with st.container(horizontal=True):
        for name in SHOWN:
            score = SCORES[name]
            st.metric(f"{score.label}, newest", share(rows[-1].get(name)), help=score.meaning, border=True, width=210)
        passed = sum(row["faithfulness"] >= gate for row in rows)
        st.metric(
            "At or above the gate",
            f"{passed} of {len(rows)}",
            help=f"Faithfulness of at least {share(gate)}",
            border=True,
            width=210,
        )
    _chart(rows, gate)
    newest = rows[::-1]
    st.dataframe(
        {
            "Article": [row["title"] for row in newest],
            "When": [moment(str(row["at"])) for row in newest],
            **{score.label: _cells(newest, name, score.unit) for name, score in SCORES.items()},
            "Open": [f"/?run={row['run_id']}" for row in newest],
        },
        hide_index=True,
        alt="Scores of every article",
        column_config={
            **{
                score.label: st.column_config.NumberColumn(
                    score.label, format="%.0f %%" if score.unit == "share" else "%.1f", help=score.meaning
                )
                for score in SCORES.values()
            },
            "When": st.column_config.DatetimeColumn(format="distance"),
            "Open": st.column_config.LinkColumn(display_text="Open", width="small"),
        },
    )


def _cells(rows: list[dict[str, Any]], name: str, unit: str) -> list[float | None]:
    times = 100 if unit == "share" else 1
    return [None if (value := row.get(name)) is None else value * times for row in rows]


def _chart(rows: list[dict[str, Any]], gate: float) -> None:
    places, titles = list(range(1, len(rows) + 1)), [str(row["title"]) for row in rows]
    dashes = ("solid", "dash", "dot", "dashdot")
    lines = [
        {
            "type": "scatter", "mode": "lines+markers", "x": places, "y": [row.get(name) for row in rows],
            "name": SCORES[name].label, "line": {"dash": dash}, "customdata": titles,
            "hovertemplate": "%{customdata}<br>" + SCORES[name].label + " %{y:.0%}<extra></extra>",
        }
        for dash, name in zip(dashes, CHARTED, strict=True)
    ]  # fmt: skip
    across = {"xref": "x domain", "yref": "y"}
    layout = {
        "height": 300,
        "margin": {"l": 0, "r": 0, "t": 8, "b": 0},
        "legend": {"orientation": "h", "y": 1.15, "x": 0},
        "yaxis": {"tickformat": ".0%", "range": [0, 1.04]},
        "xaxis": {"title": {"text": "article, oldest first"}, "dtick": max(1, len(rows) // 20)},
        "shapes": [{"type": "line", "x0": 0, "x1": 1, "y0": gate, "y1": gate, "line": DASHED, **across}],
        "annotations": [
            {"text": "gate", "x": 1, "xanchor": "right", "y": gate, "yanchor": "top", "showarrow": False, **across}
        ],
    }
    st.plotly_chart(
        {"data": lines, "layout": layout}, key="quality", config={"displayModeBar": False},
        alt="Scores over time; the table below says the same",
    )  # fmt: skip


# --- the judges ---------------------------------------------------------------


def _judges(newest: int) -> None:
    measured = studio().judging.measured()
    st.subheader("The judges", anchor=False)
    _who_decided(newest)
    natural = measured.families["ragtruth (natural share)"]
    st.markdown(
        "**The judge without a model**, on claims with labels by people, none of which it was fitted on:"
        f" balanced accuracy {share(natural['balanced_accuracy'])} on answers that models wrote. Strong model"
        " judges reach about 85 % there in published comparisons: it should never be taken for one."
    )
    st.dataframe(
        [
            {
                "Claims": meaning,
                "Number": measured.families[name]["rows"],
                "Truly supported": measured.families[name]["supported"] * 100,
                "Balanced accuracy": measured.families[name]["balanced_accuracy"] * 100,
                "Ranked right (AUC)": measured.families[name]["auc"] * 100,
            }
            for name, meaning in FAMILIES.items()
            if name in measured.families
        ],
        hide_index=True,
        alt="How good the judge without a model is, by kind of claim",
        column_config={
            name: st.column_config.NumberColumn(format="%.0f %%")
            for name in ("Truly supported", "Balanced accuracy", "Ranked right (AUC)")
        },
    )
    _closer_looks(measured)


@st.fragment
def _closer_looks(measured: JudgeMeasured) -> None:
    """Drawn where they are opened."""
    for title, key, draw in (
        ("Where its thresholds stand, and what they let through", "thresholds", _thresholds),
        ("What a model judge is asked, and what comes of it", "cascade", _cascade),
    ):
        with st.expander(title, type="compact", key=session.of("judges", key), on_change="rerun") as box:
            if box.open:
                draw(measured)


def _who_decided(newest: int) -> None:
    """Which judge decided how many claims of the newest runs, and whether the planted false ones were caught."""
    judging = studio().judging
    decided = judging.decided(newest)
    claims = sum(number for number, _ in decided.values())
    if not claims:
        st.caption("No claim has been judged yet.")
        return
    shown, caught = judging.canaries(newest)
    with st.container(horizontal=True):
        for judge, (number, doubtful) in decided.items():
            st.metric(
                f"By {plain(judge_name(judge))}", share(number / claims), border=True, width=240,
                help=f"{number} of {claims} claims of the present drafts of the newest {newest} runs;"
                f" {doubtful} verdicts are doubtful",
            )  # fmt: skip
        if shown:
            st.metric(
                "Planted false claims caught", f"{caught} of {shown}", border=True, width=240,
                help="Known false claims slipped in among those a model judge is asked about, never shown in an"
                f" article; counted over the newest {newest} runs. A judge that misses one loses its word on that"
                " section.",
            )  # fmt: skip
    model = judging.judge()
    if model != "extractive" and not judging.accepted(model):
        st.markdown(
            f":orange[:material/warning: **{plain(model)}** judges, and has passed no trial.]"
            " Try it under Settings, Judging and money."
        )


def _thresholds(measured: JudgeMeasured) -> None:
    names = ("Share of sentences", "Truly supported among them", "Share of unsupported ones let through")
    lines = [
        {
            "type": "scatter", "mode": "lines+markers", "x": [row[0] for row in measured.thresholds],
            "y": [row[n] for row in measured.thresholds], "name": name, "line": {"dash": dash},
            "hovertemplate": "%{x}: %{y:.0%}<extra>" + name + "</extra>",
        }
        for n, (name, dash) in enumerate(zip(names, ("dot", "solid", "dash"), strict=True), 1)
    ]  # fmt: skip
    up = {"xref": "x", "yref": "y domain"}
    marked = ((measured.supported_at, "supported"), (measured.accepted_at, "no model asked"))
    layout = {
        "height": 300,
        "margin": {"l": 0, "r": 0, "t": 24, "b": 0},
        "legend": {"orientation": "h", "y": -0.25, "x": 0},
        "yaxis": {"tickformat": ".0%", "range": [0, 1.04]},
        "xaxis": {"title": {"text": "score at least"}},
        "shapes": [{"type": "line", "x0": at, "x1": at, "y0": 0, "y1": 1, "line": DASHED, **up} for at, _ in marked],
        "annotations": [
            {"text": text, "x": at, "xanchor": "center", "y": 1, "yanchor": "bottom", "showarrow": False, **up}
            for at, text in marked
        ],
    }
    st.plotly_chart(
        {"data": lines, "layout": layout}, key="thresholds", config={"displayModeBar": False},
        alt="What each threshold accepts and lets through; the table below says the same",
    )  # fmt: skip
    st.dataframe(
        [dict(zip(("Score at least", *names), (row[0], *(cell * 100 for cell in row[1:])), strict=True))
         for row in measured.thresholds],
        hide_index=True,
        alt="Thresholds of the judge without a model",
        column_config={name: st.column_config.NumberColumn(format="%.0f %%") for name in names},
    )  # fmt: skip
    files = ", ".join(f"{name} {digest[:12]}" for name, digest in measured.data.items())
    st.caption(f"Chosen on answers that models wrote from sources, 91 % supported. Data, by SHA-256: {plain(files)}.")


def _cascade(measured: JudgeMeasured) -> None:
    st.markdown(
        f"Where a model judges, it is asked about **{share(measured.asked)}** of the sentences; the others are clear"
        " without one. Among all sentences of the measured answers:"
    )
    st.dataframe(
        [
            {"With": who, "False sentences let through": through * 100, "True sentences held back": held * 100}
            for who, through, held in measured.outcomes
        ],
        hide_index=True,
        alt="What is let through and held back, with and without a model judge",
        column_config={
            name: st.column_config.NumberColumn(format="%.0f %%")
            for name in ("False sentences let through", "True sentences held back")
        },
    )
    st.caption("The first row was measured; the others are reckoned from how often such a model is right.")


guard()
page()
