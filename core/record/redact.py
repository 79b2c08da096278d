"""Secrets taken out of what leaves the machine: those that are set here, and what looks like one."""

import re
from collections.abc import Iterable
from typing import Any

REMOVED = "[removed]"
SHORTEST = 6
"""A shorter value is no secret worth the name, and would be found all over the text."""

_PATTERNS = (
    (re.compile(r"\b(sk|pk|rk|ghp|gho|xox[abp]|tvly|glpat)[-_][A-Za-z0-9_-]{12,}"), REMOVED),
    (re.compile(r"\b(Bearer|Basic|Token|Ghost)\s+[A-Za-z0-9._~+/:=-]{12,}", re.IGNORECASE), rf"\1 {REMOVED}"),
    (re.compile(r"(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"), REMOVED),
    (
        re.compile(
            r"([?&;](?:api[_-]?key|key|access[_-]?token|token|secret|password|passwd|auth|sig|signature)=)[^&#\s\"'<>]+",
            re.IGNORECASE,
        ),
        rf"\1{REMOVED}",
    ),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+"), REMOVED),
)


def without_secrets(value: Any, known: Iterable[str] = ()) -> Any:
    """Plain values with every secret in them replaced; keys of dictionaries stay.

    >>> without_secrets({"url": "https://a.example/x?token=abc123&page=2"})
    {'url': 'https://a.example/x?token=[removed]&page=2'}
    """
    known = sorted({secret for secret in known if len(secret) >= SHORTEST}, key=len, reverse=True)
    return _clean(value, known)


def _clean(value: Any, known: list[str]) -> Any:
    match value:
        case str():
            for secret in known:
                value = value.replace(secret, REMOVED)
            for pattern, instead in _PATTERNS:
                value = pattern.sub(instead, value)
            return value
        case dict():
            return {key: _clean(item, known) for key, item in value.items()}
        case list() | tuple():
            return type(value)(_clean(item, known) for item in value)
        case _:
            return value
