"""One client's connection: its state and its deadline."""

import socket
import time
from contextlib import suppress
from enum import Enum, auto
from typing import Any

from serving.arrival import Arrival
from serving.outgoing import Outgoing

HEAD_SECONDS = 10.0
REQUEST_SECONDS = 30.0
SEND_SECONDS = 60.0
LINGER_SECONDS = 2.0
_PIECE = 32 * 1024
_MOST_DISCARDED = 256 * 1024


class Stage(Enum):
    """In the order of a connection's life, repeated while it is kept."""

    FRESH = auto()
    IDLE = auto()
    RECEIVING = auto()
    SERVED = auto()
    SENDING = auto()
    CLOSING = auto()


class Connection:
    """Belongs to the worker's loop; while it is `SERVED`, to a thread of the pool."""

    def __init__(self, connection: socket.socket, client: Any, server: Any) -> None:
        connection.setblocking(False)
        self.socket = connection
        self.client = client
        self.server = server
        self.outgoing = Outgoing(connection)
        self.received = bytearray()
        self.arrival: Arrival | None = None
        self.refused = 0
        self.keeps = False
        self.watched = 0
        self.accounted = 0
        self.in_hand = 0
        self._discarded = 0
        self.enter(Stage.FRESH, HEAD_SECONDS)

    def enter(self, stage: Stage, seconds: float) -> None:
        self.stage = stage
        self.since = time.monotonic()
        self.until = self.since + seconds

    def begin(self, arrival: Arrival) -> None:
        """The first bytes of a request have arrived."""
        self.arrival = arrival
        self.enter(Stage.RECEIVING, HEAD_SECONDS)

    def asks_for(self, path: str) -> bool:
        """Whether the request that has arrived is for this path."""
        request = self.arrival.request if self.arrival else None
        return request is not None and request.path == path

    def head_is_there(self) -> None:
        """The rest has until the end of the time for the whole request."""
        self.until = self.since + REQUEST_SECONDS

    def receive(self) -> int | None:
        """Append available bytes to `received`. Returns their number (0: the client has closed), or
        None if none are available; raises `OSError`."""
        try:
            piece = self.socket.recv(_PIECE)
        except BlockingIOError:
            return None
        self.received += piece
        return len(piece)

    def discard(self) -> bool:
        """While closing: return whether to continue reading what the client still sends."""
        try:
            piece = self.socket.recv(_PIECE)
        except BlockingIOError:
            return True
        except OSError:
            return False
        self._discarded += len(piece)
        return bool(piece) and self._discarded < _MOST_DISCARDED

    def invite(self) -> None:
        """Answer `Expect: 100-continue`. A client whose buffer is full is not waiting for it."""
        with suppress(OSError):
            self.socket.send(b"HTTP/1.1 100 Continue\r\n\r\n")

    def say_goodbye(self) -> bool:
        """Close our half. Reads the client's half for a while, because a reset would destroy the
        answer (RFC 9112, section 9.6). Returns whether that was possible."""
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            return False
        self.enter(Stage.CLOSING, LINGER_SECONDS)
        return True

    def close(self) -> None:
        with suppress(OSError):
            self.socket.close()
