from core.judging.alignment import align
from core.judging.diagnosis import diagnose, speaks_of
from core.models import Cause, Citation, Conflict, Sentence

CLAIM = "The Aldermoor field trial monitored 164 old homes for two winters."


def diagnosed(evidence, held=(), *, text=CLAIM, conflicts=(), searched=False):
    cited = [Citation(number=1, passage_id=evidence[0].id)] if evidence else []
    sentence = Sentence(id=7, text=text, citations=tuple(cited))
    verdict = align(text, evidence[:1])
    return diagnose(
        sentence, verdict, evidence=evidence, held=lambda _: list(held), conflicts=conflicts, searched=searched
    )


def test_a_passage_that_was_read_but_not_shown_is_a_retrieval_failure(passage):
    shown, held = (
        passage("Trees cool streets."),
        passage("Aldermoor: the field trial monitored 164 old homes for two winters."),
    )
    found = diagnosed([shown], [held])
    assert (found.sentence_id, found.cause, found.failure, found.passages) == (
        7,
        Cause.NOT_USED,
        "retrieval",
        (held.id,),
    )


def test_evidence_that_says_otherwise_was_misread(passage):
    shown = passage("The Aldermoor field trial monitored 146 old homes for two winters.")
    found = diagnosed([shown], [shown])
    assert (found.cause, found.failure, found.passages) == (Cause.MISREAD, "reasoning", (shown.id,))
    assert "146" in found.reason


def test_sources_that_disagree_are_both_named(passage):
    first, second = (
        passage("The Aldermoor trial measured a factor of 2.9."),
        passage("The Aldermoor trial measured a factor of 3.6."),
    )
    conflict = Conflict(
        subject="Aldermoor trial measured factor",
        first=first.id,
        first_quote=first.text,
        second=second.id,
        second_quote=second.text,
    )
    found = diagnosed([first], text="The Aldermoor trial measured a factor of 3.6.", conflicts=[conflict])
    assert (found.cause, found.passages) == (Cause.CONFLICT, (first.id, second.id))


def test_what_no_source_says_is_searched_for_once_and_then_does_not_exist(passage):
    shown = [passage("Trees cool streets.")]
    first, again = diagnosed(shown, shown), diagnosed(shown, shown, searched=True)
    assert (first.cause, first.failure) == (Cause.NOT_RETRIEVED, "retrieval")
    assert (again.cause, again.failure) == (Cause.NOTHING_EXISTS, "reasoning")
    assert "Aldermoor" in again.reason


def test_no_evidence_at_all_is_a_retrieval_failure():
    assert diagnosed([]).cause is Cause.NOT_RETRIEVED


def test_a_passage_that_only_shares_some_words_is_not_what_was_left_unused(passage):
    shown, held = passage("Trees cool streets."), passage("Old homes lose heat in two winters out of three.")
    assert diagnosed([shown], [held]).cause is Cause.NOT_RETRIEVED
    assert not speaks_of(CLAIM, [shown, held])
    assert speaks_of(CLAIM, [passage("The Aldermoor field trial monitored many old homes.")])
