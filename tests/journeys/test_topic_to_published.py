"""The whole way in a browser: a topic on the sample library becomes a checked, published article."""

import re
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect  # noqa: E402

from core.settings import load  # noqa: E402
from core.studio import Studio  # noqa: E402

LONG_MS = 120_000


def make_plan(visitor: Any, topic: str = "") -> str:
    """From the home page to a plan; adds the sample library on a first run. Returns the run's id."""
    page = visitor.go("/")
    if not Studio(load({}, {}, data=visitor.server.data)).library(size=1).total:
        page.get_by_role("button", name="Add the sample library").click()
        expect(page.get_by_text(re.compile("sample library is being read"))).to_be_visible()
        visitor.go("/library")
        expect(page.get_by_text(re.compile(r"5\d sources"))).to_be_visible(timeout=LONG_MS)
        visitor.go("/")
    if topic:
        page.get_by_label("Topic").fill(topic)
        page.keyboard.press("Tab")
        visitor.settle()
    else:
        page.get_by_role("button", name="Are heat pumps worth it in old houses?").click()
        expect(page.get_by_label("Topic")).to_have_value("Are heat pumps worth it in old houses?")
    page.get_by_role("button", name="Make a plan").click()
    expect(page.get_by_role("button", name="Approve and start")).to_be_visible(timeout=LONG_MS)
    return str(re.search(r"run=(\w+)", page.url)[1])  # type: ignore[index]


def approve(page: Any) -> None:
    page.get_by_role("button", name="Approve and start").click()


def await_review(page: Any) -> None:
    expect(page.get_by_role("tab", name="Article")).to_be_visible(timeout=LONG_MS)
    expect(page.locator("article .s").first).to_be_visible(timeout=LONG_MS)


def publish(page: Any, *, needs_reason: bool) -> None:
    page.get_by_role("button", name=re.compile("Publish")).first.click()
    reason = page.get_by_label("Why publish all the same?")
    if needs_reason:
        reason.fill("The open sentence is marked as such.")
        page.get_by_role("button", name="Publish all the same").click()
    expect(page.get_by_text("Published to site")).to_be_visible(timeout=LONG_MS)


def test_a_topic_becomes_a_checked_and_published_article(visit: Any) -> None:
    visitor = visit()
    page = visitor.page
    make_plan(visitor)
    expect(page).to_have_title(re.compile("Needs you"), timeout=LONG_MS)
    approve(page)
    await_review(page)

    claim = page.locator("article .s.supported").first
    words = claim.inner_text()
    claim.click()
    panel = page.locator("aside")
    expect(panel.locator("blockquote mark")).to_be_visible()
    expect(panel).to_contain_text("Supported")
    expect(panel).to_contain_text("Why is this here")
    expect(page).to_have_url(re.compile(r"sentence=\d+"))
    assert len(panel.locator("blockquote mark").inner_text()) > 20

    panel.get_by_role("button", name="Change this sentence").click()
    box = panel.get_by_label("The sentence")
    assert words.startswith(box.input_value()[:30])
    box.fill("The moon is made of 7,431 kilograms of green cheese.")
    panel.get_by_role("button", name="Save and judge again").click()
    changed = page.locator("article .s", has_text="green cheese")
    expect(changed).to_be_visible(timeout=LONG_MS)
    expect(changed).to_have_class(re.compile("unsupported|contradicted|partly"), timeout=LONG_MS)
    expect(page.get_by_text(re.compile("version 2|version 3")).first).to_be_visible()

    expect(page.get_by_role("button", name="Publish with 1 not supported")).to_be_visible()
    publish(page, needs_reason=True)
    address = page.get_by_role("link", name="View").get_attribute("href")
    page.goto(address)
    expect(page.locator("h1").first).to_be_visible()
    expect(page.locator("body")).to_contain_text("heat pump")
    visitor.check()


def test_a_reload_and_a_second_tab_show_the_same_run(visit: Any) -> None:
    first, second = visit(), visit()
    run = make_plan(first, "How do young street trees survive drought and heat?")
    second.go(f"/?run={run}")
    expect(second.page.get_by_role("button", name="Approve and start")).to_be_visible()
    approve(first.page)
    expect(first.page.get_by_role("button", name="Approve and start")).to_be_hidden()  # the click has been heard
    first.page.reload()  # in mid-run, or just after: either way nothing may be lost
    await_review(first.page)
    await_review(second.page)  # nobody touched the second tab: the feed told it
    mine = first.page.locator("article .s").all_inner_texts()
    assert mine
    assert second.page.locator("article .s").all_inner_texts() == mine
    first.check()
    second.check()


def test_weak_sentences_are_reached_by_keyboard(visit: Any) -> None:
    visitor = visit()
    page = visitor.page
    make_plan(visitor, "Do naps, caffeine and bright light help on a night shift?")
    approve(page)
    await_review(page)
    first = page.locator("article .s").first
    first.focus()
    page.keyboard.press("Enter")
    expect(first).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(first).to_have_attribute("aria-expanded", "false")
    if page.locator("article .is-weak").count():
        page.keyboard.press("j")
        innermost = "let a = document.activeElement; while (a.shadowRoot) a = a.shadowRoot.activeElement;"
        focused = page.evaluate(f"() => {{ {innermost} return a.className }}")
        assert "is-weak" in focused
    visitor.check()


def test_without_any_socket_the_page_polls_and_still_follows_the_run(visit: Any) -> None:
    visitor = visit()
    visitor.page.route_web_socket("**/api/runs/**", lambda socket: socket.close())
    make_plan(visitor, "How can night shift workers sleep better?")
    approve(visitor.page)
    await_review(visitor.page)
