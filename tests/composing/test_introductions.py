"""The first sentence of an introduction answers what the topic asks."""

import pytest

from core.language.extractive import Extractive
from core.language.tasks import FrameInput
from core.models import Draft, DraftSection, Sentence
from tests.composing.evidence import evidence, item, task

SHELF = {
    "When should a PostgreSQL table be partitioned?": (
        "Partitioning a table will normally be worthwhile only when a table would otherwise be very large.",
        "The catalog pg_partitioned_table stores information about how tables are partitioned.",
        "For partitioned tables, the publication parameter publish_via_root determines which column list is used.",
    ),
    "Are heat pumps worth it in old houses?": (
        "A heat pump is worth fitting in most old houses when the boiler is near its end.",
        "An air-source heat pump in an old house stands on the ground behind the kitchen.",
        "Old houses with a heat pump were visited by two surveyors in that county.",
    ),
    "What does a heat pump cost compared with gas?": (
        "A heat pump costs about the same to run as a gas boiler on a standard tariff.",
        "A hybrid heat pump combines a small heat pump with a gas boiler in one system.",
        "The outdoor part of a heat pump has one large fan and a coil.",
    ),
    "How can night shift workers sleep better?": (
        "A dark bedroom protects the sleep of night shift workers better than any tablet.",
        "Night shift workers sleep in many different rooms and houses.",
        "The sleep of night shift workers was recorded in one hospital.",
    ),
    "How do young street trees survive drought and heat?": (
        "Soil volume and early watering decide which young street trees survive drought and heat.",
        "Young street trees are planted in November by contractors of the city.",
        "Heat and drought are reported each summer by the city to street tree owners.",
    ),
    "Do naps, caffeine and bright light help on a night shift?": (
        "A short nap improves alertness during a night shift.",
        "The night shift begins after supper in most of the hospitals.",
        "Coffee is served in a paper cup on the ward.",
    ),
    "How do asyncio tasks and threads differ in Python?": (
        "Threads are switched by the system, while asyncio tasks yield by themselves.",
        "The asyncio package has a page on tasks in its manual.",
        "The list of threads is printed by a debugging command.",
    ),
}


@pytest.mark.parametrize("topic", SHELF)
def test_the_first_sentence_answers(topic):
    answer, *others = SHELF[topic]
    # The answer stands last and in no source's opening: it must be known by what it says.
    title = "The PostgreSQL manual" if "PostgreSQL" in topic else ""
    items = [item(number, text, start=9000, title=title) for number, text in enumerate([*others, answer], 1)]
    frame = FrameInput(
        topic=topic, title="", audience="", tone="", draft=Draft(title="", sections=()), evidence=(evidence(*items),)
    )
    assert Extractive().ask(task(frame)).value.splitlines()[0] == f"{answer} [{len(items)}]"


def test_what_a_thing_is_goes_before_what_holds_in_one_case():
    texts = (
        "For tables with an index, VACUUM also moves the pending entries of PostgreSQL.",
        "PostgreSQL databases require periodic maintenance known as vacuuming.",
    )
    items = [item(number, text, title="The PostgreSQL manual", start=9000) for number, text in enumerate(texts, 1)]
    given = FrameInput(
        topic="How PostgreSQL vacuum works", title="", audience="", tone="", draft=Draft(title="", sections=()),
        evidence=(evidence(*items),),
    )  # fmt: skip
    assert Extractive().ask(task(given)).value.splitlines()[0] == f"{texts[1]} [2]"


def test_an_article_of_a_few_sentences_does_not_begin_with_them_twice():
    text = "A heat pump is worth fitting in most old houses when the boiler is near its end."
    body = DraftSection(heading="Limits", question_id=1, sentences=(Sentence(text=text),))
    given = FrameInput(
        topic="Are heat pumps worth it in old houses?", title="", audience="", tone="",
        draft=Draft(title="", sections=(body,)), evidence=(evidence(item(1, text)),),
    )  # fmt: skip
    assert Extractive().ask(task(given)).value == ""
