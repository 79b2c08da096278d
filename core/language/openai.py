"""A language backend: any endpoint that speaks OpenAI's chat completions.

OpenAI, Azure, Ollama, LM Studio, vLLM, llama.cpp and OpenRouter all do, each a little
differently. A structured answer is asked for by the strictest means the server takes,
checked against its pydantic model whatever the server promised, repaired once, and else
fails clearly. Prose is streamed.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from pydantic import BaseModel

from core.errors import Cancelled, LanguageError
from core.language import background
from core.language.endpoint import RESTART, Endpoint, FormatRefused, Patience
from core.language.exchange import Completion, Exchange, Request
from core.language.faults import with_calls
from core.language.prices import cost
from core.language.structured import in_words, read, repair_request, response_format
from core.language.tasks import Answer, Reply, Task
from core.language.thinking import without_thinking
from core.models import Call

_MORE = 4
"""An answer that ran into its limit is asked for once more with so many times the room."""
_SHOWN_CHARS = 6000
"""How much of an unreadable answer its author is shown again."""

Emit = Callable[[Any], None]
Kind = TypeVar("Kind", bound=Endpoint)


class OpenAI:
    """One model at one endpoint. Safe to use from many threads.

    Args:
        base_url: the endpoint, usually ending in `/v1`.
        api_key: may be None for servers without one.
        timeout_s: for a whole structured answer; a stream may take five times as long.
        first_token_s: silence before the first piece of a stream (at most `timeout_s`).
        idle_s: silence between two pieces.
        attempts: tries of one request that failed in a way that may pass.
        give_up_s: no new try begins after so long.
        pause_s: wait before the second try; doubles, with jitter.
    """

    def __init__(
        self,
        *,
        base_url: str = "https://api.openai.com/v1",
        api_key: str | None,
        model: str,
        timeout_s: float = 120.0,
        first_token_s: float = 60.0,
        idle_s: float = 30.0,
        attempts: int = 5,
        give_up_s: float = 120.0,
        pause_s: float = 0.5,
    ) -> None:
        self.base_url, self.model = base_url.rstrip("/"), model
        self._api_key = api_key or "none"
        self._patience = Patience(
            timeout_s=timeout_s,
            first_token_s=first_token_s,
            idle_s=idle_s,
            attempts=attempts,
            give_up_s=give_up_s,
            pause_s=pause_s,
        )

    @property
    def free(self) -> bool:
        """Whether a call costs nothing for certain."""
        return cost(self.model, 1, 0, 1, base_url=self.base_url) == 0

    def prepare(self) -> None:
        """Load what a first request needs: half a second."""
        self._endpoint(Endpoint)

    def ask(
        self,
        task: Task[Answer],
        *,
        on_text: Callable[[str], None] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
        on_restart: Callable[[], None] | None = None,
    ) -> Reply[Answer]:
        """Answer a task; see `tasks.Language`.

        Args:
            on_text: called in this thread with each piece of prose as it comes. The reply's value is
                the text that counts: a last line that was cut off is not in it.
            on_restart: called when a stream broke and begins anew: pieces so far are void.

        Raises:
            LanguageError: with what the request cost in vain, see `faults.calls_of`.
            Cancelled: likewise.
        """
        exchanges: list[Exchange] = []

        def receive(item: Any) -> None:
            if item is RESTART:
                if on_restart:
                    on_restart()
            elif on_text:
                on_text(item)

        try:
            value = background.run(
                lambda emit: self._answered(task, exchanges, emit), receive=receive, cancelled=cancelled
            )
        except (LanguageError, Cancelled) as error:
            with_calls(error, self._calls(task, exchanges))
            raise
        return Reply(value=value, model=self.model, calls=self._calls(task, exchanges))

    async def _answered(self, task: Task[Answer], exchanges: list[Exchange], emit: Emit) -> Answer:
        return await _answer(self._endpoint(Endpoint), task, exchanges, emit)

    def _endpoint(self, kind: type[Kind]) -> Kind:
        return kind(base_url=self.base_url, api_key=self._api_key, model=self.model, patience=self._patience)

    def _calls(self, task: Task[Any], exchanges: list[Exchange]) -> tuple[Call, ...]:
        """The calls that may cost money, and the last one whatever it was."""
        told = [e for e in exchanges if e.billable or e is exchanges[-1]]
        return tuple(e.call(role=task.role, task=task.name, model=self.model, base_url=self.base_url) for e in told)


async def _answer(endpoint: Endpoint, task: Task[Answer], exchanges: list[Exchange], emit: Emit) -> Answer:
    if task.answer is str:
        return cast(Answer, await _prose(endpoint, task, exchanges, emit))
    return await _structured(endpoint, task, exchanges, emit)


async def _prose(endpoint: Endpoint, task: Task[Any], exchanges: list[Exchange], emit: Emit) -> str:
    messages = _messages(task.system, task.user)
    for max_tokens in (task.max_tokens, task.max_tokens * _MORE):
        request = Request(messages=messages, max_tokens=max_tokens, temperature=task.temperature, stream=True)
        completion = await endpoint.complete(request, exchanges, emit)
        text = without_thinking(completion.text).strip()
        if completion.cut_off:
            text = text.rpartition("\n")[0].strip()  # half a sentence is no answer
        if text:
            return text
        if exchanges[-1].emitted:
            emit(RESTART)
    raise LanguageError(
        f"{endpoint.model!r} gave an empty answer twice.",
        remedy="Choose another model for this role in Settings.",
    )


async def _structured(endpoint: Endpoint, task: Task[Answer], exchanges: list[Exchange], emit: Emit) -> Answer:
    answer = cast(type[BaseModel], task.answer)
    turns: list[dict[str, str]] = []
    max_tokens, enlarged, repaired = task.max_tokens, False, False
    while True:
        completion = await _down_the_ladder(endpoint, task, turns, max_tokens, exchanges, emit)
        try:
            return cast(Answer, read(completion.text, answer))
        except ValueError as error:
            fault = str(error)
        exchanges[-1].end("failed", f"unreadable: {fault}"[:300])
        if completion.cut_off:
            if enlarged:
                raise LanguageError(
                    f"{endpoint.model!r} did not finish {task.name!r} in {max_tokens} tokens.",
                    remedy="Choose a model that answers more briefly, or one with a larger output limit.",
                )
            max_tokens, enlarged = max_tokens * _MORE, True
        elif repaired:
            raise LanguageError(
                f"{endpoint.model!r} did not answer {task.name!r} in the asked form: {fault}.",
                remedy="Choose a model that can answer in JSON for this role in Settings.",
            )
        else:
            repaired = True
            turns = [
                {"role": "assistant", "content": completion.text[:_SHOWN_CHARS] or "(nothing)"},
                {"role": "user", "content": repair_request(fault, answer)},
            ]


async def _down_the_ladder(
    endpoint: Endpoint,
    task: Task[Any],
    turns: list[dict[str, str]],
    max_tokens: int,
    exchanges: list[Exchange],
    emit: Emit,
) -> Completion:
    """Ask at the best rung that the server is known to take, or stands not yet refused; step down when refused."""
    for rung in endpoint.known.rungs:
        enforced = rung == "json_schema"
        system = task.system if enforced else task.system + in_words(task.answer)
        request = Request(
            messages=_messages(system, task.user) + turns,
            max_tokens=max_tokens,
            temperature=task.temperature,
            rung=rung,
            response_format=response_format(rung, task.answer),
        )
        try:
            completion = await endpoint.complete(request, exchanges, emit)
        except FormatRefused:
            continue  # the last rung sends no format, so it cannot be refused
        endpoint.known.worked(rung)
        return completion
    raise AssertionError("the ladder's last rung sends no response_format")


def _messages(system: str, user: str) -> list[dict[str, str]]:
    return [{"role": "system", "content": system}, {"role": "user", "content": user}]
