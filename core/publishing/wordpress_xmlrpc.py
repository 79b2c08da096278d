"""WordPress by XML-RPC: the way in where a plugin or a firewall has shut REST.

It takes the same application password. It knows nothing of addresses of drafts or of a
picture's alternative text, so JSON-LD (which names the address) and that text are not sent.
Method names: WordPress's own `wp.` ones, https://codex.wordpress.org/XML-RPC_WordPress_API.
"""

import xmlrpc.client
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from xml.parsers.expat import ExpatError

from pydantic import SecretStr

from core.errors import PublishError
from core.models import Picture
from core.publishing.connection import Connection
from core.publishing.wordpress_door import Fields, Person, Post, same_name

_NAMES = {
    "title": "post_title", "content": "post_content", "excerpt": "post_excerpt", "slug": "post_name",
    "status": "post_status", "featured_media": "post_thumbnail",
}  # fmt: skip
_TAXONOMIES = {"tags": "post_tag", "categories": "category"}
_AT_ONCE = 500

_WRITER = {"edit_posts", "publish_posts", "upload_files"}
_EDITOR = _WRITER | {"manage_categories", "edit_others_posts"}
_RIGHTS = {"administrator": _EDITOR, "editor": _EDITOR, "author": _WRITER, "contributor": {"edit_posts"}}
"""What WordPress's own roles may do; XML-RPC names the role alone."""


class XmlRpc:
    """A `Door`; making one signs in.

    Raises:
        PublishError: it is switched off, or does not accept who we are.
    """

    way = "XML-RPC"

    def __init__(self, connection: Connection, *, user: str, password: SecretStr) -> None:
        self._connection = connection
        self._user = user
        self._password = password
        [blog, *_] = self._call("wp.getUsersBlogs", reads=True, blog=False) or [{}]
        self._blog = blog.get("blogid", "1")
        self.site_title = str(blog.get("blogName", "WordPress"))
        self.site_url = str(blog.get("url", connection.base_url)).rstrip("/")
        me = self._call("wp.getProfile", reads=True)
        roles = tuple(me.get("roles", ()))
        may = frozenset[str]().union(*(_RIGHTS.get(role, _WRITER) for role in roles))
        self.person = Person(name=str(me.get("username", user)), roles=roles, may=may)

    def post(self, id: int) -> Post | None:
        try:
            return self._post(self._call("wp.getPost", id, reads=True))
        except _Fault as fault:
            if fault.code == 404:
                return None
            raise

    def search(self, text: str) -> list[Post]:
        states = ["publish", "future", "draft", "pending", "private"]
        found = self._call("wp.getPosts", {"s": text, "number": 100, "post_status": states}, reads=True)
        return [self._post(post) for post in found]

    def holders(self, slug: str) -> list[int]:
        """XML-RPC cannot ask for a slug: all of them are read, with nothing but their names."""
        return [
            int(post["post_id"])
            for kind in ("post", "page")
            for post in self._named(kind)
            if post["post_status"] in ("publish", "future") and same_name(post["post_name"], slug)
        ]

    def write(self, id: int | None, fields: Fields) -> Post:
        content: dict[str, Any] = {_NAMES[name]: value for name, value in fields.items() if name in _NAMES}
        if "date_gmt" in fields:
            moment = datetime.fromisoformat(fields["date_gmt"]).replace(tzinfo=UTC)
            content["post_date_gmt"] = xmlrpc.client.DateTime(moment.strftime("%Y%m%dT%H:%M:%S"))
        terms = {_TAXONOMIES[name]: fields[name] for name in _TAXONOMIES if name in fields}
        if terms:
            content["terms"] = terms
        if id is None:
            id = int(self._call("wp.newPost", {"post_type": "post", **content}))
        else:
            self._call("wp.editPost", id, content)
        post = self.post(id)
        if post is None:
            raise PublishError(
                f"WordPress lost post {id} right after it was written.",
                remedy="See whether a plugin removes posts, then publish again.",
            )
        return post

    def remove(self, id: int) -> None:
        for _ in range(2):  # into the trash, then out of it
            try:
                self._call("wp.deletePost", id)
            except _Fault as fault:
                if fault.code != 404:
                    raise
                return

    def picture(self, name: str, alt: str) -> int | None:
        asked = {"post_type": "attachment", "post_status": "inherit", "s": name, "number": 10}
        found = self._call("wp.getPosts", asked, ["post_id", "post_title"], reads=True)
        return next((int(file["post_id"]) for file in found if file["post_title"].startswith(name)), None)

    def upload(self, picture: Picture, content: bytes, name: str) -> int:
        file = {"name": name, "type": picture.media_type, "bits": xmlrpc.client.Binary(content), "overwrite": False}
        return int(self._call("wp.uploadFile", file)["id"])

    def term(self, taxonomy: Literal["tags", "categories"], name: str) -> int | None:
        kind = _TAXONOMIES[taxonomy]
        for term in self._call("wp.getTerms", kind, {"search": name}, reads=True):
            if same_name(term["name"], name):
                return int(term["term_id"])
        try:
            return int(self._call("wp.newTerm", {"name": name, "taxonomy": kind}))
        except _Fault as fault:
            if fault.code == 401:
                return None
            raise

    # --- inside ---------------------------------------------------------------

    def _call(self, method: str, *what: Any, reads: bool = False, blog: bool = True) -> Any:
        signed = (self._user, self._password.get_secret_value(), *what)
        body = xmlrpc.client.dumps((self._blog, *signed) if blog else signed, method, allow_none=True)
        answer = self._connection.send(
            "POST",
            "xmlrpc.php",
            content=body.encode("utf-8", "xmlcharrefreplace"),
            headers={"Content-Type": "text/xml", "Accept": "text/xml"},
            repeatable=reads,
        )
        try:
            return xmlrpc.client.loads(answer.content, use_builtin_types=True)[0][0]
        except xmlrpc.client.Fault as fault:
            raise _Fault(int(fault.faultCode), fault.faultString, self._connection) from fault
        except (ExpatError, xmlrpc.client.ResponseError, IndexError) as error:
            raise PublishError(
                f"{self._connection.base_url}/xmlrpc.php answered with something other than XML-RPC.",
                remedy="Allow WordPress's REST interface, or xmlrpc.php, for this user.",
            ) from error

    def _named(self, kind: str) -> list[dict[str, Any]]:
        posts: list[dict[str, Any]] = []
        fields = ["post_id", "post_name", "post_status"]
        while True:
            asked = {"post_type": kind, "number": _AT_ONCE, "offset": len(posts)}
            try:
                more = self._call("wp.getPosts", asked, fields, reads=True)
            except _Fault as fault:
                if fault.code == 401 and kind == "page":  # an author may not list pages
                    return posts
                raise
            posts += more
            if len(more) < _AT_ONCE:
                return posts

    def _post(self, data: dict[str, Any]) -> Post:
        thumbnail = data.get("post_thumbnail") or {}
        # WordPress calls a scheduled post published here.
        there = datetime.now(UTC) + timedelta(seconds=self._connection.skew_s)
        waits = data["post_status"] == "publish" and data["post_date_gmt"].replace(tzinfo=UTC) > there
        return Post(
            id=int(data["post_id"]),
            status="future" if waits else data["post_status"],
            slug=data["post_name"],
            title=data["post_title"],
            content=data["post_content"],
            excerpt=data["post_excerpt"],
            date_gmt=data["post_date_gmt"].strftime("%Y-%m-%dT%H:%M:%S"),
            link=data["link"],
            tags=tuple(int(term["term_id"]) for term in data.get("terms", ()) if term["taxonomy"] == "post_tag"),
            featured_media=int(thumbnail.get("attachment_id", 0)) if isinstance(thumbnail, dict) else 0,
            keeps_scripts=False,
        )


class _Fault(PublishError):
    """WordPress refused a call; the code is an HTTP status by meaning."""

    def __init__(self, code: int, said: str, connection: Connection) -> None:
        remedies = {
            403: "Make a new application password in WordPress under Users › Profile, and set it for this target.",
            401: "Give this user a role that may do it: Editor, or Author.",
            405: "Allow WordPress's REST interface, or switch XML-RPC on.",
        }
        super().__init__(
            f"WordPress at {connection.base_url} refused the call ({code}): {said}",
            remedy=remedies.get(code, "Mend what it names, then publish again."),
        )
        self.code = code
