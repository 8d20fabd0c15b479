"""TLS in front of a server that speaks none: the wheels' Valkey and OpenBao here."""

import socket
import ssl
import threading
from contextlib import suppress
from pathlib import Path
from typing import Self

from deploy.authority import Authority
from deploy.pair import CERTIFICATE, PRIVATE_KEY

_PIECE = 1 << 16


class TlsRelay:
    """Listens at `port` for 127.0.0.1. `context` has the certificate to show."""

    def __init__(self, upstream_port: int, context: ssl.SSLContext) -> None:
        self._context = context
        self._upstream = upstream_port
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                raw, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(raw,), daemon=True).start()

    def _serve(self, raw: socket.socket) -> None:
        with (
            suppress(OSError),
            self._context.wrap_socket(raw, server_side=True) as client,
            socket.create_connection(("127.0.0.1", self._upstream)) as server,
        ):
            threading.Thread(target=self._back, args=(server, client), daemon=True).start()
            while piece := client.recv(_PIECE):
                server.sendall(piece)

    def _back(self, server: socket.socket, client: ssl.SSLSocket) -> None:
        with suppress(OSError):
            while piece := server.recv(_PIECE):
                client.sendall(piece)


class TlsFront(TlsRelay):
    """With a certificate of an installation; `authority` is the file to verify it with."""

    def __init__(self, upstream_port: int, directory: Path) -> None:
        made = Authority.kept_in(directory)
        made.issue(["127.0.0.1"]).write(directory)
        self.authority = directory / "ca.crt"
        self.authority.write_bytes(made.pem)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(directory / CERTIFICATE, directory / PRIVATE_KEY)
        super().__init__(upstream_port, context)
