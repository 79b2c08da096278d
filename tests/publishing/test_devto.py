"""dev.to by its documents: one article, truthful about AI, public only when it really is."""

from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from pydantic import SecretStr

from core.errors import EditedThereError, PublishError, UnansweredError
from core.publishing.devto import Devto, disclosure
from tests.servers.devto import KEY, Forem
from tests.servers.micropub import Served
from tests.servers.process import free_port
from tests.servers.wire import Wire


@pytest.fixture
def forem() -> Iterator[Forem]:
    port = free_port()
    forem = Forem(f"http://127.0.0.1:{port}")
    served = Served(forem.app(), port)
    yield forem
    served.stop()


@pytest.fixture
def wire(forem: Forem) -> Iterator[Wire]:
    wire = Wire(forem.url)
    yield wire
    wire.close()


@pytest.fixture
def target(wire: Wire) -> Devto:
    return Devto(api_key=SecretStr(KEY), url=wire.url)


def test_an_article_is_made_updated_and_left_alone(target, forem, wire, make):
    first = target.publish(make())
    assert (first.status, first.url) == ("live", f"{forem.url}/ada/article-1")
    wire.clear()
    assert target.publish(make(), last=first).status == "unchanged"
    assert wire.writes == []
    assert target.publish(replace(make(), title="New"), last=first).remote_id == first.remote_id
    assert [article["title"] for article in forem.articles] == ["New"]
    assert "run-1" in httpx.get(first.url).text


def test_a_lost_answer_makes_no_second_article(target, forem, wire, make):
    wire.lose(lambda sent: sent.method == "POST")
    with pytest.raises(UnansweredError):
        target.publish(make())
    assert target.publish(make()).status == "unchanged"
    assert len(forem.articles) == 1


def test_a_busy_site_is_asked_again_when_it_says_and_left_when_it_takes_minutes(target, wire, make):
    wire.refuse(lambda sent: sent.method == "POST", 429, headers={"Retry-After": "0"})
    assert target.publish(make()).status == "live"
    wire.refuse(lambda sent: sent.method == "POST", 429, headers={"Retry-After": "300"})
    with pytest.raises(PublishError, match="fewer requests") as raised:
        target.publish(replace(make(), key="run-2"))
    assert "five minutes" in raised.value.remedy


def test_an_article_saved_as_a_draft_is_made_public_or_told(target, forem, make):
    forem.drafts_first = 1
    assert target.publish(make()).status == "live"
    forem.drafts_first = 2
    with pytest.raises(PublishError, match="as a draft"):
        target.publish(replace(make(), key="run-2"))


def test_a_draft_is_flipped_and_taken_down(target, make):
    draft = target.publish(make(), draft=True)
    assert (draft.status, draft.url) == ("draft", None)
    live = target.publish(make(), last=draft)
    assert live.status == "live"
    assert target.publish(replace(make(), title="New"), last=live, draft=True).status == "live"
    down = target.withdraw("run-1", last=live)
    assert (down.status, target.find("run-1").status) == ("withdrawn", "draft")
    assert httpx.get(live.url).status_code == 404
    assert target.publish(make(), last=down).url == live.url


def test_an_edit_on_dev_to_is_never_overwritten_unasked(target, forem, make):
    first = target.publish(make())
    forem.articles[0]["body_markdown"] += "\nMine."
    assert target.preview(make(), last=first).edited
    with pytest.raises(EditedThereError):
        target.publish(make(), last=first)
    forem.articles.clear()
    with pytest.raises(EditedThereError, match="removed"):
        target.publish(make(), last=first)


def test_what_dev_to_cannot_hold_is_said_before(target, make, cover):
    article = replace(make(), tags=("a b", "c", "d", "e", "f g"), cover=cover, title="Long words " * 20)
    lost = target.preview(article).lost
    assert [said.split(":")[0] for said in lost[1:]] == [
        "The picture",
        "Tags after the first 4",
        "The end of the title",
    ]
    assert target.publish(article).lost == lost


@pytest.mark.parametrize(
    ("method", "by", "level"),
    [
        ("Composed from the sources' own sentences; no language model was used. 4 sentences", "", "no_ai"),
        ("Written by some-model from stored passages.", "Ada", "some_ai"),
        ("Written by some-model from stored passages.", "", "fully_autonomous"),
        ("Written by some-model from stored passages.", "autopilot", "fully_autonomous"),
    ],
)
def test_what_a_model_did_is_disclosed(target, forem, make, method, by, level):
    article = replace(make(), method=method, approved_by=by)
    assert disclosure(article) == level
    assert level in target.preview(article).requests[0]
    target.publish(article)
    assert forem.articles[0]["ai_disclosure_level"] == level


def test_a_wrong_key_is_named_and_not_shown(wire):
    with pytest.raises(PublishError) as raised:
        Devto(api_key=SecretStr("not-the-key"), url=wire.url).check()
    assert "not-the-key" not in str(raised.value)
    assert "API key" in raised.value.remedy
