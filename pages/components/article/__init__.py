"""The article with its verdicts and the passages behind them.

All that a sentence can show is handed to the browser with it, so hovering and pinning need
no answer from the server; only the address (`?sentence=`) and a changed sentence come back.
"""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from core.models import Call, Conflict, Diagnosis, Draft, Evidence, Passage, Plan, Run, Sentence, Snapshot
from pages.components import session
from pages.components.browser import script, style
from pages.components.door import studio

_HERE = Path(__file__).resolve().parent
_ARTICLE = st.components.v2.component(
    "galley_article",
    html="<div class='root'></div>",
    css=style(_HERE, "article.css"),
    js=script(_HERE, "article.js"),
)
CONTEXT = 500
"""Characters of the snapshot shown on each side of a passage."""

Data = dict[str, Any]


def article(
    run: Run, draft: Draft, *, pinned: int | None, on_pin: Callable[[int | None], None],
    on_change: Callable[[int, str], None] | None = None,
) -> None:  # fmt: skip
    """Draw a draft; `on_pin` hears which sentence is pinned, `on_change` of a rewritten one."""
    key = session.of("article", run.id, draft.id)

    def pinned_now() -> None:
        on_pin(st.session_state[key].get("pinned"))

    def changed_now() -> None:
        said = st.session_state[key].get("change")
        if said and on_change:
            on_change(int(said["id"]), str(said["text"]))

    _ARTICLE(
        key=key,
        data=article_data(run, draft, editable=on_change is not None) | {"pinned": pinned},
        on_pinned_change=pinned_now,
        on_change_change=changed_now,
    )


def article_data(run: Run, draft: Draft, *, editable: bool) -> Data:
    """Everything the browser needs for one draft, as plain JSON."""
    door = studio()
    cited = {c.passage_id for s in draft.sentences for c in s.citations}
    cited |= {s.verdict.passage_id for s in draft.sentences if s.verdict and s.verdict.passage_id}
    passages = door.passages(cited)
    snapshots = {p.snapshot_id: None for p in passages.values()}
    held = {snapshot_id: door.snapshot(snapshot_id) for snapshot_id in snapshots}
    why = reasons(door.plan(run.id), door.evidence(run.id))
    causes = {d.sentence_id: d for d in door.diagnoses(draft.id)}
    conflicts = door.conflicts(run.id)
    data: Data = {
        "run": run.id,
        "title": draft.title,
        "writer": written_by(door.calls(run.id)),
        "editable": editable,
        "counts": counts(draft),
        "sections": [
            {
                "heading": section.heading,
                "sentences": [_sentence(s, causes.get(s.id), conflicts) for s in section.sentences],
            }
            for section in draft.sections
        ],
        "passages": {str(p.id): _passage(p, held[p.snapshot_id], why.get(p.id, [])) for p in passages.values()},
    }
    data["stamp"] = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:16]
    return data


def counts(draft: Draft) -> dict[str, int]:
    """Claims by verdict; `unjudged` for those that have none yet."""
    found: dict[str, int] = {}
    for sentence in draft.sentences:
        if sentence.kind == "claim":
            label = str(sentence.verdict.label) if sentence.verdict else "unjudged"
            found[label] = found.get(label, 0) + 1
    return found


def written_by(calls: list[Call]) -> str:
    """Who wrote the words: the writer's models, or that there was none."""
    models = dict.fromkeys(call.model for call in calls if call.role == "writer")
    return ", ".join(models) or "no model; composed from the sources' own sentences"


def reasons(plan: Plan | None, evidence: list[Evidence]) -> dict[int, list[Data]]:
    """Passage id -> for each question that chose it: the question, its queries and every retriever's rank."""
    questions = {q.id: q for q in plan.questions} if plan else {}
    found: dict[int, list[Data]] = {}
    for of_question in evidence:
        question = questions.get(of_question.question_id)
        for item in of_question.used:
            found.setdefault(item.passage.id, []).append(
                {
                    "question": question.text if question else f"question {of_question.question_id}",
                    "queries": list(question.queries) if question else [],
                    "ranks": [
                        {"name": name, "rank": score.rank + 1, "score": f"{score.score:.3g}"}
                        for name, score in item.scores.items()
                    ],
                }
            )
    return found


def _sentence(s: Sentence, cause: Diagnosis | None, conflicts: list[Conflict]) -> Data:
    v = s.verdict
    mine = {c.passage_id for c in s.citations}
    return {
        "id": s.id,
        "text": s.text,
        "kind": str(s.kind),
        "paragraph": s.paragraph,
        "label": str(v.label) if v else None,
        "score": v.score if v else None,
        "reason": v.reason if v else "",
        "judge": v.judge if v else "",
        "doubtful": bool(v and v.doubtful),
        "passage": v.passage_id if v else None,
        "quote": [v.quote.start, v.quote.end] if v and v.quote else None,
        "cites": [{"n": c.number, "p": c.passage_id} for c in s.citations],
        "cause": {"cause": str(cause.cause), "failure": cause.failure, "reason": cause.reason} if cause else None,
        "conflicts": [
            {"subject": c.subject, "kind": c.kind, "first": c.first_quote, "second": c.second_quote}
            for c in conflicts
            if c.first in mine or c.second in mine
        ],
    }


def _passage(p: Passage, snapshot: Snapshot, why: list[Data]) -> Data:
    start, end = max(0, p.start - CONTEXT), min(len(snapshot.text), p.end + CONTEXT)
    return {
        "id": p.id,
        "title": p.title or p.url,
        "url": p.url,
        "site": p.site or "",
        "author": p.author or "",
        "published": p.published or "",
        "heading": p.heading,
        "page": p.page,
        "from": start,
        "start": p.start,
        "end": p.end,
        "text": snapshot.text[start:end],
        "cutBefore": start > 0,
        "cutAfter": end < len(snapshot.text),
        "fetched": snapshot.fetched_at[:10],
        "hash": snapshot.text_hash,
        "flags": [flag.note for flag in snapshot.flags],
        "why": why,
    }
