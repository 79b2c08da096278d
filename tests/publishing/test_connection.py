"""The connection of all targets: what must not be sent twice, nor shown, nor sent unencrypted."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from core.errors import EditedThereError, PublishError, UnansweredError
from core.publishing.connection import Connection, checked_address

SECRET = "abcd efgh ijkl mnop"
HANG_UP = None


class Script:
    """A server that gives the answers it was told, in order, the last one for good."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, dict[str, str], bytes] | None] = []
        self.asked: list[str] = []
        self.ahead = timedelta()
        script = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:
                pass

            def date_time_string(self, timestamp: float | None = None) -> str:
                return format_datetime(datetime.now(UTC) + script.ahead, usegmt=True)

            def _answer(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                script.asked.append(f"{self.command} {self.path}")
                answer = script.answers.pop(0) if len(script.answers) > 1 else script.answers[0]
                if answer is None:
                    self.close_connection = True
                    return
                status, headers, body = answer
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PUT = do_DELETE = _answer

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def says(self, *answers: tuple[int, dict[str, str], bytes] | None) -> None:
        self.answers[:] = answers


@pytest.fixture
def script() -> Iterator[Script]:
    script = Script()
    yield script
    script.server.shutdown()
    script.server.server_close()


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def connection(script: Script, waits: list[float]) -> Connection:
    return Connection(
        f"http://127.0.0.1:{script.server.server_port}",
        name="Blog",
        authorise=lambda: {"Authorization": f"Bearer {SECRET}"},
        secrets=(SecretStr(SECRET),),
        remedies={401: "Make a new password."},
        wait=waits.append,
    )


def answer(status: int, data: object = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
    return status, {name.replace("_", "-"): value for name, value in headers.items()}, json.dumps(data or {}).encode()


FINE = answer(200, {"fine": True})


def test_a_read_is_repeated_when_the_line_is_cut(connection: Connection, script: Script):
    script.says(HANG_UP, FINE)
    assert connection.json("GET", "posts") == {"fine": True}
    assert len(script.asked) == 2


def test_a_write_without_an_answer_is_not_sent_again(connection: Connection, script: Script):
    script.says(HANG_UP, FINE)
    with pytest.raises(UnansweredError):
        connection.send("POST", "posts", json={})
    assert len(script.asked) == 1


def test_a_write_that_is_the_same_as_once_is_repeated(connection: Connection, script: Script):
    script.says(HANG_UP, FINE)
    assert connection.send("DELETE", "posts/1", repeatable=True).status_code == 200


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_server_that_fails_in_the_middle_of_a_write_leaves_open_what_happened(
    connection: Connection, script: Script, status: int
):
    script.says(answer(status, {"message": "Out of memory"}))
    with pytest.raises(UnansweredError, match="Out of memory"):
        connection.send("POST", "posts", json={})
    assert len(script.asked) == 1


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_waited_for_as_long_as_it_asks(
    connection: Connection, script: Script, waits: list[float], status: int
):
    script.says(answer(status, Retry_After="7"), FINE)
    assert connection.send("POST", "posts", json={}).status_code == 200
    assert waits == [7.0]
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True)
    script.says(answer(status, Retry_After=soon), FINE)
    connection.send("POST", "posts", json={})
    assert 15 < waits[-1] <= 20


def test_nobody_waits_an_hour_for_a_server(connection: Connection, script: Script, waits: list[float]):
    script.says(answer(429, Retry_After="3600"))
    with pytest.raises(PublishError, match="fewer requests"):
        connection.send("POST", "posts", json={})
    assert waits == []
    script.says(answer(429))
    with pytest.raises(PublishError):
        connection.send("POST", "posts", json={})
    assert waits == [1.0, 1.0]


def test_each_refusal_says_what_is_wrong_and_what_to_do(connection: Connection, script: Script):
    for status, words, kind in (
        (401, "does not accept who we are", PublishError),
        (403, "does not allow", PublishError),
        (404, "nothing at /posts", PublishError),
        (409, "newer version", EditedThereError),
        (413, "too large", PublishError),
        (418, "418", PublishError),
    ):
        script.says(answer(status, {"message": "Said by the server."}))
        with pytest.raises(kind, match=words) as caught:
            connection.send("POST", "posts", json={})
        assert "Said by the server." in caught.value.message
        assert caught.value.remedy
    script.says(answer(401))
    with pytest.raises(PublishError) as caught:
        connection.send("GET", "posts")
    assert caught.value.remedy == "Make a new password."


@pytest.mark.parametrize(
    "said",
    [
        {"code": "rest_invalid_param", "message": "Invalid.", "data": {"params": {"slug": "Too long."}}},
        {"errors": [{"message": "Invalid.", "context": "slug: Too long."}]},
        {"error": "invalid_request", "error_description": "slug: Too long."},
    ],
)
def test_the_servers_own_words_on_each_field_are_passed_on(connection: Connection, script: Script, said: object):
    script.says(answer(422, said))
    with pytest.raises(PublishError, match="slug: Too long"):
        connection.send("POST", "posts", json={})


def test_no_secret_and_no_markup_of_the_server_stands_in_a_message(connection: Connection, script: Script):
    script.says((403, {}, f"<html><title>Blocked <b>{SECRET}</b></title><script>x</script>".encode()))
    with pytest.raises(PublishError) as caught:
        connection.send("GET", "posts")
    assert SECRET not in str(caught.value)
    assert "<" not in caught.value.message
    assert "Blocked" in caught.value.message


def test_a_redirect_is_told_not_followed_with_the_password(connection: Connection, script: Script):
    script.says(answer(301, Location="https://elsewhere.example/posts"))
    with pytest.raises(PublishError, match="elsewhere.example"):
        connection.send("GET", "posts")
    with pytest.raises(PublishError, match="another site"):
        connection.send("GET", "https://elsewhere.example/posts")
    assert len(script.asked) == 1


def test_an_answer_that_is_no_json_names_the_address_as_the_cause(connection: Connection, script: Script):
    script.says((200, {}, b"<title>Welcome</title>"))
    with pytest.raises(PublishError, match="Welcome") as caught:
        connection.json("GET", "posts")
    assert "address" in caught.value.remedy


def test_a_site_that_is_down_is_named(waits: list[float]):
    gone = Connection("http://127.0.0.1:9", name="Blog", wait=waits.append)
    with pytest.raises(PublishError, match="cannot be reached") as caught:
        gone.send("POST", "posts", json={})
    assert not isinstance(caught.value, UnansweredError)


def test_the_servers_clock_is_known_after_an_answer(connection: Connection, script: Script):
    script.says(FINE)
    connection.send("GET", "posts")
    assert connection.skew_s == 0.0
    script.ahead = timedelta(minutes=10)
    connection.send("GET", "posts")
    assert 590 < connection.skew_s < 610


@pytest.mark.parametrize(
    "url",
    [
        "http://blog.example.org",
        "http://10.0.0.1",
        "ftp://blog.example.org",
        "blog.example.org",
        "https://me:secret@blog.example.org",
        "https://blog.example.org/?a=b",
        "https://[::1",
        "",
    ],
)
def test_a_password_goes_nowhere_unencrypted_or_unclear(url: str):
    with pytest.raises(PublishError) as caught:
        checked_address(url, name="Blog")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["http://localhost:8080/", "http://127.0.0.1", "http://[::1]:80", "https://a.example/b/"]
)
def test_this_machine_may_be_asked_without_encryption(url: str):
    assert checked_address(url, name="Blog") == url.rstrip("/")


@given(st.text())
def test_no_address_makes_the_check_stumble(url: str):
    try:
        address = checked_address(url, name="Blog")
    except PublishError:
        return
    assert address.startswith("http")
