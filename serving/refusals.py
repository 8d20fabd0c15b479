"""Requests that cannot be passed to the app, and the substitute that the app receives.

The app answers them, so that their format, headers, log line and metric are those of all errors. It
receives a substitute request, and under `REFUSED` in the WSGI environment the status to answer
with, but no byte that the client sent.
"""

from typing import Any

from gunicorn.http.errors import (
    ExpectationFailed,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
    UnsupportedTransferCoding,
)
from gunicorn.http.message import Request

from serving.arrival import BodyTooLarge, Held

REFUSED = "serving.refused"
TIMED_OUT = 408
TOO_BUSY = 429
APP_FAILED = 500
_MALFORMED = 400
_STATUS: dict[type[Exception], int] = {
    BodyTooLarge: 413,
    LimitRequestLine: 414,
    ExpectationFailed: 417,
    LimitRequestHeaders: 431,
    UnsupportedTransferCoding: 501,
}
_STAND_IN = b"GET /refused HTTP/1.1\r\nHost: refused\r\nConnection: close\r\n\r\n"


def status_of(error: Exception) -> int:
    return _STATUS.get(type(error), _MALFORMED)


def stand_in(cfg: Any, peer: Any) -> Any:
    """The substitute for a rejected request."""
    return Request(cfg, Held(_STAND_IN), peer)


__all__ = [
    "APP_FAILED",
    "REFUSED",
    "TIMED_OUT",
    "TOO_BUSY",
    "ParseException",
    "stand_in",
    "status_of",
]
