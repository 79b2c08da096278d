"""The one way targets talk HTTP: who may be talked to, what is sent twice, what each refusal means.

A read is repeated after a fault. A write is not: nobody knows whether it was carried out, and
a second one may make a second article, so the caller hears `UnansweredError` and looks the key
up. What was certainly not carried out (no connection, 429, 503) is sent again in either case.
Plain http is for this machine only, redirects are told instead of followed since a password
would go with them, and no secret stands in a message.
"""

import ipaddress
import re
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
from pydantic import SecretStr

from core.errors import EditedThereError, PublishError, UnansweredError
from core.publishing.wording import printable

TRIES = 3
LONGEST_WAIT_S = 30.0
"""Most seconds waited for one `Retry-After`; who wants longer is told to come back later."""
LONGEST_MESSAGE = 300

_READS = ("GET", "HEAD", "OPTIONS")
_LATER = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_REMEDIES = {
    401: "Check the user and the password or key of this target under Settings.",
    403: "Give this user or key the right to write and publish there.",
    404: "Check the target's address under Settings.",
    413: "Use a smaller picture, or raise the server's upload limit.",
    429: "Wait a few minutes, then publish again.",
    503: "Wait until the site is back, then publish again.",
}


class Connection:
    """A site's HTTP interface.

    Args:
        base_url: where it stands; `https`, or `http` on this machine.
        name: what a person calls it: `WordPress`.
        authorise: makes the headers that prove who we are, anew for every request.
        secrets: never to stand in a message, whatever the server answers.
        remedies: HTTP status -> what to do about it at this kind of site.
        timeout_s: longest silence of the server.
        wait: how a pause is made.

    Raises:
        PublishError: the address is not one that may be talked to.
    """

    def __init__(
        self,
        base_url: str,
        *,
        name: str,
        authorise: Callable[[], Mapping[str, str]] = dict,
        secrets: Sequence[SecretStr] = (),
        remedies: Mapping[int, str] | None = None,
        timeout_s: float = 30.0,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self.base_url = checked_address(base_url, name=name)
        self.name = name
        self._authorise = authorise
        self._secrets = tuple(secret.get_secret_value() for secret in secrets if secret.get_secret_value())
        self._remedies = {**_REMEDIES, **(remedies or {})}
        self._wait = wait
        self.skew_s = 0.0
        """How far the server's clock is ahead of ours, by its newest answer."""
        # A proxy of the environment cannot reach this machine's own addresses.
        self._client = httpx.Client(timeout=timeout_s, trust_env=not _is_loopback(self.base_url))

    def send(
        self,
        method: str,
        path: str,
        *,
        accept: Collection[int] = (),
        repeatable: bool | None = None,
        headers: Mapping[str, str] | None = None,
        **what: Any,
    ) -> httpx.Response:
        """One request and its answer.

        Args:
            path: below `base_url`, or a whole address of the same site.
            accept: statuses beside 2xx that are an answer, not a fault.
            repeatable: carrying it out twice is the same as once; reads are.
            what: `params`, `json`, `data`, `files`, `content` as httpx takes them.

        Raises:
            UnansweredError: a write got no answer, or one that leaves open what happened.
            EditedThereError: 409.
            PublishError: every other refusal; see `fault`.
        """
        method = method.upper()
        again = method in _READS if repeatable is None else repeatable
        for last_try in (False,) * (TRIES - 1) + (True,):
            try:
                answer = self._client.request(
                    method,
                    self._address(path),
                    headers={"Accept": "application/json", **self._authorise(), **(headers or {})},
                    **what,
                )
            except httpx.TransportError as error:
                never_sent = isinstance(error, _NEVER_SENT)
                if last_try or not (never_sent or again):
                    raise self._silence(error, unknown=not (never_sent or method in _READS)) from error
                self._wait(0.5)
                continue
            self.skew_s = _skew(answer.headers.get("date", ""), self.skew_s)
            if answer.is_success or answer.status_code in accept:
                return answer
            pause = self._pause(answer, again)
            if last_try or pause is None:
                raise self.fault(answer)
            self._wait(pause)
        raise AssertionError("the last try returns or raises")

    def json(self, method: str, path: str, **what: Any) -> Any:
        """`send`, and the answer's JSON.

        Raises:
            PublishError: as `send`, and when the answer is no JSON.
        """
        return self.parsed(self.send(method, path, **what))

    def parsed(self, answer: httpx.Response) -> Any:
        """The JSON of an answer.

        Raises:
            PublishError: it is none; then something other than the expected site answers there.
        """
        try:
            return answer.json()
        except ValueError as error:
            raise PublishError(
                f"{self.name} answered {answer.request.url.path} with something other than JSON: {self._said(answer)}",
                remedy="Check the target's address under Settings, and whether a plugin or firewall stands in between.",
            ) from error

    def fault(self, answer: httpx.Response) -> PublishError:
        """What an answer other than success means, in the server's own words and with a remedy."""
        status = answer.status_code
        said = self._said(answer)
        if answer.is_redirect:
            there = urljoin(str(answer.request.url), answer.headers.get("location", ""))
            return PublishError(
                f"{self.name} sends requests for {self.base_url} on to {self._shown(there)}.",
                remedy="Set that site's address under Settings.",
            )
        if status == HTTPStatus.CONFLICT:
            return EditedThereError(
                f"{self.name} holds a newer version: {said}",
                remedy="Look at what was changed there, then keep it or overwrite it.",
            )
        wrote = answer.request.method not in _READS
        if status >= 500 and status not in _LATER and wrote:
            return UnansweredError(
                f"{self.name} failed while it worked on the request ({status}): {said}",
                remedy="Publish again: what arrived is looked up first. If it stays so, see the site's error log.",
            )
        what = {
            401: "does not accept who we are",
            403: "does not allow this",
            404: f"has nothing at {answer.request.url.path}",
            413: "finds the file too large",
            429: "wants fewer requests",
            503: "is out of service",
        }.get(status, f"refused the request ({status})")
        remedy = self._remedies.get(status)
        if remedy is None:
            remedy = "Try again later." if status >= 500 else "Mend what it names, then publish again."
        return PublishError(f"{self.name} {what}: {said}", remedy=remedy)

    # --- inside ---------------------------------------------------------------

    def _address(self, path: str) -> str:
        if not path.startswith(("http://", "https://")):
            return f"{self.base_url}/{path.lstrip('/')}"
        if _origin(path) != _origin(self.base_url):
            raise PublishError(
                f"{self.name} names an address of another site: {self._shown(path)}.",
                remedy="Set the site's own address under Settings; a password is not sent elsewhere.",
            )
        return path

    def _silence(self, error: httpx.TransportError, *, unknown: bool) -> PublishError:
        if unknown:
            return UnansweredError(
                f"{self.name} did not answer; what was sent may have arrived ({type(error).__name__}).",
                remedy="Publish again: what arrived is looked up first.",
            )
        return PublishError(
            f"{self.name} at {self.base_url} cannot be reached ({type(error).__name__}).",
            remedy="Check the address and whether the site is up, then publish again.",
        )

    def _pause(self, answer: httpx.Response, again: bool) -> float | None:
        """Seconds until the request may be sent again; None when it may not."""
        if answer.status_code in _LATER:
            asked = _retry_after(answer.headers.get("retry-after", ""))
            return asked if asked <= LONGEST_WAIT_S else None
        return 0.5 if again and answer.status_code >= 500 else None

    def _said(self, answer: httpx.Response) -> str:
        try:
            words = "; ".join(dict.fromkeys(_messages(answer.json())))
        except ValueError:
            title = re.search(r"<title[^>]*>(.*?)</title>", answer.text, re.IGNORECASE | re.DOTALL)
            words = title[1] if title else answer.text
        return self._shown(words) or answer.reason_phrase or "no reason given."

    def _shown(self, words: str) -> str:
        """A server's words on one line, without markup, secrets, or more than anybody reads."""
        for secret in self._secrets:
            words = words.replace(secret, "•••")
        plain = " ".join(unescape(re.sub(r"<[^>]*>", " ", printable(words))).split())
        return plain if len(plain) <= LONGEST_MESSAGE else plain[: LONGEST_MESSAGE - 1] + "…"


def checked_address(url: str, *, name: str) -> str:
    """The address without a slash at its end.

    Raises:
        PublishError: it is not https (or http on this machine), or holds a user, a query or a fragment.

    >>> checked_address("https://blog.example.org/", name="WordPress")
    'https://blog.example.org'
    """
    address = url.strip().rstrip("/")
    try:
        parts = urlsplit(address)
        plain = bool(parts.hostname) and not (parts.query or parts.fragment or parts.username or parts.password)
        plain = plain and (parts.port is None or parts.port > 0)
    except ValueError:  # an unclosed bracket, a port that is no number
        plain = False
    if not plain or parts.scheme not in ("http", "https"):
        raise PublishError(
            f"The address of {name} is not a plain web address.",
            remedy="Set one like https://blog.example.org under Settings, without a user or password in it.",
        )
    if parts.scheme == "http" and not _is_loopback(address):
        raise PublishError(
            f"{name} at {address} would get the password unencrypted.",
            remedy="Use its https address; plain http is for sites on this machine.",
        )
    return address


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:  # a name
        return False


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


def _skew(date: str, known: float) -> float:
    """Seconds by which a Date header is ahead; what was known before when it says nothing.

    It counts whole seconds and travels: less than three is no skew.
    """
    try:
        ahead = (parsedate_to_datetime(date) - datetime.now(UTC)).total_seconds()
    except (TypeError, ValueError):  # without a zone, or no date
        return known
    return ahead if abs(ahead) >= 3 else 0.0


def _retry_after(value: str) -> float:
    """Seconds of a Retry-After header: a number or a date; one second when it says nothing."""
    if value.strip().isdigit():
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return 1.0
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


def _messages(said: Any) -> Iterator[str]:
    """The sentences in an error answer, whatever the shape: what went wrong first, then each field."""
    if isinstance(said, str):
        yield said
    elif isinstance(said, Sequence):
        for one in said:
            yield from _messages(one)
    elif isinstance(said, Mapping):
        for name in ("message", "error_description", "error", "context", "errors"):
            if said.get(name):
                yield from _messages(said[name])
        data = said.get("data")
        fields = said.get("params") or (data.get("params") if isinstance(data, Mapping) else None)
        if isinstance(fields, Mapping):
            yield from (f"{field}: {words}" for field, words in fields.items())
