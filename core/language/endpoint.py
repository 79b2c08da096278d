"""One OpenAI-compatible endpoint: a request goes out, an answer or a clear error comes back.

All patience lives here and nowhere else (the SDK's own retries are off): how long a call
may stay silent, what is tried again and how often, and what the server turned out not to
accept. Waiting doubles with jitter, so that callers refused together do not come back
together (Brooker, "Exponential backoff and jitter", AWS Architecture Blog, 2015).
"""

import asyncio
import functools
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.errors import LanguageError
from core.language import faults
from core.language.capabilities import Capabilities, capabilities_of
from core.language.exchange import CHARS_PER_TOKEN, Completion, Exchange, Request
from core.language.prices import on_this_machine
from core.language.thinking import SpokenPart

RESTART = object()
"""Emitted when a cut answer begins anew: text emitted before it is void."""

_AFTER_END_S = 5.0  # how long the token counts may lag behind the last word


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long to wait for what, in seconds."""

    timeout_s: float = 120.0
    """A whole answer that is not streamed; a streamed one may take five times as long."""
    first_token_s: float = 60.0
    idle_s: float = 30.0
    """Silence between two pieces."""
    attempts: int = 5
    give_up_s: float = 120.0
    """No new attempt begins after so long."""
    pause_s: float = 0.5
    """Wait before the second attempt; doubles."""
    longest_pause_s: float = 20.0


class FormatRefused(Exception):
    """The server does not take this `response_format`: a step down the ladder may help."""

    def __init__(self, explained: LanguageError) -> None:
        super().__init__(str(explained))
        self.explained = explained


class Broken(Exception):
    """The answer ended before its end, or is no answer."""


class Endpoint:
    """One address and model. Its methods run on the background loop."""

    service = faults.CHAT

    def __init__(self, *, base_url: str, api_key: str, model: str, patience: Patience) -> None:
        self.base_url, self.model, self.patience = base_url, model, patience
        self.known: Capabilities = capabilities_of(base_url, model)
        self._client = shared_client(base_url, api_key)

    async def complete(self, request: Request, exchanges: list[Exchange], emit: Callable[[Any], None]) -> Completion:
        """Send a request until it is answered or patience ends; each try is added to `exchanges`.

        Raises:
            FormatRefused, LanguageError, TransientLanguageError
        """
        import openai

        began, slow, attempt = time.monotonic(), 0, 0
        while True:
            exchange = Exchange(request.estimated_tokens)
            exchanges.append(exchange)
            sent = self.known.parameters(
                max_tokens=request.max_tokens, temperature=request.temperature, stream=request.stream
            )
            headers = None
            try:
                return await self._once(request, sent, exchange, emit)
            except openai.APIStatusError as error:
                exchange.end("failed", f"HTTP {error.status_code}", billable=False)
                if error.status_code in (400, 422) and self.known.adapt(faults.complaint(error), sent):
                    continue  # another form of the same request; each is learned once, so this ends
                self._give_up_or_not(error, request, attempt)
                failure = self._explained(error)
                headers = error.response.headers
            except (TimeoutError, openai.APITimeoutError):
                exchange.end("abandoned", "no answer in time")
                slow += 1
                failure = faults.transient(
                    f"{faults.host(self.base_url)} left {self.model!r} without an answer for too long",
                    self.base_url,
                )
                if slow > 1:
                    raise failure from None
            except (openai.APIError, Broken) as error:
                exchange.end("failed", faults.quoted(str(error)), billable=bool(exchange.text or exchange.usage))
                failure = faults.transient(self._what_broke(error), self.base_url)
            attempt += 1
            await self._wait(attempt, began, failure, headers)
            if exchange.emitted:
                emit(RESTART)

    def _explained(self, error: Any) -> LanguageError:
        return faults.explain(error, model=self.model, base_url=self.base_url, service=self.service)

    def _give_up_or_not(self, error: Any, request: Request, attempt: int) -> None:
        """Raise where another attempt with the same form cannot help; return where it may."""
        explained = self._explained(error)
        hopeless = faults.model_is_missing(error) or faults.prompt_is_too_long(error)
        if request.response_format and request.rung and not hopeless:
            # 500 is how llama-cpp-python refuses a schema. It is also an ordinary fault, so it counts as
            # a refusal only at its second time, and never where this form has been answered before.
            fault = error.status_code == 500 and attempt >= 1 and not self.known.proven(request.rung)
            if error.status_code in (400, 404, 422) or fault:
                raise FormatRefused(explained) from error
        if not faults.may_pass(error):
            raise explained from error

    async def _wait(self, attempt: int, began: float, failure: LanguageError, headers: Any) -> None:
        p = self.patience
        pause = faults.pause_s(
            attempt, base_s=p.pause_s, longest_s=p.longest_pause_s, jitter=random.random(), headers=headers
        )
        if attempt >= p.attempts or time.monotonic() - began + pause > p.give_up_s:
            raise failure
        await asyncio.sleep(pause)

    async def _once(
        self, request: Request, sent: dict[str, Any], exchange: Exchange, emit: Callable[[Any], None]
    ) -> Completion:
        arguments = {"model": self.model, "messages": request.messages, **sent}
        if request.response_format:
            arguments["response_format"] = request.response_format
        exchange_of = self._streamed if request.stream else self._whole
        finish, refusal = await exchange_of(arguments, exchange, emit)
        if refusal or finish == "content_filter":
            exchange.end("failed", "refused")
            raise LanguageError(
                f"{self.model!r} refused to answer{f': {faults.quoted(refusal)}' if refusal else '.'}",
                remedy="Word the brief differently, or choose another model for this role in Settings.",
            )
        exchange.end("done")
        return Completion(exchange.text, cut_off=finish == "length")

    async def _whole(self, arguments: dict[str, Any], exchange: Exchange, _: Any) -> tuple[str, str]:
        async with asyncio.timeout(self.patience.timeout_s):
            try:
                completion = await self._client.chat.completions.create(**arguments)
            except ValueError as error:
                raise Broken("the answer is no JSON") from error
        if isinstance(completion, str):
            raise LanguageError(
                f"{faults.host(self.base_url)} answers, but not as a model server does.",
                remedy=f"Check the address {self.base_url!r} in Settings; it usually ends in /v1.",
            )
        exchange.usage = _counted(completion.usage and completion.usage.to_dict())
        if not completion.choices:
            raise Broken("the answer is empty")
        choice = completion.choices[0]
        exchange.text = choice.message.content or ""
        return choice.finish_reason or "", choice.message.refusal or ""

    async def _streamed(
        self, arguments: dict[str, Any], exchange: Exchange, emit: Callable[[Any], None]
    ) -> tuple[str, str]:
        p, spoken = self.patience, SpokenPart()
        now = asyncio.get_running_loop().time
        last = now() + 5 * p.timeout_s
        most_chars = 10 * CHARS_PER_TOKEN * (arguments.get("max_tokens") or arguments["max_completion_tokens"])
        finish = refusal = ""
        try:
            async with (
                asyncio.timeout(min(p.first_token_s, p.timeout_s)) as clock,
                await self._pieces(arguments) as stream,
            ):
                async for chunk in stream:
                    if not isinstance(chunk, dict):
                        raise Broken("a piece of the stream is no answer")
                    exchange.usage = _counted(chunk.get("usage")) or exchange.usage
                    if not chunk.get("choices"):
                        continue
                    choice = chunk["choices"][0]
                    delta = choice.get("delta") or {}
                    piece = delta.get("content") or ""
                    refusal += delta.get("refusal") or ""
                    if piece or _thinks(delta):  # a first chunk that names only the role is no sign of life
                        clock.reschedule(min(now() + p.idle_s, last))
                    if piece:
                        exchange.text += piece
                        if shown := spoken.feed(piece):
                            exchange.emitted = True
                            emit(shown)
                    if len(exchange.text) > most_chars:
                        return "length", refusal  # a server that does not keep to max_tokens
                    if choice.get("finish_reason"):
                        finish = choice["finish_reason"]
                        clock.reschedule(now() + _AFTER_END_S)
        except (TimeoutError, *_connection_errors()):
            if not finish:
                raise
        except ValueError as error:
            raise Broken("the stream is no JSON") from error
        if not finish:
            raise Broken("the stream was cut")
        if rest := spoken.end():
            emit(rest)
        return finish, refusal

    async def _pieces(self, arguments: dict[str, Any]) -> Any:
        """The answer's pieces as they come, plain: to make the SDK's objects of them takes as long as all the rest."""
        import openai

        return await self._client.post(
            "/chat/completions", body=arguments, cast_to=object, stream=True, stream_cls=openai.AsyncStream[object]
        )

    def _what_broke(self, error: Exception) -> str:
        where = faults.host(self.base_url)
        if isinstance(error, _connection_errors()):
            if on_this_machine(self.base_url):
                return f"No model server answers at {where}; is it running"
            return f"The connection to {where} failed or was cut"
        return f"{where} gave a broken answer ({faults.quoted(str(error))})"


def _counted(usage: dict[str, Any] | None) -> tuple[int, int, int] | None:
    """`(in, cached, out)` as the server counted; None when it did not."""
    if not usage or not (usage.get("prompt_tokens") or usage.get("completion_tokens")):
        return None
    details = usage.get("prompt_tokens_details") or {}
    return usage.get("prompt_tokens") or 0, details.get("cached_tokens") or 0, usage.get("completion_tokens") or 0


def _thinks(delta: dict[str, Any]) -> bool:
    """Whether a chunk carries reasoning, under the names servers give it."""
    return bool(delta.get("reasoning_content") or delta.get("reasoning"))


def _connection_errors() -> tuple[type[Exception], ...]:
    import openai

    return (openai.APIConnectionError,)


_making = threading.Lock()


def shared_client(base_url: str, api_key: str) -> Any:
    """The process's one client of an endpoint, so that its connections are shared."""
    with _making:
        return _client(base_url, api_key)


@functools.cache
def _client(base_url: str, api_key: str) -> Any:
    import openai  # half a second: only once a model is really asked

    return openai.AsyncOpenAI(
        base_url=base_url,
        api_key=api_key,
        max_retries=0,
        timeout=openai.Timeout(None, connect=10.0),
        # A proxy from the environment is for the internet, not for a server on this machine.
        http_client=openai.DefaultAsyncHttpxClient(trust_env=not on_this_machine(base_url)),
    )
