"""Every page stands on its own: cold deep links, phone width, both schemes, no foreign requests."""

import socket
import urllib.request
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect  # noqa: E402

from core.store import Store  # noqa: E402
from pages.components import ticket  # noqa: E402
from tests.journeys.conftest import Server, start_server, stop_server  # noqa: E402

PAGES = {
    "/": "What should we research?",
    "/runs": "Runs",
    "/library": "Library",
    "/quality": "Quality",
    "/costs": "Costs",
    "/settings": "Settings",
    "/inspect": "Inspect",
}


@pytest.mark.parametrize("path", PAGES)
def test_the_first_visit_to_a_cold_server_may_be_any_page(browser: Any, tmp_path: Path, path: str) -> None:
    """A `pages/` folder that Streamlit finds by itself is served without the frame on a cold server."""
    server = start_server(tmp_path)
    try:
        page = browser.new_page()
        page.goto(server.url + path)
        expect(page.get_by_role("heading", name=PAGES[path], exact=True)).to_be_visible(timeout=30_000)
        expect(page.get_by_role("link", name="Studio")).to_be_visible()
        page.close()
    finally:
        stop_server(server)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_shows_its_frame_and_itself(visit: Any, path: str) -> None:
    visitor = visit(color_scheme="dark")
    requests: list[str] = []
    visitor.page.on("request", lambda request: requests.append(request.url))
    page = visitor.go(path)
    expect(page.get_by_role("heading", name=PAGES[path], exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Library").first).to_be_visible()
    visitor.check()
    own = (visitor.server.url, visitor.server.url.replace("http", "ws"), "data:", "blob:")
    assert [url for url in requests if not url.startswith(own)] == []


@pytest.mark.parametrize("path", PAGES)
def test_no_page_is_wider_than_a_phone(visit: Any, path: str) -> None:
    visitor = visit(viewport={"width": 390, "height": 844})
    page = visitor.go(path)
    expect(page.get_by_role("heading", name=PAGES[path], exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_newcomer_sees_the_samples_arrive_and_keeps_what_is_half_typed_meanwhile(visit: Any) -> None:
    page = visit().go("/")
    page.get_by_role("button", name="Add the sample library").click()
    expect(page.get_by_role("progressbar").first).to_be_visible(timeout=30_000)
    expect(page.get_by_text("Nothing to read yet")).to_have_count(0)
    page.get_by_label("Topic").fill("Half a topic")
    expect(page.get_by_text("52 sources in the library.")).to_be_visible(timeout=90_000)
    expect(page.get_by_role("progressbar")).to_have_count(0)
    expect(page.get_by_label("Topic")).to_have_value("Half a topic")


def test_an_unknown_run_is_explained(visit: Any) -> None:
    visitor = visit()
    page = visitor.go("/?run=nosuchrun")
    expect(page.get_by_role("heading", name="No such run")).to_be_visible()
    visitor.check()


def test_every_answer_carries_the_security_headers(server: Server) -> None:
    with urllib.request.urlopen(server.url + "/runs") as answer:
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"


def test_a_foreign_host_name_is_refused(server: Server) -> None:
    request = urllib.request.Request(server.url + "/runs", headers={"Host": "evil.example"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    assert refused.value.code == 400


def handshake(server: Server, path: str, origin: str) -> str:
    """The status line a WebSocket handshake gets."""
    host = server.url.removeprefix("http://")
    name, port = host.split(":")
    with socket.create_connection((name, int(port)), timeout=5) as connection:
        connection.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            f"Origin: {origin}\r\n\r\n".encode()
        )
        return connection.recv(200).decode(errors="replace").split("\r\n")[0]


def test_the_feed_lets_nobody_in_without_a_ticket_or_from_another_site(server: Server) -> None:
    Store(server.data / "galley.db")
    good = f"/api/runs/r1/ws?token={ticket.issue(server.data, 'r1')}"
    assert " 101 " in handshake(server, good, server.url)
    assert " 403 " in handshake(server, good, "http://evil.example")
    assert " 403 " in handshake(server, "/api/runs/r1/ws?token=1.abc", server.url)
    assert " 403 " in handshake(server, good.replace("r1/ws", "r2/ws"), server.url)
