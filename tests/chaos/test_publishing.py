"""A publisher killed with -9 between request and receipt: nothing is published twice, and nothing is lost."""

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.models import Status
from core.settings import ROOT
from core.store import publications
from tests.agents.small_cms import SmallCms
from tests.agents.small_house import VARIABLES, House, check_story
from tests.chaos.product import free_port, kill, wait_until
from tests.chaos.publish import rampage

LAUNCH = "import sys, tests.agents.small_cms; from core.__main__ import main; sys.exit(main(['worker']))"


@pytest.fixture
def cms() -> Iterator[SmallCms]:
    with SmallCms() as running:
        yield running


def start_worker(data: Path) -> "subprocess.Popen[bytes]":
    environment = {key: value for key, value in os.environ.items() if key not in VARIABLES}
    environment |= {
        "GALLEY_DATA": str(data), "GALLEY_SITE_PORT": str(free_port()),
        "PHOENIX_COLLECTOR_ENDPOINT": f"http://127.0.0.1:{free_port()}",
    }  # fmt: skip
    with (data / "workers.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-c", LAUNCH], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )


@pytest.fixture
def run_id(house: House, cms: SmallCms, tmp_path: Path) -> str:
    """A run at the desk, in a house that publishes to a server of its own and to its site."""
    house.studio.publishing.save_target("small", {"url": cms.url, "password": cms.password})
    return house.to_review().id


@contextlib.contextmanager
def killed_while_another_one_looks_on(house: House, run_id: str, asked: threading.Event) -> Iterator[None]:
    """A worker killed over its request to publish; another one is there already."""
    house.studio.decide(run_id, "publish", by="Ada", data={"targets": ["small", "site"]})
    first = start_worker(house.data)
    try:
        wait_until(asked.is_set, 30, "the request")
        row = next(p for p in house.studio.publications(run_id) if p.target == "small")
        assert row.status == "sending"
        assert row.intent is not None
        second = start_worker(house.data)
        try:
            wait_until(lambda: house.row("SELECT count(*) FROM workers WHERE id LIKE 'w%'") == (2,), 30, "the other")
            kill(first)
            yield
        finally:
            kill(second)
    finally:
        kill(first)


def check_published_once(house: House, run_id: str, cms: SmallCms) -> None:
    assert house.run(run_id).status is Status.PUBLISHED, house.run(run_id).error
    assert {(p.status, p.version) for p in house.studio.publications(run_id)} == {("live", 1)}
    assert (len(cms.posts), len(cms.live()), cms.writes["create"], len(house.site())) == (1, 1, 1, 1)
    assert len(house.events(run_id, "decided")) == 2, "the decision is acted on once"
    check_story(house.events(run_id))


def test_killed_between_request_and_receipt_it_goes_on_at_once(house: House, run_id: str, cms: SmallCms):
    cms.gate = threading.Event()  # the post is made, the answer held back
    with killed_while_another_one_looks_on(house, run_id, cms.reached):
        assert len(cms.posts) == 1
        cms.gate.set()
        began = time.monotonic()
        wait_until(lambda: house.run(run_id).status in (Status.PUBLISHED, Status.FAILED), 40, "the publication")
        assert time.monotonic() - began < publications.LEASE_S / 2, "nobody waits for a dead publisher's lease"
    check_published_once(house, run_id, cms)


def test_a_server_that_is_still_at_what_a_killed_publisher_asked_is_not_asked_again(
    house: House, run_id: str, cms: SmallCms
):
    cms.door = threading.Event()  # the request has come, nothing is done yet
    with killed_while_another_one_looks_on(house, run_id, cms.asked):
        before = len(cms.requests)
        wait_until(lambda: len(cms.requests) > before + 1, 20, "a look at the server, and another")
        assert not cms.posts
        cms.door.set()
        wait_until(lambda: house.run(run_id).status in (Status.PUBLISHED, Status.FAILED), 20, "the publication")
    check_published_once(house, run_id, cms)


def test_publishers_killed_at_random_moments_make_each_post_once(tmp_path: Path):
    counted = rampage(8, 4, seed=1, folder=tmp_path)
    assert (counted.duplicates, counted.lost, counted.untold) == (0, 0, 0)
