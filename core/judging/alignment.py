"""The deterministic judge: does a passage say what the sentence says? Milliseconds, no model.

What can be decided by rule is: the same words word for word are supported; another number for
the same thing, or the same words with a denial, contradict; so do values and names that it says of something
else (`mixups`); a number that no passage holds cannot be supported, nor can "all" by "most" (`degree`). The
rest is a probability: a logistic regression over `features`, calibrated on model-written text with its
natural share of nine supported sentences in ten. It knows words, not meaning, so what it doubts is for
the model judge or a person. Measured: benchmarks/judge.md.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from core.judging import denials, quantities, rules, sentences, words
from core.judging.encoder import Encoder, pooled
from core.judging.features import Comparison, Prepared, Read, compare, prepare, read_claim
from core.judging.finding import CONFLICT_SCORE, UNSURE_SCORE
from core.judging.fitted import Fitted, fitted
from core.judging.languages import ENGLISH, OTHER, language
from core.judging.quotes import bare
from core.judging.rules import these
from core.models import Label, Passage, Span, Verdict

JUDGE = "alignment"
_DATED = frozenset({"year", "day of year", "clock", "age"})
"""A date agrees with a finer one, whose words it does not have; "61" is no age where "-old" is cut off."""
_PERIODS = (9, 99)
_WORDS_SHOWN = 5
_ASK = " A model or a person has to say."


def align(
    claim: str,
    passages: Sequence[Passage],
    *,
    before: str = "",
    encoder: Encoder | None = None,
    by: Fitted | None = None,
) -> Verdict:
    """Judge one sentence by the passages it cites.

    Args:
        claim: the sentence, without citation markers.
        passages: those it cites, in the order of citation.
        before: the sentence before it: what its pronoun may stand for.
        encoder: an entailment model, asked where no rule decides and the score is not clear.
        by: weights and thresholds other than those in force; for measuring.

    Returns:
        A verdict whose `quote` lies in the snapshot of `passage_id`. `score` is the probability that the
        passages support the sentence; near the thresholds the verdict is `doubtful`. A compound sentence has
        the verdict of its weakest clause, which the reason then names.
    """
    return align_by_rule(claim, passages, before=before, encoder=encoder, by=by)[0]


def align_by_rule(
    claim: str,
    passages: Sequence[Passage],
    *,
    before: str = "",
    encoder: Encoder | None = None,
    by: Fitted | None = None,
) -> tuple[Verdict, str]:
    """As `align`, and the name of the rule that decided; empty where none did."""
    if not passages:
        return Verdict(label=Label.UNSUPPORTED, score=0.0, reason="The sentence cites nothing.", judge=JUDGE), ""
    sources = [prepare(passage) for passage in passages]
    for text in _with_and_without_notes(claim, sources):
        verbatim = _verbatim(text, sources)
        if verbatim:
            said = _verdict(Label.SUPPORTED, 1.0, "The same words, word for word.", *verbatim)
            return said, "word for word"
    spoken = language(claim)
    if spoken in ("", OTHER):
        held = [source.language for source in sources if source.language]
        spoken = next((one for one in held if not spoken or one != ENGLISH), spoken)
    alike = [source for source in sources if source.language in (spoken, "")]
    if spoken not in ("", ENGLISH) or not alike:
        return _beyond_english(claim, spoken, alike, sources), ""
    by = by or fitted()
    whole, rule = _judged(claim, sources, before, by, encoder)
    if len(alike) < len(sources) and whole.label is not Label.SUPPORTED:
        whole = replace(whole, doubtful=True)  # a passage in another language may say it
    clauses = [claim[span.start : span.end] for span in sentences.clauses(claim)]
    if len(clauses) < 2:
        return whole, rule
    told_before = [before, *clauses]
    judged = [_judged(text, sources, said, by, encoder) for text, said in zip(clauses, told_before, strict=False)]
    weakest = min(range(len(clauses)), key=lambda n: judged[n][0].score)
    said, said_by = judged[weakest]
    if said.score >= whole.score:
        return whole, rule
    return replace(said, reason=f"“{clauses[weakest].rstrip(' .')}”: {said.reason}"), said_by


def _beyond_english(claim: str, spoken: str, alike: Sequence[Prepared], sources: Sequence[Prepared]) -> Verdict:
    """Not sure, save where figures differ in the same words: no list, stem or weight here knows another language."""
    if not alike:
        reason = f"The sentence is in {spoken}, the passage in {sources[0].language}: words cannot compare them.{_ASK}"
        return Verdict(
            label=Label.PARTLY, score=UNSURE_SCORE, reason=reason, judge=JUDGE,
            passage_id=sources[0].passage.id, doubtful=True,
        )  # fmt: skip
    read = read_claim(claim)
    comparison = compare(read, alike)
    source = alike[comparison.source]
    quoted = _quoted(read, source, comparison)
    altered = denials.alteration(read, source.sentences[comparison.best])
    if altered:
        return _verdict(Label.CONTRADICTED, CONFLICT_SCORE, altered, source, *quoted)
    reason = f"The rules here know English, and this is in {spoken}: only the same words word for word are sure.{_ASK}"
    return _verdict(Label.PARTLY, UNSURE_SCORE, reason, source, *quoted, doubtful=True)


def _judged(
    claim: str, sources: Sequence[Prepared], before: str, by: Fitted, encoder: Encoder | None
) -> tuple[Verdict, str]:
    read = _in_the_sources_numbers(read_claim(claim), sources)
    comparison = compare(read, sources)
    source = sources[comparison.source]
    quoted = _quoted(read, source, comparison)
    probability = by.probability(comparison.features)
    ruled = rules.decide(read, comparison, sources, before)
    if ruled:
        score = min(probability, ruled.highest)
        verdict = _verdict(ruled.label, score, ruled.reason, source, *quoted, doubtful=ruled.doubtful)
        return verdict, ruled.rule
    second = None
    if encoder and probability < by.thresholds.accept:
        second = encoder.support(claim, [one.passage.text for one in sources])
    score = probability if second is None else pooled(probability, second)
    supported, partly = score >= by.thresholds.supported, score >= by.thresholds.partly
    label = Label.SUPPORTED if supported else Label.PARTLY if partly else Label.UNSUPPORTED
    reason = _reason(comparison, sources, supported)
    verdict = _verdict(label, score, reason, source, *quoted, doubtful=partly and not supported)
    if encoder is None or second is None:
        return verdict, ""
    said = f"{reason} The entailment model {encoder.name} gives it {second:.0%}, words alone {probability:.0%}."
    return replace(verdict, judge=f"encoder {encoder.name}", reason=said), ""


def _verdict(
    label: Label, score: float, reason: str, source: Prepared, first: int, last: int, *, doubtful: bool = False
) -> Verdict:
    start = source.passage.start
    quote = Span(start=start + source.sentences[first].start, end=start + source.sentences[last].end)
    return Verdict(
        label=label, score=round(score, 4), reason=reason, judge=JUDGE, passage_id=source.passage.id,
        quote=quote if quote.end > quote.start else None, doubtful=doubtful,
    )  # fmt: skip


# --- the claim beside its sources ---------------------------------------------------------------


def _in_the_sources_numbers(claim: Read, sources: Sequence[Prepared]) -> Read:
    """The claim with its values written as the sources write them, where they are the same: 2,400 metres for 2.4 km.

    The measures count words; without this a conversion would count as words the passage does not have.
    """
    held = [value for source in sources for part in source.sentences for value in part.quantities]
    text = claim.text
    for wanted in reversed([value for value in claim.quantities if _is_converted(value)]):
        same = [value for value in held if _is_same_value(wanted, value)]
        if same and not any(value.text.strip().lower() == wanted.text.strip().lower() for value in same):
            nearest = min(same, key=lambda value: abs(value.low - wanted.low))
            text = text[: wanted.start] + nearest.text.strip() + text[wanted.end :]
    return claim if text == claim.text else read_claim(text)


def _is_converted(value: quantities.Quantity) -> bool:
    """A measure, or a century or decade that a year lies in."""
    return bool(value.measure) and (value.measure not in _DATED or value.high - value.low in _PERIODS)


def _is_same_value(wanted: quantities.Quantity, held: quantities.Quantity) -> bool:
    if wanted.measure == held.measure == "year":
        return wanted.low <= held.low == held.high <= wanted.high
    told = [(value.measure, value.change, value.per, value.low == value.high) for value in (wanted, held)]
    return told[0] == told[1] and wanted.bound in ("", "about") and quantities.agree(wanted, held)


def _with_and_without_notes(claim: str, sources: Sequence[Prepared]) -> Iterator[str]:
    """The claim, and without a note in square brackets such as "It [the grant] pays", if its words are the source's."""
    yield claim
    notes = re.findall(r"\[([^\]\d]+)\]", claim)
    known = frozenset().union(*(source.stem_set | source.context for source in sources))
    if notes and all(stem in known for note in notes for stem in words.content(words.tokens(note))):
        yield re.sub(r"\s*\[[^\]\d]+\]", "", claim)


def _verbatim(claim: str, sources: Sequence[Prepared]) -> tuple[Prepared, int, int] | None:
    """The run of whole sentences that has the claim's words, or None.

    Whole sentences only: "the grant pays £3,200" stands within "It is false that the grant pays £3,200".
    """
    wanted = [bare(claim[span.start : span.end]) for span in sentences.split(claim)]
    if not wanted:
        return None
    for source in sources:
        for first in source.bare.get(wanted[0], ()):
            if all(first + i in source.bare.get(text, ()) for i, text in enumerate(wanted)):
                return source, first, first + len(wanted) - 1
    return None


# --- words for a person ---------------------------------------------------------------


def _quoted(claim: Read, source: Prepared, comparison: Comparison) -> tuple[int, int]:
    """The best sentence, and a neighbour where it holds words of the claim that the best one lacks."""
    first = last = comparison.best
    left = claim.stem_set - source.sentences[comparison.best].stem_set
    total = words.weight(claim.stem_set) or 1.0
    for at in (comparison.best - 1, comparison.best + 1):
        if comparison.first <= at <= comparison.last:
            gained = left & source.sentences[at].stem_set
            if words.weight(gained) / total >= 0.1:
                first, last = min(first, at), max(last, at)
    return first, last


def _reason(comparison: Comparison, sources: Sequence[Prepared], supported: bool) -> str:
    if not comparison.missing:
        if supported:
            return f"The {these(sources)} {'say' if len(sources) > 1 else 'says'} it in nearly the same words."
        return f"Its words are in the {these(sources)}, but not together in one place."
    shown = comparison.missing[:_WORDS_SHOWN]
    more = len(comparison.missing) - len(shown)
    listed = ", ".join(shown) + (f" and {more} more" if more else "")
    if supported:
        return f"The {these(sources)} {'say' if len(sources) > 1 else 'says'} it in other words (new: {listed})."
    return f"These words are not in the {these(sources)}: {listed}."
