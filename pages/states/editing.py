"""Change the article's words: the working Markdown, the editor's notes, what changed since before.

One sentence stands on one line, so a change is a sentence, and only changed sentences are
judged again. What a person types lives in the text box until it is saved as a new version.
"""

import difflib
from typing import NamedTuple

import streamlit as st

from core.models import Draft, DraftSummary, Note, Run
from pages.components import session
from pages.components.door import studio
from pages.components.figures import count, plain, share
from pages.components.shell import flash, nothing, person, told
from pages.components.words import ORIGINS, verdict


def editing(run: Run, draft: Draft, *, editable: bool) -> None:
    """Notes, editor and differences of one draft."""
    summaries = studio().drafts(run.id)
    if editable:
        _notes(run, draft)
        _editor(run, draft)
    else:
        st.caption("Only the present version can be changed, and only while the engine rests.")
    _against_earlier(draft, summaries)


# --- the editor ---------------------------------------------------------------


def change_sentence(draft: Draft, markdown: str, sentence_id: int, text: str) -> str:
    """The working Markdown with one sentence's words replaced; its citations stay.

    Raises:
        KeyError: the draft has no such sentence.
    """
    place = {s.id: n for n, s in enumerate(draft.sentences)}[sentence_id]
    lines = markdown.split("\n")
    of_sentence = [n for n, line in enumerate(lines) if line.strip() and not line.startswith("#")]
    sentence = draft.sentences[place]
    cites = "".join(f"[{c.number}]" for c in sentence.citations)
    lines[of_sentence[place]] = f"{text} {cites}".strip()
    return "\n".join(lines)


def _editor(run: Run, draft: Draft) -> None:
    working = studio().markdown(draft.id)
    key = session.of("markdown", draft.id)
    st.subheader("Edit", anchor=False)
    st.caption("One sentence a line, its citations at the end as [3]. `##` begins a section, a blank line a paragraph.")
    said = st.text_area("Working Markdown", working, height=420, key=key, label_visibility="collapsed", help=None)
    changed = said.strip() != working.strip()
    added, removed = line_changes(working, said)

    def save() -> None:
        with told():
            studio().decide(run.id, "edit", by=person(), data={"draft_id": draft.id, "markdown": st.session_state[key]})
            flash("Saved as a new version. What changed is being judged again.")

    def discard() -> None:
        st.session_state[key] = working

    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Save and judge again", type="primary", icon=":material/save:", shortcut="Ctrl+S", on_click=save,
            disabled=not changed, key=session.of("save", draft.id),
        )  # fmt: skip
        st.button("Discard", on_click=discard, disabled=not changed, key=session.of("discard", draft.id))
        st.caption(
            f"{count(added, 'line')} added or changed, {removed} removed" if changed else "No changes yet",
            width="content",
        )


def line_changes(old: str, new: str) -> tuple[int, int]:
    """`(added or changed, removed)` lines between two texts, blank ones left out.

    >>> line_changes("a\\nb", "a\\nc\\nd")
    (2, 1)
    """
    marks = [line[0] for line in difflib.ndiff(_lines(old), _lines(new))]
    return marks.count("+"), marks.count("-")


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


# --- the editor's notes ---------------------------------------------------------------


def _notes(run: Run, draft: Draft) -> None:
    notes = studio().notes(draft.id)
    if not notes:
        return
    texts = {sentence.id: sentence.text for sentence in draft.sentences}
    waiting = [note for note in notes if note.state == "open"]
    st.subheader(f"The editor suggests ({len(waiting)} open)", anchor=False)
    for note in notes:
        _note(run, note, texts.get(note.sentence_id, ""))


def _note(run: Run, note: Note, old: str) -> None:
    def decide(kind: str) -> None:
        with told():
            studio().decide(run.id, kind, by=person(), data={"note_id": note.id})

    with st.container(border=True, key=session.of("suggestion", note.id)):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            with st.container(horizontal=True, vertical_alignment="center", width="content"):
                st.badge(note.kind, color="gray")
                st.caption(plain(note.why), width="content")
            if note.state == "open":
                with st.container(horizontal=True, width="content"):
                    if note.text != old:
                        st.button(
                            "Accept",
                            icon=":material/check:",
                            on_click=decide,
                            args=("accept_note",),
                            key=session.of("accept", note.id),
                        )
                    st.button(
                        "Reject",
                        icon=":material/close:",
                        on_click=decide,
                        args=("reject_note",),
                        key=session.of("reject", note.id),
                    )
            else:
                st.caption(note.state, width="content")
        if note.text != old:
            before, after = words_changed(old, note.text)
            st.markdown(before)
            st.markdown(after)
        else:
            st.markdown(plain(old))


def words_changed(old: str, new: str) -> tuple[str, str]:
    """Two lines of Markdown: the old words with what goes struck out, the new with what comes in bold.

    >>> words_changed("a big tree", "a small tree")
    ('a :red[~~big~~] tree', 'a :green[**small**] tree')
    """
    was, now = old.split(), new.split()
    before, after = [], []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        gone, come = plain(" ".join(was[a:b])), plain(" ".join(now[c:d]))
        if kind == "equal":
            before.append(gone)
            after.append(come)
            continue
        before += [f":red[~~{gone}~~]"] if gone else []
        after += [f":green[**{come}**]"] if come else []
    return " ".join(before), " ".join(after)


# --- what changed ---------------------------------------------------------------


class Change(NamedTuple):
    """One sentence that differs between two versions; an empty side means added or removed."""

    section: str
    old: str
    new: str
    old_label: str | None
    new_label: str | None


def changes(old: Draft, new: Draft) -> list[Change]:
    """Sentences that differ, in the order of the new version."""
    left = [(section.heading, s) for section in old.sections for s in section.sentences]
    right = [(section.heading, s) for section in new.sections for s in section.sentences]
    matcher = difflib.SequenceMatcher(None, [s.text for _, s in left], [s.text for _, s in right], autojunk=False)
    found = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            continue
        for step in range(max(b - a, d - c)):
            was = left[a + step] if a + step < b else None
            now = right[c + step] if c + step < d else None
            found.append(
                Change(
                    (now or was or ("", None))[0],
                    was[1].text if was else "",
                    now[1].text if now else "",
                    str(was[1].verdict.label) if was and was[1].verdict else None,
                    str(now[1].verdict.label) if now and now[1].verdict else None,
                )
            )
    return found


def _against_earlier(draft: Draft, summaries: list[DraftSummary]) -> None:
    earlier = [summary for summary in summaries if summary.version < draft.version]
    st.subheader("What changed", anchor=False)
    if not earlier:
        nothing(
            "This is the first version.",
            "Once it is changed, by you or a correction round, the differences stand here.",
        )
        return
    chosen = st.selectbox(
        "Compared with",
        earlier,
        key=session.of("against", draft.id),
        width=320,
        format_func=lambda s: f"version {s.version} · {ORIGINS.get(s.origin, s.origin)}",
    )
    mine = next(summary for summary in summaries if summary.id == draft.id)
    _score_change(chosen, mine)
    found = changes(studio().draft(chosen.id), draft)
    if not found:
        st.caption("No sentence differs.")
    for change in found:
        with st.container(border=True):
            st.caption(plain(change.section) or "Introduction")
            before, after = words_changed(change.old, change.new)
            if before:
                st.markdown(f"− {before}")
            if after:
                st.markdown(f"\\+ {after}")
            if change.old and change.new:
                st.caption(f"{verdict(change.old_label).text} → {verdict(change.new_label).text}")


def _score_change(old: DraftSummary, new: DraftSummary) -> None:
    if not old.scorecard or not new.scorecard:
        return
    one, two, three = st.columns(3)
    for slot, name, label in (
        (one, "faithfulness", "Faithfulness"),
        (two, "coverage", "Coverage"),
        (three, "citation_accuracy", "Citation accuracy"),
    ):
        was, now = getattr(old.scorecard, name), getattr(new.scorecard, name)
        delta = f"{(now - was) * 100:+.0f} points" if was is not None and now is not None and was != now else None
        slot.metric(label, share(now), delta)
