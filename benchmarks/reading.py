"""What is kept of web pages: headings and words of documentation, the story of news, and in which time.

    python -m benchmarks.reading PAGES [--news NEWS] > benchmarks/reading.md

PAGES is the folder of pages that `benchmarks/questions/corpus.sh` makes, a folder a collection. NEWS has real pages
in `html/NAME.html` and their stories in `txt/NAME.txt`, as the source package of newspaper4k has in `tests/data`.
Compared are trafilatura alone, set as the reader had it before (`fast`, tables, no comments), and the reader's own way
(core/reading/formats/article.py), each on the parsed page; parsing, dates and titles are the same for both and left
out of the times.
"""

import argparse
import random
import re
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import lxml.html
import trafilatura

from core.reading.encoding import decode
from core.reading.formats.article import article_of

SAMPLE = 40
"""Pages of a collection."""
LARGEST = 400_000
_WORD = re.compile("[\u0e00-\u0e7f\u1000-\u109f\u3040-\u30ff\u3400-\u9fff]|[^\\W_]+")
_FRAME = "//script | //style | //nav | //*[@role='navigation' or contains(@class, 'nav') or @class='sphinxsidebar']"
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


class Kept(NamedTuple):
    headings: int
    words: int
    seconds: float


def alone(tree: Any) -> str:
    """The page by trafilatura alone."""
    return (
        trafilatura.extract(tree, output_format="markdown", fast=True, include_comments=False, include_tables=True)
        or ""
    )


def ours(tree: Any) -> str:
    return article_of(tree, "")


WAYS: dict[str, Callable[[Any], str]] = {"trafilatura alone": alone, "ours": ours}


def documentation(folder: Path) -> str:
    """A row of the table: a collection's pages."""
    paths = [path for path in sorted(folder.rglob("*.html")) if path.stat().st_size < LARGEST]
    random.Random(7).shuffle(paths)
    headings = words = 0
    kept: dict[str, list[Kept]] = {way: [] for way in WAYS}
    for path in paths[:SAMPLE]:
        page = _page(path)
        for element in page.xpath(_FRAME):
            element.drop_tree()
        wanted = Counter(_line(heading.text_content()) for heading in page.iter(*_HEADINGS))
        wanted.pop("", None)
        headings += wanted.total()
        words += len(_WORD.findall(page.find("body").text_content()))
        for way, read in WAYS.items():
            kept[way].append(_read(path, read, wanted))
    cells = [f"{folder.name} | {min(len(paths), SAMPLE)} | {headings}"]
    for way in WAYS:
        cells.append(str(sum(page.headings for page in kept[way])))
    for way in WAYS:
        cells.append(f"{100 * sum(page.words for page in kept[way]) / words:.0f}")
    for way in WAYS:
        cells.append(f"{1_000 * sum(page.seconds for page in kept[way]) / len(kept[way]):.1f}")
    return f"| {' | '.join(cells)} |"


def _read(path: Path, read: Callable[[Any], str], wanted: Counter[str]) -> Kept:
    tree = _page(path)
    started = time.process_time()
    text = read(tree)
    seconds = time.process_time() - started
    found = Counter(_line(line) for line in text.splitlines() if line.startswith("#"))
    return Kept((wanted & found).total(), len(_WORD.findall(text)), seconds)


def news(folder: Path) -> list[str]:
    """A row a way: mean precision, recall and F1 of words against the story; headings are left out of the text."""
    rows = []
    for way, read in WAYS.items():
        figures = []
        for path in sorted((folder / "html").glob("*.html")):
            story = folder / "txt" / f"{path.stem}.txt"
            if story.is_file():
                text = read(_page(path))
                body = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
                figures.append(_agreement(body, story.read_text("utf-8", errors="replace")))
        mean = [100 * sum(column) / len(figures) for column in zip(*figures, strict=True)]
        rows.append(f"| {way} | {len(figures)} | {' | '.join(f'{figure:.1f}' for figure in mean)} |")
    return rows


def _agreement(text: str, story: str) -> tuple[float, float, float]:
    got, wanted = (Counter(_WORD.findall(words.lower())) for words in (text, story))
    both = (got & wanted).total()
    precision, recall = both / max(1, got.total()), both / max(1, wanted.total())
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def _page(path: Path) -> Any:
    text, _ = decode(path.read_bytes(), charset=None)
    return lxml.html.document_fromstring(text.encode(), parser=lxml.html.HTMLParser(encoding="utf-8", remove_pis=True))


def _line(text: str) -> str:
    return " ".join(_WORD.findall(text))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path)
    parser.add_argument("--news", type=Path)
    given = parser.parse_args()
    print("# Reading web pages\n\nMade by `python -m benchmarks.reading`, which says what is compared.\n")
    print(f"## Documentation\n\n{SAMPLE} pages of a collection at most. A pair of cells: trafilatura alone, ours.\n")
    print("| collection | pages | headings | kept | | % of words | | CPU ms a page | |\n|" + "---|" * 9)
    for folder in sorted(path for path in given.pages.iterdir() if path.is_dir()):
        print(documentation(folder), flush=True)
    print("\nTables of contents and links to other pages are among the words that are not kept.")
    if given.news:
        print("\n## News\n\nWords against the story's, in %, headings left out.\n")
        print("| | pages | precision | recall | F1 |\n|---|---|---|---|---|")
        print("\n".join(news(given.news)))


if __name__ == "__main__":
    main()
