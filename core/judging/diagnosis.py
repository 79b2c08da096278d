"""Why a claim failed: was the evidence not there, or was it there and misread?

Compared are the passages the writer saw with those plus everything held. When the wider set covers clearly
more of the claim and the judge would score it higher, the failure was one of retrieval; else
the writer's reasoning. How often this is right on planted failures of each class: benchmarks/diagnosis.md.
"""

from collections.abc import Callable, Sequence

from core.judging import words
from core.judging.alignment import align
from core.judging.features import Prepared, Read, compare, prepare, read_claim
from core.models import Cause, Conflict, Diagnosis, Label, Passage, Sentence, Verdict

RETRIEVAL = "retrieval"
REASONING = "reasoning"
_GAIN = 0.08
"""By how much more of the claim, by rarity, the wider set must cover in one window."""
_RISE = 0.03
"""By how much the judge's score must rise with it."""
_ON_THE_POINT = 0.5
"""Share of the claim, by rarity, that a window covers when it speaks of the same matter."""
_MOST_PASSAGES = 3


def diagnose(
    sentence: Sentence,
    verdict: Verdict,
    *,
    evidence: Sequence[Passage],
    held: Callable[[str], Sequence[Passage]],
    conflicts: Sequence[Conflict] = (),
    searched: bool = False,
) -> Diagnosis:
    """Name the cause of one failed claim, and the passages that would mend it.

    Args:
        evidence: what the writer saw.
        held: a search over everything held: text -> passages, best first.
        conflicts: those known between sources.
        searched: new queries for this claim were made already; then what is in no passage does not exist.

    Returns:
        Its `passages` are to be attributed to (conflict), to be added (not used) or to be written from
        again (misread), best first.
    """
    claim = read_claim(sentence.text)
    cited = {citation.passage_id for citation in sentence.citations}
    conflict = _conflict_about(claim, conflicts, cited | {passage.id for passage in evidence})
    if conflict:
        return Diagnosis(
            sentence_id=sentence.id, cause=Cause.CONFLICT, failure=REASONING,
            passages=(conflict.first, conflict.second),
            reason=f"Sources disagree: “{conflict.first_quote}” and “{conflict.second_quote}”",
        )  # fmt: skip
    wider = [passage for passage in held(sentence.text) if passage.id not in {one.id for one in evidence}]
    seen_cover, seen = _best(claim, evidence)
    held_cover, better = _best(claim, wider)
    if held_cover >= max(_ON_THE_POINT, seen_cover + _GAIN) and _rises(sentence.text, better, seen):
        return Diagnosis(
            sentence_id=sentence.id, cause=Cause.NOT_USED, failure=RETRIEVAL, passages=tuple(p.id for p in better),
            reason=f"A source that was read says more of it than the evidence did: “{_title(better[0])}”.",
        )  # fmt: skip
    if verdict.label is Label.CONTRADICTED or seen_cover >= _ON_THE_POINT:
        first = [verdict.passage_id] if verdict.passage_id is not None and verdict.passage_id in cited else []
        mending = tuple(dict.fromkeys([*first, *(passage.id for passage in seen)]))[:_MOST_PASSAGES]
        return Diagnosis(
            sentence_id=sentence.id, cause=Cause.MISREAD, failure=REASONING, passages=mending,
            reason=f"The evidence speaks of it and was misread. {verdict.reason}",
        )  # fmt: skip
    absent = _absent(claim, [*evidence, *wider])
    named = f" ({', '.join(absent)} {'is' if len(absent) == 1 else 'are'} in none)" if absent else ""
    if searched:
        return Diagnosis(
            sentence_id=sentence.id, cause=Cause.NOTHING_EXISTS, failure=REASONING,
            reason=f"Nothing that was read says it, and a further search found nothing{named}.",
        )  # fmt: skip
    return Diagnosis(
        sentence_id=sentence.id, cause=Cause.NOT_RETRIEVED, failure=RETRIEVAL,
        reason=f"Nothing that was read says it{named}.",
    )  # fmt: skip


def speaks_of(text: str, passages: Sequence[Passage]) -> bool:
    """Does any passage have the better part of the claim's words together: is there something to write from?"""
    return _best(read_claim(text), passages)[0] >= _ON_THE_POINT


def _conflict_about(claim: Read, conflicts: Sequence[Conflict], known: set[int]) -> Conflict | None:
    """The conflict whose subject the claim speaks of and whose value it gives, among passages the writer knew."""
    for conflict in conflicts:
        subject = set(words.content(words.tokens(conflict.subject)))
        weight = words.weight(subject) or 1.0
        if {conflict.first, conflict.second} & known and claim.quantities:
            shared = words.weight(subject & claim.stem_set)
            if shared / weight >= _ON_THE_POINT:
                return conflict
    return None


def _best(claim: Read, passages: Sequence[Passage]) -> tuple[float, list[Passage]]:
    """The best window's share of the claim, and the passages in order of theirs."""
    covers = [(_window_cover(claim, prepare(passage)), passage) for passage in passages]
    covers = sorted((pair for pair in covers if pair[0] > 0), key=lambda pair: -pair[0])[:_MOST_PASSAGES]
    return (covers[0][0] if covers else 0.0), [passage for _, passage in covers]


def _window_cover(claim: Read, passage: Prepared) -> float:
    return compare(claim, [passage]).cover_window


def _rises(text: str, better: Sequence[Passage], seen: Sequence[Passage]) -> bool:
    before = align(text, seen).score if seen else 0.0
    return align(text, [better[0]]).score - before >= _RISE


def _absent(claim: Read, passages: Sequence[Passage]) -> list[str]:
    if not passages:
        return []
    return [name.title() for name in compare(claim, [prepare(passage) for passage in passages]).missing_names]


def _title(passage: Passage) -> str:
    return passage.title or passage.url or f"passage {passage.id}"
