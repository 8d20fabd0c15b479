"""Receivers of notices on loopback: an https server with a certificate of its own authority, and a
mail server."""

import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.waiting import eventually
from vault.ports import free_port


@dataclass
class Post:
    path: str
    headers: dict[str, str]
    body: bytes


class HttpsReceiver:
    """Keeps what is posted. `answers` are used up one after the other, then it says 204: a status,
    or what to do with the connection."""

    def __init__(self, directory: Path, name: str = "localhost") -> None:
        authority = trustme.CA()
        self.cacert = str(directory / "authority.pem")
        authority.cert_pem.write_to_path(self.cacert)
        self.posts: list[Post] = []
        self.answers: list[int | Callable[[BaseHTTPRequestHandler], None]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {key.lower(): value for key, value in self.headers.items()}
                receiver.posts.append(Post(self.path, headers, body))
                answer = receiver.answers.pop(0) if receiver.answers else 204
                if callable(answer):
                    answer(self)
                    return
                self.send_response(answer)
                if answer in (301, 302, 307, 308):
                    self.send_header("Location", f"https://localhost:{receiver.port}/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name).configure_cert(context)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}/hook?team=one"

    def wait_for(self, count: int) -> None:
        eventually(lambda: len(self.posts) >= count)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class MailServer:
    """Keeps what is sent. With `login` it asks for that user and password; `tls`: STARTTLS."""

    def __init__(self, directory: Path, login: tuple[str, str] | None = None, tls: bool = False):
        self.letters: list[Envelope] = []
        self.refuses = False
        context = None
        authority = trustme.CA()
        self.cacert = str(directory / "mail-authority.pem")
        authority.cert_pem.write_to_path(self.cacert)
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            authority.issue_cert("localhost").configure_cert(context)
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=free_port(),
            tls_context=context,
            authenticator=self._check if login else None,
            auth_required=bool(login),
            auth_require_tls=False,
        )
        self._login = login

    async def handle_DATA(  # noqa: N802 (aiosmtpd's name)
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if self.refuses:
            return "550 not today"
        self.letters.append(envelope)
        return "250 OK"

    def _check(self, *arguments: Any) -> Any:
        given = arguments[4]
        assert isinstance(given, LoginPassword)
        right = (given.login.decode(), given.password.decode()) == self._login
        return AuthResult(success=right, handled=False)

    @property
    def port(self) -> int:
        return int(self._controller.port)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()


class SlowMailServer:
    """Sends its greeting a byte at a time: each in good time, and it never ends."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self.was_left = threading.Event()
        self._thread = threading.Thread(target=self._greet, daemon=True)

    def _greet(self) -> None:
        client, _ = self._socket.accept()
        with client:
            for _ in range(400):
                try:
                    client.sendall(b"2")
                except OSError:
                    self.was_left.set()
                    return
                threading.Event().wait(0.02)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
