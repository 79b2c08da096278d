"""Key phrases of a few documents: what they keep talking about.

Candidates are runs of content words (RAKE; Rose et al., 2010), scored by C-value (Frantzi,
Ananiadou & Mima, 2000): long phrases count more, and a phrase that lives only inside a
longer one counts less. Two tests stand in for a tagger: a phrase neither begins nor ends
with a word that is mostly a verb, and it is often the end of a noun phrase (a function word
or a stop follows).
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from core.language.composing.english import STOP_WORDS, VERBS
from core.language.composing.terms import stem
from core.language.composing.wordlists import listed

LONGEST = 3
_TOKEN = re.compile(r"[^\W\d_]+(?:[’'\-][^\W\d_]+)*|\d[\d.,]*|[^\w\s]")
# Verbs by form that are nouns by trade.
_NOUNS = frozenset(
    listed(
        """
        building heating lighting planning training monitoring bedding cooling running heat pump cost
        costs price prices work works study studies survey surveys trial trials grant grants limit
        limits risk sign change changes use measure measures test tests experience report reports need
        help plan plans design designs control controls shade light sleep shift shifts rest noise damage
        stress drop rise fall increase decrease effect repair repairs cut cover covers flow fan cause
        causes trade study record records measure supply demand range result results set plant plants
        support break breaks schedule display share shares release transfer transport benefit benefits
        form forms function functions object objects link links value values walk walks drive switch
        time times cycle cycles name names type types cut increase light lights water waters drink
        drinks drought drop drops
        """
    )
)
WEAK = frozenset(
    listed(
        """
        old new good better best bad big small large high low long short early late own main same
        different typical usual general common total full whole extra certain possible available
        important useful second third last next first year years day days week weeks month months hour
        hours minute minutes way ways thing things lot example examples part parts number numbers
        question questions answer answers section page chapter figure table note case cases cent percent
        per median average usually often always sometimes roughly approximately cheap expensive cheaper
        larger smaller higher lower greater fewer older newer warm cold hot half quarter third two three
        four five six people person man woman reader readers author fact kind winter summer spring
        autumn january february march april june july august september october november december monday
        tuesday wednesday thursday friday saturday sunday metre metres kilometre kilometres kilogram
        kilowatt-hours kilowatts degrees pence pounds dollars wide deep little actually simply
        especially particularly mostly mainly directly
        """
    )
)


@dataclass(frozen=True)
class Phrase:
    """A key phrase in its most frequent form."""

    text: str
    stems: tuple[str, ...]
    score: float
    holders: frozenset[int]
    """Numbers of the documents it stands in."""
    titled: int
    """Titles and headings it stands in."""

    @property
    def documents(self) -> int:
        return len(self.holders)

    @property
    def head(self) -> str:
        """Stem of its last word."""
        return self.stems[-1]


def phrases(texts: Sequence[str], most: int = 60) -> list[Phrase]:
    """The best key phrases over the documents, best first; ties in alphabetical order.

    A text's first line is its title, lines that begin with `#` are its headings; what stands
    there counts up to three times.
    """
    forms: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    holders: dict[tuple[str, ...], set[int]] = defaultdict(set)
    closed: Counter[tuple[str, ...]] = Counter()
    titled: Counter[tuple[str, ...]] = Counter()
    for number, text in enumerate(texts):
        for run, ended, heading in _runs(text):
            for start in range(len(run)):
                for stop in range(start + 1, min(len(run), start + LONGEST) + 1):
                    words = run[start:stop]
                    if not _sound(words):
                        continue
                    key = tuple(stem(word) for word in words)
                    forms[key][" ".join(words)] += 1
                    holders[key].add(number)
                    closed[key] += stop == len(run) and ended
                    titled[key] += heading
    counts = {key: form.total() for key, form in forms.items()}
    least = 2 if len(texts) > 1 else 1
    kept = {key for key, count in counts.items() if count >= 2 and closed[key] >= 0.3 * count}
    inside: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for key in kept:
        for size in range(1, len(key)):
            for start in range(len(key) - size + 1):
                inside[key[start : start + size]].append(counts[key])
    found = []
    for key in kept:
        nested = inside.get(key, [])
        if len(key) == 1 and sum(nested) > 0.6 * counts[key]:
            continue  # "factor", where it is nearly always "performance factor"
        count = counts[key] - (sum(nested) / len(nested) if nested else 0)
        if count <= 0 or len(holders[key]) < min(least, len(texts)):
            continue
        score = math.log2(1 + len(key)) * count * math.sqrt(len(holders[key]))
        score *= 1 + min(2.0, 0.5 * titled[key])
        found.append(Phrase(_surface(forms[key]), key, score, frozenset(holders[key]), titled[key]))
    return sorted(found, key=lambda p: (-p.score, p.text))[:most]


def _runs(text: str) -> list[tuple[list[str], bool, bool]]:
    """Runs of content words, each with whether something ends it there, and whether it stands in a heading."""
    found: list[tuple[list[str], bool, bool]] = []
    for number, line in enumerate(text.splitlines()):
        heading = number == 0 or line.startswith("#")
        run: list[str] = []
        sentence_start = True
        named = False
        for token in _TOKEN.findall(line):
            word = token.lower()
            if token[0].isalpha() and len(token) > 1 and word not in STOP_WORDS:
                name = token[0].isupper() and not sentence_start
                if run and name != named:
                    # "Aldermoor field trial": a name and a phrase, not one phrase.
                    found.append((run, name, heading))
                    run = []
                named = name
                run.append(token if name else word)
                sentence_start = False
                continue
            if run:
                found.append((run, True, heading))
                run = []
            sentence_start = token in ".?!:#|-*>"
        if run:
            found.append((run, True, heading))
    return found


def _sound(words: Sequence[str]) -> bool:
    first, last = words[0].lower(), words[-1].lower()
    if last in WEAK or first in WEAK or last.endswith("ly") or first.endswith("ly"):
        return False
    if any(word.lower() in VERBS and word.lower() not in _NOUNS for word in words):
        return False
    # "falling asleep" and "measured" are no noun phrases; "reference counting" is one.
    return (
        len(last) > 2
        and not last.endswith("ed")
        and not (first.endswith("ing") and first not in _NOUNS and len(words) > 1)
    )


def _surface(forms: Counter[str]) -> str:
    """The most frequent spelling; the plural where it is common, as it reads better in a heading."""
    best = min(forms, key=lambda form: (-forms[form], not form.islower(), form))
    plural = best + "s"
    return plural if forms.get(plural, 0) >= 0.2 * forms[best] else best
