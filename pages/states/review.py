"""The article at the person's desk: read, check, change, publish. Stays so once published."""

import streamlit as st

from core.models import Draft, Publication, Run, Status
from pages.components import session
from pages.components.article import article, counts
from pages.components.door import studio
from pages.components.figures import count, duration, money, plain
from pages.components.live import live
from pages.components.shell import flash, heading, person, problem, told
from pages.components.words import ORIGINS, state
from pages.states.editing import change_sentence, editing
from pages.states.evidence import evidence
from pages.states.publishing import publishing
from pages.states.scores import scores
from pages.states.standing import decide, notices, title_of
from pages.states.verification import draw as verification
from pages.states.versions import versions

TABS = ["Article", "Edit & diff", "Evidence", "Scores", "Versions", "Publishing", "Verify again"]


def review(run: Run, *, working: bool = False) -> None:
    """Draw a run that has an article.

    Args:
        working: the engine is judging a change or publishing; the article stays, a bar tells.
    """
    draft = _chosen(run)
    if draft is None:
        problem("This run has no draft.", "Start it again from the Runs page.")
        return
    newest = draft.id == run.draft_id
    word = state(Status.REVIEW if working else run.status)
    needs = "Needs you · " if run.status in {Status.REVIEW, Status.GATE} and not _live_now(run) else ""
    st.set_page_config(page_title=f"{needs}{run.title}")
    heading(draft.title, word, _facts(run, draft), lambda: _buttons(run, draft, newest, working))
    if working:
        live(run, compact="bar")
    _notices(run, draft, newest, working=working)
    tabs(run, draft, editable=newest and not working)
    if not working:
        live(run, compact="quiet")


def _chosen(run: Run) -> Draft | None:
    """The draft the address names, else the run's present one."""
    asked = st.query_params.get("draft", "")
    drafts = {summary.id for summary in studio().drafts(run.id)}
    if asked.isdigit() and int(asked) in drafts:
        return studio().draft(int(asked))
    return studio().draft(run.draft_id) if run.draft_id else None


def _facts(run: Run, draft: Draft) -> str:
    found = counts(draft)
    not_ = found.get("unsupported", 0) + found.get("contradicted", 0)
    parts = [f"{found.get('supported', 0)} supported, {found.get('partly', 0)} partly, {not_} not"]
    if found.get("unjudged"):
        parts.append(f"{found['unjudged']} not judged yet")
    parts += [
        f"version {draft.version}",
        duration(studio().progress(run.id).elapsed_s),
        money(run.cost_usd, run.unpriced),
    ]
    return " · ".join(part for part in parts if part)


# --- deciding ---------------------------------------------------------------


def open_points(draft: Draft) -> tuple[list[str], int]:
    """Why publishing needs a person's reason (empty: it does not), and how many sentences are not supported."""
    gate = studio().gate(draft.id)
    found = counts(draft)
    weak = sum(found.get(label, 0) for label in ("partly", "unsupported", "contradicted", "unjudged"))
    reasons = list(gate.reasons) if gate and not gate.passed else []
    if weak and not reasons:
        reasons = [f"{count(weak, 'sentence')} not supported by what it cites"]
    return reasons, weak


def remarks(draft: Draft) -> tuple[str, ...]:
    """Why a person should look before deciding, whether or not the gate is open."""
    gate = studio().gate(draft.id)
    return gate.remarks if gate else ()


def _live_now(run: Run) -> list[Publication]:
    return [p for p in studio().publications(run.id) if p.public]


def _buttons(run: Run, draft: Draft, newest: bool, working: bool) -> None:
    if not newest:
        return
    with st.popover("Ask for changes", icon=":material/undo:", disabled=working):
        _send_back(run)
    up = _live_now(run)
    chosen = studio().publishing.chosen(run)
    here = {p.target for p in up if p.draft_id == draft.id}
    if here and here.issuperset(chosen):
        return
    if not chosen or not studio().publishing.may_publish(person()):
        st.button("Publish", icon=":material/publish:", disabled=True, help=_why_not(chosen))
        return
    reasons, weak = open_points(draft)
    if reasons:
        label = f"Publish with {weak} not supported" if weak else "Publish below the gate"
        # The key keeps it open while the count in its label changes.
        with st.popover(
            label, type="primary", icon=":material/publish:", disabled=working, key=session.of("publish", run.id)
        ):
            _override(run, draft, reasons)
    else:
        st.button(
            "Publish the update" if up else "Publish",
            type="primary",
            icon=":material/publish:",
            shortcut="Ctrl+Enter",
            disabled=working,
            on_click=_publish,
            args=(run, None),
            help=f"To {plain(', '.join(title_of(name) for name in chosen))}. Choose where under Publishing.",
        )


def _why_not(chosen: list[str]) -> str:
    return "Only approvers publish here." if chosen else "Tick under Publishing where it is to go."


def _publish(run: Run, reason: str | None) -> None:
    decide(run, "publish", studio().publishing.chosen(run), reason=reason)


def _override(run: Run, draft: Draft, reasons: list[str]) -> None:
    st.markdown("**Not everything is supported**")
    for why in reasons:
        st.markdown(f"- {plain(why)}")
    for remark in remarks(draft):
        st.markdown(f":orange[:material/visibility:] {plain(remark)}")
    with st.form(session.of("override", run.id), border=False):
        reason = st.text_area(
            "Why publish all the same?",
            key=session.of("reason", run.id, draft.id),
            placeholder="It is printed with the article.",
        )
        sent = st.form_submit_button("Publish all the same", type="primary")
    if sent:
        if not reason.strip():
            problem("A reason is needed.", "It stands in the article's record, for readers to see.")
            return
        _publish(run, reason.strip())
        st.rerun()


def _send_back(run: Run) -> None:
    note = st.text_area(
        "What should be different?",
        key=session.of("note", run.id),
        placeholder="For example: shorter, and say more about cost",
    )
    if st.button("Send back", type="primary", key=session.of("back", run.id), disabled=not note.strip()):
        with told():
            studio().decide(run.id, "send_back", by=person(), data={"note": note.strip()})
            st.rerun()


# --- what is to be known first ---------------------------------------------------------------


def _notices(run: Run, draft: Draft, newest: bool, *, working: bool) -> None:
    if not newest:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(
                f"This is version {draft.version} ({ORIGINS.get(draft.origin, draft.origin)}), not the present one."
            )
            if st.button("Show the present version", key="present"):
                st.query_params.pop("draft", None)
                st.rerun()
    if st.query_params.get(session.STUDIO_TAB) != "Publishing":  # it says the same, and more
        notices(run, draft, working=working)
    if run.error:
        problem(run.error.get("message", ""), run.error.get("remedy", ""))
    gate = studio().gate(draft.id)
    if run.status == Status.GATE and gate and not gate.passed:
        st.warning(
            "**Stopped at the gate.** " + " ".join(plain(why) for why in gate.reasons),
            icon=":material/front_hand:",
        )
    if newest and run.status in {Status.REVIEW, Status.GATE} and remarks(draft):
        st.info(" ".join(plain(remark) for remark in remarks(draft)), icon=":material/visibility:")


# --- the tabs ---------------------------------------------------------------


def tabs(run: Run, draft: Draft, *, editable: bool) -> None:
    """Article, editor, evidence, scores, versions; only the open one is drawn."""
    bodies = st.tabs(TABS, key=session.STUDIO_TAB, on_change="rerun", bind="query-params")
    for body, name in zip(bodies, TABS, strict=True):
        if not body.open:
            continue
        with body:
            if name == "Article":
                st.fragment(_article)(run, draft, editable)
            elif name == "Edit & diff":
                editing(run, draft, editable=editable)
            elif name == "Evidence":
                evidence(run)
            elif name == "Scores":
                scores(run, draft)
            elif name == "Verify again":
                verification(run)
            elif name == "Versions":
                versions(run, draft)
            else:
                publishing(run, draft, editable=editable, reasons=open_points(draft)[0])


def _article(run: Run, draft: Draft, editable: bool) -> None:
    asked = st.query_params.get("sentence", "")

    def pinned(sentence_id: int | None) -> None:
        if sentence_id:
            st.query_params["sentence"] = str(sentence_id)
        else:
            st.query_params.pop("sentence", None)

    def changed(sentence_id: int, text: str) -> None:
        with told():
            studio().decide(
                run.id,
                "edit",
                by=person(),
                data={
                    "draft_id": draft.id,
                    "markdown": change_sentence(draft, studio().markdown(draft.id), sentence_id, text),
                },
            )
            flash("Saved. The sentence is being judged again.")

    article(
        run,
        draft,
        pinned=int(asked) if asked.isdigit() else None,
        on_pin=pinned,
        on_change=changed if editable else None,
    )
    st.caption(f"{count(len(draft.sentences), 'sentence')}. Every claim is judged against the stored passage it cites.")
