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
