"""A site that speaks Micropub: its endpoint's questions and actions, and a post as the site tells it.

https://www.w3.org/TR/micropub/, https://indieweb.org/Micropub-extensions
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from pydantic import SecretStr

from core.errors import PublishError, SlugTakenError, UnansweredError
from core.models import Article, Picture, Receipt
from core.publishing.connection import Connection
from core.publishing.mark import Mark, carrier, fingerprint, read_mark
from core.publishing.picture import file_name, picture_bytes
from core.publishing.standing import Standing

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
class Post(Standing):
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


class MicropubSite:
    """A site's endpoint, and the token that lets us in."""

    def __init__(self, endpoint: str, token: SecretStr) -> None:
        self._endpoint = endpoint
        self._token = token
        self._connection = self._connect(endpoint)

    def config(self) -> Mapping[str, Any]:
        """What the endpoint says of itself.

        Raises:
            PublishError: it is no micropub endpoint.
        """
        config = self._connection.json("GET", self._endpoint, params={"q": "config"})
        if not isinstance(config, Mapping):
            raise PublishError(
                f"{self._endpoint} is no micropub endpoint: it answers `q=config` with something else.",
                remedy=_REMEDIES[404],
            )
        return config

    def source(self, url: str) -> Post | None:
        """The post at an address; None when there is none (any more)."""
        answer = self._connection.send("GET", self._endpoint, params={"q": "source", "url": url}, accept=_NOTHING)
        if not answer.is_success:
            return None
        told = self._connection.parsed(answer)
        return Post(url, told.get("properties", {})) if isinstance(told, Mapping) else None

    def listed(self) -> Iterator[Post] | None:
        """Every post the site lists, newest first as a rule; None where it has no list."""
        answer = self._connection.send("GET", self._endpoint, params={"q": "source", "limit": "100"}, accept=_NOTHING)
        if not answer.is_success:
            return None
        told = self._connection.parsed(answer)
        if not isinstance(told, Mapping) or not isinstance(told.get("items"), list):
            return None
        return self._pages(told)

    def _pages(self, told: Mapping[str, Any]) -> Iterator[Post]:
        for _ in range(MOST_PAGES):
            for item in told["items"]:
                properties = item.get("properties", {})
                url = item.get("url") or next(iter(properties.get("url", ())), "")
                yield Post(str(url), properties)
            after = (told.get("paging") or {}).get("after")
            if not after:
                return
            told = self._connection.json(
                "GET", self._endpoint, params={"q": "source", "limit": "100", "after": str(after)}
            )

    def search(self, key: str) -> Post | None:
        """The post with the key, as it stands now; None as well where the site has no list."""
        sign = carrier(key) + " "
        found = next((post for post in self.listed() or () if sign in post.html), None)
        # What stands in a list may be shortened or stale; the post itself is asked.
        return self.source(found.url) if found else None

    def standing(self, key: str, last: Receipt | None) -> Post | None:
        """The post of our receipt, else the one that carries the key."""
        post = self.source(last.remote_id) if last and last.remote_id else None
        return post if post and post.properties.get("content") else self.search(key)

    def act(self, what: Mapping[str, Any]) -> None:
        """Send one action: an update, delete or undelete."""
        self._connection.send("POST", self._endpoint, json=what)

    def create(self, article: Article, properties: Mapping[str, Any]) -> str:
        """Make a post; its address.

        Raises:
            SlugTakenError: the site gave it a number; it was deleted again.
            UnansweredError: it may have been made; `search` tells.
            PublishError: the same where nothing can be looked up, or the site does not say where it stands.
        """
        entry = {"type": ["h-entry"], "properties": {**properties, "mp-slug": [article.slug]}}
        try:
            answer = self._connection.send("POST", self._endpoint, json=entry)
        except UnansweredError as error:
            if self.listed() is not None:
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
            self.act({"action": "delete", "url": url})
            raise SlugTakenError(
                f"The address {article.slug!r} belongs to another article (this one would have been {last_part!r}).",
                remedy="Give this article another title or address.",
            )
        return url

    def update(self, url: str, properties: Mapping[str, Any]) -> None:
        """Replace a post's properties; those that are empty are taken away. Its date stays."""
        given = {name: value for name, value in properties.items() if value and name != "published"}
        gone = [name for name, value in properties.items() if not value]
        self.act({"action": "update", "url": url, "replace": given, **({"delete": gone} if gone else {})})

    def upload(self, picture: Picture) -> str:
        """Send a picture to the media endpoint; its address.

        Raises:
            PublishError: the site takes none.
        """
        endpoint = self.config().get("media-endpoint")
        if not endpoint:
            raise PublishError(
                "The site takes no pictures: its endpoint names no media endpoint.",
                remedy="Publish the article there without its picture.",
            )
        address = urljoin(self._endpoint, str(endpoint))
        sent = {"file": (file_name(picture), picture_bytes(picture), picture.media_type)}
        return urljoin(address, self._connect(address).send("POST", address, files=sent).headers.get("location", ""))

    def _connect(self, address: str) -> Connection:
        """Media may lie elsewhere; the standard sends the same token there."""
        token = self._token

        def authorise() -> dict[str, str]:
            return {"Authorization": f"Bearer {token.get_secret_value()}"}

        return Connection(address, name="The site", authorise=authorise, secrets=(token,), remedies=_REMEDIES)
