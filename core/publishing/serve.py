"""A small web server for looking at the site on this machine.

Serves the files of one folder on 127.0.0.1, freshly read every time. For readers
elsewhere, copy the folder to any static host.
"""

import logging
import time
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from core.errors import PublishError

LOOK_AGAIN_S = 0.2
"""Between two looks whether the port is free."""
_LOG = logging.getLogger(__name__)
_NOT_FOUND = b"<!doctype html><html lang=en><title>Not found</title><h1>There is no such page</h1>"


def open_server(path: Path, port: int = 0) -> ThreadingHTTPServer:
    """A bound server; run its `serve_forever` in a thread, end it by `shutdown` and `server_close`.

    Args:
        port: 0 takes any free one; see the server's `server_port`.

    Raises:
        PublishError: the port is taken.
    """
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Files, root=Path(path).resolve()))
    except OSError as error:
        raise PublishError(
            f"The preview cannot use port {port}: {error.strerror}.",
            remedy="Stop the program that uses it, or choose another port in Settings.",
        ) from error
    server.daemon_threads = True
    return server


def stand_by(path: Path, port: int, taken: Callable[[PublishError], None]) -> None:
    """Serve for ever; where another program holds the port, from the moment it lets go.

    Args:
        taken: told once, why nothing is served yet.
    """
    told = False
    while True:
        try:
            server = open_server(path, port)
        except PublishError as error:
            if not told:
                taken(error)
            told = True
            time.sleep(LOOK_AGAIN_S)
        else:
            server.serve_forever()


class _Files(SimpleHTTPRequestHandler):
    """Files under the root, no folder listings, nothing hidden and nothing outside it."""

    server_version = "Galley"
    sys_version = ""
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".html": "text/html; charset=utf-8",
        ".css": "text/css; charset=utf-8",
        ".xml": "application/xml; charset=utf-8",
        ".svg": "image/svg+xml",
    }

    def __init__(self, *args: Any, root: Path) -> None:
        self._root = root
        super().__init__(*args, directory=str(root))

    def translate_path(self, path: str) -> str:
        """The file behind an address; a hidden or outside one becomes a name that does not exist."""
        asked = super().translate_path(path)
        try:
            inside = Path(asked).resolve().relative_to(self._root)
        except (ValueError, OSError, RuntimeError):  # outside, a NUL character, or links in a circle
            return str(self._root / ".none")
        hidden = any(part.startswith(".") for part in inside.parts)
        return str(self._root / ".none") if hidden else asked

    def list_directory(self, path: Any) -> None:
        self.send_error(HTTPStatus.NOT_FOUND)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """The site's own page for what is missing; the standard answer for other errors."""
        if code != HTTPStatus.NOT_FOUND:
            super().send_error(code, message, explain)
            return
        own = self._root / "404.html"
        body = own.read_bytes() if own.is_file() else _NOT_FOUND
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        _LOG.debug(format, *args)
