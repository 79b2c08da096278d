"""All engines and all queries at once; their hits become one list.

Engines score on scales that cannot be compared, so only ranks count: reciprocal rank fusion
(Cormack, Clarke & Büttcher, SIGIR 2009) over one list per engine and query. A page found by several
engines or queries rises. An engine that fails is reported once and the others go on.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from core.errors import Cancelled, SearchError
from core.models import Hit
from core.search.canonical import same_page_key, without_tracking
from core.search.engine import Engine, EngineDown
from core.search.outages import Outages

K = 60
"""How much the top ranks stand out; the paper's value."""
DEADLINE_S = 10.0
MOST_THREADS = 12
TICK_S = 0.1


@dataclass(frozen=True, kw_only=True)
class SearchResult:
    """What the engines found."""

    hits: list[Hit] = field(default_factory=list)
    """Best first, each page once, `rank` from 0 over all engines."""
    failures: dict[str, SearchError] = field(default_factory=dict)
    """Engine -> why it failed; an engine's failure is told once for each `Outages`."""
    skipped: tuple[str, ...] = ()
    """Engines that were not asked, or not for everything, because they are down."""


def search_all(
    queries: Sequence[str],
    engines: Sequence[Engine],
    *,
    limit: int,
    allow: Iterable[str] = (),
    deny: Iterable[str] = (),
    cancelled: Callable[[], bool] = lambda: False,
    outages: Outages | None = None,
    deadline_s: float = DEADLINE_S,
) -> SearchResult:
    """Ask every engine every query, in parallel, and merge.

    Args:
        limit: hits asked of an engine for a query, and hits returned in all.
        allow: sites to keep to (host suffixes); empty means any. The library is always allowed.
        deny: sites to leave out.
        cancelled: asked several times a second.
        outages: what this run knows already about engines that are down.
        deadline_s: engines that have not answered by then count as failed; the rest is merged.

    Returns:
        Hits in an order that depends on ranks alone, not on who answered first.

    Raises:
        Cancelled: `cancelled` said so.
    """
    outages = outages or Outages()
    jobs = [(engine, query) for query in dict.fromkeys(queries) for engine in engines]
    if not jobs:
        return SearchResult()
    pool = ThreadPoolExecutor(max_workers=min(MOST_THREADS, len(jobs)), thread_name_prefix="search")
    try:
        futures = [pool.submit(_ask, engine, query, limit, outages) for engine, query in jobs]
        _wait(futures, time.monotonic() + deadline_s, cancelled)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)

    lists: list[list[Hit]] = []
    failures: dict[str, SearchError] = {}
    skipped: dict[str, None] = {}
    for (engine, _), future in zip(jobs, futures, strict=True):
        answer = _answer(engine, future, deadline_s, outages)
        if isinstance(answer, list):
            lists.append(answer)
        elif answer is None:
            skipped[engine.name] = None
        elif engine.name not in failures and outages.first_to_tell(engine.name):
            failures[engine.name] = answer
    hits = [hit for hit in merge(lists) if _wanted(hit, allow, deny)][:limit]
    return SearchResult(
        hits=[replace(hit, rank=rank) for rank, hit in enumerate(hits)], failures=failures, skipped=tuple(skipped)
    )


def merge(lists: Sequence[Sequence[Hit]]) -> list[Hit]:
    """Ranked lists -> one, each page once, best first; ties keep the order of first sight.

    A page keeps the words of the hit that ranked it best, and the library's snapshot if it has one.
    """
    scores: dict[str, float] = {}
    best: dict[str, Hit] = {}
    for hits in lists:
        for rank, hit in enumerate(hits):
            key = same_page_key(hit.url)
            scores[key] = scores.get(key, 0.0) + 1 / (K + rank + 1)
            best[key] = _better(best[key], hit) if key in best else replace(hit, url=without_tracking(hit.url))
    return [best[key] for key in sorted(scores, key=lambda key: -scores[key])]


def _better(held: Hit, new: Hit) -> Hit:
    winner, other = (new, held) if new.rank < held.rank else (held, new)
    return replace(
        winner,
        url=without_tracking(winner.url),
        title=winner.title or other.title,
        snippet=winner.snippet or other.snippet,
        published=winner.published or other.published,
        snapshot_id=winner.snapshot_id if winner.snapshot_id is not None else other.snapshot_id,
    )


def _ask(engine: Engine, query: str, limit: int, outages: Outages) -> list[Hit] | SearchError | None:
    """An engine's hits, why there are none, or None when it is known to be down."""
    if outages.down(engine.name):
        return None
    try:
        hits = engine.search(query, limit=limit)
    except SearchError as error:
        outages.failed(engine.name, error)
        return error
    outages.answered(engine.name)
    return hits


def _wait(futures: Sequence[Future[object]], until: float, cancelled: Callable[[], bool]) -> None:
    waiting = set(futures)
    while waiting and (left := until - time.monotonic()) > 0:
        if cancelled():
            raise Cancelled()
        _, waiting = wait(waiting, timeout=min(TICK_S, left), return_when=FIRST_COMPLETED)


def _answer(
    engine: Engine, future: "Future[list[Hit] | SearchError | None]", deadline_s: float, outages: Outages
) -> list[Hit] | SearchError | None:
    if future.done() and not future.cancelled():
        return future.result()
    error = EngineDown(
        f"{engine.name} did not answer within {deadline_s:g} seconds.", remedy="Add another engine, or try later."
    )
    outages.failed(engine.name, error)
    return error


def _wanted(hit: Hit, allow: Iterable[str], deny: Iterable[str]) -> bool:
    """Whether a hit's host, or one above it, is on the list to keep to and on none to avoid."""
    host = urlsplit(hit.url).hostname or ""
    if not host:
        return True
    above = set(_above(host.rstrip(".")))
    keep, avoid = ({site.strip().lower().removeprefix("*.").strip(".") for site in sites} for sites in (allow, deny))
    return (not keep or not above.isdisjoint(keep)) and above.isdisjoint(avoid)


def _above(host: str) -> Iterator[str]:
    """A host and every domain above it: `a.b.org` -> `a.b.org`, `b.org`, `org`."""
    while host:
        yield host
        host = host.partition(".")[2]
