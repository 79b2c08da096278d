"""A reranking model behind an endpoint: a question and passages go out, a score for each comes back.

A cross-encoder reads the question and a passage together. It is asked as any model is: the call ledger answers a
repeated request, the budget counts, faults are explained. Servers speak one of two dialects. Cohere, Jina, vLLM and
llama.cpp take `documents` and answer `results` with `relevance_score`; Text Embeddings Inference takes `texts` and
answers a bare list with `score`. The first is tried, and the other learned when the server misses its field.
"""

import asyncio
import json
import math
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from pydantic import BaseModel

from core.language import faults
from core.language.capabilities import Capabilities
from core.language.endpoint import Broken, Endpoint, Patience
from core.language.exchange import Completion, Exchange, Request
from core.language.openai import Emit, OpenAI
from core.language.tasks import Answer, Task
from core.settings import Settings

RERANKER = "reranker"
"""The role: what is spent on it is counted under this name."""
_TEXTS_MISSING = re.compile(
    r"missing field\W{0,3}texts\b|\btexts\b.{0,40}(?:field )?required", re.IGNORECASE | re.DOTALL
)


@dataclass(frozen=True, kw_only=True)
class RerankInput:
    question: str
    texts: tuple[str, ...]


class RerankAnswer(BaseModel):
    scores: list[float]
    """Of each text, in their order: larger is better, on the model's own scale."""


def rerank_task(question: str, texts: Sequence[str]) -> Task[RerankAnswer]:
    """How well each text answers a question."""
    return Task(
        name="rerank", role=RERANKER, system="",
        user=json.dumps({"query": question, "documents": list(texts)}, ensure_ascii=False),
        input=RerankInput(question=question, texts=tuple(texts)), answer=RerankAnswer, max_tokens=0,
    )  # fmt: skip


class RerankModel(OpenAI):
    """One reranking model at one endpoint; answers `rerank_task` and nothing else. Safe to use from many threads.

    Args:
        base_url: what stands before `/rerank`.
        timeout_s: for one answer; a run waits for it with every question.
    """

    def __init__(
        self, *, base_url: str, api_key: str | None, model: str, timeout_s: float = 30.0, attempts: int = 3,
        pause_s: float = 0.5,
    ) -> None:  # fmt: skip
        super().__init__(
            base_url=base_url.rstrip("/").removesuffix("/rerank"), api_key=api_key, model=model, timeout_s=timeout_s,
            attempts=attempts, give_up_s=2 * timeout_s, pause_s=pause_s,
        )  # fmt: skip

    async def _answered(self, task: Task[Answer], exchanges: list[Exchange], emit: Emit) -> Answer:
        endpoint = self._endpoint(_RerankEndpoint)
        endpoint.asked = task.input
        request = Request(messages=[{"role": "user", "content": task.user}], max_tokens=0, temperature=0.0)
        completion = await endpoint.complete(request, exchanges, emit)
        return cast(Answer, RerankAnswer.model_validate_json(completion.text))


def rerank_model(settings: Settings, *, timeout_s: float = 30.0, attempts: int = 3) -> RerankModel:
    """The one that the settings name; `rerank_base_url` is set."""
    key = settings.rerank_api_key.get_secret_value() if settings.rerank_api_key else None
    return RerankModel(
        base_url=settings.rerank_base_url or "", api_key=key, model=settings.rerank_model, timeout_s=timeout_s,
        attempts=attempts,
    )  # fmt: skip


class _Dialect(Capabilities):
    """Which of the two a server speaks. Safe to share between threads."""

    def __init__(self) -> None:
        super().__init__()
        self._field = "documents"

    def parameters(self, **_: Any) -> dict[str, Any]:
        return {"field": self._field}

    def adapt(self, complaint: str, sent: dict[str, Any]) -> bool:
        if sent["field"] == "documents" and _TEXTS_MISSING.search(complaint):
            self._field = "texts"
            return True
        return False


_known: dict[str, _Dialect] = {}
_knowing = threading.Lock()


class _RerankEndpoint(Endpoint):
    service = faults.RERANKING
    asked: RerankInput

    def __init__(self, *, base_url: str, api_key: str, model: str, patience: Patience) -> None:
        super().__init__(base_url=base_url, api_key=api_key, model=model, patience=patience)
        with _knowing:
            self.known = _known.setdefault(base_url, _Dialect())

    async def _once(self, request: Request, sent: dict[str, Any], exchange: Exchange, emit: Emit) -> Completion:
        question, texts = self.asked.question, list(self.asked.texts)
        if sent["field"] == "texts":
            body: dict[str, Any] = {"query": question, "texts": texts, "truncate": True}
        else:
            body = {"model": self.model, "query": question, "documents": texts, "top_n": len(texts)}
        async with asyncio.timeout(self.patience.timeout_s):
            try:
                answer = await self._client.post("/rerank", body=body, cast_to=object)
            except ValueError as error:
                raise Broken("the answer is no JSON") from error
        exchange.usage = _counted(answer)
        scores = _scores(answer, len(texts))
        exchange.end("done")
        return Completion(RerankAnswer(scores=scores).model_dump_json(), cut_off=False)


def _scores(answer: Any, count: int) -> list[float]:
    """The score of each text, in the order they were sent.

    Raises:
        Broken: not one finite score for each of them.
    """
    found = answer if isinstance(answer, list) else answer.get("results") if isinstance(answer, dict) else None
    scores: dict[int, float] = {}
    try:
        for item in found or ():
            scores[int(item["index"])] = float(item["relevance_score"] if "relevance_score" in item else item["score"])
    except (KeyError, TypeError, ValueError) as error:
        raise Broken("the answer is no list of scores") from error
    if sorted(scores) != list(range(count)) or not all(math.isfinite(score) for score in scores.values()):
        raise Broken(f"the answer has {len(scores)} scores for {count} passages")
    return [scores[n] for n in range(count)]


def _counted(answer: Any) -> tuple[int, int, int] | None:
    """`(in, cached, out)` as the server counted: in `usage` or, Cohere, in `meta.tokens`; None where it did not."""
    if not isinstance(answer, dict):
        return None
    usage, meta = answer.get("usage"), answer.get("meta")
    tokens = meta.get("tokens") if isinstance(meta, dict) else None
    for counts, name in ((usage, "total_tokens"), (usage, "prompt_tokens"), (tokens, "input_tokens")):
        if isinstance(counts, dict) and isinstance(counts.get(name), int | float) and counts[name] > 0:
            return int(counts[name]), 0, 0
    return None
