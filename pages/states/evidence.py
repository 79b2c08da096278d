"""What was put before the writer for each question, with every list's rank, and what was left out and why.

The plan's questions first, each with what was found for it; then one question at a time: its passages,
and the chosen one in its section of the snapshot.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from core.models import Evidence, EvidenceItem, Passage, Question, Run
from pages.components import session
from pages.components.door import studio
from pages.components.figures import count, plain, short
from pages.components.shell import nothing
from pages.components.sources import asked_for

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from core.studio import Picture

AROUND = 700
"""Characters of the section shown on either side of a passage."""
OWN_LISTS = {"lexical", "dense", "graph"}
"""Any other was given by a reranking model of that name."""
MOST_NAMED = 6
"""Pages named that were not what the brief asks for."""
OPENING = Question(section="Introduction", text="What the whole article is about")


def evidence(run: Run) -> None:
    """Coverage of the plan, then one question's evidence; then disagreements and the pages looked at."""
    plan = studio().plan(run.id)
    questions = {q.id: q for q in plan.questions} if plan else {}
    found = sorted(studio().evidence(run.id), key=lambda e: _place(e, questions))
    if not found:
        nothing("No evidence was assembled.", "It appears here once research is done.")
    else:
        _coverage(run, found, questions)
        _one_question(run, found, questions)
        _map(run)
    _conflicts(run)
    _sources(run)


def _place(found: Evidence, questions: Mapping[int, Question]) -> int:
    """In the order of the plan; the introduction's evidence last."""
    order = list(questions)
    return order.index(found.question_id) if found.question_id in questions else len(order)


# --- the whole plan ---------------------------------------------------------------


def coverage(found: Sequence[Evidence], questions: Mapping[int, Question]) -> list[dict[str, object]]:
    """One row a question: what was found for it."""
    return [
        {
            "Section": questions.get(e.question_id, OPENING).section,
            "Enough?": "yes" if e.sufficient else "no",
            "Sure": e.confidence,
            "Passages": len(e.used),
            "Sources": len({item.passage.source_id for item in e.used}),
            "Left out": len(e.items) - len(e.used),
            "Note": e.note,
        }
        for e in found
    ]


def _coverage(run: Run, found: Sequence[Evidence], questions: Mapping[int, Question]) -> None:
    thin = [e for e in found if not e.sufficient]
    st.subheader("Do we have the evidence?", anchor=False)
    st.markdown(
        f":orange[:material/search_off:] **{count(len(thin), 'question')} of {len(found)}"
        f" {'is' if len(thin) == 1 else 'are'} thin.** The article says so under its limitations."
        if thin
        else f":green[:material/check_circle:] **Yes, for each of {count(len(found), 'question')}.**"
    )
    st.dataframe(
        coverage(found, questions),
        hide_index=True,
        key="coverage",
        alt="What was found for each question of the plan",
        column_config={
            "Sure": st.column_config.ProgressColumn(
                "Sure", min_value=0, max_value=1, format="percent", width="small",
                help="How likely it is that these passages answer the question, measured on questions whose answer"
                " was known to be there or not.",
            ),
            "Note": st.column_config.TextColumn("Note", width="large"),
        },
    )  # fmt: skip
    _asked_for(run)


def _asked_for(run: Run) -> None:
    """Which sources the brief asks for, and what that left out."""
    if not run.brief.filtered:
        return
    others = studio().left_out(run.id)
    what = (
        f"**{plain(' · '.join(others))}**: kept, but not used. “Pages looked at” says which."
        if others
        else ("Nothing that was found had to be left out for that.")
    )
    st.markdown(f":orange[:material/filter_alt:] You asked for sources {plain(asked_for(run.brief))}. {what}")


# --- one question ---------------------------------------------------------------


def _one_question(run: Run, found: Sequence[Evidence], questions: Mapping[int, Question]) -> None:
    st.subheader("One question at a time", anchor=False)
    chosen = st.selectbox(
        "Question",
        found,
        format_func=lambda e: questions.get(e.question_id, OPENING).section,
        key=session.of("question", run.id),
        label_visibility="collapsed",
    )
    question = questions.get(chosen.question_id, OPENING)
    asked = chosen.queries or question.queries
    st.markdown(f"**{plain(question.text)}**")
    if asked:
        st.caption("Searched for: " + " · ".join(plain(query) for query in asked))
    _not_asked_for(run, question)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        item = _passages(chosen, question)
    with right:
        _in_its_section(item)


def _not_asked_for(run: Run, question: Question) -> None:
    """The pages found for a question that are not of the dates, kinds or languages asked for."""
    others: dict[str, list[str]] = {}
    for source in studio().sources(run.id):
        if source.status == "outside" and source.question_id == question.id:
            why, _, what = source.reason.partition(": ")
            others.setdefault(why, []).append(f"{plain(short(source.title, 60))} ({plain(what)})")
    for why, pages in others.items():
        more = f" · {len(pages) - MOST_NAMED} more" if len(pages) > MOST_NAMED else ""
        st.caption(f":material/filter_alt: Found, but {plain(why)}: {' · '.join(pages[:MOST_NAMED])}{more}")


def _passages(found: Evidence, question: Question) -> EvidenceItem:
    for name in sorted({name for item in found.items for name in item.scores} - OWN_LISTS):
        st.caption(f":material/sort: **{plain(name)}** had the last word on the order of the best.")
    picked = st.dataframe(
        table(found),
        hide_index=True,
        height=520,
        on_select="rerun",
        selection_mode="single-row",
        key=session.of("evidence", found.question_id),
        alt=f"Evidence for {short(question.text, 60)}",
        column_config=COLUMNS,
    )
    rows = picked["selection"]["rows"]
    return found.items[rows[0] if rows and rows[0] < len(found.items) else 0]


COLUMNS = {
    "Score": st.column_config.ProgressColumn("Score", min_value=0, max_value=1, format="%.2f", width="small"),
    "No.": st.column_config.TextColumn("No.", width=50),
    "Passage": st.column_config.TextColumn("Passage", width="medium"),
}


def table(found: Evidence) -> list[dict[str, object]]:
    """The evidence as rows; one column a list, `rank (score)`, 1 the best."""
    names = list(dict.fromkeys(name for item in found.items for name in item.scores))
    return [_row(item, names) for item in found.items]


def _row(item: EvidenceItem, names: list[str]) -> dict[str, object]:
    ranks = {
        name.capitalize(): f"{item.scores[name].rank + 1} ({item.scores[name].score:.3g})"
        if name in item.scores
        else ""
        for name in names
    }
    return {
        "No.": f"[{item.number}]" if item.number else "",
        "Passage": short(item.passage.text, 240),
        "Score": item.score,
        **ranks,
        "Left out because": item.left_out,
        "Source": item.passage.title or item.passage.url,
    }


def _in_its_section(item: EvidenceItem) -> None:
    """The passage where it stands: what is before and after it in its section."""
    passage = item.passage
    with st.container(border=True, height=520):
        mark = f"[{item.number}]" if item.number else "Left out"
        st.markdown(f"**{plain(mark)} {plain(passage.title or passage.url)}**")
        facts = [passage.heading, passage.site, passage.published, f"page {passage.page}" if passage.page else None]
        if line := " · ".join(plain(fact) for fact in facts if fact):
            st.caption(line)
        if item.left_out:
            st.markdown(f":orange[:material/remove_circle:] {plain(item.left_out)}")
        if item.reason:
            st.markdown(f":blue[:material/hub:] {plain(item.reason)}")
        before, after = around(passage, studio().snapshot(passage.snapshot_id).text)
        if before.lstrip("# ") not in ("", passage.heading.rsplit(" > ", 1)[-1]):
            st.caption(plain(before))
        for paragraph in passage.text.split("\n"):
            if paragraph.strip():
                st.markdown(f":yellow-background[{plain(paragraph)}]")
        if after:
            st.caption(plain(after))
        st.page_link(
            "library.py",
            label="Open the snapshot",
            query_params={"source": str(passage.source_id)},
            icon=":material/description:",
        )


def around(passage: Passage, text: str) -> tuple[str, str]:
    """What stands before and after a passage in its section, at most `AROUND` characters each."""
    start, end = passage.section_start, passage.section_end or passage.end
    before, after = text[max(start, passage.start - AROUND) : passage.start], text[passage.end : end][:AROUND]
    cut_before = passage.start - AROUND > start
    return ("… " if cut_before else "") + before.strip(), after.strip() + (" …" if end - passage.end > AROUND else "")


# --- what it speaks of ---------------------------------------------------------------

COLORS = ("#1d4f9e", "#2f9e6e", "#d9962b", "#9a4fb0", "#d6493a", "#2a8fa8", "#8a8578")
"""One a theme, the largest first; the last for all further ones."""


def _map(run: Run) -> None:
    opened = st.expander(
        "What the evidence speaks of", icon=":material/hub:", key=session.of("map", run.id), on_change="rerun"
    )
    if not opened.open:  # drawn where it is looked at
        return
    with opened, st.spinner("Drawing"):
        drawn = studio().evidence_map(run.id)
        if not drawn.nodes:
            st.caption("Nothing in it is named often enough to draw.")
            return
        st.plotly_chart(
            _drawing(drawn),
            key=session.of("map-drawing", run.id),
            config={"displayModeBar": False},
            alt="Names and terms of the evidence, joined where they stand together; the table below says the same",
        )
        st.dataframe(
            [
                {
                    "Name or term": node.name,
                    "Theme": drawn.themes[node.community] if node.community >= 0 else "",
                    "Passages": len(node.passages),
                }
                for node in drawn.nodes
            ],
            hide_index=True,
            height=240,
            alt="Names and terms of the evidence with their themes",
        )


def _drawing(drawn: "Picture") -> "Figure":
    import plotly.graph_objects as graph  # heavy: only where a chart is seen

    figure = graph.Figure()
    for edge in drawn.edges:
        ends = drawn.nodes[edge.first], drawn.nodes[edge.second]
        figure.add_scatter(
            x=[end.x for end in ends], y=[end.y for end in ends], mode="lines", hoverinfo="skip", showlegend=False,
            line={"color": "rgba(138,133,120,.45)", "width": 0.5 + 3 * edge.weight},
        )  # fmt: skip
    for number in sorted({node.community for node in drawn.nodes}):
        nodes = [node for node in drawn.nodes if node.community == number]
        figure.add_scatter(
            x=[node.x for node in nodes], y=[node.y for node in nodes], mode="markers+text", showlegend=False,
            text=[node.name for node in nodes], textposition="top center",
            hovertext=[f"{node.name}: {count(len(node.passages), 'passage')}" for node in nodes], hoverinfo="text",
            marker={"color": COLORS[min(number, len(COLORS) - 1)], "size": [8 + 2 * len(n.passages) for n in nodes]},
        )  # fmt: skip
    figure.update_layout(
        height=520, margin={"l": 0, "r": 0, "t": 8, "b": 0}, xaxis={"visible": False}, yaxis={"visible": False}
    )
    return figure


# --- beside the questions ---------------------------------------------------------------


def _conflicts(run: Run) -> None:
    found = studio().conflicts(run.id)
    if not found:
        return
    passages: dict[int, Passage] = studio().passages({c.first for c in found} | {c.second for c in found})
    st.subheader("Where sources differ", anchor=False)
    for conflict in found:
        with st.container(border=True):
            word = "An older figure was superseded" if conflict.kind == "outdated" else "Sources disagree"
            st.markdown(f"**{word}: {plain(conflict.subject)}**")
            sides = ((conflict.first, conflict.first_quote), (conflict.second, conflict.second_quote))
            for slot, (passage_id, quote) in zip(st.columns(2, gap="medium"), sides, strict=True):
                passage = passages.get(passage_id)
                where = (
                    f"{passage.title or passage.url}, {passage.published or 'undated'}"
                    if passage
                    else "a source that is gone"
                )
                slot.markdown(f"“{plain(quote)}”  \n:gray[{plain(where)}]")


def _sources(run: Run) -> None:
    found = studio().sources(run.id)
    if not found:
        return
    st.subheader(f"Pages looked at ({len(found)})", anchor=False)
    st.dataframe(
        [
            {
                "Title": s.title or s.url,
                "What became of it": s.status,
                "Why": s.reason,
                "Engine": s.engine,
                "Query": s.query,
                "Rank": s.rank,
                "Address": s.url,
            }
            for s in found
        ],
        hide_index=True,
        key=session.of("sources", run.id),
        column_config={"Why": st.column_config.TextColumn("Why", width="medium")},
        alt="Pages looked at, with what became of each",
    )
