from collections.abc import Iterator

import pytest

from core.reading.web import Client
from tests.reading.site import Site


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


@pytest.fixture(scope="session")
def client() -> Iterator[Client]:
    client = Client(allow_private=True, deadline_s=5)
    yield client
    client.close()
