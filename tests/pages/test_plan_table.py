"""What a person does to the plan's table must be what the engine is told."""

import pandas as pd

from core.models import Plan, Question
from pages.states.plan import COLUMNS, frame_of, read_rows

PLAN = Plan(
    title="Trees",
    questions=(
        Question(section="Shade", text="How much shade?", queries=("shade",)),
        Question(section="Cost", text="What does it cost?", queries=("cost", "price"), use=False),
    ),
)


def test_an_untouched_table_is_the_plan() -> None:
    questions, faults = read_rows(frame_of(PLAN))
    assert faults == []
    assert questions == [
        {"section": "Shade", "text": "How much shade?", "queries": ["shade"], "use": True},
        {"section": "Cost", "text": "What does it cost?", "queries": ["cost", "price"], "use": False},
    ]


def test_renumbering_reorders_and_an_unnumbered_row_comes_last() -> None:
    rows = frame_of(PLAN)
    rows["order"] = [2, 1]
    extra = pd.DataFrame([{"order": None, "use": None, "section": None, "text": "Who waters them?", "queries": None}])
    questions, _ = read_rows(pd.concat([rows.astype(object), extra], ignore_index=True))
    assert [q["text"] for q in questions] == ["What does it cost?", "How much shade?", "Who waters them?"]
    assert questions[-1] == {
        "section": "Who waters them",
        "text": "Who waters them?",
        "queries": ["Who waters them?"],
        "use": True,
    }


def test_an_empty_new_row_is_left_out() -> None:
    empty = pd.DataFrame([dict.fromkeys(COLUMNS)])
    questions, faults = read_rows(pd.concat([frame_of(PLAN).astype(object), empty], ignore_index=True))
    assert len(questions) == 2
    assert faults == []


def test_a_plan_without_any_question_in_use_is_a_fault() -> None:
    rows = frame_of(PLAN)
    rows["use"] = False
    assert read_rows(rows)[1] == ["No question is in use."]
