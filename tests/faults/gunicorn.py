"""The app under gunicorn, as in production, to be killed and told to stop."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

import requests

from tests.rig import Service

_LISTENING = re.compile(r"Listening at: (http://\S+)")


class Gunicorn:
    """One worker on a free port; what it writes is kept in `log`, unless the app's own lines are
    to go elsewhere (`stdout`)."""

    def __init__(
        self, service: Service, directory: Path, stdout: str | None = None, **environment: str
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
        }
        command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py"]
        with self.log.open("ab") as log, Path(stdout or self.log).open("ab") as own:
            self._process = subprocess.Popen(
                [*command, "--bind", "127.0.0.1:0", "wsgi:app"],
                env=env | environment,
                stdout=own,
                stderr=log,
            )
        self.url = self._wait_for_url()
        self.wait_ready()

    @property
    def pid(self) -> int:
        return self._process.pid

    def workers(self) -> list[int]:
        task = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        return [int(pid) for pid in task.read_text().split()]

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

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _wait_for_url(self) -> str:
        while not (found := _LISTENING.search(self.log.read_text())):
            assert self._process.poll() is None, self.log.read_text()
            time.sleep(0.05)
        return found.group(1)
