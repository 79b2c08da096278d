"""Parts: which questions are several."""

import pytest

from core.retrieval.graph.parts import parts


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
    assert [part.query for part in parts(question)] == queries


@pytest.mark.parametrize(
    "question",
    [
        "How do I install and configure a firewall?",
        "What does a heat pump cost?",
        "Why do servers and proxies refuse connections?",
        "What is the difference?",
        "Compare everything",
        "",
        "and, and, and versus",
        "🙂 versus",
    ],
)
def test_a_question_on_one_thing_has_no_parts(question: str):
    assert parts(question) == ()
