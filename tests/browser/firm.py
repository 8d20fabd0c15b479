"""A firm's web site: another origin, whose page carries the chat by one line."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

from vault.ports import LOOPBACK

EXAMPLE = Path(__file__).parents[2] / "docs" / "embed-example.html"


class Firm:
    """Serves the example of the documents with a strict policy of the firm's own."""

    def __init__(self, chat: str, team: str) -> None:
        page = EXAMPLE.read_text().replace("https://agent.example", chat)
        page = page.replace("north-carolina-legal-services", team)
        self._server = ThreadingHTTPServer((LOOPBACK, 0), _handler(page, chat))
        self.origin = f"http://localhost:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(page: str, chat: str) -> type[BaseHTTPRequestHandler]:
    policy = f"default-src 'none'; script-src {chat}; frame-src {chat}; connect-src {chat}"

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_page = self.path == "/"
            body = page.encode() if is_page else b""
            self.send_response(200 if is_page else 204)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", policy)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
