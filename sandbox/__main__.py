"""`python -m sandbox --port N [--keys-file F] [--state F]`: serves until it is interrupted."""

import argparse
import json
import sys
from pathlib import Path

from flask import Flask
from werkzeug.serving import BaseWSGIServer

from sandbox import create_sandbox
from sandbox.server import make_sandbox_server, serve
from sandbox.wire import Blawby

_PORTS_TRIED = 100


def main() -> int:
    options = _options()
    app = create_sandbox(options.state)
    if options.keys_file:
        _declare(app.extensions["blawby"], options.keys_file)
    server = _server(app, options)
    url = f"http://{options.host}:{server.server_port}"
    return serve(server, "Blawby sandbox", url, options.url_file)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8300, help="0: one that is free")
    parser.add_argument(
        "--or-next", action="store_true", help="where it is busy, the next free one"
    )
    parser.add_argument("--keys-file", type=Path, help='JSON: {"<team ulid>": ["<key>", ...]}')
    parser.add_argument("--state", type=Path, help="keeps customers and invoices over a restart")
    parser.add_argument("--url-file", type=Path, help="gets the URL as soon as it listens")
    return parser.parse_args()


def _server(app: Flask, options: argparse.Namespace) -> BaseWSGIServer:
    """Tries by listening, because another process may take a port after a mere check."""
    ports = range(options.port, options.port + (_PORTS_TRIED if options.or_next else 1))
    for port in ports:
        try:
            return make_sandbox_server(app, options.host, port)
        except (OSError, SystemExit):
            if port == ports[-1]:
                raise
    raise AssertionError("no port to try")


def _declare(parts: Blawby, keys_file: Path) -> None:
    for team, keys in json.loads(keys_file.read_text()).items():
        for key in keys:
            parts.keys.declare(team, key)


if __name__ == "__main__":
    sys.exit(main())
