"""`python -m sandbox --port N [--keys-file F]`: serves until it is interrupted."""

import argparse
import json
import signal
import sys
from pathlib import Path

from sandbox import create_sandbox
from sandbox.server import make_sandbox_server
from sandbox.wire import Blawby


def main() -> int:
    options = _options()
    app = create_sandbox()
    if options.keys_file:
        _declare(app.extensions["blawby"], options.keys_file)
    server = make_sandbox_server(app, options.host, options.port)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"Blawby sandbox on http://{options.host}:{server.server_port}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        return 0
    finally:
        server.server_close()
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8300, help="0: one that is free")
    parser.add_argument("--keys-file", type=Path, help='JSON: {"<team ulid>": ["<key>", ...]}')
    return parser.parse_args()


def _declare(parts: Blawby, keys_file: Path) -> None:
    for team, keys in json.loads(keys_file.read_text()).items():
        for key in keys:
            parts.keys.declare(team, key)


if __name__ == "__main__":
    sys.exit(main())
