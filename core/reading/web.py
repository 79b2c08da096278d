"""The one guarded HTTP client: every page, robots.txt and search engine is read through it.

It speaks only to public addresses (address.py, dial.py), obeys one deadline for everything a
page costs (deadline.py), unpacks under a size limit (body.py), keeps to robots.txt and to two
requests per host (robots.py, hosts.py), asks again after "too many requests" and server faults
for as long as the deadline allows, and asks "changed since?" when it holds a page already. No
cookies, no proxies from the environment.

It uses httpx's own engine (httpcore) with httpx's addresses: redirects, retries and limits are
what this module is about, and httpx's client would have to be talked out of its own.
"""

import json
import random
import ssl
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Protocol

from core.errors import ReadError, RefusedError
from core.reading import address
from core.reading.body import ENCODINGS, read_body
from core.reading.deadline import Deadline
from core.reading.hosts import Hosts
from core.reading.robots import Robots

if TYPE_CHECKING:
    import httpcore
    import httpx

    from core.reading.dial import Resolve

AGENT = "Galley"
"""The name looked for in robots.txt."""
USER_AGENT = "Mozilla/5.0 (compatible; Galley/0.1; research reader)"
MAX_BYTES = 10_000_000
DEADLINE_S = 15.0
MOST_REDIRECTS = 5
MOST_TRIES = 4
FIRST_PAUSE_S = 0.5
"""Before the second try; doubles each time, times a random half to whole so that threads spread."""
REDIRECTS = {301, 302, 303, 307, 308}
TRY_AGAIN = {429, 500, 502, 503, 504}
CLOSED = {401, 402, 403, 407, 451}
READABLE = (
    "text/html",
    "application/xhtml+xml",
    "application/pdf",
    "text/plain",
    "text/markdown",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
)
"""What a page may be; octet-stream and no type at all are looked into."""


@dataclass(frozen=True, kw_only=True)
class Cached:
    """A page as it was read, with what the server wants to hear to say "unchanged"."""

    url: str
    body: bytes
    headers: Mapping[str, str]
    fetched_at: str
    etag: str | None = None
    last_modified: str | None = None


class Cache(Protocol):
    """Where pages are kept between runs. Called from many threads."""

    def get(self, url: str) -> Cached | None: ...

    def put(self, url: str, page: Cached) -> None: ...


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
class _Request:
    method: str
    url: "httpx.URL"
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""
    accept: Sequence[str] | None = None


class Client:
    """Reads public web pages. Thread-safe; one for a process.

    Args:
        allow_private: also read this machine and its network, on any port.
        max_bytes: of a body, unpacked; the rest is not read (`Response.truncated`).
        deadline_s: for one page with everything it needs.
        cache: pages with an ETag or Last-Modified are kept here and asked for conditionally.
        resolve: how names become addresses; the system's way unless given.
        connect: how a checked address is connected to; plain sockets unless given.
    """

    def __init__(
        self,
        *,
        allow_private: bool = False,
        max_bytes: int = MAX_BYTES,
        deadline_s: float = DEADLINE_S,
        user_agent: str = USER_AGENT,
        cache: Cache | None = None,
        resolve: "Resolve | None" = None,
        connect: "httpcore.NetworkBackend | None" = None,
    ) -> None:
        self._allow_private = allow_private
        self._max_bytes = max_bytes
        self._deadline_s = deadline_s
        self._user_agent = user_agent
        self._cache = cache
        self._pool = _pool(allow_private, resolve, connect)
        self._hosts = Hosts()
        self._robots = Robots(self._fetch_robots, agent=AGENT)

    def get(
        self,
        url: str,
        *,
        accept: Sequence[str] | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        robots: bool = True,
        any_status: bool = False,
        deadline_s: float | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Response:
        """Read one address, through up to 5 redirects, each checked anew.

        Args:
            accept: media types to take (`READABLE` for pages); others are dropped unread.
            headers: sent to the first host only, never to where it redirects.
            params: added to the query.
            robots: ask robots.txt first; False is for interfaces made for programs.
            any_status: return answers with status 400 and above instead of raising.
            cancelled: asked several times a second.

        Raises:
            RefusedError: a private address, robots.txt, a page behind a sign-in.
            ReadError: no answer, an error status, not in time.
            Cancelled: `cancelled` said so.
        """
        target = self._checked(url)
        if params:
            target = target.copy_merge_params(dict(params))
        request = _Request(method="GET", url=target, headers=headers or {}, accept=accept)
        deadline = Deadline(deadline_s or self._deadline_s, cancelled=cancelled, what=address.shown(url))
        return self._follow(request, deadline, robots=robots, any_status=any_status)

    def post_json(
        self,
        url: str,
        payload: Any,
        headers: Mapping[str, str] | None = None,
        *,
        any_status: bool = False,
        deadline_s: float | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Response:
        """Send JSON to an interface made for programs; robots.txt is not asked, redirects are refused.

        Raises:
            As `get`.
        """
        request = _Request(
            method="POST",
            url=self._checked(url),
            headers={"content-type": "application/json", **(headers or {})},
            content=json.dumps(payload).encode(),
            accept=("application/json",),
        )
        deadline = Deadline(deadline_s or self._deadline_s, cancelled=cancelled, what=address.shown(url))
        return self._follow(request, deadline, robots=False, any_status=any_status)

    def close(self) -> None:
        """Close idle connections."""
        self._pool.close()

    def _checked(self, url: str) -> "httpx.URL":
        return address.checked_url(url, allow_private=self._allow_private)

    def _follow(self, request: _Request, deadline: Deadline, *, robots: bool, any_status: bool) -> Response:
        for _ in range(MOST_REDIRECTS + 1):
            if robots:
                self._robots.check(request.url, deadline)
            response = self._persist(request, deadline)
            location = response.headers.get("location")
            if response.status not in REDIRECTS or not location:
                if response.status >= 300 and not any_status:
                    raise _status_error(response)
                return response
            request = self._redirected(request, location)
        raise ReadError(
            f"{address.shown(str(request.url))} redirects more than {MOST_REDIRECTS} times.",
            remedy="Give the page's final address.",
        )

    def _redirected(self, request: _Request, location: str) -> _Request:
        if request.method != "GET":
            raise ReadError(
                f"{address.shown(str(request.url))} redirects, and what was sent is not sent elsewhere.",
                remedy="Set the final address in Settings.",
            )
        import httpx

        try:
            joined = str(request.url.join(location))
        except (httpx.InvalidURL, ValueError) as error:
            raise ReadError(
                f"{address.shown(str(request.url))} redirects to something that is no address.",
                remedy="Give the page's final address.",
            ) from error
        url = self._checked(joined)
        same = (url.scheme, url.netloc) == (request.url.scheme, request.url.netloc)
        headers = request.headers if same else {}
        return _Request(method="GET", url=url, headers=headers, accept=request.accept)

    def _persist(self, request: _Request, deadline: Deadline) -> Response:
        """Ask until there is an answer worth having, or no time left for another try."""
        host = request.url.netloc.decode("ascii")
        pause_s = FIRST_PAUSE_S
        tries_left = MOST_TRIES
        while True:
            tries_left -= 1
            with self._hosts.place(host, deadline), deadline.in_force():
                response = self._conditional(request, deadline, last_try=tries_left == 0)
            if response is None:
                continue  # the server closed an idle connection under our feet
            if response.status not in TRY_AGAIN or tries_left <= 0:
                return response
            asked_s = _retry_after_s(response.headers.get("retry-after"))
            wait_s = pause_s * random.uniform(0.5, 1.0) if asked_s is None else asked_s
            if wait_s >= deadline.remaining_s():
                return response
            if asked_s is not None:
                self._hosts.pause(host, asked_s)
            deadline.wait(wait_s)
            pause_s *= 2

    def _conditional(self, request: _Request, deadline: Deadline, *, last_try: bool) -> Response | None:
        """One exchange, answered from the cache where the server says "unchanged"."""
        key = str(request.url)
        held = self._cache.get(key) if self._cache and request.method == "GET" else None
        response = self._exchange(request, held, deadline, last_try=last_try)
        if response is None or self._cache is None or request.method != "GET":
            return response
        if response.status == 304 and held:
            return _response(held.url, 200, held.headers, held.body, fetched_at=response.fetched_at, from_cache=True)
        etag, modified = response.headers.get("etag"), response.headers.get("last-modified")
        storable = "no-store" not in response.headers.get("cache-control", "")
        if response.status == 200 and (etag or modified) and storable and not response.truncated:
            page = Cached(
                url=response.url,
                body=response.body,
                headers=response.headers,
                fetched_at=response.fetched_at,
                etag=etag,
                last_modified=modified,
            )
            self._cache.put(key, page)
        return response

    def _exchange(
        self, request: _Request, held: Cached | None, deadline: Deadline, *, last_try: bool
    ) -> Response | None:
        """One request, one answer; None when the connection broke before an answer and may be tried again."""
        import httpcore

        wire = self._wire(request, held, deadline)
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

    def _wire(self, request: _Request, held: Cached | None, deadline: Deadline) -> "httpcore.Request":
        import httpcore

        url = request.url
        headers = {
            "host": url.netloc.decode("ascii"),
            "user-agent": self._user_agent,
            "accept": ", ".join([*request.accept, "*/*;q=0.1"]) if request.accept else "*/*",
            "accept-encoding": ENCODINGS,
        }
        if held and held.etag:
            headers["if-none-match"] = held.etag
        if held and held.last_modified:
            headers["if-modified-since"] = held.last_modified
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

    def _received(self, request: _Request, answer: "httpcore.Response") -> Response:
        headers = _headers(answer.headers)
        where = str(request.url)
        if answer.status in REDIRECTS or answer.status == 304:
            return _response(where, answer.status, headers, b"")
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
        return _response(where, answer.status, headers, body, truncated=truncated)

    def _fetch_robots(self, url: str, deadline: Deadline) -> tuple[int, bytes]:
        request = _Request(method="GET", url=self._checked(url), accept=("text/plain", "*/*"))
        response = self._follow(request, deadline, robots=False, any_status=True)
        return response.status, response.body


def _pool(
    allow_private: bool, resolve: "Resolve | None", connect: "httpcore.NetworkBackend | None"
) -> "httpcore.ConnectionPool":
    import certifi
    import httpcore

    from core.reading import dial

    context = ssl.create_default_context()  # the system's authorities, and SSL_CERT_FILE's
    context.load_verify_locations(certifi.where())
    dialer = dial.Dialer(allow_private=allow_private, resolve=resolve or dial.resolve, connect=connect)
    return httpcore.ConnectionPool(
        ssl_context=context,
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


def _response(
    url: str,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    fetched_at: str = "",
    from_cache: bool = False,
    truncated: bool = False,
) -> Response:
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


def _retry_after_s(text: str | None) -> float | None:
    """Seconds a server asks us to wait: a number or a date; None when it does not say."""
    if not text:
        return None
    if text.strip().isdigit():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except ValueError:
        return None


def _reason(error: Exception) -> str:
    return str(error).strip() or type(error).__name__


def _status_error(response: Response) -> ReadError:
    where, status = address.shown(response.url), response.status
    if status in CLOSED:
        return RefusedError(
            f"{where} does not let programs in (status {status}).",
            remedy="Open it in a browser and add it to the library if you may use it.",
        )
    if status in (404, 410):
        return ReadError(f"{where} does not exist (status {status}).", remedy="Check the address.")
    if status == 429:
        return ReadError(f"{where} asks for fewer requests (status 429).", remedy="Try again in a few minutes.")
    return ReadError(f"{where} answered with status {status}.", remedy="Try it again later.")
