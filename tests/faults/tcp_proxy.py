"""A TCP proxy that misbehaves on demand, one request a connection, below anything HTTP can say.

What it does to a request is chosen by its first line (`POST /…/invoice`): what `commits` has the
request carried out by the server behind, and then loses the answer.
"""

import re
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Self

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CONNECTION = re.compile(rb"\r\nconnection: *[^\r]*", re.IGNORECASE)
_CLOSING = (b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
_PIECE = 1 << 16

Behaviour = Callable[["Exchange"], None]


class Exchange:
    """One request on its way: the client's socket, and the server behind."""

    def __init__(self, client: socket.socket, upstream: tuple[str, int], released: threading.Event):
        self.client, self._upstream, self.released = client, upstream, released
        self.request = _read_request(client)
        self.sent = 0

    def forward(self) -> bytes:
        """The whole answer of the server behind, which has done its work by then."""
        with socket.create_connection(self._upstream, timeout=10) as server:
            server.sendall(_CONNECTION.sub(b"", self.request).replace(*_CLOSING, 1))
            return b"".join(iter(lambda: server.recv(_PIECE), b""))

    def answer(self, content: bytes) -> None:
        self.client.sendall(content)
        self.sent += len(content)

    def reset(self) -> None:
        """The client gets a RST, not an orderly end."""
        self.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def passes(exchange: Exchange) -> None:
    exchange.answer(exchange.forward())


def resets(exchange: Exchange) -> None:
    exchange.reset()


def closes(_exchange: Exchange) -> None:
    """An orderly end without a byte of an answer."""


def is_silent(exchange: Exchange) -> None:
    exchange.released.wait(60)


def commits_then_is_silent(exchange: Exchange) -> None:
    exchange.forward()
    exchange.released.wait(60)


def commits_then_resets(exchange: Exchange) -> None:
    exchange.forward()
    exchange.reset()


def commits_then_closes(exchange: Exchange) -> None:
    exchange.forward()


def commits_then_cuts(exchange: Exchange) -> None:
    """All but the last bytes of the answer."""
    exchange.answer(exchange.forward()[:-20])


def commits_then_resets_halfway(exchange: Exchange) -> None:
    answer = exchange.forward()
    exchange.answer(answer[: len(answer) // 2])
    exchange.reset()


def commits_then_drips(exchange: Exchange) -> None:
    """Forty bytes a second: each arrives long before a receive times out."""
    for byte in exchange.forward():
        exchange.answer(bytes([byte]))
        if exchange.released.wait(1 / 40):
            return


def floods(exchange: Exchange, status: str = "200 OK") -> None:
    """50 MB, whatever was asked."""
    headers = f"HTTP/1.1 {status}\r\nLocation: /\r\nConnection: close\r\n\r\n"
    exchange.answer(headers.encode() + b'{"data": "')
    for _ in range(50 * 16):
        exchange.answer(b"a" * _PIECE)


class TcpProxy:
    """In front of one server; `url` is what a client is given."""

    def __init__(self, upstream_url: str = "http://127.0.0.1:9") -> None:
        host, port = upstream_url.removeprefix("http://").split(":")
        self._upstream = (host, int(port))
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._rules: dict[str, deque[Behaviour]] = {}
        self._always: dict[str, Behaviour] = {}
        self._released = threading.Event()
        self._noticed = threading.Condition()
        self.exchanges: list[Exchange] = []
        self.accepted = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def on(self, ending: str, *behaviours: Behaviour) -> None:
        """What happens to the next requests whose first line has this text, one after the other."""
        self._rules.setdefault(ending, deque()).extend(behaviours)

    def always(self, text: str, behaviour: Behaviour) -> None:
        self._always[text] = behaviour

    def heal(self) -> None:
        """From now on everything passes; what hangs is let go."""
        self._rules.clear()
        self._always.clear()
        self._released.set()
        self._released = threading.Event()

    def wait_for(self, text: str, number: int = 1) -> None:
        """Returns when so many requests with this text in their first line have come in."""
        with self._noticed:
            assert self._noticed.wait_for(lambda: self.count(text) >= number, timeout=30)

    def count(self, text: str) -> int:
        return sum(text.encode() in _first_line(one.request) for one in self.exchanges)

    def stop(self) -> None:
        self.heal()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.accepted += 1
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            exchange = Exchange(client, self._upstream, self._released)
            behaviour = self._behaviour(_first_line(exchange.request).decode("latin-1"))
            with self._noticed:
                self.exchanges.append(exchange)
                self._noticed.notify_all()
            behaviour(exchange)

    def _behaviour(self, line: str) -> Behaviour:
        for text, waiting in self._rules.items():
            if text in line and waiting:
                return waiting.popleft()
        return next((b for text, b in self._always.items() if text in line), passes)


def _first_line(request: bytes) -> bytes:
    return request.split(b"\r\n", 1)[0]


def _read_request(client: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        received += _receive(client)
    head, _, body = received.partition(b"\r\n\r\n")
    length = _LENGTH.search(head)
    while length and len(body) < int(length.group(1)):
        piece = _receive(client)
        received, body = received + piece, body + piece
    return received


def _receive(client: socket.socket) -> bytes:
    piece = client.recv(_PIECE)
    if not piece:
        raise ConnectionError
    return piece
