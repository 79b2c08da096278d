"""Extraction: many files become documents, cut and ready to be kept, by processes beside this one.

Reading a page takes ten times as long as keeping it, and Python does one thing at a time; so from `MANY` files on,
processes of their own read them, started fresh (a fork of a process with threads may hang) and at a low priority,
so that runs go first. A file that kills its process, by its size for one, is told as that file's failure.
"""

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
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
    result: Cut | ReadError


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
        yield from _in_processes(left, collection, root, stopped)


def read(path: Path, collection: str, root: Path) -> Read:
    """One file, in this process."""
    try:
        return Read(path, cut(read_file(path, collection=collection, root=root)))
    except ReadError as error:
        return Read(path, error)


def _in_processes(
    left: deque[Sequence[Path]], collection: str, root: Path, stopped: Callable[[], bool]
) -> Iterator[Read]:
    """Read portions off the left end until none is left, or a process dies: then what it had is divided."""
    count = min(PROCESSES, os.cpu_count() or 1)
    pool = ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn"), initializer=_give_way)
    waiting: deque[tuple[Sequence[Path], Future[list[Read]]]] = deque()
    try:
        while (left or waiting) and not stopped():
            while left and len(waiting) < count * AHEAD:
                portion = left.popleft()
                waiting.append((portion, pool.submit(_read_some, portion, collection, root)))
            yield from waiting[0][1].result()
            waiting.popleft()
    except BrokenProcessPool:
        # Which of them it was is not said. Each of those first in line is tried by itself; alone, it is told.
        portion = waiting[0][0]
        left.extendleft(reversed([one for one, _ in waiting][1:]))
        if len(portion) > 1:
            left.extendleft([path] for path in reversed(portion))
        else:
            yield Read(
                portion[0],
                ReadError(f"Reading {portion[0].name!r} broke the reader.", remedy="Split it into smaller files."),
            )
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _read_some(paths: Sequence[Path], collection: str, root: Path) -> list[Read]:
    return [read(path, collection, root) for path in paths]


def _give_way() -> None:
    os.nice(NICENESS)
