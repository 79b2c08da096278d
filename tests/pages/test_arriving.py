"""A newcomer adds the sample library: the page says how far it is, and never that there is nothing."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from core.library import take_in
from core.models import Status
from core.settings import ROOT
from tests.agents.small_house import House, open_house


@pytest.fixture
def empty(tmp_path, monkeypatch: pytest.MonkeyPatch) -> House:
    """A house with nothing in its library and no worker."""
    monkeypatch.setenv("GALLEY_DATA", str(tmp_path / "data"))
    return open_house(tmp_path / "data", None)


def home() -> AppTest:
    return AppTest.from_file(ROOT / "pages" / "frame.py", default_timeout=60).run()


def press(app: AppTest, label: str) -> None:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception


def progress(app: AppTest) -> list[str]:
    return [bar.proto.text for bar in app.get("progress")]


def said(app: AppTest) -> str:
    return "\n".join([*(text.value for text in app.markdown), *(text.value for text in app.caption)])


def test_an_empty_library_offers_the_samples(empty: House):
    page = home()
    assert "Nothing to read yet" in said(page)
    assert progress(page) == []


def test_what_was_added_is_shown_on_its_way_instead_of_nothing_to_read(empty: House):
    page = home()
    press(page, "Add the sample library")
    assert "Nothing to read yet" not in said(page)
    assert progress(page) == ["Reading heat\\-pumps: waiting", "Reading sleep: waiting", "Reading trees: waiting"]


def test_the_count_so_far_and_the_right_count_when_all_is_read(empty: House):
    page = home()
    press(page, "Add the sample library")
    ingests = empty.process.store.ingests
    take_in(ingests.claim("test"), empty.process)
    begun = ingests.claim("test")
    ingests.progress(replace(begun, done=3, total=17, passages=40))
    page.run()
    held = empty.studio.library(size=1).total
    assert f"{held} sources in the library" in said(page)
    assert progress(page) == ["Reading sleep: 3 of 17 files, 40 passages", "Reading trees: waiting"]
    take_in(begun, empty.process)
    take_in(ingests.claim("test"), empty.process)
    page.run()
    assert "52 sources in the library" in said(page)
    assert progress(page) == []


def test_what_could_not_be_read_is_told_where_the_library_stays_empty(empty: House):
    page = home()
    press(page, "Add the sample library")
    ingests = empty.process.store.ingests
    while one := ingests.claim("test"):
        ingests.fail(one.id, "There is no such folder.")
    page.run()
    assert "Nothing to read yet" in said(page)
    assert "There is no such folder" in page.warning[0].value


def test_a_run_without_evidence_shows_what_was_added_for_it_on_its_way(empty: House):
    run = empty.start()
    empty.studio.store.runs.set(run, status=Status.NO_EVIDENCE)
    page = AppTest.from_file(ROOT / "pages" / "frame.py", default_timeout=60)
    page.query_params["run"] = run
    page.run()
    press(page, "Add the sample library")
    assert len(progress(page)) == 3
    assert "Add the sample library" not in [button.label for button in page.button]
