"""A content system of a hundred lines over real HTTP, and the target that publishes to it.

It makes a new post for every POST, as most do, so whoever sends twice is found out. A test
tells it what to do wrong: lose the answer after the work is done, refuse, be slow.
"""

import contextlib
import json
import random
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from pydantic import SecretStr

from core.errors import EditedThereError, PublishError, SlugTakenError, UnansweredError
from core.models import Article, Preview, Receipt
from core.publishing.record import content_hash
from core.publishing.target import TARGETS, Capabilities
from core.store.database import now


@dataclass
class Post:
    id: int
    key: str
    slug: str
    title: str
    hash: str
    status: str
    at: str | None = None
    canonical: str | None = None
    revision: int = 1


@dataclass
class SmallCms:
    """The server. `faults` are used up one a request that writes; `door`, when set, is waited for before the work is
    done, `gate` before answering."""

    password: str = "open sesame"
    posts: dict[int, Post] = field(default_factory=dict)
    writes: Counter[str] = field(default_factory=Counter)
    requests: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    asked: threading.Event = field(default_factory=threading.Event)
    reached: threading.Event = field(default_factory=threading.Event)
    door: threading.Event | None = None
    gate: threading.Event | None = None
    slow_s: tuple[float, float] = (0.0, 0.0)
    """An answer takes between these; half of it before the work, half after."""
    any_slug: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Self:
        cms = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # noqa: N802
                cms._read(self)

            def do_POST(self) -> None:  # noqa: N802
                cms._write(self, "create")

            def do_PUT(self) -> None:  # noqa: N802
                cms._write(self, "update")

            def do_DELETE(self) -> None:  # noqa: N802
                cms._write(self, "delete")

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for held in (self.door, self.gate):
            if held:
                held.set()
        self._server.shutdown()
        self._server.server_close()

    def live(self) -> list[Post]:
        return [post for post in list(self.posts.values()) if post.status == "live"]

    def edit(self, **values: Any) -> None:
        """Somebody changes the only post by hand."""
        (post,) = self.posts.values()
        self.posts[post.id] = replace(post, revision=post.revision + 1, **values)

    def _read(self, ask: Any) -> None:
        self.requests.append(f"GET {ask.path}")
        if ask.path.startswith("/p/"):
            found = [p for p in self.live() if ask.path == f"/p/{p.slug}"]
            page = f"<html><h1>{found[0].title}</h1><!-- {found[0].key} {found[0].hash} -->" if found else "nothing"
            _answer(ask, 200 if found else 404, page, "text/html")
            return
        if ask.headers.get("authorization") != self.password:
            _answer(ask, 401, {"message": "Who are you?"})
            return
        key = ask.path.partition("key=")[2]
        _answer(ask, 200, [asdict(p) for p in self.posts.values() if p.key == key])

    def _write(self, ask: Any, doing: str) -> None:
        body = json.loads(ask.rfile.read(int(ask.headers.get("content-length") or 0)) or "{}")
        self.requests.append(f"{ask.command} {ask.path}")
        fault = self.faults.pop(0) if self.faults else ""
        time.sleep(random.uniform(*self.slow_s) / 2)
        if fault == "down":
            _answer(ask, 503, {"message": "Gone fishing."})
            return
        self.asked.set()
        if self.door:
            self.door.wait(30)
        with self.lock:
            status, said = self._done(ask, doing, body)
        self.reached.set()
        time.sleep(random.uniform(*self.slow_s) / 2)
        if self.gate:
            self.gate.wait(30)
        if fault == "lost":
            ask.connection.close()
            return
        _answer(ask, status, said)

    def _done(self, ask: Any, doing: str, body: dict[str, Any]) -> tuple[int, Any]:
        if ask.headers.get("authorization") != self.password:
            return 401, {"message": "Who are you?"}
        number = int(ask.path.rpartition("/")[2] or 0) if doing != "create" else max(self.posts, default=0) + 1
        held = self.posts.get(number)
        if doing != "create" and (held is None or held.revision != body.pop("if_revision", held.revision)):
            return 409, {"message": "Changed meanwhile."}
        if not self.any_slug and any(p.slug == body.get("slug") and p.id != number for p in self.posts.values()):
            return 422, {"message": "That address is taken."}
        self.writes[doing] += 1
        if doing == "delete":
            self.posts.pop(number)
            return 200, {}
        self.posts[number] = replace(held, **body, revision=held.revision + 1) if held else Post(id=number, **body)
        return 200, asdict(self.posts[number])


def _answer(ask: Any, status: int, said: Any, kind: str = "application/json") -> None:
    body = (said if isinstance(said, str) else json.dumps(said)).encode()
    with contextlib.suppress(ConnectionError):  # who asked may have been killed meanwhile
        ask.send_response(status)
        ask.send_header("Content-Type", kind)
        ask.send_header("Content-Length", str(len(body)))
        ask.end_headers()
        ask.wfile.write(body)


@TARGETS.register("small")
class Small:
    """A small content system.

    Args:
        url: where it stands.
        password: what it asks for.
    """

    capabilities = Capabilities(
        html=True, drafts=True, schedule=True, optimistic_lock=True, unpublish=True, delete=True, read_back=True,
        canonical_url=True,
    )  # fmt: skip

    def __init__(self, *, url: str, password: SecretStr) -> None:
        self._url, self._password = url, password

    def preview(self, article: Article, *, last: Receipt | None = None) -> Preview:
        held = self._held(article.key)
        there = f"{held['title']}\n{held['hash']}" if held else None
        return Preview(
            target="small", page=f"<!doctype html><h1>{article.title}</h1>", lost=("footnotes",),
            requests=(f"{'PUT' if held else 'POST'} {self._url}/posts",), sent=f"{article.title}\n{article.dek}",
            standing=there, edited=bool(held and last and str(held["revision"]) != last.revision),
        )  # fmt: skip

    def publish(
        self, article: Article, *, last: Receipt | None = None, draft: bool = False, at: str | None = None,
        overwrite: bool = False,
    ) -> Receipt:  # fmt: skip
        status = "draft" if draft else "scheduled" if at else "live"
        body: dict[str, Any] = {
            "key": article.key, "slug": article.slug, "title": article.title, "hash": content_hash(article),
            "status": status, "at": at, "canonical": article.canonical_url,
        }  # fmt: skip
        held = self._held(article.key)
        if last and not held and not overwrite:
            raise EditedThereError("The post is gone there.", remedy="Publish it anew, or leave it.")
        if not held:
            return self._receipt(self._ask("POST", "/posts", body))
        if last and last.revision != str(held["revision"]) and not overwrite:
            raise EditedThereError("Somebody changed the post there.", remedy="Choose theirs or ours.")
        if (held["hash"], held["status"], held["at"]) == (body["hash"], status, at):
            return replace(self._receipt(held), status="unchanged")
        body["if_revision"] = held["revision"]
        return self._receipt(self._ask("PUT", f"/posts/{held['id']}", body))

    def withdraw(self, key: str, *, last: Receipt | None = None) -> Receipt:
        held = self._held(key)
        if not held:
            raise PublishError("There is no such post.", remedy="Look there.")
        done = self._ask("PUT", f"/posts/{held['id']}", {"status": "withdrawn"})
        return replace(self._receipt(done), url=None)

    def delete(self, key: str, *, last: Receipt | None = None) -> Receipt:
        held = self._held(key)
        if held:
            self._ask("DELETE", f"/posts/{held['id']}", {})
        return Receipt(target="small", key=key, status="deleted", url=None, remote_id="", content_hash="", at=now())

    def find(self, key: str) -> Receipt | None:
        held = self._held(key)
        return self._receipt(held) if held else None

    def check(self) -> tuple[str, ...]:
        self._held("nothing")
        return ("You are the editor there.",)

    def _held(self, key: str) -> dict[str, Any] | None:
        found = self._ask("GET", f"/posts?key={key}", None)
        return found[0] if found else None

    def _receipt(self, post: dict[str, Any]) -> Receipt:
        return Receipt(
            target="small", key=post["key"], status=post["status"], url=f"{self._url}/p/{post['slug']}",
            remote_id=str(post["id"]), content_hash=post["hash"], at=now(), revision=str(post["revision"]),
            publish_at=post["at"],
        )  # fmt: skip

    def _ask(self, method: str, path: str, body: Any) -> Any:
        data = json.dumps(body).encode() if body is not None else None
        headers = {"authorization": self._password.get_secret_value(), "content-type": "application/json"}
        try:
            with urllib.request.urlopen(
                urllib.request.Request(self._url + path, data, headers, method=method), timeout=40
            ) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            said = json.load(error)["message"]
            kind = {409: EditedThereError, 422: SlugTakenError}.get(error.code, PublishError)
            raise kind(said, remedy={401: "Check the password."}.get(error.code, "Choose another.")) from error
        except (OSError, ValueError) as error:
            kind = UnansweredError if method != "GET" else PublishError
            raise kind(f"No answer: {error}.", remedy="Try again.") from error
