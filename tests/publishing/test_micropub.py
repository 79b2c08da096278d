"""Sites that leave parts of Micropub out: no second post, and no draft that readers see."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import PublishError
from tests.servers.micropub import MicropubPlace, start


@pytest.fixture
def place(tmp_path: Path) -> Iterator[MicropubPlace]:
    place = start(tmp_path)
    yield place
    place.stop()


def test_a_lost_answer_where_nothing_can_be_looked_up_is_a_persons_turn(place, make):
    place.site.lists = False
    place.wire.lose(lambda sent: sent.method == "POST")
    with pytest.raises(PublishError, match="no list of posts") as raised:
        place.target.publish(make())
    assert not raised.value.retryable
    assert place.count("run-1") == 1


def test_a_site_without_a_list_is_said_to_have_none_and_goes_by_receipts(place, make):
    place.site.lists = False
    assert any("cannot list" in told for told in place.target.check())
    first = place.target.publish(make())
    assert place.target.publish(make(), last=first).status == "unchanged"
    assert place.target.publish(replace(make(), title="New"), last=first).url == first.url
    assert place.count("run-1") == 1


def test_a_draft_that_became_public_is_taken_away_at_once(place, make):
    place.site.drafts = False
    with pytest.raises(PublishError, match="does not know drafts"):
        place.target.publish(make(), draft=True)
    assert place.count("run-1") == 0


def test_an_article_is_found_on_a_later_page_of_the_list(place, make):
    place.target.publish(make())
    for number in range(25):
        place.occupy(f"other-{number}")
    assert place.target.find("run-1").status == "live"
    assert place.target.publish(make()).status == "unchanged"


def test_html_that_the_site_changes_is_reported(place, make):
    class Mangled(dict):
        def __setitem__(self, slug, post):
            content = post.properties["content"][0]
            content["html"] = content["html"].replace(' id="', ' data-id="')
            super().__setitem__(slug, post)

    place.site.posts = Mangled()
    assert any("changed the HTML" in told for told in place.target.publish(make()).changed)


def test_what_is_lost_is_said_before(place, make):
    article = replace(make(), canonical_url="https://first.example/a", description="d")
    lost = place.target.preview(article).lost
    assert len(lost) == 3
    assert any("https://first.example/a" in told for told in lost)
    assert place.target.publish(article).lost == lost
