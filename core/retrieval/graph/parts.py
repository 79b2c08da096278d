"""Parts: the things that a question sets side by side.

`How do isolation levels in SQLite differ from those in PostgreSQL?` asked as one bag of words is answered by
whichever side has the better words; asked as `isolation levels SQLite` and `isolation levels PostgreSQL` it is
answered by both. Two questions in one sentence (`How does X let go of its lock, and what does Y do?`) are left
whole: asked one by one they found fewer of the answers' words (benchmarks/graph.md).
Only the wording is looked at, so that a question of one part costs nothing.
Method: decomposition of questions, by rules (in the spirit of Press et al., Self-Ask, 2023, without a model).
"""

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from core.retrieval.words import STOP_WORDS, stems

MOST_PARTS = 4

_ASK_WORDS = (
    r"(?:why|how|what|which|who|whose|where|when|may|can|could|do|does|did|is|are|was|were|must|should|will|would)\b"
)
_CLAUSE = re.compile(
    rf"[,;]? (?:and|but|or)(?=,? (?:(?:in|for|by|to|from|on|at|with|under|of) )?{_ASK_WORDS})"
    r"|, (?=given |considering )|[;?]\s",
    re.IGNORECASE,
)
"""Where one question ends and the next begins."""
_CUT = re.compile(
    r"\b(?:(?:as )?compared? (?:with|to)|versus|vs\.?|as opposed to|rather than|instead of|better than"
    r"|differ(?:s|ent|ently)? (?:from|to|than)|(?:related?|relates|relation|connected|linked|similar) (?:with|to)"
    r"|(?:interacts?|conflicts?|overlaps?|combined?) with|depends? on)\b",
    re.IGNORECASE,
)
"""What stands between two sides."""
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
"""`In Python, ...`: where all of it holds, and no part."""
_SAYING = frozenset(
    ("one", "work", "works", "show", "shows", "look", "looks", "like", "handled", "handle", "fit", "fits", "used",
     "use", "using", "happen", "happens", "vs")
)  # fmt: skip
"""Verbs of asking that are no thing either."""
_WORD = re.compile(r"[^\W_](?:[\w.+'’-]*\w)?(?:\(\d?\))?")


@dataclass(frozen=True, kw_only=True)
class Part:
    """One of the questions in a question."""

    name: str
    """What is its own, as the question has it."""
    query: str
    """What to search for: its own words and those it shares with the others."""


def parts(question: str) -> tuple[Part, ...]:
    """The things that a question sets side by side, in its order; none when it does not.

    >>> [part.query for part in parts("How do isolation levels in SQLite differ from those in PostgreSQL?")]
    ['isolation levels SQLite', 'isolation levels PostgreSQL']
    >>> [part.name for part in parts("What is the difference between git rebase and git merge?")]
    ['rebase', 'merge']
    >>> parts("How do I install and configure a firewall?")
    ()
    """
    prefix = _PREFIX.match(question)
    everywhere = _words(prefix[1]) if prefix else []
    rest = question[prefix.end() :] if prefix else question
    clauses = [clause for clause in _CLAUSE.split(rest) if _words(clause)]
    found = _sides(rest) if len(clauses) == 1 else []
    return tuple(Part(name=name, query=" ".join([*everywhere, query])) for name, query in found)


def _sides(clause: str) -> list[tuple[str, str]]:
    """`(name, query)` of each of the things that a clause sets side by side; none when it does not."""
    cut = [_runs(piece) for piece in _pieces(clause)]
    cut = [runs for runs in cut if runs]
    if not 2 <= len(cut) <= MOST_PARTS:
        return []
    stem = {word: " ".join(found) for word, found in stems({w.lower() for p in cut for r in p for w in r}).items()}
    held = Counter(s for runs in cut for s in {stem[word.lower()] for run in runs for word in run})
    common = [word for runs in cut for run in runs for word in run if held[stem[word.lower()]] > 1]
    common = list({stem[word.lower()]: word for word in reversed(common)}.values())[::-1]
    own = [[[w for w in run if held[stem[w.lower()]] == 1] for run in runs] for runs in cut]
    own = [[run for run in runs if run] for runs in own]
    if not all(own):
        return []
    # What is nearest to the cut is the side; what is farther off is said of it, or of all where no other has any.
    cores = [runs[0] if n == len(own) - 1 else runs[-1] for n, runs in enumerate(own)]
    more = [[w for run in runs if run is not core for w in run] for runs, core in zip(own, cores, strict=True)]
    full = [words for words in more if words]
    lent = full[0] if len(full) == 1 else []
    return [
        (" ".join(core), " ".join([*common, *(words or lent), *core])) for core, words in zip(cores, more, strict=True)
    ]


def _pieces(clause: str) -> list[str]:
    """The clause cut where its sides meet; in one piece where they do not."""
    cuts = [match.span() for match in _CUT.finditer(clause)]
    if not any(_words(clause[:start]) and _words(clause[end:]) for start, end in cuts):
        if not cuts and not _ASKING.search(clause) and not _PARALLEL.search(clause):
            return [clause]
        cuts = [match.span() for match in _JOIN.finditer(clause)]
    bounds = [(0, 0), *cuts, (len(clause), len(clause))]
    return [clause[end:start] for (_, end), (start, _) in pairwise(bounds)]


def _words(text: str) -> list[str]:
    return [word for run in _runs(text) for word in run]


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
