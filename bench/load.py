"""A closed-loop load: some connections, each with one request under way, for some seconds.

Raw sockets and `select.epoll` in one process, because whatever the generator costs, the app under
test does not get: about 15 µs a request, the same for all that are compared.
"""

import json
import select
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles

_HEAD_END = b"\r\n\r\n"
_PIECE = 65_536


@dataclass(frozen=True)
class Result:
    per_second: float
    p50: float
    p99: float
    """Milliseconds."""
    failures: int


def request(method: str, path: str, document: object = None, token: str = "") -> bytes:
    body = b"" if document is None else json.dumps(document).encode()
    lines = [f"{method} {path} HTTP/1.1", "Host: bench", f"Content-Length: {len(body)}"]
    if body:
        lines.append("Content-Type: application/json")
    if token:
        lines.append(f"Authorization: Bearer {token}")
    return "\r\n".join(lines).encode() + _HEAD_END + body


class Connection:
    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port: int = self.socket.getsockname()[1]
        self.received = self.body = b""
        self.sent_at = 0.0

    def send(self, message: bytes) -> None:
        self.sent_at = time.perf_counter()
        self.socket.sendall(message)

    def answer(self) -> int | None:
        """The status, once the whole answer is there, its body with it."""
        piece = self.socket.recv(_PIECE)
        if not piece:
            raise ConnectionError("the server has closed it")
        self.received += piece
        head, found, rest = self.received.partition(_HEAD_END)
        if not found:
            return None
        lowered = head.lower()
        at = lowered.index(b"content-length:") + 15
        if len(rest) < int(lowered[at:].split(b"\r\n", 1)[0]):
            return None
        self.received, self.body = b"", rest
        return int(head[9:12])


def run(connections: Sequence[Connection], requests: Sequence[bytes], seconds: float) -> Result:
    """Cycles through `requests`, and closes the connections then. One that the server closes ends
    the run with an error."""
    poll, times, failures, sent = select.epoll(), [], 0, 0
    clients = {}
    for client in connections:
        clients[client.socket.fileno()] = client
        poll.register(client.socket, select.EPOLLIN)
        client.send(requests[sent % len(requests)])
        sent += 1
    began = time.perf_counter()
    while (now := time.perf_counter()) < began + seconds:
        for number, _ in poll.poll(0.1):
            client = clients[number]
            status = client.answer()
            if status is None:
                continue
            times.append(time.perf_counter() - client.sent_at)
            failures += status >= 300
            client.send(requests[sent % len(requests)])
            sent += 1
    for client in clients.values():
        client.socket.close()
    cuts = quantiles(times, n=100)
    return Result(len(times) / (now - began), cuts[49] * 1000, cuts[98] * 1000, failures)
