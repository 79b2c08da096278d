"""How values read on a page: days, scores, addresses, and characters that may be printed."""

import math
import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

from core.models import Article, Label, Scorecard

_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\u202a-\u202e\u2066-\u2069]"
)
"""What XML 1.0 forbids, what PDF extraction leaves behind, and the marks that reverse the writing direction."""

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAY = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?![\d-])")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def printable(text: str) -> str:
    """The text without characters that no page, feed or file may carry."""
    return _FORBIDDEN.sub("", text)


def day(when: str) -> str:
    """An ISO date or time in words; a year or a month alone stay so; anything else stays as it is.

    >>> day("2026-11-22T09:30:00+00:00"), day("2024-12"), day("spring 2019")
    ('22 November 2026', 'December 2024', 'spring 2019')
    """
    match = _DAY.match(when)
    if match is None:
        return when
    year, month, date = match.groups()
    if month is None:
        return year if len(when) == 4 else when
    if not 1 <= int(month) <= 12:
        return when
    named = f"{_MONTHS[int(month) - 1]} {year}"
    return f"{int(date)} {named}" if date else named


def utc(when: str) -> str:
    """A time as RFC 3339 in UTC to the second; a time without a zone is taken as UTC.

    Raises:
        ValueError: it is not an ISO 8601 date or time.

    >>> utc("2026-11-22T10:30:00+01:00"), utc("2026-11-22")
    ('2026-11-22T09:30:00Z', '2026-11-22T00:00:00Z')
    """
    moment = datetime.fromisoformat(when)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def now() -> str:
    """The time, as `utc` writes it."""
    return utc(datetime.now(UTC).isoformat())


def web_address(url: str | None) -> str | None:
    """The address if a reader's browser may follow it (http or https, without a password), else None.

    >>> web_address("https://me:secret@example.org/a"), web_address("javascript:alert(1)")
    ('https://example.org/a', None)
    """
    try:
        parts = urlsplit((url or "").strip())
        host = parts.hostname
    except ValueError:  # such as an unclosed IPv6 bracket: not an address anybody can follow
        return None
    if parts.scheme not in ("http", "https") or not host:
        return None
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def file_size(size: int) -> str:
    """A size in bytes as a person reads it.

    >>> file_size(120), file_size(12_345), file_size(2_500_000)
    ('120 B', '12 kB', '2.5 MB')
    """
    if size < 1000:
        return f"{size} B"
    return f"{size / 1000:.0f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def language_tag(language: str) -> str:
    """The language for `lang=`; English where the value is no language tag."""
    return language if _LANGUAGE.fullmatch(language) else "en"


def number(score: float, decimals: int = 2) -> str:
    """A score, rounded down: 0.999 must not read as a perfect 1.00.

    >>> number(0.999), number(1.0), number(0.29), number(3.29, 1)
    ('0.99', '1.00', '0.29', '3.2')
    """
    return f"{math.floor(score * 10**decimals + 1e-9) / 10**decimals:.{decimals}f}"


def counted(scorecard: Scorecard) -> str:
    """`23 of 24 claims supported`."""
    if not scorecard.claims:
        return "no checkable claims"
    claims = "claim" if scorecard.claims == 1 else "claims"
    return f"{scorecard.supported} of {scorecard.claims} {claims} supported"


def verified(article: Article) -> str:
    """The line under the title: when it was checked and how it came out."""
    score = f", faithfulness {number(article.scorecard.faithfulness)}" if article.scorecard.claims else ""
    return f"Verified on {day(article.verified_at)}: {counted(article.scorecard)}{score}"


def described(article: Article) -> str:
    """One or two sentences for search engines and cards; empty when nobody wrote any."""
    return article.description or article.dek


def scores(scorecard: Scorecard) -> list[tuple[str, str, str]]:
    """`(name, value, what it means)` of the measured scores that tell a reader something, most telling first."""
    low, high = scorecard.faithfulness_low, scorecard.faithfulness_high
    likely = ""
    if low is not None and high is not None:
        likely = f"; judged without a model, so likely between {number(low)} and {number(high)}"
    shares = (
        (
            "Faithfulness",
            scorecard.faithfulness,
            f"share of claims the sources support; a partly supported one counts half{likely}",
        ),
        (
            "Citation accuracy",
            scorecard.citation_accuracy,
            "share of citations whose own passage supports the sentence",
        ),
        ("Coverage", scorecard.coverage, "share of the planned questions that were answered"),
        ("Answer relevance", scorecard.answer_relevance, "how closely the text keeps to its questions"),
        ("Context precision", scorecard.context_precision, "share of the passages read that bore on the question"),
        ("Consistency", scorecard.logic, "share of sentences that agree with all others on their figures"),
        ("Toxicity", scorecard.toxicity, "share of sentences with abusive words; 0 is best"),
    )
    others = (
        (
            "Independent voices",
            scorecard.voices,
            f"among the sources cited ({scorecard.cited_sources}); those of one author or site, and copies, are one",
        ),
        ("Median source age (years)", scorecard.age_years, "half of the sources cited that bear a date are older"),
    )
    return [
        *((name, number(value), meaning) for name, value, meaning in shares if value is not None),
        *((name, number(value, 1), meaning) for name, value, meaning in others if value is not None),
    ]


VERDICTS = {
    Label.SUPPORTED: "supported by its source",
    Label.PARTLY: "partly supported by its source",
    Label.UNSUPPORTED: "not supported by any source we hold",
    Label.CONTRADICTED: "contradicted by a source",
    Label.NOT_CHECKABLE: "not checkable",
    None: "not judged",
}
"""A verdict as a reader is told it."""
