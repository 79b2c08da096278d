"""Odd texts from file to passage: tables, code, right to left, emoji, many languages, boilerplate, one line.

Every passage is the snapshot's very words at its offsets, nothing of the text is lost, and it is found.
"""

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.holdings import Holdings
from core.models import Passage, Source
from core.reading.extract import read_file
from core.retrieval.chunk import chunk
from core.retrieval.embed import WordVectors
from core.retrieval.retrieve import retrieve
from core.store import Store

TABLES = "\n\n".join(
    f"| year | town {t} | heat |\n|---|---|---|\n"
    + "\n".join(f"| {1900 + n} | T{t}x{n} | {n * 3} kWh |" for n in range(90))
    for t in range(3)
)
CODE = "```python\n" + "\n".join(f"def pump_{n}(heat):\n    return heat * {n}\n" for n in range(120)) + "```"
ARABIC = "المضخة الحرارية تسخن البيت القديم في الشتاء. تكلفة التشغيل أقل من الغاز. " * 30
HEBREW = "משאבת החום מחממת את הבית הישן בחורף. עלות ההפעלה נמוכה מגז. " * 30
EMOJI = "The pump 🔥 warms the house 🏠👨‍👩‍👧‍👦 in winter ❄️. It costs 💶 less than gas 🇩🇪. " * 30
SEVEN = [
    "The heat pump is quiet at night.",
    "Die Wärmepumpe ist nachts leise und sparsam.",
    "ヒートポンプは夜も静かです。",
    "المضخة الحرارية هادئة في الليل.",
    "Тепловой насос работает тихо ночью.",
    "La pompe à chaleur est silencieuse la nuit.",
    "热泵在夜间很安静。",
]
MIXED = "\n\n".join(SEVEN * 8)
COOKIES = "We use cookies. Accept all cookies to go on.\n\nSubscribe to our newsletter."
BOILERPLATE = "\n\n".join(COOKIES if n % 4 else f"Fact {n}: the barrier cost £{n} million." for n in range(80))
TEXTS = {
    "tables only": (TABLES, "T2x77", "T2x77"),
    "code only": (CODE, "pump_77", "pump_77"),
    "right to left": (f"{ARABIC}\n\n{HEBREW}", "תכלפת עלות ההפעלה", "עלות"),
    "arabic": (ARABIC, "تكلفة التشغيل", "تكلفة"),
    "emoji": (EMOJI, "Does the pump warm the house?", "🏠👨‍👩‍👧‍👦"),
    "mixed languages": (MIXED, "Ist die Wärmepumpe nachts leise?", "Die Wärmepumpe ist nachts leise"),
    "boilerplate": (BOILERPLATE, "What did the barrier cost in fact 40?", "Fact 40: the barrier cost £40 million."),
    "one line": ("The tide rises twice a day in most seas.", "When does the tide rise?", "The tide rises"),
}


@pytest.fixture(scope="module")
def holdings(tmp_path_factory: pytest.TempPathFactory) -> Holdings:
    return Holdings(Store(tmp_path_factory.mktemp("odd") / "galley.db"), WordVectors())


def kept(text: str, name: str, folder: Path, holdings: Holdings) -> tuple[Source, list[Passage]]:
    path = folder / name
    path.write_text(text, "utf-8")
    source = holdings.keep(read_file(path, collection="odd", root=folder))
    return source, holdings.store.passages.of_snapshot(source.snapshot_id)


@pytest.mark.parametrize("name", TEXTS)
def test_offsets_give_back_the_very_text_and_it_is_found(name: str, tmp_path: Path, holdings: Holdings):
    text, question, answer = TEXTS[name]
    source, passages = kept(text, f"{name}.md", tmp_path, holdings)
    snapshot = holdings.store.sources.snapshot(source.snapshot_id).text
    covered = [False] * len(snapshot)
    for passage in passages:
        assert passage.text == snapshot[passage.start : passage.end]
        covered[passage.start : passage.end] = [True] * (passage.end - passage.start)
    lost = "".join(c for c, inside in zip(snapshot, covered, strict=True) if not inside)
    assert not lost.strip()
    found = retrieve(question, [], holdings.store.passages, holdings.embedder, snapshots=[source.snapshot_id], limit=5)
    assert any(answer in item.passage.text for item in found)


blocks = st.sampled_from(
    [
        *(TABLES[:400], CODE[:300] + "\n```", ARABIC[:160], HEBREW[:140], EMOJI[:170], MIXED[:180]),
        *("🌊" * 90, "# 題\n\n本文。", "> quoted \u200fעברית\u200f and English", "e\u0301" * 40),
        *("a\u200db\u200c\u00ad", "| 😀 | שלום |\n|---|---|\n| 1 | ٢ |"),
    ]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(blocks, min_size=1, max_size=12), seam=st.sampled_from(["\n\n", "\n", " "]))
def test_what_is_stored_of_any_mixture_is_cut_at_its_own_offsets(parts: list[str], seam: str, holdings: Holdings):
    text = seam.join(parts)
    spans = [span for section in chunk(text) for span in section.passages]
    assert all(text[span.start : span.end].strip() for span in spans)
    assert all(first.end <= second.start for first, second in zip(spans, spans[1:], strict=False))
    said = "".join(text[span.start : span.end] for span in spans)
    headings = sum(line.lstrip().startswith("#") for line in text.split("\n"))
    assert len("".join(said.split())) >= len("".join(text.split())) - 4 * headings


def test_a_page_that_only_repeats_the_question_does_not_come_before_the_answer(tmp_path: Path, holdings: Holdings):
    question = "How much did the Aldermoor river barrier cost?"
    stuffed, _ = kept(f"{question} " * 200, "stuffed.md", tmp_path, holdings)
    chance = random.Random(1)
    filler = " ".join(f"Detail {n} of the works was settled in {chance.randrange(1990, 2020)}." for n in range(40))
    answer, _ = kept(
        f"# The barrier\n\nThe Aldermoor river barrier was opened in 2014 and cost the county £84 million.\n\n{filler}",
        "answer.md", tmp_path, holdings,
    )  # fmt: skip
    found = retrieve(
        question, [], holdings.store.passages, holdings.embedder, snapshots=[stuffed.snapshot_id, answer.snapshot_id]
    )
    distinct = [item for item in found if item.repeats is None]
    assert len([item for item in distinct if item.passage.source_id == stuffed.id]) <= 1, "it says one thing only"
    assert any("£84 million" in item.passage.text for item in distinct[:2])
