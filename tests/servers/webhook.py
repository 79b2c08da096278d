"""A receiver of webhooks that checks signatures, keeps what it is sent, and shows it as pages."""

import hmac
import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from core.models import Receipt
from core.publishing.webhook import Webhook, signature
from tests.contracts.place import Seen
from tests.servers.micropub import Served
from tests.servers.process import free_port
from tests.servers.wire import Wire

SECRET = SecretStr("a secret that both sides know")


@dataclass
class Receiver:
    url: str
    pages: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Key -> the last event that brought content, with `status`."""
    files: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)
    done: dict[str, dict[str, str]] = field(default_factory=dict)
    """Idempotency key -> what was answered."""
    events: list[str] = field(default_factory=list)
    answers: bool = True
    """Answers questions."""

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/hook", self.take, methods=["POST"]),
                Route("/hook", self.tell, methods=["GET"]),
                Route("/{slug}", self.show),
            ]
        )

    async def take(self, request: Request) -> Response:
        body = await request.body()
        if not _genuine(request, body):
            return JSONResponse({"error": "the signature does not fit"}, status_code=401)
        event = json.loads(body)
        once = request.headers["idempotency-key"]
        if event["event"] == "ping" or once in self.done:
            return JSONResponse(self.done.get(once, {}))
        key, kind = event["key"], event["event"]
        if kind in ("published", "updated"):
            slug = event["article"]["slug"]
            if slug in self.taken:
                return JSONResponse({"error": "taken"}, status_code=409)
            self.pages[key] = {**event, "status": "live", "slug": slug}
            if event["cover"]:
                self.files.add(event["cover"]["name"])
        elif kind == "withdrawn" and key in self.pages:
            self.pages[key]["status"] = "withdrawn"
        elif kind == "deleted":
            self.pages.pop(key, None)
        self.events.append(kind)
        self.done[once] = (
            {"url": f"{self.url}/{self.pages[key]['slug']}", "id": f"n-{key}"} if key in self.pages else {}
        )
        return JSONResponse(self.done[once])

    async def tell(self, request: Request) -> Response:
        key = request.query_params["key"]
        if not _genuine(request, key.encode()):
            return JSONResponse({"error": "the signature does not fit"}, status_code=401)
        page = self.pages.get(key)
        if page is None or not self.answers:
            return JSONResponse({"error": "nothing"}, status_code=404 if self.answers else 405)
        told = {"status": page["status"], "content_hash": page["content_hash"]}
        return JSONResponse({**told, "url": f"{self.url}/{page['slug']}", "id": f"n-{key}"})

    async def show(self, request: Request) -> Response:
        slug = request.path_params["slug"]
        page = next((p for p in self.pages.values() if p["slug"] == slug and p["status"] == "live"), None)
        if page is None:
            return HTMLResponse("nothing here", status_code=404)
        cover = page["cover"]
        picture = f'<img alt="{cover["alt"]}" src="data:{cover["media_type"]};base64,{cover["data"]}">' if cover else ""
        title = page["article"]["title"].replace("&", "&amp;").replace("<", "&lt;")
        return HTMLResponse(f"<article data-key={page['key']}><h1>{title}</h1>{picture}{page['html']}</article>")


def _genuine(request: Request, body: bytes) -> bool:
    timestamp = request.headers.get("galley-timestamp", "0")
    fresh = abs(time.time() - int(timestamp)) < 300
    return fresh and hmac.compare_digest(
        request.headers.get("galley-signature", ""), signature(SECRET, timestamp, body)
    )


class WebhookPlace:
    weaker = None

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self.receiver = Receiver(f"http://127.0.0.1:{port}")
        self._served = Served(self.receiver.app(), port)
        self.wire = Wire(self.receiver.url)
        self.target = Webhook(url=f"{self.wire.url}/hook", secret=SECRET)
        self.wrong = Webhook(url=f"{self.wire.url}/hook", secret=SecretStr("another secret of some length"))

    def read(self, url: str) -> Seen:
        answer = httpx.get(url, follow_redirects=True, trust_env=False)
        return Seen(answer.status_code, answer.text)

    def edit(self, receipt: Receipt, sentence: str) -> None:
        raise NotImplementedError("a webhook is not read back")

    def remove(self, receipt: Receipt) -> None:
        raise NotImplementedError("a webhook is not read back")

    def occupy(self, slug: str) -> None:
        self.receiver.taken.add(slug)

    def count(self, key: str) -> int:
        return int(key in self.receiver.pages)

    def pictures(self) -> int:
        return len(self.receiver.files)

    def stop(self) -> None:
        self.wire.close()
        self._served.stop()


def start(folder: Path) -> WebhookPlace:
    return WebhookPlace(folder)
