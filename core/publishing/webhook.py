"""The `webhook` target: the article as signed JSON to an address of one's own.

For whatever has no target here. Every request is a POST of one event:

    {"event": "published", "key": "...", "content_hash": "...", "sent_at": "...", "url": null, "id": null,
     "article": {title, slug, sections, quotes, references, scorecard, ...}, "html": "...", "markdown": "...",
     "cover": {"name": "...", "media_type": "...", "alt": "...", "data": "<base64>"}}

`event` is `published`, `updated`, `withdrawn` or `deleted` (the last two without what follows `id`),
or `ping`, which changes nothing. Three headers go with it:

    Galley-Timestamp: seconds since 1970
    Galley-Signature: v1=<HMAC-SHA256 of "<timestamp>.<body>" with the secret, in hex>
    Idempotency-Key: the same for every try of one event; a second one changes nothing

The receiver answers 2xx, if it likes with `{"url": "...", "id": "..."}`; 409 when the address
(`article.slug`) belongs to something else. It may answer `GET ?key=...`, signed with the key in
place of the body, by `{"status": "live" | "withdrawn", "content_hash", "url", "id"}` or 404: then a
lost answer is looked up instead of sent again. The signature follows the scheme of Stripe's webhooks.
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup
from pydantic import SecretStr

from core.errors import PublishError, SlugTakenError
from core.models import Article, Preview, Receipt
from core.publishing.body import blocks, preview_page
from core.publishing.connection import Connection
from core.publishing.difference import words
from core.publishing.picture import file_name, picture_bytes
from core.publishing.plain import markdown
from core.publishing.record import as_data, content_hash
from core.publishing.target import TARGETS, Capabilities
from core.publishing.wording import file_size, now

SHORTEST_SECRET = 16
"""Characters; a shorter one can be guessed from one signed request."""

_UNKNOWN = (400, 404, 405, 410, 501)
"""How a receiver says that it holds nothing, or that it does not answer questions."""
_REMEDIES = {
    401: "Set the same secret here and at the receiver.",
    403: "Set the same secret here and at the receiver.",
    404: "Check the receiver's address under Settings.",
}


@TARGETS.register("webhook")
class Webhook:
    """Signed JSON to an address of your own.

    Args:
        url: where events are sent.
        secret: signs every event; the receiver knows it too.
    """

    capabilities = Capabilities(
        markdown=True,
        html=True,
        canonical_url=True,
        description=True,
        unpublish=True,
        delete=True,
        media=True,
        footnotes=True,
    )

    def __init__(self, *, url: str, secret: SecretStr) -> None:
        self._secret = secret
        self._receiver = Connection(url, name="The receiver", secrets=(secret,), remedies=_REMEDIES)
        self._url = url.strip()
        if len(secret.get_secret_value()) < SHORTEST_SECRET:
            raise PublishError(
                f"The webhook's secret is shorter than {SHORTEST_SECRET} characters.",
                remedy="Set a longer one here and at the receiver: `openssl rand -hex 32` makes one.",
            )

    # --- what a target does ---------------------------------------------------------------

    def preview(self, article: Article, *, last: Receipt | None = None) -> Preview:
        event, stands = self._next(article, last)
        body = "\n".join(blocks(article))
        return Preview(
            target="webhook",
            page=preview_page(article, Markup(body)),
            requests=() if stands else (f"POST {self._url} ({event}, {file_size(len(_encoded(_whole(article))))})",),
            lost=(),
            sent=words(preview_page(article, Markup(body))),
        )

    def publish(
        self,
        article: Article,
        *,
        last: Receipt | None = None,
        draft: bool = False,
        at: str | None = None,
        overwrite: bool = False,
    ) -> Receipt:
        """See `Target.publish`. What the receiver does with an edit of its own is its affair."""
        if draft or at:
            raise PublishError(
                "A webhook has no drafts and no schedule.", remedy="Publish the article when its time has come."
            )
        event, stands = self._next(article, last)
        if stands:
            return stands
        answer = self._send(event, article.key, content_hash(article), last, _whole(article))
        told = f"Sent {event} to {self._url}"
        return self._receipt(article.key, "live", content_hash(article), answer, last, (told,))

    def withdraw(self, key: str, *, last: Receipt | None = None) -> Receipt:
        return self._end("withdrawn", key, last)

    def delete(self, key: str, *, last: Receipt | None = None) -> Receipt:
        return self._end("deleted", key, last)

    def find(self, key: str) -> Receipt | None:
        """What the receiver says it holds; None as well when it does not answer questions."""
        answer = self._receiver.send("GET", self._url, params={"key": key}, headers=self._signed(key.encode()),
                                     accept=_UNKNOWN)  # fmt: skip
        if not answer.is_success or not answer.content:
            return None
        told = self._receiver.parsed(answer)
        if not isinstance(told, Mapping) or told.get("status") not in ("live", "withdrawn"):
            return None
        return self._receipt(key, told["status"], str(told.get("content_hash", "")), told, None)

    def check(self) -> tuple[str, ...]:
        """Send a `ping`."""
        self._send("ping", "", "", None, {})
        return (f"{self._url} takes our signature.",)

    # --- inside ---------------------------------------------------------------

    def _next(self, article: Article, last: Receipt | None) -> tuple[str, Receipt | None]:
        """The event that is due, and the receipt `unchanged` when none is."""
        standing = self.find(article.key) or last
        live = standing is not None and standing.status in ("live", "unchanged")
        if live and standing and standing.content_hash == content_hash(article):
            told = {"url": standing.url, "id": standing.remote_id}
            return "", self._receipt(article.key, "unchanged", standing.content_hash, told, last)
        return ("updated" if live else "published"), None

    def _end(self, event: str, key: str, last: Receipt | None) -> Receipt:
        if last and last.status == event:
            return self._receipt(key, event, last.content_hash, {}, last)
        self._send(event, key, last.content_hash if last else "", last, {})
        return self._receipt(key, event, last.content_hash if last else "", {}, last, (f"Sent {event} to {self._url}",))

    def _send(
        self, event: str, key: str, content: str, last: Receipt | None, more: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """The receiver's answer; empty when it says nothing."""
        body = _encoded(
            {
                "event": event,
                "key": key,
                "content_hash": content,
                "sent_at": now(),
                "url": last.url if last else None,
                "id": last.remote_id if last else None,
                **more,
            }
        )
        # Built on the state we leave, so that publishing again after a withdrawal is another event.
        since = f"{last.status} {last.at}" if last else ""
        once = hashlib.sha256("\0".join((event, key, content, since)).encode()).hexdigest()
        headers = {**self._signed(body), "Content-Type": "application/json", "Idempotency-Key": once}
        answer = self._receiver.send("POST", self._url, content=body, headers=headers, accept=(409,))
        if answer.status_code == 409:
            raise SlugTakenError(
                "The receiver says that the article's address belongs to something else.",
                remedy="Give this article another title or address.",
            )
        if "json" not in answer.headers.get("content-type", "") or not answer.content:
            return {}
        told = self._receiver.parsed(answer)
        return told if isinstance(told, Mapping) else {}

    def _signed(self, body: bytes) -> dict[str, str]:
        timestamp = str(int(time.time()))
        return {"Galley-Timestamp": timestamp, "Galley-Signature": signature(self._secret, timestamp, body)}

    def _receipt(
        self,
        key: str,
        status: str,
        content: str,
        told: Mapping[str, Any],
        last: Receipt | None,
        changed: tuple[str, ...] = (),
    ) -> Receipt:
        shows = status in ("live", "unchanged")
        url = told.get("url") or (last.url if last else None)
        return Receipt(
            target="webhook",
            key=key,
            status=status,
            url=str(url) if shows and url else None,
            remote_id=str(told.get("id") or (last.remote_id if last else "") or key),
            content_hash=content,
            at=now(),
            changed=changed,
        )


def signature(secret: SecretStr, timestamp: str, body: bytes) -> str:
    """What stands in `Galley-Signature`; the receiver computes the same and compares in constant time.

    >>> signature(SecretStr("a secret of 16 +"), "1700000000", b"{}")[:12]
    'v1=9ce35e44c'
    """
    message = timestamp.encode() + b"." + body
    return "v1=" + hmac.new(secret.get_secret_value().encode(), message, hashlib.sha256).hexdigest()


def _whole(article: Article) -> dict[str, Any]:
    cover = article.cover
    picture = cover and {
        "name": file_name(cover),
        "media_type": cover.media_type,
        "alt": cover.alt,
        "data": base64.b64encode(picture_bytes(cover)).decode(),
    }
    return {
        "article": as_data(article),
        "html": "\n".join(blocks(article)),
        "markdown": markdown(article),
        "cover": picture,
    }


def _encoded(values: Mapping[str, Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False).encode("utf-8", "replace")
