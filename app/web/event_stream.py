"""Answers that come in pieces, as Server-Sent Events."""

from collections.abc import Callable, Iterator
from typing import Any

import orjson
from flask import Response

# A comment: clients ignore it, and it keeps proxies from taking the connection for a dead one.
HEARTBEAT = b": still working\n\n"
CONTENT_TYPE = "text/event-stream"


def event(name: str, document: Any) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (name.encode(), orjson.dumps(document))


def event_stream(events: Iterator[bytes], closed: Callable[[], None]) -> Response:
    """`closed` is called once the last event is sent, or the client has left."""
    answer = Response(events, content_type=CONTENT_TYPE)
    # nginx would collect the events otherwise.
    answer.headers["X-Accel-Buffering"] = "no"
    answer.call_on_close(closed)
    return answer
