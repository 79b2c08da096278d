"""Run again from here: a finished step with something changed in it, as a branch of its own."""

from typing import Any

import streamlit as st

from core.models import EvidenceItem, Run
from core.progress import StepView
from core.settings import ROLES
from pages.components import session, sources
from pages.components.door import studio
from pages.components.figures import count, plain, short
from pages.components.links import open_run
from pages.components.shell import person, problem, told

_CHOSEN = {
    "exclude": ("without", "passage"), "include": ("with", "more passage"), "exclude_source": ("without", "source"),
}  # fmt: skip
"""Choices kept by number, in words."""


def again(run: Run, step: StepView) -> None:
    """The form, closed until somebody wants it, and the branches that began here."""
    found = next((one for one in studio().forkable(run.id) if one[0] == step.seq), None)
    if found is None:
        return
    _, name, names = found
    with st.expander("Run again from here", icon=":material/fork_right:", key=session.of("again", run.id, step.seq)):
        st.caption("A branch of its own begins here; this run stays as it is, and what came before costs nothing.")
        with st.form(session.of("fork", run.id, step.seq), border=False):
            rows = _questions(run) if name == "research" else {}
            changes = {**rows, **_words(run, names), **_sources(run, step, names)}
            changes |= {**_models(run, names), **_choices(run, names)}
            if st.form_submit_button("Run again from here", icon=":material/fork_right:", type="primary"):
                with told():
                    branch = studio().fork(run.id, step.seq, changes, by=person())
                    st.session_state[session.of("branched", run.id)] = branch
    if branch := st.session_state.get(session.of("branched", run.id)):
        open_run(branch, "Open the new branch")
    for one in studio().branches(run.id):
        if one.fork and one.fork.seq == step.seq:
            open_run(one.id, f"Branch: {told_changes(one)}")


def told_changes(run: Run) -> str:
    """What a branch changed: `tone: formal · gate: 0.9`; `nothing changed` when it is a twin."""
    changes = run.fork.changes if run.fork else {}
    return plain(short(" · ".join(_told(name, value) for name, value in changes.items()), 120)) or "nothing changed"


def _told(name: str, value: Any) -> str:
    if name in _CHOSEN:
        verb, one = _CHOSEN[name]
        return f"{verb} {count(len(value), one)}"
    return f"{name.replace('.', ' ').replace('_', ' ')}: {value}"


def _questions(run: Run) -> dict[str, Any]:
    plan = studio().plan(run.id)
    if plan is None:
        problem("The plan could not be found.", "Branch from another step.")
        return {}
    changes: dict[str, Any] = {}
    for place, question in enumerate(plan.questions, 1):
        use, text = st.columns([1, 8], vertical_alignment="bottom")
        used = use.checkbox("Use", question.use, key=session.of("use", run.id, place))
        asked = text.text_input(plain(question.section), question.text, key=session.of("question", run.id, place))
        if used != question.use:
            changes[f"use.{place}"] = used
        if asked.strip() and asked.strip() != question.text:
            changes[f"question.{place}"] = asked.strip()
    added = st.text_input("One more question", key=session.of("question", run.id, "more"))
    if added.strip():
        changes[f"question.{len(plan.questions) + 1}"] = added.strip()
    return changes


def _words(run: Run, names: tuple[str, ...]) -> dict[str, Any]:
    brief, least = run.brief, run.brief.gate if run.brief.gate is not None else studio().settings.gate
    shown = {"topic": brief.topic, "audience": brief.audience, "tone": brief.tone, "notes": ""}
    labels = {"topic": "Topic", "audience": "Reader", "tone": "Tone", "notes": "Notes to the writer"}
    given: dict[str, Any] = {
        name: st.text_input(labels[name], value).strip() for name, value in shown.items() if name in names
    }
    changes = {name: value for name, value in given.items() if value and value != shown[name]}
    if "words" in names and (words := st.number_input("Words", 100, 10_000, brief.words, 100)) != brief.words:
        changes["words"] = words
    if "gate" in names and (gate := st.slider("The gate", 0.0, 1.0, least, 0.05, format="percent")) != least:
        changes["gate"] = gate
    return changes


def _sources(run: Run, step: StepView, names: tuple[str, ...]) -> dict[str, Any]:
    if "published_from" not in names:
        return {}
    form = session.of("asked", run.id, step.seq)
    sources.fields(form, run.brief)
    return {name: value or "" for name, value in sources.chosen(form).items() if value != getattr(run.brief, name)}


def _models(run: Run, names: tuple[str, ...]) -> dict[str, Any]:
    roles = [role for role in ROLES if f"model.{role}" in names]
    changes = {}
    for slot, role in zip(st.columns(max(1, len(roles))), roles, strict=False):
        now = run.brief.models.get(role) or studio().settings.model_for(role)
        model = slot.text_input(f"Model: {role}", now).strip()
        if model and model != now:
            changes[f"model.{role}"] = model
    return changes


def _choices(run: Run, names: tuple[str, ...]) -> dict[str, Any]:
    """Passages and sources to leave out or put in."""
    changes: dict[str, Any] = {}
    if "exclude" in names:
        items = {item.passage.id: item for found in studio().evidence(run.id) for item in found.items}
        for name, label, used in (("exclude", "Leave out", True), ("include", "Put in", False)):
            offered = [key for key, item in items.items() if bool(item.left_out) is not used]
            chosen = st.multiselect(
                f"{label} these passages", offered, format_func=lambda key: _line(items[key]),
                key=session.of(name, run.id),
            )  # fmt: skip
            if chosen:
                changes[name] = chosen
    if "exclude_source" in names:
        sources = {
            s.source_id: s.title or s.url for s in studio().sources(run.id) if s.source_id and s.status == "read"
        }
        chosen = st.multiselect(
            "Leave out these sources", list(sources), format_func=lambda key: short(sources[key]),
            key=session.of("exclude_source", run.id),
        )  # fmt: skip
        if chosen:
            changes["exclude_source"] = chosen
    return changes


def _line(item: EvidenceItem) -> str:
    number = f"[{item.number}] " if item.number else ""
    return f"{number}{short(item.passage.title, 30)}: {short(item.passage.text, 80)}"
