"""`python -m serving.exposition FD`: serves the metrics of all workers on a listening socket.

A separate process that gunicorn's master starts and that ends with it. A thread in the master could
hold a lock while the master forks. It imports no app.
"""

import os
import socket
import sys
import threading
from collections.abc import Callable, Iterable
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from prometheus_client import CollectorRegistry, make_wsgi_app
from prometheus_client.multiprocess import MultiProcessCollector

_LOOK_SECONDS = 0.5
_PATH = "/metrics"
Application = Callable[..., Iterable[bytes]]


class _Handler(WSGIRequestHandler):
    # Seconds for each read from a scraper.
    timeout = 10

    def log_message(self, *_: object) -> None:
        """Scrapes are not logged."""


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def __init__(self, listener: socket.socket) -> None:
        address = listener.getsockname()
        super().__init__(address, _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.server_name, self.server_port = address[:2]
        self.setup_environ()


def only_at_its_path(metrics: Application) -> Application:
    """prometheus_client answers every path with the metrics."""

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] == _PATH:
            return metrics(environ, start_response)
        start_response("404 Not Found", [("Content-Type", "text/plain; charset=utf-8")])
        return [f"The metrics are at {_PATH}.\n".encode()]

    return answer


def serve(descriptor: int) -> None:
    """Serve until the parent has ended. The metrics are in PROMETHEUS_MULTIPROC_DIR."""
    parent = os.getppid()
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    server = _Server(socket.socket(fileno=descriptor))
    server.set_app(only_at_its_path(make_wsgi_app(registry)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    while os.getppid() == parent:
        threading.Event().wait(_LOOK_SECONDS)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
