"""What the judging tests share: passages made of a text."""

from collections.abc import Callable
from itertools import count

import pytest

from core.models import Passage


@pytest.fixture
def passage() -> Callable[..., Passage]:
    """A maker of passages: each of another source, standing at `start` of its snapshot."""
    numbers = count(1)

    def make(text: str, *, start: int = 0, source: int | None = None, **more: object) -> Passage:
        number = next(numbers)
        source = number if source is None else source
        return Passage(
            id=number, source_id=source, snapshot_id=source, start=start, end=start + len(text), text=text, **more
        )

    return make
