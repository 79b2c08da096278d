"""The shelf of search engines, and what an engine is: a question in, hits out.

An engine does no networking of its own: it is given `fetch` (and `post`), the web client's
methods, and so every request is guarded, limited and cancellable in one place. Whatever goes wrong
is a SearchError in the engine's name; one that will not get better within this run is `EngineDown`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from core.errors import ReadError, SearchError
from core.models import Hit
from core.registry import Registry

SERVICES = frozenset({"fetch", "post", "lookup", "published", "dated"})
"""Keyword arguments of engines that the program fills in; all others are settings for a form."""
Days = tuple[str | None, str | None]
"""First and last day of publication asked for, as ISO 8601, or None for any. `published` is for engines that know a
date of each hit; `dated` for those that leave out hits whose date they do not know, filled in where that is wanted."""
DEADLINE_S = 8.0
"""For one request, with its retries: people wait for search."""


class Engine(Protocol):
    """Finds addresses that may answer a query."""

    name: str

    def search(self, query: str, *, limit: int) -> list[Hit]:
        """At most `limit` hits, best first, `rank` from 0; empty when it knows nothing.

        Raises:
            SearchError: it could not answer.
        """


class Answer(Protocol):
    """What a server answered, as far as engines care."""

    @property
    def url(self) -> str: ...

    @property
    def status(self) -> int: ...

    @property
    def body(self) -> bytes: ...


class Fetch(Protocol):
    """Reads one address: `core.reading.web.Client.get`.

    Raises:
        ReadError: no answer; answers with an error status are returned with `any_status`.
    """

    def __call__(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        robots: bool = True,
        any_status: bool = False,
        deadline_s: float | None = None,
    ) -> Answer: ...


class Post(Protocol):
    """Sends JSON: `core.reading.web.Client.post_json`. Raises as `Fetch`."""

    def __call__(
        self,
        url: str,
        payload: Any,
        headers: Mapping[str, str] | None = None,
        *,
        any_status: bool = False,
        deadline_s: float | None = None,
    ) -> Answer: ...


class EngineDown(SearchError):
    """An engine that cannot be reached, refuses the key or asks for silence: not asked again in this run."""


ENGINES: Registry[Engine] = Registry("search engine")


def ask(
    name: str,
    fetch: Fetch,
    url: str,
    *,
    params: Mapping[str, str],
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """The body of an engine's answer.

    Raises:
        EngineDown: see `checked`; also when nobody answers.
    """
    try:
        answer = fetch(url, params=params, headers=headers, robots=False, any_status=True, deadline_s=DEADLINE_S)
    except ReadError as error:
        raise unreachable(name, error) from error
    return checked(name, answer)


def unreachable(name: str, error: ReadError) -> EngineDown:
    """What to say when an engine gives no answer at all."""
    return EngineDown(
        f"Cannot reach {name}: {error.message}",
        remedy="Check the network connection, or search the library alone.",
    )


def checked(name: str, answer: Answer) -> bytes:
    """The body of an answer with a good status.

    Raises:
        EngineDown: the key is refused, too many requests, a server fault.
        SearchError: the request was not understood.
    """
    status = answer.status
    if status < 300:
        return answer.body
    if status in (401, 403):
        raise EngineDown(
            f"{name} refuses to answer (status {status}).",
            remedy=f"Check the key or the address of {name} in Settings.",
        )
    if status in (402, 429, 432, 433):
        raise EngineDown(
            f"{name} asks for fewer requests or a larger plan (status {status}).",
            remedy="Wait a while, or add another engine.",
        )
    if status >= 500 or status < 400:
        raise EngineDown(f"{name} is out of order (status {status}).", remedy="Add another engine, or try later.")
    raise SearchError(
        f"{name} did not understand the search (status {status}).", remedy="Use a shorter, plainer query."
    )


def not_understood(name: str) -> SearchError:
    """What to say when an answer is not in the engine's known format."""
    return SearchError(
        f"{name} answered in a form that is not understood.",
        remedy="It may have changed or may ask for a human; add another engine.",
    )


def ranked(hits: Sequence[Hit], limit: int) -> list[Hit]:
    """The first `limit` hits with an address of their own, numbered from 0."""
    first = {hit.url: hit for hit in reversed(hits) if hit.url}
    unique = [hit for hit in hits if first.get(hit.url) is hit][:limit]
    return [replace(hit, rank=rank) for rank, hit in enumerate(unique)]
