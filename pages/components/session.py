"""Every key of `st.session_state`, and nothing else names one.

A key holds what a person is in the middle of typing or choosing. What was decided lives in
the database and the address, so losing all of this on a reload loses only half-typed words.
"""

TOPIC = "topic"
LENGTH = "length"
AUDIENCE = "audience"
BUDGET = "budget"
TONE = "tone"
ENGINES = "engines"
ALLOW = "allow"
DENY = "deny"
URLS = "urls"
AUTOPILOT = "autopilot"
TARGET = "target"

STUDIO_TAB = "tab"
"""Bound to the address, like the next ones: short words make readable links."""
SEARCH = "q"
STATUS = "status"
PAGE = "page"
EXCLUDED = "excluded"
DAYS = "days"

DELETED = "deleted"
"""The run that was deleted last in this session, so it can be brought back."""

FEED_FALLBACK = "feed_fallback"
"""True once the live socket could not be opened in this session; then the page polls."""
FLASH = "flash"
"""One sentence about what a button just did, shown once above the page."""


def of(name: str, *ids: object) -> str:
    """A widget key for one run, draft or row: `of("plan", "r1", 2)` -> `plan-r1-2`.

    >>> of("plan", "r1", 2)
    'plan-r1-2'
    """
    return "-".join([name, *map(str, ids)])
