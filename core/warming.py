"""What a worker's first run would load while a person waits, done before, while the worker has nothing to do.

A third of a first run's own CPU seconds are imports and tables of libraries. A small piece of each kind of work brings
them in; nothing else of it is kept.
"""

import gc
import importlib

from core.holdings import cut
from core.judging.alignment import align
from core.language.router import EXTRACTIVE
from core.models import Passage
from core.publishing.cover import cover
from core.publishing.render import load_templates
from core.reading.extract import extract
from core.settings import ROLES
from core.store.database import now
from core.wiring import Process, model_named

_TEXT = "Galley ties each sentence to the passage that bears it out, and a judge reads both of them side by side."
_PAGE = f"<html lang='en'><head><title>Galley</title></head><body><article><p>{_TEXT}</p></article></body></html>"

_ADDRESS = "http://127.0.0.1:80/"
"""With a port: only for such an address a table of all domains is read, and by each thread that finds it missing."""


def warm(process: Process) -> None:
    """Load what a run needs; a second call costs some hundredths of a second."""
    settings = process.settings
    for model in {settings.model_for(role) for role in ROLES} - {EXTRACTIVE}:
        model_named(model, settings).prepare()
    importlib.import_module("protego")  # reads robots.txt
    cut(extract(_PAGE.encode(), url=_ADDRESS, media_type="text/html", fetched_at=now(), min_words=1))
    if process.holdings.embedder:
        process.holdings.embedder.embed([_TEXT])
    align(_TEXT, [Passage(id=0, source_id=0, snapshot_id=0, start=0, end=len(_TEXT), text=_TEXT)])
    cover("Galley")
    load_templates()
    gc.freeze()  # libraries stay; looking through them for garbage took a twentieth of a run's CPU
