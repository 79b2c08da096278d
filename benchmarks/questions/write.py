"""Questions as they are written become rows as they are kept.

    python -m benchmarks.questions.write GALLEY_DATA SET < DRAFT >> benchmarks/questions/SET.jsonl

A draft's paragraphs, parted by empty lines, are one question each: the kind and the question, then for each span
its page and how it begins and ends, word for word:

    how: Which switch keeps hand-made changes when a package is reinstalled?
    handbook/apt.html | The option keeps | the old file

A span that stands twice anywhere in the library is refused: finding its copy would count as a miss.
"""

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.questions import HERE, SETS, WORD, Text, described, half_of, pages
from core.errors import GalleyError, ReadError
from core.store import Store


def rows(draft: str, page: Callable[[str], Text], everything: dict[str, str], first: int, name: str) -> Iterator[Any]:
    """The draft's questions as rows, numbered from `first`; those refused as ReadError, in their place."""
    n = first
    for paragraph in re.split(r"\n\s*\n", draft.strip()):
        head, *lines = paragraph.strip().splitlines()
        kind, _, question = head.partition(": ")
        try:
            spans = [_span(line, page, everything) for line in lines]
        except ReadError as error:
            yield error
            continue
        about = [span["page"] for span in spans] or [question]
        row = {"id": f"{name}-{n:03d}", "question": question, "kind": kind, "half": half_of(about)}
        yield row | ({"spans": spans} if spans else {})
        n += 1


def _span(line: str, page: Callable[[str], Text], everything: dict[str, str]) -> dict[str, Any]:
    where, begins, ends = (part.strip() for part in line.split(" | "))
    url = f"library:{where}"
    text = page(url).text
    words = list(WORD.finditer(text))
    first, last = (WORD.findall(part.lower()) for part in (begins, ends))
    starts = _places(words, first)
    if len(starts) != 1:
        raise ReadError(f"begins {len(starts)} times: {line}", remedy="Give more of its words, or fewer.")
    stop = next((n for n in _places(words, last) if n + len(last) >= starts[0] + len(first)), None)
    if stop is None:
        raise ReadError(f"does not end: {line}", remedy="Give its last words as they stand.")
    span = described(url, text, words[starts[0]].start(), words[stop + len(last) - 1].end())
    whole = joined(text[words[starts[0]].start() : words[stop + len(last) - 1].end()])
    twice = [other for other, body in everything.items() if body.count(whole) > (other == url)]
    if twice:
        raise ReadError(f"stands also in {twice}: {line}", remedy="Ask of another place.")
    return span


def joined(text: str) -> str:
    """The words of a text with one space around each, so that a run of words is a substring."""
    return f" {' '.join(WORD.findall(text.lower()))} "


def _places(words: list[re.Match[str]], wanted: list[str]) -> list[int]:
    """Where `wanted` stands among the words, as numbers of its first."""
    lower = [word[0].lower() for word in words]
    return [n for n in range(len(lower) - len(wanted) + 1) if lower[n : n + len(wanted)] == wanted]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("name", choices=SETS)
    given = parser.parse_args()
    kept = HERE / f"{given.name}.jsonl"
    first = 1 + (len(kept.read_text("utf-8").splitlines()) if kept.is_file() else 0)
    store = Store(given.data / "galley.db")
    sources, _ = store.sources.library(size=1_000_000)
    everything = {source.url: joined(store.sources.snapshot(source.snapshot_id).text) for source in sources}
    try:
        for row in rows(sys.stdin.read(), pages(given.data), everything, first, given.name):
            if isinstance(row, ReadError):
                print(row.message, file=sys.stderr)
            else:
                print(json.dumps(row, ensure_ascii=False))
    except GalleyError as error:
        sys.exit(f"{error.message} {error.remedy}")


if __name__ == "__main__":
    main()
