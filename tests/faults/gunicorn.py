"""The app under gunicorn, as in production, to be killed and told to stop."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import requests

from tests.frozen import state_of
from tests.rig import Service
from tests.waiting import eventually

ROOT = Path(__file__).parents[2]
PATIENCE = dict.fromkeys(("AGENT_DEADLINE", "BLAWBY_TIMEOUT", "VAULT_TIMEOUT"), "60")
"""For a test in which everybody must be served: how fast, the bench measures."""
_LISTENING = re.compile(r"Listening at: (http://\S+)")


def command_of(pid: int) -> bytes:
    """Empty where the process has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def has_ended(pid: int) -> bool:
    """Whether all its threads have, so that its memory is free; its parent need not know yet."""
    return state_of(pid) == "Z" and len(list(Path(f"/proc/{pid}/task").iterdir())) == 1


class Gunicorn:
    """One worker on a free port; what it writes is kept in `log`, unless the app's own lines are
    to go elsewhere (`stdout`). `root` is where the code lies; `prefix` is a command that starts the
    rest of its arguments."""

    def __init__(
        self,
        service: Service,
        directory: Path,
        stdout: str | None = None,
        bind: str = "127.0.0.1:0",
        root: Path = ROOT,
        prefix: Sequence[str] = (),
        **environment: str,
    ) -> None:
        self.log = directory / "gunicorn.log"
        env = {
            "PATH": os.environ["PATH"],
            "VAULT_ADDR": ",".join(service.vault.addresses),
            "VAULT_ROLE_ID": service.role_id,
            "VAULT_SECRET_ID": service.secret_id,
            "BLAWBY_API_URL": service.blawby_url,
            "CACHE_DIR": str(directory / "cache"),
            "METRICS_BIND": "",
            "AGENT_RATE_LIMIT": "100000/minute",
            "ADDRESS_RATE_LIMIT": "1000000/minute",
            "WEB_CONCURRENCY": "1",
            # What ends in a test has no load balancer that must notice.
            "DRAIN_SECONDS": "0",
        }
        command = [*prefix, sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py"]
        with self.log.open("ab") as log, Path(stdout or self.log).open("ab") as own:
            self._process = subprocess.Popen(
                [*command, "--bind", bind, "wsgi:app"],
                cwd=root,
                env=env | environment,
                stdout=own,
                stderr=log,
            )
        self.url = self._wait_for_url()
        self.wait_ready()

    @property
    def pid(self) -> int:
        return self._process.pid

    def children(self) -> list[int]:
        """The workers, and the process that serves the metrics."""
        task = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        return [int(pid) for pid in task.read_text().split()]

    def workers(self) -> list[int]:
        return [pid for pid in self.children() if b"serving.exposition" not in command_of(pid)]

    def kill_workers(self) -> None:
        """`kill -9`; gunicorn starts another one."""
        for pid in self.workers():
            os.kill(pid, signal.SIGKILL)

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def wait_ready(self) -> None:
        while True:
            assert self._process.poll() is None, self.log.read_text()
            try:
                if requests.get(f"{self.url}/healthz", timeout=5).status_code == requests.codes.ok:
                    return
            except requests.RequestException:
                time.sleep(0.05)

    def wait_stopped(self) -> int:
        return self._process.wait(60)

    def __enter__(self) -> Self:
        return self

    def stop(self) -> None:
        if self._process.poll() is None:
            self.signal(signal.SIGTERM)
            self.wait_stopped()

    def stop_later(self) -> None:
        """Returns when the master has begun to end."""
        self.signal(signal.SIGTERM)
        eventually(lambda: "Handling signal: term" in self.log.read_text())

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _wait_for_url(self) -> str:
        while not (found := _LISTENING.search(self.log.read_text())):
            assert self._process.poll() is None, self.log.read_text()
            time.sleep(0.05)
        return found.group(1)
