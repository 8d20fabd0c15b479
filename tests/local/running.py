"""A local run as a user starts it, watched from outside."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from vault.node import local_session
from vault.ports import free_first_port, free_port, node_ports

ROOT = Path(__file__).parents[2]
_PATIENCE = 90.0
_POLL = 0.05
_NOT_GIVEN = (
    *("PORT", "HOST", "NODES", "STATE_DIR", "VAULT_PORT", "SANDBOX_PORT"),
    *("METRICS_BIND", "MAKELEVEL", "LLM", "LLM_BASE_URL"),
)


class Run:
    """`python -m local` with a state directory and ports of its own."""

    def __init__(
        self, state: Path, port: int = 0, vault_port: int = 0, **environ: str | None
    ) -> None:
        """A variable that is None is not given, where we give one."""
        self._nodes = 3 if environ.get("NODES") == "3" else 1
        self.state = state
        self.port = port or free_port()
        self.vault_port = vault_port or free_first_port(self._nodes)
        self.url = f"http://127.0.0.1:{self.port}"
        own = {
            "STATE_DIR": str(state),
            "PORT": str(self.port),
            "VAULT_PORT": str(self.vault_port),
            # The default is one port for all the runs that test workers start at the same moment.
            "METRICS_BIND": f"127.0.0.1:{free_port()}",
        }
        told = {**inherited_environ(), **own, **environ}
        self._environ = {name: value for name, value in told.items() if value is not None}
        self._output = state.with_name(f"{state.name}.out")

    def begin(self) -> "Run":
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "local"],
                cwd=ROOT,
                env=self._environ,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        return self

    def wait_ready(self) -> "Run":
        deadline = time.monotonic() + _PATIENCE
        while not re.search(r"^ready .*\n(.*\n)*.*Ctrl-C", self.output, re.MULTILINE):
            assert self.process.poll() is None, self.output
            assert time.monotonic() < deadline, self.output
            time.sleep(_POLL)
        return self

    @property
    def output(self) -> str:
        return self._output.read_text()

    @property
    def operator_token(self) -> str:
        return (self.state / "operator-token").read_text()

    def api(self, method: str, path: str, body: object = None) -> requests.Response:
        """As an operator."""
        headers = {"Authorization": f"Bearer {self.operator_token}", "Connection": "close"}
        url = f"{self.url}/api/{path}"
        return local_session().request(method, url, json=body, headers=headers, timeout=30)

    def family(self) -> list[int]:
        return family_of(self.process.pid)

    @property
    def vault_addresses(self) -> list[str]:
        return [f"http://127.0.0.1:{port}" for port in node_ports(self.vault_port, self._nodes)]

    def vault_pid(self, number: int) -> int:
        return int((self.state / f"vault-{number}.pid").read_text())

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(_PATIENCE)


def inherited_environ() -> dict[str, str]:
    """Ours without what would tell a run something."""
    return {name: value for name, value in os.environ.items() if name not in _NOT_GIVEN}


def family_of(pid: int) -> list[int]:
    """The process and all that it started, and they in turn."""
    found = [pid]
    parents = _parents()
    for each in found:
        found += [child for child, parent in parents.items() if parent == each]
    return found


def wait_gone(pids: list[int]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while left := [pid for pid in pids if pid in _parents()]:
        assert time.monotonic() < deadline, left
        time.sleep(_POLL)


def gone(pids: list[int]) -> bool:
    return not set(pids) & set(_parents())


@contextmanager
def running(state: Path, **environ: str | None) -> Iterator[Run]:
    run = Run(state, **environ).begin()
    try:
        yield run.wait_ready()
    finally:
        run.end()


def _parents() -> dict[int, int]:
    """Each living process and its parent; a corpse does not count."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
            except (FileNotFoundError, ProcessLookupError):
                continue
            if state != "Z":
                parents[int(entry.name)] = int(parent)
    return parents
