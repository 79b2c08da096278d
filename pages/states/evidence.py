"""What was put before the writer for each question, with every retriever's rank, and what was left out."""

import streamlit as st

from core.models import Evidence, EvidenceItem, Passage, Run
from pages.components import session
from pages.components.door import studio
from pages.components.figures import count, plain, short
from pages.components.shell import nothing


def evidence(run: Run) -> None:
    """A table for each question; then disagreements, then the pages that were looked at."""
    plan = studio().plan(run.id)
    questions = {q.id: q for q in plan.questions} if plan else {}
    found = studio().evidence(run.id)
    if not found:
        nothing("No evidence was assembled.", "It appears here once research is done.")
    for of_question in found:
        question = questions.get(of_question.question_id)
        _question(question.section if question else "", question.text if question else "", of_question)
    _conflicts(run)
    _sources(run)


def _question(section: str, text: str, found: Evidence) -> None:
    out = len(found.items) - len(found.used)
    st.subheader(plain(section) or "Question", anchor=False)
    st.caption(
        f"{plain(text)} · {count(len(found.used), 'passage')} used, {out} left out"
        + ("" if found.sufficient else f" · thin: {plain(found.note)}")
    )
    st.dataframe(
        table(found),
        hide_index=True,
        key=session.of("evidence", found.question_id),
        alt=f"Evidence for {short(text, 60)}",
        column_config={
            "Score": st.column_config.ProgressColumn("Score", min_value=0, max_value=1, format="%.2f", width="small"),
            "No.": st.column_config.TextColumn("No.", width=50),
            "Passage": st.column_config.TextColumn("Passage", width="large"),
        },
    )


def table(found: Evidence) -> list[dict[str, object]]:
    """The evidence as rows; one column a retriever, `rank (score)`, 1 the best."""
    names = list(dict.fromkeys(name for item in found.items for name in item.scores))
    return [_row(item, names) for item in found.items]


def _row(item: EvidenceItem, names: list[str]) -> dict[str, object]:
    ranks = {
        name: f"{item.scores[name].rank + 1} ({item.scores[name].score:.3g})" if name in item.scores else ""
        for name in names
    }
    return {
        "No.": f"[{item.number}]" if item.number else "",
        "Passage": short(item.passage.text, 240),
        "Source": item.passage.title or item.passage.url,
        "Score": item.score,
        **ranks,
        "Left out because": item.left_out,
    }


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
            for passage_id, quote in ((conflict.first, conflict.first_quote), (conflict.second, conflict.second_quote)):
                passage = passages.get(passage_id)
                where = (
                    f"{passage.title or passage.url}, {passage.published or 'undated'}"
                    if passage
                    else "a source that is gone"
                )
                st.markdown(f"“{plain(quote)}”  \n:gray[{plain(where)}]")


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
        alt="Pages looked at, with what became of each",
    )
