"""A server with which no connection comes about, each in its own way."""

import datetime
import socket
import ssl
import struct
import threading
from contextlib import suppress
from pathlib import Path
from typing import Self

import trustme

NAME = "127.0.0.1"
# Its handshake succeeds. Then it says nothing that anybody could read.
WELL = "tls"


class IllServer:
    """`ill`: a cause of `app.observability.upstreams.CAUSES`. `authority` is the CA file of
    whoever connects."""

    def __init__(self, ill: str, directory: Path) -> None:
        trusted, signer = trustme.CA(), trustme.CA()
        self.authority = directory / f"{ill}.pem"
        trusted.cert_pem.write_to_path(str(self.authority))
        self._ill = ill
        self._context: ssl.SSLContext | None = None
        if ill in ("tls_unknown_ca", "tls_expired", "tls_wrong_name", WELL):
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            signer = signer if ill == "tls_unknown_ca" else trusted
            name = "127.0.0.2" if ill == "tls_wrong_name" else NAME
            yesterday = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
            ends = yesterday if ill == "tls_expired" else None
            signer.issue_cert(name, not_after=ends).configure_cert(self._context)
        self._listener = socket.create_server((NAME, 0), backlog=64)
        self._kept: list[socket.socket] = []
        self._host = "nowhere.invalid" if ill == "dns" else NAME
        self._port = self._listener.getsockname()[1]

    def __enter__(self) -> Self:
        if self._ill == "refused":
            self._listener.close()
        else:
            threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for client in self._kept:
            client.close()

    def url(self, scheme: str) -> str:
        """`scheme`: `http` or `redis`; with the `s` of TLS where the illness is one of TLS."""
        return f"{scheme}{'s' * self._ill.startswith('tls')}://{self._host}:{self._port}"

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._kept.append(client)
                self._serve(client)

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError):
            if self._context:
                self._context.wrap_socket(client, server_side=True).close()
            elif self._ill == "reset":
                client.recv(1)
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                client.close()
            elif self._ill != "timeout":
                client.recv(65536)
                client.sendall(b"this is no answer\r\n\r\n" * 8)
                client.close()
