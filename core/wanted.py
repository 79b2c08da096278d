"""The sources that a brief asks for: as a person wrote it, checked and in one form; and what it left out."""

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from typing import Any

from core.errors import BriefError
from core.models import KINDS, Brief, RunSource

_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]+)*")


def sources_asked_for(brief: Brief) -> dict[str, Any]:
    """The brief's dates as whole days, its kinds and languages in small letters: values for `replace`.

    Raises:
        BriefError: a date, a kind or a language is none, or no day lies between the dates.
    """
    first, last = _day(brief.published_from, end=False), _day(brief.published_to, end=True)
    if first and last and first > last:
        raise BriefError(
            f"Nothing was published from {first} to {last}: the first day is after the last.",
            remedy="Swap the two dates, or leave one of them empty.",
        )
    kinds = tuple(dict.fromkeys(kind.strip().lower() for kind in brief.kinds))
    if unknown := [kind for kind in kinds if kind not in KINDS]:
        raise BriefError(
            f"There is no kind of source called {', '.join(unknown)}.", remedy=f"Choose from: {', '.join(KINDS)}."
        )
    return {
        "published_from": first, "published_to": last, "kinds": kinds,
        "languages": tuple(dict.fromkeys(_language(language) for language in brief.languages)),
    }  # fmt: skip


def left_out(met: Iterable[RunSource]) -> tuple[str, ...]:
    """What was not used because the brief asks for other sources: `2 pages outside the dates you asked for`, ..."""
    pages: dict[str, set[str]] = {}
    for item in met:
        if item.status == "outside":
            pages.setdefault(item.reason.partition(":")[0], set()).add(item.url)
    return tuple(f"{len(urls)} page{'s' if len(urls) > 1 else ''} {why}" for why, urls in pages.items())


def _day(given: str | None, *, end: bool) -> str | None:
    """`2024-02` -> `2024-02-01`, or `2024-02-29` at the end of a range."""
    text = (given or "").strip()
    if not text:
        return None
    try:
        if re.fullmatch(r"\d{4}", text):
            text += "-12" if end else "-01"
        if re.fullmatch(r"\d{4}-\d{2}", text):
            year, month = (int(part) for part in text.split("-"))
            text += f"-{monthrange(year, month)[1] if end else 1:02}"
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise BriefError(
            f"{given!r} is not a date.", remedy="Write a day, a month or a year, such as 2024-01-31, 2024-01 or 2024."
        ) from error


def _language(given: str) -> str:
    """`de-AT` -> `de`."""
    found = _LANGUAGE.fullmatch(given.strip().lower())
    if found is None:
        raise BriefError(f"{given!r} is not a language.", remedy="Write codes of two or three letters, such as en, de.")
    return found[1]
