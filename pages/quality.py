"""Quality: the scores of every article over time."""

import streamlit as st

from pages.components.door import studio
from pages.components.figures import moment, share
from pages.components.shell import guard, heading, nothing
from pages.components.words import SCORES


def page() -> None:
    st.set_page_config(page_title="Quality · Galley")
    heading("Quality")
    rows = studio().quality()
    if not rows:
        nothing("No article has been scored yet.", "Each article that is judged adds a point here.")
        return
    rows = sorted(rows, key=lambda row: str(row["at"]))
    gate = studio().settings.gate
    newest = rows[-1]
    with st.container(horizontal=True):
        for name in ("faithfulness", "coverage", "citation_accuracy", "logic"):
            label, meaning = SCORES[name]
            st.metric(f"{label}, newest", share(newest.get(name)), help=meaning, border=True, width=210)
        passed = sum(float(row["faithfulness"]) >= gate for row in rows)
        st.metric(
            "At or above the gate",
            f"{passed} of {len(rows)}",
            help=f"Faithfulness of at least {share(gate)}",
            border=True,
            width=210,
        )
    _chart(rows, gate)
    st.dataframe(
        [
            {
                "Article": row["title"],
                "When": moment(str(row["at"])),
                **{label: _percent(row.get(name)) for name, (label, _) in SCORES.items()},
                "Open": f"/?run={row['run_id']}",
            }
            for row in reversed(rows)
        ],
        hide_index=True,
        alt="Scores of every article",
        column_config={
            **{
                label: st.column_config.NumberColumn(label, format="%.0f %%", help=meaning)
                for label, meaning in SCORES.values()
            },
            "When": st.column_config.DatetimeColumn(format="distance"),
            "Open": st.column_config.LinkColumn(display_text="Open", width="small"),
        },
    )


def _percent(value: object) -> float | None:
    return value * 100 if isinstance(value, int | float) else None


def _chart(rows: list[dict[str, object]], gate: float) -> None:
    import plotly.graph_objects as graph  # heavy: only where a chart is seen

    figure = graph.Figure()
    dashes = ("solid", "dash", "dot", "dashdot")
    for dash, name in zip(dashes, ("faithfulness", "coverage", "citation_accuracy", "answer_relevance"), strict=True):
        label = SCORES[name][0]
        figure.add_scatter(
            x=list(range(1, len(rows) + 1)), y=[row.get(name) for row in rows], name=label, mode="lines+markers",
            line={"dash": dash}, customdata=[str(row["title"]) for row in rows],
            hovertemplate="%{customdata}<br>" + label + " %{y:.0%}<extra></extra>",
        )  # fmt: skip
    figure.add_hline(
        y=gate, line_dash="dash", line_color="#8a8578", annotation_text="gate", annotation_position="bottom right"
    )
    figure.update_layout(
        height=300,
        margin={"l": 0, "r": 0, "t": 8, "b": 0},
        legend={"orientation": "h", "y": 1.15, "x": 0},
        yaxis={"tickformat": ".0%", "range": [0, 1.04]},
        xaxis={"title": "article, oldest first", "dtick": max(1, len(rows) // 20)},
    )
    st.plotly_chart(
        figure, key="quality", config={"displayModeBar": False}, alt="Scores over time; the table below says the same"
    )


guard()
page()
