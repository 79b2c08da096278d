"""One click and the article stands at two places; what is wrong at one is told there and mended there."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect  # noqa: E402

from core.settings import load  # noqa: E402
from core.studio import Studio  # noqa: E402
from tests.agents.small_house import open_house, with_samples  # noqa: E402
from tests.journeys.conftest import Server, start_server, stop_server  # noqa: E402

LONG_MS = 120_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A studio with a run at the desk and a git repository as a second target."""
    folder = tmp_path_factory.mktemp("studio")
    os.environ["GALLEY_SECRETS"] = str(folder / "secrets.toml")
    house = open_house(folder / "data", with_samples(tmp_path_factory.getbasetemp().parent))
    house.to_review()
    remote = folder / "blog.git"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(remote)], check=True)
    house.studio.publishing.save_target("git", {"remote": str(remote), "base_url": "http://127.0.0.1:9/blog"})
    running = start_server(folder)
    yield running
    stop_server(running)
    del os.environ["GALLEY_SECRETS"]


def the_run(server: Server) -> tuple[Studio, str]:
    studio = Studio(load({}, {}, data=server.data))
    return studio, studio.runs().rows[0].id


def test_ticked_targets_get_the_article_with_one_click_and_one_of_them_loses_it_again(visit: Any) -> None:
    visitor = visit()
    studio, run = the_run(visitor.server)
    page = visitor.go(f"/?run={run}&tab=Publishing")
    page.get_by_text("Git", exact=True).first.click()
    visitor.settle()
    expect(page.get_by_text("Does not carry data for search engines")).to_be_visible()
    page.get_by_role("button", name=re.compile("Send to Site, Git")).click()
    expect(page.get_by_role("link", name="View")).to_have_count(2, timeout=LONG_MS)
    expect(page.get_by_text("page seen")).to_be_visible()  # the site's own server answers
    expect(page.get_by_text("not seen")).to_be_visible()  # nothing is built from the repository here
    assert {p.target: p.status for p in studio.publications(run)} == {"site": "live", "git": "live"}

    page.get_by_role("button", name="What else can be done").or_(
        page.get_by_role("button", name="more_horiz")
    ).first.click()
    page.get_by_role("button", name="Take it down").click()
    expect(page.get_by_text("Taken down")).to_be_visible(timeout=LONG_MS)
    assert {p.target: p.status for p in studio.publications(run)} == {"site": "withdrawn", "git": "live"}
    visitor.check()


def test_a_preview_runs_nothing_and_shows_the_requests(visit: Any) -> None:
    visitor = visit()
    _, run = the_run(visitor.server)
    page = visitor.go(f"/?run={run}&tab=Publishing")
    page.get_by_role("radiogroup", name="Preview at").get_by_text("Site").click()
    frame = page.locator("iframe[title^='Preview at']")
    expect(frame).to_be_visible(timeout=LONG_MS)
    assert frame.get_attribute("sandbox") == ""
    expect(page.frame_locator("iframe[title^='Preview at']").locator("h1").first).to_be_visible()
    page.get_by_role("tab", name="What is sent").click()
    expect(page.get_by_text("posts/").first).to_be_visible()
    visitor.check()


def test_a_target_is_set_up_and_its_trouble_told_with_a_remedy(visit: Any) -> None:
    visitor = visit()
    page = visitor.go("/settings?tab=Publishing")
    page.get_by_text("WordPress", exact=True).first.click()
    visitor.settle()
    page.get_by_role("textbox", name="URL").fill("http://127.0.0.1:9")
    page.get_by_role("textbox", name="User").fill("editor")
    page.get_by_role("textbox", name="Password").fill("open sesame and so on")
    page.get_by_role("button", name="Save and test the connection").click()
    expect(page.locator('[data-testid="stAlert"]').first).to_be_visible(timeout=LONG_MS)
    kept = Path(os.environ["GALLEY_SECRETS"])
    assert "open sesame and so on" in kept.read_text()
    assert b"open sesame" not in (visitor.server.data / "galley.db").read_bytes()
    visitor.check()
