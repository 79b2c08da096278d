"""The places under contract, each a running server, and the desk that publishes to them and counts.

`make test` runs the suite over the places that need nothing installed. `make test-targets`
names more in `GALLEY_TEST_SERVERS` and runs it over a real WordPress and a real Ghost as well.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from uuid import uuid4

import pytest

from core.models import Article, Receipt
from core.publishing.target import Target
from tests.contracts.article import an_article
from tests.contracts.place import Place

PLACES: dict[str, Callable[[Path], Place]] = {}
"""Name -> what starts the server in an empty folder."""

EMBEDDED = ("site", "git", "micropub", "webhook")
"""Places that start in a moment and need nothing but the tests' own packages."""

for _name in (*EMBEDDED, *os.environ.get("GALLEY_TEST_SERVERS", "").split()):  # `wordpress ghost`: minutes when cold
    PLACES[_name] = import_module(f"tests.servers.{_name}").start


class Desk:
    """Publishes as the engine does, one key a test, and afterwards holds the place to account."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.figures: Counter[str] = Counter()
        self._standing: dict[str, int] = {}

    def article(self, **changes: object) -> Article:
        """An article with a key and an address that nothing else has."""
        mark = uuid4().hex[:12]
        return replace(an_article(), key=f"run-{mark}", slug=f"heat-pumps-{mark}", **changes)

    def publish(self, article: Article, target: Target | None = None, **how: object) -> Receipt:
        self.figures["publishes tried"] += 1
        receipt = (target or self.place.target).publish(article, **how)
        self._standing[article.key] = 1
        return receipt

    def withdraw(self, receipt: Receipt) -> Receipt:
        return self.place.target.withdraw(receipt.key, last=receipt)

    def delete(self, receipt: Receipt) -> Receipt:
        self._standing[receipt.key] = 0
        return self.place.target.delete(receipt.key, last=receipt)

    def account(self) -> None:
        for key, meant in self._standing.items():
            there = self.place.count(key)
            self.figures["duplicates"] += max(0, there - meant)
            self.figures["lost"] += max(0, meant - there)


@pytest.fixture(scope="session", params=[pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in PLACES])
def started(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    place = PLACES[request.param](tmp_path_factory.mktemp(request.param))
    yield place
    place.stop()


@pytest.fixture
def place(started: Place) -> Place:
    if started.wire:
        started.wire.clear()
    return started


@pytest.fixture
def desk(place: Place, request: pytest.FixtureRequest) -> Iterator[Desk]:
    desk = Desk(place)
    yield desk
    if place.wire:
        place.wire.clear()
    desk.account()
    request.node.user_properties += [("figure", figure) for figure in desk.figures.items()]
    assert not desk.figures["duplicates"], "an article stands there twice"
    assert not desk.figures["lost"], "an article that was published is not there"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    figures: Counter[str] = Counter({"publishes tried": 0, "duplicates": 0, "lost": 0})
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") == "teardown":
                for name, (what, count) in report.user_properties:
                    figures[what] += count if name == "figure" else 0
    terminalreporter.write_line(", ".join(f"{what}: {count}" for what, count in figures.items()))
