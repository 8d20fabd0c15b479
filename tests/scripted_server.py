"""An HTTP server on loopback whose answers a test decides, and that remembers every request."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Seen:
    """`path` has its query; `headers` have lower-case names."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        return json.loads(self.body)


Body = bytes | dict[str, Any] | list[Any]
# A status, a body (bytes, or an object that is sent as JSON), and perhaps headers. None ends the
# connection instead.
Answer = tuple[int, Body] | tuple[int, Body, Mapping[str, str]] | None
Script = Callable[[Seen], Answer]


def found(**data: Any) -> Answer:
    """What Vault answers to a read."""
    return 200, {"request_id": "r", "data": data}


def logged_in(token: str, seconds: int) -> Answer:
    """What Vault answers to a login or a renewal."""
    return 200, {"request_id": "r", "auth": {"client_token": token, "lease_duration": seconds}}


class ScriptedServer:
    def __init__(self, script: Script) -> None:
        self.script = script
        self.seen: list[Seen] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        # Looks every 10 ms whether it is to stop, because many tests have a server of their own.
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def paths(self) -> list[str]:
        return [one.path for one in self.seen]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Else each answer's body waits 40 ms for the client to acknowledge its headers.
            disable_nagle_algorithm = True

            def handle_one_request(self) -> None:
                self.raw_requestline = self.rfile.readline(65537)
                if not self.raw_requestline or not self.parse_request():
                    self.close_connection = True
                    return
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                seen = Seen(self.command, self.path, headers, body)
                server.seen.append(seen)
                answer = server.script(seen)
                if answer is None:
                    self.close_connection = True
                    return
                status, told, *rest = answer
                sent = told if isinstance(told, bytes) else json.dumps(told).encode()
                self.send_response(status)
                for name, value in [pair for more in rest for pair in more.items()]:
                    self.send_header(name, value)
                if status in (301, 302, 307, 308):
                    self.send_header("Location", "/elsewhere")
                if status != 204:
                    self.send_header("Content-Length", str(len(sent)))
                self.end_headers()
                if status != 204:
                    self.wfile.write(sent)

            def log_message(self, *_: object) -> None:
                """Nobody reads it."""

        return Handler
