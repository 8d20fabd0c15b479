"""Requests that no client library puts right, sent to the app under gunicorn."""

import socket
from urllib.parse import urlsplit

from tests.faults.gunicorn import Gunicorn


def ask(
    server: Gunicorn, method: str, target: str, token: str, body: bytes = b""
) -> tuple[int, bytes]:
    """Status and whole answer to a request for just this target, whatever stands in it."""
    lines = (
        f"{method} {target} HTTP/1.1",
        "Host: localhost",
        "Connection: close",
        f"Authorization: Bearer {token}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    )
    head = "".join(f"{line}\r\n" for line in lines) + "\r\n"
    answer = send(server, head.encode("latin-1") + body)
    return int(answer.split(b" ", 2)[1]), answer


def send(server: Gunicorn, request: bytes) -> bytes:
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))
