"""Context: which of the passages found are put before the writer.

The budget is filled best first, two passages of a source before a third of any, so that one long
document does not speak alone; what is left out stays in the record with the reason. A passage that
cannot be read by itself (`They also ...`, a table without its head) brings the one before it along.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from core.models import EvidenceItem, Passage
from core.retrieval.chunk import ITEM_LINE
from core.retrieval.retrieve import Ranked
from core.retrieval.tokens import tokens

OFF_THE_QUESTION = 0.02
"""Share of the best score below which a passage is left out. 98 % of the answering ones among forty stay on the public
set and all on Debian's; of all forty 14 and 35 stay. 0.1 would lose 4 and 12 % of the answering ones."""
FEWEST = 8
"""Never left out for that reason: one hit on a rare word must not silence all who say it otherwise."""
ITEM_TOKENS = 12
"""For a passage's number, source and line feeds in a prompt, beside its title."""

_UNRESOLVED = re.compile(
    r"(?:[-*+•]\s+)?[\"“'(]?(?:He|She|It|They|This|These|Those|That|His|Her|Their|Its|Such|Both|The former|The latter"
    r"|However|Also|Therefore|Thus|Moreover|In addition|As a result|By contrast|But|And|So)\b"
)
_ORDINALS = {2: "second", 3: "third", 4: "fourth", 5: "fifth", 6: "sixth"}


class Numbering:
    """Citation numbers of one run: a passage keeps the number it got first.

    >>> number = Numbering({41: 1})
    >>> number(7), number(41), number(7)
    (2, 1, 2)
    """

    def __init__(self, existing: Mapping[int, int] | None = None) -> None:
        self.numbers = dict(existing or {})
        """Passage id -> number."""

    def __call__(self, passage_id: int) -> int:
        return self.numbers.setdefault(passage_id, max(self.numbers.values(), default=0) + 1)


def assemble(
    ranked: Sequence[Ranked],
    *,
    budget_tokens: int,
    number: Callable[[int], int],
    per_source: int = 2,
    before: Callable[[Passage], Passage | None] = lambda _: None,
    against: Callable[[Passage], Sequence[Passage]] = lambda _: (),
) -> tuple[tuple[EvidenceItem, ...], str]:
    """Choose the passages for one question.

    Args:
        ranked: from `retrieve`, best first, repeats last.
        budget_tokens: for all passages used, with their titles (`cost`).
        number: passage id -> citation number; asked for used passages alone (see `Numbering`).
        per_source: passages of one source before others are tried; more are used if room is left.
        before: the passage before one in its section (`index.before`), for those that need it.
        against: passages that disagree with one: they are brought along and stand beside it.

    Returns:
        The items, used ones first in the order to put before the writer (best first, a passage
        brought along right before the one it explains, one that disagrees right after), then those left
        out, best first; and a note in words on what was used and what was not.
    """
    choice = _Choice(budget_tokens, number, before, against)
    floor = OFF_THE_QUESTION * max((item.score for item in ranked), default=0.0)
    later: list[Ranked] = []
    for n, item in enumerate(ranked):
        if item.repeats is not None:
            continue
        if n >= FEWEST and item.score < floor:
            choice.leave(item, "off the question")
        elif choice.per_source[item.passage.source_id] >= per_source:
            later.append(item)
        else:
            choice.use(item)
    reason = f"{_ORDINALS.get(per_source + 1, f'{per_source + 1}th')} passage of the same source"
    for item in later:
        choice.use(item, otherwise=reason)
    for item in ranked:
        if item.repeats is not None:
            choice.leave_repeat(item)
    return choice.items(ranked), choice.note()


def cost(passage: Passage) -> int:
    """Tokens a passage takes in a prompt."""
    return tokens(passage.text) + tokens(passage.title) + ITEM_TOKENS


class _Choice:
    """What was used and left out so far."""

    def __init__(
        self,
        budget: int,
        number: Callable[[int], int],
        before: Callable[[Passage], Passage | None],
        against: Callable[[Passage], Sequence[Passage]],
    ) -> None:
        self._room = budget
        self._number = number
        self._before = before
        self._against = against
        self._used: dict[int, EvidenceItem] = {}
        self._left_out: dict[int, EvidenceItem] = {}
        self._explains: dict[int, int] = {}
        """Passage brought along -> the passage it explains."""
        self._disagrees: dict[int, int] = {}
        """Passage -> the better one that it disagrees with."""
        self.per_source: Counter[int] = Counter()

    def use(self, item: Ranked, otherwise: str = "over the token budget") -> None:
        passage = item.passage
        if passage.id in self._used:  # brought along earlier: now it stands by itself, with its scores
            self._used[passage.id] = self._item(item)
            return
        if cost(passage) > self._room:
            self.leave(item, otherwise)
            return
        self._add(item)
        explained = self._needed(passage)
        if explained is not None and explained.id not in self._used and cost(explained) <= self._room:
            self._add(Ranked(passage=explained, score=item.score))
            self._explains[explained.id] = passage.id
        for other in self._against(passage):
            if other.id not in self._used and cost(other) <= self._room:
                self._add(Ranked(passage=other, score=item.score))
                self._disagrees[other.id] = passage.id

    def leave(self, item: Ranked, why: str) -> None:
        if item.passage.id not in self._used:
            self._left_out[item.passage.id] = self._item(item, left_out=why)

    def leave_repeat(self, item: Ranked) -> None:
        kept = self._used.get(item.repeats or 0)
        self.leave(item, f"says the same as [{kept.number}]" if kept else "says the same as one left out")

    def items(self, ranked: Sequence[Ranked]) -> tuple[EvidenceItem, ...]:
        explainers = {explained: explainer for explainer, explained in self._explains.items()}
        opponents: dict[int, list[int]] = {}
        for other, better in self._disagrees.items():
            opponents.setdefault(better, []).append(other)
        order: dict[int, None] = {}

        def put(id_: int) -> None:
            if id_ in explainers:
                order.setdefault(explainers[id_])
            order.setdefault(id_)
            for other in opponents.pop(id_, ()):
                put(other)

        for id_ in self._used:
            put(id_)
        place = {item.passage.id: n for n, item in enumerate(ranked)}
        left_out = sorted(self._left_out.values(), key=lambda item: place[item.passage.id])
        return (*(self._used[id_] for id_ in order), *left_out)

    def note(self) -> str:
        sources = len({item.passage.source_id for item in self._used.values()})
        text = f"{_count(len(self._used), 'passage')} of {_count(sources, 'source')} used"
        reasons = Counter(item.left_out.split(" as ")[0] for item in self._left_out.values())
        return "; ".join([text, *(f"{n} left out: {reason}" for reason, n in reasons.most_common())])

    def _add(self, item: Ranked) -> None:
        self._used[item.passage.id] = self._item(item)
        self._left_out.pop(item.passage.id, None)
        self._room -= cost(item.passage)
        self.per_source[item.passage.source_id] += 1

    def _item(self, item: Ranked, left_out: str = "") -> EvidenceItem:
        return EvidenceItem(
            number=0 if left_out else self._number(item.passage.id), passage=item.passage, score=item.score,
            scores=item.scores, left_out=left_out,
        )  # fmt: skip

    def _needed(self, passage: Passage) -> Passage | None:
        """The passage before, if this one cannot be read without it."""
        text = passage.text
        row, item = text.startswith("|"), ITEM_LINE.match(text)
        if not (row or item or text[:1].islower() or _UNRESOLVED.match(text)):
            return None
        found = self._before(passage)
        if found is None:
            return None
        last = found.text.rstrip().rsplit("\n", 1)[-1]
        if row:
            return found if last.lstrip().startswith("|") or last.endswith(":") else None
        if item and not _UNRESOLVED.match(text):
            return found if last.endswith(":") or ITEM_LINE.match(last) else None
        return found


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
