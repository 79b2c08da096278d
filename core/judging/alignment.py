"""The deterministic judge: does a passage say what the sentence says? Milliseconds, no model.

What can be decided by rule is: the same words word for word are supported; another number for
the same thing, or the same words with a denial, contradict; so do values and names that it says of something
else (`mixups`); a number that no passage holds cannot be supported, nor can "all" by "most" (`degree`). The
rest is a probability: a logistic regression over `features`, calibrated on model-written text with its
natural share of nine supported sentences in ten. It knows words, not meaning, so what it doubts is for
the model judge or a person. Measured: benchmarks/judge.md.
"""

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from core.judging import degree, mixups, numerals, quantities, sentences, words
from core.judging.encoder import Encoder, pooled
from core.judging.features import Comparison, Prepared, Read, compare, prepare, read_claim, share
from core.judging.fitted import Fitted, fitted
from core.judging.languages import ENGLISH, OTHER, language
from core.judging.quotes import bare
from core.models import Label, Passage, Span, Verdict

JUDGE = "alignment"
CONFLICT_SCORE = 0.02
FLIP_SCORE = 0.15
UNSURE_SCORE = 0.5
"""Highest score of a sentence with a number that no cited passage holds, and of one no rule here can judge."""
_SAME_SUBJECT = 0.5
"""Share of the claim's words, by rarity and without its numbers, in the sentence whose number is set against its
own. With all names found such conflicts were right 111 times of 120, nearly all on claims people wrote; in text
that models wrote there were only three (benchmarks/judge.md, rules)."""
_SAME_WORDS = 0.75
"""Overlap of both sentences' words by rarity from which a denial on one side only turns the meaning around."""
_FEWEST_ALTERED, _MOST_ALTERED = 5, 4
"""Words a sentence must have, and by how many the two may differ in length, to be one the other's altered copy. The
rule spoke on 2 of 16,474 labelled claims that no other rule had decided, right both times (benchmarks/judge.md); its
use is text that people edit, where it is what catches a slip."""
_DATED = frozenset({"year", "day of year", "clock", "age"})
"""A date agrees with a finer one, whose words it does not have; "61" is no age where "-old" is cut off."""
_DENYING = frozenset({"do", "does", "did"})
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
    if not passages:
        return Verdict(label=Label.UNSUPPORTED, score=0.0, reason="The sentence cites nothing.", judge=JUDGE)
    sources = [prepare(passage) for passage in passages]
    for text in _with_and_without_notes(claim, sources):
        verbatim = _verbatim(text, sources)
        if verbatim:
            source, first, last = verbatim
            return _verdict(Label.SUPPORTED, 1.0, "The same words, word for word.", source, first, last)
    spoken = language(claim)
    if spoken in ("", OTHER):
        held = [source.language for source in sources if source.language]
        spoken = next((one for one in held if not spoken or one != ENGLISH), spoken)
    alike = [source for source in sources if source.language in (spoken, "")]
    if spoken not in ("", ENGLISH) or not alike:
        return _beyond_english(claim, spoken, alike, sources)
    by = by or fitted()
    whole = _judged(claim, sources, before, by, encoder)
    if len(alike) < len(sources) and whole.label is not Label.SUPPORTED:
        whole = replace(whole, doubtful=True)  # a passage in another language may say it
    clauses = [claim[span.start : span.end] for span in sentences.clauses(claim)]
    if len(clauses) < 2:
        return whole
    told_before = [before, *clauses]
    judged = [_judged(text, sources, said, by, encoder) for text, said in zip(clauses, told_before, strict=False)]
    weakest = min(range(len(clauses)), key=lambda n: judged[n].score)
    if judged[weakest].score >= whole.score:
        return whole
    return replace(judged[weakest], reason=f"“{clauses[weakest].rstrip(' .')}”: {judged[weakest].reason}")


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
    altered = _altered(read, source.sentences[comparison.best])
    if altered:
        return _verdict(Label.CONTRADICTED, CONFLICT_SCORE, altered, source, *quoted)
    reason = f"The rules here know English, and this is in {spoken}: only the same words word for word are sure.{_ASK}"
    return _verdict(Label.PARTLY, UNSURE_SCORE, reason, source, *quoted, doubtful=True)


def _judged(claim: str, sources: Sequence[Prepared], before: str, by: Fitted, encoder: Encoder | None) -> Verdict:
    read = _in_the_sources_numbers(read_claim(claim), sources)
    comparison = compare(read, sources)
    source = sources[comparison.source]
    quoted = _quoted(read, source, comparison)
    probability = by.probability(comparison.features)
    ruled = _by_rule(read, comparison, sources, before, probability)
    if ruled:
        label, score, reason, doubtful = ruled
        return _verdict(label, score, reason, source, *quoted, doubtful=doubtful)
    second = None
    if encoder and probability < by.thresholds.accept:
        second = encoder.support(claim, [one.passage.text for one in sources])
    score = probability if second is None else pooled(probability, second)
    supported, partly = score >= by.thresholds.supported, score >= by.thresholds.partly
    label = Label.SUPPORTED if supported else Label.PARTLY if partly else Label.UNSUPPORTED
    reason = _reason(comparison, sources, supported)
    verdict = _verdict(label, score, reason, source, *quoted, doubtful=partly and not supported)
    if encoder is None or second is None:
        return verdict
    said = f"{reason} The entailment model {encoder.name} gives it {second:.0%}, words alone {probability:.0%}."
    return replace(verdict, judge=f"encoder {encoder.name}", reason=said)


def _verdict(
    label: Label, score: float, reason: str, source: Prepared, first: int, last: int, *, doubtful: bool = False
) -> Verdict:
    start = source.passage.start
    quote = Span(start=start + source.sentences[first].start, end=start + source.sentences[last].end)
    return Verdict(
        label=label, score=round(score, 4), reason=reason, judge=JUDGE, passage_id=source.passage.id,
        quote=quote if quote.end > quote.start else None, doubtful=doubtful,
    )  # fmt: skip


def _by_rule(
    claim: Read, comparison: Comparison, sources: Sequence[Prepared], before: str, score: float
) -> tuple[Label, float, str, bool] | None:
    """Label, score, reason and whether it is doubtful; None where no rule decides."""
    if comparison.conflicts and comparison.same_subject >= _SAME_SUBJECT and not _missing_names(claim, comparison):
        said, held = comparison.conflicts[0]
        reason = f"The passage says {held.text.strip()}, the sentence {said.text.strip()}."
        return Label.CONTRADICTED, CONFLICT_SCORE, reason, False
    altered = _altered(claim, sources[comparison.source].sentences[comparison.best])
    if altered:
        return Label.CONTRADICTED, CONFLICT_SCORE, altered, False
    sentence = sources[comparison.source].sentences[comparison.best]
    near = share(claim.stem_set, sentence.stem_set) >= _SAME_SUBJECT  # else no rule on the wording has a say
    turned = near and (_turned_around(claim, comparison, sentence) or mixups.found(claim, sentence))
    if turned:
        return Label.CONTRADICTED, FLIP_SCORE, turned, True
    stronger = degree.found(claim, sentence) if near else None
    if stronger:
        contradicted = stronger.label is Label.CONTRADICTED
        highest = FLIP_SCORE if contradicted else UNSURE_SCORE
        return stronger.label, min(score, highest), stronger.reason, True
    missing = dict.fromkeys(
        quantity.text.strip() for quantity in comparison.missing_quantities if not (quantity.spelled or quantity.named)
    )
    if missing:
        score = min(score, UNSURE_SCORE)
        label = Label.PARTLY if comparison.cover_window >= _SAME_SUBJECT else Label.UNSUPPORTED
        listed, many = ", ".join(missing), len(missing) > 1
        reason = f"The number{'s' * many} {listed} {'are' if many else 'is'} not in the {_these(sources)}."
        return label, score, reason, False
    unnamed = _unnamed(claim, before, sources)
    if unnamed:
        reason = f"The {_these(sources)} never {'mention' if len(sources) > 1 else 'mentions'} {unnamed}."
        return Label.PARTLY, min(score, UNSURE_SCORE), reason, True
    return None


# --- rules ---------------------------------------------------------------


def _in_the_sources_numbers(claim: Read, sources: Sequence[Prepared]) -> Read:
    """The claim with its values written as the sources write them, where they are the same: 2,400 metres for 2.4 km.

    The measures count words; without this a conversion would count as words the passage does not have.
    """
    held = [value for source in sources for part in source.sentences for value in part.quantities]
    text = claim.text
    for wanted in reversed([value for value in claim.quantities if value.measure and value.measure not in _DATED]):
        same = [value for value in held if _is_same_value(wanted, value)]
        if same and not any(value.text.strip().lower() == wanted.text.strip().lower() for value in same):
            nearest = min(same, key=lambda value: abs(value.low - wanted.low))
            text = text[: wanted.start] + nearest.text.strip() + text[wanted.end :]
    return claim if text == claim.text else read_claim(text)


def _is_same_value(wanted: quantities.Quantity, held: quantities.Quantity) -> bool:
    told = [(value.measure, value.change, value.per, value.low == value.high) for value in (wanted, held)]
    return told[0] == told[1] and wanted.bound in ("", "about") and quantities.agree(wanted, held)


def _missing_names(claim: Read, comparison: Comparison) -> list[str]:
    """Names of the claim in no source, without the months and units within its values."""
    within = {token for value in claim.quantities for token in words.tokens(value.text)}
    return [name for name in comparison.missing_names if name not in within]


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


def _altered(claim: Read, sentence: Read) -> str:
    """The reason when the sentence is the passage's own words but for its numbers or a denial; else empty.

    Ranges, bounds and "only" make no difference then: `at least 12 months` does not bear out `at least 52 months`.
    """
    if len(claim.tokens) < _FEWEST_ALTERED or abs(len(claim.tokens) - len(sentence.tokens)) > _MOST_ALTERED:
        return ""
    codes = SequenceMatcher(None, claim.tokens, sentence.tokens, autojunk=False).get_opcodes()
    changes = [(claim.tokens[a:b], sentence.tokens[c:d]) for kind, a, b, c, d in codes if kind != "equal"]
    if not changes:
        return ""
    if all(said and held and all(t[0].isdigit() for t in said + held) for said, held in changes):
        if all(_agree(" ".join(said), " ".join(held)) for said, held in changes):
            return ""
        said, held = (" and ".join(" ".join(side[n]) for side in changes) for n in (0, 1))
        return f"The passage says {held} where the sentence says {said}, in the same words."
    denials = all(token in _DENYING or words.is_negated([token]) for pair in changes for side in pair for token in side)
    if denials and claim.negated != sentence.negated:
        return (
            "The sentence denies, in the same words, what the passage says."
            if claim.negated
            else "The passage denies what the sentence says in the same words."
        )
    return ""


def _agree(said: str, held: str) -> bool:
    pairs = zip(numerals.find(said), numerals.find(held), strict=False)
    return all(quantities.agree(one, other) for one, other in pairs)


def _turned_around(claim: Read, comparison: Comparison, sentence: Read) -> str:
    """The reason when the sentence, or a clause of it, has nearly the same words in the opposite sense; else empty."""
    clause = mixups.clause_on(claim, sentence, frozenset(stem for pair in comparison.opposites for stem in pair))
    turned = [pair for pair in comparison.opposites if pair[1] in clause.stem_set] or _one_opposite(claim, clause)
    turned_stems = frozenset(stem for pair in turned for stem in pair)
    ignored = turned_stems | _denials()
    if clause is not sentence:
        ignored |= frozenset(sentence.stems[:2]) - clause.stem_set
    if mixups.alike(claim, clause, ignored) < _SAME_WORDS:
        return ""
    denying = [
        words.is_negated([token for token in read.tokens if words.stem(token) not in turned_stems])
        for read in (claim, clause)
    ]
    unequal = denying[0] != denying[1] and not _same_bound(claim, sentence)
    denied = unequal and "only" not in claim.tokens + clause.tokens
    if turned and not denied:
        said, held = (_spelled(stem, read) for stem, read in zip(turned[0], (claim, clause), strict=True))
        return f"The passage says “{held}” where the sentence says “{said}”."
    if denied and not turned:
        return (
            "The sentence denies what the passage says."
            if claim.negated
            else "The passage denies what the sentence says."
        )
    return ""


def _same_bound(claim: Read, sentence: Read) -> bool:
    """Is the denial on one side only that of a bound: "no more than 30" for "at most 30"?"""
    return any(
        (wanted.turned or held.turned) and wanted.bound == held.bound and quantities.agree(wanted, held)
        for wanted in claim.quantities
        for held in sentence.quantities
    )


def _one_opposite(claim: Read, clause: Read) -> list[tuple[str, str]]:
    """The stems of the one word by which they differ, when it is the other's opposite: "before" for "after"."""
    codes = SequenceMatcher(None, claim.tokens, clause.tokens, autojunk=False).get_opcodes()
    changes = [(claim.tokens[a:b], clause.tokens[c:d]) for kind, a, b, c, d in codes if kind != "equal"]
    if len(changes) != 1 or [len(side) for side in changes[0]] != [1, 1]:
        return []
    said, held = (words.stem(side[0]) for side in changes[0])
    return [(said, held)] if held in words.opposites().get(said, ()) else []


@functools.cache
def _denials() -> frozenset[str]:
    """Stems of the words that deny: "failed to show" has the words of "showed"."""
    return frozenset(words.content([*words.NEGATIONS, "ever"]))


def _spelled(stem: str, read: Read) -> str:
    return next((token for token in read.tokens if words.stem(token) == stem), stem)


def _unnamed(claim: Read, before: str, sources: Sequence[Prepared]) -> str:
    """What the sentence's opening pronoun seems to stand for, when no passage, heading or title names it."""
    if claim.names or not re.match(r"(?:he|she|it|they|his|her|its|their)\b", claim.text, re.IGNORECASE):
        return ""
    named = read_claim(before).names
    known = frozenset().union(*(source.stem_set | source.context for source in sources))
    if not named or any(stem in known for name in named for stem in words.content(words.tokens(name))):
        return ""
    return ", ".join(name.title() for name in named[:3])


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
            return f"The {_these(sources)} {'say' if len(sources) > 1 else 'says'} it in nearly the same words."
        return f"Its words are in the {_these(sources)}, but not together in one place."
    shown = comparison.missing[:_WORDS_SHOWN]
    more = len(comparison.missing) - len(shown)
    listed = ", ".join(shown) + (f" and {more} more" if more else "")
    if supported:
        return f"The {_these(sources)} {'say' if len(sources) > 1 else 'says'} it in other words (new: {listed})."
    return f"These words are not in the {_these(sources)}: {listed}."


def _these(sources: Sequence[Prepared]) -> str:
    return "passages" if len(sources) > 1 else "passage"
