"""A TCP relay that can be cut and mended: one client's way to a server, not the others'."""

import socket
import threading
from contextlib import suppress
from typing import Self

_PIECE = 1 << 16


class Relay:
    """`url` has the scheme that is given. Cut, it resets what it has and refuses what comes."""

    def __init__(self, host: str, port: int, scheme: str = "redis") -> None:
        self._upstream = (host, port)
        self._listener = self._listen(0)
        self._port = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()
        self.url = f"{scheme}://127.0.0.1:{self._port}"

    def cut(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for end in list(self._open):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self._listener = self._listen(self._port)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.cut()

    def _listen(self, port: int) -> socket.socket:
        listener = socket.create_server(("127.0.0.1", port), backlog=64)
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
        return listener

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                server = socket.create_connection(self._upstream)
                for one, other in ((client, server), (server, client)):
                    self._open.add(one)
                    threading.Thread(target=self._pipe, args=(one, other), daemon=True).start()

    def _pipe(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(_PIECE):
                target.sendall(piece)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self._open.discard(source)
        source.close()
