from collections.abc import Iterator
from pathlib import Path

import hvac
import pytest

from tests.vault.world import World
from vault.bootstrap import bootstrap
from vault.embedded import EmbeddedVault


@pytest.fixture(scope="session")
def bare_vault(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedVault]:
    """A server for the tests of one part; nothing in it but what they put there."""
    with EmbeddedVault(Path(tmp_path_factory.mktemp("bare-vault"))) as server:
        yield server


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with EmbeddedVault(Path(tmp_path_factory.mktemp("world"))) as server:
        bootstrap(hvac.Client(server.address, token=server.root_token))
        yield World(server)


@pytest.fixture
def client(bare_vault: EmbeddedVault) -> hvac.Client:
    """Of a namespace with nothing in it: a Vault of its own for each test."""
    root = hvac.Client(bare_vault.address, token=bare_vault.root_token)
    name = f"test-{len(keys_of(root, 'sys/namespaces'))}"
    root.write_data(f"sys/namespaces/{name}", data={})
    return hvac.Client(bare_vault.address, token=bare_vault.root_token, namespace=name)


@pytest.fixture
def environ(client: hvac.Client) -> dict[str, str]:
    return {
        "VAULT_ADDR": client.url,
        "VAULT_TOKEN": client.token,
        "VAULT_NAMESPACE": client.adapter.namespace,
    }


def keys_of(client: hvac.Client, path: str) -> list[str]:
    answer = client.list(path)
    return list(answer["data"]["keys"]) if answer else []
