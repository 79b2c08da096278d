import doctest

import httpcore
import pytest

from core.errors import ReadError, RefusedError
from core.reading import address, dial
from core.reading.address import checked_url, is_public, shown
from core.reading.deadline import Deadline
from core.reading.web import Client

PRIVATE = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "192.0.0.8", "192.0.2.1", "192.88.99.1", "198.18.0.1", "203.0.113.9", "224.0.0.1",
    "239.255.255.250", "240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1",
    "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:7f00:1::", "2001::7f00:1",
    "2001:db8::1", "fc00::1", "fd12::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "100::1", "not an address",
]  # fmt: skip
PUBLIC = ["93.184.216.34", "8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450:4001:81b::200e"]


@pytest.fixture(scope="module")
def strict():
    return Client(deadline_s=5)


@pytest.mark.parametrize("ip", PRIVATE)
def test_private_and_special_addresses_are_not_public(ip):
    assert not is_public(ip)


@pytest.mark.parametrize("ip", PUBLIC)
def test_ordinary_addresses_are_public(ip):
    assert is_public(ip)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.1", "0x7f.1", "0x7f000001", "2130706433", "017700000001", "[::1]", "[::ffff:127.0.0.1]",
     "localhost", "LOCALHOST", "localhost.", "169.254.169.254", "[::]", "0", "192.168.0.1"],
)  # fmt: skip
def test_every_spelling_of_this_machine_is_refused(host, strict):
    with pytest.raises(ReadError) as refused:
        strict.get(f"http://{host}/latest/meta-data", robots=False)
    # Some spellings the parser or the resolver rejects already; none may be connected to.
    assert isinstance(refused.value, RefusedError) or "cannot be resolved" in refused.value.message


@pytest.mark.parametrize(
    "url",
    ["ftp://example.org/x", "file:///etc/passwd", "gopher://example.org", "javascript:alert(1)", "data:text/html,x",
     "//example.org/x", "example.org", "", "http://", "http:///x", "http://user@example.org/",
     "http://user:pass@example.org/", "http://example.org:22/", "https://example.org:8443/", "http://example.org:0/",
     "http://[::1", "http://exa mple.org/", "http://example.org:99999/", "http://example.org/" + "a" * 5000],
)  # fmt: skip
def test_addresses_of_a_wrong_form_are_refused_before_any_connection(url):
    with pytest.raises(RefusedError) as refused:
        checked_url(url, allow_private=False)
    assert refused.value.remedy


def test_fragments_are_dropped():
    assert str(checked_url("https://example.org/a#b", allow_private=False)) == "https://example.org/a"


def test_messages_show_no_query_and_no_password():
    assert shown("https://me:secret@example.org/a?key=secret") == "https://example.org/a"


class Wire(httpcore.NetworkBackend):
    """Notes where a connection goes, and makes none."""

    def __init__(self):
        self.reached = []

    def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
        self.reached.append((host, port))
        return httpcore.NetworkStream()


def connect(resolve, wire, *, allow_private=False):
    dialer = dial.Dialer(allow_private=allow_private, resolve=resolve, connect=wire)
    with Deadline(2, what="a page").in_force():
        dialer.connect_tcp("rebind.example", 80)


def test_a_name_that_changes_its_address_is_connected_to_as_checked():
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])
    wire = Wire()
    connect(lambda host, port: next(answers), wire)
    assert wire.reached == [("93.184.216.34", 80)]


def test_one_private_address_among_public_ones_refuses_the_host():
    wire = Wire()
    with pytest.raises(RefusedError):
        connect(lambda host, port: ["93.184.216.34", "10.0.0.1"], wire)
    assert wire.reached == []


def test_a_name_that_becomes_private_is_refused_on_the_next_connection():
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])
    wire = Wire()
    resolve = lambda host, port: next(answers)  # noqa: E731
    connect(resolve, wire)
    with pytest.raises(RefusedError):
        connect(resolve, wire)


def test_a_name_server_that_hangs_costs_the_deadline_and_no_more(site):
    def hang(host, port):
        site.closing.wait()
        return []

    with pytest.raises(ReadError, match="within"):
        Client(deadline_s=0.4, resolve=hang).get("http://slow.example/", robots=False)


def test_examples():
    assert doctest.testmod(address).failed == 0
