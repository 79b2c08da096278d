"""Ghost's Admin API: how one signs in, and a post as it stands there.

The token is made anew for every request and lives five minutes, by the server's clock rather
than ours. Versions 5 and 6 answer alike. https://docs.ghost.org/admin-api
"""

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from core.errors import PublishError
from core.publishing.connection import Connection
from core.publishing.mark import Mark, fingerprint, read_mark
from core.publishing.standing import Standing

API = "ghost/api/admin"
_LIFE_S = 240
"""Ghost takes five minutes; the rest is for the way."""

_CARD = re.compile(r"\n?<!--kg-card-(?:begin|end): html-->\n?")
_KEY = re.compile(r"[0-9a-f]{24}:(?:[0-9a-f]{2}){32}")
_REMEDIES = {
    401: "Copy the Admin API key anew from Ghost's Settings › Integrations, and set it for this target.",
    403: "Copy the Admin API key (not the Content API key) from Ghost's Settings › Integrations.",
    404: "Set the address that Ghost itself names under Settings › General, with its folder if it has one.",
    413: "Use a smaller picture, or raise the upload limit of Ghost's web server.",
}


@dataclass(frozen=True, kw_only=True)
class GhostPost(Standing):
    """A post as it stands in Ghost."""

    id: str
    uuid: str
    status: str
    """`draft`, `scheduled`, `published`, `sent`."""
    slug: str
    title: str
    html: str
    excerpt: str
    head: str
    """What is put into the page's head: our mark and JSON-LD."""
    url: str
    picture: str
    alt: str
    tags: tuple[str, ...]
    description: str
    canonical_url: str
    published_at: str
    updated_at: str

    @property
    def public(self) -> bool:
        return self.status in ("published", "sent")

    @property
    def body(self) -> str:
        return _CARD.sub("", self.html)

    @property
    def mark(self) -> Mark | None:
        return read_mark(self.head)[1]

    @property
    def written(self) -> str:
        return fingerprint(self.title, self.body, self.excerpt)

    @property
    def revision(self) -> str:
        """The time of the last change will not do: it moves when Ghost itself publishes a scheduled post."""
        state = "draft" if self.status == "draft" else "public"
        more = (self.head, self.picture, self.alt, self.description, self.canonical_url, *sorted(self.tags))
        return f"{state}:{fingerprint(self.title, self.body, self.excerpt, *more)}"


class GhostAdmin:
    """One Ghost, signed in; making one asks for its title and learns its clock.

    Raises:
        PublishError: the key is none, or no Ghost answers at the address.
    """

    def __init__(self, url: str, key: SecretStr) -> None:
        if not _KEY.fullmatch(key.get_secret_value().strip()):
            raise PublishError(
                "The key of Ghost is not an Admin API key: 24 letters or digits, a colon, 64 more.",
                remedy="Copy the Admin API key from Ghost's Settings › Integrations › Add custom integration.",
            )
        self._id, _, secret = key.get_secret_value().strip().partition(":")
        self._secret = bytes.fromhex(secret)
        self._version = "v5.0"
        self._connection = Connection(
            url,
            name="Ghost",
            authorise=self._headers,
            secrets=(key, SecretStr(secret)),
            remedies=_REMEDIES,
        )
        site = self._connection.json("GET", f"{API}/site/").get("site") or {}
        if "version" not in site:
            raise PublishError(f"{self._connection.base_url} answers, but not as Ghost does.", remedy=_REMEDIES[404])
        self.version = str(site["version"])
        self._version = f"v{self.version.partition('.')[0]}.0"
        self.title = str(site.get("title") or "Ghost")
        self.url = str(site.get("url") or self._connection.base_url).rstrip("/")

    @property
    def base_url(self) -> str:
        return self._connection.base_url

    @property
    def ahead_s(self) -> float:
        """How far Ghost's clock is ahead of ours."""
        return self._connection.skew_s

    def sign_in(self) -> None:
        """Whether the key is accepted.

        Raises:
            PublishError: it is not.
        """
        self._connection.json("GET", f"{API}/config/")

    def post(self, id: str) -> GhostPost | None:
        answer = self._connection.send("GET", f"{API}/posts/{id}/", params={"formats": "html"}, accept=(404, 422))
        return _post(self._connection.parsed(answer)["posts"][0]) if answer.is_success else None

    def posts(self, filter: str) -> list[GhostPost]:
        """Posts in any state, oldest first."""
        asked = {"filter": filter, "formats": "html", "limit": "50", "order": "created_at asc"}
        return [_post(post) for post in self._connection.json("GET", f"{API}/posts/", params=asked)["posts"]]

    def pages(self, filter: str) -> list[str]:
        """Ids of the pages, which share their addresses with the posts."""
        asked = {"filter": filter, "fields": "id"}
        return [page["id"] for page in self._connection.json("GET", f"{API}/pages/", params=asked)["pages"]]

    def write(self, standing: GhostPost | None, fields: Mapping[str, Any]) -> GhostPost:
        """Make a post, or change the one that stands there as it was read.

        Raises:
            EditedThereError: somebody saved it since it was read.
        """
        asked = {"formats": "html", **({"source": "html"} if "html" in fields else {})}
        if standing is None:
            made = self._connection.json("POST", f"{API}/posts/", params=asked, json={"posts": [dict(fields)]})
        else:
            change = {**fields, "updated_at": standing.updated_at}
            path = f"{API}/posts/{standing.id}/"
            made = self._connection.json("PUT", path, params=asked, json={"posts": [change]})
        return _post(made["posts"][0])

    def remove(self, id: str) -> None:
        self._connection.send("DELETE", f"{API}/posts/{id}/", accept=(404,), repeatable=True)

    def remove_tag(self, slug: str) -> None:
        answer = self._connection.send("GET", f"{API}/tags/slug/{slug}/", accept=(404,))
        if answer.is_success:
            id = self._connection.parsed(answer)["tags"][0]["id"]
            self._connection.send("DELETE", f"{API}/tags/{id}/", accept=(404,), repeatable=True)

    def upload(self, name: str, content: bytes, media_type: str) -> str:
        """Put a picture there; returns its address. Ghost keeps a second one of the same name beside the first."""
        files = {"file": (name, content, media_type)}
        made = self._connection.json("POST", f"{API}/images/upload/", files=files, data={"ref": name})
        return str(made["images"][0]["url"])

    def serves(self, path: str) -> bool:
        """Whether readers get a file at this path."""
        refused = (301, 302, 400, 401, 403, 404, 405, 410, 500, 501)
        return self._connection.send("HEAD", path, accept=refused).is_success

    def _headers(self) -> dict[str, str]:
        token = make_token(self._id, self._secret, int(time.time() + self._connection.skew_s))
        return {"Authorization": f"Ghost {token}", "Accept-Version": self._version}


def make_token(id: str, secret: bytes, now: int) -> str:
    """A JSON Web Token (RFC 7519, HS256) as Ghost wants it."""
    head = _encoded({"alg": "HS256", "kid": id, "typ": "JWT"})
    claims = _encoded({"iat": now, "exp": now + _LIFE_S, "aud": "/admin/"})
    signature = hmac.new(secret, f"{head}.{claims}".encode(), hashlib.sha256).digest()
    return f"{head}.{claims}.{_base64(signature)}"


def _encoded(data: Mapping[str, Any]) -> str:
    return _base64(json.dumps(data, separators=(",", ":")).encode())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _post(data: Mapping[str, Any]) -> GhostPost:
    def text(name: str) -> str:
        return str(data.get(name) or "")

    return GhostPost(
        id=text("id"),
        uuid=text("uuid"),
        status=text("status"),
        slug=text("slug"),
        title=text("title"),
        html=text("html"),
        excerpt=text("custom_excerpt"),
        head=text("codeinjection_head"),
        url=text("url"),
        picture=text("feature_image"),
        alt=text("feature_image_alt"),
        tags=tuple(tag["name"] for tag in data.get("tags") or ()),
        description=text("meta_description"),
        canonical_url=text("canonical_url"),
        published_at=text("published_at"),
        updated_at=text("updated_at"),
    )
