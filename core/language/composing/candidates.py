"""What may be chosen for a section: units of one to three sentences that stand on their own.

A unit is a run of neighbouring sentences of one source, beginning with one that needs
nothing before it. A sentence that points back (`These homes ...`) is only in units that
begin earlier; one that points at something that may not stand is in none. Two or three
sentences that an author wrote to follow each other read better than as many gathered ones,
so longer runs are candidates beside their parts.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.language.composing.extracts import Extract
from core.language.composing.guards import refusal
from core.language.composing.openings import Leaning, leaning
from core.language.composing.terms import content

LONGEST_UNIT = 3
_COMMAND = re.compile(r"(?P<name>\w+_\w+|[\w-]+(?=\([1-68]\)))")
"""A page on one command or function, by its name or its section of the manual: `pg_basebackup`, `git-svn(1)`. What it
says without naming it is said of it alone: that "backups are always taken of the whole cluster" is false of every other
way to make one."""


@dataclass(frozen=True, eq=False)
class Unit:
    """Sentences of one passage that follow each other there."""

    extracts: tuple[Extract, ...]
    leaning: Leaning
    """Of its first sentence: `NONE` or `LIGHT`."""

    @property
    def first(self) -> Extract:
        return self.extracts[0]

    @property
    def words(self) -> int:
        return sum(extract.words for extract in self.extracts)


def units(extracts: Sequence[Extract], known: frozenset[str]) -> list[Unit]:
    """Every run of up to three sentences that may stand, in the order of the extracts.

    Args:
        extracts: sentences of the evidence.
        known: stems a reader of the article knows without being told.
    """
    allowed = {id(extract) for extract in extracts if not refusal(extract.text)}
    leanings: dict[int, Leaning] = {}
    found = []
    for extract in extracts:
        run: list[Extract] = []
        here: Extract | None = extract
        while here is not None and id(here) in allowed and len(run) < LONGEST_UNIT:
            run.insert(0, here)
            if id(here) not in leanings:
                leanings[id(here)] = _leaning(here, known)
            if leanings[id(here)] is not Leaning.FULL:
                found.append(Unit(tuple(run), leanings[id(here)]))
                if here.before is None or here.before.block != here.block:
                    break
            here = here.before
    return found


def _leaning(extract: Extract, known: frozenset[str]) -> Leaning:
    passage = extract.item.passage
    command = _COMMAND.match(passage.title)
    parts = frozenset(s for s in content(command["name"]) if "-" not in s) - known if command else frozenset()
    if parts and not parts & extract.terms:
        return Leaning.FULL
    return leaning(extract.text, _texts_before(extract), known, f"{passage.title} {passage.heading}")


def _texts_before(extract: Extract) -> tuple[str, ...]:
    texts: list[str] = []
    while extract.before is not None and len(texts) < 3:
        extract = extract.before
        texts.insert(0, extract.text)
    return tuple(texts)
