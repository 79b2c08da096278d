"""House style, checked by rule: what is replaced, what is only remarked on, and what is left alone."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.agents.house_style import FILE, checks, house_style, read
from core.errors import SettingsError
from core.models import Note, Sentence
from tests.agents.small_house import House
from tests.scripted.model_server import ScriptedModel


def noted(*texts: str, style: str = "", passages: dict[int, str] | None = None) -> list[Note]:
    sentences = [Sentence(id=number, text=text) for number, text in enumerate(texts, 1)]
    return checks(sentences, passages or {}, read(style))


def test_an_avoided_word_is_replaced_outside_quotations_and_keeps_its_capital():
    style = "Plain words.\n- avoid: utilise -> use\n- avoid: in order to → to"
    (note,) = noted("Utilise it in order to save; he said “utilise” twice.", style=style)
    assert note.text == "Use it to save; he said “utilise” twice."
    assert "avoids “Utilise”: “use”" in note.why


def test_an_avoided_word_without_a_replacement_is_only_remarked_on():
    (note,) = noted("Every stakeholder agreed.", style="avoid: stakeholder")
    assert (note.text, note.kind) == ("Every stakeholder agreed.", "style")


def test_a_part_of_a_word_is_not_the_word():
    assert noted("The user is useful, re-use included.", style="avoid: use -> apply") == []


def test_sentences_longer_than_the_style_allows_are_named():
    style = "longest sentence: 6 words"
    (note,) = noted("It is short.", "This one has rather more words than that.", style=style)
    assert (note.sentence_id, note.kind) == (2, "length")


def test_an_acronym_explained_once_holds_for_the_whole_article():
    told = ["The seasonal performance factor (SPF) is a ratio.", "An SPF of 3 is good.", "The COP is another."]
    assert [(n.sentence_id, n.kind) for n in noted(*told)] == [(3, "acronym")]


def test_british_spelling_where_the_house_wants_it_but_not_within_a_quoted_source():
    texts = ("The Color of the center matters.", "Organized labor agreed.")
    notes = noted(*texts, style="spelling: British", passages={2: "Organized labor agreed."})
    assert notes[0].text == "The Colour of the centre matters."
    assert notes[1].text == texts[1]
    assert "though its source has it so" in notes[1].why


def test_without_a_rule_the_rarer_spelling_follows_the_usual_one():
    notes = noted("The colour is grey.", "The behaviour changed.", "The color faded.")
    assert [(n.sentence_id, n.text) for n in notes] == [(3, "The colour faded.")]


def test_a_term_with_two_spellings_is_remarked_on_at_the_rarer_one():
    notes = noted("An email came.", "Another email came.", "The e-mail was long.")
    assert [(n.sentence_id, n.text) for n in notes] == [(3, "The e-mail was long.")]
    assert "“email” elsewhere" in notes[0].why


@pytest.mark.parametrize("rule", ["spelling: Scots", "longest sentence: short", "longest sentence: 2"])
def test_a_rule_that_makes_no_sense_is_said(rule: str, tmp_path):
    with pytest.raises(SettingsError, match="house style under Settings"):
        house_style(tmp_path, rule)


def test_the_file_is_stronger_than_the_setting(tmp_path):
    (tmp_path / FILE).write_text("avoid: huge -> large")
    assert house_style(tmp_path, "avoid: huge -> big").avoid == {"huge": "large"}


@given(st.lists(st.text(max_size=80), max_size=5), st.text(max_size=80))
def test_any_text_and_any_style_is_read(texts: list[str], style: str):
    for note in noted(*texts, style=f"avoid: {style.splitlines()[0] if style.splitlines() else 'x'} -> y"):
        assert note.why


def test_house_rules_are_noted_with_a_model_and_without_and_judged_when_accepted(new_house: Callable[..., House]):
    style = "Plain words.\navoid: heat pumps -> pumps"
    with ScriptedModel() as server:
        for saved in ({}, {"base_url": server.base_url, "default_model": "gpt-4o-mini"}):
            house = new_house(house_style=style, **saved)
            run = house.to_review()
            notes = [n for n in house.studio.notes(run.draft_id) if "House style avoids" in n.why]
            assert notes, saved
            after = house.decide(run.id, "accept_note", note_id=notes[0].id)
            changed = next(s for s in house.draft(after.id).sentences if s.text == notes[0].text)
            assert changed.verdict is not None
