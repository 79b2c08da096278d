"""The gate against 500 articles with one planted contradiction each: a changed number or a turned sense."""

from collections.abc import Iterator

from core.judging import canaries, gate, scorecard
from core.judging.alignment import align
from core.models import Citation, Draft, DraftSection, Passage, Sentence
from core.settings import ROOT

TRIES = 500
BESIDE = 9
"""True sentences beside the false one: the mean alone, 0.9, would pass."""


def planted() -> Iterator[tuple[list[str], str, Passage]]:
    """`(true sentences, false sentence, the passage they are all about)`, from the sample library."""
    for number, path in enumerate(sorted((ROOT / "samples" / "library").rglob("*.md"))):
        text = path.read_text()
        passage = Passage(id=number, source_id=number, snapshot_id=number, start=0, end=len(text), text=text)
        plain = list(canaries.plain_sentences(text))
        for sentence in plain:
            for false in canaries.with_other_number(sentence, text), canaries.denied(sentence):
                if false:
                    yield [one for one in plain if one != sentence][:BESIDE], false, passage


def test_no_draft_with_a_planted_contradiction_passes_the_gate():
    tries = 0
    for true, false, passage in planted():
        sentences = tuple(
            Sentence(text=text, citations=(Citation(number=1, passage_id=passage.id),), verdict=align(text, [passage]))
            for text in (*true, false)
        )
        draft = Draft(title="T", sections=(DraftSection(heading="", question_id=None, sentences=sentences),))
        card = scorecard.score(draft, questions=[], evidence=[], topic="t")
        assert not gate.decide(card, threshold=0.8).passed, false
        tries += 1
        if tries == TRIES:
            return
    raise AssertionError(f"only {tries} could be planted")
