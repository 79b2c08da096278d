"""WordPress by its REST interface (WordPress 5.6 and later, with an application password)."""

from typing import Any, Literal
from urllib.parse import unquote

import httpx

from core.errors import PublishError
from core.models import Picture
from core.publishing.connection import Connection
from core.publishing.wordpress_door import Fields, Person, Post, same_name

_ANY_STATE = "publish,future,draft,pending,private"


class Rest:
    """A `Door`; `open_rest` makes one."""

    way = "REST"

    def __init__(self, connection: Connection, *, pretty: bool, index: dict[str, Any]) -> None:
        self._connection = connection
        self._pretty = pretty
        self.site_title = str(index.get("name") or "WordPress")
        self.site_url = str(index.get("home") or connection.base_url)
        me = self._json("GET", "users/me", params={"context": "edit"})
        self.person = Person(
            name=str(me.get("slug", "")),
            roles=tuple(me.get("roles", ())),
            may=frozenset(right for right, has in dict(me.get("capabilities", {})).items() if has),
        )

    def post(self, id: int) -> Post | None:
        answer = self._send("GET", f"posts/{id}", params={"context": "edit"}, accept=(404,))
        return None if answer.status_code == 404 else self._post(self._connection.parsed(answer))

    def search(self, text: str) -> list[Post]:
        asked = {"search": text, "status": _ANY_STATE, "context": "edit", "per_page": 100}
        return [self._post(post) for post in self._json("GET", "posts", params=asked) if "raw" in post["content"]]

    def holders(self, slug: str) -> list[int]:
        found = self._json("GET", "posts", params={"slug": slug, "status": "publish,future", "context": "edit"})
        found += self._json("GET", "pages", params={"slug": slug, "status": "publish"})
        return [int(post["id"]) for post in found]

    def write(self, id: int | None, fields: Fields) -> Post:
        route = "posts" if id is None else f"posts/{id}"
        return self._post(self._json("POST", route, params={"context": "edit"}, json=dict(fields)))

    def remove(self, id: int) -> None:
        self._send("DELETE", f"posts/{id}", params={"force": "true"}, accept=(404, 410), repeatable=True)

    def picture(self, name: str, alt: str) -> int | None:
        found = self._json("GET", "media", params={"slug": name, "per_page": 1, "context": "edit"})
        if not found:
            return None
        if found[0].get("alt_text") != alt:
            self._describe(found[0]["id"], alt)
        return int(found[0]["id"])

    def upload(self, picture: Picture, content: bytes, name: str) -> int:
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Type": picture.media_type}
        made = self._json("POST", "media", content=content, headers=headers)
        self._describe(made["id"], picture.alt)
        return int(made["id"])

    def term(self, taxonomy: Literal["tags", "categories"], name: str) -> int | None:
        found = self._json("GET", taxonomy, params={"search": name, "per_page": 100})
        for term in found:
            if same_name(term["name"], name):
                return int(term["id"])
        answer = self._send("POST", taxonomy, json={"name": name}, accept=(400, 403))
        told = self._connection.parsed(answer)
        if answer.is_success:
            return int(told["id"])
        if told.get("code") == "term_exists":
            return int(told["data"]["term_id"])
        if answer.status_code == 403:
            return None
        raise self._connection.fault(answer)

    # --- inside ---------------------------------------------------------------

    def _describe(self, id: int, alt: str) -> None:
        self._json("POST", f"media/{id}", json={"alt_text": alt}, repeatable=True)

    def _json(self, method: str, route: str, **what: Any) -> Any:
        return self._connection.parsed(self._send(method, route, **what))

    def _send(self, method: str, route: str, *, params: dict[str, Any] | None = None, **what: Any) -> httpx.Response:
        path, asked = _path(f"wp/v2/{route}", pretty=self._pretty)
        return self._connection.send(method, path, params={**asked, **(params or {})}, **what)

    def _post(self, data: dict[str, Any]) -> Post:
        slug = data.get("slug") or data.get("generated_slug") or ""
        link = data["link"]
        template = data.get("permalink_template", "")
        if data["status"] != "publish" and "%" in template:
            link = template.replace("%postname%", slug).replace("%pagename%", slug)
        return Post(
            id=int(data["id"]),
            status=data["status"],
            slug=unquote(slug),
            title=data["title"]["raw"],
            content=data["content"]["raw"],
            excerpt=data["excerpt"]["raw"],
            date_gmt=data.get("date_gmt") or "",
            link=link,
            tags=tuple(data.get("tags", ())),
            featured_media=int(data.get("featured_media") or 0),
            keeps_scripts="wp:action-unfiltered-html" in data.get("_links", {}),
        )


def open_rest(connection: Connection) -> Rest:
    """The REST interface, where it stands and lets us in.

    Raises:
        PublishError: there is none, it is shut, or it does not accept who we are.
    """
    for pretty in (True, False):
        path, asked = _path("", pretty=pretty)
        answer = connection.send("GET", path, params=asked, accept=(404,) if pretty else ())
        if answer.status_code != 404:
            break
    index = connection.parsed(answer)
    if not isinstance(index, dict) or "wp/v2" not in index.get("namespaces", ()):
        raise PublishError(
            f"{connection.base_url} answers, but not as a WordPress does.",
            remedy="Set the address of the WordPress itself, as its own settings name it.",
        )
    return Rest(connection, pretty=pretty, index=index)


def _path(route: str, *, pretty: bool) -> tuple[str, dict[str, str]]:
    """Path and parameters: a site without pretty addresses takes the route as a parameter."""
    return (f"wp-json/{route}", {}) if pretty else ("", {"rest_route": f"/{route}"})
