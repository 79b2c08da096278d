"""A published article, verified again: by its snapshots, by its live sources, and what to change.

The two are told apart: what fails by the snapshots was never right or was tampered with;
what fails by the live sources was right when it was published. A source that says
otherwise now opens a proposed update, which a person accepts or dismisses; nothing is
published by itself. The date of this look is shown in the studio; readers see a new date
only with the next version that a person publishes.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from core.errors import BriefError
from core.models import Draft, Passage, Run, SentenceKind, Standing, Verification
from core.store import Store
from core.verification.compare import Compared, Now, compare
from core.verification.live import Seen, look_at, reached
from core.verification.proposal import propose
from core.verification.snapshots import verify
from core.wiring import Process

TO_CHANGE = (Standing.CHANGED, Standing.GONE, Standing.CONTRADICTED)
"""What a proposed update is for."""


def verify_again(
    process: Process, run_id: str, *, by: str, now: float, stopped: Callable[[], bool] = lambda: False
) -> Verification:
    """Look at an article's sources today, keep what was found, and open a proposal where something changed.

    Args:
        now: seconds since 1970.

    Raises:
        BriefError: there is no such run, or it has no draft.
        Cancelled: `stopped` said so; nothing is kept.
    """
    store = process.store
    run = store.runs.get(run_id)
    if run is None or run.draft_id is None:
        raise BriefError(f"Run {run_id!r} has no draft to verify.", remedy="`python -m core runs` lists the runs.")
    draft = store.drafts.get(published_draft(store, run))
    checks = verify(store, run_id, draft_id=draft.id)
    passages = store.passages.passages(c.passage_id for s in draft.sentences for c in s.citations)
    seen = look_at(list(passages.values()), store, process.client, stopped=stopped)
    compared = _compared(draft, passages, {key: one.now for key, one in seen.items()})
    findings = tuple(one.finding for one in compared if one.finding.state is not Standing.CURRENT)
    found = Verification(
        run_id=run_id, draft_id=draft.id, at=datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds"), by=by,
        claims=len(checks), holding=sum(check.holds for check in checks),
        counts=dict(Counter(one.finding.state.value for one in compared)), findings=findings,
        looks=tuple(one.look for _, one in sorted(seen.items())),
    )  # fmt: skip
    found = store.watches.add(_with_proposal(found, run, compared, seen, process))
    store.watches.checked(run_id, now=now, reached=reached(found.looks))
    return found


def published_draft(store: Store, run: Run) -> int:
    """The draft that readers see, else the run's present one."""
    public = [p.draft_id for p in store.publications.of_run(run.id) if p.public and p.draft_id]
    return max(public, default=run.draft_id or 0)


def _compared(draft: Draft, passages: Mapping[int, Passage], now: Mapping[int, Now]) -> list[Compared]:
    """Every claim beside today's texts, in the order of the text."""
    found = []
    for section in draft.sections:
        for place, sentence in enumerate(section.sentences):
            if sentence.kind is SentenceKind.CLAIM:
                cited = [passages[c.passage_id] for c in sentence.citations if c.passage_id in passages]
                before = section.sentences[place - 1].text if place else ""
                found.append(compare(sentence, cited, now, before=before))
    return found


def _with_proposal(
    found: Verification, run: Run, compared: Sequence[Compared], seen: Mapping[int, Seen], process: Process
) -> Verification:
    """The same with an open proposal, where there is something to change that nobody has decided on yet."""
    public = any(p.public for p in process.store.publications.of_run(run.id))
    if not public or not _to_change(found):
        return found
    for earlier in process.store.watches.of_run(run.id):
        if earlier.draft_id != found.draft_id or _to_change(earlier) != _to_change(found):
            continue
        if earlier.proposal == "open" and earlier.base_id == run.draft_id:
            return replace(
                found, findings=earlier.findings, proposal="open", base_id=run.draft_id, proposed_id=earlier.proposed_id
            )
        if earlier.proposal in ("accepted", "dismissed"):
            return found
    proposed_id, proposed = propose(process, run, compared, seen)
    findings = tuple(replace(one, proposed=proposed.get(one.sentence, "")) for one in found.findings)
    return replace(found, findings=findings, proposal="open", base_id=run.draft_id, proposed_id=proposed_id)


def _to_change(found: Verification) -> set[tuple[str, str, str]]:
    """What a proposal would be about: two looks with the same are one matter."""
    return {(one.sentence, one.state.value, one.after) for one in found.findings if one.state in TO_CHANGE}
