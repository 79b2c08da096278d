"""The publisher: an approved draft -> an article at each target, exactly once, with receipts.

Several targets go in two phases: everything as a draft first where a target can hold one,
then all of it is turned public, so that what a target will not take is known before the
others are live. A target that fails leaves the others alone; its row says why, and it can
be tried again alone. After that the public page itself is looked at.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from core.agents import delivery
from core.agents.payload import article_for, key_of
from core.agents.pictures import path_of
from core.agents.public_page import look
from core.agents.state import RunState, Update
from core.agents.targets import target_for
from core.errors import ConflictError, GalleyError, PublishError, SettingsError
from core.events import Kind
from core.models import Article, Publication, Receipt, Step
from core.publishing.article import slugify
from core.publishing.record import from_data
from core.publishing.target import TARGETS, Target
from core.runtime import Context
from core.settings import Settings
from core.store import Store
from core.store.database import now

GIVE_UP = timedelta(hours=1)
"""How long something that is due is tried before it is left to a person."""
Say = Callable[..., Any]
"""`say(kind, **data)`: appends an event to the run's story."""


def publish(state: RunState, context: Context) -> Update:
    """Do at each target what the person at the desk (or the brief) asked for; emits `published` or `not_published`.

    Raises:
        PublishError: the article itself may not go out.
        SettingsError: there is no such target.
    """
    decision = state.decision
    names = _names(decision, context)
    for name in names:
        TARGETS.plugin(name)
    sender = Sender(context.store, context.settings, _sayer(context.store, context.run_id, context.attempt))
    match decision.get("kind", "publish"):
        case "publish":
            _publish(state, context, sender, names)
        case "unpublish":
            sender.each(names, context, "withdrawing", lambda row, target: sender.withdraw(row, target))
        case "delete_there":
            sender.each(names, context, "deleting", lambda row, target: sender.delete(row, target))
        case "keep_theirs":
            sender.each(names, context, "keeping theirs", lambda row, _: sender.keep_theirs(row))
        case "reschedule":
            at = decision.get("at")
            sender.each(names, context, "scheduling", lambda row, target: sender.reschedule(row, target, at))
    return {"decision": {}}


def publish_due(store: Store, settings: Settings, publication: Publication) -> bool:
    """Publish what waited here for its time, as it was approved; or see that the target has done so itself.

    Returns:
        Whether it is settled. False: it may be tried again; after `GIVE_UP` it waits for a person instead.
    """
    waiting = store.publications.pending(publication.id)
    if waiting is None:
        return True
    pending, stored = waiting
    article = _with_cover(from_data(json.loads(stored)), settings)
    sender = Sender(store, settings, _sayer(store, publication.run_id, None))

    def send(row: Publication, target: Target) -> Receipt:
        delivery.look_first(store, row.id)
        receipt = delivery.deliver(store, row.id, target, lambda _: article, by=pending.by, draft_id=pending.draft_id)
        sender.check(row.id)
        return receipt

    if sender.one(publication, "publishing", send):
        return True
    error = store.publications.get(publication.id).error or {}
    late = datetime.now(UTC) - datetime.fromisoformat(pending.at)
    if late < GIVE_UP and error.get("kind") not in ("EditedThereError", "SlugTakenError", "SettingsError"):
        return False
    delivery.put_off(store, publication.id)
    return True


def _sayer(store: Store, run_id: str, attempt: int | None) -> Say:
    def say(event: Kind, **data: Any) -> None:
        store.events.add(run_id, event, Step.PUBLISH, data, attempt=attempt)

    return say


def _names(decision: dict[str, Any], context: Context) -> list[str]:
    usual = [context.brief.target or context.settings.target, *context.settings.also_to]
    one = [decision["target"]] if decision.get("target") else usual
    return list(dict.fromkeys(decision.get("targets") or one))


def _publish(state: RunState, context: Context, sender: "Sender", names: list[str]) -> None:
    decision, store, settings = state.decision, context.store, context.settings
    draft = store.drafts.get(state.draft_id)
    by, at = decision.get("by", "autopilot"), decision.get("at")
    at = at if at and at > now() else None
    canonical = store.publications.details(context.run_id).canonical

    def made(row: Publication) -> Article:
        article = article_for(
            draft, row, store=store, brief=context.brief, settings=settings, by=by,
            reason=decision.get("reason") or "", note=decision.get("note") or "",
            canonical_url=None if row.target == canonical else sender.address(context.run_id, canonical),
        )  # fmt: skip
        return replace(article, published_at=at, modified_at=at) if at else article

    rows = {name: store.publications.plan(
        context.run_id, key=key_of(context.run_id), target=name, slug=slugify(draft.title)) for name in names
    }  # fmt: skip
    made(rows[names[0]])  # what may not go out at all goes nowhere

    def send(row: Publication, target: Target, *, as_draft: bool = False) -> Receipt:
        overwrite = row.target in (decision.get("overwrite") or ())
        if at and (row.public or not target.capabilities.schedule):
            delivery.schedule(store, row.id, made(row), at=at, by=by, draft_id=draft.id)
            return _scheduled(row, at)
        return delivery.deliver(
            store, row.id, target, made, by=by, draft_id=draft.id, draft=as_draft, at=at, overwrite=overwrite
        )

    def hold_back(row: Publication, target: Target) -> Receipt:
        if row.public or not target.capabilities.drafts:
            raise PublishError("No draft of it can stand there.", remedy="Publish it there, or leave that target out.")
        return send(row, target, as_draft=True)

    if decision.get("draft"):
        context.map(lambda name: sender.one(rows[name], "sending as a draft", hold_back), names)
        return
    left = names
    if len(names) > 1 and not at:
        drafted = context.map(lambda name: sender.draft(rows[name], send), names)
        left = [name for name, well in zip(names, drafted, strict=True) if well]
    first = [name for name in left if name == canonical]
    for together in (first, [name for name in left if name not in first]):
        context.map(lambda name: sender.one(rows[name], "scheduling" if at else "publishing", send), together)
    if not at:
        context.map(lambda name: sender.check(rows[name].id), left)


@dataclass(frozen=True)
class Sender:
    """Sends to one target after the other, tells of each, and lets none stop the others."""

    store: Store
    settings: Settings
    say: Say

    def each(self, names: list[str], context: Context, doing: str, act: Callable[[Publication, Target], Any]) -> None:
        """`act` for the run's row at each target, several at once."""
        rows = {row.target: row for row in self.store.publications.of_run(context.run_id)}
        missing = [name for name in names if name not in rows]
        if missing:
            raise PublishError(
                f"Nothing was published to {', '.join(missing)}.", remedy="Look at the run's publications."
            )
        context.map(lambda name: self.one(rows[name], doing, act), names)

    def one(self, row: Publication, doing: str, act: Callable[[Publication, Target], Receipt | None]) -> bool:
        """Do it and say how it went; whether it went well."""
        self.say(Kind.PUBLISHING, target=row.target, doing=doing)
        try:
            receipt = act(row, target_for(row.target, self.settings))
        except (PublishError, SettingsError, ConflictError) as error:
            self._failed(row, error)
            return False
        after = self.store.publications.get(row.id)
        status = receipt.status if receipt else after.status
        self.say(
            Kind.PUBLISHED, target=row.target, url=(receipt.url if receipt else None) or after.url, status=status,
            version=after.version,
        )  # fmt: skip
        return True

    def draft(self, row: Publication, send: Callable[..., Receipt]) -> bool:
        """The first phase at one target: nothing the public sees; whether the second may follow."""
        try:
            target = target_for(row.target, self.settings)
            if row.public or not target.capabilities.drafts:
                return True
            self.say(Kind.PUBLISHING, target=row.target, doing="sending as a draft")
            send(row, target, as_draft=True)
        except (PublishError, SettingsError, ConflictError) as error:
            self._failed(row, error)
            return False
        return True

    def _failed(self, row: Publication, error: GalleyError) -> None:
        if isinstance(error, SettingsError):  # nothing was sent: the row does not know yet
            status = "failed" if row.status == "planned" else row.status
            self.store.publications.set(row.id, status=status, error=error.as_dict())
        self.say(Kind.NOT_PUBLISHED, target=row.target, **error.as_dict())

    def withdraw(self, row: Publication, target: Target) -> Receipt:
        return delivery.withdraw(self.store, row.id, target)

    def delete(self, row: Publication, target: Target) -> Receipt:
        if not target.capabilities.delete:
            raise PublishError(
                f"{row.target} deletes nothing from outside.", remedy="Unpublish it, or delete it at the target."
            )
        return delivery.delete(self.store, row.id, target)

    def keep_theirs(self, row: Publication) -> None:
        delivery.keep_theirs(self.store, row.id)

    def reschedule(self, row: Publication, target: Target, at: str | None) -> None:
        """Another time for what waits, or none."""
        waiting = self.store.publications.pending(row.id)
        if waiting is None:
            raise PublishError("Nothing waits for its time there.", remedy="Publish it, with a time if you like.")
        if at is None:
            delivery.unschedule(self.store, row.id, target)
            return
        pending, stored = waiting
        article = replace(_with_cover(from_data(json.loads(stored)), self.settings), published_at=at, modified_at=at)
        if row.status == "scheduled" and row.remote_id and target.capabilities.schedule:
            delivery.deliver(
                self.store, row.id, target, lambda _: article, by=pending.by, draft_id=pending.draft_id, at=at
            )
        else:
            delivery.schedule(self.store, row.id, article, at=at, by=pending.by, draft_id=pending.draft_id)

    def address(self, run_id: str, target: str) -> str | None:
        """Where the public finds the run's article at a target; None while it does not."""
        rows = (row for row in self.store.publications.of_run(run_id) if row.target == target)
        return next((row.url for row in rows if row.public), None)

    def check(self, publication_id: int) -> None:
        """Look at the public page, where it was not seen yet, and write down what was found."""
        row = self.store.publications.get(publication_id)
        stored = self.store.publications.article(publication_id)
        if row.status == "live" and row.url and stored and not (row.checked and row.checked.ok):
            self.store.publications.set(row.id, checked=look(row.url, from_data(json.loads(stored))))


def _scheduled(row: Publication, at: str) -> Receipt:
    return Receipt(
        target=row.target, key=row.key, status="scheduled", url=row.url, remote_id=row.remote_id or "", content_hash="",
        at=now(), publish_at=at,
    )  # fmt: skip


def _with_cover(article: Article, settings: Settings) -> Article:
    """The article with its cover found again: a stored article does not say where the file lies."""
    cover = article.cover
    if cover is None:
        return article
    return replace(article, cover=replace(cover, path=str(path_of(cover, settings))))
