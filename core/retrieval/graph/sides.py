"""Sides: the things that a question sets side by side, each with a question of its own.

`How do isolation levels in SQLite differ from those in PostgreSQL?` asked as one bag of words is answered by
whichever side has the better words; asked as `isolation levels SQLite` and `isolation levels PostgreSQL` it is
answered by both. Only the wording is looked at here, so that a question without sides costs nothing.
"""

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from core.retrieval.words import STOP_WORDS, stems

MOST_SIDES = 4

_CUT = re.compile(
    r"\b(?:(?:as )?compared? (?:with|to)|versus|vs\.?|as opposed to|rather than|instead of|better than"
    r"|differ(?:s|ent|ently)? (?:from|to|than)|(?:related?|relates|relation|connected|linked|similar) (?:with|to)"
    r"|(?:interacts?|conflicts?|overlaps?|combined?) with|depends? on)\b",
    re.IGNORECASE,
)
_JOIN = re.compile(r"\b(?:and|with|or|from|to|against)\b|[,;/]", re.IGNORECASE)
_ASKING = re.compile(
    r"\b(?:compar(?:e[ds]?|ing|ison|able)|differ(?:s|ences?|ent|ently)?|relat(?:es?|ed|ions?|ionships?)|interact(?:s|ions?)?"
    r"|overlaps?|in common|trade-?offs?|respectively|similar(?:ities|ity|ly)?|(?:fit|work|go|play|used) together|both"
    r"|between|distinguish(?:es)?|contrast)\b",
    re.IGNORECASE,
)
"""Words that ask how things stand to each other; they say nothing of what is asked about."""
_PARALLEL = re.compile(r"\b(in|on|for|by|under|at|of|with) (?:\S+ ){1,4}and (?:\1) ", re.IGNORECASE)
_PREFIX = re.compile(r"\s*(?:In|With|For|On|Under|Using) ([^,;:]{2,40}),\s", re.IGNORECASE)
"""`In Python, ...`: where all of it holds, and no side."""
_SAYING = frozenset(
    ("one", "work", "works", "show", "shows", "look", "looks", "like", "handled", "handle", "fit", "fits", "used",
     "use", "using", "happen", "happens", "vs")
)  # fmt: skip
"""Verbs of asking that are no thing either."""
_WORD = re.compile(r"[^\W_](?:[\w.+'’-]*\w)?(?:\(\d?\))?")


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of the things that a question sets side by side."""

    name: str
    """What is its own, as the question has it."""
    query: str
    """Its own words and those that belong to all sides."""


def sides(question: str) -> tuple[Side, ...]:
    """The sides of a question, in its order; none when it sets nothing side by side.

    >>> [side.query for side in sides("How do isolation levels in SQLite differ from those in PostgreSQL?")]
    ['isolation levels SQLite', 'isolation levels PostgreSQL']
    >>> [side.name for side in sides("What is the difference between git rebase and git merge?")]
    ['rebase', 'merge']
    >>> sides("How do I install and configure a firewall?")
    ()
    """
    prefix = _PREFIX.match(question)
    everywhere = [word for run in _runs(prefix[1]) for word in run] if prefix else []
    parts = [_runs(part) for part in _parts(question[prefix.end() :] if prefix else question)]
    parts = [part for part in parts if part]
    if not 2 <= len(parts) <= MOST_SIDES:
        return ()
    stem = {word: " ".join(found) for word, found in stems({w.lower() for p in parts for r in p for w in r}).items()}
    held = Counter(s for part in parts for s in {stem[word.lower()] for run in part for word in run})
    common = [word for part in parts for run in part for word in run if held[stem[word.lower()]] > 1]
    common = list({stem[word.lower()]: word for word in reversed(common)}.values())[::-1]
    own = [[[w for w in run if held[stem[w.lower()]] == 1] for run in part] for part in parts]
    own = [[run for run in part if run] for part in own]
    if not all(own):
        return ()
    cores = [part[0] if n == len(own) - 1 else part[-1] for n, part in enumerate(own)]
    rest = [[w for run in part if run is not core for w in run] for part, core in zip(own, cores, strict=True)]
    full = [words for words in rest if words]
    lent = full[0] if len(full) == 1 else []
    made = []
    for core, more in zip(cores, rest, strict=True):
        made.append(Side(name=" ".join(core), query=" ".join([*everywhere, *common, *(more or lent), *core])))
    return tuple(made)


def _parts(question: str) -> list[str]:
    """The question cut where its sides meet; in one piece where they do not."""
    strong = [match.span() for match in _CUT.finditer(question)]
    asking = _ASKING.search(question) is not None
    cuts = strong
    if not any(_has_words(question[:start]) and _has_words(question[end:]) for start, end in strong):
        if not asking and not strong and not _PARALLEL.search(question):
            return [question]
        cuts = [match.span() for match in _JOIN.finditer(question)]
    bounds = [(0, 0), *cuts, (len(question), len(question))]
    return [question[end:start] for (_, end), (start, _) in pairwise(bounds)]


def _has_words(text: str) -> bool:
    return bool(_runs(text))


def _runs(text: str) -> list[list[str]]:
    """Neighbouring words that are asked about: without stop words and words of asking."""
    runs: list[list[str]] = [[]]
    last = 0
    plain = _ASKING.sub(lambda match: "\0" * len(match[0]), text)
    for match in _WORD.finditer(plain):
        word = match[0].removesuffix("'s").removesuffix("’s")
        if match.start() > last + 1 or plain[last : match.start()].strip():
            runs.append([])
        if word.lower() in STOP_WORDS or word.lower() in _SAYING:
            runs.append([])
        else:
            runs[-1].append(word)
        last = match.end()
    return [run for run in runs if run]
