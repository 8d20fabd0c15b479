"""Rows 17 and 18 of the faults: a disk of Vault's is full, and has room again.

No disk is filled, and nobody needs to be root: from a certain size on, the system refuses the
server's files another byte (`RLIMIT_FSIZE`), as a full disk does.
"""

import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import hvac
import pytest
import requests

from tests.faults.conftest import NewVaultStage
from tests.faults.vault_stage import (
    VaultStage,
    is_served,
    is_vault_away,
    readiness,
)
from tests.rig import Service
from tests.waiting import eventually
from vault.embedded import EmbeddedVault

_LARGE = 64 << 20
_PAGE = 64 << 10


@contextmanager
def no_file_larger(vault: EmbeddedVault, size: int) -> Iterator[None]:
    pid = vault.pid()
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, unlimited)


@contextmanager
def audit_disk_full(vault: EmbeddedVault) -> Iterator[None]:
    """The audit log is made larger than any other file; from there on it alone cannot grow."""
    os.truncate(vault.audit_log, _LARGE)
    try:
        with no_file_larger(vault, _LARGE):
            yield
    finally:
        os.truncate(vault.audit_log, 0)


@pytest.fixture
def stage(fragile: Service, behind_proxy: NewVaultStage) -> VaultStage:
    return behind_proxy(fragile, vault_addr=tuple(fragile.vault.addresses))


def test_row_17_the_audit_disk_is_full(stage: VaultStage, fragile: Service) -> None:
    assert readiness(stage.stage)[0] == 200
    time.sleep(1.1)
    with audit_disk_full(fragile.vault):
        health = requests.get(f"{fragile.vault.address}/v1/sys/health", timeout=10)
        assert health.status_code == requests.codes.ok
        status, told = readiness(stage.stage)
        assert (status, told["vault"]) == (503, "unavailable")
        assert is_served(stage.warm.ask("Hello"), degraded=True)
        assert is_vault_away(stage.cold.ask("Hello"))
        assert is_vault_away(stage.stage.operator.get(stage.warm.secret))
        new = stage.warm.new_key()
        assert is_vault_away(stage.stage.operator.put(stage.warm.secret, json=new))
    stage.recovers()
    eventually(lambda: readiness(stage.stage)[0] == 200)


def test_row_18_vaults_disk_is_full(stage: VaultStage, fragile: Service) -> None:
    """OpenBao ends itself where it cannot write down what it decided. With room again, whatever
    was acknowledged is there."""
    vault = fragile.vault
    largest = max(file.stat().st_size for file in _files(vault.state.path))
    root = hvac.Client(vault.address, token=vault.root_token, timeout=10)
    acknowledged: dict[int, str] = {}
    with no_file_larger(vault, largest + _PAGE):
        for number in range(1000):
            _use_up_room(root, number)
            new = stage.warm.new_key()
            answer = stage.stage.operator.put(stage.warm.secret, json=new)
            if answer.status_code != 200:
                assert is_vault_away(answer)
                break
            acknowledged[answer.json["data"]["version"]] = new["apiKey"]
        eventually(lambda: readiness(stage.stage)[0] == 503)
        assert is_vault_away(stage.cold.ask("Hello"))
    _start_again(vault)
    stage.recovers()
    assert acknowledged
    latest = max(acknowledged)
    assert stage.stage.operator.get(stage.warm.secret).json["data"]["version"] >= latest
    kept = root.secrets.kv.v2.read_secret_version(
        f"{stage.warm.team_id}/blawby_api",
        version=latest,
        mount_point="teams",
        raise_on_deleted_version=True,
    )
    assert kept["data"]["data"]["api_key"] == acknowledged[latest]


def _use_up_room(root: hvac.Client, number: int) -> None:
    with suppress(requests.RequestException, hvac.exceptions.VaultError):
        filler = {"filler": "x" * 400_000}
        root.secrets.kv.v2.create_or_update_secret(f"room/{number}", filler, mount_point="platform")


def _start_again(vault: EmbeddedVault) -> None:
    if not vault.died():
        vault.stop_node()
    vault.start_node()
    vault.wait_active()


def _files(directory: Path) -> Iterator[Path]:
    return (path for path in directory.rglob("*") if path.is_file())
