"""A way to the app that stops where a test says: what is behind it waits, or is cut off."""

import socket
import threading
from contextlib import suppress
from typing import Self
from urllib.parse import urlsplit

_PIECE = 1 << 16


class Gate:
    """A TCP proxy. Armed with some bytes, it lets the next answer that has them through up to
    their end and holds the rest, until `open` or `cut`."""

    def __init__(self, url: str) -> None:
        target = urlsplit(url)
        assert target.hostname
        assert target.port
        self._target = (target.hostname, target.port)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._lock = threading.Lock()
        self._stop_at: bytes | None = None
        self._is_down = False
        self._going_on = threading.Event()
        self.held = threading.Event()
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def arm(self, stop_at: bytes) -> None:
        self.held.clear()
        self._going_on.clear()
        self._stop_at = stop_at

    def open(self) -> None:
        """What was held goes on."""
        self._going_on.set()

    def cut(self) -> None:
        """All connections end. New ones are served."""
        self._close_all()
        self._going_on.set()

    def down(self) -> None:
        """All connections end, and new ones end at once."""
        self._is_down = True
        self.cut()

    def up(self) -> None:
        self._is_down = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self.cut()

    def _close_all(self) -> None:
        with self._lock:
            ends, self._open = self._open, set()
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if self._is_down:
                    client.close()
                    continue
                server = socket.create_connection(self._target)
                with self._lock:
                    self._open |= {client, server}
                threading.Thread(target=self._ask, args=(client, server), daemon=True).start()
                threading.Thread(target=self._answer, args=(server, client), daemon=True).start()

    def _ask(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while piece := client.recv(_PIECE):
                server.sendall(piece)
        self._end(client, server)

    def _answer(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while piece := server.recv(_PIECE):
                client.sendall(self._up_to_the_stop(piece, client))
        self._end(server, client)

    def _up_to_the_stop(self, piece: bytes, client: socket.socket) -> bytes:
        """Sends what may go on at once and waits; returns the rest."""
        if self._stop_at is None or self._stop_at not in piece:
            return piece
        end = piece.index(self._stop_at) + len(self._stop_at)
        self._stop_at = None
        client.sendall(piece[:end])
        self.held.set()
        self._going_on.wait(60)
        return piece[end:]

    def _end(self, *sockets: socket.socket) -> None:
        for end in sockets:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        with self._lock:
            self._open -= set(sockets)
