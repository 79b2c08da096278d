"""A publisher killed with -9 between request and receipt: nothing is published twice, and nothing is lost."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.models import Status
from core.settings import ROOT
from tests.agents.small_cms import SmallCms
from tests.agents.small_house import VARIABLES, House, check_story
from tests.chaos.product import free_port, kill, wait_until
from tests.chaos.publish import LEASE_S, rampage

LAUNCH = (
    f"import sys, core.store.publications as rows; rows.LEASE_S = {LEASE_S};"
    " import tests.agents.small_cms; from core.__main__ import main; sys.exit(main(['worker']))"
)


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


def test_killed_between_request_and_receipt(
    new_house: Callable[..., House], cms: SmallCms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("GALLEY_SECRETS", str(tmp_path / "secrets.toml"))
    house = new_house()
    house.studio.publishing.save_target("small", {"url": cms.url, "password": cms.password})
    run_id = house.to_review().id
    cms.gate = threading.Event()  # the post is made, the answer held back
    house.studio.decide(run_id, "publish", by="Ada", data={"targets": ["small", "site"]})
    worker = start_worker(house.data)
    try:
        wait_until(cms.reached.is_set, 30, "the request")
        rows = {p.target: p for p in house.studio.publications(run_id)}
        assert rows["small"].status == "sending"
        assert rows["small"].intent is not None
        kill(worker)
        cms.gate.set()
        assert len(cms.posts) == 1

        worker = start_worker(house.data)
        wait_until(lambda: house.run(run_id).status in (Status.PUBLISHED, Status.FAILED), 40, "the publication")
    finally:
        kill(worker)
    assert house.run(run_id).status is Status.PUBLISHED, house.run(run_id).error
    rows = {p.target: p for p in house.studio.publications(run_id)}
    assert {(p.status, p.version) for p in rows.values()} == {("live", 1)}
    assert (len(cms.posts), len(cms.live()), cms.writes["create"], len(house.site())) == (1, 1, 1, 1)
    assert len(house.events(run_id, "decided")) == 2, "the decision is acted on once"
    check_story(house.events(run_id))


def test_publishers_killed_at_random_moments_make_each_post_once(tmp_path: Path):
    counted = rampage(8, 4, seed=1, folder=tmp_path)
    assert (counted.duplicates, counted.lost, counted.untold) == (0, 0, 0)
