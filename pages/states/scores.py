"""A draft's scorecard, with what each score means, and its verdicts by section."""

import streamlit as st

from core.models import Draft, Label, Run, Scorecard
from pages.components import session
from pages.components.door import studio
from pages.components.figures import plain, share
from pages.components.shell import nothing
from pages.components.words import NOT_JUDGED, SCORES, VERDICTS


def scores(run: Run, draft: Draft) -> None:
    """Gate, scores with their definitions, verdicts by section as chart and table."""
    card = studio().scorecard(draft.id)
    if card is None:
        nothing("This version is not scored yet.", "It is as soon as every sentence of it is judged.")
        return
    _gate(draft)
    _card(card)
    _by_section(draft)
    _diagnoses(draft)


def _gate(draft: Draft) -> None:
    gate = studio().gate(draft.id)
    if gate is None:
        return
    least = studio().settings.gate
    if gate.passed:
        st.markdown(f":green[:material/check_circle:] **The gate passed**: faithfulness is {share(least)} or more.")
    else:
        st.markdown(
            ":red[:material/front_hand:] **The gate did not pass**: "
            + "; ".join(plain(why) for why in gate.reasons)
            + "."
        )


def _card(card: Scorecard) -> None:
    with st.container(horizontal=True):
        for name, (label, meaning) in SCORES.items():
            st.metric(label, share(getattr(card, name)), help=meaning, border=True, width=155)
    with st.expander("What the scores mean", type="compact"):
        for label, meaning in SCORES.values():
            st.markdown(f"**{label}.** {meaning}")


def by_section(draft: Draft) -> list[dict[str, object]]:
    """One row a section: its claims by verdict."""
    rows = []
    for section in draft.sections:
        claims = [s for s in section.sentences if s.kind == "claim"]
        if not claims:
            continue
        row: dict[str, object] = {"Section": section.heading or "Introduction"}
        for label, word in VERDICTS.items():
            row[word.text] = sum(1 for s in claims if s.verdict and s.verdict.label == label)
        row[NOT_JUDGED.text] = sum(1 for s in claims if s.verdict is None)
        rows.append(row)
    return rows


def _by_section(draft: Draft) -> None:
    import plotly.graph_objects as graph  # heavy: only where a chart is seen

    rows = by_section(draft)
    st.subheader("Verdicts by section", anchor=False)
    looks = {
        Label.SUPPORTED: ("#2f9e6e", ""),
        Label.PARTLY: ("#d9962b", "/"),
        Label.UNSUPPORTED: ("#d6493a", "x"),
        Label.CONTRADICTED: ("#9a4fb0", "\\"),
        Label.NOT_CHECKABLE: ("#8a8578", "."),
    }
    figure = graph.Figure()
    for label, word in VERDICTS.items():
        color, shape = looks[Label(label)]
        values = [row[word.text] for row in rows]
        if any(values):
            figure.add_bar(
                y=[str(row["Section"]) for row in rows],
                x=values,
                name=f"{word.symbol} {word.text}",
                orientation="h",
                marker={
                    "color": color,
                    "pattern": {"shape": shape, "fillmode": "overlay", "fgcolor": "rgba(255,255,255,.55)", "size": 8},
                },
                hovertemplate="%{y}: %{x}<extra>" + word.text + "</extra>",
            )
    figure.update_layout(
        barmode="stack",
        height=120 + 38 * len(rows),
        margin={"l": 0, "r": 0, "t": 8, "b": 0},
        yaxis={"autorange": "reversed", "automargin": True, "ticksuffix": "  "},
        xaxis={"title": "sentences", "dtick": 2},
        legend={"orientation": "h", "y": 1.12, "x": 0},
    )
    st.plotly_chart(
        figure,
        key=session.of("verdicts", draft.id),
        config={"displayModeBar": False},
        alt="Verdicts by section; the table below says the same",
    )
    st.dataframe(rows, hide_index=True, alt="Verdicts by section")


def _diagnoses(draft: Draft) -> None:
    found = studio().diagnoses(draft.id)
    if not found:
        return
    texts = {sentence.id: sentence.text for sentence in draft.sentences}
    st.subheader("Why sentences failed", anchor=False)
    st.dataframe(
        [
            {
                "Sentence": texts.get(d.sentence_id, ""),
                "Cause": str(d.cause),
                "Kind of failure": d.failure,
                "Reason": d.reason,
            }
            for d in found
        ],
        hide_index=True,
        alt="Diagnoses of failed sentences",
    )
