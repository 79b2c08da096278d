"""What only WordPress has, at a real one: roles, terms, the trash, firewalls, its editor's blocks.

Needs the server of `make test-targets`; the contract of every target stands in `tests/contracts`.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import SecretStr

from core.errors import EditedThereError, PublishError, SlugTakenError
from core.models import Article
from core.publishing.wordpress import WordPress
from tests.contracts.article import an_article
from tests.servers.wordpress import WordPressPlace, start

pytestmark = [
    pytest.mark.skipif("wordpress" not in os.environ.get("GALLEY_TEST_SERVERS", ""), reason="make test-targets"),
    pytest.mark.xdist_group("wordpress"),
]


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WordPressPlace]:
    place = start(tmp_path_factory.mktemp("wordpress"))
    yield place
    place.stop()


@pytest.fixture
def place(started: WordPressPlace) -> WordPressPlace:
    started.wire.clear()
    return started


def article(**changes: object) -> Article:
    mark = uuid4().hex[:12]
    return replace(an_article(), **{"key": f"run-{mark}", "slug": f"heat-{mark}", **changes})


def post(place: WordPressPlace, remote_id: str) -> dict:
    return place._ask("GET", f"/posts/{remote_id}", params={"context": "edit"})


def test_a_contributor_hears_before_anything_is_written_that_it_may_not_publish(place: WordPressPlace):
    guest = place.signed_in("guest")
    for call in (guest.check, lambda: guest.publish(article())):
        with pytest.raises(PublishError, match="contributor") as caught:
            call()
        assert "Author" in caught.value.remedy
    assert place.wire.writes == []
    draft = guest.publish(article(), draft=True)
    assert draft.status == "draft"


def test_an_author_is_told_what_is_lost_and_no_script_is_sent_at_all(place: WordPressPlace):
    told = place.weaker.check()
    assert any("JSON-LD" in line for line in told)
    receipt = place.weaker.publish(article())
    assert "ld+json" not in b"".join(sent.body for sent in place.wire.writes).decode()
    assert any("JSON-LD" in line for line in receipt.lost)


def test_what_wordpress_has_no_field_for_is_listed(place: WordPressPlace):
    asked = article(canonical_url="https://first.example/a", description="Another.", seo_title="Other title")
    lost = place.target.preview(asked).lost
    assert [line.partition(":")[0] for line in lost] == [
        "The canonical address",
        "The title for search engines",
        "The description for search engines",
    ]


def test_tags_and_the_category_are_used_again_and_made_when_missing(place: WordPressPlace):
    tag = f"Heat & {uuid4().hex[:6]}"
    target = WordPress(
        url=place.wire.url, user="admin", password=SecretStr(place.site.passwords["admin"]), category="Energy"
    )
    first = post(place, target.publish(article(tags=(tag,))).remote_id)
    second = post(place, target.publish(article(tags=(tag.upper(),))).remote_id)
    assert first["tags"] == second["tags"] != []
    assert first["categories"] == second["categories"] != [1]


def test_a_category_chosen_there_survives_an_update(place: WordPressPlace):
    asked = article()
    receipt = place.target.publish(asked)
    other = place._ask("POST", "/categories", json={"name": f"Mine {uuid4().hex[:6]}"})["id"]
    place._ask("POST", f"/posts/{receipt.remote_id}", json={"categories": [other]})
    place.target.publish(replace(asked, dek="Newer."), last=receipt)
    assert post(place, receipt.remote_id)["categories"] == [other]


def test_an_article_in_the_trash_comes_back_only_when_a_person_says_so(place: WordPressPlace):
    asked = article()
    receipt = place.target.publish(asked)
    place._ask("DELETE", f"/posts/{receipt.remote_id}")
    with pytest.raises(EditedThereError, match="removed"):
        place.target.publish(asked, last=receipt)
    back = place.target.publish(asked, last=receipt, overwrite=True)
    assert (back.status, back.url) == ("live", receipt.url)


def test_what_a_person_took_down_is_not_put_back_in_silence(place: WordPressPlace):
    asked = article()
    receipt = place.target.publish(asked)
    place._ask("POST", f"/posts/{receipt.remote_id}", json={"status": "draft"})
    with pytest.raises(EditedThereError):
        place.target.publish(asked, last=receipt)


def test_a_page_of_the_site_keeps_its_address(place: WordPressPlace):
    asked = article()
    place._ask("POST", "/pages", json={"title": "About", "slug": asked.slug, "status": "publish"})
    with pytest.raises(SlugTakenError):
        place.target.publish(asked)


def test_an_address_that_wordpress_keeps_for_itself_is_refused_not_numbered(place: WordPressPlace):
    with pytest.raises(SlugTakenError, match="feed-2"):
        place.target.publish(article(slug="feed"))


def test_a_long_address_in_another_script_is_kept_whole(place: WordPressPlace):
    asked = article(slug="熱ポンプ入門" * 10 + uuid4().hex[:4], title="熱ポンプ入門")
    receipt = place.target.publish(asked)
    assert place.read(receipt.url).status == 200
    assert place.target.publish(asked, last=receipt).status == "unchanged"


def test_a_date_ahead_of_the_sites_clock_does_not_schedule_the_article(place: WordPressPlace):
    assert place.target.publish(article(published_at="2099-01-01T00:00:00Z")).status == "live"


def test_the_text_stands_in_the_editor_as_paragraphs_and_headings(place: WordPressPlace):
    content = post(place, place.target.publish(article()).remote_id)["content"]["raw"]
    assert content.count("<!-- wp:paragraph -->") >= 3
    assert "<!-- wp:heading -->" in content
    assert '<!-- wp:heading {"level":3} -->' in content


def test_markup_in_a_title_or_a_dek_stays_text(place: WordPressPlace):
    asked = article(title="a < b & <img src=x onerror=alert(1)>", dek="<script>alert(1)</script> & more")
    page = place.read(place.target.publish(asked).url).html
    assert "<img src=x" not in page
    assert "<script>alert(1)" not in page


def test_a_site_without_pretty_addresses_is_reached_all_the_same(place: WordPressPlace):
    target = WordPress(url=place.wire.url, user="admin", password=SecretStr(place.site.passwords["admin"]))
    place.wire.refuse(lambda sent: sent.path.startswith("/wp-json"), 404, times=1000)
    receipt = target.publish(article())
    assert receipt.status == "live"
    assert target.publish(article(key=receipt.key), last=receipt).remote_id == receipt.remote_id


def test_a_blocked_interface_is_named_when_nothing_else_is_open(place: WordPressPlace):
    target = WordPress(url=place.wire.url, user="admin", password=SecretStr(place.site.passwords["admin"]))
    blocked = b"<title>Blocked by the firewall</title>"
    place.wire.refuse(lambda sent: "wp-json" in sent.path or "xmlrpc" in sent.path, 403, body=blocked, times=1000)
    with pytest.raises(PublishError, match="Blocked by the firewall") as caught:
        target.check()
    assert "REST" in caught.value.remedy


def test_a_site_that_is_no_wordpress_is_named(place: WordPressPlace):
    target = WordPress(url=place.wire.url, user="admin", password=SecretStr("x"))
    place.wire.refuse(lambda sent: "wp-json" in sent.path, 200, body=b'{"name": "Something"}', times=9)
    place.wire.refuse(lambda sent: "xmlrpc" in sent.path, 404, times=9)
    with pytest.raises(PublishError, match="not as a WordPress"):
        target.check()


def test_a_picture_too_large_is_named_and_leaves_nothing_behind(place: WordPressPlace, tmp_path: Path):
    from hashlib import sha256

    from core.models import Picture
    from core.publishing.cover import cover

    path = tmp_path / "cover.png"
    path.write_bytes(cover(f"A cover {uuid4().hex}"))
    digest = sha256(path.read_bytes()).hexdigest()
    asked = article(cover=Picture(path=str(path), hash=digest, media_type="image/png", alt="A", width=1200, height=630))
    place.wire.refuse(lambda sent: sent.method == "POST" and "/media" in sent.path, 413)
    with pytest.raises(PublishError, match="too large") as caught:
        place.target.publish(asked)
    assert "upload_max_filesize" in caught.value.remedy
    assert place.count(asked.key) == 0


def test_a_receipt_of_the_xmlrpc_way_says_what_did_not_go(place: WordPressPlace):
    target = WordPress(url=place.wire.url, user="admin", password=SecretStr(place.site.passwords["admin"]))
    place.wire.refuse(lambda sent: "wp-json" in sent.path, 403, times=1000)
    assert any("XML-RPC" in line for line in target.check())
    receipt = target.publish(article())
    assert any("JSON-LD" in line for line in receipt.lost)
