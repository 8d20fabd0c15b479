"""Data to send to a client. A thread of the pool never waits for a client to read."""

import socket

# The largest answer is a page's script of 1.5 MB.
_MOST_BYTES = 8 * 1024 * 1024


class Outgoing:
    """Replaces the socket of gunicorn's `Response`. Bytes that the kernel does not accept at once
    stay in `waiting`, and the worker's loop sends them when the answer is complete."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._has_head_only = False
        self.waiting = bytearray()

    @property
    def is_begun(self) -> bool:
        """Whether something of this answer was sent already."""
        return not self._has_head_only

    def begin(self) -> None:
        """Before each answer: its head is sent together with the first piece of its body."""
        self._has_head_only = True

    def sendall(self, data: bytes) -> None:
        """Raises `OSError` if the client has gone, or reads too slowly."""
        self.waiting += data
        if self._has_head_only:
            self._has_head_only = False
            return
        self.flush()
        if len(self.waiting) > _MOST_BYTES:
            raise ConnectionAbortedError("the client does not read what it asked for")

    def send(self, data: bytes) -> int:
        self.sendall(data)
        return len(data)

    def flush(self) -> bool:
        """Send what the kernel accepts now. Returns whether that was all; raises `OSError`."""
        while self.waiting:
            try:
                sent = self._socket.send(self.waiting)
            except BlockingIOError:
                return False
            del self.waiting[:sent]
        return True
