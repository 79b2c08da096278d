"""A site that speaks Micropub, in memory: create by form and JSON, update, delete, undelete, q=config|source, media.

Written from the W3C Recommendation and the stable extensions (`post-status`, `mp-slug`, lists by
`q=source`), since no maintained server with storage of its own is to be had for Python.
"""

import itertools
import threading
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from core.models import Receipt
from core.publishing.micropub import Micropub
from tests.contracts.place import Seen
from tests.servers.process import free_port
from tests.servers.wire import Wire

TOKEN = "let-me-in"


@dataclass
class Post:
    properties: dict[str, list[Any]]
    deleted: bool = False

    @property
    def html(self) -> str:
        content = (self.properties.get("content") or [""])[0]
        return content["html"] if isinstance(content, dict) else escape(content)


@dataclass
class Site:
    """The posts by their slug, the files by their name, and the answers about both."""

    url: str
    posts: dict[str, Post] = field(default_factory=dict)
    files: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    lists: bool = True
    """Answers `q=source` without an address."""
    drafts: bool = True
    """Knows `post-status`."""

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/micropub", self.ask, methods=["GET"]),
                Route("/micropub", self.act, methods=["POST"]),
                Route("/media", self.media, methods=["POST"]),
                Route("/media/{name}", self.file),
                Route("/{slug}", self.page),
            ]
        )

    async def ask(self, request: Request) -> Response:
        if refused := _refused(request):
            return refused
        asked = request.query_params
        if asked.get("q") == "config":
            return JSONResponse({"media-endpoint": f"{self.url}/media", "syndicate-to": [], "q": ["config", "source"]})
        if asked.get("q") != "source":
            return _wrong("unknown query")
        if "url" in asked:
            post = self._post(asked["url"])
            return _wrong("no such post") if post is None else JSONResponse(self._told(post))
        if not self.lists:
            return _wrong("url is missing")
        newest = [(slug, post) for slug, post in reversed(self.posts.items()) if not post.deleted]
        begin, limit = int(asked.get("after", 0)), min(int(asked.get("limit", 20)), 20)
        items = [{**self._told(post), "url": f"{self.url}/{slug}"} for slug, post in newest[begin : begin + limit]]
        more = {"paging": {"after": str(begin + limit)}} if begin + limit < len(newest) else {}
        return JSONResponse({"items": items, **more})

    async def act(self, request: Request) -> Response:
        if refused := _refused(request):
            return refused
        if request.headers.get("content-type", "").startswith("application/json"):
            sent = await request.json()
        else:
            form = await request.form()
            plain = {name.removesuffix("[]"): form.getlist(name) for name in form}
            action = plain.pop("action", [None])[0]
            kind = plain.pop("h", ["entry"])[0]
            sent = {"type": [f"h-{kind}"], "properties": plain} if action is None else {
                "action": action, "url": plain["url"][0]}  # fmt: skip
        if "action" not in sent:
            return self._create(sent["properties"])
        post = self.posts.get(sent["url"].rpartition("/")[2])
        if post is None:
            return _wrong("no such post")
        if sent["action"] in ("delete", "undelete"):
            post.deleted = sent["action"] == "delete"
        elif sent["action"] == "update":
            self._update(post, sent)
        else:
            return _wrong("unknown action")
        return Response(status_code=204)

    def _create(self, properties: dict[str, list[Any]]) -> Response:
        wished = str(properties.pop("mp-slug", ["post"])[0])
        names = itertools.chain([wished], (f"{wished}-{n}" for n in itertools.count(2)))
        slug = next(name for name in names if name not in self.posts)
        self.posts[slug] = Post(properties)
        return Response(status_code=201, headers={"Location": f"{self.url}/{slug}"})

    def _update(self, post: Post, sent: dict[str, Any]) -> None:
        post.properties |= sent.get("replace", {})
        for name, values in sent.get("add", {}).items():
            post.properties[name] = [*post.properties.get(name, []), *values]
        for name in sent.get("delete", []):
            post.properties.pop(name, None)

    async def media(self, request: Request) -> Response:
        if refused := _refused(request):
            return refused
        file = (await request.form())["file"]
        name = f"{len(self.files) + 1}-{file.filename}"
        self.files[name] = (await file.read(), file.content_type)
        return Response(status_code=201, headers={"Location": f"{self.url}/media/{name}"})

    async def file(self, request: Request) -> Response:
        content, kind = self.files[request.path_params["name"]]
        return Response(content, media_type=kind)

    async def page(self, request: Request) -> Response:
        post = self.posts.get(request.path_params["slug"])
        if post is None or post.deleted:
            return HTMLResponse("gone", status_code=410 if post else 404)
        if self.drafts and "draft" in post.properties.get("post-status", []):
            return HTMLResponse("not yet", status_code=404)
        title = escape((post.properties.get("name") or [""])[0])
        photos = "".join(
            f'<img src="{escape(photo["value"])}" alt="{escape(photo["alt"])}">'
            for photo in post.properties.get("photo", [])
        )
        return HTMLResponse(
            f"<!doctype html><title>{title}</title><article class=h-entry><h1 class=p-name>{title}</h1>{photos}"
            f"<div class=e-content>{post.html}</div></article>"
        )

    def _post(self, url: str) -> Post | None:
        post = self.posts.get(url.rpartition("/")[2])
        return None if post is None or post.deleted else post

    def _told(self, post: Post) -> dict[str, Any]:
        hidden = () if self.drafts else ("post-status",)
        return {"type": ["h-entry"], "properties": {k: v for k, v in post.properties.items() if k not in hidden}}


def _refused(request: Request) -> Response | None:
    if request.headers.get("authorization") != f"Bearer {TOKEN}":
        return JSONResponse({"error": "unauthorized", "error_description": "no valid token"}, status_code=401)
    return None


def _wrong(why: str) -> Response:
    return JSONResponse({"error": "invalid_request", "error_description": why}, status_code=400)


class Served:
    """An app on a free port of this machine, in a thread."""

    def __init__(self, app: Any, port: int) -> None:
        self._server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        with httpx.Client(transport=httpx.HTTPTransport(retries=8), trust_env=False) as client:
            client.get(f"http://127.0.0.1:{port}/")

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)


class MicropubPlace:
    weaker = None

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self.site = Site(f"http://127.0.0.1:{port}")
        self._served = Served(self.site.app(), port)
        self.wire = Wire(self.site.url)
        self.target = Micropub(endpoint=f"{self.wire.url}/micropub", token=SecretStr(TOKEN))
        self.wrong = Micropub(endpoint=f"{self.wire.url}/micropub", token=SecretStr("wrong"))

    def read(self, url: str) -> Seen:
        answer = httpx.get(url, follow_redirects=True, trust_env=False)
        return Seen(answer.status_code, answer.text)

    def edit(self, receipt: Receipt, sentence: str) -> None:
        post = self.site.posts[receipt.remote_id.rpartition("/")[2]]
        post.properties["content"] = [{"html": f"<p>{sentence}</p>{post.html}"}]

    def remove(self, receipt: Receipt) -> None:
        del self.site.posts[receipt.remote_id.rpartition("/")[2]]

    def occupy(self, slug: str) -> None:
        self.site.posts[slug] = Post({"name": ["Mine"], "content": ["My own words."]})

    def count(self, key: str) -> int:
        return sum(f"galley-key:{key} " in post.html for post in self.site.posts.values() if not post.deleted)

    def pictures(self) -> int:
        return len(self.site.files)

    def stop(self) -> None:
        self.wire.close()
        self._served.stop()


def start(folder: Path) -> MicropubPlace:
    return MicropubPlace(folder)
