"""The doctor: is everything there that a run needs, and if not, what to do."""

import shutil
import sqlite3
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime

from core.errors import GalleyError
from core.settings import ROLES, Settings
from core.store import Store

LEAST_FREE_BYTES = 500_000_000


@dataclass(frozen=True)
class Check:
    """One thing looked at."""

    name: str
    ok: bool
    message: str
    remedy: str = ""


def examine(settings: Settings, store: Store) -> list[Check]:
    """Look at the database, the disk, the processes, the word vectors and the models."""
    return [
        _database(store),
        _disk(settings),
        _worker(store),
        _library(store),
        _vectors(),
        _models(settings),
        _reranker(settings, store),
        _entailment(settings),
        _phoenix(settings),
    ]


def _database(store: Store) -> Check:
    with store.database.read() as c:
        said = c.execute("PRAGMA quick_check(1)").fetchone()[0]
        fts = sqlite3.sqlite_version
    path = store.database.path
    size = path.stat().st_size / 1e6
    return Check("Database", said == "ok", f"{path}, {size:.1f} MB, SQLite {fts}: {said}", "Restore a backup.")


def _disk(settings: Settings) -> Check:
    free = shutil.disk_usage(settings.data).free
    return Check("Disk", free > LEAST_FREE_BYTES, f"{free / 1e9:.1f} GB free", "Free some space.")


def _worker(store: Store) -> Check:
    alive = store.runs.workers_alive()
    return Check(
        "Worker", alive > 0, f"{alive} alive", "Run `python -m core worker`, or open the studio, which starts one."
    )


def _library(store: Store) -> Check:
    count = sum(n for _, n in store.sources.collections())
    return Check(
        "Library", count > 0, f"{count} documents, {store.passages.passages_count()} passages",
        "Add files in the Library, or the sample library.",
    )  # fmt: skip


def _vectors() -> Check:
    from core.retrieval.embed import WordVectors

    try:
        WordVectors().embed(["a test"])
    except GalleyError as error:
        return Check("Word vectors", False, error.message, error.remedy)
    return Check("Word vectors", True, "loaded; search goes by words and meaning")


def _models(settings: Settings) -> Check:
    if not settings.uses_model:
        return Check("Models", True, "none: articles are composed from the sources' own sentences (extractive)")
    named = ", ".join(f"{role}: {settings.model_for(role)}" for role in ROLES)
    small = settings.small_model or "none"
    return Check("Models", True, f"{settings.base_url or 'api.openai.com'}; {named}; small model: {small}")


def _reranker(settings: Settings, store: Store) -> Check:
    """Asked once a minute at most, for the call ledger answers what it was asked before."""
    if not settings.rerank_base_url:
        return Check("Reranker", True, "none: passages stand in the built-in order")
    from core.language.ledger import Ledger
    from core.language.rerank import rerank_model, rerank_task

    task = rerank_task(f"Which of these is a fruit? ({datetime.now(UTC):%Y-%m-%d %H:%M})", ["a stone", "an apple"])
    name = f"{settings.rerank_model} at {settings.rerank_base_url}"
    try:
        stone, apple = Ledger(rerank_model(settings, timeout_s=5.0, attempts=1), store.calls).ask(task).value.scores
    except GalleyError as error:
        return Check("Reranker", False, f"{name}: {error.message} Runs go on in the built-in order.", error.remedy)
    if apple <= stone:
        return Check("Reranker", False, f"{name} takes a stone for a fruit", "Check that it serves a reranking model.")
    return Check("Reranker", True, name)


def _entailment(settings: Settings) -> Check:
    """A class named wrongly in its config.json would turn every verdict around: so it is asked about a yes and a no."""
    if not settings.entailment:
        return Check("Entailment model", True, "none: words alone, and a model judge where one is set")
    from core.judging.encoder import opened

    claim, yes = "The museum is open on Mondays.", "The museum is open on Mondays and closed on Tuesdays."
    no = "The museum is closed on Mondays, unless a Monday is a holiday."
    try:
        encoder = opened(settings.entailment)
    except GalleyError as error:
        return Check("Entailment model", False, f"{error.message} Runs stop at the judge.", error.remedy)
    if (encoder.support(claim, [yes]) or 0.0) <= (encoder.support(claim, [no]) or 0.0):
        return Check(
            "Entailment model", False, f"{encoder.name} finds “{claim}” in “{no}” no less than in “{yes}”",
            "See that `id2label` in its config.json has the model's own order, and that its tokenizer is its own.",
        )  # fmt: skip
    begun = time.perf_counter()
    encoder.support(claim, [" ".join([yes] * 20)])
    took = 1000 * (time.perf_counter() - begun)
    return Check("Entailment model", True, f"{encoder.name}, {took:.0f} ms for a claim and a passage of 200 words")


def _phoenix(settings: Settings) -> Check:
    if not settings.phoenix:
        return Check("Phoenix", True, "switched off")
    try:
        with urllib.request.urlopen(f"{settings.phoenix.rstrip('/')}/healthz", timeout=1):
            return Check("Phoenix", True, settings.phoenix)
    except (urllib.error.URLError, OSError, ValueError):
        return Check(
            "Phoenix", False, f"no answer at {settings.phoenix}; runs go on without traces",
            "`make run` starts it, or set its address in Settings.",
        )  # fmt: skip
