"""The library at scale: `nice -n 15 python -m benchmarks.scale 10000 100000 1000000 > benchmarks/scale.md`.

For each number of passages a library is written (`benchmarks.corpus`) and searched by questions made of its own
words, through the store and the retrieval that runs use. Latencies are CPU milliseconds of the searching thread, so
that a busy machine does not count; the largest size takes about half an hour and 6 GB of disk. Then a folder of
files is taken in while a second process appends events as a run does, taken in again unchanged, and given
another embedder. `--usearch` adds a graph index (pip install usearch==2.26.6); `--folder` keeps the libraries
for another time; `--pdf` adds a PDF of 3,000 pages.
"""

import argparse
import io
import json
import multiprocessing
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.corpus import Corpus
from core.holdings import Holdings, LibrarySearch, cut
from core.library import embed_missing, take_in
from core.models import Brief
from core.reading.extract import read_file
from core.retrieval.embed import WordVectors
from core.retrieval.index import match_expression
from core.retrieval.nearest import Neighbours, distinct, nearest
from core.retrieval.retrieve import retrieve
from core.settings import load
from core.store import Store
from core.store.lexical import ranked
from core.wiring import open_process

QUESTIONS = 60
SNAPSHOTS = 50
"""What a run has read."""
KEPT_AT_ONCE = 60
IN_MEMORY = (
    "vectors, exact", "vectors, by main directions", "of the best 20 exactly, found by main directions",
)  # fmt: skip
"""Rows that hold all vectors in memory, and are left out where these are too many."""
BY_GRAPH = ("vectors, usearch int8, ef 256", "of the best 20 exactly, found by usearch", "usearch, built in")

APPENDER = """
import json, sys, time
from core.models import Brief
from core.store import Store
from pathlib import Path
store = Store(Path(sys.argv[1]))
run = store.runs.add(Brief(topic="scale"))
took = []
print("ready", flush=True)
import threading
ended = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
while not ended.wait(0.02):
    began = time.perf_counter()
    store.events.add(run, "called", "research", {"task": "plan", "seconds": 1.0})
    took.append(1000 * (time.perf_counter() - began))
print(json.dumps(took))
"""


def main() -> None:
    given = argparse.ArgumentParser()
    given.add_argument("sizes", nargs="*", type=int, default=[10_000, 100_000])
    given.add_argument("--files", type=int, default=2_000)
    given.add_argument("--folder", type=Path)
    given.add_argument("--usearch", action="store_true")
    given.add_argument("--pdf", action="store_true")
    args = given.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        print("# The library at scale\n\nMade by `python -m benchmarks.scale`; its first lines say how.\n")
        _searches([_library(folder / f"{size}.db", size) for size in args.sizes], args)
        _ingestion(Path(temporary) / "ingest", args.files)
        if args.pdf:
            _book()


# --- searching ---------------------------------------------------------------


def _library(path: Path, passages: int) -> Holdings:
    holdings = Holdings(Store(path), WordVectors())
    held = holdings.store.passages.passages_count()
    documents = Corpus().documents(passages - held, first=_documents(holdings.store)) if held < passages else iter(())
    while some := list(islice(documents, max(1, KEPT_AT_ONCE // 20))):
        holdings.keep_all([cut(document) for document in some], collection="scale")
    return holdings


def _documents(store: Store) -> int:
    return store.sources.library(size=1)[1]


def _searches(libraries: Sequence[Holdings], args: argparse.Namespace) -> None:
    table: dict[str, list[str]] = {}
    growth: dict[str, list[float]] = {}
    for holdings in libraries:
        for name, value in _measured(holdings, args).items():
            table.setdefault(name, []).append(value if isinstance(value, str) else f"{value[0]:.1f} / {value[1]:.1f}")
            growth.setdefault(name, []).append(0.0 if isinstance(value, str) else value[1])
    counts = [h.store.passages.passages_count() for h in libraries]
    print("## Searching\n\np50 / p95 in CPU ms; growth is p95 at the last size over p95 at the one before.\n")
    print(f"| | {' | '.join(f'{n:,} passages' for n in counts)} | growth |")
    print("|---" * (len(counts) + 2) + "|")
    for name, cells in table.items():
        p95 = growth[name]
        times = f"{p95[-1] / p95[-2]:.1f} x" if len(p95) > 1 and p95[-1] and p95[-2] else ""
        print(f"| {name} | {' | '.join(cells)} | {times} |")
    print()


def _measured(holdings: Holdings, args: argparse.Namespace) -> dict[str, Any]:
    store, embedder = holdings.store, holdings.embedder
    neighbours = holdings.neighbours
    assert embedder, "libraries are made with one"
    assert neighbours, "and so with these"
    index, chance = store.passages, random.Random(3)
    count = index.passages_count()
    texts = [p.text for p in index.passages(chance.sample(range(1, count + 1), QUESTIONS)).values()]
    asked = Corpus().questions(texts)
    vectors = dict(zip(asked, embedder.embed(asked), strict=True))
    matches = {question: match_expression(question) for question in asked}
    read = chance.sample(range(1, _documents(store)), SNAPSHOTS)
    began = time.thread_time()
    neighbours.take_in(all_of_them=True)
    loaded = time.thread_time() - began
    search = LibrarySearch(holdings, Brief(topic=asked[0]))
    timed = {
        "whole library: documents by words": lambda q: index.documents(matches[q], 80),
        "whole library: passages by words": lambda q: index.lexical(matches[q], 100),
        "the same, every match scored": lambda q: _every(store, matches[q]),
        "whole library: passages by vectors": lambda q: neighbours.search(vectors[q], 100),
        "whole library: the library engine": lambda q: search.hits(q, 40),
        f"{SNAPSHOTS} snapshots: by words": lambda q: index.lexical(matches[q], 100, read),
        f"{SNAPSHOTS} snapshots: by vectors": lambda q: nearest(vectors[q], *index.vectors(embedder.name, read), 100),
        f"{SNAPSHOTS} snapshots: retrieval as runs do it": lambda q: retrieve(q, [], index, embedder, snapshots=read),
    }
    found: dict[str, Any] = {name: _timed(asked, search_by) for name, search_by in timed.items()}
    found["of the best 20 by every match, found by words"] = _recall(
        asked,
        lambda q: [i for i, _ in _every(store, matches[q])],
        lambda q: [i for i, _ in index.lexical(matches[q], 20)],
    )
    exact, filtered = Neighbours(index, embedder.name, exact=10**9), Neighbours(index, embedder.name, exact=0)
    if count <= 300_000:  # the whole matrix is 1 kB a vector
        for one in (exact, filtered):
            one.take_in(all_of_them=True)
        found[IN_MEMORY[0]] = _timed(asked, lambda q: exact.search(vectors[q], 20))
        found[IN_MEMORY[1]] = _timed(asked, lambda q: filtered.search(vectors[q], 20))
        found[IN_MEMORY[2]] = _recall(
            asked, lambda q: [i for i, _ in exact.search(vectors[q], 20)],
            lambda q: [i for i, _ in filtered.search(vectors[q], 20)],
        )  # fmt: skip
        if args.usearch:
            found |= _graph(index, embedder.name, {q: v for q, v in vectors.items()}, asked)
    else:
        found |= dict.fromkeys((*IN_MEMORY, *(BY_GRAPH if args.usearch else ())), "–")
    found["taking the vectors into memory, once"] = f"{loaded:.1f} s"
    found["bytes a passage, all told"] = f"{store.database.path.stat().st_size / count:,.0f}"
    return found


def _every(store: Store, match: str) -> list[tuple[int, float]]:
    with store.database.read() as c:
        return ranked(c, match, 20)


def _timed(asked: Sequence[str], search: Callable[[str], object]) -> tuple[float, float]:
    """p50 and p95; each question once before it counts, as pages of the file are then in memory."""
    took = []
    for question in asked:
        search(question)
        began = time.thread_time()
        search(question)
        took.append(1000 * (time.thread_time() - began))
    return median(took), sorted(took)[int(0.95 * len(took))]


def _recall(asked: Sequence[str], best: Callable[[str], list[int]], found: Callable[[str], list[int]]) -> str:
    shares = []
    for question in asked:
        wanted = set(best(question)[:20])
        shares.append(len(wanted & set(found(question))) / max(len(wanted), 1))
    return f"{sum(shares) / len(shares):.3f}"


def _graph(index: Any, model: str, vectors: dict[str, Any], asked: Sequence[str]) -> dict[str, Any]:
    from usearch.index import Index

    ids, matrix = index.vectors(model)
    graph = Index(ndim=matrix.shape[1], metric="ip", dtype="i8", connectivity=16, expansion_search=256)
    began = time.process_time()
    graph.add(ids, matrix, threads=1)
    built = time.process_time() - began
    common = matrix.mean(axis=0)
    own = {q: distinct(v, common) for q, v in vectors.items()}
    return {
        BY_GRAPH[0]: _timed(asked, lambda q: graph.search(own[q], 20)),
        BY_GRAPH[1]: _recall(
            asked, lambda q: [i for i, _ in nearest(own[q], ids, matrix, 20)],
            lambda q: graph.search(own[q], 20).keys.tolist(),
        ),
        BY_GRAPH[2]: f"{built:.0f} s, {graph.memory_usage / 1e6:.0f} MB",
    }  # fmt: skip


# --- taking in ---------------------------------------------------------------


def _ingestion(folder: Path, files: int) -> None:
    texts = folder / "texts"
    texts.mkdir(parents=True)
    for number, document in enumerate(Corpus(seed=11).documents(files * 20)):
        (texts / f"{number}.md").write_text(document.text)
    process = open_process(load(data=folder / "data"))
    path = process.settings.database
    quiet = _appending(path, lambda: time.sleep(5))
    used = time.process_time() + _children()
    began = time.monotonic()
    busy = _appending(path, lambda: _add(process, texts))
    took, cpu = time.monotonic() - began, time.process_time() + _children() - used
    done = process.store.ingests.recent(1)[0]
    again = time.monotonic()
    _add(process, texts)
    again = time.monotonic() - again
    print(f"## Taking in\n\n{done.done:,} Markdown files, {done.passages:,} passages, with a run's events appended\n")
    print("| | |\n|---|---|")
    print(f"| files a second, passages a second | {done.done / took:.0f}, {done.passages / took:.0f} |")
    print(f"| CPU seconds in all processes | {cpu:.1f} ({done.passages / cpu:.0f} passages per CPU second) |")
    print(f"| appending an event meanwhile, p50 / p95 / longest | {_spread(busy)} ms |")
    print(f"| the same with nothing taken in | {_spread(quiet)} ms |")
    print(f"| adding the folder again, unchanged | {again:.2f} s ({1e6 * again / max(1, done.done):.0f} µs a file) |")
    process.holdings = Holdings(process.store, _Renamed())
    began_cpu = time.process_time()
    made = embed_missing(process, stopped=lambda: False)
    print(
        f"| vectors made anew for another embedder | {made / (time.process_time() - began_cpu):.0f} per CPU second |\n"
    )


class _Renamed(WordVectors):
    name = "another"


def _add(process: Any, folder: Path) -> None:
    process.store.ingests.add("folder", str(folder), collection="scale")
    take_in(process.store.ingests.claim("benchmark"), process)


def _appending(path: Path, work: Callable[[], object]) -> list[float]:
    """Milliseconds that each event took another process to append during the work."""
    with subprocess.Popen(
        [sys.executable, "-c", APPENDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdin, "a pipe"
        assert other.stdout, "a pipe"
        other.stdout.readline()
        work()
        other.stdin.close()
        return json.loads(other.stdout.readline())


def _spread(took: list[float]) -> str:
    took = sorted(took)
    return f"{median(took):.1f} / {took[int(0.95 * len(took))]:.1f} / {took[-1]:.0f}"


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


# --- a book ---------------------------------------------------------------


def _book(pages: int = 3_000) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool,
    ):
        path = Path(folder) / "book.pdf"
        path.write_bytes(_pdf(pages))
        read, characters, passages, took, peak = pool.submit(_read_book, path).result()
    print(f"## A PDF of {read:,} pages\n\n{took:.1f} CPU seconds, {characters / 1e6:.1f} MB of text,")
    print(f"{passages:,} passages; the process that read it took {peak:.0f} MB at its peak.")


def _read_book(path: Path) -> tuple[int, int, int, float, float]:
    """Pages, characters, passages, CPU seconds, MB; in a process of its own, whose memory is the book's alone."""
    began = time.process_time()
    document = read_file(path, collection="book")
    took = time.process_time() - began
    passages = cut(document).passages
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return len(document.pages), len(document.text), passages, took, peak


def _pdf(pages: int) -> bytes:
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Table

    style, flow = getSampleStyleSheet()["Normal"], []
    for document in Corpus(seed=13).documents(pages * 20):
        paragraphs = [one for one in document.text.split("\n\n") if not one.startswith("#")][:4]
        flow += [Paragraph(one, style) for one in paragraphs]
        flow += [Table([[word, str(len(word)), word[::-1]] for word in paragraphs[0].split()[:4]]), PageBreak()]
        if len(flow) >= 6 * pages:
            break
    out = io.BytesIO()
    SimpleDocTemplate(out).build(flow)
    return out.getvalue()


if __name__ == "__main__":
    main()
