import gzip
import threading
import time
import tracemalloc
import zlib
from concurrent.futures import ThreadPoolExecutor

import httpcore
import pytest

from core.errors import Cancelled, ReadError, RefusedError
from core.reading.body import read_body
from core.reading.dial import resolve
from core.reading.web import Client
from tests.reading.site import Site

HTML = {"content-type": "text/html; charset=utf-8"}
ROBOTS = {"content-type": "text/plain"}


class Memory(dict):
    """A cache as the store would give one."""

    def put(self, url, page):
        self[url] = page


def drip(visit, *, head=b""):
    """One byte every 10 ms, for ever."""
    visit.wfile.write(head)
    while not visit.server.site.closing.wait(0.01):
        visit.wfile.write(b"x")
        visit.wfile.flush()


# --- what a page is ---------------------------------------------------------------


def test_a_page_arrives_with_its_facts(site, client):
    url = site.html("/a", "<p>hello</p>", etag='"1"')
    page = client.get(url + "#part", params={"q": "heat pump"})
    assert (page.status, page.body, page.media_type, page.charset) == (200, b"<p>hello</p>", "text/html", "utf-8")
    assert page.url == f"{url}?q=heat%20pump" or page.url == f"{url}?q=heat+pump"
    assert page.headers["etag"] == '"1"'
    assert page.fetched_at.endswith("+00:00")
    assert not page.from_cache
    assert not page.truncated


def test_cookies_are_neither_kept_nor_sent(site, client):
    url = site.html("/a", "x", **{"set-cookie": "id=1"})
    client.get(url)
    client.get(url)
    assert all("cookie" not in headers for _, headers in site.seen)


def test_a_proxy_in_the_environment_is_not_used(site, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    assert Client(allow_private=True).get(site.html("/a", "x")).status == 200


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, RefusedError), (403, RefusedError), (404, ReadError), (410, ReadError), (451, RefusedError)],
)
def test_error_statuses_are_errors_with_a_remedy(site, client, status, kind):
    url = site.on("/a", (status, HTML, b"no"))
    with pytest.raises(kind) as error:
        client.get(url)
    assert str(status) in error.value.message
    assert error.value.remedy


def test_engines_may_look_at_error_statuses_themselves(site, client):
    assert client.get(site.on("/a", (422, HTML, b"why")), any_status=True).body == b"why"


def test_a_video_is_not_downloaded(site, client):
    url = site.on("/v", (200, {"content-type": "video/mp4"}, b"0" * 100_000))
    with pytest.raises(ReadError, match="video/mp4"):
        client.get(url)
    assert client.get(url, accept=("video/*",)).media_type == "video/mp4"


def test_nobody_answers(client):
    with pytest.raises(ReadError, match="cannot be reached") as error:
        client.get("http://127.0.0.1:1/x")
    assert error.value.remedy


def test_json_is_posted(site, client):
    url = site.on("/s", lambda visit: visit.say(200, {"content-type": "application/json"}, visit.body))
    assert client.post_json(url, {"q": "ü"}, {"authorization": "Bearer k"}).json() == {"q": "ü"}
    assert site.seen[-1][1]["authorization"] == "Bearer k"


def test_what_is_posted_is_not_sent_on_to_a_redirect(site, client):
    site.html("/other", "x")
    url = site.on("/s", (307, {"location": "/other"}, b""))
    with pytest.raises(ReadError, match="redirects"):
        client.post_json(url, {})
    assert not site.visits["/other"]


# --- size and time ---------------------------------------------------------------


def test_a_body_of_60_mb_is_cut_while_it_arrives(site):
    sent = []

    def flood(visit):
        visit.send_response(200)
        visit.send_header("content-type", "text/html")
        visit.send_header("content-length", str(60_000_000))
        visit.end_headers()
        for _ in range(60):
            visit.wfile.write(b"a" * 1_000_000)
            sent.append(1)

    page = Client(allow_private=True, max_bytes=1_000_000).get(site.on("/big", flood))
    assert len(page.body) == 1_000_000
    assert page.truncated
    assert len(sent) < 30


def test_a_gzip_bomb_never_stands_in_memory():
    packed = gzip.compress(b"\0" * 50_000_000)
    tracemalloc.start()
    body, truncated = read_body([packed], encoding="gzip", most=1_000_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (len(body), truncated) == (1_000_000, True)
    assert peak < 6_000_000


def test_every_usual_packing_is_unpacked(site, client):
    text = b"heat pumps " * 1000
    bare = zlib.compressobj(wbits=-15)
    packed = {
        "gzip": gzip.compress(text),
        "x-gzip": gzip.compress(text[:500]) + gzip.compress(text[500:]),
        "deflate": zlib.compress(text),
        "Deflate": bare.compress(text) + bare.flush(),
        "identity": text,
    }
    for encoding, body in packed.items():
        site.on("/p", (200, {**HTML, "content-encoding": encoding}, body))
        assert client.get(f"{site.url}/p").body == text
        cut = [body[i : i + 7] for i in range(0, len(body), 7)]
        assert read_body(cut, encoding=encoding, most=10**6) == (text, False)


@pytest.mark.parametrize(("encoding", "body"), [("gzip", b"no gzip"), ("br", b"x"), ("zstd", b"x")])
def test_a_body_that_cannot_be_unpacked_is_said_so(site, client, encoding, body):
    with pytest.raises(ReadError):
        client.get(site.on("/p", (200, {**HTML, "content-encoding": encoding}, body)))


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 100000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx-slow: ",
        b"",
    ],
    ids=["body", "headers", "status"],
)
def test_a_server_that_drips_costs_one_deadline(site, head):
    url = site.on("/slow", lambda visit: drip(visit, head=head))
    began = time.monotonic()
    with pytest.raises(ReadError):
        Client(allow_private=True, deadline_s=0.5).get(url, robots=False)
    assert time.monotonic() - began < 2


def test_a_robots_file_that_drips_costs_the_same_deadline(site):
    site.on("/robots.txt", lambda visit: drip(visit, head=b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n"))
    with pytest.raises(ReadError, match="within 0.5 seconds"):
        Client(allow_private=True).get(site.html("/a", "x"), deadline_s=0.5)


def test_a_stopped_run_stops_reading(site):
    stopped = threading.Event()

    def page(visit):
        stopped.set()
        drip(visit, head=b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")

    with pytest.raises(Cancelled):
        Client(allow_private=True, deadline_s=30).get(site.on("/slow", page), robots=False, cancelled=stopped.is_set)


# --- redirects ---------------------------------------------------------------


def test_redirects_are_followed_and_the_final_address_told(site, client):
    site.html("/c/d", "end")
    site.on("/b", (301, {"location": "c/d#x"}, b""))
    url = site.on("/a", (302, {"location": f"{site.url}/b"}, b""))
    page = client.get(url)
    assert (page.url, page.body) == (f"{site.url}/c/d", b"end")


def test_redirects_end(site, client):
    with pytest.raises(ReadError, match="redirects more than 5"):
        client.get(site.on("/a", (302, {"location": "/a"}, b"")))
    assert site.visits["/a"] == 6


@pytest.mark.parametrize("target", ["file:///etc/passwd", "http://u:p@127.0.0.1/", "http://[", "gopher://x"])
def test_redirects_to_what_is_no_web_address_are_refused(site, client, target):
    with pytest.raises(ReadError):
        client.get(site.on("/a", (302, {"location": target}, b"")))


class ToTheTestServer(httpcore.NetworkBackend):
    """Plays the internet: the public address 93.184.216.34 is the test's server."""

    def __init__(self, site):
        self.port = site.port

    def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
        assert host == "93.184.216.34"
        return httpcore.SyncBackend().connect_tcp("127.0.0.1", self.port, timeout=timeout)


@pytest.mark.parametrize("target", ["http://169.254.169.254/", "http://127.1/", "http://inner.example/"])
def test_a_public_page_that_redirects_to_a_private_address_is_refused(site, target):
    names = {"public.example": ["93.184.216.34"], "inner.example": ["10.0.0.7"]}
    site.on("/a", (302, {"location": target}, b""))
    client = Client(
        deadline_s=5, resolve=lambda host, port: names.get(host) or resolve(host, port), connect=ToTheTestServer(site)
    )
    with pytest.raises(RefusedError, match="private network"):
        client.get("http://public.example/a", robots=False)
    assert site.visits["/a"] == 1


def test_a_key_for_one_host_is_not_sent_to_another(site, client):
    other = Site()
    other.html("/end", "x")
    site.on("/a", (302, {"location": f"{other.url}/end"}, b""))
    client.get(f"{site.url}/a", headers={"x-key": "secret"}, robots=False)
    assert site.seen[-1][1]["x-key"] == "secret"
    assert "x-key" not in other.seen[-1][1]
    other.close()


# --- manners ---------------------------------------------------------------


def test_robots_txt_is_obeyed_and_asked_once(site, client):
    site.on("/robots.txt", (200, ROBOTS, b"User-agent: *\nDisallow: /private\n\nUser-agent: Galley\nDisallow: /no\n"))
    for path in ("/no/a", "/no/b"):
        with pytest.raises(RefusedError, match=r"robots\.txt"):
            client.get(site.html(path, "x"))
    client.get(site.html("/private", "x"))
    assert (site.visits["/robots.txt"], site.visits["/no/a"]) == (1, 0)


def test_robots_txt_is_checked_again_after_a_redirect(site, client):
    site.on("/robots.txt", (200, ROBOTS, b"User-agent: *\nDisallow: /no\n"))
    site.html("/no", "x")
    with pytest.raises(RefusedError):
        client.get(site.on("/a", (302, {"location": "/no"}, b"")))


def test_interfaces_for_programs_are_not_asked_for_robots(site, client):
    site.on("/robots.txt", (200, ROBOTS, b"User-agent: *\nDisallow: /\n"))
    assert client.get(site.html("/api", "x"), robots=False).status == 200


def test_a_site_without_robots_txt_may_be_read_one_that_fails_to_give_it_may_not(site, client):
    assert client.get(site.html("/a", "x")).status == 200
    site.on("/robots.txt", (500, {"retry-after": "60"}, b""))
    with pytest.raises(RefusedError, match="did not deliver"):
        Client(allow_private=True).get(f"{site.url}/a")


def test_at_most_two_requests_reach_a_host_at_once(site, client):
    lock, now, most = threading.Lock(), [0], [0]
    together = threading.Event()

    def page(visit):
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
            if now[0] == 2:
                together.set()
        together.wait(1)
        with lock:
            now[0] -= 1
        visit.say(200, HTML, b"x")

    url = site.on("/a", page)
    with ThreadPoolExecutor(8) as pool:
        assert {page.status for page in pool.map(lambda _: client.get(url, robots=False), range(8))} == {200}
    assert most[0] == 2


def test_forty_threads_share_one_client(site, client):
    for number in range(10):
        site.html(f"/{number}", f"page {number}" * 1000)
    with ThreadPoolExecutor(40) as pool:
        pages = list(pool.map(lambda n: client.get(f"{site.url}/{n % 10}").body, range(120)))
    assert all(body == f"page {n % 10}".encode() * 1000 for n, body in enumerate(pages))


def answers(*pages):
    """A page that answers differently each time; the last answer stays."""
    left = list(pages)
    return lambda visit: visit.say(*(left.pop(0) if len(left) > 1 else left[0]))


def test_too_many_requests_waits_as_long_as_told_and_asks_again(site, client):
    url = site.on("/a", answers((429, {"retry-after": "1"}, b""), (200, HTML, b"ok")))
    began = time.monotonic()
    assert client.get(url).body == b"ok"
    assert time.monotonic() - began >= 0.95


def test_a_wait_longer_than_the_deadline_is_not_waited_for(site, client):
    began = time.monotonic()
    with pytest.raises(ReadError, match="429"):
        client.get(site.on("/a", (429, {"retry-after": "3600"}, b"")))
    assert time.monotonic() - began < 1


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_server_fault_is_asked_again(site, client, status):
    url = site.on("/a", answers((status, {}, b""), (200, HTML, b"ok")))
    assert client.get(url).body == b"ok"


def test_a_connection_that_breaks_off_is_asked_again(site, client):
    def broken(visit):
        visit.close_connection = True

    pages = [broken, lambda visit: visit.say(200, HTML, b"ok")]
    assert client.get(site.on("/a", lambda visit: pages.pop(0)(visit)), robots=False).body == b"ok"


# --- held pages ---------------------------------------------------------------


def conditional(visit):
    if visit.headers.get("if-none-match") == '"v1"':
        visit.say(304, {"etag": '"v1"'})
    else:
        visit.say(200, {**HTML, "etag": '"v1"'}, b"the page")


def test_an_unchanged_page_comes_from_the_cache(site):
    client = Client(allow_private=True, cache=Memory())
    url = site.on("/a", conditional)
    first, second = client.get(url), client.get(url)
    assert (first.from_cache, second.from_cache) == (False, True)
    assert (second.status, second.body, second.media_type) == (200, b"the page", "text/html")
    assert second.fetched_at >= first.fetched_at


def test_last_modified_is_enough_for_a_conditional_request(site):
    stamp = "Wed, 21 Oct 2015 07:28:00 GMT"
    client = Client(allow_private=True, cache=Memory())
    url = site.on("/a", (200, {**HTML, "last-modified": stamp}, b"x"))
    client.get(url)
    client.get(url)
    assert site.seen[-1][1]["if-modified-since"] == stamp


def test_a_page_that_may_not_be_stored_is_not(site):
    held = Memory()
    Client(allow_private=True, cache=held).get(site.html("/a", "x", **{"etag": '"1"', "cache-control": "no-store"}))
    assert not held


# --- TLS ---------------------------------------------------------------


def test_certificates_are_checked_for_the_name_not_the_pinned_address(tmp_path, monkeypatch, site):
    import ssl

    certificate, key = self_signed(tmp_path, "pages.example")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    site._server.socket = context.wrap_socket(site._server.socket, server_side=True)
    site.html("/a", "over TLS")
    here = {"pages.example": ["127.0.0.1"], "wrong.example": ["127.0.0.1"]}
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    client = Client(allow_private=True, resolve=lambda host, port: here[host])
    assert client.get(f"https://pages.example:{site.port}/a").body == b"over TLS"
    assert site.seen[-1][1]["host"] == f"pages.example:{site.port}"
    with pytest.raises(ReadError, match="cannot be reached"):
        client.get(f"https://wrong.example:{site.port}/a")


def self_signed(folder, name):
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "c.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "k.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "c.pem", folder / "k.pem"
