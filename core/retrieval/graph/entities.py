"""Entities: what passages name, found without a model.

A candidate is a code identifier, a number with its unit, or a run of one to three content words (up to
five where all are capitalised). A run is kept when it says more than its words do apart: it stands in
two passages (a name: twice), its words keep company by more than chance, and it is not merely a part of
something longer. Whether it is a name or a term is told by how it is written where no sentence begins.
Spellings are one entity when their stems are: `Heat-Pumps`, `heat pump`; an acronym is what it is
spelled out as, unless it is spelled out in two ways.
Method: C-value against nested terms (Frantzi, Ananiadou & Mima, 2000); normalised pointwise mutual
information (Bouma, 2009); acronyms by initials in the spirit of Schwartz & Hearst (PSB 2003).
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from core.models import Passage
from core.retrieval.words import STOP_WORDS, stems

LONGEST = 3
"""Words of a term; a name may have `LONGEST_NAME`."""
LONGEST_NAME = 5
COMPANY = 0.25
"""Normalised mutual information that the words of a term must have: below are chance neighbours."""
NESTED = 0.8
"""Share of its places inside one longer entity from which a shorter one is only a part of that."""
SPELLINGS = 50
"""Mentions looked at for an entity's usual spelling."""

Key = tuple[str, ...]
"""An entity's stems; a code identifier or a quantity is one, with its sign."""


class Kind(StrEnum):
    """What an entity is, as far as its spelling tells."""

    NAME = "name"
    TERM = "term"
    CODE = "code"
    QUANTITY = "quantity"


class Mention(NamedTuple):
    """Where an entity stands: offsets into the passage's snapshot, half-open."""

    passage_id: int
    start: int
    end: int
    sentence: int
    """Counted within the passage from 0."""


@dataclass(frozen=True, kw_only=True)
class Entity:
    """Something that passages name."""

    key: Key
    name: str
    """Its most frequent spelling."""
    kind: Kind
    mentions: tuple[Mention, ...]
    aliases: tuple[str, ...] = ()
    """Other spellings, an acronym among them."""
    also: tuple[Key, ...] = ()
    """Keys that mean the same: its acronym's."""

    @cached_property
    def counts(self) -> Counter[int]:
        """Passage id -> how often it stands there."""
        return Counter(mention.passage_id for mention in self.mentions)


_CHUNK = re.compile(
    r"`[^`\n]{2,60}`"
    r"|(?P<stop>[.!?](?=\s)|\n\s*(?=\n|[-*+|#>]|\d+[.)]))"
    r"|(?:(?<!\w)--?(?=[a-zA-Z]))?[~/]?\w(?:[\w.+/'’-]*\w)?(?:\(\w{0,2}\))?"
    r"|[^\s\w]"
)
_CODE = re.compile(
    r"--?[a-zA-Z][\w-]*"  # an option
    r"|[~/]+[\w.+-]+(?:/[\w.+-]+)*|[\w.+-]+(?:/[\w.+-]+){2,}|[\w.+-]+/[\w.+-]*\.[\w.+-]+"  # a path
    r"|\w+(?:_\w+)+|[a-z]+[A-Z]\w*|[\w.+-]+\(\w{0,2}\)"  # snake_case, camelCase, a call or manual page
    r"|[\w-]+\.(?:conf|cfg|ini|txt|py|sh|c|h|js|json|ya?ml|xml|html?|md|deb|dsc|list|service|so|gz|log|sql|db)"
    r"|[a-z]\w+(?:\.[a-z]\w+)+"  # os.path
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_UNIT = re.compile(
    r"[ \u00a0]?(?:%|°C|°F|per cent|percent|[kMGT]?Wh?|[kMGT]i?B|[kMG]?Hz|[kmc]?m|k?g|ms|V|dB|ppm"
    r"|hours?|minutes?|seconds?|days?|weeks?|months?|years?|euros?|pounds?|dollars?)(?!\w)"
)
_PART = re.compile(r"[^\W_]+")
_OPENING = frozenset("\"'“‘(*_#>|-•")
"""Marks that may stand before a sentence's first word."""
_BRACKETED = re.compile(r"\(([A-Z][A-Za-z]{1,6}?)s?\)")
_JOINING = frozenset({"of", "de", "von", "van", "for"})
_GENERIC_WORDS = (
    "use used using way ways example examples case cases number part parts time times thing things lot kind set make"
    " made need needed see get give given take good better best new old first second last different following one two"
    " three note want know like say said year years day days section chapter figure table page"
)
_GENERIC = frozenset(_GENERIC_WORDS.split())
"""Words that join passages which have nothing to do with each other."""


class _Run(NamedTuple):
    """Neighbouring content words; `caps` tells which are capitalised, `opens` whether a sentence begins with it."""

    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    caps: tuple[bool, ...]
    opens: bool
    sentence: int


@dataclass
class _Read:
    """One passage, taken apart."""

    passage: Passage
    runs: list[_Run] = field(default_factory=list)
    signs: list[tuple[Kind, str, int, int, int]] = field(default_factory=list)
    """Code and quantities: kind, text, offsets, sentence."""


def entities(passages: Sequence[Passage]) -> list[Entity]:
    """Entities of these passages: terms and quantities in two passages or more, names and code that stand twice.

    Args:
        passages: any order; ids are distinct.

    Returns:
        By number of passages, most first, ties by key. Mentions are in the order of the passages given,
        and `snapshot text[start:end]` is their very spelling. A passage holds both `performance
        factor` and `seasonal performance factor` where each is an entity of its own.
    """
    read = [_read(passage) for passage in passages]
    stem = _stems(read)
    counts = _count(read, stem)
    kept = _kept(counts)
    meant = _acronyms(passages, stem, kept)
    found = _mentions(read, stem, kept, meant)
    texts = {passage.id: passage for passage in passages}
    made = [_entity(key, mentions, counts, meant, texts) for key, mentions in found.items()]
    return sorted(made, key=lambda entity: (-len(entity.counts), entity.key))


def asked(question: str, numbers: Mapping[Key, int]) -> list[int]:
    """The entities a question names, by number, in its order; of nested ones the longest.

    Args:
        numbers: key -> number of the entities there are.
    """
    read = _read(Passage(id=0, source_id=0, snapshot_id=0, start=0, end=len(question), text=question))
    stem = _stems([read])
    places = [(start, end, _sign_key(kind, sign)) for kind, sign, start, end, _ in read.signs]
    for run in read.runs:
        for key, first, last, _ in _candidates(run, stem):
            places.append((run.spans[first][0], run.spans[last][1], key))
    known = sorted((p for p in places if p[2] in numbers), key=lambda p: (p[0] - p[1], p[0]))
    taken: list[tuple[int, int, int]] = []
    for start, end, key in known:
        if all(end <= a or b <= start for a, b, _ in taken):
            taken.append((start, end, numbers[key]))
    return list(dict.fromkeys(number for _, _, number in sorted(taken)))


def sentences(passage: Passage) -> list[tuple[int, int]]:
    """Offsets of a passage's sentences in its snapshot, trimmed; by the numbers that mentions have."""
    bounds, start = [], 0
    stops = [match.end() for match in _CHUNK.finditer(passage.text) if match["stop"]]
    for end in [*stops, len(passage.text)]:
        piece = passage.text[start:end]
        left = start + len(piece) - len(piece.lstrip())
        bounds.append((passage.start + left, passage.start + max(left, start + len(piece.rstrip()))))
        start = end
    return bounds


def _read(passage: Passage) -> _Read:
    return _Reader(passage).read()


class _Reader:
    """Takes one passage apart, chunk by chunk between white space."""

    def __init__(self, passage: Passage) -> None:
        self._out = _Read(passage)
        self._text, self._base = passage.text, passage.start
        self._run: list[tuple[str, tuple[int, int], bool]] = []
        self._sentence = 0
        self._fresh = True
        """Nothing of the sentence was read yet."""
        self._opens = True
        self._joint: tuple[str, tuple[int, int], bool] | None = None
        """`of` after a capitalised word: it belongs to the name if another follows."""

    def read(self) -> _Read:
        for match in _CHUNK.finditer(self._text):
            chunk, start = match.group(), match.start()
            if chunk.isalpha() and (chunk[0].isupper() or chunk.islower()):
                self._word(chunk, start)
            elif match["stop"]:
                self._close()
                self._sentence, self._fresh = self._sentence + 1, True
            elif chunk[0].isalnum() or len(chunk) > 1:
                self._odd(chunk, start)
            else:
                self._close()
                self._fresh = self._fresh and chunk in _OPENING
        self._close()
        return self._out

    def _word(self, raw: str, start: int) -> None:
        word, place = raw.lower(), (self._base + start, self._base + start + len(raw))
        if word in STOP_WORDS:
            named = word in _JOINING and bool(self._run) and self._run[-1][2]
            if not named:
                self._close()
            self._joint = (word, place, True) if named else None
        elif len(word) > 1:
            if self._joint and raw[0].isupper():  # "Bank of England"
                self._run.append(self._joint)
            elif self._joint:
                self._close()
            if not self._run:
                self._opens = self._fresh
            self._run.append((word, place, raw[0].isupper()))
            self._joint = None
        else:
            self._close()
        self._fresh = False

    def _odd(self, chunk: str, start: int) -> None:
        """What is no plain word: code, a number, words with signs in between."""
        plain = chunk.strip("`").strip()
        if chunk[0] == "`" or (_CODE.fullmatch(plain) and not _UNIT.fullmatch(plain)):
            self._close()
            if any(char.isalpha() for char in plain):
                self._sign(Kind.CODE, plain, start + chunk.find(plain))
            return
        if number := _NUMBER.match(chunk):
            self._close()
            if unit := _UNIT.match(self._text, start + number.end()):
                self._sign(Kind.QUANTITY, self._text[start : unit.end()], start)
            return
        if chunk[-2:] in ("'s", "’s"):
            self._odd(chunk[:-2], start) if not chunk[:-2].isalpha() else self._word(chunk[:-2], start)
            self._close()
            return
        for part in _PART.finditer(chunk):
            if part.start() and chunk[part.start() - 1] != "-":  # "heat-pump" is a run, "and/or" is none
                self._close()
            self._word(part.group(), start + part.start())

    def _sign(self, kind: Kind, sign: str, start: int) -> None:
        start += self._base
        self._out.signs.append((kind, sign, start, start + len(sign), self._sentence))
        self._fresh = False

    def _close(self) -> None:
        self._joint = None
        if self._run:
            words, spans, caps = zip(*self._run, strict=True)
            self._out.runs.append(_Run(words, spans, caps, self._opens, self._sentence))
            self._run = []


def _stems(read: Sequence[_Read]) -> dict[str, str]:
    words = {word for one in read for run in one.runs for word in run.words}
    return {word: " ".join(found) or word for word, found in stems(words).items()}


class _Counts:
    """How often each candidate stands, in how many passages, and how it is written."""

    def __init__(self) -> None:
        self.all: Counter[Key] = Counter()
        self.passages: Counter[Key] = Counter()
        self.named: Counter[Key] = Counter()
        """Capitalised where no sentence begins."""
        self.inner: Counter[Key] = Counter()
        """Where no sentence begins."""
        self.words = 0

    def name(self, key: Key) -> bool:
        return 2 * self.named[key] > self.inner[key]


def _count(read: Sequence[_Read], stem: dict[str, str]) -> _Counts:
    counts = _Counts()
    for one in read:
        own = [_sign_key(kind, sign) for kind, sign, *_ in one.signs]
        for run in one.runs:
            counts.words += len(run.words)
            for key, first, _, capital in _candidates(run, stem):
                own.append(key)
                if first or not run.opens:
                    counts.inner[key] += 1
                    if capital:
                        counts.named[key] += 1
        counts.all.update(own)
        counts.passages.update(set(own))
    return counts


def _sign_key(kind: Kind, sign: str) -> Key:
    return (("=" if kind is Kind.QUANTITY else "`") + "".join(sign.lower().split()),)


def _candidates(run: _Run, stem: dict[str, str]) -> Iterator[tuple[Key, int, int, bool]]:
    """`(key, first word, last word, all capitalised)` of every part of a run that may be an entity."""
    own = [stem[word] for word in run.words]
    size = len(own)
    for first in range(size):
        capital = True
        for last in range(first, min(size, first + LONGEST_NAME)):
            capital = capital and run.caps[last]
            if last - first >= LONGEST and not capital:
                break
            yield tuple(own[first : last + 1]), first, last, capital


def _kept(counts: _Counts) -> set[Key]:
    """The candidates that are entities."""
    kept: set[Key] = set()
    for key, holders in counts.passages.items():
        if counts.all[key] < 2 or key[0] in _JOINING or key[-1] in _JOINING:
            continue
        if holders < 2 and key[0][0] != "`" and not counts.name(key):
            continue
        if len(key) == 1:
            if key[0] in _GENERIC or (len(key[0]) < 3 and not counts.name(key)):
                continue
        elif not counts.name(key) and _company(key, counts) < COMPANY:
            continue
        kept.add(key)
    inside: dict[Key, int] = {}
    for key in kept:
        for size in range(1, len(key)):
            for start in range(len(key) - size + 1):
                part = key[start : start + size]
                inside[part] = max(inside.get(part, 0), counts.all[key])
    return {key for key in kept if inside.get(key, 0) <= NESTED * counts.all[key]}


def _company(key: Key, counts: _Counts) -> float:
    """Normalised mutual information of a run's words, in [-1, 1]: 1 where none stands without the others."""
    total, count = counts.words, counts.all[key]
    together = math.log(total / count)
    apart = sum(math.log(total / max(counts.all[(word,)], 1)) for word in key)
    return (apart - together) / ((len(key) - 1) * together) if together > 0 else 0.0


def _acronyms(passages: Sequence[Passage], stem: dict[str, str], kept: set[Key]) -> dict[Key, Key]:
    """Acronym -> what it is spelled out as, where that is one thing only and is an entity itself."""
    meant: dict[Key, set[Key]] = defaultdict(set)
    for passage in passages:
        for match in _BRACKETED.finditer(passage.text):
            letters = match[1].lower()
            before = passage.text[max(0, match.start() - 100) : match.start()].lower()
            long = re.findall(r"[^\W_]+", before)[-len(letters) :]
            if [word[0] for word in long] == list(letters):
                known = tuple(stem.get(word, word) for word in long)
                meant[(stem.get(letters, letters),)].add(known)
    return {
        short: next(iter(long)) for short, long in meant.items() if len(long) == 1 and long <= kept and short in kept
    }


def _mentions(
    read: Sequence[_Read], stem: dict[str, str], kept: set[Key], merged: dict[Key, Key]
) -> dict[Key, list[Mention]]:
    found: dict[Key, list[Mention]] = defaultdict(list)
    for one in read:
        id_ = one.passage.id
        for kind, sign, start, end, sentence in one.signs:
            key = _sign_key(kind, sign)
            if key in kept:
                found[key].append(Mention(id_, start, end, sentence))
        for run in one.runs:
            for key, first, last, _ in _candidates(run, stem):
                if key in kept:
                    place = Mention(id_, run.spans[first][0], run.spans[last][1], run.sentence)
                    found[merged.get(key, key)].append(place)
    return found


def _entity(
    key: Key, mentions: list[Mention], counts: _Counts, meant: Mapping[Key, Key], texts: Mapping[int, Passage]
) -> Entity:
    spelled: Counter[str] = Counter()
    for mention in mentions[:SPELLINGS]:
        passage = texts[mention.passage_id]
        spelled[" ".join(passage.text[mention.start - passage.start : mention.end - passage.start].split())] += 1
    if key[0][0] == "`":
        kind = Kind.CODE
    elif key[0][0] == "=":
        kind = Kind.QUANTITY
    else:
        kind = Kind.NAME if counts.name(key) else Kind.TERM
    # A term's capital is that of a sentence's beginning.
    names = sorted(spelled, key=lambda name: (kind is Kind.TERM and not name.islower(), -spelled[name], name))
    long = [name for name in names if " " in name or not name.isupper()]
    name = long[0] if long else names[0]
    return Entity(
        key=key, name=name, kind=kind, mentions=tuple(mentions), aliases=tuple(n for n in names if n != name),
        also=tuple(short for short, long in meant.items() if long == key),
    )  # fmt: skip
