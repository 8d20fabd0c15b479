"""HTTP for the `openai` client: one exchange under our deadline, a bounded body, never repeated.

httpx's own timeouts start anew with each piece received; `app.adapters.deadline` bounds the whole.
"""

import os
import threading
from collections.abc import Iterator
from functools import partial

import httpx2
import urllib3

from app.adapters.connection_failures import ConnectionFailures
from app.adapters.deadline import expired, pool_manager, send_once
from app.observability.upstreams import saw_certificate

_MOST_BYTES = 1 << 18
_PIECE = 1 << 14
_saw_certificate = partial(saw_certificate, "llm")
_failures = ConnectionFailures("llm")
_LOST = (urllib3.exceptions.HTTPError, OSError)


class TooLong(Exception):
    """More was sent than any answer to our question takes."""


class DeadlineTransport(httpx2.BaseTransport):
    """Connections are kept per process: made anew after a fork."""

    def __init__(self, most_connections: int) -> None:
        self._most = most_connections
        self._lock = threading.Lock()
        self._pid: int | None = None
        self._pools = pool_manager(_saw_certificate)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Raises httpx's `ReadTimeout` or `ConnectError`, and `TooLong` while the body is read."""
        kept = (pair for pair in request.headers.items() if pair[0].lower() != "host")
        headers = {name.lower(): text for name, text in kept} | {"accept-encoding": "identity"}
        url = request.url
        try:
            pool = self._own_pools().connection_from_url(str(url))
            target = url.raw_path.decode("ascii")
            answer = send_once(pool, request.method, target, request.read(), headers)
        except _LOST as error:
            raise _lost(error, request) from None
        plain = {name: text for name, text in answer.headers.items() if _is_plain(name)}
        return httpx2.Response(answer.status, headers=plain, stream=_Body(answer, request))

    def _own_pools(self) -> urllib3.PoolManager:
        with self._lock:
            if self._pid != os.getpid():
                self._pid = os.getpid()
                self._pools = pool_manager(_saw_certificate, maxsize=self._most)
            return self._pools


class _Body(httpx2.SyncByteStream):
    def __init__(self, answer: urllib3.BaseHTTPResponse, request: httpx2.Request) -> None:
        self._answer, self._request = answer, request

    def __iter__(self) -> Iterator[bytes]:
        count = 0
        try:
            for piece in self._answer.stream(_PIECE, decode_content=False):
                count += len(piece)
                if count > _MOST_BYTES:
                    raise TooLong
                yield piece
        except _LOST as error:
            raise _lost(error, self._request) from None

    def close(self) -> None:
        """A connection whose answer was not read to its end is of no further use."""
        if self._answer.closed:
            self._answer.release_conn()
        else:
            self._answer.close()


def _is_plain(name: str) -> bool:
    """A body that is compressed unasked is not unpacked: it could be of any size."""
    return name.lower() not in ("content-encoding", "content-length", "transfer-encoding")


def _lost(error: Exception, request: httpx2.Request) -> httpx2.TransportError:
    cause = _failures.add(error)
    if expired() or cause == "timeout":
        return httpx2.ReadTimeout("the deadline has passed", request=request)
    return httpx2.ConnectError("no answer", request=request)
