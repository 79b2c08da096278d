"""What only Ghost has: tokens by its clock, its lock, its head, its internal tags.

Those at a real Ghost need the server of `make test-targets`; the contract of every target
stands in `tests/contracts`.
"""

import base64
import hashlib
import hmac
import json
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from pydantic import SecretStr

from core.errors import EditedThereError, PublishError, SlugTakenError
from core.models import Article
from core.publishing.ghost import Ghost
from core.publishing.ghost_admin import GhostAdmin, make_token
from tests.contracts.article import an_article
from tests.servers.ghost import GhostPlace, start

real = pytest.mark.skipif("ghost" not in os.environ.get("GALLEY_TEST_SERVERS", ""), reason="make test-targets")
pytestmark = pytest.mark.xdist_group("ghost")


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GhostPlace]:
    place = start(tmp_path_factory.mktemp("ghost"))
    yield place
    place.stop()


@pytest.fixture
def place(started: GhostPlace) -> GhostPlace:
    started.wire.clear()
    return started


def article(**changes: object) -> Article:
    mark = uuid4().hex[:12]
    return replace(an_article(), **{"key": f"run-{mark}", "slug": f"heat-{mark}", **changes})


def post(place: GhostPlace, remote_id: str) -> dict:
    return place._ask("GET", f"/posts/{remote_id}/", params={"formats": "html"})["posts"][0]


# --- without a server ---------------------------------------------------------------


def test_a_token_is_signed_as_the_standard_says():
    token = make_token("ab", b"secret", 1000)
    head, claims, signature = (base64.urlsafe_b64decode(part + "==") for part in token.split("."))
    assert json.loads(head) == {"alg": "HS256", "kid": "ab", "typ": "JWT"}
    assert json.loads(claims) == {"iat": 1000, "exp": 1240, "aud": "/admin/"}
    assert signature == hmac.new(b"secret", token.rpartition(".")[0].encode(), hashlib.sha256).digest()


@pytest.mark.parametrize("key", ["", "a1b2", "0" * 26, f"{'0' * 24}:{'z' * 64}"])
def test_a_key_that_is_none_is_named_without_being_shown(key: str):
    with pytest.raises(PublishError, match="Admin API key") as caught:
        Ghost(url="https://blog.example", admin_key=SecretStr(key)).check()
    assert "Integrations" in caught.value.remedy
    assert not key or key not in str(caught.value)


# --- at a real Ghost ---------------------------------------------------------------


@real
def test_a_clock_that_is_wrong_here_does_not_make_tokens_expire(place: GhostPlace, monkeypatch: pytest.MonkeyPatch):
    now = time.time
    for hours in (-3, 3):
        monkeypatch.setattr("core.publishing.ghost_admin.time.time", lambda h=hours: now() + 3600 * h)
        monkeypatch.setattr("core.publishing.connection._skew", lambda date, known, h=hours: -3600.0 * h)
        GhostAdmin(place.wire.url, SecretStr(place.key)).sign_in()


@real
def test_a_save_between_our_reading_and_our_writing_is_not_overwritten(place: GhostPlace):
    receipt = place.target.publish(article())
    admin = GhostAdmin(place.wire.url, SecretStr(place.key))
    read = admin.post(receipt.remote_id)
    time.sleep(1.1)  # Ghost's lock counts whole seconds
    place.edit(receipt, "By hand.")
    with pytest.raises(EditedThereError):
        admin.write(read, {"title": "Ours"})
    assert post(place, receipt.remote_id)["title"] != "Ours"


@real
def test_a_scheduled_article_that_ghost_published_by_itself_was_edited_by_nobody(place: GhostPlace):
    asked = article()
    at = (datetime.now(UTC) + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M:%SZ")
    waiting = place.target.publish(asked, at=at)
    there = post(place, waiting.remote_id)
    change = {"status": "published", "published_at": "2026-01-01T00:00:00.000Z", "updated_at": there["updated_at"]}
    place._ask("PUT", f"/posts/{waiting.remote_id}/", json={"posts": [change]})
    assert place.target.publish(replace(asked, dek="Newer."), last=waiting).status == "live"


@real
def test_what_a_person_took_down_is_not_put_back_in_silence(place: GhostPlace):
    asked = article()
    receipt = place.target.publish(asked)
    change = {"status": "draft", "updated_at": post(place, receipt.remote_id)["updated_at"]}
    place._ask("PUT", f"/posts/{receipt.remote_id}/", json={"posts": [change]})
    with pytest.raises(EditedThereError):
        place.target.publish(asked, last=receipt)


@real
def test_fields_for_search_engines_reach_the_page(place: GhostPlace):
    asked = article(
        canonical_url="https://first.example/a", description="What a trial found.", seo_title="Heat pumps, tried"
    )
    receipt = place.target.publish(asked)
    page = place.read(receipt.url).html
    assert receipt.lost == ()
    assert '<link rel="canonical" href="https://first.example/a"' in page
    assert "<title>Heat pumps, tried</title>" in page
    assert '<meta name="description" content="What a trial found."' in page


@real
def test_a_title_that_ends_the_script_early_does_not(place: GhostPlace):
    asked = article(title="</script><img src=x onerror=alert(1)>")
    page = place.read(place.target.publish(asked).url).html
    assert "<img src=x" not in page


@real
def test_the_readers_see_none_of_our_tags(place: GhostPlace):
    asked = article(tags=("#heat pumps", "old houses"))
    receipt = place.target.publish(asked)
    tags = {tag["name"]: tag["visibility"] for tag in post(place, receipt.remote_id)["tags"]}
    assert tags == {"heat pumps": "public", "old houses": "public", f"#galley-{asked.key}": "internal"}
    assert f"#galley-{asked.key}" not in place.read(receipt.url).html
    place.target.delete(asked.key, last=receipt)
    left = place._ask("GET", "/tags/", params={"filter": f"slug:hash-galley-{asked.key}"})["tags"]
    assert left == []


@real
def test_a_page_of_the_site_keeps_its_address(place: GhostPlace):
    with pytest.raises(SlugTakenError):
        place.target.publish(article(slug="about"))


@real
def test_an_address_that_ghost_keeps_for_itself_is_refused_not_numbered(place: GhostPlace):
    asked = article(slug="rss")
    with pytest.raises(SlugTakenError, match="would have made it"):
        place.target.publish(asked)
    assert place.count(asked.key) == 0


@real
def test_an_address_in_another_script_is_spelt_as_ghost_does_and_never_numbered(place: GhostPlace):
    first = place.target.publish(article(slug="熱ポンプ入門"))
    assert place.read(first.url).status == 200
    with pytest.raises(SlugTakenError):
        place.target.publish(article(slug="熱ポンプ入門"))


@real
def test_a_key_that_ghost_would_spell_otherwise_is_found_all_the_same(place: GhostPlace):
    asked = article(key=f"Run_{uuid4().hex}, Über '1'")
    receipt = place.target.publish(asked)
    found = place.target.find(asked.key)
    assert found
    assert found.remote_id == receipt.remote_id


@real
def test_a_server_that_is_no_ghost_is_named(place: GhostPlace):
    place.wire.refuse(lambda sent: "/site/" in sent.path, 200, body=b"{}")
    with pytest.raises(PublishError, match="not as Ghost does"):
        Ghost(url=place.wire.url, admin_key=SecretStr(place.key)).check()
