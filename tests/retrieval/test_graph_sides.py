"""Sides: which questions set things side by side."""

import pytest

from core.retrieval.graph.sides import sides


@pytest.mark.parametrize(
    ("question", "queries"),
    [
        ("Compare asyncio with threads in Python", ["Python asyncio", "Python threads"]),
        ("pickle, marshal and json: what are the differences?", ["pickle", "marshal", "json"]),
        ("How are foreign keys enforced in SQLite compared with PostgreSQL?",
         ["foreign keys enforced SQLite", "foreign keys enforced PostgreSQL"]),
        ("How do partial indexes work in SQLite and in PostgreSQL?",
         ["partial indexes SQLite", "partial indexes PostgreSQL"]),
        ("git rebase vs git merge", ["git rebase", "git merge"]),
    ],
)  # fmt: skip
def test_each_side_keeps_what_is_asked_of_both(question: str, queries: list[str]):
    assert [side.query for side in sides(question)] == queries


@pytest.mark.parametrize(
    "question",
    [
        "How do I install and configure a firewall?",
        "What does a heat pump cost?",
        "Why does the server refuse connections and how is that mended?",
        "What is the difference?",
        "Compare everything",
        "",
        "and, and, and versus",
        "🙂 versus",
    ],
)
def test_a_question_on_one_thing_has_no_sides(question: str):
    assert sides(question) == ()
