"""Exactly once at every target: what a reader, a second publisher or a tired editor would notice."""

import io
import json
import os
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image
from pydantic import SecretStr

from core.__main__ import main
from core.agents import delivery
from core.agents.publisher import publish_due
from core.errors import BriefError, PublishError, SettingsError
from core.models import Article, Details, Publication, Status
from core.publishing.record import from_data
from core.settings import save_target_secrets
from core.store import Store
from core.worker import Worker
from tests.agents.small_cms import Post, Small, SmallCms
from tests.agents.small_house import VARIABLES, House, open_house, with_samples
from tests.publishing.conftest import assembled


@pytest.fixture
def cms() -> Iterator[SmallCms]:
    with SmallCms() as running:
        yield running


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "secrets.toml"
    monkeypatch.setenv("GALLEY_SECRETS", str(path))
    return path


@pytest.fixture(scope="session")
def at_the_desk(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A database with one run that waits at the desk; made once, copied for every test."""
    house = open_house(tmp_path_factory.mktemp("desk"), with_samples(tmp_path_factory.getbasetemp().parent))
    run_id = house.to_review().id
    copy = house.data / "copy.db"
    house.row("VACUUM INTO ?", str(copy))  # what still stands in the write-ahead log comes along
    return copy, run_id


@pytest.fixture
def desk(
    at_the_desk: tuple[Path, str], cms: SmallCms, secrets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[House, str]]:
    """A run at the desk, in a house whose small content system is set up."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    database, run_id = at_the_desk
    house = open_house(tmp_path / "data", database)
    house.studio.publishing.save_target("small", {"url": cms.url, "password": cms.password})
    yield house, run_id
    house.process.store.database.close()
    house.studio.store.database.close()


def row(house: House, run_id: str, target: str = "small") -> Publication:
    return next(p for p in house.studio.publications(run_id) if p.target == target)


def edited(house: House, run_id: str) -> None:
    """A new version of the article."""
    draft = house.draft(run_id)
    lines = house.studio.markdown(draft.id).splitlines()
    sentences = [n for n, line in enumerate(lines) if line.endswith("]")]
    del lines[sentences[-1]]
    house.decide(run_id, "edit", draft_id=draft.id, markdown="\n".join(lines), note="One sentence less.")


def an_article(_: Publication) -> Article:
    return assembled(key="galley-x")


# --- once ---------------------------------------------------------------


def test_the_same_again_makes_no_call_and_a_new_version_one_update(desk: tuple[House, str], cms: SmallCms):
    house, run_id = desk
    assert house.decide(run_id, "publish", targets=["small"]).status is Status.PUBLISHED
    first = row(house, run_id)
    assert (first.status, first.version, first.approved_by) == ("live", 1, "Ada")
    assert first.checked is not None
    assert first.checked.ok, first.checked.said
    asked = len(cms.requests)
    house.decide(run_id, "publish", targets=["small"])
    assert len(cms.requests) == asked, "nothing is asked or sent"
    assert house.events(run_id, "published")[-1].data["status"] == "unchanged"
    edited(house, run_id)
    house.decide(run_id, "publish", targets=["small"], note="We cut a sentence.")
    assert cms.writes == {"create": 1, "update": 1}
    second = row(house, run_id)
    assert (second.version, [u.text for u in second.updates]) == (2, ["We cut a sentence."])
    assert second.published_at == first.published_at
    assert [r.status for r in house.studio.publishing.receipts(second.id)] == ["live", "live"]


def test_a_lost_answer_is_looked_up_and_not_sent_again(desk: tuple[House, str], cms: SmallCms):
    house, run_id = desk
    cms.faults.append("lost")
    house.decide(run_id, "publish", targets=["small"])
    assert (row(house, run_id).status, cms.writes["create"]) == ("live", 1)


def test_when_every_answer_is_lost_it_says_so_and_the_next_try_finds_it(desk: tuple[House, str], cms: SmallCms):
    house, run_id = desk
    cms.password = "changed meanwhile"
    house.decide(run_id, "publish", targets=["small"])
    assert row(house, run_id).error["kind"] == "PublishError"
    cms.password = "open sesame"
    cms.faults += ["down"]
    house.decide(run_id, "publish", targets=["small"])
    assert row(house, run_id).error["message"] == "Gone fishing."
    assert house.run(run_id).status is Status.REVIEW
    house.decide(run_id, "publish", targets=["small"])
    assert (row(house, run_id).status, row(house, run_id).error, cms.writes["create"]) == ("live", None, 1)


@pytest.mark.parametrize("done", [True, False])
def test_a_publisher_that_died_over_its_request_is_followed_by_one_that_looks_first(
    desk: tuple[House, str], cms: SmallCms, done: bool
):
    house, run_id = desk
    store = house.process.store
    planned = store.publications.plan(run_id, key="galley-x", target="small", slug="tides")
    target = Small(url=cms.url, password=SecretStr(cms.password))

    class Died(BaseException):
        pass

    class Dying(Small):
        def publish(self, article: Article, **how: object) -> object:  # type: ignore[override]
            if done:
                target.publish(article)
            raise Died

    with pytest.raises(Died):
        delivery.deliver(
            store, planned.id, Dying(url=cms.url, password=SecretStr(cms.password)), an_article, by="Ada", draft_id=1
        )
    assert store.publications.get(planned.id).status == "sending"
    receipt = delivery.deliver(store, planned.id, target, an_article, by="Ada", draft_id=1)
    assert receipt.status == ("unchanged" if done else "live")
    left = store.publications.get(planned.id)
    assert (left.status, left.version, left.intent, cms.writes["create"]) == ("live", 1, None, 1)


def test_what_is_about_to_be_sent_outlives_a_power_cut(
    desk: tuple[House, str], cms: SmallCms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    house, run_id = desk
    store = house.process.store
    disk = tmp_path / "disk"
    disk.mkdir()

    def sync(_: int) -> None:
        """What a power cut leaves: the files as they were when they were synced. Not read in this process,
        whose locks on the database that would drop."""
        subprocess.run(["cp", store.database.path, f"{store.database.path}-wal", disk], check=True)

    class Cut(BaseException):
        pass

    class Sending(Small):
        def publish(self, article: Article, **how: object) -> object:  # type: ignore[override]
            raise Cut

    planned = store.publications.plan(run_id, key="galley-x", target="small", slug="tides")
    monkeypatch.setattr(os, "fsync", sync)
    sending = Sending(url=cms.url, password=SecretStr(cms.password))
    with pytest.raises(Cut):
        delivery.deliver(store, planned.id, sending, an_article, by="Ada", draft_id=1)
    after = Store(disk / store.database.path.name)
    left = after.publications.get(planned.id)
    assert (left.status, left.intent and left.intent.wanted) == ("sending", "live")
    assert from_data(json.loads(after.publications.article(planned.id) or "")).key == "galley-x"
    after.database.close()


def test_three_publishers_at_once_make_one_post_and_all_see_its_receipt(desk: tuple[House, str], cms: SmallCms):
    house, run_id = desk
    store = house.process.store
    planned = store.publications.plan(run_id, key="galley-x", target="small", slug="tides")
    target = Small(url=cms.url, password=SecretStr(cms.password))
    got: list[str] = []

    def publish() -> None:
        got.append(delivery.deliver(store, planned.id, target, an_article, by="Ada", draft_id=1).status)

    threads = [threading.Thread(target=publish) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(got) == ["live", "unchanged", "unchanged"]
    assert cms.writes == {"create": 1}


def test_who_was_overtaken_writes_nothing_more(desk: tuple[House, str]):
    house, run_id = desk
    rows = house.process.store.publications
    planned = rows.plan(run_id, key="galley-x", target="small", slug="tides")
    old = rows.take(planned.id, lease_s=0.0)
    assert old is not None
    new = rows.take(planned.id)
    assert new == old + 1
    assert rows.take(planned.id) is None
    with pytest.raises(Exception, match="took this article over"):
        rows.set(planned.id, fence=old, status="live")
    assert not rows.keep(planned.id, old)


def test_a_lease_from_before_the_clock_was_set_back_is_void(desk: tuple[House, str]):
    house, run_id = desk
    rows = house.process.store.publications
    planned = rows.plan(run_id, key="galley-x", target="small", slug="tides")
    assert rows.take(planned.id, lease_s=1_000_000) is not None
    assert rows.take(planned.id) is not None


# --- conflicts ---------------------------------------------------------------


def test_a_taken_address_is_told_and_another_one_goes(desk: tuple[House, str], cms: SmallCms):
    house, run_id = desk
    suggested = house.studio.publishing.suggested(run_id)
    cms.posts[1] = Post(id=1, key="another", slug=suggested.slug, title="X", hash="", status="live")
    house.decide(run_id, "publish", targets=["small"])
    failed = row(house, run_id)
    assert (failed.status, failed.error["kind"]) == ("failed", "SlugTakenError")
    house.studio.publishing.save_details(run_id, Details(slug="Another Address"), by="Ada")
    house.decide(run_id, "publish", targets=["small"])
    assert row(house, run_id).url.endswith("/p/another-address")
    with pytest.raises(PublishError, match="fixed"):
        house.studio.publishing.save_details(run_id, Details(slug="a third one"), by="Ada")


def test_what_somebody_wrote_there_is_never_overwritten_unasked(desk: tuple[House, str], cms: SmallCms):
    house, run_id = desk
    house.decide(run_id, "publish", targets=["small"])
    cms.edit(title="A better title", hash="theirs")
    assert house.studio.publishing.preview(run_id, "small").edited
    edited(house, run_id)
    house.decide(run_id, "publish", targets=["small"])
    assert (row(house, run_id).status, cms.live()[0].title) == ("edited", "A better title")
    house.decide(run_id, "keep_theirs", targets=["small"])
    assert (row(house, run_id).status, row(house, run_id).error) == ("kept", None)
    house.decide(run_id, "publish", targets=["small"])
    assert row(house, run_id).status == "edited", "they are asked again"
    house.decide(run_id, "publish", targets=["small"], overwrite=["small"])
    assert row(house, run_id).status == "live"
    assert cms.live()[0].title != "A better title"
    assert cms.writes["create"] == 1


# --- several targets ---------------------------------------------------------------


def test_a_target_that_fails_leaves_the_others_alone_and_is_tried_again_alone(desk: tuple[House, str], cms: SmallCms):
    house, run_id = desk
    cms.faults += ["down"]
    assert house.decide(run_id, "publish", targets=["site", "small"]).status is Status.PUBLISHED
    assert (row(house, run_id, "site").status, row(house, run_id).status) == ("live", "failed")
    assert house.events(run_id, "not_published")[-1].data["target"] == "small"
    house.decide(run_id, "publish", targets=["small"])
    assert row(house, run_id).status == "live"
    assert cms.writes == {"create": 1}, "one target needs no draft first"


def test_several_targets_hold_a_draft_before_any_is_public(desk: tuple[House, str], cms: SmallCms):
    house, run_id = desk
    house.decide(run_id, "publish", targets=["site", "small"])
    told = [(e.data["target"], e.data["doing"]) for e in house.events(run_id, "publishing")]
    assert told[0] == ("small", "sending as a draft")
    assert sorted(told[1:]) == [("site", "publishing"), ("small", "publishing")]
    assert cms.writes == {"create": 1, "update": 1}
    assert row(house, run_id).version == 1


def test_the_others_name_the_chosen_original(desk: tuple[House, str], cms: SmallCms):
    house, run_id = desk
    house.studio.publishing.save_details(run_id, Details(canonical="site"), by="Ada")
    house.decide(run_id, "publish", targets=["small", "site"])
    assert cms.live()[0].canonical == row(house, run_id, "site").url


# --- later ---------------------------------------------------------------


def soon(hours: float = 1) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat()


@pytest.mark.parametrize("target", ["small", "site"])
def test_a_schedule_is_kept_by_the_target_or_by_us_and_comes_once(desk: tuple[House, str], cms: SmallCms, target: str):
    house, run_id = desk
    store = house.process.store
    run = house.decide(run_id, "publish", targets=[target], at=soon())
    assert run.status is Status.REVIEW
    waiting = row(house, run_id, target)
    assert (waiting.status, waiting.public) == ("scheduled", False)
    assert not store.publications.due(datetime.now(UTC).isoformat())
    later = "2999-01-01T00:00:00.000Z"  # the clock jumps forward
    assert [p.id for p in store.publications.due(later)] == [waiting.id]
    assert publish_due(store, house.studio.settings, waiting)
    there = row(house, run_id, target)
    assert (there.status, there.version, there.publish_at) == ("live", 1, None)
    assert not store.publications.due(later)
    assert publish_due(store, house.studio.settings, waiting), "a clock that is set back brings nothing twice"
    assert row(house, run_id, target).version == 1
    assert cms.writes["create"] == (1 if target == "small" else 0)


def test_what_the_target_published_by_its_own_clock_is_seen_and_not_sent_again(desk: tuple[House, str], cms: SmallCms):
    house, run_id = desk
    house.decide(run_id, "publish", targets=["small"], at=soon())
    cms.edit(status="live")
    writes = dict(cms.writes)
    assert publish_due(house.process.store, house.studio.settings, row(house, run_id))
    assert (row(house, run_id).status, row(house, run_id).error, dict(cms.writes)) == ("live", None, writes)


def test_a_worker_publishes_what_is_due_as_it_was_approved(desk: tuple[House, str], monkeypatch: pytest.MonkeyPatch):
    house, run_id = desk
    approved = house.run(run_id).draft_id
    house.decide(run_id, "publish", targets=["site"], at=soon())
    edited(house, run_id)
    house.row("UPDATE publications SET publish_at = '2020-01-01T00:00:00.000Z'")
    worker = Worker(house.process)
    thread = threading.Thread(target=worker.work)
    thread.start()
    try:
        for _ in range(400):
            if house.run(run_id).status is Status.PUBLISHED:
                break
            thread.join(0.02)
    finally:
        worker.stop()
        thread.join(10)
    assert (row(house, run_id, "site").status, row(house, run_id, "site").draft_id) == ("live", approved)
    assert house.run(run_id).status is Status.PUBLISHED


def test_a_schedule_is_moved_and_called_off(desk: tuple[House, str], cms: SmallCms):
    house, run_id = desk
    house.decide(run_id, "publish", targets=["small", "site"], at=soon())
    later = soon(48)
    house.decide(run_id, "reschedule", targets=["small", "site"], at=later)
    assert {p.publish_at[:16] for p in house.studio.publications(run_id)} == {later[:16]}
    assert next(iter(cms.posts.values())).at[:16] == later[:16]
    house.decide(run_id, "reschedule", targets=["small", "site"], at=None)
    assert {p.publish_at for p in house.studio.publications(run_id)} == {None}
    assert next(iter(cms.posts.values())).status == "withdrawn"
    assert row(house, run_id, "site").status == "planned"


@pytest.mark.parametrize("at", ["tomorrow", "2020-01-01T00:00+00:00"])
def test_a_time_that_is_none_or_past_is_refused(desk: tuple[House, str], at: str):
    house, run_id = desk
    with pytest.raises(BriefError):
        house.studio.decide(run_id, "publish", by="Ada", data={"targets": ["site"], "at": at})


# --- the end of it ---------------------------------------------------------------


def test_unpublished_brought_back_and_deleted_for_good(desk: tuple[House, str], cms: SmallCms):
    house, run_id = desk
    house.decide(run_id, "publish", targets=["small"])
    assert house.decide(run_id, "unpublish", targets=["small"]).status is Status.REVIEW
    assert (row(house, run_id).status, cms.live()) == ("withdrawn", [])
    house.decide(run_id, "unpublish", targets=["small"])
    house.decide(run_id, "publish", targets=["small"])
    assert (row(house, run_id).status, len(cms.posts)) == ("live", 1)
    house.decide(run_id, "delete_there", targets=["small"])
    assert (row(house, run_id).status, cms.posts) == ("deleted", {})
    by = [(d.kind, d.by) for d in house.process.store.decisions.of_run(run_id)]
    assert ("delete_there", "Ada") in by


# --- settings and secrets ---------------------------------------------------------------


def test_secrets_go_to_their_file_and_nowhere_else(desk: tuple[House, str], cms: SmallCms, secrets: Path):
    house, run_id = desk
    assert secrets.stat().st_mode & 0o777 == 0o600
    house.decide(run_id, "publish", targets=["small"])
    for file in house.data.rglob("*"):
        if file.is_file():
            assert cms.password.encode() not in file.read_bytes(), file.name
    assert "sesame" not in repr(house.studio.settings) + repr(house.studio.publishing.targets())


def test_a_changed_password_is_seen_without_a_restart(desk: tuple[House, str], cms: SmallCms):
    house, run_id = desk
    cms.password = "close sesame"
    with pytest.raises(PublishError, match="Who are you"):
        house.studio.publishing.test_connection("small")
    save_target_secrets("small", {"password": "close sesame"})
    assert house.studio.publishing.test_connection("small") == ("You are the editor there.",)
    assert house.decide(run_id, "publish", targets=["small"]).status is Status.PUBLISHED


def test_only_what_is_set_up_is_offered_and_only_approvers_publish(desk: tuple[House, str]):
    house, run_id = desk
    house.studio.publishing.forget_target("small")
    assert [form.name for form in house.studio.publishing.offered()] == ["site"]
    with pytest.raises(PublishError, match=r"missing|not set up"):
        house.studio.decide(run_id, "publish", by="Ada", data={"targets": ["small"]})
    house.studio.save_settings({"approvers": ["grace@example.org"]})
    with pytest.raises(PublishError, match="may not publish"):
        house.studio.decide(run_id, "publish", by="ada@example.org", data={"targets": ["site"]})
    house.studio.decide(run_id, "publish", by="grace@example.org", data={"targets": ["site"]})


def test_a_form_says_what_a_target_needs_and_refuses_what_makes_no_sense(desk: tuple[House, str], cms: SmallCms):
    house, _ = desk
    form = next(form for form in house.studio.publishing.targets() if form.name == "small")
    url, password = form.fields
    assert (url.label, url.value, url.help, url.required) == ("URL", cms.url, "where it stands.", True)
    assert (password.secret, password.is_set, password.value) == (True, True, "")
    assert "drafts" in form.can
    with pytest.raises(SettingsError, match="no setting colour"):
        house.studio.publishing.save_target("small", {"colour": "red"})
    house.studio.publishing.save_target("small", {"url": cms.url, "password": ""})
    assert house.studio.publishing.test_connection("small"), "an empty password leaves the one there is"
    house.studio.publishing.forget_target("small")
    assert "small" not in [form.name for form in house.studio.publishing.offered()]
    assert "sesame" not in (house.data.parent / "secrets.toml").read_text()


# --- what goes out ---------------------------------------------------------------


def test_what_a_person_set_goes_out_and_what_they_left_alone_galley_chooses(desk: tuple[House, str]):
    house, run_id = desk
    door = house.studio.publishing
    picture = door.take_picture(_png(), "A boiler\nin a cellar")
    before = door.suggested(run_id)
    assert before.cover is not None
    assert before.cover.alt.startswith("Decorative cover")
    door.save_details(run_id, Details(tags=("heat",), seo_title="Heat pumps", cover=picture), by="Ada")
    after = door.suggested(run_id)
    assert (after.tags, after.seo_title, after.dek, after.slug) == (("heat",), "Heat pumps", before.dek, before.slug)
    assert after.cover == picture
    assert (picture.alt, Path(picture.path).name) == ("A boiler in a cellar", f"{picture.hash}.png")
    assert door.suggested(run_id).cover == door.suggested(run_id).cover
    with pytest.raises(PublishError, match="no picture"):
        door.take_picture(b"<svg onload=alert(1)>", "x")


def test_a_draft_is_left_there_when_that_is_asked(desk: tuple[House, str], cms: SmallCms):
    house, run_id = desk
    run = house.decide(run_id, "publish", targets=["small", "site"], draft=True)
    assert run.status is Status.REVIEW
    assert (row(house, run_id).status, cms.live()) == ("draft", [])
    assert house.events(run_id, "not_published")[-1].data["target"] == "site"
    house.decide(run_id, "publish", targets=["small"])
    assert (row(house, run_id).status, cms.writes["create"]) == ("live", 1)


# --- the command line ---------------------------------------------------------------


def test_the_command_line_lists_tries_publishes_and_takes_down(
    desk: tuple[House, str], cms: SmallCms, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    house, run_id = desk
    monkeypatch.setenv("GALLEY_DATA", str(house.data))
    monkeypatch.setenv("PHOENIX_COLLECTOR_ENDPOINT", "http://127.0.0.1:9")

    def call(*arguments: str) -> tuple[int, str]:
        code = main(list(arguments))
        said = capsys.readouterr()
        return code, said.out + said.err

    code, said = call("targets", "--check")
    assert code == 0
    assert "You are the editor there." in said
    assert "missing" in said
    code, said = call("publish", run_id, "--target", "small", "--target", "site", "--dry-run")
    assert code == 0
    assert "will be lost here: footnotes" in said
    assert not cms.posts
    code, said = call("publish", run_id, "--target", "small", "--target", "site")
    assert (code, len(cms.live())) == (0, 1)
    assert "small: live http" in said
    cms.edit(title="Theirs", hash="theirs")
    edited(house, run_id)
    code, said = call("publish", run_id, "--target", "small")
    assert code == 1
    assert "Somebody changed the post there." in said
    code, said = call("publish", run_id, "--target", "small", "--overwrite", "small", "--note", "Ours again.")
    assert (code, cms.live()[0].title != "Theirs") == (0, True)
    code, said = call("publish", run_id, "--target", "small", "--at", "2020-01-01")
    assert (code, "past" in said) == (1, True)
    code, said = call("unpublish", run_id)
    assert (code, cms.live(), len(house.site())) == (0, [], 0)
    code, said = call("unpublish", run_id)
    assert (code, "nowhere" in said) == (1, True)


def _png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 20), "teal").save(out, "PNG")
    return out.getvalue()
