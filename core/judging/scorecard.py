"""The scorecard: a draft's scores from its verdicts, its evidence and its plan. No model is asked.

Faithfulness, citation accuracy and citation recall come from verdicts; relevance, precision, recall and logic from
words and numbers, which makes them estimates of what a reader would say. Context precision is the rank-weighted mean
of Ragas; citation accuracy and recall follow ALCE (Gao et al., EMNLP 2023): a citation counts when its passage supports
the sentence alone, or partly where the sentence's passages support it together; a claim is recalled when what it cites
supports it in full. Context recall is pooled, as in retrieval's evaluations: of the relevant passages that were found.
docs/scores.md says of each what it cannot tell.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import combinations
from statistics import median
from typing import Any

from core.judging import readability, slant, words
from core.judging.alignment import align
from core.judging.conflicts import disagree
from core.judging.features import read_claim
from core.judging.independence import cited_voices
from core.judging.interval import interval
from core.models import (
    DISPUTE,
    Conflict,
    Draft,
    DraftSection,
    Evidence,
    Label,
    Passage,
    Question,
    Scorecard,
    SectionScore,
    Sentence,
    SentenceKind,
)

_RELEVANT = 0.5
"""Share of a question's words, by rarity, in a passage that is relevant to it though nobody cites it."""
_SAYS_THE_SAME = "says the same"
_OLD_YEARS = 5
_MOST_FLAGS = 20
_COUNTS = ("claims", "supported", "partly", "unsupported", "contradicted", "unjudged")
_ASKING = words.listed("question explain describe overview introduction mean means work works good")


def score(
    draft: Draft,
    *,
    questions: Sequence[Question],
    evidence: Sequence[Evidence],
    topic: str,
    conflicts: Sequence[Conflict] = (),
    language: str = "en",
    today: date | None = None,
) -> Scorecard:
    """Score a draft.

    Args:
        questions: of the plan, those in use.
        evidence: of the run; citations are looked up in it.
        conflicts: between passages of the run.
        language: of the article; readability is measured in English alone.
        today: what the sources' ages are counted from; now unless given.

    Returns:
        Counts are of claims: transitions and notes stand outside. A claim without a verdict counts as not supported.
        A score is None when there is nothing to measure it on.
    """
    claims = [sentence for sentence in draft.sentences if _counts(sentence)]
    texts = [sentence.text for sentence in draft.sentences if sentence.kind is not SentenceKind.NOTE]
    passages = {item.passage.id: item.passage for one in evidence for item in one.items}
    cited = [passages[c.passage_id] for claim in claims for c in claim.citations if c.passage_id in passages]
    counted = _section("", claims)
    low, high = interval(claims) or (None, None)
    odd = _disagreeing(claims, _told_as_dispute(draft))
    return Scorecard(
        faithfulness=counted.faithfulness or 0.0,
        faithfulness_low=low,
        faithfulness_high=high,
        answer_relevance=_answer_relevance(draft, questions, topic),
        context_precision=_context_precision(draft, questions, evidence),
        context_recall=_context_recall(draft, questions, evidence),
        coverage=_coverage(draft, questions),
        citation_accuracy=_citation_accuracy(claims, passages),
        citation_recall=_citation_recall(claims),
        toxicity=_share_of(texts, slant.abusive),
        loaded=_share_of(texts, slant.loaded),
        logic=1 - len({n for pair in odd for n in pair}) / len(claims) if claims else None,
        reading_grade=readability.grade(texts) if language.lower().startswith("en") else None,
        contradictions=counted.contradicted + len(odd),
        source_conflicts=_source_conflicts(conflicts, cited),
        doubtful=sum(claim.verdict.doubtful for claim in claims if claim.verdict),
        flags=_flags(texts, claims, odd),
        sections=by_section(draft),
        **_spoken_for(cited),
        **_ages(cited, today or datetime.now(UTC).date()),
        **{name: getattr(counted, name) for name in _COUNTS},
    )


def by_section(draft: Draft) -> tuple[SectionScore, ...]:
    """The claims of each section counted by their verdicts, in the order of the text."""
    return tuple(_section(one.heading, [s for s in one.sentences if _counts(s)]) for one in draft.sections)


def _section(heading: str, claims: Sequence[Sentence]) -> SectionScore:
    labels = Counter(sentence.verdict.label if sentence.verdict else None for sentence in claims)
    return SectionScore(
        heading=heading, claims=len(claims), supported=labels[Label.SUPPORTED], partly=labels[Label.PARTLY],
        unsupported=labels[Label.UNSUPPORTED], contradicted=labels[Label.CONTRADICTED], unjudged=labels[None],
    )  # fmt: skip


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


def _context_recall(draft: Draft, questions: Sequence[Question], evidence: Sequence[Evidence]) -> float | None:
    """Share of the relevant passages found that were put before the writer.

    One left out because it says the same as another is not missed, so it stands outside.
    """
    cited = {citation.passage_id for sentence in draft.sentences for citation in sentence.citations}
    asked = {question.id: _asked_stems(question.text) for question in questions}
    shown, missed = set(), set()
    for one in evidence:
        wanted = asked.get(one.question_id, frozenset())
        for item in one.items:
            if not item.left_out.startswith(_SAYS_THE_SAME) and (
                item.passage.id in cited or _is_relevant(item.passage, wanted)
            ):
                (missed if item.left_out else shown).add(item.passage.id)
    found = shown | missed
    return len(shown) / len(found) if found else None


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


def _citation_recall(claims: Sequence[Sentence]) -> float | None:
    if not claims:
        return None
    held = [c for c in claims if c.citations and c.verdict and c.verdict.label is Label.SUPPORTED]
    return len(held) / len(claims)


def _share_of(texts: Sequence[str], found_in: Callable[[str], list[str]]) -> float | None:
    return sum(bool(found_in(text)) for text in texts) / len(texts) if texts else None


def _disagreeing(claims: Sequence[Sentence], told: frozenset[Sentence]) -> list[tuple[int, int]]:
    """Places of claims that give another number than another claim for the same thing, unless that is said there."""
    numbered = [n for n, sentence in enumerate(claims) if read_claim(sentence.text).quantities]
    return [
        (a, b)
        for a, b in combinations(numbered, 2)
        if disagree(claims[a].text, claims[b].text) and not {claims[a], claims[b]} <= told
    ]


def _told_as_dispute(draft: Draft) -> frozenset[Sentence]:
    """The sentences of paragraphs in which the article itself says that its sources disagree."""
    return frozenset(
        sentence
        for section in draft.sections
        for opening in section.sentences
        if opening.text == DISPUTE
        for sentence in section.sentences
        if sentence.paragraph == opening.paragraph
    )


def _source_conflicts(conflicts: Sequence[Conflict], cited: Sequence[Passage]) -> int:
    ids = {passage.id for passage in cited}
    return sum(conflict.first in ids or conflict.second in ids for conflict in conflicts)


def _spoken_for(cited: Sequence[Passage]) -> dict[str, Any]:
    voices, sources = cited_voices(cited)
    return {"voices": voices or None, "cited_sources": sources, "diversity": voices / sources if sources else None}


def _ages(cited: Sequence[Passage], today: date) -> dict[str, float | None]:
    """Of the sources cited, each once; a source dated in the future was published today."""
    sources = {passage.source_id: _dated(passage.published) for passage in cited}
    ages = [max(0.0, (today - day).days / 365.25) for day in sources.values() if day]
    return {
        "age_years": median(ages) if ages else None,
        "old_share": sum(age > _OLD_YEARS for age in ages) / len(ages) if ages else None,
        "dated_share": len(ages) / len(sources) if sources else None,
    }


def _dated(published: str | None) -> date | None:
    """The day of an ISO date; a bare year or month is taken at its middle. None for what is no date."""
    parts = re.match(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", published or "")
    if not parts:
        return None
    year, month, day = parts.groups()
    try:
        return date(int(year), int(month or 7), int(day or (15 if month else 1)))
    except ValueError:
        return None


def _flags(texts: Sequence[str], claims: Sequence[Sentence], odd: Sequence[tuple[int, int]]) -> tuple[str, ...]:
    """What a person should read again, in words, gravest first."""
    flags = [f"These two disagree: “{claims[a].text}” and “{claims[b].text}”" for a, b in odd]
    flags += [f"Abusive: “{word}” in “{text}”" for text in texts for word in slant.abusive(text)]
    one_sided = slant.one_sided(texts)
    flags += [f"One-sided: {one_sided}"] if one_sided else []
    flags += [f"Loaded or absolute: “{word}” in “{text}”" for text in texts for word in slant.loaded(text)]
    return tuple(flags[:_MOST_FLAGS])
