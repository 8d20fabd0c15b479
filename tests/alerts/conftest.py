"""One scene for all alerts that are fired for real."""

from collections.abc import Iterator

import pytest

from tests.alerts.scene import Scene
from tests.leaks import Canaries
from tests.receivers import HttpsReceiver
from tests.rig import Sandbox
from vault.embedded import EmbeddedVault


@pytest.fixture(scope="session")
def scene(
    sandbox: Sandbox, canaries: Canaries, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    directory = tmp_path_factory.mktemp("scene")
    with EmbeddedVault(directory / "vault") as vault, HttpsReceiver(directory) as receiver:
        # A server that was just initialised unseals itself once more seconds later.
        vault.stop_node()
        vault.start_node()
        vault.wait_active()
        scene = Scene(vault, sandbox, receiver, canaries, directory)
        yield scene
        scene.stop()
