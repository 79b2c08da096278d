"""Costs: money first, tokens second, by day, model and role."""

from typing import Any

import streamlit as st

from core.models import Call
from pages.components import session
from pages.components.door import studio
from pages.components.figures import ago, count, money, plain, short
from pages.components.shell import guard, heading, nothing
from pages.components.words import STEPS

_COUNTS = {name: st.column_config.NumberColumn(format="localized") for name in ("Calls", "Tokens in", "Tokens out")}
CHOICE = 25
"""Newest runs offered for a closer look; the address may name any."""
DOLLARS = {"tickprefix": "$", "rangemode": "nonnegative"}
SPANS = {"7 days": 7, "30 days": 30, "90 days": 90, "1 year": 365}


def page() -> None:
    st.set_page_config(page_title="Costs · Galley")
    heading("Costs")
    span = st.selectbox("Time", list(SPANS), index=1, key=session.DAYS, bind="query-params", width=160)
    rows = studio().costs(days=SPANS[span])
    if not rows:
        nothing(
            "No model was used.",
            "Articles composed from the sources' own sentences cost nothing."
            " Set up a model under Settings and its costs appear here.",
        )
        st.page_link("settings.py", label="Set up a model", icon=":material/settings:")
        return
    spent = sum(row["cost_usd"] for row in rows)
    unpriced = sum(row["unpriced"] for row in rows)
    with st.container(horizontal=True):
        st.metric("Spent", money(spent, unpriced), border=True, width=260 if unpriced else 180)
        st.metric("Model calls", f"{sum(row['calls'] for row in rows):,}", border=True, width=180)
        st.metric("Tokens in", sum(row["tokens_in"] for row in rows), format="compact", border=True, width=180)
        st.metric("Tokens out", sum(row["tokens_out"] for row in rows), format="compact", border=True, width=180)
        st.metric(
            "Reused, free",
            f"{sum(row['replayed'] for row in rows):,}",
            help="Answers taken from the ledger instead of being paid for again",
            border=True,
            width=180,
        )
    if unpriced:
        st.caption(
            f":material/info: {count(unpriced, 'call')} went to models whose price is unknown; the sum is without them."
        )
    _chart(rows)
    _one_run()
    for title, name in (("By model", "model"), ("By role", "role"), ("By day", "day")):
        st.subheader(title, anchor=False)
        st.dataframe(totals(rows, name), hide_index=True, alt=f"Costs {title.lower()}", column_config=_COUNTS)


def _one_run() -> None:
    """Where the money of one run went, task by task; chosen here or by the address."""
    runs = {run_id: _named(*said) for run_id, *said in studio().askers(CHOICE)}
    asked = st.query_params.get("run")
    if asked and asked not in runs and (found := studio().run(asked)):
        runs = {asked: _named(found.title, found.created_at, found.fork and found.fork.step), **runs}
    if not runs:
        return
    st.subheader("One run", anchor=False)
    chosen = st.selectbox(
        "Run", list(runs), index=list(runs).index(asked) if asked in runs else 0,
        format_func=lambda run_id: runs[run_id], key=session.of("costs", "run"),
    )  # fmt: skip
    steps = waterfall(studio().calls(chosen))
    if not steps:
        st.caption("It asked no model.")
        return
    _falls(steps)
    st.dataframe(
        [row | {"Cost": money(row["Cost"])} for row in steps],
        hide_index=True,
        alt="Cost of the run, task by task",  # type: ignore[arg-type]
    )
    for note, times in studio().notices(chosen):
        st.caption(f":material/info: {plain(note)}" + (f" ({times} times)" if times > 1 else ""))


def _named(title: str, begun: str, step: str | None) -> str:
    """A run among others of its title: its branch and its age tell it apart."""
    branch = f"branch from {STEPS[step]}" if step else ""
    return " · ".join(part for part in (short(title, 70), branch, ago(begun)) if part)


def waterfall(calls: list[Call]) -> list[dict[str, object]]:
    """A run's money by task, in the order the tasks were first asked; what was abandoned or failed counts too.

    >>> waterfall([Call(key="k", run_id="r", role="writer", task="write", model="m", status="done", cost_usd=0.5)])
    [{'Task': 'writer: write', 'Cost': 0.5, 'Calls': 1, 'Reused': 0, 'In vain': 0, 'Seconds': 0.0}]
    """
    rows: dict[str, dict[str, object]] = {}
    for call in calls:
        name = f"{call.role}: {call.task}"
        row = rows.setdefault(name, {"Task": name, "Cost": 0.0, "Calls": 0, "Reused": 0, "In vain": 0, "Seconds": 0.0})
        cost = row["Cost"]
        row["Cost"] = None if cost is None or call.cost_usd is None else cost + call.cost_usd  # type: ignore[operator]
        reused, vain = call.status == "replayed", call.status in ("failed", "abandoned")
        row["Calls"] += not reused  # type: ignore[operator]
        row["Reused"] += reused  # type: ignore[operator]
        row["In vain"] += vain  # type: ignore[operator]
        row["Seconds"] = round(row["Seconds"] + call.seconds, 1)  # type: ignore[operator]
    return list(rows.values())


def _falls(steps: list[dict[str, object]]) -> None:
    priced = [row for row in steps if row["Cost"] is not None]
    falls = {
        "type": "waterfall", "x": [*(str(row["Task"]) for row in priced), "in all"],
        "y": [*(row["Cost"] for row in priced), 0], "measure": [*("relative" for _ in priced), "total"],
    }  # fmt: skip
    layout = {"height": 260, "margin": {"l": 0, "r": 0, "t": 8, "b": 0}, "yaxis": DOLLARS}
    st.plotly_chart(
        {"data": [falls], "layout": layout}, key="waterfall", config={"displayModeBar": False},
        alt="How the run's money adds up, task by task; the table below says the same",
    )  # fmt: skip


def totals(rows: list[dict[str, Any]], name: str) -> list[dict[str, object]]:
    """Sums by one column, dearest first; what has no price is said so."""
    sums: dict[str, list[float]] = {}
    for row in rows:
        of = sums.setdefault(row[name], [0.0, 0, 0, 0, 0])
        for place, column in enumerate(("cost_usd", "unpriced", "calls", "tokens_in", "tokens_out")):
            of[place] += row[column]
    return [
        {
            name.capitalize(): key, "Cost": money(cost, int(unpriced)), "Calls": calls, "Tokens in": tokens_in,
            "Tokens out": tokens_out,
        }
        for key, (cost, unpriced, calls, tokens_in, tokens_out) in sorted(
            sums.items(), key=lambda one: one[1][0], reverse=True
        )
    ]  # fmt: skip


def _chart(rows: list[dict[str, Any]]) -> None:
    days = sorted({row["day"] for row in rows})
    by_model: dict[str, dict[str, float]] = {}
    for row in rows:
        by_day = by_model.setdefault(row["model"], dict.fromkeys(days, 0.0))
        by_day[row["day"]] += row["cost_usd"]
    bars = [{"type": "bar", "x": days, "y": list(by_day.values()), "name": model} for model, by_day in by_model.items()]
    layout = {
        "barmode": "stack",
        "height": 260,
        "margin": {"l": 0, "r": 0, "t": 8, "b": 0},
        "yaxis": DOLLARS,
        "xaxis": {"type": "category"},
        "legend": {"orientation": "h", "y": 1.15, "x": 0},
    }
    st.plotly_chart(
        {"data": bars, "layout": layout}, key="costs", config={"displayModeBar": False},
        alt="Money by day and model; the tables below say the same",
    )  # fmt: skip


guard()
page()
