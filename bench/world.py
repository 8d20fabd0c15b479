"""What is measured, started: Vault, teams with keys, and each app under the same gunicorn."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import hvac
import requests

from app.adapters.vault.addresses import VaultAddresses
from app.adapters.vault.documents import config_path, secret_fields, secret_path, team_fields
from app.adapters.vault.kv import KvMount
from app.adapters.vault.transport import VaultTransport
from app.domain.ids import Slug, TeamId, TeamUlid
from app.domain.secret import SecretString
from app.domain.team import Team, TeamConfig
from app.domain.team_secret import SecretLabel
from bench.load import Connection, request
from vault.bootstrap import bootstrap
from vault.credentials import issue
from vault.embedded import EmbeddedVault
from vault.ports import free_port

ROOT = Path(__file__).parent.parent
_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
_WORKERS = 2
_THREADS = 8
_GUNICORN = ("--workers", str(_WORKERS))


def new_team_id() -> TeamId:
    return TeamId("0" + "".join(secrets.choice(_CROCKFORD) for _ in range(25)))


class World:
    """One Vault, its credentials, and the teams that were put there."""

    def __init__(self, vault: EmbeddedVault, directory: Path) -> None:
        self.vault = vault
        self.directory = directory
        root = hvac.Client(vault.address, token=vault.root_token)
        issue(root, bootstrap(root), directory, operator_token=True)
        self.operator = (directory / "operator-token").read_text().strip()
        (directory / "root-token").write_text(vault.root_token)
        addresses = VaultAddresses(tuple(vault.addresses), 30.0, None)
        self._vault = VaultTransport(addresses, SecretString(vault.root_token))
        self._kv = KvMount(self._vault, "teams")
        mounts = self._vault.get("/v1/sys/auth")["data"]
        self._token_mount = mounts["token/"]["accessor"]

    def teams(self, count: int) -> list[TeamId]:
        """New teams with configuration, identity and key, written straight into Vault."""
        ids = [new_team_id() for _ in range(count)]
        with ThreadPoolExecutor(16) as pool:
            list(pool.map(self._register, ids))
        return ids

    def _register(self, team_id: TeamId) -> None:
        entity = {"metadata": {"team_id": team_id}}
        path = f"/v1/identity/entity/name/team-{team_id}"
        entity_id = self._vault.post(path, json=entity)["data"]["id"]
        alias = {"name": team_id, "canonical_id": entity_id, "mount_accessor": self._token_mount}
        self._vault.post("/v1/identity/entity-alias", json=alias)
        config = {"requiresPayment": True, "consultationFee": 75, "blawbyApi": {"enabled": True}}
        team = Team(team_id, Slug(f"team-{team_id}"), "A Team", TeamConfig(config))
        self._kv.write(config_path(team_id), team_fields(team))
        label = SecretLabel(TeamUlid(team_id), secrets.token_hex(6), secrets.token_hex(8))
        key = SecretString(f"bench-{secrets.token_hex(12)}")
        self._kv.write(secret_path(team_id), secret_fields(team_id, key, label))

    def environ(self, cache: str) -> dict[str, str]:
        directory = self.directory / cache
        return {
            **os.environ,
            "VAULT_ADDR": ",".join(self.vault.addresses),
            "VAULT_ROLE_ID_FILE": str(self.directory / "role-id"),
            "VAULT_SECRET_ID_FILE": str(self.directory / "secret-id"),
            "BENCH_TOKEN_FILE": str(self.directory / "root-token"),
            "CACHE_DIR": str(directory),
            "BLAWBY_API_URL": "http://127.0.0.1:1",
            "AGENT_RATE_LIMIT": "1000000000/minute",
            "ADDRESS_RATE_LIMIT": "1000000000/minute",
            "METRICS_BIND": f"127.0.0.1:{free_port()}",
            "DRAIN_SECONDS": "0",
        }


class Served:
    """An app under gunicorn: its port and its workers."""

    def __init__(
        self,
        world: World,
        app: str,
        cache: str = "cache",
        threads: int = _THREADS,
        **environment: str,
    ) -> None:
        self.port = free_port()
        command = [sys.executable, "-m", "gunicorn", *_GUNICORN, "--bind", f"127.0.0.1:{self.port}"]
        command += ["--threads", str(threads)]
        own = app == "wsgi:app"
        command += ["-c", "gunicorn.conf.py"] if own else ["--worker-class", "gthread"]
        log = (world.directory / f"{app.replace(':', '-')}.log").open("ab")
        environ = world.environ(cache) | {"WORKER_THREADS": str(threads)} | environment
        self._metrics = f"http://{environ['METRICS_BIND']}/metrics"
        self._process = subprocess.Popen(
            [*command, app], cwd=ROOT, env=environ, stdout=log, stderr=log
        )
        self._wait()

    def workers(self) -> list[int]:
        path = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        children = map(int, path.read_text().split())
        return [pid for pid in children if b"gunicorn" in Path(f"/proc/{pid}/cmdline").read_bytes()]

    def megabytes(self) -> float:
        """Resident memory of the larger worker."""
        return max(_resident(pid) for pid in self.workers()) / 1024

    def threads(self) -> int:
        """Of the worker that has more of them."""
        return max(len(list(Path(f"/proc/{pid}/task").iterdir())) for pid in self.workers())

    def loads(self) -> float:
        """How often its workers have read a team from Vault."""
        told = _session().get(self._metrics, timeout=5).text
        return float(told.partition('resolutions_total{outcome="load"} ')[2].split()[0])

    def cpu_seconds(self) -> float:
        return sum(_cpu(pid) for pid in self.workers())

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(30)

    def connections(self, each: int = 8) -> list[Connection]:
        """So many at each worker. Left to chance all may fall to one, and any app is slow then."""
        held: dict[int, list[Connection]] = {pid: [] for pid in self.workers()}
        while any(len(kept) < each for kept in held.values()):
            connection = Connection(self.port)
            connection.send(request("GET", "/healthz"))
            while connection.answer() is None:
                pass
            kept = held[self._owner(connection)]
            if len(kept) < each:
                kept.append(connection)
            else:
                connection.socket.close()
        return [connection for kept in held.values() for connection in kept]

    def _owner(self, connection: Connection) -> int:
        """The worker that accepted it."""
        ends = [f":{self.port:04X}", f":{connection.port:04X}"]
        rows = map(str.split, Path("/proc/net/tcp").read_text().splitlines())
        # Closed ones of the same ports are still listed; their inode is 0.
        (inode,) = {row[9] for row in rows if [row[1][-5:], row[2][-5:]] == ends} - {"0"}
        for pid in self.workers():
            if f"socket:[{inode}]" in map(os.readlink, Path(f"/proc/{pid}/fd").iterdir()):
                return pid
        raise LookupError("no worker has it")

    def _wait(self) -> None:
        session = _session()
        while len(self.workers()) < _WORKERS:
            time.sleep(0.05)
        while True:
            try:
                session.get(f"http://127.0.0.1:{self.port}/healthz", timeout=1)
            except requests.RequestException:
                time.sleep(0.05)
            else:
                return


@contextmanager
def serving(world: World, app: str, cache: str = "cache", **options: Any) -> Iterator[Served]:
    served = Served(world, app, cache, **options)
    try:
        yield served
    finally:
        served.stop()


def _session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    return session


def _resident(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
