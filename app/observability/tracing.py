"""Spans of requests and of the calls that they make, sent to an OpenTelemetry collector.

Off unless OTEL_EXPORTER_OTLP_ENDPOINT is set; the packages are in requirements-otel.txt. A span has
a route, an operation, an outcome and a request id: no path, query, header, exception text or team,
so that no collector gets a client's data or a key.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

Wsgi = Callable[[Any, Any], Iterable[bytes]]


class Tracer(Protocol):
    def traced(self, app: Wsgi, /) -> Wsgi: ...

    def call(self, upstream: str, operation: str, outcome: str, seconds: float, /) -> None: ...


@dataclass(slots=True)
class _Tracing:
    """The tracer of this process: None while tracing is off."""

    tracer: Tracer | None = None


_tracing = _Tracing()


def begin(endpoint: str | None, version: str) -> None:
    """Once in each process, after a fork. Raises `SystemExit` with a line if the packages are
    missing."""
    if endpoint is None or _tracing.tracer:
        return
    try:
        from app.observability.spans import Spans  # noqa: PLC0415 (it imports the packages)
    except ImportError:
        raise SystemExit(
            "OTEL_EXPORTER_OTLP_ENDPOINT needs the packages of requirements-otel.txt"
        ) from None
    _tracing.tracer = Spans(endpoint, version)


def traced(app: Wsgi) -> Wsgi:
    """The app with a span for each request, as a child of the client's `traceparent` if there is
    one. What the app and its upstreams get as `traceparent` is this span. Without tracing it is the
    app itself."""
    return _tracing.tracer.traced(app) if _tracing.tracer else app


def call(upstream: str, operation: str, outcome: str, seconds: float) -> None:
    """A call of an upstream that has just ended, as a child of the current request's span."""
    if _tracing.tracer:
        _tracing.tracer.call(upstream, operation, outcome, seconds)
