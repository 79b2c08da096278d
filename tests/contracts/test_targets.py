"""The contract of a target, kept at real servers: what a writer or a reader would miss."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest
from lxml import html as parser
from PIL import Image

from core.errors import EditedThereError, PublishError, SlugTakenError, UnansweredError
from core.models import Article, ArticleSection, ArticleSentence, Picture, SentenceKind
from tests.contracts.article import COSTS, OPENING, QUOTE
from tests.contracts.conftest import Desk
from tests.contracts.place import Place

ADDED = "A sentence that a person wrote there by hand."
GONE = (401, 403, 404, 410)
"""How a server tells a reader that there is nothing for them."""


def needs(place: Place, *abilities: str) -> None:
    for ability in abilities:
        if not getattr(place.target.capabilities, ability):
            pytest.skip(f"this place has no {ability}")


def with_sentence(article: Article, text: str) -> Article:
    """The article with one more section, so another content hash."""
    sentence = ArticleSentence(text=text, kind=SentenceKind.TRANSITION)
    return replace(article, sections=(*article.sections, ArticleSection(heading="New", paragraphs=((sentence,),))))


def words(markup: str) -> str:
    return " ".join(parser.document_fromstring(markup).text_content().split())


# --- to the public ---------------------------------------------------------------


def test_a_reader_finds_the_whole_article_at_the_receipts_address(desk: Desk):
    article = desk.article()
    receipt = desk.publish(article)
    assert (receipt.status, receipt.key) == ("live", article.key)
    page = desk.place.read(receipt.url)
    assert page.status == 200
    read = words(page.html)
    for part in (article.title, OPENING, COSTS, QUOTE, "What it costs", article.limitations[0], "Miriam Askew"):
        assert part in read
    assert article.key in page.html


def test_footnotes_can_be_followed_there_and_back(desk: Desk):
    needs(desk.place, "footnotes")
    page = parser.document_fromstring(desk.place.read(desk.publish(desk.article()).url).html)
    ids = set(page.xpath("//@id"))
    inner = [link for link in page.xpath("//a/@href[starts-with(., '#')]") if "fn" in link or "ref" in link]
    assert len(inner) >= 8
    assert [link for link in inner if link[1:] not in ids] == []


def test_a_script_in_a_source_does_not_reach_the_page(desk: Desk):
    page = desk.place.read(desk.publish(desk.article()).url).html
    assert "<script>document.title" not in page
    tree = parser.document_fromstring(page)
    ours = [s for s in tree.xpath("//script") if "taken over" in (s.text or "")]
    assert all(script.get("type") == "application/ld+json" for script in ours)


def test_machines_read_the_claims_of_the_page(desk: Desk):
    needs(desk.place, "structured_data")
    article = desk.article()
    receipt = desk.publish(article)
    tree = parser.document_fromstring(desk.place.read(receipt.url).html)
    blocks = [json.loads(script.text) for script in tree.xpath("//script[@type='application/ld+json']")]
    [ours] = [block for block in blocks if block.get("identifier") == article.key]
    assert ours["headline"] == article.title
    assert ours["url"] == receipt.url
    assert len(ours["hasPart"]) == 3


# --- exactly once ---------------------------------------------------------------


def test_publishing_the_same_again_writes_nothing(desk: Desk):
    article = desk.article()
    first = desk.publish(article)
    if desk.place.wire:
        desk.place.wire.clear()
    again = desk.publish(article, last=first)
    assert (again.status, again.url, again.remote_id) == ("unchanged", first.url, first.remote_id)
    assert again.content_hash == first.content_hash
    if desk.place.wire:
        assert desk.place.wire.writes == []


def test_without_a_receipt_the_article_is_found_by_its_key(desk: Desk):
    article = desk.article()
    first = desk.publish(article)
    again = desk.publish(article)
    assert (again.status, again.remote_id) == ("unchanged", first.remote_id)


def test_a_lost_answer_never_makes_a_second_article_whichever_request_it_was(
    desk: Desk, new_cover: Callable[[], Picture]
):
    if desk.place.wire is None:
        pytest.skip("this place does not talk HTTP")
    wire = desk.place.wire
    there = desk.place.pictures()
    for position in range(12):
        article = desk.article(cover=new_cover() if desk.place.target.capabilities.media else None)
        writes = iter(range(100))
        wire.clear()
        wire.lose(lambda sent, n=position, w=writes: sent.writes and next(w) == n)
        try:
            desk.publish(article)
        except UnansweredError:
            wire.clear()
            receipt = desk.publish(article)
            assert receipt.status in ("live", "unchanged")
            assert OPENING in words(desk.place.read(receipt.url).html)
        else:
            break  # fewer writes than that
    else:
        pytest.fail("more writes than any article needs")
    assert position, "not one answer was lost"
    if desk.place.target.capabilities.media:
        assert desk.place.pictures() - there == position + 1, "a picture for each article"


def test_an_update_whose_answer_was_lost_is_not_taken_for_a_persons_edit(desk: Desk):
    if desk.place.wire is None:
        pytest.skip("this place does not talk HTTP")
    article = desk.article()
    first = desk.publish(article)
    newer = with_sentence(article, "Newer.")
    desk.place.wire.lose(lambda sent: sent.writes)
    with pytest.raises(UnansweredError):
        desk.publish(newer, last=first)
    again = desk.publish(newer, last=first)
    assert again.status in ("live", "unchanged")
    assert "Newer." in desk.place.read(again.url).html


def test_a_server_that_is_busy_is_asked_again_when_it_says(desk: Desk):
    if desk.place.wire is None:
        pytest.skip("this place does not talk HTTP")
    for status in (429, 503):
        desk.place.wire.refuse(lambda sent: sent.writes, status, headers={"Retry-After": "0"})
        assert desk.publish(desk.article()).status == "live"


def test_an_address_of_another_article_is_never_taken(desk: Desk):
    article = desk.article()
    desk.place.occupy(article.slug)
    with pytest.raises(SlugTakenError):
        desk.place.target.publish(article)
    assert desk.place.count(article.key) == 0


def test_a_picture_goes_there_once(desk: Desk, cover: Picture):
    needs(desk.place, "media")
    there = desk.place.pictures()
    article = desk.article(cover=cover)
    first = desk.publish(article)
    desk.publish(with_sentence(article, "Newer."), last=first)
    desk.publish(desk.article(cover=cover))
    assert desk.place.pictures() - there == 1
    tree = parser.document_fromstring(desk.place.read(first.url).html)
    assert cover.alt in tree.xpath("//img/@alt")


# --- life there ---------------------------------------------------------------


def test_an_update_stands_at_the_same_address(desk: Desk):
    article = desk.article()
    first = desk.publish(article)
    second = desk.publish(with_sentence(article, "A newer sentence."), last=first)
    assert (second.status, second.url, second.remote_id) == ("live", first.url, first.remote_id)
    assert second.content_hash != first.content_hash
    assert "A newer sentence." in desk.place.read(first.url).html


def test_what_a_person_edited_there_is_not_overwritten_unless_chosen(desk: Desk):
    needs(desk.place, "read_back")
    article = desk.article()
    first = desk.publish(article)
    desk.place.edit(first, ADDED)
    newer = with_sentence(article, "Newer.")
    seen = desk.place.target.preview(newer, last=first)
    assert seen.edited
    assert ADDED in (seen.standing or "")
    with pytest.raises(EditedThereError):
        desk.publish(newer, last=first)
    with pytest.raises(EditedThereError):
        desk.publish(article, last=first)
    assert ADDED in desk.place.read(first.url).html
    chosen = desk.publish(newer, last=first, overwrite=True)
    page = desk.place.read(first.url).html
    assert ADDED not in page
    assert "Newer." in page
    assert desk.publish(newer, last=chosen).status == "unchanged"


def test_an_article_removed_there_comes_back_only_when_a_person_says_so(desk: Desk):
    needs(desk.place, "read_back")
    article = desk.article()
    first = desk.publish(article)
    desk.place.remove(first)
    assert desk.place.target.find(article.key) is None
    assert desk.place.target.preview(article, last=first).edited
    with pytest.raises(EditedThereError):
        desk.publish(article, last=first)
    back = desk.publish(article, last=first, overwrite=True)
    assert (back.status, back.url) == ("live", first.url)
    assert desk.place.read(back.url).status == 200


def test_a_draft_is_for_us_alone_until_it_is_flipped(desk: Desk):
    needs(desk.place, "drafts")
    article = desk.article()
    draft = desk.publish(article, draft=True)
    assert draft.status == "draft"
    assert desk.publish(article, draft=True, last=draft).status == "unchanged"
    if desk.place.target.capabilities.preview:
        shown = desk.place.read(draft.preview_url)
        assert shown.status == 200
        assert OPENING in words(shown.html)
    live = desk.publish(article, last=draft)
    assert (live.status, live.remote_id) == ("live", draft.remote_id)
    assert desk.place.read(live.url).status == 200


def test_a_draft_of_an_update_leaves_the_live_article_where_it_is(desk: Desk):
    needs(desk.place, "drafts")
    article = desk.article()
    live = desk.publish(article)
    newer = with_sentence(article, "Newer.")
    held = desk.publish(newer, last=live, draft=True)
    assert desk.place.read(live.url).status == 200
    assert desk.publish(newer, last=held).url == live.url
    assert "Newer." in desk.place.read(live.url).html


def test_a_scheduled_article_waits_and_can_be_brought_forward(desk: Desk):
    needs(desk.place, "schedule")
    article = desk.article()
    at = (datetime.now(UTC) + timedelta(days=400)).strftime("%Y-%m-%dT%H:%M:%SZ")
    waiting = desk.publish(article, at=at)
    assert (waiting.status, waiting.publish_at) == ("scheduled", at)
    assert desk.publish(article, at=at, last=waiting).status == "unchanged"
    if waiting.url:
        assert desk.place.read(waiting.url).status in GONE
    live = desk.publish(article, last=waiting)
    assert live.status == "live"
    assert desk.place.read(live.url).status == 200


def test_an_article_taken_down_comes_back_under_its_address(desk: Desk):
    needs(desk.place, "unpublish")
    article = desk.article()
    live = desk.publish(article)
    down = desk.withdraw(live)
    assert down.status == "withdrawn"
    assert desk.place.read(live.url).status in GONE
    assert desk.withdraw(down).status == "withdrawn"
    back = desk.publish(article, last=down)
    assert (back.status, back.url) == ("live", live.url)
    assert desk.place.read(back.url).status == 200


def test_a_deleted_article_is_gone_for_good(desk: Desk):
    needs(desk.place, "delete")
    article = desk.article()
    live = desk.publish(article)
    gone = desk.delete(live)
    assert gone.status == "deleted"
    assert desk.place.read(live.url).status in GONE
    assert desk.delete(gone).status == "deleted"
    assert desk.place.target.find(article.key) is None


def test_find_tells_what_really_stands_there(desk: Desk):
    article = desk.article()
    assert desk.place.target.find(article.key) is None
    live = desk.publish(article)
    found = desk.place.target.find(article.key)
    assert found
    assert (found.status, found.url, found.content_hash) == ("live", live.url, live.content_hash)
    if desk.place.target.capabilities.read_back:
        assert found.revision == live.revision
        desk.place.edit(live, ADDED)
        edited = desk.place.target.find(article.key)
        assert edited
        assert edited.content_hash != live.content_hash
        assert edited.revision != live.revision


# --- before anything is sent ---------------------------------------------------------------


def test_a_preview_shows_everything_and_writes_nothing(desk: Desk):
    article = desk.article()
    seen = desk.place.target.preview(article)
    assert seen.requests
    assert seen.standing is None
    assert OPENING in words(seen.page)
    assert OPENING in seen.sent
    assert desk.place.count(article.key) == 0
    if desk.place.wire:
        assert desk.place.wire.writes == []
    live = desk.publish(article)
    again = desk.place.target.preview(article, last=live)
    assert again.requests == ()
    assert not again.edited
    assert set(seen.lost) == set(live.lost)


def test_a_wrong_password_is_named_and_never_shown(place: Place):
    if place.wrong is None:
        pytest.skip("nothing is asked here")
    for call in (place.wrong.check, lambda: place.wrong.publish(Desk(place).article())):
        with pytest.raises(PublishError) as caught:
            call()
        assert caught.value.remedy
        assert "wrong" not in str(caught.value).replace("wrong user", "")


def test_what_a_weaker_role_loses_is_said_before_and_never_left_on_the_page(desk: Desk):
    weaker = desk.place.weaker
    if weaker is None:
        pytest.skip("this place has no roles")
    article = desk.article()
    assert weaker.check()
    told = weaker.preview(article).lost
    receipt = desk.publish(article, weaker)
    assert set(receipt.lost) == set(told)
    page = desk.place.read(receipt.url).html
    assert "schema.org/" not in words(page)
    assert desk.publish(article, weaker, last=receipt).status == "unchanged"


def test_a_working_connection_says_who_we_are(place: Place):
    assert place.target.check()


@pytest.fixture
def new_cover(tmp_path: Path) -> Callable[[], Picture]:
    """Makes pictures that nobody has sent yet."""

    def make() -> Picture:
        path = tmp_path / f"{uuid4().hex}.png"
        Image.frombytes("RGB", (16, 9), os.urandom(16 * 9 * 3)).save(path)
        digest = sha256(path.read_bytes()).hexdigest()
        alt = f"A plain cover {digest[:8]}"
        return Picture(path=str(path), hash=digest, media_type="image/png", alt=alt, width=16, height=9)

    return make


@pytest.fixture
def cover(new_cover: Callable[[], Picture]) -> Picture:
    return new_cover()
