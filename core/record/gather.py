"""From the database to a record: the draft that stands, and everything it rests on.

Of a published article the record holds the draft that was sent, else the run's present
one. Nothing in it depends on when it was gathered, so the same article gives the same record.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, replace
from typing import Any

from pydantic import SecretStr, TypeAdapter

from core.agents.payload import article_for
from core.errors import BriefError, PublishError
from core.models import (
    Article,
    Call,
    Decision,
    Draft,
    Gate,
    Passage,
    Picture,
    Publication,
    Receipt,
    Run,
    Scorecard,
    Snapshot,
)
from core.record.contents import (
    HeldCall,
    HeldItem,
    HeldPassage,
    HeldQuote,
    HeldSnapshot,
    HeldSource,
    Record,
    Version,
)
from core.record.redact import without_secrets
from core.record.versions import versions
from core.settings import Settings
from core.store import Store
from core.store.database import text_hash
from core.verification.snapshots import reason_given

_SECRET_NAME = re.compile("password|secret|token|key|credential", re.IGNORECASE)
"""Fields of a target that are secret; its address and the user's name are not."""


def gather(store: Store, run_id: str, settings: Settings) -> tuple[Record, dict[str, str]]:
    """A run's record and the texts that go with it, by the name of their file.

    Raises:
        BriefError: there is no such run, or its article was never judged.
    """
    run = store.runs.get(run_id)
    if run is None or run.draft_id is None:
        raise BriefError(f"Run {run_id!r} has no article to record.", remedy="`python -m core runs` lists the runs.")
    publications = store.publications.of_run(run_id)
    draft = store.drafts.get(_draft_that_stands(run, publications))
    scores = store.drafts.scores(draft.id)
    if scores is None:
        raise BriefError("This article was never judged.", remedy="Finish the run first: `python -m core resume`.")
    clean = _Cleaner(settings)
    cited = store.passages.passages(c.passage_id for s in draft.sentences for c in s.citations)
    calls, texts = _calls(store, run_id, clean)
    decisions = store.decisions.of_run(run_id)
    snapshots = _snapshots(store, run_id, cited)
    for snapshot in snapshots.values():
        if any(p.snapshot_id == snapshot.id for p in cited.values()):
            texts[f"texts/{snapshot.text_hash}.txt"] = snapshot.text
    record = Record(
        versions=versions(run, settings), run=clean(Run, replace(run, owner=None, trace_id=None)),
        plan=store.plans.newest(run_id), draft=draft, scorecard=scores[0], gate=scores[1],
        threshold=_threshold(scores[1], run, settings),
        article=_article(draft, run, publications, scores, reason_given(decisions), store, settings),
        quotes=_quotes(draft, snapshots, cited), passages=_passages(store, run_id, cited),
        snapshots=tuple(_held(one, cited) for one in snapshots.values()), sources=_sources(store, snapshots),
        evidence=_evidence(store, run_id), conflicts=tuple(store.evidence.conflicts(run_id)),
        history=_history(store, run_id), notes=tuple(store.drafts.notes(draft.id)),
        decisions=tuple(clean(Decision, replace(d, by=_name(d.by))) for d in decisions),
        publications=tuple(clean(Publication, replace(p, approved_by=_name(p.approved_by))) for p in publications),
        receipts=tuple(clean(Receipt, TypeAdapter(Receipt).validate_python(r)) for r in store.exports.receipts(run_id)),
        calls=calls,
    )  # fmt: skip
    return record, texts


def _threshold(gate: Gate, run: Run, settings: Settings) -> float:
    """What the gate asked for; of an old answer, which does not say, what it would ask for now."""
    return next(one for one in (gate.threshold, run.brief.gate, settings.gate) if one is not None)


def _draft_that_stands(run: Run, publications: Collection[Publication]) -> int:
    standing = [p.draft_id for p in publications if p.public and p.draft_id]
    return max(standing, default=run.draft_id or 0)


class _Cleaner:
    """Takes the secrets that are set on this machine out of a value."""

    def __init__(self, settings: Settings) -> None:
        held = [getattr(settings, name) for name in type(settings).model_fields]
        for values in settings.target_secrets.values():
            held += [value for name, value in values.items() if _SECRET_NAME.search(name)]
        self.known = [value.get_secret_value() for value in held if isinstance(value, SecretStr)]

    def __call__(self, kind: type, value: Any) -> Any:
        return TypeAdapter(kind).validate_python(without_secrets(asdict(value), self.known))

    def text(self, value: str) -> str:
        return str(without_secrets(value, self.known))


def _name(by: str | None) -> Any:
    """Who decided, without the rest of an address: a record may be given to anybody."""
    return by and by.partition("@")[0]


def _article(
    draft: Draft, run: Run, publications: list[Publication], scores: tuple[Scorecard, Gate], reason: str,
    store: Store, settings: Settings,
) -> Article | None:  # fmt: skip
    """As the targets were given it, with the times of the publication instead of now."""
    row = next((p for p in publications if p.draft_id == draft.id), None)
    try:
        article = article_for(
            draft, row, store=store, brief=run.brief, settings=settings,
            by=_signed_in(row.approved_by if row else None), reason=reason,
        )  # fmt: skip
    except PublishError:
        return None
    at = draft.created_at
    published = (row.published_at if row else None) or at
    modified = (row.modified_at if row else None) or published
    cover = article.cover and Picture(**{**vars(article.cover), "path": ""})
    return replace(article, published_at=published, modified_at=modified, verified_at=modified, cover=cover)


def _signed_in(by: str | None) -> str:
    """A name that may be printed: of somebody who signed in."""
    return "" if by in (None, "you", "command line", "autopilot") else _name(by)


# --- what it rests on ---------------------------------------------------------------


def _snapshots(store: Store, run_id: str, cited: Mapping[int, Passage]) -> dict[int, Snapshot]:
    """The snapshots of everything cited or put before the writer, by id."""
    wanted = {p.snapshot_id for p in cited.values()}
    wanted |= {item.passage.snapshot_id for e in store.evidence.of_run(run_id) for item in e.items}
    return {key: store.sources.snapshot(key) for key in sorted(wanted)}


def _held(snapshot: Snapshot, cited: Mapping[int, Passage]) -> HeldSnapshot:
    return HeldSnapshot(
        id=snapshot.id, source_id=snapshot.source_id, text_hash=snapshot.text_hash, fetched_at=snapshot.fetched_at,
        cited=any(p.snapshot_id == snapshot.id for p in cited.values()), etag=snapshot.etag,
        last_modified=snapshot.last_modified,
    )  # fmt: skip


def _sources(store: Store, snapshots: Mapping[int, Snapshot]) -> tuple[HeldSource, ...]:
    found = store.sources.many(snapshot.source_id for snapshot in snapshots.values())
    return tuple(
        HeldSource(
            id=s.id, url=s.url, title=s.title, site=s.site, author=s.author, published=s.published,
            media_type=s.media_type,
        )
        for _, s in sorted(found.items())
    )  # fmt: skip


def _passages(store: Store, run_id: str, cited: Mapping[int, Passage]) -> tuple[HeldPassage, ...]:
    shown = {item.passage.id: item.passage for e in store.evidence.of_run(run_id) for item in e.items}
    return tuple(
        HeldPassage(
            id=p.id, source_id=p.source_id, snapshot_id=p.snapshot_id, start=p.start, end=p.end, heading=p.heading,
            page=p.page, text=p.text if p.id in cited else "",
        )
        for _, p in sorted((shown | dict(cited)).items())
    )  # fmt: skip


def _quotes(draft: Draft, snapshots: Mapping[int, Snapshot], cited: Mapping[int, Passage]) -> tuple[HeldQuote, ...]:
    quotes = []
    for sentence in draft.sentences:
        verdict = sentence.verdict
        if verdict and verdict.quote and verdict.passage_id in cited:
            text = snapshots[cited[verdict.passage_id].snapshot_id].text
            words = text[verdict.quote.start : verdict.quote.end]
            quotes.append(HeldQuote(sentence_id=sentence.id, passage_id=verdict.passage_id, text=words))
    return tuple(quotes)


def _evidence(store: Store, run_id: str) -> tuple[HeldItem, ...]:
    return tuple(
        HeldItem(
            question_id=e.question_id, passage_id=item.passage.id, number=item.number, score=item.score,
            scores=item.scores, left_out=item.left_out,
        )
        for e in store.evidence.of_run(run_id)
        for item in e.items
    )  # fmt: skip


def _history(store: Store, run_id: str) -> tuple[Version, ...]:
    versions_ = []
    for summary in reversed(store.drafts.of_run(run_id)):
        said = {s.id: s.text for s in store.drafts.get(summary.id).sentences}
        diagnoses = store.drafts.diagnoses(summary.id)
        versions_.append(
            Version(
                version=summary.version, origin=summary.origin, note=summary.note, created_at=summary.created_at,
                scorecard=summary.scorecard, passed=summary.passed,
                diagnoses=tuple((said.get(d.sentence_id, ""), d) for d in diagnoses),
            )
        )  # fmt: skip
    return tuple(versions_)


def _calls(store: Store, run_id: str, clean: _Cleaner) -> tuple[tuple[HeldCall, ...], dict[str, str]]:
    texts: dict[str, str] = {}

    def kept(text: str | None) -> str | None:
        if text is None:
            return None
        text = clean.text(text)
        key = text_hash(text)
        texts[f"calls/{key}.txt"] = text
        return key

    pairs = zip(store.calls.of_run(run_id), store.exports.call_texts(run_id), strict=True)
    calls = [
        HeldCall(call=clean(Call, call), request=kept(request), answer=kept(answer))
        for call, (request, answer) in pairs
    ]
    return tuple(calls), texts
