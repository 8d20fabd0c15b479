"""Three Vault nodes, Prometheus, and no app."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.alerts.faults import slow_disk
from tests.alerts.prometheus import Prometheus
from tests.faults.test_vault_cluster import root_of, running
from tests.frozen import frozen
from tests.waiting import eventually
from vault.bootstrap import bootstrap
from vault.credentials import issue
from vault.embedded import EmbeddedVault
from vault.ports import free_port


class Cluster:
    """Nobody takes its alerts."""

    def __init__(self, vault: EmbeddedVault, directory: Path) -> None:
        self.vault = vault
        root = root_of(vault)
        issue(root, bootstrap(root), directory, metrics_token=True)
        nodes = [address.removeprefix("http://") for address in vault.addresses]
        token, nobody = directory / "metrics-token", f"127.0.0.1:{free_port()}"
        self.prometheus = Prometheus(directory, {"vault": nodes}, token, nobody)
        self.prometheus.wait_until("min(vault_autopilot_failure_tolerance) == 1")

    def followers(self) -> list[int]:
        leader = self.vault.wait_active()
        return [number for number in (1, 2, 3) if number != leader]

    def write(self) -> None:
        root_of(self.vault).secrets.kv.v2.create_or_update_secret(
            "written", {"at": time.time()}, mount_point="platform"
        )


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    directory = tmp_path_factory.mktemp("cluster")
    with EmbeddedVault(directory / "vault", nodes=3) as vault:
        cluster = Cluster(vault, directory)
        with cluster.prometheus:
            yield cluster


def test_a_node_is_away(cluster: Cluster) -> None:
    lost, _ = cluster.followers()
    cluster.vault.kill(lost)
    instance = cluster.vault.addresses[lost - 1].removeprefix("http://")
    cluster.prometheus.wait_for("VaultNodeAway", instance=instance)
    cluster.prometheus.wait_for("VaultWithoutSpare")
    cluster.vault.start_node(lost)
    cluster.prometheus.wait_until_over("VaultNodeAway")
    cluster.prometheus.wait_until_over("VaultWithoutSpare")


def test_two_nodes_are_away(cluster: Cluster) -> None:
    """The third one answers, and has no leader to ask."""
    lost = [cluster.vault.wait_active(), cluster.followers()[0]]
    for number in lost:
        cluster.vault.kill(number)
    cluster.prometheus.wait_for("VaultAway")
    for number in lost:
        cluster.vault.begin_node(number)
    cluster.prometheus.wait_until_over("VaultAway")


def test_a_slow_disk(cluster: Cluster) -> None:
    with (
        slow_disk(cluster.vault.pid(cluster.vault.wait_active())),
        running(cluster.write, threads=8),
    ):
        cluster.prometheus.wait_for("VaultSlow")
    cluster.prometheus.wait_until_over("VaultSlow")


def test_a_leader_that_stands_still_now_and_then(cluster: Cluster) -> None:
    """The others elect another one each time. It is over half an hour later."""

    def freeze() -> None:
        leader = cluster.vault.wait_active()
        with frozen(cluster.vault.pid(leader)):
            eventually(lambda: cluster.vault.leader() not in (leader, None))

    cluster.prometheus.wait_for("VaultChangesLeader", freeze)
