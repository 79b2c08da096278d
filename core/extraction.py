"""Extraction: many files become documents, cut and ready to be kept, by processes beside this one.

Reading a page takes ten times as long as keeping it, and Python does one thing at a time; so from `MANY` files on,
processes of their own read them, started fresh (a fork of a process with threads may hang) and at a low priority,
so that runs go first. A file that kills its process, by its size for one, is told as that file's failure.
"""

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

from core.errors import ReadError
from core.holdings import Cut, cut
from core.reading.extract import read_file

MANY = 40
"""Starting a process takes about as long as reading so many files."""
PROCESSES = 2
"""At most: each takes 150 MB, and the database takes no more than these two can read."""
PORTION = 8
"""Files handed to a process at once."""
AHEAD = 4
"""Portions a process may be ahead: what is read and not yet kept stays small."""
NICENESS = 10


@dataclass(frozen=True)
class Read:
    """What became of one file."""

    path: Path
    cut: Cut | None
    problem: str = ""
    """Why there is none; in words, for an error of ours does not survive the way between processes."""


def read_all(paths: Sequence[Path], *, collection: str, root: Path, stopped: Callable[[], bool]) -> Iterator[Read]:
    """Each file's document, or why there is none, in order; ends early once stopped."""
    if len(paths) < MANY:
        for path in paths:
            if stopped():
                return
            yield read(path, collection, root)
        return
    left = deque(paths[i : i + PORTION] for i in range(0, len(paths), PORTION))
    while left and not stopped():
        suspects = yield from _together(left, collection, root, stopped)
        for path in suspects:
            if stopped():
                return
            yield _alone(path, collection, root)


def read(path: Path, collection: str, root: Path) -> Read:
    """One file, in this process."""
    try:
        return Read(path, cut(read_file(path, collection=collection, root=root)))
    except ReadError as error:
        return Read(path, None, error.message)


def _together(
    left: deque[Sequence[Path]], collection: str, root: Path, stopped: Callable[[], bool]
) -> Generator[Read, None, list[Path]]:
    """Read portions off the left end until none is left, or a process dies: then returns the files it may have been."""
    count = min(PROCESSES, os.cpu_count() or 1)
    waiting: deque[tuple[Sequence[Path], Future[list[Read]]]] = deque()
    pool = _pool(count)
    try:
        while (left or waiting) and not stopped():
            while left and len(waiting) < count * AHEAD:
                waiting.append((left[0], pool.submit(_read_some, left[0], collection, root)))
                left.popleft()
            yield from waiting[0][1].result()
            waiting.popleft()
        return []
    except BrokenProcessPool:
        return [path for portion, _ in waiting for path in portion]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _alone(path: Path, collection: str, root: Path) -> Read:
    with _pool(1) as pool:
        try:
            return pool.submit(_read_some, [path], collection, root).result()[0]
        except BrokenProcessPool:
            return Read(path, None, "It broke the reader; split it into smaller files.")


def _pool(count: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn"), initializer=_give_way)


def _read_some(paths: Sequence[Path], collection: str, root: Path) -> list[Read]:
    return [read(path, collection, root) for path in paths]


def _give_way() -> None:
    os.nice(NICENESS)
