"""Pages are drawn by one process's studio; each test here has a house, and so a studio, of its own."""

from collections.abc import Iterator

import pytest

from pages.components import door


@pytest.fixture(autouse=True)
def own_studio() -> Iterator[None]:
    door.studio.cache_clear()
    yield
    door.studio.cache_clear()
