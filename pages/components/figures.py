"""Figures and foreign text, as a person reads them."""

import re
from datetime import UTC, datetime

_MARKDOWN = str.maketrans({mark: "\\" + mark for mark in r"\`*_{}[]()<>#+-.!|~$:@&="})


_ADDRESS = re.compile(r"(?i)(https?:|www\.|@)")
_JOINER = "\u2060"
"""Invisible and unbreakable: keeps Streamlit's Markdown from making a link of a bare address."""


def plain(text: str) -> str:
    """Foreign text for a Markdown slot: no link, image, colour, icon or formula can come of it.

    >>> plain("a :red[b] $x$")
    'a \\\\:red\\\\[b\\\\] \\\\$x\\\\$'
    """
    return _ADDRESS.sub(lambda found: found[0] + _JOINER, " ".join(text.split())).translate(_MARKDOWN)


def short(text: str, most: int = 90) -> str:
    """The text on one line, cut at a word with an ellipsis.

    >>> short("one two three", 9)
    'one two…'
    """
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    cut = line[:most].rsplit(" ", 1)[0]
    return f"{cut}…"


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 source`, `1,204 sources`.

    >>> count(1, "source"), count(1204, "source"), count(0, "reply", "replies")
    ('1 source', '1,204 sources', '0 replies')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def money(usd: float | None, unpriced: int = 0) -> str:
    """Dollars; below a cent with the digits that matter, `price unknown` for None.

    Args:
        unpriced: calls of unknown price, which are not in the sum.

    >>> money(0.0), money(1.5), money(0.0042), money(None)
    ('$0.00', '$1.50', '$0.0042', 'price unknown')
    >>> money(0.0, 3), money(1.5, 3), money(0.00002)
    ('price unknown', 'at least $1.50', 'under $0.0001')
    """
    if usd is None or (unpriced and not usd):
        return "price unknown"
    if 0 < usd < 0.00005:
        return "under $0.0001"
    said = f"${usd:.4f}" if usd and usd < 0.01 else f"${usd:,.2f}"
    return f"at least {said}" if unpriced else said


def duration(seconds: float) -> str:
    """`0.4 s`, `12 s`, `3 min`, `1 h 20 min`.

    >>> duration(0.42), duration(12), duration(190), duration(4800)
    ('0.4 s', '12 s', '3 min', '1 h 20 min')
    """
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"


def left(span: tuple[float, float] | None) -> str:
    """Time left in words: a range while it is wide, one figure once it is narrow, empty when unknown.

    >>> left(None), left((18, 22)), left((60, 240))
    ('', 'about 20 s left', '60 s to 4 min left')
    """
    if span is None:
        return ""
    low, high = span
    if high <= max(low * 1.5, low + 5):
        return f"about {duration(max(1, round((low + high) / 2)))} left".replace(".0 s", " s")
    return f"{duration(max(1, round(low)))} to {duration(round(high))} left".replace(".0 s", " s")


def moment(iso: str) -> datetime:
    """An ISO 8601 time as an aware datetime; one without a zone is UTC."""
    when = datetime.fromisoformat(iso)
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def ago(iso: str | None, now: datetime | None = None) -> str:
    """`just now`, `4 min ago`, `2 h ago`, `yesterday`, else the date.

    >>> ago("2026-01-02T10:00:00+00:00", moment("2026-01-02T10:04:10+00:00"))
    '4 min ago'
    """
    if not iso:
        return ""
    when = moment(iso)
    passed = ((now or datetime.now(UTC)) - when).total_seconds()
    if passed < 60:
        return "just now"
    if passed < 3600:
        return f"{passed / 60:.0f} min ago"
    if passed < 24 * 3600:
        return f"{passed / 3600:.0f} h ago"
    if passed < 48 * 3600:
        return "yesterday"
    return f"{when.day} {when:%b %Y}"


def share(value: float | None) -> str:
    """A score in [0, 1] as a percentage; `not measured` for None.

    >>> share(0.934), share(None), share(1.0)
    ('93 %', 'not measured', '100 %')
    """
    return "not measured" if value is None else f"{value * 100:.0f} %"
