"""Spans of requests and of the calls that they make, sent to an OpenTelemetry collector.

Off unless OTEL_EXPORTER_OTLP_ENDPOINT is set; the packages are in requirements-otel.txt, and only
`begin` imports them. A span has a route, an operation, an outcome and a request id: no path, query,
header, exception text or team, so that no collector gets a client's data or a key.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from werkzeug.wsgi import ClosingIterator

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer

Wsgi = Callable[[Any, Any], Iterable[bytes]]
_SERVICE = "team-secrets"
_FIRST_OF_OURS = 500


@dataclass(slots=True)
class _Tracing:
    """The tracer of this process: None while tracing is off."""

    tracer: "Tracer | None" = None


_tracing = _Tracing()


def begin(endpoint: str | None, version: str) -> None:
    """Once in each process, after a fork: the exporter has a thread. Raises `SystemExit` with a
    line if the packages are missing."""
    if endpoint is None or _tracing.tracer:
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError:
        raise SystemExit(
            "OTEL_EXPORTER_OTLP_ENDPOINT needs the packages of requirements-otel.txt"
        ) from None
    resource = Resource.create({"service.name": _SERVICE, "service.version": version})
    provider = TracerProvider(resource=resource)
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    _tracing.tracer = provider.get_tracer(_SERVICE, version)


def traced(app: Wsgi) -> Wsgi:
    """The app with a span for each request, as a child of the client's `traceparent` if there is
    one. What the app and its upstreams get as `traceparent` is this span. Without tracing it is the
    app itself."""
    tracer = _tracing.tracer
    if tracer is None:
        return app
    from opentelemetry import context, trace  # noqa: PLC0415
    from opentelemetry.trace.propagation import tracecontext  # noqa: PLC0415

    propagator = tracecontext.TraceContextTextMapPropagator()

    def serve(environ: Any, start_response: Any) -> Iterable[bytes]:
        parent = propagator.extract({"traceparent": environ.get("HTTP_TRACEPARENT", "")})
        span = tracer.start_span("request", parent, trace.SpanKind.SERVER)
        carrier: dict[str, str] = {}
        here = trace.set_span_in_context(span, context.Context())
        propagator.inject(carrier, here)
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


def _describe(span: "Span", environ: Any, status: int) -> None:
    """Called when the status is known, and with it the route."""
    from opentelemetry.trace import StatusCode  # noqa: PLC0415

    rule = getattr(environ.get("werkzeug.request"), "url_rule", None)
    method, route = (environ["REQUEST_METHOD"], rule.rule) if rule else ("other", "none")
    span.update_name(f"{method} {route}")
    span.set_attribute("http.request.method", method)
    span.set_attribute("http.route", route)
    span.set_attribute("http.response.status_code", status)
    span.set_attribute("request_id", environ["HTTP_X_REQUEST_ID"])
    if status >= _FIRST_OF_OURS:
        span.set_status(StatusCode.ERROR)


def call(upstream: str, operation: str, outcome: str, seconds: float) -> None:
    """A call of an upstream that has just ended, as a child of the current request's span. A call
    of a background round, which has no request, makes no span."""
    tracer = _tracing.tracer
    if tracer is None:
        return
    from opentelemetry import trace  # noqa: PLC0415

    if not trace.get_current_span().get_span_context().is_valid:
        return
    end = time.time_ns()
    span = tracer.start_span(
        f"{upstream} {operation}",
        kind=trace.SpanKind.CLIENT,
        start_time=end - int(seconds * 1e9),
        attributes={"outcome": outcome},
    )
    span.end(end)
