"""What is not about the article's subject stays out of it, however little is left."""

import pytest

from core.language.composing.extracts import extracts
from core.language.composing.subject import on_subject
from tests.composing.evidence import item, write

HEAT_PUMP = "A heat pump in an old house costs about £1,040 a year to run."
WHITE_ROOFS = "White roofs cool the top floor of a building at once and cost £20 per square metre."


def left(topic, *items):
    return [extract.text for extract in on_subject(extracts(items), topic)]


def test_a_subject_the_library_hardly_covers_is_not_padded_with_its_neighbour():
    panels = "Solar panels supply 10 to 20 per cent of the yearly electricity of an old house."
    shelf = [item(1, HEAT_PUMP), item(2, panels), item(3, "The sound power of the machine is 55 decibels by day.")]
    assert left("Is solar power worth it in an old house?", *shelf) == [panels]


def test_another_thing_of_the_same_kind_is_no_answer():
    plan = "The Green Streets Plan was adopted by the city council in the year 2018."
    assert left("Do green roofs cool buildings?", item(1, WHITE_ROOFS), item(2, plan)) == []


def test_a_section_without_matter_on_the_subject_says_nothing():
    prose = write(item(1, WHITE_ROOFS), topic="Do green roofs cool buildings?", section="Effects of green roofs",
                  question="What effects do green roofs have?")  # fmt: skip
    assert prose == ""


def test_the_kind_alone_is_enough_where_all_sources_speak_of_it():
    texts = [
        "Street trees cool the air of a city by day.",
        "A tree crown stops most of the sunlight in summer.",
        "The leaves of a tree evaporate up to 300 litres on a hot day.",
        "Trees above 60 years of age had losses of only 2 per cent.",
        "Watering a young tree in its first summers saves its life.",
    ]
    assert left("Can urban trees cool a city?", *(item(n, t) for n, t in enumerate(texts, 1))) == texts


def test_what_is_true_of_one_product_is_not_told_of_another():
    ours = item(1, "VACUUM reclaims storage that is occupied by dead tuples.", title="The PostgreSQL manual")
    theirs = item(2, "A VACUUM fails when there is an open transaction on the connection.", title="SQLite: VACUUM")
    assert left("How PostgreSQL vacuum works", ours, theirs) == [
        "VACUUM reclaims storage that is occupied by dead tuples."
    ]
    assert left("How PostgreSQL vacuum works", theirs) == []


def test_a_page_of_another_product_may_speak_of_ours_by_name():
    text = "PostgreSQL removes dead rows with a vacuum that runs by itself.\n\nSQLite has a vacuum command of its own."
    page = item(1, text, title="Databases compared")
    assert left("How PostgreSQL vacuum works", page) == [
        "PostgreSQL removes dead rows with a vacuum that runs by itself."
    ]


def test_of_things_named_side_by_side_each_is_the_subject():
    shelf = [item(1, "A short nap improves alertness for two hours."), item(2, "Caffeine acts after half an hour."),
             item(3, "The ward has three doors and a long corridor.")]  # fmt: skip
    assert len(left("Do naps, caffeine and bright light help on a night shift?", *shelf)) == 2


@pytest.mark.parametrize(
    ("topic", "text"),
    [
        ("Best practices for code review", "A code review finds most defects in its first hour."),
        ("The history of tin mining in Zanzibar", "Tin was mined on the coast from 1901, and mining ended in 1930."),
        ("How do write-ahead logs work in SQLite?", "The WAL is in the directory of the database file."),
        ("How to back up a PostgreSQL database", "A PostgreSQL database can be restored from its last backup."),
    ],
)
def test_words_around_a_subject_are_not_asked_for(topic, text):
    assert left(topic, item(1, text)) == [text]


def test_another_language_is_left_as_it_is():
    text = "Ein Wärmepumpensystem senkt den Verbrauch eines alten Hauses deutlich und auf Dauer."
    assert left("Are heat pumps worth it?", item(1, text)) == [text]


def test_what_a_page_on_one_command_says_of_itself_is_not_told_of_all():
    text = "Backups of a PostgreSQL database are always taken of the entire cluster."
    asked = {"topic": "How to back up a PostgreSQL database", "section": "What helps most",
             "question": "How can one back up a PostgreSQL database?"}  # fmt: skip
    assert write(item(1, text, title="pg_basebackup"), **asked) == ""
    named = f"The program pg_basebackup copies the files of a PostgreSQL database for a backup. {text}"
    assert write(item(1, named, title="pg_basebackup"), **asked).startswith("The program pg_basebackup")
