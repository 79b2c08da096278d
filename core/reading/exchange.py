"""One request and its answer on the wire: what the web client does over and over.

Uses httpx's own engine (httpcore) with httpx's addresses: redirects, retries and limits are what
the client is about, and httpx's own client would have to be talked out of its ideas of them. There
are no cookies and no proxies from the environment, since nothing here knows of any.
"""

import functools
import json
import ssl
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from core.errors import ReadError
from core.reading import address
from core.reading.body import ENCODINGS, read_body
from core.reading.deadline import Deadline

if TYPE_CHECKING:
    import httpcore
    import httpx

    from core.reading.dial import Resolve

REDIRECTS = {301, 302, 303, 307, 308}


@dataclass(frozen=True, kw_only=True)
class Response:
    """What a server answered."""

    url: str
    """After redirects."""
    status: int
    headers: Mapping[str, str]
    """Names in lower case; a repeated header's values joined by `, `."""
    body: bytes
    """Unpacked; at most the client's `max_bytes`."""
    media_type: str
    """`text/html`: lower case, without parameters; empty when the server does not say."""
    fetched_at: str
    """When the server sent this, or last said that it is unchanged."""
    from_cache: bool = False
    truncated: bool = False
    """Longer than `max_bytes`: the rest was not read."""

    @property
    def charset(self) -> str | None:
        """The encoding the server claims."""
        for part in self.headers.get("content-type", "").split(";")[1:]:
            name, _, value = part.partition("=")
            if name.strip().lower() == "charset":
                return value.strip().strip("\"'") or None
        return None

    def json(self) -> Any:
        """The body as JSON. ValueError when it is none."""
        return json.loads(self.body)


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request to one address; redirects make new ones."""

    method: str
    url: "httpx.URL"
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""
    accept: Sequence[str] | None = None


class Exchange:
    """Sends requests over pooled connections; thread-safe. Arguments as `web.Client`'s."""

    def __init__(
        self,
        *,
        allow_private: bool,
        max_bytes: int,
        user_agent: str,
        resolve: "Resolve | None",
        connect: "httpcore.NetworkBackend | None",
    ) -> None:
        self._max_bytes = max_bytes
        self._user_agent = user_agent
        self._pool = _pool(allow_private, resolve, connect)

    def close(self) -> None:
        """Close idle connections."""
        self._pool.close()

    def send(self, request: Request, deadline: Deadline, *, last_try: bool) -> Response | None:
        """One request, one answer; call it with the deadline in force.

        Returns:
            The answer whatever its status, without a body for redirects and 304; None when the
            connection broke off and, this not being the last try, may be tried again.

        Raises:
            RefusedError: the host is at a private address.
            ReadError: nobody answers, or nothing that can be used.
            Cancelled: the run was stopped.
        """
        import httpcore

        wire = self._wire(request, deadline)
        where = address.shown(str(request.url))
        try:
            with closing(self._pool.handle_request(wire)) as answer:
                return self._received(request, answer)
        except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
            deadline.check()
            raise ReadError(
                f"{request.url.host} cannot be reached ({_reason(error)}).",
                remedy="Check the address and the network connection.",
            ) from error
        except (httpcore.ReadError, httpcore.WriteError, httpcore.RemoteProtocolError) as error:
            if not last_try and request.method == "GET":
                return None
            raise ReadError(f"{where} broke off ({_reason(error)}).", remedy="Try it again later.") from error
        except (httpcore.TimeoutException, httpcore.ProtocolError) as error:
            deadline.check()
            raise ReadError(
                f"{where} did not answer properly ({_reason(error)}).", remedy="Try it again later."
            ) from error

    def _wire(self, request: Request, deadline: Deadline) -> "httpcore.Request":
        import httpcore

        url = request.url
        headers = {
            "host": url.netloc.decode("ascii"),
            "user-agent": self._user_agent,
            "accept": ", ".join([*request.accept, "*/*;q=0.1"]) if request.accept else "*/*",
            "accept-encoding": ENCODINGS,
        }
        if request.content:
            headers["content-length"] = str(len(request.content))
        headers |= {name.lower(): value for name, value in request.headers.items()}
        left = max(0.001, deadline.remaining_s())
        return httpcore.Request(
            request.method,
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=[
                (name.encode("latin-1", "replace"), value.encode("latin-1", "replace"))
                for name, value in headers.items()
            ],
            content=request.content or None,
            extensions={"timeout": dict.fromkeys(("connect", "read", "write", "pool"), left)},
        )

    def _received(self, request: Request, answer: "httpcore.Response") -> Response:
        headers = _headers(answer.headers)
        where = str(request.url)
        if answer.status in REDIRECTS or answer.status == 304:
            return response(where, answer.status, headers, b"")
        media_type = _media_type(headers)
        wanted = not request.accept or _taken(media_type, request.accept)
        if answer.status < 300 and not wanted:
            raise ReadError(
                f"{address.shown(where)} is {media_type}, which cannot be read as text.",
                remedy="Give the address of a page, a PDF or a text file.",
            )
        body, truncated = read_body(
            answer.iter_stream(), encoding=headers.get("content-encoding", ""), most=self._max_bytes
        )
        return response(where, answer.status, headers, body, truncated=truncated)


@functools.cache
def _trust(_: ssl.DefaultVerifyPaths) -> ssl.SSLContext:
    """Whom to trust, once for all clients of the process: reading the certificates takes longer than reading a page."""
    import certifi

    context = ssl.create_default_context()  # the system's authorities, or SSL_CERT_FILE's
    context.load_verify_locations(certifi.where())
    return context


def _pool(
    allow_private: bool, resolve: "Resolve | None", connect: "httpcore.NetworkBackend | None"
) -> "httpcore.ConnectionPool":
    import httpcore

    from core.reading import dial

    dialer = dial.Dialer(allow_private=allow_private, resolve=resolve or dial.resolve, connect=connect)
    return httpcore.ConnectionPool(
        ssl_context=_trust(ssl.get_default_verify_paths()),
        max_connections=100,
        max_keepalive_connections=20,
        keepalive_expiry=15.0,
        network_backend=dialer,
    )


def _headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in raw:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


def _media_type(headers: Mapping[str, str]) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _taken(media_type: str, accept: Sequence[str]) -> bool:
    if media_type in ("", "application/octet-stream", "binary/octet-stream"):
        return True  # says nothing: the reader looks into it
    kind = media_type.partition("/")[0]
    return media_type in accept or f"{kind}/*" in accept or "*/*" in accept


def response(
    url: str,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    fetched_at: str = "",
    from_cache: bool = False,
    truncated: bool = False,
) -> Response:
    """A Response with what follows from its headers filled in; fetched now unless said otherwise."""
    return Response(
        url=url,
        status=status,
        headers=headers,
        body=body,
        media_type=_media_type(headers),
        fetched_at=fetched_at or datetime.now(UTC).isoformat(timespec="seconds"),
        from_cache=from_cache,
        truncated=truncated,
    )


def _reason(error: Exception) -> str:
    return str(error).strip() or type(error).__name__
