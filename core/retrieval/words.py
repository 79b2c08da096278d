"""Content words: what of a question or a passage can be searched for.

One list of stop words and one stemmer for the match expression, the word vectors and the coverage
of a question, so that all three agree on what was asked. Stems come from SQLite's own full text
tokenizer: other Porter stemmers differ from it in 47 of 25,682 words tried (`methodology`,
`apologies`), and a stem the index does not know looks like a word no passage has.
"""

import re
import sqlite3
import threading
from collections.abc import Iterable

_WORD = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+(?:['’][^\W_]+)*")
_CLITIC = re.compile(r"'(?:s|re|ve|ll|d|m)$")

_STOP_WORDS = (
    # articles, prepositions, conjunctions
    "a an the of to in on for with at by from as into about over under after before between through during"
    " out up down off against via among within without upon per and or but nor if than then because while until"
    # pronouns, determiners
    " i me my we us our you your he him his she her it its they them their this that these those there here"
    " each both all any some such other more most few many much same own so too very also just only again once"
    # auxiliaries and negation
    " am is are was were be been being do does did done doing have has had having can could will would shall"
    " should may might must not no isn't aren't wasn't weren't don't doesn't didn't can't cannot won't"
    # question words
    " who whom whose which what when where why how"
)
STOP_WORDS = frozenset(_STOP_WORDS.split())
_STAND_ALONE = frozenset("AI")
"""Capitals that are words; any other single capital is a name: vitamin C, hepatitis B."""


def content_words(text: str) -> list[str]:
    """The words of `text` that carry meaning, lower case, in order, repeats kept.

    Numbers stay whole. Stop words and single small letters are left out; when nothing else is there
    (`To be or not to be`) all words are returned.

    >>> content_words("What does vitamin C cost in 2.5 kg packs?")
    ['vitamin', 'c', 'cost', '2.5', 'kg', 'packs']
    >>> content_words("The Who")
    ['the', 'who']
    """
    found = _WORD.findall(text)
    kept = []
    for raw in found:
        word = _CLITIC.sub("", raw.replace("’", "'")).lower()
        if word in STOP_WORDS:
            continue
        if len(word) == 1 and word.isascii() and word.isalpha() and (raw.islower() or raw[0] in _STAND_ALONE):
            continue
        kept.append(word)
    return kept or [word.lower() for word in found]


class _Stemmer:
    """An empty full text table in memory: what goes in comes out as its terms."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, tuple[str, ...]] = {}
        self._table: sqlite3.Connection | None = None

    def __call__(self, words: Iterable[str]) -> dict[str, tuple[str, ...]]:
        wanted = set(words)
        with self._lock:
            new = [word for word in wanted if word not in self._known]
            if new:
                if len(self._known) > 200_000:  # a worker lives for weeks
                    self._known.clear()
                    new = list(wanted)
                self._known.update(self._terms(new))
            return {word: self._known[word] for word in wanted}

    def _terms(self, words: list[str]) -> dict[str, tuple[str, ...]]:
        if self._table is None:
            self._table = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
            self._table.execute("CREATE VIRTUAL TABLE words USING fts5(word, tokenize='porter unicode61')")
            self._table.execute("CREATE VIRTUAL TABLE terms USING fts5vocab(words, 'instance')")
        table = self._table
        table.execute("BEGIN")
        table.executemany("INSERT INTO words(rowid, word) VALUES (?, ?)", enumerate(words))
        found: list[list[str]] = [[] for _ in words]
        for term, row in table.execute("SELECT term, doc FROM terms ORDER BY doc, offset"):
            found[row].append(term)
        table.execute("ROLLBACK")
        return {word: tuple(terms) for word, terms in zip(words, found, strict=True)}


_stemmer = _Stemmer()


def stems(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Each word's terms as the full text index holds them: mostly one, `2.5` has two, `!` none.

    >>> stems(["pumping", "Pumps", "2.5"]) == {"pumping": ("pump",), "Pumps": ("pump",), "2.5": ("2", "5")}
    True
    """
    return _stemmer(words)
