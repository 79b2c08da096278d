"""The launched file: `streamlit run app.py`.

An ASGI app around the screens: the live feed's route, security headers, a warm start. It
is named as an `st.App` because a bare script with a `pages/` folder beside it is served
page by page on a cold server, past the frame; with `pages/frame.py` as the script no such
folder lies beside it.
"""

import asyncio
import contextlib
import gc
import json
import logging
import os
import re
import tomllib
from base64 import b64encode
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

ROOT = Path(__file__).resolve().parent
KEYS = {"OPENAI_API_KEY", "TAVILY_API_KEY", "BRAVE_API_KEY", "OPENAI_BASE_URL", "OPENAI_MODEL", "OPENAI_SMALL_MODEL"}
"""What `secrets.toml` may put into the environment: keys of services, nothing else."""


def take_secrets(folder: Path, environment: Any = os.environ) -> None:
    """Put the keys of `secrets.toml` into the environment, where settings look for them.

    What the environment already says is stronger. A missing file is no error.
    """
    with contextlib.suppress(FileNotFoundError):
        for name, value in tomllib.loads((folder / "secrets.toml").read_text("utf-8")).items():
            if name in KEYS and isinstance(value, str):
                environment.setdefault(name, value)


take_secrets(ROOT / ".streamlit")

# Settings read the environment, so the secrets come first.
from core.errors import GalleyError  # noqa: E402
from pages.components import ticket  # noqa: E402
from pages.components.door import start_engine, studio  # noqa: E402
from pages.components.live.feed import Feeds  # noqa: E402

log = logging.getLogger("galley.studio")
feeds = Feeds(studio)


# --- the live feed ---------------------------------------------------------------


def same_origin(headers: Any) -> bool:
    """Whether the page that opens the socket came from this server (RFC 6454)."""
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == headers.get("host")


async def run_feed(socket: WebSocket) -> None:
    """`/api/runs/{run}/ws?after=SEQ&token=`: the run's events after SEQ, then each new one as it comes."""
    run_id = socket.path_params["run"]
    token = socket.query_params.get("token", "")
    if not same_origin(socket.headers) or not ticket.valid(studio().settings.data, run_id, token):
        await socket.close(4403)
        return
    after = socket.query_params.get("after", "0")
    await socket.accept()
    sender = asyncio.create_task(_send(socket, run_id, int(after) if after.isdigit() else 0))
    left = asyncio.create_task(_until_left(socket))
    try:
        await asyncio.wait({sender, left}, return_when=asyncio.FIRST_COMPLETED)
        if not left.done():
            with contextlib.suppress(WebSocketDisconnect, RuntimeError):  # it has just left
                await socket.close(1011)  # it asks again from the last event that it saw
    finally:
        sender.cancel()
        left.cancel()
        for ended in await asyncio.gather(sender, left, return_exceptions=True):
            if isinstance(ended, GalleyError):
                log.warning("the feed of %s broke off: %s", run_id, ended)


async def _until_left(socket: WebSocket) -> None:
    with contextlib.suppress(WebSocketDisconnect):
        while True:
            await socket.receive_text()  # nothing is expected; this notices the browser leaving


async def _send(socket: WebSocket, run_id: str, after: int) -> None:
    async with contextlib.aclosing(feeds.listen(run_id, after)) as frames:
        async for frame in frames:
            await socket.send_text(json.dumps(frame, separators=(",", ":")))


# --- what every answer carries ---------------------------------------------------------------


def inline_scripts() -> str:
    """The inline scripts of Streamlit's own page, each allowed by its hash and no other with it."""
    page = (Path(st.__file__).parent / "static" / "index.html").read_text("utf-8")
    found = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    return "".join(f" 'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in found)


POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' blob: 'wasm-unsafe-eval'"
        + inline_scripts(),  # blob: is how Streamlit loads a component's script
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",  # no remote image can carry anything out
        "font-src 'self' data:",
        "connect-src 'self'",
        "frame-src 'self' blob:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = [
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
]


class SecurityHeaders:
    """Adds the headers to every HTTP answer; plain ASGI, so streams are not wrapped."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *HEADERS]
            await send(message)

        await self.app(scope, receive, sealed if scope["type"] == "http" else send)


def hosts() -> list[str]:
    """Names this server answers to; `GALLEY_HOSTS` adds some, comma between."""
    extra = [name.strip() for name in os.environ.get("GALLEY_HOSTS", "").split(",") if name.strip()]
    return ["127.0.0.1", "localhost", *extra]


# --- start ---------------------------------------------------------------


def _warm() -> None:
    """Load what the first visitor would otherwise wait for, and keep the collector off it."""
    import pandas  # noqa: F401
    import plotly.express  # noqa: F401

    studio().publishing.offered()
    gc.collect()
    gc.freeze()


@contextlib.asynccontextmanager
async def lifespan(_: Any) -> AsyncIterator[dict[str, Any]]:
    from streamlit.runtime.pages_manager import PagesManager

    PagesManager.uses_pages_directory = False  # belt to the braces of `pages/frame.py`; a journey tests it
    warming = asyncio.create_task(asyncio.to_thread(_warm))
    engine = asyncio.create_task(asyncio.to_thread(start_engine))
    engine.add_done_callback(_tell_failure)
    yield {}
    await asyncio.gather(warming, engine, return_exceptions=True)


def _tell_failure(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (error := task.exception()):
        log.error("The engine could not be started: %s The studio shows how to start it by hand.", error)


app = st.App(
    "pages/frame.py",
    routes=[WebSocketRoute("/api/runs/{run}/ws", run_feed)],
    middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=hosts()), Middleware(SecurityHeaders)],
    lifespan=lifespan,
)
