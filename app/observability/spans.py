"""Spans by OpenTelemetry's SDK. Only `tracing` imports this module, and only where they are wanted,
because the packages cost a worker memory."""

import time
from collections.abc import Iterable
from typing import Any

from opentelemetry import context, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from werkzeug.wsgi import ClosingIterator

from app.observability.tracing import Wsgi

_SERVICE = "team-secrets"
_FIRST_OF_OURS = 500
_propagator = TraceContextTextMapPropagator()


class Spans:
    """Implements `tracing.Tracer`. The exporter has a thread: made after a fork."""

    def __init__(self, endpoint: str, version: str) -> None:
        resource = Resource.create({"service.name": _SERVICE, "service.version": version})
        provider = TracerProvider(resource=resource)
        exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
        provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = provider.get_tracer(_SERVICE, version)

    def traced(self, app: Wsgi) -> Wsgi:
        def serve(environ: Any, start_response: Any) -> Iterable[bytes]:
            parent = _propagator.extract({"traceparent": environ.get("HTTP_TRACEPARENT", "")})
            span = self._tracer.start_span("request", parent, trace.SpanKind.SERVER)
            carrier: dict[str, str] = {}
            here = trace.set_span_in_context(span, context.Context())
            _propagator.inject(carrier, here)
            environ["HTTP_TRACEPARENT"] = carrier["traceparent"]

            def starting(status: str, *rest: Any) -> Any:
                _describe(span, environ, int(status[:3]))
                return start_response(status, *rest)

            token = context.attach(here)
            try:
                return ClosingIterator(app(environ, starting), span.end)
            except BaseException:
                span.end()
                raise
            finally:
                context.detach(token)

        return serve

    def call(self, upstream: str, operation: str, outcome: str, seconds: float) -> None:
        """A call of a background round, which has no request, makes no span."""
        if not trace.get_current_span().get_span_context().is_valid:
            return
        end = time.time_ns()
        span = self._tracer.start_span(
            f"{upstream} {operation}",
            kind=trace.SpanKind.CLIENT,
            start_time=end - int(seconds * 1e9),
            attributes={"outcome": outcome},
        )
        span.end(end)


def _describe(span: trace.Span, environ: Any, status: int) -> None:
    """Called when the status is known, and with it the route."""
    rule = getattr(environ.get("werkzeug.request"), "url_rule", None)
    method, route = (environ["REQUEST_METHOD"], rule.rule) if rule else ("other", "none")
    span.update_name(f"{method} {route}")
    span.set_attribute("http.request.method", method)
    span.set_attribute("http.route", route)
    span.set_attribute("http.response.status_code", status)
    span.set_attribute("request_id", environ["HTTP_X_REQUEST_ID"])
    if status >= _FIRST_OF_OURS:
        span.set_status(trace.StatusCode.ERROR)
