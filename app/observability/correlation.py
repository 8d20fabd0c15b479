"""The ids that identify one request in every log: the proxy's, ours, Vault's and Blawby's.

`app.web` sets them at the start of a request; the adapters send them on. Code outside a request, or
on another thread without its context, sends none.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
# https://www.w3.org/TR/trace-context/#traceparent-header, version 00
_TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")

_headers: ContextVar[Mapping[str, str] | None] = ContextVar("correlation", default=None)


@contextmanager
def of(request_id: str, traceparent: str | None) -> Iterator[None]:
    """For the current request; a malformed `traceparent` is left out."""
    ids = {"X-Request-ID": request_id}
    if traceparent and _TRACEPARENT.fullmatch(traceparent):
        ids["traceparent"] = traceparent
    before = _headers.set(ids)
    try:
        yield
    finally:
        _headers.reset(before)


def headers() -> Mapping[str, str]:
    """Headers of an outgoing request made for the current request."""
    return _headers.get() or {}


def request_id() -> str | None:
    """The id of the current request."""
    return headers().get("X-Request-ID")


def trace_id() -> str | None:
    """The id of the current request's trace, if its client sent one."""
    found = _TRACEPARENT.fullmatch(headers().get("traceparent", ""))
    return found[1] if found else None
