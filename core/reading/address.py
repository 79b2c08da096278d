"""Which addresses may be read: the guard against server-side request forgery.

A page, a search hit or a redirect may name any address, among them the cloud's metadata
service, a database on this machine or a router. Text cannot be trusted (`2130706433`, `0x7f.1`
and `127.1` are all 127.0.0.1, and a name can point anywhere), so the text is checked only for its
form here, and the addresses it resolves to are checked by `is_public` when the connection is
made (see dial.py), for every redirect anew.

Sources: OWASP's SSRF prevention sheet; IANA's special-purpose address registries. Python's
`is_global` alone lets NAT64, 6to4 and multicast through (3.11), hence the lists below.
"""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

from core.errors import RefusedError

if TYPE_CHECKING:
    import httpx

PORTS = {80, 443}
MOST_URL_CHARACTERS = 4_000
_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")

_SPECIAL_4 = [ip_network(text) for text in ("192.0.0.0/24", "192.88.99.0/24", "240.0.0.0/4")]
_UNICAST_6 = ip_network("2000::/3")
_SPECIAL_6 = [ip_network(text) for text in ("2002::/16", "2001::/32", "2001:db8::/32")]


def is_public(address: str) -> bool:
    """Whether an IP address (as text) is one that anybody on the internet may talk to.

    Tunnels and translations that carry a private IPv4 address inside (NAT64 `64:ff9b::/96`, 6to4
    `2002::/16`, Teredo, IPv4-mapped and -compatible) count as private.

    >>> [is_public(a) for a in ("93.184.216.34", "127.0.0.1", "64:ff9b::7f00:1", "::ffff:10.0.0.1")]
    [True, False, False, False]
    """
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, IPv6Address):
        return ip.is_global and ip in _UNICAST_6 and not any(ip in net for net in _SPECIAL_6)
    return _is_public_4(ip)


def _is_public_4(ip: IPv4Address) -> bool:
    return ip.is_global and not ip.is_multicast and not any(ip in net for net in _SPECIAL_4)


def checked_url(text: str, *, allow_private: bool) -> "httpx.URL":
    """An address in a form that may be read: http or https, a host, no user name, port 80 or 443.

    Fragments are dropped. `allow_private` lifts the rule about ports.

    Raises:
        RefusedError: says which rule.
    """
    import httpx

    if len(text) > MOST_URL_CHARACTERS:
        raise _refused(text, f"is longer than {MOST_URL_CHARACTERS} characters")
    try:
        url = httpx.URL(text.strip())
        port = url.port
        host = url.raw_host.decode("ascii")
    except (httpx.InvalidURL, ValueError) as error:
        raise _refused(text, "is not a web address") from error
    if url.scheme not in ("http", "https"):
        raise _refused(text, "does not begin with http:// or https://")
    if not host:
        raise _refused(text, "names no host")
    if not _HOST.fullmatch(host):
        raise _refused(text, "names no proper host")
    if url.userinfo:
        raise _refused(text, "holds a user name or password")
    if not allow_private and port not in (None, *PORTS):
        raise _refused(text, f"asks for port {port}; only 80 and 443 are read")
    return url.copy_with(fragment=None)


def shown(url: str) -> str:
    """An address fit for a message: without query, which may hold a key, and not endless.

    >>> shown("https://example.org/search?key=secret")
    'https://example.org/search'
    """
    bare = url.partition("?")[0].partition("#")[0]
    scheme, mark, rest = bare.partition("://")
    authority, slash, path = rest.partition("/")
    bare = f"{scheme}{mark}{authority.rpartition('@')[2]}{slash}{path}"
    return bare if len(bare) <= 120 else f"{bare[:119]}…"


def _refused(text: str, why: str) -> RefusedError:
    return RefusedError(f"The address {shown(text)!r} {why}.", remedy="Give the address of a public web page instead.")
