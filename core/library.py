"""The library: files, folders and addresses that a person adds, taken in by a worker.

What a worker was in the middle of when it fell silent is taken up again by another; a text
that is already held costs a look-up.
"""

from collections.abc import Callable
from pathlib import Path

from core.errors import ReadError
from core.holdings import files
from core.models import Ingest
from core.reading.extract import extract_response, read_file
from core.wiring import Process

TELL_EVERY = 10
"""Files between two notes of progress."""


def take_in(ingest: Ingest, process: Process, *, stopped: Callable[[], bool] = lambda: False) -> None:
    """Read what was added and keep it; progress goes to the ingest's row.

    Raises:
        ReadError: there is nothing there, or the page cannot be read.
    """
    ingests = process.store.ingests
    if ingest.kind == "url":
        document = extract_response(process.client.get(ingest.what, cancelled=stopped))
        process.holdings.keep(document, collection=ingest.collection)
        ingests.progress(ingest.id, status="done", done=1, total=1)
        return
    folder = Path(ingest.what)
    found = files(folder)
    root = folder if folder.is_dir() else folder.parent
    done = failed = 0
    said = ""
    for path in found:
        if stopped():
            return
        try:
            process.holdings.keep(
                read_file(path, collection=ingest.collection, root=root), collection=ingest.collection
            )
            done += 1
        except ReadError as error:
            failed += 1
            said = f"{path.name}: {error.message}"
        if (done + failed) % TELL_EVERY == 0:
            ingests.progress(ingest.id, done=done, failed=failed, total=len(found), message=said)
    status = "done" if done or not failed else "failed"
    ingests.progress(ingest.id, status=status, done=done, failed=failed, total=len(found), message=said)
