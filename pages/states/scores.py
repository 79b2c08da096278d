"""A draft's scorecard, with what each score means, who judged, and its verdicts by section."""

from collections import Counter

import streamlit as st

from core.models import Draft, Label, Run, Scorecard
from pages.components import session
from pages.components.door import studio
from pages.components.figures import count, plain, share
from pages.components.shell import nothing
from pages.components.words import NOT_JUDGED, SCORE_GROUPS, SCORES, VERDICTS, judge_name


def scores(run: Run, draft: Draft) -> None:
    """Gate, scores with their definitions, who judged, verdicts by section as chart and table."""
    card = studio().scorecard(draft.id)
    if card is None:
        nothing("This version is not scored yet.", "It is as soon as every sentence of it is judged.")
        return
    _gate(draft)
    _judges(draft)
    _card(card)
    _flags(card)
    _by_section(draft)
    _diagnoses(draft)


def _gate(draft: Draft) -> None:
    gate = studio().gate(draft.id)
    if gate is None:
        return
    settings = studio().settings
    if gate.passed:
        st.markdown(
            f":green[:material/check_circle:] **The gate passed**: faithfulness is {share(settings.gate)} or more,"
            f" and {share(settings.section_gate)} or more in every section with three claims."
        )
    else:
        st.markdown(":red[:material/front_hand:] **The gate did not pass.**")
        for why in gate.reasons:
            st.markdown(f"- {plain(why)}")
    for remark in gate.remarks:
        st.markdown(f":orange[:material/visibility:] {plain(remark)}")


def _judges(draft: Draft) -> None:
    """Who decided how many claims; a model that never passed a trial is marked."""
    decided = Counter(s.verdict.judge for s in draft.sentences if s.kind == "claim" and s.verdict)
    said = []
    for judge, claims in decided.most_common():
        model = judge.removeprefix("model:")
        mark = "" if model == judge or studio().judging.accepted(model) else " :orange[(never passed a trial)]"
        said.append(f"{count(claims, 'claim')} by {plain(judge_name(judge))}{mark}")
    if said:
        st.markdown(f":small[Judged: {', '.join(said)}. How good each is stands under Quality.]")


def told(name: str, card: Scorecard) -> str:
    """A score as it is read: `93 %`, `3.2`, `not measured`.

    >>> told("voices", Scorecard(faithfulness=1.0, voices=3.21, cited_sources=5))
    '3.2'
    >>> told("age_years", Scorecard(faithfulness=1.0))
    'not measured'
    """
    value, unit = getattr(card, name), SCORES[name].unit
    if value is None or unit == "share":
        return share(value)
    return {"voices": "{:.1f}", "count": "{:.0f}", "years": "{:.1f} years", "grade": "{:.0f}"}[unit].format(value)


def _card(card: Scorecard) -> None:
    for group, names in SCORE_GROUPS.items():
        st.markdown(f"**{group}**")
        with st.container(horizontal=True):
            for name in names:
                st.metric(SCORES[name].label, told(name, card), help=SCORES[name].meaning, border=True, width=170)
        if "faithfulness" in names:
            _range(card)
        if "voices" in names and card.cited_sources:
            st.caption(f"{count(card.cited_sources, 'source')} cited.")
    with st.expander("What the scores mean", type="compact"):
        for score in SCORES.values():
            st.markdown(f"**{score.label}.** {score.meaning}")
        st.caption("Where each comes from, and what it cannot tell: docs/scores.md.")


def _range(card: Scorecard) -> None:
    low, high = card.faithfulness_low, card.faithfulness_high
    if low is None or high is None:
        return
    if low == high == 1.0:
        st.caption("No model judged, and none was needed: every claim stands in its passage word for word.")
        return
    st.caption(
        f"No model judged, so faithfulness is an estimate: nine times in ten {share(low)} to {share(high)}"
        " of the claims truly hold, as far as the judge's probabilities are right."
    )


def _flags(card: Scorecard) -> None:
    if not card.flags:
        return
    with st.expander(f"{count(len(card.flags), 'thing')} to read again", type="compact"):
        for flag in card.flags:
            st.markdown(f"- {plain(flag)}")


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
