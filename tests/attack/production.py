"""The app as production has it: gunicorn, and requests that no client library puts right."""

import os
import socket
import subprocess
import sys
from pathlib import Path

from tests.leaks import Canaries
from tests.rig import Service
from vault.ports import free_port

_ROOT = Path(__file__).parents[2]


class Gunicorn:
    """One worker of the app behind a socket of its own."""

    def __init__(self, service: Service, canaries: Canaries, directory: Path) -> None:
        self.port = free_port()
        self._log = directory / "gunicorn.log"
        canaries.watch(self._log)
        self._process = self._start(service, directory)
        self._wait()

    def send(self, request: bytes) -> bytes:
        """The whole answer to these bytes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(request)
            return b"".join(iter(lambda: connection.recv(65536), b""))

    def ask(self, method: str, target: str, token: str, body: bytes = b"") -> tuple[int, bytes]:
        """A request for just this target, whatever stands in it."""
        lines = (
            f"{method} {target} HTTP/1.1",
            "Host: localhost",
            "Connection: close",
            f"Authorization: Bearer {token}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
        )
        head = "".join(f"{line}\r\n" for line in lines) + "\r\n"
        answer = self.send(head.encode("latin-1") + body)
        return int(answer.split(b" ", 2)[1]), answer

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(30)

    def _start(self, service: Service, directory: Path) -> subprocess.Popen[bytes]:
        environment = os.environ | {
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "WEB_CONCURRENCY": "1",
            "VAULT_ADDR": service.vault.address,
            "VAULT_ROLE_ID": service.role_id,
            "VAULT_SECRET_ID": service.secret_id,
            "BLAWBY_API_URL": service.blawby_url,
            "CACHE_DIR": str(directory / "cache"),
            "METRICS_BIND": "",
            "AGENT_RATE_LIMIT": "100000/minute",
            "LOGIN_RATE_LIMIT": "100000/minute",
        }
        command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"]
        with self._log.open("wb") as log:
            return subprocess.Popen(command, cwd=_ROOT, env=environment, stdout=log, stderr=log)

    def _wait(self) -> None:
        while self._process.poll() is None:
            try:
                if self.ask("GET", "/healthz", "none")[0] == 200:
                    return
            except (OSError, IndexError):
                continue
        raise AssertionError(self._log.read_text())
