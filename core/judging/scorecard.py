"""The scorecard: a draft's scores from its verdicts, its evidence and its plan. No model is asked.

Faithfulness and citation accuracy come from verdicts; relevance, precision and logic from words and numbers, which
makes them estimates of what a reader would say. Context precision is the rank-weighted mean
of Ragas; citation accuracy follows ALCE (Gao et al., EMNLP 2023): a citation counts when its passage supports the
sentence alone, or partly where the sentence's passages support it together.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from core.judging import words
from core.judging.alignment import align
from core.judging.conflicts import disagree
from core.judging.features import read_claim
from core.models import Draft, DraftSection, Evidence, Label, Passage, Question, Scorecard, Sentence, SentenceKind

_RELEVANT = 0.5
"""Share of a question's words, by rarity, in a passage that is relevant to it though nobody cites it."""
_ABUSE = words.listed(
    """idiot idiots idiotic moron morons moronic imbecile imbeciles stupid scum vermin filth trash bastard bastards
    bitch bitches whore whores slut sluts retard retards retarded subhuman subhumans savages fuck fucking fucked fucker
    shit shitty bullshit asshole assholes cunt cunts crap dumbass loser losers freak freaks parasites pathetic
    disgusting degenerate degenerates"""
)
_ASKING = words.listed("question explain describe overview introduction mean means work works good")


def score(draft: Draft, *, questions: Sequence[Question], evidence: Sequence[Evidence], topic: str) -> Scorecard:
    """Score a draft.

    Args:
        questions: of the plan, those in use.
        evidence: of the run; citations are looked up in it.

    Returns:
        Counts are of claims: transitions and notes stand outside. A claim without a verdict counts as not supported.
        A score is None when there is nothing to measure it on.
    """
    claims = [sentence for sentence in draft.sentences if _counts(sentence)]
    labels = Counter(sentence.verdict.label if sentence.verdict else None for sentence in claims)
    supported, partly = labels[Label.SUPPORTED], labels[Label.PARTLY]
    passages = {item.passage.id: item.passage for one in evidence for item in one.items}
    return Scorecard(
        faithfulness=(supported + 0.5 * partly) / len(claims) if claims else 0.0,
        answer_relevance=_answer_relevance(draft, questions, topic),
        context_precision=_context_precision(draft, questions, evidence),
        coverage=_coverage(draft, questions),
        citation_accuracy=_citation_accuracy(claims, passages),
        toxicity=_toxicity(draft.sentences),
        logic=_logic(claims),
        claims=len(claims),
        supported=supported,
        partly=partly,
        unsupported=labels[Label.UNSUPPORTED],
        contradicted=labels[Label.CONTRADICTED],
        unjudged=labels[None],
    )


def _counts(sentence: Sentence) -> bool:
    """A claim, unless a judge found nothing in it to check."""
    checkable = sentence.verdict is None or sentence.verdict.label is not Label.NOT_CHECKABLE
    return sentence.kind is SentenceKind.CLAIM and checkable


def _answer_relevance(draft: Draft, questions: Sequence[Question], topic: str) -> float | None:
    """Mean over sections: how many of its question's words, by rarity, a section takes up.

    The introduction's question is the topic.
    """
    asked = {question.id: question.text for question in questions}
    shares = []
    for section in draft.sections:
        text = topic if not section.heading else asked.get(section.question_id or 0)
        wanted = _asked_stems(text) if text and section.sentences else frozenset()
        if wanted:
            shares.append(_share(wanted, _section_stems(section)))
    return sum(shares) / len(shares) if shares else None


def _asked_stems(text: str) -> frozenset[str]:
    return frozenset(words.content(word for word in words.tokens(text) if word not in _ASKING))


def _section_stems(section: DraftSection) -> frozenset[str]:
    texts = [section.heading, *(sentence.text for sentence in section.sentences)]
    return frozenset(stem for text in texts for stem in words.content(words.tokens(text)))


def _share(wanted: Iterable[str], held: frozenset[str]) -> float:
    weights = {stem: words.rarity(stem) for stem in wanted}
    total = sum(weights.values())
    return sum(weight for stem, weight in weights.items() if stem in held) / total if total else 0.0


def _context_precision(draft: Draft, questions: Sequence[Question], evidence: Sequence[Evidence]) -> float | None:
    """Mean over questions of the average precision of the evidence used, in the order the writer saw it."""
    cited = {citation.passage_id for sentence in draft.sentences for citation in sentence.citations}
    asked = {question.id: _asked_stems(question.text) for question in questions}
    precisions = []
    for one in evidence:
        wanted = asked.get(one.question_id, frozenset())
        relevant = [item.passage.id in cited or _is_relevant(item.passage, wanted) for item in one.used]
        if relevant:
            at = [sum(relevant[: rank + 1]) / (rank + 1) for rank, hit in enumerate(relevant) if hit]
            precisions.append(sum(at) / len(at) if at else 0.0)
    return sum(precisions) / len(precisions) if precisions else None


def _is_relevant(passage: Passage, wanted: frozenset[str]) -> bool:
    held = frozenset(words.content(words.tokens(f"{passage.title} {passage.heading} {passage.text}")))
    return bool(wanted) and _share(wanted, held) >= _RELEVANT


def _coverage(draft: Draft, questions: Sequence[Question]) -> float | None:
    if not questions:
        return None
    answered = {
        section.question_id
        for section in draft.sections
        for sentence in section.sentences
        if _counts(sentence) and sentence.verdict and sentence.verdict.label is Label.SUPPORTED
    }
    return sum(question.id in answered for question in questions) / len(questions)


def _citation_accuracy(claims: Sequence[Sentence], passages: Mapping[int, Passage]) -> float | None:
    checks = [_holds(sentence, c.passage_id, passages) for sentence in claims for c in sentence.citations]
    return sum(checks) / len(checks) if checks else None


def _holds(sentence: Sentence, passage_id: int, passages: Mapping[int, Passage]) -> bool:
    """Does this one passage support the sentence? One that is not held cannot."""
    if passage_id not in passages:
        return False
    verdict = sentence.verdict
    together = verdict is not None and verdict.label is Label.SUPPORTED
    if verdict is not None and (verdict.passage_id == passage_id or len(sentence.citations) == 1):
        return together
    alone = align(sentence.text, [passages[passage_id]]).label
    return alone is Label.SUPPORTED or (together and alone is Label.PARTLY)


def _toxicity(sentences: Sequence[Sentence]) -> float | None:
    if not sentences:
        return None
    return sum(not _ABUSE.isdisjoint(words.tokens(sentence.text)) for sentence in sentences) / len(sentences)


def _logic(claims: Sequence[Sentence]) -> float | None:
    """1 minus the share of claims that give another number than another claim for the same thing."""
    if not claims:
        return None
    numbered = [n for n, sentence in enumerate(claims) if read_claim(sentence.text).quantities]
    odd = {n for pair in combinations(numbered, 2) if disagree(*(claims[n].text for n in pair)) for n in pair}
    return 1 - len(odd) / len(claims)
