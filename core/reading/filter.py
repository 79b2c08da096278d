"""Is a page about what was asked? A cheap, deterministic look before it costs anything more.

Thin on purpose: it throws out what plainly is about something else (a hotel found by a query about
heat pumps); ranking passages is retrieval's work. Words are compared by their stems (Snowball).
"""

import re
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from core.errors import RefusedError

RELEVANT = 0.45
"""Below this a page is left out. See tests/reading/test_filter.py for the cases it was set by."""
LEAD_CHARACTERS = 600
DENSE = 0.02
"""Query words among all words at which density counts in full."""
_WORD = re.compile(r"[^\W_]+")
_STOP_WORDS = """
    a about after all also an and any are as at be been before being best between both but by can could did do does
    during each effect for from had has have how if in into is it its many may might more most much must no nor not of
    on one only or other our out over per should since so some such than that the their them then there these they
    this those through to under until up used using very was we were what when where which while who whom whose why
    will with would you your
"""
_STOP = frozenset(_STOP_WORDS.split())
_LANGUAGES = {
    "da": "danish", "de": "german", "en": "english", "es": "spanish", "fi": "finnish", "fr": "french", "it": "italian",
    "nl": "dutch", "no": "norwegian", "pt": "portuguese", "ru": "russian", "sv": "swedish",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Relevance:
    """How much a page has to do with the queries."""

    score: float
    """In [0, 1]."""
    reason: str
    """In words: `4 of 5 words of “...”, also in the title`."""

    @property
    def relevant(self) -> bool:
        return self.score >= RELEVANT


def relevance(text: str, *, title: str, queries: Sequence[str], language: str = "en") -> Relevance:
    """Score a page against the query it fits best.

    0.65 is for the share of the query's content words found anywhere, 0.2 for their share in title or
    lead, 0.15 for how densely they stand. A query without content words, or no query, passes everything.

    Args:
        language: two letters; of the text, for stemming.
    """
    scored = [_against(query, text, title, language) for query in queries if _terms(query, language)]
    if not scored:
        return Relevance(score=1.0, reason="nothing to compare with")
    return max(scored, key=lambda one: one.score)


def site_allowed(url: str, *, allow: Iterable[str] = (), deny: Iterable[str] = ()) -> bool:
    """Whether an address's host is on the list of sites to keep to, and on no list to avoid.

    An entry stands for a host and everything below it: `who.int` takes `www.who.int`, not `awho.int`.
    An empty `allow` allows every site. Addresses without a host (the library's) are always allowed.

    >>> site_allowed("https://www.who.int/x", allow=["who.int"]), site_allowed("https://awho.int", allow=["who.int"])
    (True, False)
    """
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return False
    if not host:
        return True
    allow = list(allow)
    return (not allow or any(_under(host, site) for site in allow)) and not any(_under(host, site) for site in deny)


def check_site(url: str, *, allow: Iterable[str] = (), deny: Iterable[str] = ()) -> None:
    """Raise RefusedError for a site the brief does not want; for addresses after redirects."""
    if not site_allowed(url, allow=allow, deny=deny):
        raise RefusedError(
            f"{urlsplit(url).hostname} is not among the sites this brief wants read.",
            remedy="Change the brief's allowed or denied sites.",
        )


def _under(host: str, site: str) -> bool:
    site = site.strip().lower().removeprefix("*.").strip(".")
    return bool(site) and (host == site or host.endswith(f".{site}"))


def _against(query: str, text: str, title: str, language: str) -> Relevance:
    terms = _terms(query, language)
    words = Counter(_WORD.findall(text.lower()))
    counts = dict.fromkeys(terms, 0)
    for word, times in words.items():
        if (stem := _stem(word, language)) in counts:
            counts[stem] += times
    front = {_stem(word, language) for word in _WORD.findall(f"{title} {text[:LEAD_CHARACTERS]}".lower())}
    found = [term for term in terms if counts[term]]
    ahead = [term for term in terms if term in front]
    share, lead = len(found) / len(terms), len(ahead) / len(terms)
    density = min(1.0, sum(counts.values()) / max(1, words.total()) / DENSE)
    score = 0.65 * share + 0.2 * lead + 0.15 * density * share
    return Relevance(
        score=round(score, 3),
        reason=f"{len(found)} of {len(terms)} words of “{query.strip()[:80]}”, {len(ahead)} in title or lead",
    )


def _terms(query: str, language: str) -> tuple[str, ...]:
    """A query's content words as stems, each once; all of its words when every one is a stop word."""
    words = [word for word in _WORD.findall(query.lower()) if len(word) > 1 or word.isdigit()]
    content = [word for word in words if word not in _STOP]
    return tuple(dict.fromkeys(_stem(word, language) for word in content or words))


# Snowball keeps the word it works on in itself: two threads at once give wrong stems, or fall over.
_stemming = threading.Lock()


@lru_cache(maxsize=50_000)
def _stem(word: str, language: str) -> str:
    with _stemming:
        return str(_stemmer(language).stemWord(word))


@lru_cache(maxsize=16)
def _stemmer(language: str) -> "_Plain":
    import snowballstemmer

    name = _LANGUAGES.get(language[:2].lower())
    return snowballstemmer.stemmer(name) if name else _Plain()


class _Plain:
    """For languages without a stemmer: words as they are."""

    def stemWord(self, word: str) -> str:  # noqa: N802 - the stemmers' own name
        return word
