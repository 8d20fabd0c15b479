"""A scripted Vault and a clock for each test."""

from collections.abc import Iterator

import pytest

from tests.scripted_server import ScriptedServer, found


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer(lambda _: found()) as server:
        yield server


class Clock:
    """Stands still, between a test's moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()
