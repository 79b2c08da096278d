"""Cited sources as they are today: pages by conditional request, files of the library from their place.

Only a page that its server says is not there any more is gone. Whatever else goes wrong, a
closed door, a wall before the text, a page cut short, is `unreachable`: nothing is known then,
and nothing is held against the article.
"""

from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote

from core.errors import ReadError
from core.models import Document, Look, Passage, Snapshot, Source, Standing
from core.reading.dedupe import fingerprint, similarity
from core.reading.extract import extract_response, read_file
from core.store import Store
from core.store.database import text_hash
from core.verification.compare import Now, passages_of

AT_ONCE = 8
GONE = (404, 410)
WALL_WORDS = 0.25
"""A page with fewer of its words than this, none of them in the old order, is taken for a wall, not for the text."""
_LIBRARY = "library:"


class Reads(Protocol):
    """The guarded web client, as far as it is needed here."""

    def get(self, url: str, **options: Any) -> Any: ...


@dataclass(frozen=True)
class Seen:
    """One cited snapshot's source, looked at again."""

    look: Look
    now: Now
    document: Document | None = None
    """When there is a new text."""


def look_at(
    passages: Collection[Passage], store: Store, client: Reads, *, stopped: Callable[[], bool] = lambda: False
) -> dict[int, Seen]:
    """What the sources of these passages say today, by snapshot id; each address is read once.

    Raises:
        Cancelled: `stopped` said so.
    """
    snapshots = {key: store.sources.snapshot(key) for key in {p.snapshot_id for p in passages}}
    sources = store.sources.many({s.source_id for s in snapshots.values()})
    by_source: dict[int, list[Snapshot]] = {}
    for key in sorted(snapshots):
        by_source.setdefault(snapshots[key].source_id, []).append(snapshots[key])

    def read(source_id: int) -> _Answer:
        newest = by_source[source_id][-1]
        return _answer(sources[source_id], newest, store, client, stopped)

    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="look") as pool:
        answers = dict(zip(by_source, pool.map(read, by_source), strict=True))
    return {
        snapshot.id: _seen(snapshot, sources[source_id], answers[source_id])
        for source_id, cited in by_source.items()
        for snapshot in cited
    }


@dataclass(frozen=True)
class _Answer:
    state: Standing
    """`current`: as the newest cited snapshot; `changed`: there is a document, which may still be the same."""
    message: str
    document: Document | None = None
    text: str = ""


def _answer(
    source: Source, newest: Snapshot, store: Store, client: Reads, stopped: Callable[[], bool]
) -> _Answer:  # fmt: skip
    try:
        if source.url.startswith(_LIBRARY):
            return _file(source, store)
        return _page(source, newest, client, stopped)
    except ReadError as error:
        return _Answer(Standing.UNREACHABLE, error.message)


def _page(source: Source, newest: Snapshot, client: Reads, stopped: Callable[[], bool]) -> _Answer:
    asks = {"if-none-match": newest.etag, "if-modified-since": newest.last_modified}
    response = client.get(
        source.url, headers={name: value for name, value in asks.items() if value}, any_status=True, cancelled=stopped
    )
    if response.status in GONE:
        return _Answer(Standing.GONE, f"The page does not exist any more (status {response.status}).")
    if response.status == 304:
        return _Answer(Standing.CURRENT, "Its server says that it is unchanged.", text=newest.text)
    if response.status >= 300:
        return _Answer(Standing.UNREACHABLE, f"The server answered with status {response.status}.")
    document = extract_response(response)
    return _Answer(Standing.CHANGED, "", replace(document, url=source.url), document.text)


def _file(source: Source, store: Store) -> _Answer:
    place = next(_places(source, store), None)
    if place is None:
        return _Answer(Standing.SNAPSHOT, "The file is not where it was read from; its stored text was checked.")
    path, root = place
    document = read_file(path, collection=source.collection or "", root=root)
    return _Answer(Standing.CHANGED, "", replace(document, url=source.url), document.text)


def _places(source: Source, store: Store) -> Iterator[tuple[Path, Path]]:
    """`(file, folder of its collection)` where a file of the library still lies."""
    collection, _, below = source.url.removeprefix(_LIBRARY).partition("/")
    for what in store.watches.folders(unquote(collection)):
        given = Path(what)
        root = given.parent if given.is_file() else given
        path = root / unquote(below)
        if path.is_file() and path.resolve().is_relative_to(root.resolve()):
            yield path, root


def _seen(snapshot: Snapshot, source: Source, answer: _Answer) -> Seen:
    state, message, document = answer.state, answer.message, answer.document
    if answer.text:
        same = text_hash(answer.text) == snapshot.text_hash
        state = Standing.CURRENT if same else Standing.CHANGED
        message = answer.message if same and answer.message else f"The text is {'the same' if same else 'another one'}."
        if document is not None and not same and (why := wall(document, snapshot)):
            state, message = Standing.UNREACHABLE, why
    changed = state is Standing.CHANGED
    now = Now(source, state, message, passages_of(answer.text, source) if changed else ())
    look = Look(
        source_id=source.id, snapshot_id=snapshot.id, url=source.url, title=source.title, state=state, message=message
    )
    return Seen(look, now, document if changed else None)


def wall(document: Document, snapshot: Snapshot) -> str:
    """Why this is not the page's text but something before it; empty when it is."""
    kinds = {flag.kind for flag in document.flags} - {flag.kind for flag in snapshot.flags}
    if "paywall" in kinds:
        return "The page shows only its beginning now: it asks for a subscription."
    if "truncated" in kinds:
        return "The page could not be read to its end."
    fewer = len(document.text.split()) < WALL_WORDS * len(snapshot.text.split())
    if fewer and similarity(fingerprint(document.text), fingerprint(snapshot.text)) == 0.0:
        return "A short other text was answered, such as a wall before the page."
    return ""


def reached(looks: Collection[Look]) -> bool:
    """Whether any source could be read; true when there was none to read."""
    return not looks or any(look.state is not Standing.UNREACHABLE for look in looks)
