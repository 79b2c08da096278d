"""One page, one address: what two engines write differently is recognised as the same.

Tracking parameters after the lists of ClearURLs and Firefox; the rest after RFC 3986, section 6.
"""

import re
from urllib.parse import SplitResult, parse_qsl, quote, unquote_to_bytes, urlencode, urlsplit, urlunsplit

_TRACKING = re.compile(
    r"^(?:utm_\w+|mtm_\w+|pk_\w+|hsa_\w+|mc_(?:cid|eid)|_hs(?:enc|mi)|hsctatracking|vero_(?:id|conv)|oly_(?:anon|enc)_id"
    r"|gclid|gclsrc|dclid|gbraid|wbraid|fbclid|msclkid|yclid|twclid|ttclid|igshid|igsh|li_fat_id|srsltid|_ga|_gl|__s"
    r"|mkt_tok|wickedid|s_cid|cmpid|ocid|at_(?:medium|campaign)|spm|ref_src|ref_url)$",
    re.IGNORECASE,
)
_DEFAULT_PORT = {"http": 80, "https": 443}
_KEPT_IN_PATH = ":@!$&'()*+,;=~-._"


def without_tracking(url: str) -> str:
    """The address without fragment and tracking parameters; otherwise as it was. Fit to fetch and to show."""
    parts = _split(url)
    if parts is None:
        return url
    kept = [piece for piece in parts.query.split("&") if not _TRACKING.match(piece.partition("=")[0])]
    return urlunsplit(parts._replace(query="&".join(kept), fragment=""))


def canonical_url(url: str) -> str:
    """The one spelling of an address: for comparing; idempotent.

    Lower-case scheme and host, no default port, no fragment, no tracking parameters, parameters
    sorted, no trailing slash, percent-encoding in one form. Addresses that are not of the web (the
    library's) and those that cannot be parsed stay as they are.

    >>> canonical_url("HTTPS://Example.org:443/a/?utm_source=x&b=2&a=1#top")
    'https://example.org/a?a=1&b=2'
    """
    parts = _split(url.strip())
    if parts is None:
        return url
    host = (parts.hostname or "").rstrip(".")
    port = parts.port
    authority = f"[{host}]" if ":" in host else host
    if port is not None and port != _DEFAULT_PORT[parts.scheme]:
        authority = f"{authority}:{port}"
    path = "/".join(quote(unquote_to_bytes(piece), safe=_KEPT_IN_PATH) for piece in parts.path.split("/")).rstrip("/")
    query = sorted(
        (name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(name)
    )
    return urlunsplit((parts.scheme, authority, path, urlencode(query), ""))


def same_page_key(url: str) -> str:
    """What two addresses of one page share even when one says http and the other https, or `www.`."""
    canonical = canonical_url(url)
    return re.sub(r"^https?://(?:www\.)?", "", canonical)


def _split(url: str) -> SplitResult | None:
    """The parts of a web address; None for anything else."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in _DEFAULT_PORT and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return None
    return parts if usable and "@" not in parts.netloc else None
