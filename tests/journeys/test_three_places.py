"""One click in a real browser: the article is live on the site, on a real WordPress and on a real Ghost.

Runs where `GALLEY_TEST_SERVERS` names both, as `make test-targets` does; they take half a minute to start.
"""

import os
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect  # noqa: E402

from core.models import Publication  # noqa: E402
from core.settings import load  # noqa: E402
from core.studio import Studio  # noqa: E402
from tests.agents.small_house import open_house, with_samples  # noqa: E402
from tests.chaos.product import wait_until  # noqa: E402
from tests.journeys.conftest import Server, start_server, stop_server  # noqa: E402

if not {"wordpress", "ghost"} <= set(os.environ.get("GALLEY_TEST_SERVERS", "").split()):
    pytest.skip("needs a WordPress and a Ghost", allow_module_level=True)

LONG_MS = 120_000


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, Any]]:
    from tests.servers import ghost, wordpress

    site = wordpress.start_site(tmp_path_factory.mktemp("wordpress"))
    blog = ghost.start(tmp_path_factory.mktemp("ghost"))
    yield site, blog
    blog.stop()
    for program in site.programs:
        program.stop()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, places: tuple[Any, Any]) -> Iterator[Server]:
    """A studio with a run at the desk, where both are set up and ticked beside the site."""
    folder = tmp_path_factory.mktemp("studio")
    os.environ["GALLEY_SECRETS"] = str(folder / "secrets.toml")
    site, blog = places
    house = open_house(folder / "data", with_samples(tmp_path_factory.getbasetemp().parent))
    house.to_review()
    door = house.studio.publishing
    door.save_target("wordpress", {"url": site.url, "user": "admin", "password": site.passwords["admin"]})
    door.save_target("ghost", {"url": blog.wire.url, "admin_key": blog.key})
    house.studio.save_settings({"also_to": ["wordpress", "ghost"]})
    running = start_server(folder)
    yield running
    stop_server(running)
    del os.environ["GALLEY_SECRETS"]


def rows(studio: Studio, run: str) -> dict[str, Publication]:
    return {row.target: row for row in studio.publications(run)}


def said(studio: Studio, run: str, kind: str, **data: object) -> dict[str, str]:
    """Decide, wait until it is carried out, and give each target's status."""
    studio.decide(run, kind, data={"targets": ["site", "wordpress", "ghost"], **data})
    wait_until(lambda: not studio.store.decisions.open(run), 60, kind)
    return {target: row.status for target, row in rows(studio, run).items()}


def test_one_click_three_places_and_the_life_after_it(visit: Any, places: tuple[Any, Any], tmp_path: Path) -> None:
    visitor = visit()
    studio = Studio(load({}, {}, data=visitor.server.data))
    run = studio.runs().rows[0].id
    page = visitor.go(f"/?run={run}")
    page.get_by_role("button", name="Publish").first.click()
    expect(page.get_by_role("link", name="View")).to_have_count(3, timeout=LONG_MS)
    wait_until(lambda: all(row.checked for row in studio.publications(run)), 30, "a look at each page")
    title = studio.draft(studio.run(run).draft_id).title
    for row in studio.publications(run):
        assert (row.status, row.version) == ("live", 1)
        assert row.checked.ok, row.checked.said
        with urllib.request.urlopen(row.url) as answer:
            assert title in answer.read().decode()

    assert set(said(studio, run, "publish").values()) == {"live"}
    told = [e.data["status"] for e in studio.events(run, limit=10_000) if e.kind == "published"]
    assert told[-3:] == ["unchanged"] * 3

    _, blog = places
    blog.edit(studio.publishing.receipts(rows(studio, run)["ghost"].id)[0], "A person wrote this there.")
    assert "A person wrote this there." in (studio.publishing.preview(run, "ghost").standing or "")
    draft = studio.draft(studio.run(run).draft_id)
    lines = studio.markdown(draft.id).splitlines()
    del lines[max(n for n, line in enumerate(lines) if line.endswith("]"))]
    studio.decide(run, "edit", data={"draft_id": draft.id, "markdown": "\n".join(lines)})
    wait_until(lambda: not studio.store.decisions.open(run), 60, "the new version")
    after = said(studio, run, "publish", note="One sentence left out.")
    assert after == {"site": "live", "wordpress": "live", "ghost": "edited"}
    assert set(said(studio, run, "publish", overwrite=["ghost"]).values()) == {"live"}
    assert {row.version for row in studio.publications(run)} == {2}

    assert set(said(studio, run, "unpublish").values()) == {"withdrawn"}
    assert set(said(studio, run, "delete_there").values()) == {"deleted"}
    visitor.check()
