"""Search by words: FTS5's BM25, at a price that grows slowly with the library.

FTS5 scores every passage that has any of the words, 1 microsecond each, so in a large library nearly all of its
time goes to passages that have nothing but the most frequent word of the question. From `MOST_SCORED` matches on
a passage must therefore have one of the rarer words, as many of them as stay within that number; the frequent
ones still count in its score. Two queries do it, the rare words alone and the rare with the frequent ones: the
higher of a passage's two scores is the BM25 it would have had. benchmarks/scale.md: what that saves and misses.
The idea is that of MaxScore (Turtle & Flood, IP&M 1995): frequent words alone cannot bring a passage to the top.
"""

import re
import sqlite3
import threading
from collections.abc import Collection, Sequence

MOST_SCORED = 10_000
"""Passages scored for one question, about."""
TITLE_WEIGHT, HEADING_WEIGHT, BODY_WEIGHT = 2.0, 2.0, 1.0
KNOWN = 50_000
"""Phrases whose numbers of passages are remembered."""
GROWN = 1.05
"""The library may grow by this factor before a phrase is counted anew."""

_WORDS_OR = re.compile(r'"[^"]*"(?: OR "[^"]*")*')
_MATCHES = "SELECT count(*) FROM passages_fts WHERE passages_fts MATCH ?"
_RANKED = (
    f"SELECT f.rowid, -bm25(passages_fts, {TITLE_WEIGHT}, {HEADING_WEIGHT}, {BODY_WEIGHT}) AS score"
    " FROM passages_fts f WHERE passages_fts MATCH ?{condition} ORDER BY score DESC, f.rowid LIMIT ?"
)


class Lexical:
    """What is known of one database's words."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._passages: dict[str, tuple[int, int]] = {}
        """Phrase in quotes, or stem after `=` -> passages that have it, and how many there were in all then."""

    def search(
        self, c: sqlite3.Connection, match: str, limit: int, condition: str = "", values: Sequence[object] = ()
    ) -> list[tuple[int, float]]:
        """`(passage id, BM25)`, best first, ties by id; scores are above 0.

        Args:
            match: an FTS5 expression; quoted words joined by OR are cut as said above, any other is run as it is.
            condition: SQL, from ` AND` on, on `f.rowid`.
            values: of the condition.
        """
        best: dict[int, float] = {}
        for expression in self._expressions(c, match):
            for rowid, score in ranked(c, expression, limit, condition, values):
                best[rowid] = max(score, best.get(rowid, 0.0))
        return sorted(best.items(), key=lambda item: (-item[1], item[0]))[:limit]

    def _expressions(self, c: sqlite3.Connection, match: str) -> list[str]:
        count = passages_count(c)
        if count <= MOST_SCORED or not _WORDS_OR.fullmatch(match):
            return [match]
        words = match.split(" OR ")
        frequency = self._frequency(c, words, count)
        order = sorted((word for word in words if frequency[word]), key=lambda word: frequency[word])
        scored, rare = 0, 0
        for word in order:
            scored += frequency[word]
            if scored > MOST_SCORED:
                break
            rare += 1
        if rare == len(order):
            return [match]
        with_frequent = f"({' OR '.join(order[: rare or 1])}) AND ({' OR '.join(order[rare or 1 :])})"
        if rare:
            return [" OR ".join(order[:rare]), with_frequent]
        return [with_frequent] if len(order) > 1 else [match]

    def document_frequency(self, c: sqlite3.Connection, terms: Collection[str]) -> dict[str, int]:
        """Stem -> passages that have it; absent ones are left out. As of a little while ago in a growing library."""
        found = self._frequency(c, [f"={term}" for term in terms], passages_count(c))
        return {term[1:]: held for term, held in found.items() if held}

    def _frequency(self, c: sqlite3.Connection, words: Collection[str], count: int) -> dict[str, int]:
        with self._lock:
            known = {w: self._passages[w] for w in words if w in self._passages}
        found = {word: held for word, (held, then) in known.items() if count <= then * GROWN}
        for word in set(words) - found.keys():
            sql = "SELECT doc FROM passages_vocab WHERE term = ?" if word[:1] == "=" else _MATCHES
            row = c.execute(sql, (word.removeprefix("="),)).fetchone()
            found[word] = row[0] if row else 0
            with self._lock:
                if len(self._passages) >= KNOWN:
                    self._passages.clear()
                self._passages[word] = (found[word], count)
        return found


def ranked(
    c: sqlite3.Connection, match: str, limit: int, condition: str = "", values: Sequence[object] = ()
) -> list[tuple[int, float]]:
    """As `Lexical.search`, with every passage that matches scored: for a condition that few passages meet."""
    return [tuple(row) for row in c.execute(_RANKED.format(condition=condition), (match, *values, limit))]


def passages_count(c: sqlite3.Connection) -> int:
    """How many passages there are: the greatest id, for none is ever deleted."""
    return c.execute("SELECT max(id) FROM passages").fetchone()[0] or 0
