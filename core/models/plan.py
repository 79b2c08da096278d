"""What an article sets out to answer."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question of a plan: becomes one section of the article."""

    id: int = 0
    section: str
    text: str
    queries: tuple[str, ...] = ()
    use: bool = True


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Questions in the order to answer them."""

    id: int = 0
    run_id: str = ""
    version: int = 1
    title: str
    questions: tuple[Question, ...]
    origin: str = "planner"
    """`planner` or `person`."""
    why: str = ""
