"""What a receiver of events relies on: signatures, and one key for all tries of one event."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from core.errors import PublishError, UnansweredError
from core.publishing.record import from_data
from core.publishing.webhook import Webhook
from tests.servers.webhook import WebhookPlace, start


@pytest.fixture
def place(tmp_path: Path) -> Iterator[WebhookPlace]:
    place = start(tmp_path)
    yield place
    place.stop()


def test_events_tell_the_life_of_an_article(place, make):
    target = place.target
    live = target.publish(make())
    newer = target.publish(replace(make(), title="New"), last=live)
    down = target.withdraw("run-1", last=newer)
    back = target.publish(replace(make(), title="New"), last=down)
    target.delete("run-1", last=back)
    assert place.receiver.events == ["published", "updated", "withdrawn", "published", "deleted"]


def test_an_event_sent_twice_is_carried_out_once(place, make):
    place.receiver.answers = False  # nothing can be looked up
    place.wire.lose(lambda sent: sent.method == "POST")
    with pytest.raises(UnansweredError):
        place.target.publish(make())
    receipt = place.target.publish(make())
    assert (receipt.status, receipt.url.rpartition("/")[2]) == ("live", make().slug)
    assert place.receiver.events == ["published"]


def test_a_receiver_that_answers_no_questions_goes_by_receipts(place, make):
    place.receiver.answers = False
    first = place.target.publish(make())
    place.wire.clear()
    assert place.target.publish(make(), last=first).status == "unchanged"
    assert place.wire.writes == []


def test_the_event_carries_the_whole_article_and_no_path_of_ours(place, make, cover):
    article = replace(make(), cover=cover)
    place.target.publish(article)
    sent = json.loads(place.wire.writes[0].body)
    assert cover.path not in place.wire.writes[0].body.decode()
    assert from_data(sent["article"]) == replace(article, cover=replace(cover, path=""))
    assert sent["markdown"].startswith("# Do heat pumps")


def test_a_changed_body_does_not_pass_for_ours(place, make):
    place.target.publish(make())
    sent = place.wire.writes[0]
    seen = httpx.post(f"{place.receiver.url}/hook", content=sent.body + b" ", headers={"Idempotency-Key": "x"})
    assert seen.status_code == 401


def test_a_secret_that_can_be_guessed_is_refused():
    with pytest.raises(PublishError, match="shorter"):
        Webhook(url="https://a.example/hook", secret=SecretStr("short"))
