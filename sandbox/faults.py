"""Faults on demand: which call fails, how, how often, and before or after its work."""

import json
import socket
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

from flask import Response, request
from werkzeug.exceptions import BadRequest

CALLS = ("team", "search", "customer", "memo", "invoice", "any")
_MEGABYTE = 1 << 20


@dataclass
class Fault:
    """`times` None is for ever; `when` is `before` or `after` the call did its work."""

    call: str
    kind: str
    when: str
    times: int | None
    options: dict[str, Any]


class Faults:
    """The board that the admin route writes and every call consults."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.board: list[Fault] = []

    def forget(self) -> None:
        with self._lock:
            self.board.clear()

    def add(self, body: dict[str, Any]) -> None:
        options = dict(body)
        call, kind = options.pop("call", "any"), options.pop("kind", None)
        when, times = options.pop("when", "before"), options.pop("times", None)
        if call not in CALLS or kind not in _EFFECTS or when not in ("before", "after"):
            raise BadRequest("unknown call, kind or when")
        with self._lock:
            self.board.append(Fault(call, kind, when, times, options))

    def take(self, call: str, when: str) -> Fault | None:
        """The first fault for this call; one call uses it up."""
        with self._lock:
            for fault in self.board:
                if fault.call in (call, "any") and fault.when == when and fault.times != 0:
                    fault.times = fault.times and fault.times - 1
                    return fault
        return None


def play(fault: Fault) -> Response | None:
    """The substitute answer; None lets the call continue (a `slow` one has slept by then)."""
    return _EFFECTS[fault.kind](fault.options)


def _slow(options: dict[str, Any]) -> None:
    time.sleep(float(options.get("seconds", 10)))


def _status(options: dict[str, Any]) -> Response:
    status = int(options.get("status", 500))
    answer = _json({"message": "Server Error"}, status)
    if "retryAfter" in options:
        answer.headers["Retry-After"] = str(options["retryAfter"])
    return answer


def _cut(_options: dict[str, Any]) -> Response:
    """Announces more than it sends, then closes."""
    answer = Response('{"message": "OK", "data": {"id": 1, "ema', content_type="application/json")
    answer.headers["Content-Length"] = "2000"
    answer.headers["Connection"] = "close"
    return answer


def _half(_options: dict[str, Any]) -> Response:
    """JSON that ends in the middle, with a length that fits."""
    return Response('{"message": "OK", "data": {"id": 1, "ema', content_type="application/json")


def _html(_options: dict[str, Any]) -> Response:
    return Response("<!doctype html><title>Maintenance</title>", content_type="text/html")


def _types(_options: dict[str, Any]) -> Response:
    return _json({"message": 7, "ulid": [], "customers": {"data": "none"}, "data": [None]}, 200)


def _body(options: dict[str, Any]) -> Response:
    """Any body and status that a test wants."""
    return _json(options.get("body"), int(options.get("status", 200)))


def _huge(options: dict[str, Any]) -> Response:
    def pieces() -> Iterator[bytes]:
        yield b'{"data": "'
        for _ in range(int(options.get("megabytes", 50))):
            yield b"a" * _MEGABYTE
        yield b'"}'

    return Response(pieces(), content_type="application/json", headers={"Connection": "close"})


def _redirect(options: dict[str, Any]) -> Response:
    headers = {"Location": str(options["location"])}
    return Response(status=int(options.get("status", 302)), headers=headers)


def _silence(options: dict[str, Any]) -> NoReturn:
    time.sleep(float(options.get("seconds", 30)))
    _reset(options)


def _reset(_options: dict[str, Any]) -> NoReturn:
    """Closes the connection without a byte of an answer; the server does so when this is raised."""
    connection: socket.socket = request.environ["werkzeug.socket"]
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.shutdown(socket.SHUT_RD)
    raise ConnectionResetError


def _json(body: Any, status: int) -> Response:
    return Response(json.dumps(body), status, content_type="application/json")


_EFFECTS = {
    "slow": _slow,
    "status": _status,
    "cut": _cut,
    "half": _half,
    "html": _html,
    "types": _types,
    "body": _body,
    "huge": _huge,
    "redirect": _redirect,
    "silence": _silence,
    "reset": _reset,
}
