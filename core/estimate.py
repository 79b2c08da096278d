"""What a run will take, before it starts: money, tokens and time, as ranges.

It rests on what like runs took (the same models and engines, about as many words), at today's
prices. Where there are too few of them, on what each task is known to read and write at least and
at most; the range is wide then, and says so. A price that is not known stays unknown, never 0.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from core.events import Kind
from core.language.prices import cost, table
from core.language.purse import DEGRADE_AT
from core.models import Brief, Run
from core.progress import worked_s
from core.settings import ROLES, Settings
from core.store import Store

LOOKED_AT = 60
"""Finished runs looked through for like ones, newest first."""
ENOUGH = 3
"""Like runs from which a range is taken; with fewer it is guessed."""
ALIKE_WORDS = 2.0
"""A run of up to so many times more or fewer words is like another, and scaled to it."""
WIDER = 1.25
"""A range of a few runs is widened by so much on both sides; the next run is rarely inside it otherwise."""
TOKENS_PER_WORD = 1.4

Range = tuple[float, float]


@dataclass(frozen=True)
class Estimate:
    """Ranges, low to high."""

    seconds: Range
    tokens: Range
    cost_usd: Range | None
    """None: the price of a model is unknown."""
    unpriced: tuple[str, ...] = ()
    """The models whose price is unknown."""
    runs: int = 0
    """Like runs it rests on; 0 when it is a guess."""
    basis: str = ""
    budget_usd: float | None = None
    smaller: tuple[str, ...] = ()
    """The models that go on for others from 70 % of the budget."""

    @property
    def told(self) -> str:
        """`$0.02 to $0.05, 21,000 to 35,000 tokens, 40 s to 2 min; from 7 runs like it`."""
        return f"{self.money}, {_span(self.tokens, _count)} tokens, {_span(self.seconds, _time)}; {self.basis}"

    @property
    def degrades(self) -> str:
        """`At $0.70, 70 % of the budget, gpt-x-mini takes over.`; empty where it does not come to that."""
        at = DEGRADE_AT * (self.budget_usd or 0.0)
        if not at or not self.smaller or self.cost_usd is None or self.cost_usd[1] < at:
            return ""
        one = len(self.smaller) == 1
        return f"At {_money(at)}, 70 % of the budget, {' and '.join(self.smaller)} {'takes' if one else 'take'} over."

    @property
    def money(self) -> str:
        """`$0.02 to $0.05`, `$0.00`, or `price unknown (gpt-x)`; with the budget where it may be reached."""
        if self.cost_usd is None:
            held = "; a budget cannot stop what has no price" if self.budget_usd else ""
            return f"price unknown ({', '.join(self.unpriced)}{held})"
        said = _span(self.cost_usd, _money)
        if self.budget_usd and self.cost_usd[1] > self.budget_usd:
            said += f", stopped at {_money(self.budget_usd)}"
        return said


def estimate(store: Store, settings: Settings, brief: Brief, questions: int | None = None) -> Estimate:
    """What a run of this brief will take, from its plan to the desk.

    Args:
        questions: of the plan, where there is one.
    """
    models = {role: brief.models.get(role) or settings.model_for(role) for role in ROLES}
    asked = {model for model in models.values() if model != "extractive"}
    like = _like(store, brief, settings, asked)
    if len(like) >= ENOUGH:
        found = _from_runs(store, settings, brief, like)
    else:
        found = _guessed(settings, brief, models, questions or max(3, min(6, round(brief.words / 220))))
        if like:  # their times say more than a guess; their tokens are too few to say a range
            found = replace(found, seconds=_range(_seconds(store, run) for run in like))
    smaller = [
        small for role in ROLES if models[role] not in ("extractive", small := settings.small_for(role)) and small
    ]
    return replace(found, smaller=tuple(dict.fromkeys(smaller)))


# --- from like runs ---------------------------------------------------------------


def _like(store: Store, brief: Brief, settings: Settings, models: set[str]) -> list[Run]:
    engines = set(brief.engines or settings.engines)
    near = [
        run
        for run in store.runs.finished(LOOKED_AT)
        if set(run.brief.engines) == engines and 1 / ALIKE_WORDS <= run.brief.words / brief.words <= ALIKE_WORDS
    ]
    used = store.calls.tokens_by_model([run.id for run in near])
    return [run for run in near if {model for model, *_ in used.get(run.id, ())} == models]


def _from_runs(store: Store, settings: Settings, brief: Brief, like: Sequence[Run]) -> Estimate:
    used = store.calls.tokens_by_model([run.id for run in like])
    tokens, costs, unpriced = [], [], set[str]()
    for run in like:
        scale = brief.words / run.brief.words
        rows = used.get(run.id, ())
        tokens.append(scale * sum(into + out for _, into, _, out in rows))
        prices = {model: cost(model, *counts, base_url=settings.base_url) for model, *counts in rows}
        unpriced |= {model for model, price in prices.items() if price is None}
        costs.append(scale * sum(price or 0.0 for price in prices.values()))
    return Estimate(
        seconds=_range(_seconds(store, run) * brief.words / run.brief.words for run in like),
        tokens=_range(tokens), cost_usd=None if unpriced else _range(costs), unpriced=tuple(sorted(unpriced)),
        runs=len(like), basis=f"from {len(like)} runs like it", budget_usd=brief.budget_usd,
    )  # fmt: skip


def _seconds(store: Store, run: Run) -> float:
    kinds = (Kind.RUN_CLAIMED, Kind.WAITING, Kind.FAILED, Kind.CANCELLED, Kind.PAUSED)
    return worked_s(store.events.after(run.id, kinds=tuple(kind.value for kind in kinds)), resting=True)


def _range(values: Iterable[float]) -> Range:
    """The middle four fifths of many values, all of a few; widened by `WIDER`."""
    ordered = sorted(values)
    cut = len(ordered) // 10
    return ordered[cut] / WIDER, ordered[-1 - cut] * WIDER


# --- guessed ---------------------------------------------------------------


@dataclass(frozen=True)
class _Task:
    """What a role's calls of one kind read and write in all, at least and at most."""

    role: str
    read: Range
    written: Range


def _tasks(settings: Settings, words: int, questions: int) -> list[_Task]:
    evidence, prose = settings.evidence_tokens, words * TOKENS_PER_WORD
    return [
        _Task("planner", (600, 2_500), (200, 900)),
        _Task("researcher", (200, 600 + 700 * questions), (50, 60 * questions + 200 * questions)),
        _Task("writer", (questions * (0.3 * evidence + 300) + 400, questions * (evidence + 500) + 1_500),
              (0.4 * prose, 1.6 * prose)),
        _Task("writer", (0, 700 * words / 20), (0, 60 * words / 20)),  # corrections, one sentence each
        _Task("judge", (0, 3 * questions * evidence), (0, 600 * questions)),
        _Task("editor", (0.2 * questions * evidence, 2 * (questions + 1) * evidence),
              (30 * questions, 600 * questions)),
    ]  # fmt: skip


def _guessed(settings: Settings, brief: Brief, models: dict[str, str], questions: int) -> Estimate:
    low = high = low_usd = high_usd = written = 0.0
    unpriced = set[str]()
    for task in _tasks(settings, brief.words, questions):
        model = models[task.role]
        if model == "extractive":
            continue
        low, high = low + task.read[0] + task.written[0], high + task.read[1] + task.written[1]
        written += task.written[1]
        prices = [
            cost(model, int(task.read[end]), 0, int(task.written[end]), base_url=settings.base_url) for end in (0, 1)
        ]
        if prices[0] is None or prices[1] is None:
            unpriced.add(model)
            continue
        low_usd, high_usd = low_usd + prices[0], high_usd + prices[1]
    web = any(engine != "library" for engine in brief.engines or settings.engines)
    slowest = 4 * settings.page_deadline_s if web else 15.0
    return Estimate(
        seconds=(2.0 if not high else 15.0, slowest + written / 40),
        tokens=(low, high), cost_usd=None if unpriced else (low_usd, high_usd), unpriced=tuple(sorted(unpriced)),
        basis="a guess: no run like it yet" + (f", prices of {table()['as_of']}" if high else ""),
        budget_usd=brief.budget_usd,
    )  # fmt: skip


# --- in words ---------------------------------------------------------------


def _span(span: Range, told: Callable[[float], str]) -> str:
    low, high = told(span[0]), told(span[1])
    return low if low == high else f"{low} to {high}"


def _money(usd: float) -> str:
    """Cents; below ten of them two digits that count."""
    digits = 2 if usd >= 0.1 or usd == 0 else 1 - math.floor(math.log10(usd))
    return f"${usd:.{digits}f}"


def _count(number: float) -> str:
    """Two digits that count: `21,000`."""
    if number < 100:
        return f"{number:.0f}"
    size = 10 ** (len(str(int(number))) - 2)
    return f"{round(number / size) * size:,}"


def _time(seconds: float) -> str:
    return f"{max(1, round(seconds))} s" if seconds < 90 else f"{round(seconds / 60)} min"
