"""Answers in pieces, as Server-Sent Events."""

from collections.abc import Callable, Iterator
from typing import Any

import orjson
from flask import Response

from app.web.requests import this_request

# For our worker (serving/worker.py): a long answer must not hold one of its threads.
_STREAMED = "serving.streamed"
# A comment: clients ignore it, and proxies do not close the connection as idle.
HEARTBEAT = b": still working\n\n"
CONTENT_TYPE = "text/event-stream"


def event(name: str, document: Any) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (name.encode(), orjson.dumps(document))


def event_stream(events: Iterator[bytes], closed: Callable[[], None]) -> Response:
    """`closed` is called once the last event is sent, or the client has left."""
    this_request().environ[_STREAMED] = True
    answer = Response(events, content_type=CONTENT_TYPE)
    # nginx would collect the events otherwise.
    answer.headers["X-Accel-Buffering"] = "no"
    answer.call_on_close(closed)
    return answer
