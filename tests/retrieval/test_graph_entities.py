"""Entities: what passages name, with exact offsets."""

from hypothesis import given
from hypothesis import strategies as st

from core.models import Passage
from core.retrieval.graph.entities import Kind, asked, entities, sentences

SAMPLE = (
    "The Bank of England heat-pump pumps SPF (SPF) uses `apt install` /etc/fstab sqlite3_open() 45 °C 3.4 kWh and/or"
    " Eastmarch's naïve 日本語 🙂 . ! \n\n - # ( ) --force os.path 🇫🇮 شجرة e.g. I'm x"
)
WORDS = st.sampled_from(SAMPLE.split(" "))


def passages(*texts: str, gap: int = 7) -> list[Passage]:
    """Passages of one snapshot each, not at its start, so that offsets are told apart."""
    return [
        Passage(id=n, source_id=n, snapshot_id=n, start=gap, end=gap + len(text), text=text)
        for n, text in enumerate(texts, 1)
    ]


def by_name(*texts: str) -> dict[str, Kind]:
    return {entity.name: entity.kind for entity in entities(passages(*texts))}


@given(st.lists(st.lists(WORDS, max_size=30).map(" ".join), max_size=5))
def test_a_mention_is_the_very_spelling_in_the_snapshot(texts: list[str]):
    held = {passage.id: passage for passage in passages(*texts)}
    for entity in entities(list(held.values())):
        spellings = {entity.name, *entity.aliases}
        assert len(entity.mentions) >= 2
        for mention in entity.mentions:
            passage = held[mention.passage_id]
            said = passage.text[mention.start - passage.start : mention.end - passage.start]
            assert " ".join(said.split()) in spellings
            start, end = sentences(passage)[mention.sentence]
            assert start <= mention.start < mention.end <= end


@given(st.lists(st.text(max_size=80), max_size=4))
def test_any_text_can_be_read(texts: list[str]):
    entities(passages(*texts))
    for text in texts:
        assert asked(text, {}) == []


def test_names_terms_code_and_quantities_are_told_apart():
    found = by_name(
        "In Eastmarch the heat pump ran at 45 °C; see /etc/pump.conf for its settings.",
        "A survey of Eastmarch found that a heat-pump at 45 °C reads /etc/pump.conf when it starts.",
    )
    assert found["Eastmarch"] is Kind.NAME
    assert found["/etc/pump.conf"] is Kind.CODE
    assert found["45 °C"] is Kind.QUANTITY
    assert Kind.TERM in {kind for name, kind in found.items() if name in ("heat pump", "heat-pump")}


def test_a_name_with_a_small_word_inside_is_one_name():
    assert "Bank of England" in by_name("The Bank of England spoke.", "Rates of the Bank of England rose.")


def test_an_acronym_is_what_it_is_spelled_out_as():
    texts = ("The seasonal performance factor (SPF) was low.", "A seasonal performance factor near three.", "Its SPF.")
    found = {entity.name: entity for entity in entities(passages(*texts))}
    assert found["seasonal performance factor"].aliases == ("SPF",)
    assert set(found["seasonal performance factor"].counts) == {1, 2, 3}


def test_an_acronym_of_two_meanings_stays_itself():
    texts = (
        "The seasonal performance factor (SPF) was low.", "The seasonal performance factor rose.",
        "Set the sender policy framework (SPF) record.", "A sender policy framework record.",
    )  # fmt: skip
    found = {entity.name: entity for entity in entities(passages(*texts))}
    assert "SPF" in found
    assert not any("SPF" in entity.aliases for name, entity in found.items() if name != "SPF")


def test_one_word_inside_a_longer_term_only_is_no_entity_of_its_own():
    found = by_name("The heat pump hums.", "Every heat pump hums.", "One heat pump costs money.")
    assert "pump" not in found


def test_a_question_names_the_longest_entities():
    found = entities(passages("The street tree survey grew.", "A street tree survey shrank.", "One survey of bees."))
    numbers = {entity.key: n for n, entity in enumerate(found)}
    named = [found[n].name for n in asked("What did the street tree survey find?", numbers)]
    assert named == ["street tree survey"]
