"""Verify again: every claim of a draft against its stored snapshot, from the rows alone.

Three questions for each claim: is the snapshot's text still the text whose hash was
recorded; does the cited passage still stand where its offsets say; does the deterministic
judge still find the claim supported by it. No model and no network are needed.
"""

from dataclasses import dataclass

from core.errors import BriefError
from core.judging.alignment import align
from core.models import Label, SentenceKind
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
    """The deterministic judge's verdict today."""
    why: str


def verify(store: Store, run_id: str) -> list[Check]:
    """Verify the run's present draft, claim by claim.

    A claim holds when its snapshots are unchanged, it was supported, and still is. A model or a person
    may have accepted what alignment alone cannot: then it is enough that nothing contradicts it today.

    Raises:
        BriefError: there is no such run, or it has no draft.
    """
    run = store.runs.get(run_id)
    if run is None or run.draft_id is None:
        raise BriefError(f"Run {run_id!r} has no draft to verify.", remedy="`python -m core runs` lists the runs.")
    draft = store.drafts.get(run.draft_id)
    passages = store.passages.passages(c.passage_id for s in draft.sentences for c in s.citations)
    damaged = {snapshot: store.sources.snapshot(snapshot) for snapshot in {p.snapshot_id for p in passages.values()}}
    damaged = {key: snapshot for key, snapshot in damaged.items() if text_hash(snapshot.text) != snapshot.text_hash}
    checks = []
    for section in draft.sections:
        for place, sentence in enumerate(section.sentences):
            if sentence.kind is not SentenceKind.CLAIM:
                continue
            cited = [passages[c.passage_id] for c in sentence.citations if c.passage_id in passages]
            was = sentence.verdict.label if sentence.verdict else "not judged"
            if any(p.snapshot_id in damaged for p in cited):
                checks.append(
                    Check(sentence=sentence.text, holds=False, was=was, now="", why="A snapshot's text was changed.")
                )
                continue
            before = section.sentences[place - 1].text if place else ""
            verdict = align(sentence.text, cited, before=before)
            by_alignment = sentence.verdict is not None and sentence.verdict.judge == "alignment"
            contradicted = verdict.label is Label.CONTRADICTED
            holds = was == Label.SUPPORTED and (
                verdict.label is Label.SUPPORTED or not (by_alignment or contradicted or not cited)
            )
            checks.append(Check(sentence=sentence.text, holds=holds, was=was, now=verdict.label, why=verdict.reason))
    return checks
