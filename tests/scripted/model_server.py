"""A scripted model behind real HTTP: an OpenAI-compatible server for tests and benchmarks.

It streams, counts tokens, honours JSON schemas and fails on purpose: every fault a real
endpoint has, either one after another from a list or as a seeded share of requests. It
speaks HTTP/1.1 over asyncio streams itself, because cut connections and hung calls are
below what a web framework offers, and because sixty paced streams should cost little.
"""

import asyncio
import contextlib
import hashlib
import itertools
import json
import re
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

from tests.scripted.answers import Messages, plausible

Answerer = Callable[[Messages, dict[str, Any] | None], str]


@dataclass(frozen=True, kw_only=True)
class Faults:
    """Shares of requests that go wrong, each in [0, 1], at most 1 together.

    Whether a request fails depends on the seed, its prompt and how often that prompt came
    before, not on the order of arrival: parallel runs are repeatable.
    """

    too_many: float = 0.0
    """429 with `Retry-After`."""
    server_error: float = 0.0
    hung: float = 0.0
    """Accepted, then silence."""
    truncated: float = 0.0
    """Ends in the middle with `finish_reason: length`."""
    cut: float = 0.0
    """The connection breaks in the middle of the answer."""
    refused: float = 0.0
    unauthorized: float = 0.0
    garbage: float = 0.0
    """A structured answer that is no JSON."""
    bad_request: float = 0.0
    """400, at once."""
    seed: int = 0

    def outcome(self, prompt: str, times: int) -> str:
        digest = hashlib.sha256(f"{self.seed}:{prompt}:{times}".encode()).digest()
        drawn = int.from_bytes(digest[:8], "big") / 2**64
        for name in _SHARED:
            drawn -= getattr(self, name)
            if drawn < 0:
                return name
        return "ok"


_SHARED = ("too_many", "server_error", "hung", "truncated", "cut", "refused", "unauthorized", "garbage", "bad_request")


@dataclass(frozen=True, kw_only=True)
class Received:
    """One request for an answer."""

    prompt: str
    """Its hash: model, messages and format."""
    outcome: str
    body: dict[str, Any]
    key: str
    """The bearer token it came with."""


class ScriptedModel:
    """The server as a context manager; `base_url` is its address.

    Args:
        answer: `(messages, response_format) -> text`; plausible answers to Galley's tasks by default.
        first_token_s: silence before each answer.
        tokens_per_s: pace of a stream; None sends at once.
        piece_tokens: tokens (words) in one streamed piece.
        faults: shares, or the outcomes of the first requests in order (then all is well). Beyond the names
            of `Faults`: `ok`, `silent` (a stream that stops half-way and stays open), `odd` (one with a piece
            that is no object), `wrong_shape`,
            `empty`, `context` (too long), `no_model`, `no_money`.
        retry_after_s: what a 429 asks for.
        formats: the `response_format` types the server takes; others are answered with `format_status`.
        refuses: parameters that are refused with 400, such as `max_tokens` or `temperature`.
        usage: whether tokens are counted.
        models: what `/v1/models` lists.
    """

    def __init__(
        self,
        *,
        answer: Answerer = plausible,
        first_token_s: float = 0.0,
        tokens_per_s: float | None = None,
        piece_tokens: int = 4,
        faults: Faults | Sequence[str] = (),
        retry_after_s: float = 0.0,
        formats: Sequence[str] = ("json_schema", "json_object"),
        format_status: int = 400,
        refuses: Sequence[str] = (),
        usage: bool = True,
        models: Sequence[str] = ("scripted-large", "scripted-small"),
        require_key: str | None = None,
    ) -> None:
        self.answer, self.models, self.usage = answer, tuple(models), usage
        self.first_token_s, self.tokens_per_s, self.piece_tokens = first_token_s, tokens_per_s, piece_tokens
        self.formats, self.format_status, self.refuses = tuple(formats), format_status, tuple(refuses)
        self.retry_after_s, self.require_key = retry_after_s, require_key
        self.shares = faults if isinstance(faults, Faults) else Faults()
        self._script = iter(() if isinstance(faults, Faults) else faults)
        self.requests: list[Received] = []
        """Every request for an answer, in order of arrival."""
        self.intervals: list[tuple[float, float]] = []
        """`(begin, end)` of each request, in seconds of `time.time()`."""
        self.calls: Counter[str] = Counter()
        """Prompt hash -> how often it was answered, that is: paid for."""
        self.hung_up = 0
        """Connections that the client closed before the answer was complete."""
        self.open = 0
        """Requests being answered right now."""
        self.most_open = 0
        self._came: Counter[str] = Counter()
        self._seen_systems: set[str] = set()
        self._ids = itertools.count(1)

    @property
    def paid_twice(self) -> list[str]:
        """Hashes of prompts that were answered more than once."""
        return [prompt for prompt, times in self.calls.items() if times > 1]

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(ready,), daemon=True, name="scripted-model")
        self._thread.start()
        ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()

    def _serve(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)

        async def serve() -> None:
            self._stopping = asyncio.Event()
            server = await asyncio.start_server(self._connection, "127.0.0.1", 0)
            self.port = server.sockets[0].getsockname()[1]
            self.base_url = f"http://127.0.0.1:{self.port}/v1"
            ready.set()
            await self._stopping.wait()
            server.close()

        try:
            self._loop.run_until_complete(serve())
            rest = asyncio.all_tasks(self._loop)
            for task in rest:
                task.cancel()
            self._loop.run_until_complete(asyncio.gather(*rest, return_exceptions=True))
        finally:
            self._loop.close()

    # --- HTTP ---------------------------------------------------------------

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                method, path = head.split(" ", 2)[:2]
                length = re.search(r"content-length: *(\d+)", head, re.IGNORECASE)
                body = await reader.readexactly(int(length.group(1))) if length else b""
                bearer = re.search(r"authorization: *bearer +(\S+)", head, re.IGNORECASE)
                if not await self._request(method, path, bearer.group(1) if bearer else "", body, reader, writer):
                    break
        writer.close()

    async def _request(
        self, method: str, path: str, key: str, body: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Answer one request; false ends the connection."""
        if method == "GET" and path.endswith("/models"):
            listed = [{"id": name, "object": "model", "owned_by": "scripted"} for name in self.models]
            return await _send(writer, 200, {"object": "list", "data": listed})
        if method != "POST" or not path.endswith("/chat/completions"):
            return await _send(writer, 404, _error("Not Found"))
        asked = json.loads(body)
        prompt = prompt_hash(asked)
        outcome = "unauthorized" if self.require_key not in (None, key) else self._outcome(asked, prompt)
        self.requests.append(Received(prompt=prompt, outcome=outcome, body=asked, key=key))
        began = time.time()
        answering = asyncio.ensure_future(self._outcome_to(outcome, asked, prompt, writer))
        leaving = asyncio.ensure_future(reader.read(1))  # the client says nothing more until it is answered
        await asyncio.wait((answering, leaving), return_when=asyncio.FIRST_COMPLETED)
        self.intervals.append((began, time.time()))
        if not answering.done():
            self.hung_up += 1
            answering.cancel()
            return False
        leaving.cancel()
        await asyncio.wait([leaving])
        return answering.result()

    def _outcome(self, asked: dict[str, Any], prompt: str) -> str:
        wanted = asked.get("response_format", {}).get("type")
        if wanted and wanted not in self.formats:
            return "format"
        if any(parameter in asked for parameter in self.refuses):
            return "parameter"
        self._came[prompt] += 1
        return next(self._script, None) or self.shares.outcome(prompt, self._came[prompt])

    async def _outcome_to(self, outcome: str, asked: dict[str, Any], prompt: str, writer: asyncio.StreamWriter) -> bool:
        if outcome in _STATUSES:
            status, message, code = _STATUSES[outcome]
            headers = {"Retry-After": f"{self.retry_after_s:g}"} if outcome == "too_many" else {}
            return await _send(writer, status, _error(message, code), headers)
        if outcome == "format":
            return await _send(writer, self.format_status, _error("response_format of this type is not supported"))
        if outcome == "parameter":
            bad = next(p for p in self.refuses if p in asked)
            hint = " Use 'max_completion_tokens' instead." if bad == "max_tokens" else ""
            message = f"Unsupported parameter: '{bad}' is not supported with this model.{hint}"
            return await _send(writer, 400, _error(message, "unsupported_parameter", bad))
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            return await self._reply(outcome, asked, prompt, writer)
        finally:
            self.open -= 1

    async def _reply(self, outcome: str, asked: dict[str, Any], prompt: str, writer: asyncio.StreamWriter) -> bool:
        if outcome == "hung":
            await asyncio.Event().wait()
        if self.first_token_s:
            await asyncio.sleep(self.first_token_s)
        text, finish, refusal = self._text(outcome, asked)
        usage = self._count(asked, text)
        if outcome not in ("cut", "silent", "odd"):
            self.calls[prompt] += 1
        if asked.get("stream"):
            return await self._stream(asked, outcome, text, finish, refusal, usage, writer)
        if outcome == "cut":
            writer.transport.abort()
            return False
        message = {"role": "assistant", "content": None if refusal else text, "refusal": refusal or None}
        choices = [] if outcome == "empty" else [{"index": 0, "message": message, "finish_reason": finish}]
        reply = {**self._envelope(asked, "chat.completion"), "choices": choices}
        return await _send(writer, 200, reply | ({"usage": usage} if self.usage else {}))

    def _text(self, outcome: str, asked: dict[str, Any]) -> tuple[str, str, str]:
        """`(text, finish_reason, refusal)`."""
        if outcome == "refused":
            return "", "stop", "I can't help with that."
        text = self.answer(asked["messages"], asked.get("response_format"))
        if outcome == "truncated":
            return text[: max(1, len(text) * 2 // 3)], "length", ""
        if outcome == "garbage":
            return "Certainly! Here is what you asked for: {unfinished", "stop", ""
        if outcome == "wrong_shape":
            return '{"something": "else"}', "stop", ""
        return text, "stop", ""

    def _count(self, asked: dict[str, Any], text: str) -> dict[str, Any]:
        """Four characters a token; a system prompt that came before counts as cached."""
        system = next((m["content"] for m in asked["messages"] if m["role"] == "system"), "")
        cached = len(system) // 4 if system in self._seen_systems else 0
        self._seen_systems.add(system)
        prompt_tokens = max(sum(len(m["content"]) for m in asked["messages"]) // 4, 1)
        completion_tokens = max(len(text) // 4, 1)
        return {
            "prompt_tokens": prompt_tokens,
            "completion_tokens": completion_tokens,
            "total_tokens": prompt_tokens + completion_tokens,
            "prompt_tokens_details": {"cached_tokens": cached},
        }

    # --- streaming ---------------------------------------------------------------

    async def _stream(
        self,
        asked: dict[str, Any],
        outcome: str,
        text: str,
        finish: str,
        refusal: str,
        usage: dict[str, Any],
        writer: asyncio.StreamWriter,
    ) -> bool:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        envelope = self._envelope(asked, "chat.completion.chunk")

        def event(delta: dict[str, Any], finish_reason: str | None = None) -> None:
            choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
            _chunk(writer, envelope | {"choices": [choice]})

        event({"role": "assistant", "content": ""})
        pieces = [] if outcome == "empty" else _pieces(text, self.piece_tokens)
        broken_at = len(pieces) // 2 if outcome in ("cut", "silent", "odd") else None
        async for number, piece in self._paced(pieces):
            if number == broken_at:
                await writer.drain()
                if outcome == "silent":
                    await asyncio.Event().wait()
                if outcome == "odd":
                    _chunk(writer, ["odd"])
                    await writer.drain()
                writer.close()  # what was written arrives; the end of the stream does not
                return False
            event({"content": piece})
            await writer.drain()
        event({"refusal": refusal} if refusal else {}, finish)
        if self.usage and asked.get("stream_options", {}).get("include_usage"):
            _chunk(writer, envelope | {"choices": [], "usage": usage})
        _chunk(writer, "[DONE]")
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True

    async def _paced(self, pieces: list[str]) -> AsyncIterator[tuple[int, str]]:
        began = self._loop.time()
        for number, piece in enumerate(pieces):
            if self.tokens_per_s:
                due = began + number * self.piece_tokens / self.tokens_per_s
                await asyncio.sleep(max(due - self._loop.time(), 0))
            yield number, piece

    def _envelope(self, asked: dict[str, Any], kind: str) -> dict[str, Any]:
        return {"id": f"scripted-{next(self._ids)}", "object": kind, "created": 0, "model": asked["model"]}


_STATUSES = {
    "too_many": (429, "Too many requests", "rate_limit_exceeded"),
    "server_error": (500, "The server had an error", None),
    "unauthorized": (401, "Incorrect API key provided: sk-ab****wxyz", "invalid_api_key"),
    "context": (400, "This model's maximum context length is 4096 tokens", "context_length_exceeded"),
    "no_model": (404, "The model does not exist", "model_not_found"),
    "no_money": (429, "You exceeded your current quota", "insufficient_quota"),
    "bad_request": (400, "messages: something is wrong", None),
}
_REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 429: "Too Many Requests"}


def prompt_hash(asked: dict[str, Any]) -> str:
    """What makes two requests the same to a person who pays for them."""
    parts = [asked.get("model"), asked.get("messages"), asked.get("response_format")]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def _pieces(text: str, tokens: int) -> list[str]:
    words = re.findall(r"\s*\S+|\s+$", text)
    return ["".join(words[at : at + tokens]) for at in range(0, len(words), tokens)]


def _error(message: str, code: str | None = None, param: str | None = None) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error", "code": code, "param": param}}


def _chunk(writer: asyncio.StreamWriter, event: dict[str, Any] | str) -> None:
    text = event if isinstance(event, str) else json.dumps(event, ensure_ascii=False)
    data = f"data: {text}\n\n".encode()
    writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")


async def _send(
    writer: asyncio.StreamWriter, status: int, body: dict[str, Any], headers: dict[str, str] | None = None
) -> bool:
    data = json.dumps(body, ensure_ascii=False).encode()
    lines = [f"HTTP/1.1 {status} {_REASONS.get(status, 'Error')}", "Content-Type: application/json"]
    lines += [f"Content-Length: {len(data)}", *(f"{name}: {value}" for name, value in (headers or {}).items())]
    writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + data)
    await writer.drain()
    return True
