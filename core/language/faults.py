"""What a failed request means, in words a person can act on.

Two questions: is it worth trying again, and what does the person do. The text of the
server is quoted briefly and never with a key in it (servers echo parts of wrong keys).
"""

import email.utils
import re
import time
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from core.errors import GalleyError, LanguageError, TransientLanguageError
from core.models import Call

_TOO_LONG = re.compile(
    r"context_length_exceeded|context (?:length|window|size)|maximum context|too many tokens|prompt is too long",
    re.IGNORECASE,
)
_NO_MODEL = re.compile(r"model_not_found|model.{0,80}(?:not found|does not exist|not exist)|no such model", re.I | re.S)
_NO_MONEY = re.compile(r"insufficient_quota|exceeded your current quota|billing|credit balance", re.IGNORECASE)
_KEY = re.compile(r"\b(?:sk|pk|key|gsk|xai|AIza)[-_*A-Za-z0-9]{6,}")


class Service(NamedTuple):
    """What an address is asked for, in the words of its faults."""

    name: str
    variable: str
    """Where its key stands."""
    address: str
    """What its address is like."""


CHAT = Service("chat completions", "OPENAI_API_KEY", "it usually ends in /v1")
RERANKING = Service("reranking", "RERANK_API_KEY", "it is what stands before /rerank")


class RequestFault(LanguageError):
    """The request itself was refused: its key, its form or its length; neither time nor another model mends that."""


def complaint(error: Any) -> str:
    """All that a status error says: code, parameter and message, for matching."""
    return " ".join(str(part) for part in (error.code, error.param, _said(error)) if part)


def _said(error: Any) -> str:
    """The server's own words, which stand in `message` only where it writes errors as OpenAI does."""
    return error.body if isinstance(error.body, str) and error.body.strip() else str(error.message)


def model_is_missing(error: Any) -> bool:
    return error.status_code == 404 and bool(_NO_MODEL.search(complaint(error)))


def prompt_is_too_long(error: Any) -> bool:
    return error.status_code in (400, 413, 422) and bool(_TOO_LONG.search(complaint(error)))


def may_pass(error: Any) -> bool:
    """Whether a status error may go away by itself."""
    if error.status_code == 429:
        return not _NO_MONEY.search(complaint(error))
    return error.status_code in (408, 409) or (error.status_code >= 500 and error.status_code != 501)


def explain(error: Any, *, model: str, base_url: str, service: Service = CHAT) -> LanguageError:
    """A status error as a `LanguageError` with its remedy; transient when later may be better."""
    where, status = host(base_url), error.status_code
    if status in (401, 403):
        what = "did not accept the API key" if status == 401 else f"does not let this key use {model!r}"
        return RequestFault(
            f"{where} {what} ({status}).",
            remedy=f"Set {service.variable} to a key of this endpoint and start again; check the address in Settings.",
        )
    if model_is_missing(error):
        return LanguageError(
            f"{where} has no model {model!r}.", remedy="Choose one of its models in Settings, or load it there."
        )
    if status == 404:
        return LanguageError(
            f"{where} knows no {service.name} at this address (404).",
            remedy=f"Check the address {base_url!r} in Settings; {service.address}.",
        )
    if prompt_is_too_long(error):
        return RequestFault(
            f"The request is longer than {model!r} can read.",
            remedy="Lower the evidence per question in Settings, or choose a model with a larger context.",
        )
    if status == 429 and not may_pass(error):
        return LanguageError(
            f"The account at {where} has no credit left.", remedy="Add credit there, or choose another model."
        )
    if may_pass(error):
        return transient(f"{where} answered {status}", base_url)
    return RequestFault(
        f"{where} refused the request ({status}): {quoted(_said(error))}",
        remedy="Choose another model in Settings, or correct what the server names.",
    )


def transient(what: str, base_url: str) -> TransientLanguageError:
    """A failure that time may mend; `what` is a clause without its full stop."""
    remedy = "Try again in a few minutes; if it stays, check the endpoint or add a fallback model in Settings."
    return TransientLanguageError(f"{what}.", remedy=remedy)


def pause_s(attempt: int, *, base_s: float, longest_s: float, jitter: float, headers: Any = None) -> float:
    """Seconds to wait before the next attempt: what the server asks for, else doubling with jitter.

    Args:
        attempt: the one that failed, counted from 1.
        jitter: in [0, 1).
        headers: of the response; `Retry-After` in seconds or as a date, capped at `longest_s`.
    """
    asked = str(headers.get("retry-after", "")) if headers is not None else ""
    if asked:
        try:
            return min(max(float(asked), 0.0), longest_s)
        except ValueError:
            pass
        try:
            moment = email.utils.parsedate_to_datetime(asked).timestamp()
            return min(max(moment - time.time(), 0.0), longest_s)
        except ValueError:
            pass
    return min(base_s * 2 ** (attempt - 1) * (0.5 + jitter), longest_s)


def quoted(text: str, most: int = 200) -> str:
    """A server's words: one line, short, without anything that looks like a key."""
    line = _KEY.sub("(key)", " ".join(str(text).split()))
    return line if len(line) <= most else line[: most - 1] + "…"


def host(base_url: str) -> str:
    return urlsplit(base_url).netloc.rpartition("@")[2] or base_url


def with_calls(error: GalleyError, calls: tuple[Call, ...]) -> None:
    """Put onto an error what the failed request cost: money spent in vain is spent."""
    error.calls = calls  # type: ignore[attr-defined]


def calls_of(error: GalleyError) -> tuple[Call, ...]:
    """The calls that an error of a backend carries."""
    return getattr(error, "calls", ())
