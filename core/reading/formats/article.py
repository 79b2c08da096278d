"""Which blocks of a page are its article: all outside the frame, or those that trafilatura chose.

Two kinds of page need two ways. Documentation has little but its text once the frame is off, and trafilatura, made
for news, loses headings, definitions and whole sections of it. News pages are half teasers, in elements that say
nothing of it, and there trafilatura chooses well. The text is made of the page's own blocks in both cases, headings
at their level, code and tables whole. A page that says it is an article, or that has many blocks of links, is put to
trafilatura, and the blocks it chose are kept, with the headings above them and the code and tables between them.
Figures for both kinds: benchmarks/reading.md.
"""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from core.reading.formats.frame import main_of, take_frame
from core.reading.formats.markup import Block, blocks_of, markdown
from core.reading.normal import count_words, normal

LINKED = 0.5
"""Share of a block's characters that are links from which it is no prose."""
FEW_LINKED_WORDS = 0.1
FEW_LINKED_BLOCKS = 0.25
"""Up to these shares of blocks and of their words, what is left of a page without its frame is its article. Of 2,587
pages of Debian's documentation 2,421 stay below; of the others 67 are contents or indexes. Of 23 pages of news ten
stay below, and eight of those say that they are articles."""
LEAST_CHOSEN = 0.5
MOSTLY_SAID = 0.75
"""Where trafilatura keeps less than the first share of the words that are no links, and those are this share of all,
it is not believed."""
FEWEST_WORDS = 25
WINDOW = 40
"""Words of the chosen text in which a short block must follow the one before it: `Travel` stands anywhere."""
PROBE = 10
"""Words of a block's beginning, or of its end, by which it is found in the chosen text."""
SHORT = 5
MOST_PLACES = 20
"""Places of the same beginning that are tried."""
SHORTEST_START = 10
"""Words; a shorter paragraph before the first heading is a motto or a menu."""

_WORD = re.compile(r"[^\W_]+")
_SAYS_ARTICLE = re.compile(r'"@type"\s*:\s*\[?\s*"(?:\w*Article|BlogPosting|Report\w*)"')


def article_of(tree: Any, url: str) -> str:
    """The article as Markdown (see markup.py). The tree loses its frame.

    Args:
        tree: the page, an lxml.html tree.
        url: to tell trafilatura; may be empty.

    Raises:
        ValueError, TypeError, ...: what parsers raise on broken pages.
    """
    whole = deepcopy(tree)  # trafilatura sees the frame too: what stands beside it tells it where the article is
    says_article = _says_article(tree)
    body = tree.find("body")
    take_frame(body)
    blocks = blocks_of(main_of(body))
    if _few_links(blocks) and not says_article:
        if _words(blocks) < FEWEST_WORDS:  # a chapter's page may be nothing but its contents
            blocks = blocks_of(_body_with_lists(whole))
        return markdown(_without_ends(blocks))
    chosen = _chosen(whole, url)
    kept = _kept(blocks, chosen)
    for wider in (body, whole.find("body")):  # the article may stand outside what seems its place
        if _covers(kept, chosen):
            break
        blocks = blocks_of(wider)
        kept = _kept(blocks, chosen)
    said = [block for block in blocks if block.linked < LINKED]
    if _words(kept) < LEAST_CHOSEN * _words(said) and _words(said) >= MOSTLY_SAID * _words(blocks):
        kept = _without_ends(blocks)
    return markdown(kept)


def _body_with_lists(tree: Any) -> Any:
    body = tree.find("body")
    take_frame(body, sure_only=True)
    return body


def _says_article(tree: Any) -> bool:
    if any(meta.get("content") == "article" for meta in tree.xpath("//meta[@property='og:type' or @name='og:type']")):
        return True
    return any(_SAYS_ARTICLE.search(said) for said in tree.xpath("//script[@type='application/ld+json']/text()"))


def _few_links(blocks: list[Block]) -> bool:
    links = [block for block in blocks if block.linked >= LINKED]
    return len(links) <= FEW_LINKED_BLOCKS * len(blocks) and _words(links) <= FEW_LINKED_WORDS * _words(blocks)


def _without_ends(blocks: list[Block]) -> list[Block]:
    """Without what stands before the first heading and says nothing (a motto, a menu), and without links at the end."""
    says = [n for n, block in enumerate(blocks) if block.kind != "heading" and block.linked < LINKED]
    if not says:
        return blocks
    blocks = blocks[: says[-1] + 1]
    first = next((n for n, block in enumerate(blocks) if block.kind == "heading" or not _says_nothing(block)), 0)
    if blocks[first].kind != "heading":
        first = next(n for n, block in enumerate(blocks) if block.linked < LINKED)
    return blocks[first:]


def _says_nothing(block: Block) -> bool:
    return block.linked >= LINKED or (block.kind == "prose" and count_words(block.text) < SHORTEST_START)


def _chosen(tree: Any, url: str) -> list[str]:
    """The words trafilatura keeps, in its order."""
    import trafilatura

    text = trafilatura.extract(
        tree,
        url=url or None,
        output_format="txt",
        fast=True,
        include_comments=False,
        include_tables=True,
        date_extraction_params={"extensive_search": False},
    )
    return _said(text or "")


def _kept(blocks: list[Block], chosen: list[str]) -> list[Block]:
    """Blocks that were chosen, headings of sections with such a block, code and tables between two."""
    found = _found(blocks, chosen)
    body = [n for n, block in enumerate(blocks) if found[n] and block.kind != "heading"]
    if not body:
        return []
    series = Counter(blocks[n].series for n in body)
    whole = Counter(block.series for block in blocks)
    kept: list[Block] = []
    inner = 0
    """The highest rank of a heading between here and the next block that is kept; 0: none follows, 7: none between."""
    for n in range(len(blocks) - 1, -1, -1):
        block = blocks[n]
        if block.kind == "heading":
            if block.linked >= LINKED and not found[n]:
                continue
            if block.level < inner:
                kept.append(block)
            inner = min(inner, block.level)
            continue
        between = body[0] < n < body[-1] and block.linked < LINKED
        belongs = block.kind in ("code", "table") or (block.series and 2 * series[block.series] >= whole[block.series])
        if found[n] or (between and belongs):
            kept.append(block)
            inner = 7
    return kept[::-1]


def _found(blocks: list[Block], chosen: list[str]) -> list[bool]:
    """Whether each block stands in the chosen text; one of few words only right behind the one before."""
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place in range(len(chosen) - SHORT + 1):
        places[tuple(chosen[place : place + SHORT])].append(place)
    found: list[bool] = []
    at = 0
    for block in blocks:
        words = _said(block.text)
        probes = (words[:PROBE], words[-PROBE:]) if words else ()
        ends = [end for probe in probes if (end := _end(probe, chosen, places, at)) is not None]
        at = ends[0] if ends else at
        found.append(bool(ends))
    return found


def _end(probe: list[str], chosen: list[str], places: dict[tuple[str, ...], list[int]], at: int) -> int | None:
    """Where the probe ends in the chosen text: first behind `at`, then anywhere."""
    if len(probe) < SHORT:
        behind: Sequence[int] = range(at, min(at + WINDOW, len(chosen)))
    else:
        known = places.get(tuple(probe[:SHORT]), [])
        next_one = bisect_left(known, at)
        behind = known[next_one : next_one + MOST_PLACES] + known[:MOST_PLACES]
    return next((n + len(probe) for n in behind if chosen[n : n + len(probe)] == probe), None)


def _covers(kept: list[Block], chosen: list[str]) -> bool:
    return 2 * sum(len(_said(block.text)) for block in kept) >= len(chosen)


def _said(text: str) -> list[str]:
    return _WORD.findall(normal(text).lower())


def _words(blocks: list[Block]) -> int:
    return sum(count_words(block.text) for block in blocks)
