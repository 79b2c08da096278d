"""The backend without a model: every task answered or refused in words, the same each time."""

import pytest

from core.errors import Cancelled, LanguageError
from core.language.extractive import METHOD, Extractive
from core.language.tasks import (
    EditAnswer,
    EditInput,
    FrameInput,
    JudgeAnswer,
    JudgeInput,
    QueriesAnswer,
    QueriesInput,
    RewriteInput,
    WriteInput,
)
from core.models import Draft, DraftSection, Sentence
from tests.composing.evidence import evidence, item, task

TEXT = "The median price of a heat pump was £12,800 in 2025. The Home Heat Grant lowers that price by £7,000."
SECTION = WriteInput(
    topic="Heat pumps", title="Heat pumps", section="Costs of heat pumps", question="What do heat pumps cost?",
    evidence=evidence(item(4, TEXT)), words=120, audience="", tone="",
)  # fmt: skip


def ask(given, answer=str):
    return Extractive().ask(task(given, answer)).value


def test_it_says_that_no_model_was_used():
    reply = Extractive().ask(task(SECTION))
    assert (reply.model, reply.calls) == ("extractive", ())
    assert "no language model" in METHOD


def test_prose_arrives_line_by_line_and_adds_up():
    pieces = []
    reply = Extractive().ask(task(SECTION), on_text=pieces.append)
    assert len(pieces) == 2
    assert "".join(pieces) == reply.value


def test_a_stopped_run_gets_no_more_text():
    with pytest.raises(Cancelled):
        Extractive().ask(task(SECTION), cancelled=lambda: True)


def test_judging_without_a_model_is_refused_with_a_remedy():
    with pytest.raises(LanguageError) as refused:
        ask(JudgeInput(claims=()), JudgeAnswer)
    assert "Settings" in refused.value.remedy


def test_an_unknown_task_is_refused_by_name():
    with pytest.raises(LanguageError, match="object"):
        ask(object())


def test_the_introduction_prefers_what_the_body_does_not_say():
    said = "A heat pump is worth fitting in an old house when the boiler is near its end."
    other = "A heat pump is not yet worth it in an old house where the loft is bare."
    section = DraftSection(heading="Costs", question_id=1, sentences=(Sentence(text=said),))
    third = item(3, "An old house with a heat pump stays warm all night.", start=0)
    given = FrameInput(
        topic="Are heat pumps worth it in old houses?", title="", audience="", tone="",
        draft=Draft(title="", sections=(section,)),
        evidence=(evidence(item(1, said, start=0), item(2, other, start=0), third),),
    )  # fmt: skip
    assert said not in ask(given)
    assert f"{other} [2]" in ask(given).splitlines()


def test_an_introduction_without_evidence_is_empty():
    given = FrameInput(topic="Tea", title="", audience="", tone="", draft=Draft(title="", sections=()), evidence=())
    assert ask(given) == ""


def test_a_failed_sentence_becomes_what_the_passage_says():
    given = RewriteInput(
        sentence="The Home Heat Grant pays £9,000 towards a heat pump. [3]", reason="", before="", after="",
        passages=((3, "Tea is grown in hills. The Home Heat Grant pays £7,000 towards an air-source heat pump."),),
    )  # fmt: skip
    assert ask(given) == "The Home Heat Grant pays £7,000 towards an air-source heat pump. [3]"


def test_a_failed_sentence_that_nothing_supports_is_cut():
    passages = ((3, "The Home Heat Grant pays £7,000 towards an air-source heat pump."),)
    given = RewriteInput(sentence="Bananas are yellow fruit.", reason="", before="", after="", passages=passages)
    assert ask(given) == "CUT"


def test_a_conflict_gives_each_source_its_sentence():
    passages = (
        (3, "The Home Heat Grant pays £7,000 towards an air-source heat pump."),
        (5, "The Home Heat Grant pays £3,200 towards an air-source heat pump."),
    )
    given = RewriteInput(
        sentence="The Home Heat Grant pays £5,000 towards a heat pump.", reason="", before="", after="",
        passages=passages, conflict=True,
    )  # fmt: skip
    assert [line[-3:] for line in ask(given).splitlines()] == ["[3]", "[5]"]


def test_the_editor_remarks_and_never_touches_a_quoted_sentence():
    sentences = (
        "The the pump works. [1]",
        "It is said that heat pumps are quiet.",
        "A revolutionary pump saves money.",
    )
    given = EditInput(
        section="s", sentences=sentences, passages=("The the pump works.", "", ""), style="", audience="", tone=""
    )
    notes = ask(given, EditAnswer).notes
    assert [(note.sentence, note.kind) for note in notes] == [(1, "hedging"), (2, "tone")]
    assert all(note.text == sentences[note.sentence] for note in notes)


def test_the_editor_mends_a_doubled_word_that_is_not_the_source_s():
    given = EditInput(section="s", sentences=("The the pump works.",), passages=("",), style="", audience="", tone="")
    assert [note.text for note in ask(given, EditAnswer).notes] == ["The pump works."]


def test_further_queries_are_new_and_few():
    tried = ("heat pumps cost", "heat pumps")
    given = QueriesInput(topic="Heat pumps", question="What do heat pumps cost to run?", tried=tried, missing="tariffs")
    found = ask(given, QueriesAnswer).queries
    assert 1 <= len(found) <= 4
    assert not {frozenset(q.lower().split()) for q in found} & {frozenset(q.split()) for q in tried}
    assert any("tariffs" in query for query in found)
