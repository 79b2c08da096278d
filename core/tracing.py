"""Traces: OpenInference spans over OTLP to Phoenix, or nowhere.

Spans leave in batches from a thread of their own. A collector that is down costs nothing:
after one failed export the exporter keeps quiet for `COOL_S` and drops. Phoenix itself is
never imported (it loads the whole server); attribute names are OpenInference's.
"""

import contextlib
import json
import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from core.models import EvidenceItem

COOL_S = 30.0
EXPORT_TIMEOUT_S = 3.0
PROJECT = "galley"


class Span:
    """One open span; every method does nothing when tracing is off."""

    def __init__(self, inner: Any = None) -> None:
        self._inner = inner

    @property
    def trace_id(self) -> str | None:
        """32 hex digits, as in Phoenix's `/redirects/traces/<id>`."""
        return f"{self._inner.get_span_context().trace_id:032x}" if self._inner else None

    def set(self, **attributes: Any) -> None:
        """Set attributes; `llm__model_name=...` stands for `llm.model_name`."""
        if self._inner:
            for name, value in attributes.items():
                if value is not None:
                    self._inner.set_attribute(name.replace("__", "."), value)

    def output(self, value: Any) -> None:
        self.set(output__value=value if isinstance(value, str) else json.dumps(value, default=str))

    def documents(self, items: Sequence[EvidenceItem]) -> None:
        """Retrieved passages, in order, with their scores, on a retriever span."""
        if self._inner:
            for i, item in enumerate(items):
                prefix = f"retrieval.documents.{i}.document"
                self._inner.set_attribute(f"{prefix}.id", str(item.passage.id))
                self._inner.set_attribute(f"{prefix}.content", item.passage.text)
                self._inner.set_attribute(f"{prefix}.score", float(item.score))
                self._inner.set_attribute(
                    f"{prefix}.metadata", json.dumps({"title": item.passage.title, "url": item.passage.url})
                )


class Tracer:
    """Opens spans; made once per process.

    Args:
        endpoint: Phoenix's address, such as `http://127.0.0.1:6006`; None switches tracing off.
    """

    def __init__(self, endpoint: str | None) -> None:
        self._provider = _provider(endpoint) if endpoint else None
        self._tracer = self._provider.get_tracer("galley") if self._provider else None

    @contextlib.contextmanager
    def span(self, name: str, kind: str, *, session: str | None = None, input: Any = None) -> Iterator[Span]:
        """A span of an OpenInference kind (`AGENT`, `CHAIN`, `LLM`, `RETRIEVER`, `TOOL`, `EVALUATOR`)."""
        if self._tracer is None:
            yield Span()
            return
        with self._tracer.start_as_current_span(name, attributes={"openinference.span.kind": kind}) as inner:
            span = Span(inner)
            span.set(session__id=session)
            if input is not None:
                span.set(input__value=input if isinstance(input, str) else json.dumps(input, default=str))
            yield span

    def close(self) -> None:
        """Send what is left, for at most a few seconds."""
        if self._provider:
            self._provider.shutdown()


def _provider(endpoint: str) -> Any:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

    class Quiet(SpanExporter):
        """Lets a dead collector be dead: one try each `COOL_S`, nothing raised, nothing logged."""

        def __init__(self) -> None:
            self._inner = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=EXPORT_TIMEOUT_S)
            self._quiet_until = 0.0

        def export(self, spans: Sequence[Any]) -> SpanExportResult:
            if time.monotonic() < self._quiet_until:
                return SpanExportResult.FAILURE
            try:
                result = self._inner.export(spans)
            except OSError:
                result = SpanExportResult.FAILURE
            if result is not SpanExportResult.SUCCESS:
                self._quiet_until = time.monotonic() + COOL_S
            return result

        def shutdown(self) -> None:
            self._inner.shutdown()

        def force_flush(self, timeout_millis: int = 30_000) -> bool:
            return True

    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
    resource: Mapping[str, str] = {"service.name": "galley", "openinference.project.name": PROJECT}
    provider = TracerProvider(resource=Resource.create(dict(resource)))
    provider.add_span_processor(BatchSpanProcessor(Quiet(), schedule_delay_millis=1000))
    return provider
