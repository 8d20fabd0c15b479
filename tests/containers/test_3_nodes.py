"""Three Vault nodes: docker-compose.ha.yml."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.containers.conftest import Figures, remove_remains
from tests.containers.installation import FILES, Installation

HA_FILES = (*FILES, "docker-compose.ha.yml", "docker-compose.ha-openbao.yml")
NODES = ("vault", "vault-2", "vault-3")
TEAM = "01k0tngnktm4q0ag0xf0a8st0q"
PATIENCE = 60.0


class Cluster:
    """An installation with three nodes, and an operator's session on it."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self._operator: requests.Session | None = None

    @property
    def operator(self) -> requests.Session:
        if self._operator is None:
            password = self.installation.execute(
                "init", "cat", "/installation/keys/operator-password"
            )
            token = self.installation.execute(
                "vault",
                *("vault", "login", "-method=userpass", "-no-store", "-token-only"),
                *("username=operator", "password=-"),
                given=password,
            )
            self._operator = self.installation.session()
            self._operator.headers["Authorization"] = f"Bearer {token.strip()}"
        return self._operator

    def active(self) -> str:
        """The name of the node that leads."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for node in NODES:
                told = self.installation.compose(
                    "exec", "-T", node, "vault", "status", "-format=json", check=False
                )
                if '"is_self": true' in told or '"ha_mode": "active"' in told:
                    return node
            time.sleep(0.2)
        raise AssertionError("no node leads")

    def write(self, key: str) -> int:
        """Stores a key; the status of the answer."""
        body = {"apiKey": key, "teamUlid": TEAM}
        url = f"{self.installation.url}/api/team-secrets/{TEAM}"
        return int(self.operator.put(url, json=body, timeout=30).status_code)

    def version(self) -> int:
        url = f"{self.installation.url}/api/team-secrets/{TEAM}"
        return int(self.operator.get(url, timeout=30).json()["data"]["version"])


@pytest.fixture(scope="module")
def cluster(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    directory = tmp_path_factory.mktemp("cluster") / "team-secrets"
    shutil.copytree(repository, directory)
    installation = Installation(directory, "team-secrets-test-ha", HA_FILES)
    remove_remains(installation.project)
    try:
        yield _started(installation)
    finally:
        remove_remains(installation.project)


def _started(installation: Installation) -> Cluster:
    installation.compose("build")
    installation.up()
    made = Cluster(installation)
    team = {"slug": "harbour-law", "name": "Harbour Law", "config": PAID}
    url = f"{installation.url}/api/teams/{TEAM}"
    assert made.operator.put(url, json=team, timeout=30).status_code == 201
    assert made.write("the-first-key") == 201
    return made


PAID = {"requiresPayment": True, "consultationFee": 75, "blawbyApi": {"enabled": True}}


def test_all_three_take_part(cluster: Cluster) -> None:
    assert cluster.installation.pay("harbour-law", "jane@example.com")["method"] == "blawby_api"
    assert cluster.active() in NODES


@pytest.mark.parametrize("round_number", [1, 2])
def test_another_node_leads_when_one_is_killed(
    cluster: Cluster, figures: Figures, round_number: int
) -> None:
    """No acknowledged write is lost; the killed node comes back by itself and is unsealed."""
    acknowledged = cluster.version()
    leader = cluster.active()
    cluster.installation.compose("kill", leader)
    began = time.monotonic()
    while cluster.write(f"a-key-of-round-{round_number}") != 200:
        assert time.monotonic() < began + PATIENCE
    figures.note("failover: first write after the leader was killed", time.monotonic() - began)
    assert cluster.version() > acknowledged
    assert cluster.installation.pay("harbour-law", f"{leader}@example.com")["paymentId"]
    cluster.installation.compose("start", leader)
    cluster.installation.settle()


def test_the_service_works_with_each_node_away_in_turn(cluster: Cluster) -> None:
    for node in NODES:
        cluster.installation.compose("stop", node)
        deadline = time.monotonic() + PATIENCE
        while cluster.write(f"a-key-without-{node}") != 200:
            assert time.monotonic() < deadline
        cluster.installation.compose("start", node)
        cluster.installation.settle()
