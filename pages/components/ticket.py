"""Tickets for the live feed: a signed permission to listen to one run.

The feed is a route of our own, so Streamlit's session does not protect it. The page that
may show a run hands its browser a ticket; the route lets nobody in without one. The key
lies beside the database, readable by its owner alone, so a tab survives a restart of the
server. Method: HMAC-SHA256 over run and expiry (RFC 2104).
"""

import hmac
import os
import secrets
import time
from pathlib import Path

VALID_S = 12 * 3600
KEY_FILE = "feed.key"


def _key(folder: Path) -> bytes:
    """The folder's signing key, made on first use; two processes at once agree on one."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / KEY_FILE
    if not path.exists():
        draft = folder / f"{KEY_FILE}.{os.getpid()}.{secrets.token_hex(4)}"
        descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(32))
        try:
            os.link(draft, path)  # fails when another process was first: then its key is the key
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_bytes()


def _sign(folder: Path, run_id: str, expiry: int) -> str:
    return hmac.new(_key(folder), f"{run_id}\n{expiry}".encode(), "sha256").hexdigest()


def issue(folder: Path, run_id: str, *, now: float | None = None) -> str:
    """A ticket for one run, good for `VALID_S` seconds."""
    expiry = int((time.time() if now is None else now) + VALID_S)
    return f"{expiry}.{_sign(folder, run_id, expiry)}"


def valid(folder: Path, run_id: str, ticket: str, *, now: float | None = None) -> bool:
    """Whether the ticket was issued here for this run and has not run out."""
    expiry, _, signature = ticket.partition(".")
    if not expiry.isascii() or not expiry.isdigit() or len(expiry) > 12:
        return False
    fresh = int(expiry) > (time.time() if now is None else now)
    return fresh and hmac.compare_digest(signature.encode(), _sign(folder, run_id, int(expiry)).encode())
