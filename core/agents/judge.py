"""The judge: every claim against the passages it cites, sentence by sentence.

The deterministic judge decides what is clear, with an entailment model beside it where the settings name a folder of
one. What they leave in doubt goes to the model judge when one is configured, in small batches side by side; otherwise
it stays marked doubtful, which is a person's turn. A known false claim goes with each section's: a model that
calls it supported has lost its word there. Where the model is unsure, or the two judges say the
opposite, it is asked again, each claim alone and with its passages in another order.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from core.agents.model_judge import ModelJudge
from core.events import Kind
from core.judging import cascade, gate, scorecard
from core.judging.alignment import align
from core.judging.canaries import Canary, plant
from core.judging.encoder import opened
from core.language.tasks import JudgeClaim
from core.models import Brief, Draft, Gate, Label, Scorecard, Sentence, SentenceKind, Step, Verdict
from core.runtime import Context
from core.settings import Settings
from core.store import Store


def judge_section(context: Context, draft_id: int, position: int) -> None:
    """Judge the sentences of one section that have no verdict yet; emits `judged`."""
    draft = context.store.drafts.get(draft_id)
    section = draft.sections[position]
    todo = [
        (before, s)
        for before, s in _with_before(section.sentences)
        if s.verdict is None and s.kind is not SentenceKind.NOTE  # Galley's own words stand outside the gate
    ]
    if not todo:
        return
    with context.span(f"judge: {section.heading or 'introduction'}", "EVALUATOR") as span:
        found = _judge(todo, context)
        span.output({s.text: [found.verdicts[s.id].label, found.verdicts[s.id].reason] for _, s in todo})
    context.store.drafts.put_verdicts(found.verdicts)
    context.emit(
        Kind.JUDGED, Step.JUDGE, draft_id=draft_id, section=position,
        verdicts=[[s.id, found.verdicts[s.id].label, round(found.verdicts[s.id].score, 3)] for _, s in todo],
        canary=found.canary,
    )  # fmt: skip


def judge_draft(context: Context, draft: Draft) -> Draft:
    """Judge what is not judged yet in every section, then score; returns the draft with its verdicts."""
    context.map(lambda position: judge_section(context, draft.id, position), range(len(draft.sections)))
    score_draft(context, draft.id)
    return context.store.drafts.get(draft.id)


def score_draft(context: Context, draft_id: int) -> tuple[Scorecard, Gate]:
    """The draft's scorecard and the gate's answer, kept and told; emits `scored`."""
    card, answer = scored(context.store.drafts.get(draft_id), context.store, context.brief, context.settings)
    context.emit(
        Kind.SCORED, Step.JUDGE, draft_id=draft_id, scorecard=asdict(card), passed=answer.passed,
        reasons=list(answer.reasons), remarks=list(answer.remarks),
    )  # fmt: skip
    return card, answer


def scored(draft: Draft, store: Store, brief: Brief, settings: Settings) -> tuple[Scorecard, Gate]:
    """A judged draft's scorecard and the gate's answer, kept: one rule for runs and for proposed updates."""
    plan = store.plans.newest(draft.run_id)
    card = scorecard.score(
        draft, questions=[q for q in plan.questions if q.use] if plan else [],
        evidence=store.evidence.of_run(draft.run_id), topic=brief.topic,
        conflicts=store.evidence.conflicts(draft.run_id), language=brief.language,
    )  # fmt: skip
    answer = gate.decide(
        card, threshold=settings.gate, section_threshold=settings.section_gate, certain=settings.gate_on_doubt
    )
    store.drafts.put_scores(draft.id, card, answer)
    return card, answer


def _with_before(sentences: Sequence[Sentence]) -> list[tuple[str, Sentence]]:
    return [(sentences[i - 1].text if i else "", sentence) for i, sentence in enumerate(sentences)]


@dataclass(frozen=True)
class _Doubt:
    """A sentence the model is asked about."""

    claim: JudgeClaim
    sentence: Sentence
    first: Verdict


@dataclass(frozen=True)
class _Found:
    verdicts: dict[int, Verdict]
    """By sentence."""
    canary: str = ""
    """`caught`, `missed`, or empty when none was answered."""


def _judge(todo: list[tuple[str, Sentence]], context: Context) -> _Found:
    passages = context.store.passages.passages(c.passage_id for _, s in todo for c in s.citations)
    encoder = opened(context.settings.entailment) if context.settings.entailment else None
    verdicts: dict[int, Verdict] = {}
    doubts = []
    for number, (before, sentence) in enumerate(todo):
        if sentence.kind is not SentenceKind.CLAIM:
            verdicts[sentence.id] = Verdict(
                label=Label.NOT_CHECKABLE, score=1.0, reason="It claims nothing.", judge="rule"
            )
            continue
        cited = [passages[c.passage_id] for c in sentence.citations]
        verdict = align(sentence.text, cited, before=before, encoder=encoder)
        verdicts[sentence.id] = verdict
        if cited and context.has_model_judge and cascade.needs_model(verdict):
            claim = JudgeClaim(
                number=number, text=sentence.text, before=before, passages=tuple((p.id, p.text) for p in cited)
            )
            doubts.append(_Doubt(claim, sentence, verdict))
    if not doubts:
        return _Found(verdicts)
    return _decided(doubts, verdicts, ModelJudge(context, passages), len(todo))


def _decided(doubts: Sequence[_Doubt], verdicts: dict[int, Verdict], model: ModelJudge, unused: int) -> _Found:
    """The verdicts with the model's word on what was in doubt. `unused` is a claim number of nobody."""
    shown = [model.passages[doubt.claim.passages[0][0]] for doubt in doubts]
    canary = plant(shown, seed=doubts[0].sentence.text)
    answers = model.answers([doubt.claim for doubt in doubts], _claim_of(canary, unused))
    if answers.canary and answers.canary.label is Label.SUPPORTED:
        note = f" {model.name} called a planted false claim supported, so its word does not count here."
        for doubt in doubts:
            said = answers.by_number.get(doubt.claim.number)
            yes = said is not None and said.label is Label.SUPPORTED
            verdicts[doubt.sentence.id] = cascade.decide(doubt.first, None if yes else said, note=note if yes else "")
        return _Found(verdicts, "missed")
    open_ = [
        doubt
        for doubt in doubts
        if doubt.claim.number not in answers.notes
        and cascade.unsettled(doubt.first, answers.by_number.get(doubt.claim.number))
    ]
    asked_again = model.context.map(lambda d: model.again(d.claim, answers.by_number.get(d.claim.number)), open_)
    second = answers.by_number | {d.claim.number: said for d, said in zip(open_, asked_again, strict=True) if said}
    for doubt in doubts:
        note = answers.notes.get(doubt.claim.number, "")
        verdicts[doubt.sentence.id] = cascade.decide(doubt.first, second.get(doubt.claim.number), note=note)
    return _Found(verdicts, "caught" if answers.canary else "")


def _claim_of(canary: Canary | None, number: int) -> JudgeClaim | None:
    if canary is None:
        return None
    return JudgeClaim(number=number, text=canary.text, before="", passages=((canary.passage.id, canary.passage.text),))
