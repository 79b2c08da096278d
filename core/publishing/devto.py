"""The `devto` target: dev.to and other sites that run Forem, by its API version 1.

Written to the published description of the API and tried against a scripted server that
speaks its wire format; it was never run against the live service. Forem has no look-up by a key
and no key for retries, so the author's own articles are listed and searched for our mark. An
answer 201 is no proof that an article is public (a user reports drafts), so it is asked again.
`ai_disclosure_level` is told truthfully from the article's method.
https://developers.forem.com/api/v1
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from pydantic import SecretStr

from core.errors import PublishError, UnansweredError
from core.models import Article, Preview, Receipt
from core.publishing.body import blocks, preview_page
from core.publishing.connection import Connection
from core.publishing.mark import Mark, carrier, fingerprint, marked, read_mark
from core.publishing.plain import body, unescape
from core.publishing.quotes import shorten
from core.publishing.record import content_hash
from core.publishing.standing import LEFT, Standing, is_edited, refuse_edits
from core.publishing.target import TARGETS, Capabilities
from core.publishing.wording import described, file_size, now

MOST_TAGS = 4
LONGEST_TITLE = 128
PER_PAGE = 100
MOST_PAGES = 20

_ACCEPT = {"Accept": "application/vnd.forem.api-v1+json"}
_NO_MODEL = "no language model was used"
"""What the method of an article says that was composed of its sources' own sentences."""
_REMEDIES = {
    401: "Make a new API key under the site's Settings › Extensions, and set it for this target.",
    403: "Make a new API key under the site's Settings › Extensions, and set it for this target.",
    429: "Wait five minutes, then publish again: new accounts may publish one article in that time.",
}


@dataclass(frozen=True)
class _Post(Standing):
    """One of the author's articles as the site tells it."""

    told: Mapping[str, Any]

    @property
    def id(self) -> str:
        return str(self.told.get("id", ""))

    @property
    def public(self) -> bool:
        return bool(self.told.get("published"))

    @property
    def url(self) -> str:
        return str(self.told.get("url", ""))

    @property
    def title(self) -> str:
        return str(self.told.get("title", ""))

    @property
    def markdown(self) -> str:
        return str(self.told.get("body_markdown") or "")

    @property
    def mark(self) -> Mark | None:
        return read_mark(self.markdown)[1]

    @property
    def written(self) -> str:
        return fingerprint(self.title, read_mark(self.markdown)[0])

    @property
    def revision(self) -> str:
        return f"{'public' if self.public else 'draft'}:{self.written}"


@TARGETS.register("devto")
class Devto:
    """dev.to, or another site that runs Forem.

    Args:
        api_key: from the site's Settings › Extensions.
        url: the site's address.
        series: the name of the series the articles belong to, if they do.
    """

    capabilities = Capabilities(
        markdown=True, canonical_url=True, description=True, drafts=True, unpublish=True, footnotes=True, read_back=True
    )

    def __init__(self, *, api_key: SecretStr, url: str = "https://dev.to", series: str = "") -> None:
        self._series = series.strip()
        self._site = Connection(
            url,
            name="dev.to",
            authorise=lambda: {"api-key": api_key.get_secret_value(), **_ACCEPT},
            secrets=(api_key,),
            remedies=_REMEDIES,
        )

    # --- what a target does ---------------------------------------------------------------

    def preview(self, article: Article, *, last: Receipt | None = None) -> Preview:
        standing = self._standing(article.key, last)
        sent = self._fields(article, public=True)
        what = f"PUT {self._site.base_url}/api/articles/{standing.id}" if standing else (
            f"POST {self._site.base_url}/api/articles")  # fmt: skip
        size = file_size(len(sent["body_markdown"].encode()))
        done = standing is not None and _stands(standing, article, public=True)
        return Preview(
            target="devto",
            page=preview_page(article, Markup("\n").join(blocks(article))),
            requests=() if done else (f"{what} ({size}, AI disclosure {sent['ai_disclosure_level']})",),
            lost=_lost(article),
            sent=_readable(sent["title"], sent["body_markdown"]),
            standing=_readable(standing.title, standing.markdown) if standing else None,
            edited=is_edited(standing, last, content_hash(article)),
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
        """See `Target.publish`. A live article stays live when a draft of its update is asked for."""
        if at:
            raise PublishError("dev.to's API knows no schedule.", remedy="Publish the article when its time has come.")
        standing = self._standing(article.key, last)
        if not overwrite:
            refuse_edits(standing, last, content_hash(article), place="dev.to")
        if standing and draft and standing.public:
            return _receipt(standing, article.key, _lost(article), changed=(LEFT,))
        if standing and _stands(standing, article, public=not draft):
            return _receipt(standing, article.key, _lost(article), status="unchanged")
        fields = self._fields(article, public=not draft)
        if standing:
            id, told = standing.id, f"Updated article {standing.id}"
            self._write("PUT", f"api/articles/{id}", fields)
        else:
            id = str(self._write("POST", "api/articles", fields).get("id", ""))
            told = f"Made article {id}"
        return self._settled(id, article, draft=draft, told=told)

    def withdraw(self, key: str, *, last: Receipt | None = None) -> Receipt:
        post = self._standing(key, last)
        if post is None:
            raise PublishError(
                f"dev.to holds no article of yours with the key {key!r}.",
                remedy="Nothing is public there; there is nothing to do.",
            )
        if not post.public:
            return _receipt(post, key, (), status="withdrawn")
        self._write("PUT", f"api/articles/{post.id}", {"published": False})
        hidden = self._with_id(post.id)
        if hidden is None or hidden.public:
            raise PublishError("dev.to left the article public.", remedy="Unpublish it on dev.to itself, under Manage.")
        return _receipt(hidden, key, (), status="withdrawn", changed=("Made it a draft",))

    def delete(self, key: str, *, last: Receipt | None = None) -> Receipt:
        raise PublishError(
            "dev.to's API deletes nothing.", remedy="Take the article down here, then delete it on dev.to itself."
        )

    def find(self, key: str) -> Receipt | None:
        post = self._standing(key, None)
        return _receipt(post, key, ()) if post else None

    def check(self) -> tuple[str, ...]:
        me = self._site.json("GET", "api/users/me")
        return (
            f"Signed in as {me.get('username', 'somebody')}.",
            "Pictures stay behind: dev.to takes only those that lie on the web already.",
        )

    # --- inside ---------------------------------------------------------------

    def _mine(self) -> Iterator[_Post]:
        """The author's articles, drafts too, newest first."""
        for page in range(1, MOST_PAGES + 1):
            told = self._site.json("GET", "api/articles/me/all", params={"page": page, "per_page": PER_PAGE})
            if not isinstance(told, list):
                raise PublishError(
                    f"{self._site.base_url} does not list articles as Forem does.",
                    remedy="Check the target's address under Settings.",
                )
            yield from map(_Post, told)
            if len(told) < PER_PAGE:
                return

    def _with_id(self, id: str) -> _Post | None:
        return next((post for post in self._mine() if post.id == id), None)

    def _standing(self, key: str, last: Receipt | None) -> _Post | None:
        """Our receipt's article, or the one that carries the key: the oldest, should there be a copy."""
        posts = list(self._mine())
        held = next((post for post in posts if last and post.id == last.remote_id), None)
        return held or next((post for post in reversed(posts) if carrier(key) + " " in post.markdown), None)

    def _write(self, method: str, path: str, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        told = self._site.json(method, path, json={"article": fields})
        return told if isinstance(told, Mapping) else {}

    def _settled(self, id: str, article: Article, *, draft: bool, told: str) -> Receipt:
        """The article as the site holds it; asked to be public once more if it is not."""
        post = self._with_id(id)
        if post and not draft and not post.public:
            self._write("PUT", f"api/articles/{id}", {"published": True})
            post = self._with_id(id)
        if post is None:
            raise UnansweredError(
                f"dev.to does not list article {id} yet.", remedy="Wait a minute, then publish again."
            )
        if post.public == draft:
            raise PublishError(
                f"dev.to keeps the article {'public' if draft else 'as a draft'} though it was asked otherwise.",
                remedy="Look at it on dev.to, where it may say why.",
            )
        return _receipt(post, article.key, _lost(article), changed=(told,))

    def _fields(self, article: Article, *, public: bool) -> dict[str, Any]:
        text = body(article, carry_key=True)
        title = shorten(article.title, LONGEST_TITLE)
        mark = Mark(key=article.key, content=content_hash(article), body=fingerprint(title, text))
        fields = {
            "title": title,
            "body_markdown": marked(text, mark),
            "published": public,
            "tags": list(_tags(article)),
            "description": described(article),
            "canonical_url": article.canonical_url,
            "series": self._series,
            "ai_disclosure_level": disclosure(article),
        }
        return {name: value for name, value in fields.items() if value not in ("", None)}


def disclosure(article: Article) -> str:
    """How far a model wrote it, in Forem's words; `some_ai` where a named person approved a model's text."""
    if _NO_MODEL in article.method:
        return "no_ai"
    return "some_ai" if article.approved_by not in ("", "autopilot") else "fully_autonomous"


def _tags(article: Article) -> tuple[str, ...]:
    """Forem's tags are letters and figures in one word."""
    plain = (re.sub(r"[\W_]", "", tag).lower() for tag in article.tags)
    return tuple(dict.fromkeys(tag for tag in plain if tag))[:MOST_TAGS]


def _lost(article: Article) -> tuple[str, ...]:
    told = ["Data for search engines (JSON-LD): dev.to makes its own."]
    if article.cover:
        told.append("The picture: dev.to takes only one that lies on the web already.")
    if len(article.tags) > MOST_TAGS:
        told.append(f"Tags after the first {MOST_TAGS}: {', '.join(article.tags[MOST_TAGS:])}.")
    if len(article.title) > LONGEST_TITLE:
        told.append(f"The end of the title: dev.to holds {LONGEST_TITLE} characters.")
    return tuple(told)


def _stands(post: _Post, article: Article, *, public: bool) -> bool:
    return post.content_hash == content_hash(article) and post.public == public


def _readable(title: str, markdown: str) -> str:
    lines = (unescape(line) for line in read_mark(markdown)[0].splitlines())
    return "\n".join([title, *(line for line in lines if line.strip())])


def _receipt(
    post: _Post, key: str, lost: Sequence[str], *, status: str | None = None, changed: Sequence[str] = ()
) -> Receipt:
    return Receipt(
        target="devto",
        key=key,
        status=status or ("live" if post.public else "draft"),
        url=post.url if post.public else None,
        remote_id=post.id,
        content_hash=post.content_hash,
        at=now(),
        changed=tuple(changed),
        revision=post.revision,
        lost=tuple(lost),
    )
