"""Chunking: exact offsets, nothing lost, nothing cut in two that belongs together."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.models import Section, Span
from core.retrieval.chunk import chunk
from core.retrieval.tokens import tokens

SENTENCE = "The pump moved more heat than the boiler did in January. "


def passages(text: str, sections: list[Section]) -> list[str]:
    return [text[span.start : span.end] for section in sections for span in section.passages]


def spans(sections: list[Section]) -> list[Span]:
    return [span for section in sections for span in section.passages]


lines = st.one_of(
    st.sampled_from(
        ["", "", "# Heading", "## Deeper", "###### Deepest", "- item", "  - inner", "1. one", "| a | b |", "```py",
         "```", "~~~", "#hash", "# ", "Lead-in:", "    indented", "\t", "\r", SENTENCE, SENTENCE * 9, "x" * 1200,
         "戦場の。次の文。" * 60, "😀" * 400]
    ),
    st.text(max_size=60).filter(lambda line: "\n" not in line),
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(st.lists(lines, max_size=25).map("\n".join), st.integers(3, 60), st.integers(0, 80))
def test_offsets_round_trip_and_every_body_character_is_in_exactly_one_passage(text, target, more):
    sections = chunk(text, target_tokens=target, max_tokens=target + more)
    found = spans(sections)
    for span in found:
        piece = text[span.start : span.end]
        assert piece
        assert piece == piece.strip()
        assert tokens(piece) <= target + more
    assert all(a.end <= b.start for a, b in zip(found, found[1:], strict=False)), "passages overlap"
    assert all(a.end <= b.start for a, b in zip(sections, sections[1:], strict=False)), "sections overlap"
    for section in sections:
        assert section.passages
        assert section.start <= section.passages[0].start
        assert section.end == section.passages[-1].end
    covered = [False] * len(text)
    for span in found:
        covered[span.start : span.end] = [True] * (span.end - span.start)
    lost = "".join(c for c, inside in zip(text, covered, strict=True) if not inside)
    assert all(line.lstrip().startswith("#") for line in lost.split("\n") if line.strip()), "body text was lost"


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text("abcé.!?-#|", min_size=1, max_size=12), max_size=120), st.integers(10, 40))
def test_words_are_never_cut(words, target):
    text = " ".join(words)
    for span in spans(chunk(text, target_tokens=target, max_tokens=2 * target)):
        assert span.start == 0 or text[span.start - 1].isspace()
        assert span.end == len(text) or text[span.end].isspace()


def test_a_long_text_without_full_stops_is_cut_between_words():
    text = "words and ciphers " * 2_000
    assert " ".join(passages(text, chunk(text))) == text.strip()


def test_sections_carry_the_heading_path_and_a_sibling_ends_the_path_before_it():
    text = "intro\n\n# A\n\na\n\n## B\n\nb\n\n### C ##\n\nc\n\n## D\n\nd\n\n# E\n\n## F\n\nf"
    assert [(s.heading, passages(text, [s])) for s in chunk(text)] == [
        ("", ["intro"]), ("A", ["a"]), ("A > B", ["b"]), ("A > B > C", ["c"]), ("A > D", ["d"]), ("E > F", ["f"]),
    ]  # fmt: skip


def test_no_passage_crosses_a_heading_however_short():
    text = "# A\nshort\n# B\nshort too"
    assert passages(text, chunk(text)) == ["short", "short too"]


@pytest.mark.parametrize(
    "block",
    [
        "- " + "\n- ".join(f"item {n} of the list" for n in range(20)),
        "| year | heat |\n|---|---|\n" + "\n".join(f"| {n} | {n * 3} kWh |" for n in range(30)),
        "```\n# not a heading\n" + "\n".join(f"x{n} = {n}\n" for n in range(25)) + "```",
    ],
    ids=["list", "table", "code"],
)
def test_a_list_a_table_and_code_stay_whole_when_they_fit(block):
    text = f"{SENTENCE * 3}\n\n{block}\n\n{SENTENCE * 3}"
    assert 60 < tokens(block) <= 220
    assert any(block in passage for passage in passages(text, chunk(text, target_tokens=60)))


def test_a_list_stays_with_the_line_that_announces_it():
    text = f"{SENTENCE * 11}\n\nA good installer checks:\n\n" + "\n".join(f"- {SENTENCE}" for _ in range(8))
    assert passages(text, chunk(text))[1].startswith("A good installer checks:\n\n- The pump")


def test_a_long_table_is_cut_between_rows():
    rows = [f"| {n} | {n * 3} kWh of heat delivered |" for n in range(100)]
    found = passages("\n".join(rows), chunk("\n".join(rows)))
    assert len(found) > 3
    assert [row for passage in found for row in passage.split("\n")] == rows


def test_a_long_paragraph_is_cut_at_sentence_ends_into_even_parts():
    text = SENTENCE * 40 + "Dr. Penhallow of www.site.example measured 3.5 kW. " + SENTENCE * 10
    found = passages(text, chunk(text))
    assert all(passage.endswith(".") and passage[0] in "TD" for passage in found)
    assert max(map(tokens, found)) < 2 * min(map(tokens, found))


def test_a_hard_wrapped_paragraph_is_cut_at_sentence_ends_not_line_ends():
    words = (SENTENCE * 30).split()
    text = "\n".join(" ".join(words[n : n + 12]) for n in range(0, len(words), 12))
    assert all(passage.endswith(".") for passage in passages(text, chunk(text)))


def test_a_fence_that_nobody_closes_does_not_swallow_the_headings_after_it():
    text = "```\nstray\n\n# Next\n\nbody"
    assert chunk(text)[-1].heading == "Next"


def test_a_one_line_document_that_begins_with_a_hash_is_body():
    text = "# " + SENTENCE * 20
    assert "".join(passages(text, chunk(text))).startswith("# The pump")


def test_a_document_of_headings_alone_can_still_be_found():
    assert passages("# Only\n## Headings", chunk("# Only\n## Headings")) == ["# Only\n## Headings"]


@pytest.mark.parametrize("text", ["", " \n\t\n"])
def test_an_empty_document_has_no_sections(text):
    assert chunk(text) == []


def test_senseless_sizes_are_refused():
    with pytest.raises(ValueError, match="0 < 10 <= 5"):
        chunk("text", target_tokens=10, max_tokens=5)


@pytest.mark.parametrize(
    "text",
    [
        f"# Part\n\n{SENTENCE * 12}\n\n" * 1500,
        SENTENCE * 20_000,
        f'"{SENTENCE}" he said . ' * 10_000,
        "x" * 2_000_000,
        "```py\n" * 30_000,
        "- a\n\n" * 30_000,
        "a\n" + "\n" * 300_000,
    ],
    ids=[
        "1,500 sections",
        "one paragraph",
        "one paragraph of quotes",
        "one word",
        "fences",
        "loose list",
        "blank lines",
    ],
)
def test_large_and_odd_documents_take_linear_time(text):
    began = time.process_time()
    chunk(text)
    assert time.process_time() - began < 3  # 0.1 to 0.4 s; a quadratic step takes minutes
