"""An article published from three pages of a real local site, whose pages a test then changes."""

import hashlib
from collections.abc import Callable, Iterator

import pytest

from tests.agents.small_house import House, claims
from tests.reading.site import Site, Visit

TOPIC = "What does the Aldermoor river barrier protect?"
NOW = 1_800_000_000.0

COST = """
The Aldermoor river barrier was opened in 2014 and cost the county £84 million to build.
The barrier protects 12,400 homes in the lower town from river floods.
Engineers close the Aldermoor barrier when the river is forecast to rise above 3.2 metres.
Closing the six steel gates of the barrier takes 45 minutes.
Running the barrier costs the county about £1.9 million a year.
"""
FLOODS = """
The flood of December 2019 reached 4.1 metres at the Aldermoor barrier, the highest level on record.
The barrier kept the lower town dry during the flood of December 2019.
Before the barrier was built, a flood in 2007 damaged 3,150 homes in the lower town.
The river barrier does not protect the allotments on the eastern bank at Aldermoor.
Insurance claims for floods in the lower town have fallen by 71 per cent since the barrier opened.
"""
FISH = """
A fish pass beside the Aldermoor river barrier lets salmon reach the upper river.
Wardens counted 5,200 salmon at the barrier's fish pass in 2023.
The barrier stays open on most days, so boats can pass it without a fee.
Volunteers clear driftwood from the barrier's gates every spring and autumn.
The river trust says that otters have returned to the river above the barrier.
"""
PAGES = {"/cost": ("What the river barrier costs", COST), "/floods": ("What the barrier protects", FLOODS),
         "/fish": ("Life at the river barrier", FISH)}  # fmt: skip


def html(title: str, text: str) -> str:
    body = "".join(f"<p>{line}</p>" for line in text.strip().splitlines())
    return (
        f"<!doctype html><html><head><title>{title}</title></head>"
        f"<body><main><h1>{title}</h1>{body}</main></body></html>"
    )


class LivingSite:
    """Three pages that answer conditional requests truthfully."""

    def __init__(self, site: Site) -> None:
        self.site = site
        for path, (title, text) in PAGES.items():
            self.write(path, text, title=title)

    def write(self, path: str, text: str, *, title: str | None = None) -> None:
        body = html(title or PAGES[path][0], text).encode()
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'

        def page(visit: Visit) -> None:
            if visit.headers.get("if-none-match") == etag:
                visit.say(304, {"etag": etag})
            else:
                visit.say(200, {"content-type": "text/html; charset=utf-8", "etag": etag}, body)

        self.site.on(path, page)

    def edit(self, path: str, old: str, new: str) -> None:
        text = PAGES[path][1]
        assert old in text
        self.write(path, text.replace(old, new))

    def say(self, path: str, status: int, body: bytes = b"", **headers: str) -> None:
        self.site.on(path, (status, headers, body))

    def remove(self, path: str, status: int = 404) -> None:
        self.say(path, status)

    def go_down(self, house: House) -> None:
        """Nobody answers any more, nor on a connection that is open still."""
        self.site.close()
        house.process.client.close()


@pytest.fixture
def site() -> Iterator[LivingSite]:
    served = Site()
    yield LivingSite(served)
    served.close()


@pytest.fixture
def published(new_house: Callable[..., House], site: LivingSite) -> tuple[House, str]:
    """A house with an article live on its site that says what the three pages say, a sentence each."""
    house = new_house(allow_private_addresses=True)
    run = house.to_review(TOPIC, urls=tuple(site.site.url + path for path in PAGES), collections=("none",))
    markdown = "# What the barrier protects\n\n" + "\n\n".join(
        f"## {title}\n\n" + "\n".join(cited(house, run.id, line) for line in text.strip().splitlines())
        for title, text in PAGES.values()
    )
    house.decide(run.id, "edit", draft_id=run.draft_id, markdown=markdown)
    assert all(s.verdict and s.verdict.label == "supported" for s in claims(house.draft(run.id)))
    assert house.decide(run.id, "publish", target="site").status == "published"
    return house, run.id


def cited(house: House, run_id: str, sentence: str) -> str:
    """The sentence with the marker of the passage that says it."""
    store = house.studio.store
    for snapshot in store.sources.snapshots_of_run(run_id):
        for passage in store.passages.of_snapshot(snapshot):
            if sentence in passage.text:
                return f"{sentence} [{store.evidence.number(run_id, passage.id)}]"
    raise AssertionError(sentence)
