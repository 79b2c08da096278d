"""The `micropub` target: any site that speaks Micropub (W3C Recommendation, 23 May 2017).

The article goes as an `h-entry` with HTML content and a picture through the site's media
endpoint. Micropub has no look-up by a key, so our mark stands in the content, and the site's
list of posts (`q=source` without an address, a stable extension) is searched for it; where a
site has no such list, an answer that was lost is a person's turn, never a second post.
`post-status` is an extension too: whether a draft really is one is read back at once.
https://www.w3.org/TR/micropub/, https://indieweb.org/Micropub-extensions
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Any
from urllib.parse import urljoin, urlsplit

from markupsafe import Markup, escape
from pydantic import SecretStr

from core.errors import PublishError, SlugTakenError, UnansweredError
from core.models import Article, Picture, Preview, Receipt
from core.publishing.body import blocks, preview_page
from core.publishing.connection import Connection
from core.publishing.difference import words
from core.publishing.mark import Mark, carrier, fingerprint, marked, read_mark
from core.publishing.picture import file_name, picture_bytes
from core.publishing.record import content_hash
from core.publishing.standing import is_edited, refuse_edits
from core.publishing.target import TARGETS, Capabilities
from core.publishing.wording import file_size

MOST_PAGES = 20
"""Pages of the site's list that are searched for a key; 100 posts each."""

_NOTHING = (400, 404, 410)
"""How sites answer a question about a post that is not there, or one they do not know."""
_PICTURE = re.compile(r"<!-- galley-picture:([0-9a-f]{16}) -->")
_REMEDIES = {
    401: "Get a new access token from the site, with the scopes create, update, delete and media.",
    403: "Get a token with the scopes create, update, delete and media.",
    404: 'Look up the micropub endpoint in the site\'s HTML: <link rel="micropub">.',
}


@dataclass(frozen=True)
class _Post:
    """A post as the site tells it (`q=source`)."""

    url: str
    properties: Mapping[str, Sequence[Any]]

    @property
    def html(self) -> str:
        content = next(iter(self.properties.get("content", ())), "")
        return str(content.get("html", "")) if isinstance(content, Mapping) else str(content)

    @property
    def title(self) -> str:
        return str(next(iter(self.properties.get("name", ())), ""))

    @property
    def public(self) -> bool:
        return "draft" not in self.properties.get("post-status", ())

    @property
    def mark(self) -> Mark | None:
        return read_mark(self.html)[1]

    @property
    def written(self) -> str:
        return fingerprint(self.title, read_mark(self.html)[0])

    @property
    def intact(self) -> bool:
        return self.mark is not None and self.mark.body == self.written

    @property
    def revision(self) -> str:
        kept = {name: self.properties.get(name, []) for name in ("name", "content", "summary", "category", "photo")}
        told = hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()
        return f"{'public' if self.public else 'draft'}:{told}"

    def picture(self, cover: Picture) -> str | None:
        """The address of the cover if it is this one."""
        found, photos = _PICTURE.search(self.html), self.properties.get("photo", ())
        if not photos or found is None or found[1] != cover.hash[:16]:
            return None
        return str(photos[0].get("value", "") if isinstance(photos[0], Mapping) else photos[0]) or None


@TARGETS.register("micropub")
class Micropub:
    """A site that speaks Micropub.

    Args:
        endpoint: the micropub endpoint, as the site's HTML names it: `<link rel="micropub">`.
        token: an access token with the scopes create, update, delete and media.
    """

    capabilities = Capabilities(
        html=True, drafts=True, unpublish=True, delete=True, media=True, footnotes=True, read_back=True
    )

    def __init__(self, *, endpoint: str, token: SecretStr) -> None:
        self._endpoint = endpoint.strip()
        self._token = token

    # --- what a target does ---------------------------------------------------------------

    def preview(self, article: Article, *, last: Receipt | None = None) -> Preview:
        site = self._connection(self._endpoint)
        standing = self._standing(site, article.key, last)
        content = _content(article)
        done = standing is not None and _stands(standing, article, public=True)
        sends = "update" if standing else "create"
        requests = [f"POST {self._endpoint} ({sends}, {file_size(len(content.encode()))})"]
        if article.cover and not (standing and standing.picture(article.cover)):
            size = file_size(len(picture_bytes(article.cover)))
            requests.insert(0, f"POST the media endpoint ({size}, unless it is there)")
        return Preview(
            target="micropub",
            page=preview_page(article, Markup(content)),
            requests=() if done else tuple(requests),
            lost=_lost(article),
            sent=_words(article.title, content),
            standing=_words(standing.title, standing.html) if standing else None,
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
            raise PublishError("Micropub knows no schedule.", remedy="Publish the article when its time has come.")
        site = self._connection(self._endpoint)
        standing = self._standing(site, article.key, last)
        if not overwrite:
            refuse_edits(standing, last, content_hash(article), place="the site")
        if standing and draft and standing.public:
            left = "Left as it is: it is public, and its update goes out in one step."
            return _receipt(standing, article.key, _lost(article), changed=(left,))
        if standing and _stands(standing, article, public=not draft):
            return _receipt(standing, article.key, _lost(article), status="unchanged")
        changed: list[str] = []
        properties = self._properties(site, article, standing, changed, draft=draft)
        if standing is None:
            url = self._create(site, article, properties)
            changed.append(f"Made {url}")
        else:
            url = standing.url
            self._update(site, url, properties)
            changed.append(f"Updated {url}")
        return self._read_back(site, url, article, changed, draft=draft)

    def withdraw(self, key: str, *, last: Receipt | None = None) -> Receipt:
        site = self._connection(self._endpoint)
        post = self._standing(site, key, last)
        if post is None:
            raise PublishError(
                f"The site holds no article with the key {key!r}.",
                remedy="Nothing is public there; there is nothing to do.",
            )
        if not post.public:
            return _receipt(post, key, (), status="withdrawn")
        self._act(site, {"action": "update", "url": post.url, "replace": {"post-status": ["draft"]}})
        hidden = self._source(site, post.url)
        if hidden and hidden.public:
            raise PublishError(
                "The site does not know drafts: the article is still public.",
                remedy="Delete it there, or here; publishing it again makes it anew.",
            )
        return _receipt(hidden or post, key, (), status="withdrawn", changed=("Made it a draft",))

    def delete(self, key: str, *, last: Receipt | None = None) -> Receipt:
        site = self._connection(self._endpoint)
        post = self._standing(site, key, last)
        if post:
            self._act(site, {"action": "delete", "url": post.url})
        return Receipt(
            target="micropub", key=key, status="deleted", url=None, remote_id=post.url if post else "",
            content_hash="", at=_now(), changed=(f"Deleted {post.url}",) if post else (),
        )  # fmt: skip

    def find(self, key: str) -> Receipt | None:
        post = self._search(self._connection(self._endpoint), key)
        return _receipt(post, key, ()) if post else None

    def check(self) -> tuple[str, ...]:
        site = self._connection(self._endpoint)
        config = self._config(site)
        told = [f"The endpoint at {urlsplit(self._endpoint).hostname} takes our token."]
        if not config.get("media-endpoint"):
            told.append("It takes no pictures: it names no media endpoint.")
        if self._listed(site) is None:
            told.append(
                "It cannot list its posts, so an article is found by our receipt alone: after a lost answer, "
                "look at the site before publishing again."
            )
        return tuple(told)

    # --- the protocol ---------------------------------------------------------------

    def _connection(self, address: str) -> Connection:
        token = self._token

        def authorise() -> dict[str, str]:
            return {"Authorization": f"Bearer {token.get_secret_value()}"}

        return Connection(address, name="The site", authorise=authorise, secrets=(token,), remedies=_REMEDIES)

    def _config(self, site: Connection) -> Mapping[str, Any]:
        config = site.json("GET", self._endpoint, params={"q": "config"})
        if not isinstance(config, Mapping):
            raise PublishError(
                f"{self._endpoint} is no micropub endpoint: it answers `q=config` with something else.",
                remedy=_REMEDIES[404],
            )
        return config

    def _source(self, site: Connection, url: str) -> _Post | None:
        """The post at an address; None when there is none (any more)."""
        answer = site.send("GET", self._endpoint, params={"q": "source", "url": url}, accept=_NOTHING)
        if not answer.is_success:
            return None
        told = site.parsed(answer)
        return _Post(url, told.get("properties", {})) if isinstance(told, Mapping) else None

    def _listed(self, site: Connection) -> Iterator[_Post] | None:
        """Every post the site lists, newest first as a rule; None where it has no list."""
        answer = site.send("GET", self._endpoint, params={"q": "source", "limit": "100"}, accept=_NOTHING)
        if not answer.is_success:
            return None
        told = site.parsed(answer)
        if not isinstance(told, Mapping) or not isinstance(told.get("items"), list):
            return None
        return self._pages(site, told)

    def _pages(self, site: Connection, told: Mapping[str, Any]) -> Iterator[_Post]:
        for _ in range(MOST_PAGES):
            for item in told["items"]:
                properties = item.get("properties", {})
                url = item.get("url") or next(iter(properties.get("url", ())), "")
                yield _Post(str(url), properties)
            after = (told.get("paging") or {}).get("after")
            if not after:
                return
            told = site.json("GET", self._endpoint, params={"q": "source", "limit": "100", "after": str(after)})

    def _search(self, site: Connection, key: str) -> _Post | None:
        sign = carrier(key) + " "
        found = next((post for post in self._listed(site) or () if sign in post.html), None)
        # What stands in a list may be shortened or stale; the post itself is asked.
        return self._source(site, found.url) if found else None

    def _standing(self, site: Connection, key: str, last: Receipt | None) -> _Post | None:
        post = self._source(site, last.remote_id) if last and last.remote_id else None
        return post if post and post.properties.get("content") else self._search(site, key)

    def _act(self, site: Connection, what: Mapping[str, Any]) -> None:
        site.send("POST", self._endpoint, json=what)

    def _create(self, site: Connection, article: Article, properties: Mapping[str, Any]) -> str:
        entry = {"type": ["h-entry"], "properties": {**properties, "mp-slug": [article.slug]}}
        try:
            answer = site.send("POST", self._endpoint, json=entry)
        except UnansweredError as error:
            if self._listed(site) is not None:
                raise
            raise PublishError(
                f"{error.message} The site has no list of posts in which it could be looked up.",
                remedy="Look at the site: delete the article there if it arrived, then publish again.",
            ) from error
        place = answer.headers.get("location", "")
        if not place:
            raise PublishError(
                f"The site took the article but does not say where it stands ({answer.status_code}).",
                remedy="Look for it on the site; its endpoint does not keep to the Micropub standard.",
            )
        url = urljoin(self._endpoint, place)
        last_part = urlsplit(url).path.rstrip("/").rpartition("/")[2]
        if re.fullmatch(rf"{re.escape(article.slug)}-\d+", last_part):
            self._act(site, {"action": "delete", "url": url})
            raise SlugTakenError(
                f"The address {article.slug!r} belongs to another article (this one would have been {last_part!r}).",
                remedy="Give this article another title or address.",
            )
        return url

    def _update(self, site: Connection, url: str, properties: Mapping[str, Any]) -> None:
        given = {name: value for name, value in properties.items() if value and name != "published"}
        gone = [name for name, value in properties.items() if not value]
        self._act(site, {"action": "update", "url": url, "replace": given, **({"delete": gone} if gone else {})})

    def _properties(
        self, site: Connection, article: Article, standing: _Post | None, changed: list[str], *, draft: bool
    ) -> dict[str, list[Any]]:
        """The article as microformats; an empty list takes a property away."""
        photo: list[Any] = []
        if cover := article.cover:
            photo = [{"value": self._photo(site, cover, standing, changed), "alt": cover.alt}]
        body = _content(article)
        mark = Mark(key=article.key, content=content_hash(article), body=fingerprint(article.title, body))
        return {
            "name": [article.title],
            "summary": [article.dek] if article.dek else [],
            "content": [{"html": marked(body, mark)}],
            "category": list(article.tags),
            "published": [article.published_at],
            "photo": photo,
            "post-status": ["draft" if draft else "published"],
        }

    def _photo(self, site: Connection, cover: Picture, standing: _Post | None, changed: list[str]) -> str:
        """The cover's address at the site: that of any post which has it, else sent there."""
        posts = chain((standing,) if standing else (), self._listed(site) or ())
        if known := next((address for post in posts if (address := post.picture(cover))), None):
            return known
        endpoint = self._config(site).get("media-endpoint")
        if not endpoint:
            raise PublishError(
                "The site takes no pictures: its endpoint names no media endpoint.",
                remedy="Publish the article there without its picture.",
            )
        address = urljoin(self._endpoint, str(endpoint))
        sent = {"file": (file_name(cover), picture_bytes(cover), cover.media_type)}
        place = self._connection(address).send("POST", address, files=sent).headers.get("location", "")
        changed.append(f"Sent the picture {file_name(cover)}")
        return urljoin(address, place)

    def _read_back(self, site: Connection, url: str, article: Article, changed: list[str], *, draft: bool) -> Receipt:
        post = self._source(site, url)
        if post is None:
            raise UnansweredError(
                f"The site does not show what was sent to {url}.", remedy="Wait a moment, then publish again."
            )
        if draft and post.public:
            self._act(site, {"action": "delete", "url": url})
            raise PublishError(
                "The site does not know drafts and made the article public; it was deleted again at once.",
                remedy="Publish there without a draft before.",
            )
        if not post.intact:
            changed.append("The site changed the HTML it was sent: look whether footnotes still lead somewhere.")
        return _receipt(post, article.key, _lost(article), changed=changed)


def _receipt(
    post: _Post, key: str, lost: Sequence[str], *, status: str | None = None, changed: Sequence[str] = ()
) -> Receipt:
    return Receipt(
        target="micropub",
        key=key,
        status=status or ("live" if post.public else "draft"),
        url=post.url if post.public else None,
        remote_id=post.url,
        content_hash=post.mark.content if post.mark and post.intact else post.written,
        at=_now(),
        changed=tuple(changed),
        revision=post.revision,
        lost=tuple(lost),
    )


def _content(article: Article) -> str:
    """The body, and which picture goes with it."""
    picture = f"\n<!-- galley-picture:{article.cover.hash[:16]} -->" if article.cover else ""
    return "\n".join(blocks(article)) + picture


def _stands(post: _Post, article: Article, *, public: bool) -> bool:
    same = post.intact and post.mark is not None and post.mark.content == content_hash(article)
    return same and post.public == public


def _lost(article: Article) -> tuple[str, ...]:
    told = ["Data for search engines (JSON-LD): Micropub has no place for it."]
    if article.canonical_url:
        told.append(f"The address of the original, {article.canonical_url}: Micropub cannot name one.")
    if article.description:
        told.append("The description for search engines: the site makes its own.")
    return tuple(told)


def _words(title: str, markup: str) -> str:
    return words(f"<article><h1>{escape(title)}</h1>{markup}</article>")


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
