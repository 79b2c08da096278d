"""The publisher: an approved draft -> an article at a target, exactly once, with a receipt.

The row for this article and target is written before anything is sent, and the article
carries its key, so that a lost answer is found again instead of sent again.
"""

from collections.abc import Callable, Mapping
from itertools import groupby
from typing import Any

from core import publishing  # noqa: F401 - puts the targets on their shelf
from core.agents.state import RunState, Update
from core.errors import PublishError
from core.events import Kind
from core.judging.gate import open_claims
from core.models import Article, Brief, Draft, Publication, Receipt, Scorecard, Step
from core.models import Update as Change
from core.publishing.article import assemble, slugify
from core.publishing.target import TARGETS, Target
from core.retrieval.words import STOP_WORDS
from core.runtime import Context
from core.settings import Settings
from core.store import Store
from core.store.database import now


def publish(state: RunState, context: Context) -> Update:
    """Publish, update or withdraw what the person at the desk (or the brief) asked for; emits `published`."""
    decision = state.decision
    name = decision.get("target") or context.brief.target or context.settings.target
    draft = context.store.drafts.get(state.draft_id)
    target = target_for(name, context.settings)
    row = context.store.publications.plan(
        context.run_id, key=key_of(context.run_id), target=name, slug=slugify(draft.title)
    )
    if decision.get("kind") == "unpublish":
        _record(row, _sent(row, lambda: target.withdraw(row.key), context), context, status="withdrawn")
        return {"decision": {}}
    article = article_for(
        draft, row, store=context.store, brief=context.brief, settings=context.settings,
        by=_named(decision.get("by", "")), reason=decision.get("reason") or "",
    )  # fmt: skip
    context.store.publications.set(row.id, status="sending", slug=article.slug, draft_id=draft.id)
    receipt = _sent(row, lambda: target.publish(article), context)
    context.store.publications.set(
        row.id, published_at=article.published_at, modified_at=article.modified_at,
        approved_by=decision.get("by", "autopilot"), updates=[{"at": u.at, "text": u.text} for u in article.updates],
    )  # fmt: skip
    _record(row, receipt, context, status="live")
    return {"decision": {}}


def target_for(name: str, settings: Settings) -> Target:
    """A target with its settings.

    Raises:
        SettingsError: there is no such target.
    """
    own: Mapping[str, Any] = {}
    if name == "site":
        own = {
            "path": settings.data / "site", "title": settings.site_title,
            "base_url": f"http://127.0.0.1:{settings.site_port}",
        }  # fmt: skip
    return TARGETS.create(name, **own)


def article_for(
    draft: Draft, row: Publication | None, *, store: Store, brief: Brief, settings: Settings, by: str, reason: str
) -> Article:
    """The payload of a draft: what every target and every export renders.

    Args:
        row: its publication, when it has one: keeps dates and the changelog.
        reason: why claims that are not supported may go out; empty when there are none.

    Raises:
        PublishError: claims are not supported and there is no reason; or the draft was never judged.
    """
    scores = store.drafts.scores(draft.id)
    if scores is None:
        raise PublishError("This draft was never judged.", remedy="Save it again, so that it is judged first.")
    card, answer = scores
    failed = [sentence.id for sentence in open_claims(draft)]
    if (failed or not answer.passed) and not reason.strip():
        raise PublishError(
            f"{len(failed)} of the article's sentences not supported, and nobody has said why to publish all the same.",
            remedy="Repair or cut what is not supported, or publish with a reason.",
        )
    passages = store.passages.passages(c.passage_id for s in draft.sentences for c in s.citations)
    sources = store.sources.many(p.source_id for p in passages.values())
    updates = row.updates if row else ()
    if row and row.version and row.draft_id != draft.id:
        updates = (*updates, Change(at=now(), text=draft.note or "The text was revised."))
    return assemble(
        draft, key=row.key if row else key_of(draft.run_id), passages=passages, sources=sources, scorecard=card,
        method=_method(card, brief, settings), verified_at=now(),
        published_at=(row.published_at if row else None) or now(), modified_at=now(), phrases=_phrases(brief.topic),
        overrides=dict.fromkeys(failed, reason), below_gate=() if answer.passed else (reason,), updates=updates,
        language=brief.language, approved_by=by,
    )  # fmt: skip


def key_of(run_id: str) -> str:
    """The idempotency key of a run's article: the same in every target and version."""
    return f"galley-{run_id}"


def _named(by: str) -> str:
    """Who approved, where that is a name to print: somebody who signed in, not whoever sat at this machine."""
    return by if by not in ("you", "command line") else ""


def _phrases(topic: str) -> list[str]:
    """Tags: the topic's phrases of two words and more, else its longer words."""
    words = [word.strip("?!.,;:()“”\"'").lower() for word in topic.split()]
    phrases = [" ".join(run) for is_stop, run in groupby(words, key=STOP_WORDS.__contains__) if not is_stop]
    long = [phrase for phrase in phrases if " " in phrase]
    return long or [phrase for phrase in phrases if len(phrase) > 3]


def _method(card: Scorecard, brief: Brief, settings: Settings) -> str:
    writer, checker = (brief.models.get(role) or settings.model_for(role) for role in ("writer", "judge"))
    judged = f"{card.claims} sentences were judged one by one against the passages they cite"
    if writer == "extractive":
        return f"Composed from the sources' own sentences; no language model was used. {judged}."
    helped = "" if checker == "extractive" else f", the doubtful ones by {checker}"
    return f"Written by {writer} from stored passages. {judged}{helped}."


def _sent(row: Publication, send: Callable[[], Receipt], context: Context) -> Receipt:
    try:
        return send()
    except PublishError as error:
        context.store.publications.set(row.id, status="failed", error=error.as_dict())
        raise


def _record(row: Publication, receipt: Receipt, context: Context, *, status: str) -> None:
    same = receipt.status == "unchanged"
    context.store.publications.set(
        row.id, status=status, url=receipt.url or row.url, remote_id=receipt.remote_id,
        content_hash=receipt.content_hash, version=row.version + (0 if same else 1), error=None,
    )  # fmt: skip
    context.store.publications.receipt(row.id, receipt)
    context.emit(
        Kind.PUBLISHED, Step.PUBLISH, target=row.target, url=receipt.url, status=receipt.status,
        version=row.version + (0 if same else 1),
    )  # fmt: skip
