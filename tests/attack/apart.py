"""A Vault of one's own, for what would disturb the teams of other tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import hvac

from tests.rig import Sandbox, Service
from vault.bootstrap import bootstrap
from vault.credentials import issue
from vault.embedded import EmbeddedVault


@contextmanager
def service_apart(directory: Path, sandbox: Sandbox) -> Iterator[Service]:
    with EmbeddedVault(directory / "vault") as vault:
        root = hvac.Client(vault.address, token=vault.root_token)
        issue(root, bootstrap(root), directory)
        ids = ((directory / name).read_text().strip() for name in ("role-id", "secret-id"))
        yield Service(vault, *ids, sandbox.url)
