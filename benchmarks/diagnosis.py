"""Planted failures: is the cause named right, and does the repair mend it?

    python -m benchmarks.diagnosis > benchmarks/diagnosis.md

Articles on the three topics of the sample library are written by real runs; one failure at a time is then planted in
one of them, judged, diagnosed and put through the correction rounds, in a database of its own kind: nothing is
simulated but the model, which is scripted and answers over HTTP.
"""

import argparse
import collections
import logging
import os
import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from core.agents import judge, reviser
from core.agents.evidence import passages_for
from core.agents.state import RunState
from core.judging import canaries, conflicts
from core.judging.diagnosis import diagnose
from core.models import (
    Cause,
    Diagnosis,
    Document,
    Draft,
    Label,
    Passage,
    Run,
    RunSource,
    Sentence,
    SentenceKind,
)
from core.runtime import Context
from core.store.drafts import carry_verdicts
from core.wiring import context_for
from tests.agents.small_house import VARIABLES, House, open_house, with_samples
from tests.scripted.model_server import ScriptedModel

TOPICS = (
    "Are heat pumps worth it in old houses?",
    "Do street trees cool a city in a heatwave?",
    "How can night workers sleep better?",
)
MODEL = "gpt-4o-mini"
EACH = 14
"""Failures of each class in each article."""
RETRIEVAL = {Cause.NOT_RETRIEVED, Cause.NOT_USED}

INVENTED = (
    ("The Danish regulator withdrew the licence of eleven installers after the Skagen inquiry.",
     "A fire at the Pellworth compressor factory halted deliveries for most of the spring.",
     "Churches in Lower Saxony were exempted from the tax on refrigerant imports.",
     "The Tarrant Prize went to a plumber who designed a folding heat exchanger.",
     "Schoolchildren in Oxmere painted murals on the outdoor units of their street.",
     "The Norwegian navy tested silent units aboard two of its frigates.",
     "Lawyers for the Vantage Group settled the patent quarrel out of court.",
     "Insurers now ask for a certificate from the Guild of Thermal Engineers.",
     "Three museums lent their cellars to the makers of the documentary.",
     "A strike of crane drivers at Halmstad delayed the second shipment.",
     "The bishop's palace at Wells kept its coal stoves after a public vote.",
     "Farmers in the Camargue dry their rice with warm air from old buses.",
     "An opera about the inventor of the scroll compressor opened in Graz.",
     "The union of chimney sweeps endorsed the minister's successor.",
     "Beekeepers in Kent reported that hives near the units swarmed early."),
    ("The mayor of Tallinn sold the timber of the felled limes to a piano maker.",
     "Woodpeckers drove the contractor to abandon the northern depot.",
     "A court in Seville fined a baker for pruning without a permit.",
     "The Orchard Society named its medal after a bus conductor.",
     "Drones of the customs service mapped the vineyards by mistake.",
     "Perfume makers in Grasse bought the whole harvest of blossoms.",
     "The treasury of Malta taxed imported saplings until the monsoon treaty.",
     "Prisoners at Ford built the benches that stand before the theatre.",
     "A wolf was seen twice behind the tram museum.",
     "The film festival planted plastic palms along the harbour.",
     "Archaeologists found a Roman bakery under the nursery.",
     "The cricket club lost its pavilion to a falling crane.",
     "Monks in Fulda keep a register of every acorn.",
     "An app from Nairobi pays cyclists who report broken fountains.",
     "The ferry company renamed its fleet after conifers."),
    ("The Lisbon tram drivers won a lawsuit over the colour of their uniforms.",
     "A hotel in Osaka lets its porters keep hamsters in the laundry.",
     "The Bakers' Guild of Lyon banned whistling in its cellars.",
     "Two astronauts sued the maker of their alarm clocks.",
     "The harbour pilots of Antwerp rehearse a play in the canteen.",
     "Parliament renamed the lighthouse service after a poet.",
     "A chess tournament for lorry mechanics is held in Utrecht.",
     "The mint strikes a coin for retired postmen every spring.",
     "Opera singers in Riga were given keys to the observatory.",
     "The zoo at Dresden hired a violinist for its flamingos.",
     "Croatian fishermen trade squid for crossword puzzles.",
     "A museum of pillows closed when its roof blew off.",
     "The railway sold its old timetables to a wallpaper firm.",
     "Volunteers knitted curtains for the parliament of Iceland.",
     "The brewery's cat was promoted to foreman by the owner."),
)  # fmt: skip
"""Sentences that nothing in the library says, in the order of `TOPICS`."""


@dataclass(frozen=True)
class Planted:
    """One failure: a sentence as a writer who failed in this way would have left it."""

    cause: Cause
    sentence: Sentence
    question_id: int | None
    instead_of: int
    """The sentence of the article whose place it takes."""
    source: Passage | None = None
    """The passage that bears it out, where one does."""


@dataclass
class Outcome:
    planted: Planted
    diagnosed: Diagnosis
    fate: str = ""
    """One of `FATES`."""
    calls: int = 0
    tokens: int = 0
    rounds: int = 0
    fell: bool = False
    """Whether any kept draft scored lower than the one before it."""


@dataclass(frozen=True)
class Article:
    """A finished run."""

    house: House
    run: Run
    context: Context
    draft: Draft

    def claims(self) -> Iterator[tuple[int | None, Sentence]]:
        for section in self.draft.sections:
            for sentence in section.sentences:
                sound = sentence.verdict is not None and sentence.verdict.label is Label.SUPPORTED
                if sentence.kind is SentenceKind.CLAIM and sentence.citations and sound and section.question_id:
                    yield section.question_id, sentence

    def evidence(self, question_id: int | None) -> list[Passage]:
        kept = self.context.store.evidence.of_run(self.run.id)
        return [item.passage for one in kept if question_id in (None, one.question_id) for item in one.used]

    def held(self, text: str) -> list[Passage]:
        return [one.passage for one in passages_for(text, [], self.context, limit=reviser.NEARBY)]


def write(topic: str, folder: Path, server: ScriptedModel | None) -> Article:
    """An article by a real run, waiting at the desk."""
    saved = {"base_url": server.base_url, "default_model": MODEL, "budget_usd": None} if server else {}
    house = open_house(folder, with_samples(folder.parent), **saved)
    run = house.to_review(topic)
    context = context_for(run, house.process)
    return Article(house, run, context, context.store.drafts.get(run.draft_id or 0))


# --- planting ---------------------------------------------------------------


def misread(article: Article, _: int) -> Iterator[Planted]:
    """A number changed, the sense turned, or a name exchanged, beside the passage that says otherwise."""
    for question_id, sentence in article.claims():
        passage = article.context.store.passages.passages([sentence.citations[0].passage_id])
        text = next(iter(passage.values())).text
        for false in (canaries.with_other_number(sentence.text, text), canaries.denied(sentence.text)):
            if false:
                altered = replace(sentence, id=0, text=false, verdict=None)
                yield Planted(Cause.MISREAD, altered, question_id, sentence.id)


def not_used(article: Article, _: int) -> Iterator[Planted]:
    """What a page that was read says, beside a passage that does not: the one that says it was not put forward."""
    shown = {passage.id for passage in article.evidence(None)}
    store = article.context.store
    read_ = [p for s in store.sources.snapshots_of_run(article.run.id) for p in store.passages.of_snapshot(s)]
    unused = [p for p in read_ if p.id not in shown and not p.listing]
    said = " ".join(p.text for p in article.evidence(None))
    yield from _of_passages(article, [p for p in unused if p.text not in said], Cause.NOT_USED)


def not_retrieved(article: Article, _: int) -> Iterator[Planted]:
    """What a text of the library says that the run never read; it is taken out of what the run read."""
    store = article.context.store
    kept = {p.source_id for p in article.evidence(None)}
    sources = [i for i in store.sources.of_run(article.run.id) if i.status == "read" and i.source_id]
    lone = [i for i in sources if i.source_id not in kept] or sources
    for item in lone:
        passages = store.passages.of_snapshot(item.snapshot_id) if item.snapshot_id else []
        yield from _of_passages(article, passages, Cause.NOT_RETRIEVED)


def _of_passages(article: Article, passages: Sequence[Passage], cause: Cause) -> Iterator[Planted]:
    places = list(article.claims())
    told = {sentence.text for sentence in article.draft.sentences}
    for number, passage in enumerate(passages):
        question_id, sentence = places[number % len(places)]
        for text in list(canaries.plain_sentences(passage.text))[:2]:
            if text not in told and len(text.split()) >= 8:
                placed = replace(sentence, id=0, text=text, verdict=None)
                yield Planted(cause, placed, question_id, sentence.id, passage)


def conflict(article: Article, number: int) -> Iterator[Planted]:
    """The other value of a point on which two sources disagree, citing the one that gives this value."""
    store = article.context.store
    found: list[tuple[int | None, Sentence, str, Passage]] = []
    for question_id, sentence in article.claims():
        passage = next(iter(store.passages.passages([sentence.citations[0].passage_id]).values()))
        for text in canaries.plain_sentences(passage.text):
            other = canaries.with_other_number(text, passage.text)
            if other and all(other != one[2] for one in found):
                found.append((question_id, sentence, other, passage))
    body = "\n\n".join(dict.fromkeys(text for _, _, text, _ in found))
    source = article.context.holdings.keep(
        Document(
            url=f"library:planted/{number}.md", title="Another view", text=body, media_type="text/markdown",
            fetched_at="2026-01-01T00:00:00Z",
        )
    )  # fmt: skip
    store.sources.note(
        article.run.id,
        RunSource(
            url=source.url, title=source.title, question_id=found[0][0] or 0, engine="library", query="", rank=0,
            status="read", source_id=source.id, snapshot_id=source.snapshot_id,
        ),
    )  # fmt: skip
    new = store.passages.of_snapshot(source.snapshot_id)
    known = {p.id: p for p in (*(p for _, _, _, p in found), *new)}
    disagreeing = conflicts.find(list(known.values()))
    store.evidence.put_conflicts(article.run.id, disagreeing)
    said = {quote for one in disagreeing for quote in (one.first_quote, one.second_quote)}
    for question_id, sentence, text, passage in found:
        if text in said:
            yield Planted(
                Cause.CONFLICT, replace(sentence, id=0, text=text, verdict=None), question_id, sentence.id, passage
            )


def nothing(article: Article, number: int) -> Iterator[Planted]:
    """What nobody says."""
    places = list(article.claims())
    for n, text in enumerate(INVENTED[number]):
        question_id, sentence = places[n % len(places)]
        yield Planted(Cause.NOTHING_EXISTS, replace(sentence, id=0, text=text, verdict=None), question_id, sentence.id)


PLANTERS: tuple[Callable[[Article, int], Iterator[Planted]], ...] = (
    misread, not_used, not_retrieved, nothing, conflict,
)  # fmt: skip
"""Conflicts last: they add a source."""


# --- trying ---------------------------------------------------------------


def attempt(article: Article, planted: Planted) -> Outcome | None:
    """Plant, judge, diagnose, repair; None when the judge does not find the failure in the first place."""
    if planted.cause is Cause.NOT_RETRIEVED and planted.source:
        _unread(article, planted.source.source_id)
    context, store = article.context, article.context.store
    draft = judge.judge_draft(context, store.drafts.add(_with(article.draft, planted)))
    sentence = next(s for s in draft.sentences if s.text == planted.sentence.text)
    assert sentence.verdict is not None, "the draft was judged"
    if sentence.verdict.label is Label.SUPPORTED:
        return None
    hidden = planted.source.source_id if planted.cause is Cause.NOT_RETRIEVED and planted.source else 0
    outcome = Outcome(
        planted,
        diagnose(
            sentence, sentence.verdict, held=article.held, conflicts=store.evidence.conflicts(article.run.id),
            evidence=[p for p in article.evidence(planted.question_id) if p.source_id != hidden],
            searched=planted.cause is Cause.NOTHING_EXISTS,
        ),
    )  # fmt: skip
    before = store.runs.get(article.run.id)
    _rounds(article, draft, outcome)
    after = store.runs.get(article.run.id)
    assert before is not None, "the run is there"
    assert after is not None, "the run is there"
    outcome.calls = after.model_calls - before.model_calls
    outcome.tokens = after.tokens_in + after.tokens_out - before.tokens_in - before.tokens_out
    return outcome


def _with(draft: Draft, planted: Planted) -> Draft:
    sections = tuple(
        replace(
            section,
            sentences=tuple(planted.sentence if s.id == planted.instead_of else s for s in section.sentences),
        )
        for section in draft.sections
    )
    return carry_verdicts(replace(draft, sections=sections, origin="person", base_id=draft.id), draft)


def _unread(article: Article, source_id: int) -> None:
    """Take a source out of what the run read and put before the writer."""
    store = article.context.store
    with store.database.write() as connection:
        connection.execute("DELETE FROM run_sources WHERE run_id = ? AND source_id = ?", (article.run.id, source_id))
    for evidence in store.evidence.of_run(article.run.id):
        items = tuple(item for item in evidence.items if item.passage.source_id != source_id)
        if len(items) < len(evidence.items):
            store.evidence.put(article.run.id, replace(evidence, items=items))


def _rounds(article: Article, draft: Draft, outcome: Outcome) -> None:
    context, store = article.context, article.context.store
    plan = store.plans.newest(article.run.id)
    assert plan is not None, "the run has a plan"
    state = RunState(run_id=article.run.id, plan_id=plan.id, draft_id=draft.id)
    failed = {s.text for s in draft.sentences if s.verdict and s.verdict.label in reviser.FAILED}
    while state.round < article.run.brief.max_revisions and not state.stalled and not state.flawless:
        faithfulness, contradicted = _scores(article, state.draft_id)
        state = replace(state, **reviser.revise(state, context))
        now_faithfulness, now_contradicted = _scores(article, state.draft_id)
        outcome.fell |= now_faithfulness < faithfulness or now_contradicted > contradicted
        outcome.rounds += 1
        best = store.drafts.get(state.draft_id)
        still = [s for s in best.sentences if s.text == outcome.planted.sentence.text]
        if not still or (still[0].verdict and still[0].verdict.label is Label.SUPPORTED):
            break
    best = store.drafts.get(state.draft_id)
    outcome.fate = _fate(best, draft, outcome.planted, failed)


def _scores(article: Article, draft_id: int) -> tuple[float, int]:
    scores = article.context.store.drafts.scores(draft_id)
    assert scores is not None, "every draft is scored"
    return scores[0].faithfulness, scores[0].contradicted


def _fate(best: Draft, draft: Draft, planted: Planted, failed: set[str]) -> str:
    mine = [s for s in best.sentences if s.text == planted.sentence.text]
    if mine and planted.cause is Cause.CONFLICT and len(best.sentences) <= len(draft.sentences):
        return "one side only"
    if mine:
        sound = mine[0].verdict is not None and mine[0].verdict.label is Label.SUPPORTED
        return "attributed" if sound else "left to a person"
    old = {s.text for s in draft.sentences}
    fresh = [s for s in best.sentences if s.text not in old]
    if not fresh:
        return "cut"
    bad = any(s.verdict and s.verdict.label in reviser.FAILED for s in fresh)
    return "left to a person" if bad else "rewritten"


# --- telling ---------------------------------------------------------------

CAUSES = (Cause.NOT_RETRIEVED, Cause.NOT_USED, Cause.MISREAD, Cause.CONFLICT, Cause.NOTHING_EXISTS)
FATES = ("attributed", "rewritten", "cut", "one side only", "left to a person")
COSTS = ("rounds", "calls", "tokens")


def tell(outcomes: Sequence[Outcome], unnoticed: collections.Counter[Cause]) -> str:
    lines = ["| planted | n | " + " | ".join(CAUSES) + " | cause right | retrieval or reasoning right |"]
    lines.append("|---" * (len(CAUSES) + 4) + "|")
    for cause in CAUSES:
        mine = [o for o in outcomes if o.planted.cause is cause]
        counts = collections.Counter(o.diagnosed.cause for o in mine)
        kind = sum((o.diagnosed.cause in RETRIEVAL) == (cause in RETRIEVAL) for o in mine)
        row = [str(counts[one] or "") for one in CAUSES]
        shares = [f"{value / max(1, len(mine)):.2f}" for value in (counts[cause], kind)]
        lines.append(f"| {cause} | {len(mine)} | {' | '.join(row)} | {' | '.join(shares)} |")
    right = sum(o.diagnosed.cause is o.planted.cause for o in outcomes)
    kind = sum((o.diagnosed.cause in RETRIEVAL) == (o.planted.cause in RETRIEVAL) for o in outcomes)
    lines.append(
        f"| all | {len(outcomes)} |{' |' * len(CAUSES)} {right / len(outcomes):.2f} | {kind / len(outcomes):.2f} |"
    )
    lines += ["", f"| planted | {' | '.join(FATES)} | mended or cut | rounds | calls | tokens |", "|---" * 10 + "|"]
    for cause in CAUSES:
        mine = [o for o in outcomes if o.planted.cause is cause]
        fates = collections.Counter(o.fate for o in mine)
        done = 1 - (fates["left to a person"] + fates["one side only"]) / max(1, len(mine))
        means = [sum(values) / max(1, len(mine)) for values in ([getattr(o, f) for o in mine] for f in COSTS)]
        told = " | ".join(str(fates[fate] or "") for fate in FATES)
        lines.append(f"| {cause} | {told} | {done:.2f} | {means[0]:.1f} | {means[1]:.1f} | {means[2]:,.0f} |")
    fell = sum(o.fell for o in outcomes)
    lines += [
        "",
        f"Rounds after which the draft at hand scored lower than before: {fell} of {sum(o.rounds for o in outcomes)}.",
    ]
    told = ", ".join(f"{cause} {count}" for cause, count in unnoticed.items()) or "none"
    lines += [f"Planted and called supported by the judges, so never diagnosed: {told}."]
    return "\n".join(lines)


def measure(*, with_model: bool, each: int, folder: Path) -> tuple[list[Outcome], collections.Counter[Cause]]:
    outcomes: list[Outcome] = []
    unnoticed: collections.Counter[Cause] = collections.Counter()
    for number, topic in enumerate(TOPICS):
        with ScriptedModel() as server:
            article = write(
                topic, folder / f"{'model' if with_model else 'plain'}{number}", server if with_model else None
            )
            for plant in PLANTERS:
                candidates = list(plant(article, number))
                random.Random(number).shuffle(candidates)
                tried = 0
                for planted in candidates:
                    if tried == each:
                        break
                    outcome = attempt(article, planted)
                    if outcome is None:
                        unnoticed[planted.cause] += 1
                        continue
                    tried += 1
                    outcomes.append(outcome)
    return outcomes, unnoticed


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.diagnosis", description=__doc__.split("\n")[0])
    parser.add_argument("--each", type=int, default=EACH, help="failures of each class in each article")
    each = parser.parse_args().each
    for name in VARIABLES:
        os.environ.pop(name, None)
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as name:
        os.environ["GALLEY_SECRETS"] = str(Path(name) / "secrets.toml")
        for with_model, title in ((True, "With the scripted model"), (False, "Without a model")):
            print(f"\n## {title}\n")
            print(tell(*measure(with_model=with_model, each=each, folder=Path(name))), flush=True)


if __name__ == "__main__":
    main()
