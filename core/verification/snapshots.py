"""Verify again: every claim of a draft against its stored snapshots, from the rows alone.

Three questions for each claim: is the snapshot's text still the text whose hash was
recorded; does the cited passage still stand where its offsets say; does the deterministic
judge still find the claim supported by it. No model and no network are needed.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from core.errors import BriefError
from core.judging.alignment import align
from core.models import Decision, Draft, Label, Passage, SentenceKind
from core.store import Store
from core.store.database import text_hash


@dataclass(frozen=True, kw_only=True)
class Check:
    """One claim, verified again."""

    sentence: str
    holds: bool
    was: str
    """The verdict on record."""
    now: str
    """The deterministic judge's verdict today; empty when there was nothing to judge by."""
    why: str
    let_stand: str = ""
    """The reason a person gave for publishing it although it is not supported."""


def verify(store: Store, run_id: str, *, draft_id: int | None = None) -> list[Check]:
    """Verify a draft of the run, claim by claim; see `check_draft`.

    Args:
        draft_id: the run's present draft unless given.

    Raises:
        BriefError: there is no such run, or it has no draft.
    """
    run = store.runs.get(run_id)
    if run is None or run.draft_id is None:
        raise BriefError(f"Run {run_id!r} has no draft to verify.", remedy="`python -m core runs` lists the runs.")
    draft = store.drafts.get(draft_id or run.draft_id)
    passages = store.passages.passages(c.passage_id for s in draft.sentences for c in s.citations)
    snapshots = {p.snapshot_id: store.sources.snapshot(p.snapshot_id) for p in passages.values()}
    damaged = {key for key, snapshot in snapshots.items() if text_hash(snapshot.text) != snapshot.text_hash}
    return check_draft(
        draft, passages, damaged={p.id for p in passages.values() if p.snapshot_id in damaged},
        let_stand=reason_given(store.decisions.of_run(run_id)),
    )  # fmt: skip


def reason_given(decisions: Collection[Decision]) -> str:
    """Why a person published although not everything is supported: the newest reason, or empty."""
    given = [str(d.data.get("reason") or "").strip() for d in decisions if d.kind == "publish"]
    return next((reason for reason in reversed(given) if reason), "")


def check_draft(
    draft: Draft, passages: Mapping[int, Passage], *, damaged: Collection[int] = (), let_stand: str = ""
) -> list[Check]:
    """Judge a draft's claims again by the passages they cite, in the order of the text.

    A claim holds when its snapshots are unchanged, it was supported, and still is. A model or a person
    may have accepted what alignment alone cannot: then it is enough that nothing contradicts it today.
    One that never was supported holds as what it is, if a person said why it may stand.

    Args:
        passages: by id, those that are held; a citation of any other fails its claim.
        damaged: ids of passages whose snapshot is no longer the text that was judged.
        let_stand: the reason a person gave for publishing what is not supported.
    """
    checks = []
    for section in draft.sections:
        for place, sentence in enumerate(section.sentences):
            if sentence.kind is not SentenceKind.CLAIM:
                continue
            was = sentence.verdict.label if sentence.verdict else "not judged"
            if any(c.passage_id not in passages for c in sentence.citations):
                checks.append(
                    Check(sentence=sentence.text, holds=False, was=was, now="", why="A cited passage is not held.")
                )
                continue
            cited = [passages[c.passage_id] for c in sentence.citations]
            if any(p.id in damaged for p in cited):
                checks.append(
                    Check(sentence=sentence.text, holds=False, was=was, now="", why="A snapshot's text was changed.")
                )
                continue
            verdict = align(sentence.text, cited, before=section.sentences[place - 1].text if place else "")
            by_alignment = sentence.verdict is not None and sentence.verdict.judge == "alignment"
            contradicted = verdict.label is Label.CONTRADICTED
            sound = verdict.label is Label.SUPPORTED or not (by_alignment or contradicted or not cited)
            reason = let_stand if was != Label.SUPPORTED else ""
            holds = bool(reason) or (was == Label.SUPPORTED and sound)
            checks.append(
                Check(
                    sentence=sentence.text, holds=holds, was=was, now=verdict.label, why=verdict.reason,
                    let_stand=reason,
                )
            )  # fmt: skip
    return checks
