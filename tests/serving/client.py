"""A client that sends what it likes, byte by byte, and reads whole answers."""

import socket
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from tests.faults.gunicorn import Gunicorn


@dataclass(frozen=True)
class Answered:
    status: int
    headers: dict[str, str]
    body: bytes


class Client:
    def __init__(self, server: Gunicorn, *, receive_buffer: int | None = None) -> None:
        address = urlsplit(server.url)
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(60)
        self.socket.connect((address.hostname, address.port))
        self._received = b""

    def send(self, data: bytes) -> Self:
        self.socket.sendall(data)
        return self

    def answer(self, *, to_head: bool = False) -> Answered:
        """The next answer; raises `EOFError` where the server closes instead."""
        while b"\r\n\r\n" not in self._received:
            self._read()
        head, _, self._received = self._received.partition(b"\r\n\r\n")
        line, *lines = head.decode("latin-1").split("\r\n")
        headers = {k.lower(): v for k, v in (each.split(": ", 1) for each in lines)}
        length = 0 if to_head else int(headers.get("content-length", 0))
        while len(self._received) < length:
            self._read()
        body, self._received = self._received[:length], self._received[length:]
        return Answered(int(line.split()[1]), headers, body)

    def is_closed(self) -> bool:
        """Whether the server has closed, after all that it had to say; waits for it."""
        try:
            self._read()
        except (EOFError, ConnectionResetError):
            return True
        return False

    def everything(self) -> bytes:
        """All that comes until the server closes."""
        try:
            while True:
                self._read()
        except (EOFError, ConnectionResetError):
            return self._received

    def close(self) -> None:
        self.socket.close()

    def _read(self) -> None:
        piece = self.socket.recv(65536)
        if not piece:
            raise EOFError
        self._received += piece

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
