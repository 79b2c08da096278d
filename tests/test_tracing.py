"""Traces reach a collector with what they promise, and a collector that is down costs nothing."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from core.models import Status
from core.tracing import Tracer
from core.worker import Worker
from tests.agents.small_house import House, house, new_house, samples
from tests.scripted.model_server import ScriptedModel

__all__ = ["house", "new_house", "samples"]

DEAD = "http://127.0.0.1:9"


@contextmanager
def collector(status: int = 200) -> Iterator[tuple[str, list[bytes]]]:
    """An OTLP endpoint over HTTP: its address and what it was sent."""
    bodies: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802 - the name http.server calls
            assert self.path == "/v1/traces"
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", bodies
        server.shutdown()


def spans(bodies: list[bytes]) -> list[dict[str, Any]]:
    """Name, ids and attributes of every span, decoded."""
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    found = []
    for body in bodies:
        request = ExportTraceServiceRequest.FromString(body)
        for scope in (scope for resource in request.resource_spans for scope in resource.scope_spans):
            for span in scope.spans:
                values = {a.key: getattr(a.value, a.value.WhichOneof("value")) for a in span.attributes}
                found.append({"name": span.name, "id": span.span_id, "parent": span.parent_span_id,
                              "trace": span.trace_id.hex(), **values})  # fmt: skip
    return found


def test_a_run_leaves_its_whole_story_with_the_collector(new_house: Callable[..., House]):
    with ScriptedModel() as server, collector() as (address, bodies):
        house = new_house(base_url=server.base_url, default_model="scripted-large", request_timeout_s=20.0)
        house.process.tracer = Tracer(address)
        run_id = house.start(autopilot=True)
        run = house.work(run_id)  # the worker closes the tracer, which sends the rest
        assert run.status in (Status.FINISHED, Status.GATE)
        found = spans(bodies)
    kinds = {span["openinference.span.kind"] for span in found}
    assert {"CHAIN", "AGENT", "RETRIEVER", "LLM", "EVALUATOR"} <= kinds
    assert {span["trace"] for span in found} == {run.trace_id}
    assert {span["session.id"] for span in found} == {run_id}
    ids = {span["id"] for span in found}
    assert sum(not span["parent"] for span in found) == 1
    assert all(span["parent"] in ids for span in found if span["parent"])

    retrieval = [span for span in found if span["openinference.span.kind"] == "RETRIEVER"]
    with_documents = [span for span in retrieval if "retrieval.documents.0.document.content" in span]
    assert with_documents
    assert all(span["input.value"] for span in retrieval)
    assert all(isinstance(span["retrieval.documents.0.document.score"], float) for span in with_documents)
    llm = [span for span in found if span["openinference.span.kind"] == "LLM"]
    asked = [span for span in llm if span.get("llm.token_count.completion")]
    assert asked
    assert {span["llm.model_name"] for span in asked} == {"scripted-large"}
    assert sum(span["llm.token_count.prompt"] for span in asked) == run.tokens_in
    assert all(span["input.value"] and span["output.value"] for span in asked)


@pytest.mark.parametrize("way", ["nobody there", "refuses"])
def test_a_dead_collector_neither_slows_nor_breaks_a_run(house: House, way: str):
    with collector(status=503) as (refusing, _):
        house.process.tracer = Tracer(DEAD if way == "nobody there" else refusing)
        run_id = house.start("Do street trees cool a hot city?", autopilot=True)
        worker = Worker(house.process)
        worker.restrict((run_id,))
        threading.Thread(target=worker.work, daemon=True).start()
        began = time.monotonic()
        while house.run(run_id).status is not Status.FINISHED:
            assert time.monotonic() - began < 20
            threading.Event().wait(0.05)
        ended = time.monotonic()
        house.process.tracer.close()
        assert time.monotonic() - ended < 6, "the last words wait for a few seconds at most"
    assert house.run(run_id).trace_id, "the run knows its trace all the same"


def test_without_an_address_nothing_is_traced():
    with Tracer(None).span("a", "CHAIN") as span:
        span.set(llm__model_name="m")
        span.output({"a": 1})
        assert span.trace_id is None
