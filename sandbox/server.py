"""A sandbox as a threaded server on loopback, in its own process or inside a test's."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server


class QuietHandler(WSGIRequestHandler):
    """HTTP/1.1 and no access log. Werkzeug closes each connection behind its answer."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log(self, *_args: object) -> None:
        return


def make_sandbox_server(app: Flask, host: str, port: int) -> BaseWSGIServer:
    return make_server(host, port, app, threaded=True, request_handler=QuietHandler)


def serve(server: BaseWSGIServer, name: str, url: str, url_file: Path | None) -> int:
    """Until TERM or an interrupt. The URL is written to the file as soon as the server listens."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if url_file:
        url_file.write_text(url)
    print(f"{name} on {url}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        return 0
    finally:
        server.server_close()
    return 0


@contextmanager
def serving(app: Flask, host: str = "127.0.0.1") -> Iterator[str]:
    """The base URL of a sandbox that serves in a thread, on a port picked by the system."""
    server = make_sandbox_server(app, host, 0)
    often = {"poll_interval": 0.02}  # The end is waited for.
    thread = threading.Thread(target=server.serve_forever, kwargs=often, daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
