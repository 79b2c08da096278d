"""What a server was found to accept, by endpoint and model.

"OpenAI-compatible" means many things: some servers refuse `response_format`, newer models
refuse `max_tokens` or a temperature, older servers `stream_options`. There is no way to
ask beforehand, so each is tried once and the answer is remembered for the process.
"""

import re
import threading
from typing import Any

from core.language.structured import LADDER

# Some servers quote the whole request, and an article may be about temperatures: both words must be near.
_NO_TEMPERATURE = re.compile(
    r"(?:unsupported|not support|unknown|unrecognized|not permitted|only the default).{0,60}\btemperature\b"
    r"|\btemperature\b.{0,60}(?:unsupported|not support|deprecated|not permitted|only the default)",
    re.DOTALL,
)


class Capabilities:
    """The memory of one endpoint and model. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rung = 0
        self._proven: set[int] = set()
        self._limit = "max_tokens"
        self._temperature = True
        self._usage = True

    @property
    def rungs(self) -> tuple[str, ...]:
        """The rungs of the ladder to try, the one that is known to work first."""
        return LADDER[self._rung :]

    def proven(self, rung: str) -> bool:
        """Whether the server has answered at this rung before: a fault there is no lack."""
        return LADDER.index(rung) in self._proven

    def worked(self, rung: str) -> None:
        """The server answered at this rung. Those above were refused, unless they had worked before:
        then it was this one request that was refused."""
        with self._lock:
            index = LADDER.index(rung)
            if not any(above in self._proven for above in range(index)):
                self._rung = max(self._rung, index)
            self._proven.add(index)

    def parameters(self, *, max_tokens: int, temperature: float, stream: bool) -> dict[str, Any]:
        """The request's parameters in the form that this model accepts."""
        sent: dict[str, Any] = {self._limit: max_tokens}
        if self._temperature:
            sent["temperature"] = temperature
        if stream:
            sent["stream"] = True
            if self._usage:
                sent["stream_options"] = {"include_usage": True}
        return sent

    def adapt(self, complaint: str, sent: dict[str, Any]) -> bool:
        """Learn from a refusal (its text and parameter name); true if another form is worth sending."""
        complaint = complaint.lower()
        with self._lock:
            if "max_tokens" in sent and "max_completion_tokens" in complaint:
                self._limit = "max_completion_tokens"
            elif "temperature" in sent and _NO_TEMPERATURE.search(complaint):
                self._temperature = False
            elif "stream_options" in sent and "stream_options" in complaint:
                self._usage = False
            else:
                return False
        return True


_known: dict[tuple[str, str], Capabilities] = {}
_knowing = threading.Lock()


def capabilities_of(base_url: str, model: str) -> Capabilities:
    """The process's one memory of an endpoint and model."""
    with _knowing:
        return _known.setdefault((base_url, model), Capabilities())
