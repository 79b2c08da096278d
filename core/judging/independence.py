"""Who speaks in an article: sources that share an author, a house or their wording are one voice.

Five copies of one press release are not five confirmations. Sources are joined when they have an author in common,
stand on one site, or when what is cited of them is the same text; hosts where strangers publish side by side join
nobody. How many voices there are in effect is the exponential of the entropy of their shares of the citations (Hill's
number of order 1, Ecology 1973): it falls when one voice has nearly all the citations.
"""

import math
import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import combinations
from urllib.parse import urlsplit

from core.judging import words
from core.models import Passage

_SHARED = words.listed(
    """arxiv.org doi.org ssrn.com pubmed.ncbi.nlm.nih.gov ncbi.nlm.nih.gov github.com github.io gitlab.com medium.com
    substack.com wordpress.com blogspot.com tumblr.com youtube.com researchgate.net zenodo.org archive.org
    reddit.com stackexchange.com facebook.com x.com linkedin.com"""
)
"""Places where many publish who have nothing to do with each other."""
_SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "gov", "net", "org"})
_SAME_TEXT = 0.5
"""Share of the shorter text's runs of three words that both have; other texts on one topic share under a tenth."""
_FEWEST_RUNS = 8


def voices(passages: Iterable[Passage]) -> dict[int, int]:
    """Source id -> the voice it belongs to: the smallest id among the sources that speak with it."""
    held = list(passages)
    group = {passage.source_id: passage.source_id for passage in held}
    first: dict[Hashable, int] = {}
    for passage in held:
        for mark in _marks(passage):
            _join(group, passage.source_id, first.setdefault(mark, passage.source_id))
    runs = [(passage.source_id, _runs(passage.text)) for passage in held]
    for (one, mine), (other, theirs) in combinations(runs, 2):
        fewest = min(len(mine), len(theirs))
        if one != other and fewest >= _FEWEST_RUNS and len(mine & theirs) / fewest >= _SAME_TEXT:
            _join(group, one, other)
    return group


def effective_number(counts: Iterable[int]) -> float:
    """How many equally frequent kinds would be as diverse as these; 0 for none.

    >>> effective_number([5, 5]), round(effective_number([99, 1]), 2), effective_number([])
    (2.0, 1.06, 0.0)
    """
    positive = [count for count in counts if count > 0]
    total = sum(positive)
    if not total:
        return 0.0
    return round(math.exp(-sum(count / total * math.log(count / total) for count in positive)), 6)


def cited_voices(cited: Sequence[Passage]) -> tuple[float, int]:
    """`(effective number of voices, sources)` of the passages cited, one entry a citation; `(0, 0)` for none."""
    group = voices({passage.id: passage for passage in cited}.values())
    shares = Counter(group[passage.source_id] for passage in cited)
    return effective_number(shares.values()), len(group)


def _marks(passage: Passage) -> Iterator[tuple[str, str]]:
    """What a voice is known by: its authors and its house."""
    for author in re.split(r"\s*(?:;|,| and | & )\s*", passage.author or ""):
        name = " ".join(author.lower().split())
        if len(name) > 2:
            yield "author", name
    host = house_of(passage.url)
    if host in _SHARED or host.partition(".")[2] in _SHARED:
        return
    if host:
        yield "house", host
    if passage.site:
        yield "site", " ".join(passage.site.lower().split())


def house_of(url: str) -> str:
    """The part of a web address's host that is registered by one body; empty for anything else.

    >>> house_of("https://news.example.co.uk/a"), house_of("https://www.arxiv.org/abs/1"), house_of("library:x/y.md")
    ('example.co.uk', 'arxiv.org', '')
    """
    address = urlsplit(url)
    host = (address.hostname or "").removeprefix("www.") if address.scheme in ("http", "https") else ""
    if host in _SHARED:
        return host
    parts = host.split(".")
    long = len(parts) > 2 and len(parts[-1]) == 2 and parts[-2] in _SECOND_LEVEL
    return ".".join(parts[-3 if long else -2 :])


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    found = words.tokens(text)
    return frozenset(zip(found, found[1:], found[2:], strict=False))


def _join(group: dict[int, int], one: int, other: int) -> None:
    kept, gone = sorted((group[one], group[other]))
    for source, voice in group.items():
        if voice == gone:
            group[source] = kept
