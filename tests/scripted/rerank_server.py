"""A scripted reranker behind real HTTP: it speaks either dialect, counts tokens or not, and fails on purpose.

`documents`: Cohere's, as Jina, vLLM and llama.cpp speak it too. `texts`: that of Text Embeddings Inference, which
answers the other one as its JSON reader does, with 422 and the field that it misses.
"""

import json
import threading
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

Scorer = Callable[[str, Sequence[str]], list[float]]


def by_shared_words(question: str, texts: Sequence[str]) -> list[float]:
    """A score for each text: how many words it has in common with the question."""
    asked = set(question.lower().replace("?", "").split())
    return [float(len(asked & set(text.lower().replace(".", "").split()))) for text in texts]


class ScriptedReranker:
    """The server as a context manager; `base_url` is what stands before `/rerank`.

    Args:
        faults: outcomes of the first requests, in order: `ok`, `500`, `501`, `429`, `404`, `401`, `no_json`, `few`,
            `nan`, `hung`; then all is well.
        usage: `usage`, `cohere` or nothing: where tokens are counted.
    """

    def __init__(
        self, *, dialect: str = "documents", faults: Sequence[str] = (), usage: str = "usage",
        score: Scorer = by_shared_words, require_key: str | None = None,
    ) -> None:  # fmt: skip
        self.dialect, self.usage, self.score, self.require_key = dialect, usage, score, require_key
        self._script = iter(faults)
        self.bodies: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.closing = threading.Event()

    def __enter__(self) -> Self:
        scripted = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                scripted._answer(self, self.rfile.read(int(self.headers["content-length"])))

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.base_url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, visit: BaseHTTPRequestHandler, body: bytes) -> None:
        asked = json.loads(body)
        self.bodies.append(asked)
        self.keys.append((visit.headers.get("authorization") or "").removeprefix("Bearer "))
        if visit.path != "/v1/rerank":
            return _send(visit, 404, {"error": {"message": "Not Found"}})
        if self.require_key not in (None, self.keys[-1]):
            return _send(visit, 401, {"error": {"message": f"invalid key {self.keys[-1]}"}})
        if self.dialect not in asked:
            text = f"Failed to deserialize the JSON body into the target type: missing field `{self.dialect}`"
            return _send(visit, 422, text)
        outcome = next(self._script, "ok")
        if outcome == "hung":
            self.closing.wait()
            return None
        if outcome.isdigit():
            said = "This server does not support reranking. Start it with `--reranking`"
            return _send(visit, int(outcome), {"error": {"message": said if outcome == "501" else "no"}})
        if outcome == "no_json":
            return _send(visit, 200, "<html>It works!</html>")
        scores = self.score(asked["query"], asked[self.dialect])
        if outcome == "few":
            scores = scores[:-1]
        if outcome == "nan":
            scores[0] = float("nan")
        return _send(visit, 200, self._told(scores))

    def _told(self, scores: list[float]) -> Any:
        order = sorted(range(len(scores)), key=lambda n: -scores[n])
        if self.dialect == "texts":
            return [{"index": n, "score": scores[n]} for n in order]
        answer: dict[str, Any] = {"results": [{"index": n, "relevance_score": scores[n]} for n in order]}
        if self.usage == "usage":
            answer["usage"] = {"total_tokens": 321}
        elif self.usage == "cohere":
            answer["meta"] = {"billed_units": {"search_units": 1}, "tokens": {"input_tokens": 123}}
        return answer


def _send(visit: BaseHTTPRequestHandler, status: int, answer: Any) -> None:
    body = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
    visit.send_response(status)
    visit.send_header("content-type", "text/plain" if isinstance(answer, str) else "application/json")
    visit.send_header("content-length", str(len(body)))
    visit.end_headers()
    visit.wfile.write(body)
