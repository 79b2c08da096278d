"""Working Markdown: what a person does not touch comes back as it was."""

from hypothesis import given
from hypothesis import strategies as st

from core.markdown import from_markdown, to_markdown
from core.models import Citation, Draft, DraftSection, Sentence, SentenceKind

PIECES = """Tides rise fall the Moon pulls sea water 16 metres 2.5 per cent in Fundy most of all but not every day
“quoted” U.S. 3,200 £7,000 −3 °C Dr. (see) half-open naïve 東京"""
WORDS = st.sampled_from(PIECES.split())  # noqa: SIM905
NUMBERS = {1: 11, 2: 12, 3: 13, 17: 27}


@st.composite
def sentences(draw: st.DrawFn) -> Sentence:
    text = f"The {' '.join(draw(st.lists(WORDS, min_size=2, max_size=12)))} end."
    cited = draw(st.lists(st.sampled_from(sorted(NUMBERS)), min_size=1, max_size=3, unique=True))
    return Sentence(text=text, citations=tuple(Citation(number=n, passage_id=NUMBERS[n]) for n in cited))


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    sections = []
    for i in range(draw(st.integers(1, 4))):
        paragraphs = draw(st.lists(st.lists(sentences(), min_size=1, max_size=3), min_size=1, max_size=3))
        placed = tuple(
            Sentence(text=s.text, citations=s.citations, paragraph=p)
            for p, members in enumerate(paragraphs)
            for s in members
        )
        sections.append(DraftSection(heading=f"Part {i}" if i else "", question_id=i or None, sentences=placed))
    return Draft(run_id="r", title="On tides", sections=tuple(sections))


@given(drafts())
def test_a_draft_comes_back_from_its_markdown(draft: Draft):
    back = from_markdown(to_markdown(draft), draft, NUMBERS)
    assert back.sections == draft.sections
    assert back.title == draft.title
    assert back.origin == "person"


@given(st.text(max_size=400))
def test_whatever_a_person_types_becomes_a_draft(text: str):
    base = Draft(run_id="r", title="On tides", sections=())
    draft = from_markdown(text, base, NUMBERS)
    assert draft.title
    assert all(c.number in NUMBERS for s in draft.sentences for c in s.citations)
    again = from_markdown(to_markdown(draft), draft, NUMBERS)
    assert [s.text for s in again.sentences] == [s.text for s in draft.sentences]


def test_marks_of_unknown_numbers_go_and_notes_stay_notes():
    note = Sentence(text="Sources disagree on the height.", kind=SentenceKind.NOTE)
    base = Draft(
        run_id="r", title="On tides",
        sections=(DraftSection(heading="Limits", question_id=4, sentences=(note,)),),
    )  # fmt: skip
    text = "# On tides\n\n## Limits\n\nSources disagree on the height.\nThe tide rises. [1][99]\n"
    draft = from_markdown(text, base, NUMBERS)
    section = draft.sections[-1]
    assert section.question_id == 4
    assert section.sentences[0].kind is SentenceKind.NOTE
    assert [c.number for c in section.sentences[1].citations] == [1]


def test_a_new_title_and_a_new_heading_are_taken():
    base = Draft(run_id="r", title="Old", sections=(DraftSection(heading="A", question_id=1, sentences=()),))
    draft = from_markdown("# New\n\nFirst words here. [1]\n\n## B\n\nThe tide rises. [2]\n", base, NUMBERS)
    assert draft.title == "New"
    assert [(s.heading, s.question_id) for s in draft.sections] == [("", None), ("B", None)]
