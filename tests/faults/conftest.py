"""What the faults need beside the usual parts: a Vault that may be broken, and apps around it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hvac
import pytest

from tests.faults.audit_log import AuditLog
from tests.faults.sent_keys import Payer
from tests.faults.vault_stage import VaultStage
from tests.leaks import Canaries
from tests.rig import Sandbox, Service
from vault.bootstrap import bootstrap
from vault.credentials import issue
from vault.embedded import EmbeddedVault

NewVaultStage = Callable[..., VaultStage]


@pytest.fixture(scope="session")
def fragile(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A Vault apart that tests may seal, stop and kill; each leaves it running."""
    directory = tmp_path_factory.mktemp("fragile")
    with EmbeddedVault(directory / "vault") as vault:
        # A server that was just initialised unseals itself once more seconds later.
        vault.stop_node()
        vault.start_node()
        vault.wait_active()
        root = hvac.Client(vault.address, token=vault.root_token)
        issue(root, bootstrap(root), directory)
        role_id, secret_id = ((directory / name).read_text() for name in ("role-id", "secret-id"))
        yield Service(vault, role_id.strip(), secret_id.strip(), sandbox.url)


@pytest.fixture
def behind_proxy(service: Service, canaries: Canaries, tmp_path: Path) -> Iterator[NewVaultStage]:
    """An app whose way to Vault leads through a proxy that misbehaves on demand."""
    stages: list[VaultStage] = []

    def make(of: Service = service, **changes: Any) -> VaultStage:
        stages.append(VaultStage(of, canaries, tmp_path / f"cache-{len(stages)}", **changes))
        return stages[-1]

    yield make
    for stage in stages:
        stage.proxy.stop()


@pytest.fixture
def audit(service: Service) -> AuditLog:
    """What Vault was asked from here on."""
    return AuditLog(service.vault.audit_log)


@pytest.fixture
def payer(sandbox: Sandbox) -> Payer:
    return Payer(sandbox)
