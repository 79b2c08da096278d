"""One article to one target, exactly once.

The row of this article and target is taken by a lease, so that of several publishers one
sends and the others see its receipt. What is about to be sent is written down first. When
an answer is lost, or a publisher dies over its request, the target is asked by the
article's key what really stands there before anything is sent again; as long as it may
still be at what a killed publisher asked, it is asked again and again. The same content in
the same state makes no call at all.
"""

import json
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from core.errors import EditedThereError, PublishError, UnansweredError
from core.models import Article, Intent, Pending, Publication, Receipt
from core.publishing.record import as_data, content_hash, from_data
from core.publishing.target import Target
from core.store import Store, publications
from core.store.database import now

WAIT_S = 90.0
"""How long one publisher waits for another to finish with the same article and target."""
LOOK_S = 0.05
LOOK_THERE_S = 0.5
"""Between two looks for what a killed publisher asked for."""
TRIES = 2
"""Times a request whose answer was lost is sent, each after a look at what stands there."""

_NOTHING_THERE = ("planned", "failed", "deleted")


def deliver(
    store: Store, publication_id: int, target: Target, make: Callable[[Publication], Article], *, by: str,
    draft_id: int, draft: bool = False, at: str | None = None, overwrite: bool = False,
) -> Receipt:  # fmt: skip
    """Make this article stand at the target, in the state that is wanted.

    Args:
        make: the article, from the row as it really is: asked for once the row is ours.
        by: who approved.
        draft: not for the public yet; the target's capabilities allow it.
        at: publish then, by the target's own clock; its capabilities allow it.
        overwrite: a person chose ours over an edit made there.

    Returns:
        The target's receipt, kept in the store; `unchanged` and no call when it stands there already.

    Raises:
        PublishError: it was not taken; the row says why, and what stood there before still does.
    """
    wanted = "draft" if draft else "scheduled" if at else "live"
    with _held(store, publication_id) as fence:
        row = _recovered(store, publication_id, fence, target)
        last, article = store.publications.last_receipt(row.id), make(row)
        intended = content_hash(article)
        if last and (row.content_hash, row.status) == (intended, wanted) and not (overwrite or row.error or at):
            return replace(last, status="unchanged", at=now(), changed=())
        intent = Intent(
            content_hash=intended, slug=article.slug, wanted=wanted, before=row.status, at=now(), draft_id=draft_id,
            by=by, publish_at=at,
        )  # fmt: skip
        store.publications.intend(row.id, fence, intent, json.dumps(as_data(article)))
        return _sent(
            store, row, fence, target, intent,
            lambda last: target.publish(article, last=last, draft=draft, at=at, overwrite=overwrite),
        )  # fmt: skip


def withdraw(store: Store, publication_id: int, target: Target) -> Receipt:
    """Take the article down; what waited for its time waits no longer."""
    return _ended(store, publication_id, target, "withdrawn", lambda row, last: target.withdraw(row.key, last=last))


def delete(store: Store, publication_id: int, target: Target) -> Receipt:
    """Remove the article for good."""
    return _ended(store, publication_id, target, "deleted", lambda row, last: target.delete(row.key, last=last))


def schedule(store: Store, publication_id: int, article: Article, *, at: str, by: str, draft_id: int) -> None:
    """Keep the article here until it is due: for targets that cannot, and for updates of what is public."""
    with _held(store, publication_id) as fence:
        row = store.publications.get(publication_id)
        pending = Pending(at=at, draft_id=draft_id, by=by)
        status = row.status if row.public else "scheduled"
        store.publications.schedule(row.id, fence, pending, json.dumps(as_data(article)), status=status)


def unschedule(store: Store, publication_id: int, target: Target) -> None:
    """Let nothing go out by itself any more; what the target itself would publish becomes a draft there."""
    row = store.publications.get(publication_id)
    if row.status == "scheduled" and row.remote_id:
        withdraw(store, publication_id, target)
        return
    with _held(store, publication_id) as fence:
        row = store.publications.get(publication_id)
        status = row.status if row.public else "planned"
        store.publications.set(row.id, fence=fence, status=status, publish_at=None, pending=None)


def put_off(store: Store, publication_id: int) -> None:
    """What was due and could not be published waits for a person, with its error."""
    with _held(store, publication_id) as fence:
        row = store.publications.get(publication_id)
        status = "failed" if row.status == "scheduled" else row.status
        store.publications.set(row.id, fence=fence, status=status, publish_at=None, pending=None)


def keep_theirs(store: Store, publication_id: int) -> None:
    """A person chose what somebody wrote at the target; ours goes there no more until somebody chooses otherwise."""
    with _held(store, publication_id) as fence:
        store.publications.set(publication_id, fence=fence, status="kept", error=None, intent=None)


# --- the lease ---------------------------------------------------------------


@contextmanager
def _held(store: Store, publication_id: int) -> Iterator[int]:
    """Be the only publisher of this row; its fence. Waits while another one is at it."""
    owner = f"p{os.getpid()}-{secrets.token_hex(3)}"
    store.presence.show(owner)
    try:
        fence = _taken(store, publication_id, owner)
        over = threading.Event()
        beats = threading.Thread(target=_beat, args=(store, publication_id, fence, over), name="lease", daemon=True)
        beats.start()
        try:
            yield fence
        finally:
            over.set()
            beats.join()
            store.publications.release(publication_id, fence)
    finally:
        store.presence.leave(owner)


def _taken(store: Store, publication_id: int, owner: str) -> int:
    end = time.monotonic() + WAIT_S
    while (fence := store.publications.take(publication_id, owner)) is None:
        if time.monotonic() > end:
            raise PublishError(
                f"Another publisher has been at this article for {WAIT_S:.0f} seconds.",
                remedy="Wait until it has finished, then look at its receipt.",
            )
        time.sleep(LOOK_S)
        for ended in store.presence.ended():
            store.runs.worker_gone(ended)
    return fence


def _beat(store: Store, publication_id: int, fence: int, over: threading.Event) -> None:
    while not over.wait(publications.LEASE_S / 3) and store.publications.keep(publication_id, fence):
        pass


# --- sending ---------------------------------------------------------------


def _sent(
    store: Store, row: Publication, fence: int, target: Target, intent: Intent,
    send: Callable[[Receipt | None], Receipt],
) -> Receipt:  # fmt: skip
    """Send, and keep the receipt; on a lost answer look before sending again."""
    try:
        receipt = _answered(store, row, target, intent, send)
    except UnansweredError as error:
        store.publications.set(row.id, fence=fence, status="unknown", error=error.as_dict())
        raise
    except PublishError as error:
        status = "edited" if isinstance(error, EditedThereError) and row.public else row.status
        status = "failed" if status in _NOTHING_THERE else status
        store.publications.set(row.id, fence=fence, status=status, error=error.as_dict(), intent=None)
        raise
    _keep(store, row, fence, receipt, intent)
    return receipt


def _answered(
    store: Store, row: Publication, target: Target, intent: Intent, send: Callable[[Receipt | None], Receipt]
) -> Receipt:
    last = store.publications.last_receipt(row.id)
    for tries in range(1, TRIES + 1):
        try:
            return send(last)
        except UnansweredError:
            found = target.find(row.key)
            if _is_done(found, intent):
                return found or _gone(row)
            if tries == TRIES:
                raise
            last = last or found
    raise AssertionError("the last try returned or raised")


def _keep(store: Store, row: Publication, fence: int, receipt: Receipt, intent: Intent) -> None:
    """The receipt, and in the row what now stands there."""
    values: dict[str, Any] = {"publish_at": None, "pending": None}
    if intent.draft_id is not None:
        article = from_data(json.loads(store.publications.article(row.id) or "{}"))
        public = intent.wanted == "live"
        values |= {
            "draft_id": intent.draft_id, "approved_by": intent.by, "slug": article.slug,
            "content_hash": intent.content_hash, "modified_at": article.modified_at,
            "updates": [{"at": u.at, "text": u.text} for u in article.updates],
            "published_at": article.published_at if public else row.published_at,
            "version": row.version + (1 if public and receipt.status != "unchanged" else 0),
        }  # fmt: skip
    if intent.publish_at:
        pending = Pending(at=intent.publish_at, draft_id=intent.draft_id or 0, by=intent.by)
        store.publications.schedule(
            row.id, fence, pending, store.publications.article(row.id) or "", status="scheduled"
        )
        values = {name: value for name, value in values.items() if name not in ("publish_at", "pending")}
    store.publications.set(
        row.id, fence=fence, status=intent.wanted if receipt.status == "unchanged" else receipt.status,
        url=receipt.url or row.url, remote_id=receipt.remote_id, intent=None, error=None, checked=None, **values,
    )  # fmt: skip
    store.publications.receipt(row.id, receipt)


def _ended(
    store: Store, publication_id: int, target: Target, wanted: str,
    end: Callable[[Publication, Receipt | None], Receipt],
) -> Receipt:  # fmt: skip
    with _held(store, publication_id) as fence:
        row = _recovered(store, publication_id, fence, target)
        last = store.publications.last_receipt(row.id)
        if last and row.status == wanted:
            return replace(last, status="unchanged", at=now(), changed=())
        intent = Intent(content_hash="", slug=row.slug, wanted=wanted, before=row.status, at=now())
        store.publications.intend(row.id, fence, intent, None)
        return _sent(store, row, fence, target, intent, lambda last: end(row, last))


# --- after a crash ---------------------------------------------------------------


def look_first(store: Store, publication_id: int) -> None:
    """Let the next publisher ask the target what stands there: it may have published by its own clock."""
    with _held(store, publication_id) as fence:
        row = store.publications.get(publication_id)
        waiting = store.publications.pending(row.id)
        if waiting is None or not row.remote_id or row.status != "scheduled":
            return
        intent = Intent(
            content_hash=row.content_hash or "", slug=row.slug, wanted="live", before=row.status, at=now(),
            draft_id=waiting[0].draft_id, by=waiting[0].by,
        )  # fmt: skip
        store.publications.intend(row.id, fence, intent, waiting[1])


def _recovered(store: Store, publication_id: int, fence: int, target: Target) -> Publication:
    """The row as it truly is: what a publisher left in the middle of is looked up at the target.

    Raises:
        PublishError: the target does not answer; nothing is sent before it does.
    """
    row = store.publications.get(publication_id)
    if row.status not in ("sending", "unknown"):
        return row
    try:
        found = _looked_for(target, row)
    except PublishError as error:
        store.publications.set(row.id, fence=fence, status="unknown", error=error.as_dict())
        raise
    if row.intent and _is_done(found, row.intent):
        _keep(store, row, fence, found or _gone(row), row.intent)
    elif found is None:
        store.publications.set(row.id, fence=fence, status="planned", intent=None)
    else:
        store.publications.set(
            row.id, fence=fence, status=found.status, url=found.url or row.url, remote_id=found.remote_id, intent=None
        )
        if store.publications.last_receipt(row.id) is None:
            store.publications.receipt(row.id, found)
    return store.publications.get(publication_id)


def _looked_for(target: Target, row: Publication) -> Receipt | None:
    """What stands there. Where nothing does, a request that outlived its sender may still make it: it is waited for."""
    end = time.monotonic() + min(row.late_until - time.time(), publications.LEASE_S)
    while (found := target.find(row.key)) is None and time.monotonic() < end:
        if row.intent and _is_done(None, row.intent):
            break
        time.sleep(LOOK_THERE_S)
    return found


def _is_done(found: Receipt | None, intent: Intent) -> bool:
    """Whether what stands there is what was meant to."""
    if found is None:
        return intent.wanted == "deleted"
    same = intent.wanted in ("withdrawn", "deleted") or found.content_hash == intent.content_hash
    return found.status == intent.wanted and same


def _gone(row: Publication) -> Receipt:
    return Receipt(
        target=row.target, key=row.key, status="deleted", url=None, remote_id=row.remote_id or "", content_hash="",
        at=now(),
    )  # fmt: skip
