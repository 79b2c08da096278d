"""The preview server: shows the site and nothing else of the machine."""

import contextlib
import http.client
import threading
from pathlib import Path

import pytest

from core.errors import PublishError
from core.publishing.serve import open_server, stand_by
from tests.chaos.product import wait_until


@pytest.fixture
def ask(site, folder, make):
    site.publish(make())
    (folder.parent / "secret.txt").write_text("secret")
    (folder / "leak").symlink_to(folder.parent / "secret.txt")
    (folder / "raw").mkdir()
    server = open_server(folder)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()

    def get(path: str, method: str = "GET") -> tuple[int, bytes, http.client.HTTPMessage]:
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
        connection.request(method, path)
        answer = connection.getresponse()
        result = answer.status, answer.read(), answer.headers
        connection.close()
        return result

    yield get
    server.shutdown()
    server.server_close()


def test_pages_come_fresh_and_typed(ask):
    status, body, headers = ask("/")
    assert (status, headers["Cache-Control"]) == (200, "no-store")
    assert b"Do heat pumps keep old houses warm?" in body
    assert ask("/feed.xml")[2]["Content-Type"] == "application/xml; charset=utf-8"
    assert ask("/style.css")[0] == 200
    assert ask("/posts/do-heat-pumps-keep-old-houses-warm/")[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/posts/",
        "/raw/",
        "/leak",
        "/.lock",
        "/.tmp/",
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/posts/../../secret.txt",
        "/%00",
        "//etc/passwd",
    ],
)
def test_what_is_not_the_sites_is_not_found(ask, path):
    status, body, _ = ask(path)
    assert status == 404
    assert b"There is no such page" in body
    assert b"secret\n" not in body


def test_head_has_no_body(ask):
    assert ask("/nothing", "HEAD")[:2] == (404, b"")
    assert ask("/", "HEAD")[:2] == (200, b"")


def test_nothing_can_be_written(ask):
    assert ask("/index.html", "PUT")[0] == 501


def test_a_taken_port_is_told(folder):
    with open_server(Path(folder)) as server, pytest.raises(PublishError, match=str(server.server_port)):
        open_server(Path(folder), server.server_port)


def test_the_site_is_served_on_when_the_worker_that_served_it_is_gone(tmp_path: Path):
    (tmp_path / "index.html").write_text("the site")
    with open_server(tmp_path) as server:
        port, told = server.server_port, threading.Event()
        threading.Thread(target=stand_by, args=(tmp_path, port, lambda _: told.set()), daemon=True).start()
        assert told.wait(10)

    def served() -> bool:
        with contextlib.suppress(OSError), contextlib.closing(http.client.HTTPConnection("127.0.0.1", port)) as one:
            one.request("GET", "/")
            return one.getresponse().read() == b"the site"
        return False

    wait_until(served, 10, "the site")
