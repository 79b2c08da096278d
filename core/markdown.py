"""Working Markdown: a draft as text a person edits, and back.

`# title`, `## heading`, one sentence a line ending in its markers `[3]`, a blank line
between paragraphs. One sentence a line means that a changed line is a changed sentence.
"""

from collections.abc import Mapping

from core.judging.sentences import classify, parse_prose, render_prose
from core.models import Citation, Draft, DraftSection, Sentence, SentenceKind


def to_markdown(draft: Draft) -> str:
    """The draft as working Markdown."""
    parts = [f"# {draft.title}"]
    for section in draft.sections:
        if section.heading:
            parts.append(f"## {section.heading}")
        paragraphs: dict[int, list[tuple[str, tuple[int, ...]]]] = {}
        for s in section.sentences:
            paragraphs.setdefault(s.paragraph, []).append((s.text, tuple(c.number for c in s.citations)))
        if paragraphs:
            parts.append(render_prose(list(paragraphs.values())).strip())
    return "\n\n".join(parts) + "\n"


def from_markdown(markdown: str, base: Draft, numbers: Mapping[int, int]) -> Draft:
    """A new draft from edited working Markdown.

    Args:
        base: the draft that was edited: gives the questions of headings that stayed, and
            which sentences are Galley's own notes.
        numbers: citation number -> passage id; markers with other numbers are dropped.

    Returns:
        A draft by a person, without ids and verdicts.
    """
    title, sections = base.title, []
    heading, lines = "", []
    for line in [*markdown.splitlines(), "## "]:
        if line.startswith("# "):
            title = line[2:].strip() or title
        elif line.startswith("## "):
            if heading or any(part.strip() for part in lines):
                sections.append(_section(heading, "\n".join(lines), base, numbers))
            heading, lines = line[3:].strip(), []
        else:
            lines.append(line)
    if sections and sections[0].heading:
        sections.insert(0, DraftSection(heading="", question_id=None, sentences=()))
    return Draft(run_id=base.run_id, origin="person", base_id=base.id, title=title, sections=tuple(sections))


def _section(heading: str, text: str, base: Draft, numbers: Mapping[int, int]) -> DraftSection:
    questions = {section.heading: section.question_id for section in base.sections}
    notes = {s.text for s in base.sentences if s.kind is SentenceKind.NOTE}
    sentences = [
        Sentence(
            text=sentence,
            kind=SentenceKind.NOTE if sentence in notes else SentenceKind.CLAIM if markers else classify(sentence),
            paragraph=paragraph,
            citations=tuple(Citation(number=n, passage_id=numbers[n]) for n in markers if n in numbers),
        )
        for paragraph, lines in enumerate(parse_prose(text))
        for sentence, markers in lines
    ]
    return DraftSection(heading=heading, question_id=questions.get(heading), sentences=tuple(sentences))
