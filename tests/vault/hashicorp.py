"""A server that takes audit devices over the API, as HashiCorp Vault does: OpenBao behind it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from vault.node import local_session

_PASSED_ON = ("X-Vault-Token", "X-Vault-Request", "Content-Type")


class _Handler(BaseHTTPRequestHandler):
    behind: str
    devices: dict[str, Any]
    refuses: bool
    takes_devices: bool
    authority: str | bool

    def _any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path.startswith("/v1/sys/generate-root-token"):
            self._answer(404, b'{"errors": []}')
        elif self.path == "/v1/sys/audit":
            self._answer(200, json.dumps({"data": self.devices}).encode())
        elif self.path == "/v1/sys/audit/file" and self.refuses:
            self._answer(400, b'{"errors": ["sanity check failed; unable to open"]}')
        elif self.path == "/v1/sys/audit/file" and self.takes_devices:
            self.devices["file/"] = json.loads(body)
            self._answer(204, b"")
        else:
            headers = {name: self.headers[name] for name in _PASSED_ON if name in self.headers}
            url = self.behind + self.path
            answer = local_session().request(
                self.command, url, data=body, headers=headers, verify=self.authority
            )
            self._answer(answer.status_code, answer.content)

    do_GET = do_PUT = do_POST = do_LIST = do_DELETE = _any  # noqa: N815

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        pass


@contextmanager
def hashicorp_like(
    behind: str,
    *,
    refuses: bool = False,
    takes_devices: bool = True,
    authority: str | bool = True,
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Its address, and the audit devices that it was given. `refuses`: it cannot open the file;
    `takes_devices` False: OpenBao's own refusal; `authority`: the CA's file for what is behind."""
    devices: dict[str, Any] = {}
    parts = {
        "behind": behind,
        "devices": devices,
        "refuses": refuses,
        "takes_devices": takes_devices,
        "authority": authority,
    }
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), parts))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", devices
    finally:
        server.shutdown()
        server.server_close()
