"""The one guarded HTTP client: every page, robots.txt and search engine is read through it.

It speaks only to public addresses (address.py, dial.py), obeys one deadline for everything a
page costs (deadline.py), unpacks under a size limit (body.py), keeps to robots.txt and to two
requests per host (robots.py, hosts.py), asks again after "too many requests" and server faults
for as long as the deadline allows, and asks "changed since?" when it holds a page already. No
cookies, no proxies from the environment.
"""

import json
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Protocol

from core.errors import ReadError, RefusedError
from core.reading import address
from core.reading.deadline import Deadline
from core.reading.exchange import REDIRECTS, Exchange, Request, Response, response
from core.reading.hosts import AT_ONCE, Hosts
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
TRY_AGAIN = {429, 500, 502, 503, 504}
CLOSED = {401, 402, 403, 407, 451}
READABLE = (
    "text/html",
    "application/xhtml+xml",
    "application/pdf",
    "text/plain",
    "text/markdown",
    "text/x-markdown",
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


class Client:
    """Reads public web pages. Thread-safe; one for a process.

    Args:
        allow_private: also read this machine and its network, on any port.
        max_bytes: of a body, unpacked; the rest is not read (`Response.truncated`).
        deadline_s: for one page with everything it needs.
        cache: pages with an ETag or Last-Modified are kept here and asked for conditionally.
        per_host: requests to one host at once; more than the default is for services of one's own.
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
        per_host: int = AT_ONCE,
        resolve: "Resolve | None" = None,
        connect: "httpcore.NetworkBackend | None" = None,
    ) -> None:
        self._allow_private = allow_private
        self._deadline_s = deadline_s
        self._cache = cache
        self._exchange = Exchange(
            allow_private=allow_private,
            max_bytes=max_bytes,
            user_agent=user_agent,
            resolve=resolve,
            connect=connect,
        )
        self._hosts = Hosts(per_host)
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
            accept: media types to take, `text/*` and `*/*` too; others are dropped unread. Unless given,
                `READABLE` for pages (`robots`) and anything for interfaces.
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
        accept = READABLE if accept is None and robots else accept
        request = Request(method="GET", url=target, headers=headers or {}, accept=accept)
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
        request = Request(
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
        self._exchange.close()

    def _checked(self, url: str) -> "httpx.URL":
        return address.checked_url(url, allow_private=self._allow_private)

    def _follow(self, request: Request, deadline: Deadline, *, robots: bool, any_status: bool) -> Response:
        for _ in range(MOST_REDIRECTS + 1):
            if robots:
                self._robots.check(request.url, deadline)
            answer = self._persist(request, deadline)
            location = answer.headers.get("location")
            if answer.status not in REDIRECTS or not location:
                if answer.status >= 300 and not any_status:
                    raise _status_error(answer)
                return answer
            request = self._redirected(request, location)
        raise ReadError(
            f"{address.shown(str(request.url))} redirects more than {MOST_REDIRECTS} times.",
            remedy="Give the page's final address.",
        )

    def _redirected(self, request: Request, location: str) -> Request:
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
        return Request(method="GET", url=url, headers=headers, accept=request.accept)

    def _persist(self, request: Request, deadline: Deadline) -> Response:
        """Ask until there is an answer worth having, or no time left for another try."""
        host = request.url.netloc.decode("ascii")
        pause_s = FIRST_PAUSE_S
        tries_left = MOST_TRIES
        while True:
            tries_left -= 1
            with self._hosts.place(host, deadline), deadline.in_force():
                answer = self._conditional(request, deadline, last_try=tries_left == 0)
            if answer is None:
                continue  # the server closed an idle connection under our feet
            if answer.status not in TRY_AGAIN or tries_left <= 0:
                return answer
            asked_s = _retry_after_s(answer.headers.get("retry-after"))
            wait_s = pause_s * random.uniform(0.5, 1.0) if asked_s is None else asked_s
            if wait_s >= deadline.remaining_s():
                return answer
            if asked_s is not None:
                self._hosts.pause(host, asked_s)
            deadline.wait(wait_s)
            pause_s *= 2

    def _conditional(self, request: Request, deadline: Deadline, *, last_try: bool) -> Response | None:
        """One exchange, answered from the cache where the server says "unchanged"."""
        if self._cache is None or request.method != "GET":
            return self._exchange.send(request, deadline, last_try=last_try)
        held = self._cache.get(str(request.url))
        answer = self._exchange.send(_if_changed(request, held), deadline, last_try=last_try)
        if held and answer and answer.status == 304:
            return response(held.url, 200, held.headers, held.body, fetched_at=answer.fetched_at, from_cache=True)
        if answer and (page := _storable(answer)):
            self._cache.put(str(request.url), page)
        return answer

    def _fetch_robots(self, url: str, deadline: Deadline) -> tuple[int, bytes]:
        request = Request(method="GET", url=self._checked(url), accept=("text/plain", "*/*"))
        answer = self._follow(request, deadline, robots=False, any_status=True)
        return answer.status, answer.body


def _if_changed(request: Request, held: Cached | None) -> Request:
    """The request, to be answered with 304 if the held page is still current."""
    asks = {"if-none-match": held and held.etag, "if-modified-since": held and held.last_modified}
    return replace(request, headers={**request.headers, **{name: value for name, value in asks.items() if value}})


def _storable(answer: Response) -> Cached | None:
    """What to keep of an answer: whole pages that can be asked for conditionally and may be kept."""
    etag, modified = answer.headers.get("etag"), answer.headers.get("last-modified")
    forbidden = "no-store" in answer.headers.get("cache-control", "").lower()
    if answer.status != 200 or not (etag or modified) or forbidden or answer.truncated:
        return None
    return Cached(
        url=answer.url,
        body=answer.body,
        headers=answer.headers,
        fetched_at=answer.fetched_at,
        etag=etag,
        last_modified=modified,
    )


def _retry_after_s(text: str | None) -> float | None:
    """Seconds a server asks us to wait: a number or a date; None when it does not say."""
    if not text:
        return None
    if text.isascii() and text.strip().isdigit():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None


def _status_error(answer: Response) -> ReadError:
    where, status = address.shown(answer.url), answer.status
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
