"""A scripted Vault for each test."""

from collections.abc import Iterator

import pytest

from tests.scripted_server import ScriptedServer, found


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer(lambda _: found()) as server:
        yield server
