"""A changed sentence must be that sentence, and differences must be told."""

from core.markdown import from_markdown, to_markdown
from core.models import Citation, Draft, DraftSection, Sentence
from pages.states.editing import change_sentence, changes


def draft(*texts: str) -> Draft:
    cites = (Citation(number=1, passage_id=7),)
    sentences = tuple(
        Sentence(id=place, text=text, citations=cites, paragraph=place // 2) for place, text in enumerate(texts, 1)
    )
    return Draft(
        id=1,
        title="Trees",
        sections=(
            DraftSection(heading="", question_id=None, sentences=sentences[:1]),
            DraftSection(heading="Shade", question_id=1, sentences=sentences[1:]),
        ),
    )


OLD = draft("Trees give shade.", "An oak gives 20 % more.", "A lime gives less.")


def test_one_sentence_is_changed_and_keeps_its_citation() -> None:
    text = change_sentence(OLD, to_markdown(OLD), 2, "An oak gives 25 % more.")
    new = from_markdown(text, OLD, {1: 7})
    assert [s.text for s in new.sentences] == ["Trees give shade.", "An oak gives 25 % more.", "A lime gives less."]
    assert [s.citations for s in new.sentences] == [s.citations for s in OLD.sentences]


def test_changes_are_told_by_section() -> None:
    new = draft("Trees give shade.", "An oak gives 25 % more.", "A lime gives less.", "A birch gives least.")
    told = changes(OLD, new)
    assert [(c.section, c.old, c.new) for c in told] == [
        ("Shade", "An oak gives 20 % more.", "An oak gives 25 % more."),
        ("Shade", "", "A birch gives least."),
    ]


def test_the_same_draft_has_no_changes() -> None:
    assert changes(OLD, OLD) == []
